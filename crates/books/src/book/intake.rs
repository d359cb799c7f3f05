//! What a lease learns: events wait until a close reaches the day on which they were learnt of.

use leasehold_types::{Date, Instant};

use crate::dates::next_day;
use crate::event::{Event, EventKey, EventKind, Usage};
use crate::rating::HourUse;
use crate::{BooksError, Trouble};

use super::lease_book::LeaseBook;

impl LeaseBook {
    /// Keeps an event until a close reaches it.
    pub(crate) fn record(&mut self, event: Event) {
        let key = (event.at, event.key.clone());
        if wakes(&event.kind) {
            self.waking.insert(key.clone());
        }
        self.pending.insert(key, event);
    }

    /// Adds use that was counted elsewhere, from the hour that begins at `at`.
    pub(crate) fn add_hour(&mut self, at: Instant, used: HourUse) -> Result<(), BooksError> {
        // Where the lease cannot be folded its calendar is that of the lease as signed.
        let _ = self.begin();
        self.usage.add_hour(at, used).map_err(|e| Trouble::from(e).at(&self.first.id, "use"))?;
        let day = self.day_of(at);
        self.mark_dirty(day, next_day(day));
        Ok(())
    }

    /// Takes in what was learnt of by the close of `date`. Gives the events that move money or
    /// credit something; they are for after the day's invoice.
    pub(crate) fn absorb(&mut self, date: Date) -> Vec<Event> {
        let mut later = Vec::new();
        let close = self.close_of(date);
        while let Some(((at, _), _)) = self.pending.first_key_value() {
            if *at >= close {
                break;
            }
            let Some((key, event)) = self.pending.pop_first() else { break };
            self.waking.remove(&key);
            if moves_money(&event.kind) {
                later.push(event.clone());
            }
            self.take(event);
        }
        self.absorb_use(date);
        later
    }

    /// Remembers that a record cannot be counted.
    pub(super) fn break_record(&mut self, key: EventKey, error: BooksError) {
        self.broken.insert(key, error);
    }

    fn take(&mut self, event: Event) {
        match event.kind {
            EventKind::Usage(usage) => self.take_usage(event.key, usage),
            EventKind::Correction(correction) => self.void(correction.event, event.key),
            kind if moves_money(&kind) => {}
            _ => {
                self.unfolded = true;
                self.history.add(event);
            }
        }
    }

    fn take_usage(&mut self, key: EventKey, usage: Usage) {
        if self.history.is_void(&key) {
            return;
        }
        match self.usage.add(&usage, &self.first.zone) {
            Ok(()) => {
                self.touch(&usage);
                self.usage_records.insert(key, usage);
            }
            Err(overflow) => {
                let line = format!("usage {key}");
                self.broken.insert(key, Trouble::from(overflow).at(&self.first.id, line));
            }
        }
    }

    fn void(&mut self, event: EventKey, by: EventKey) {
        self.broken.remove(&event);
        if let Some(usage) = self.usage_records.remove(&event) {
            if let Err(overflow) = self.usage.take_back(&usage, &self.first.zone) {
                let line = format!("usage {event}");
                self.broken.insert(by.clone(), Trouble::from(overflow).at(&self.first.id, line));
            }
            self.touch(&usage);
        }
        self.unfolded = true;
        self.history.void(event, by);
    }

    /// The days of this use have to be rated anew.
    fn touch(&mut self, usage: &Usage) {
        let last = Instant::from_second(usage.until.second() - 1);
        self.mark_dirty(self.day_of(usage.from), next_day(self.day_of(last)));
    }
}

/// Whether an event may change the calendar of a lease, or is for its own day.
pub(super) const fn wakes(kind: &EventKind) -> bool {
    !matches!(
        kind,
        EventKind::Usage(_)
            | EventKind::Recalled(_)
            | EventKind::RecallReturned(_)
            | EventKind::Outage(_)
            | EventKind::Spare(_)
            | EventKind::Excused(_)
    )
}

/// Whether an event is about money or documents, rather than about what is owed.
const fn moves_money(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Payment(_)
            | EventKind::Allocation(_)
            | EventKind::Refund(_)
            | EventKind::CreditGranted(_)
            | EventKind::InvoiceVoided(_)
            | EventKind::Correction(_)
    )
}
