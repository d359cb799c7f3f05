//! One lease in the books: what is known of it, what was billed, what it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_types::{Date, Instant, Money};
use serde::{Deserialize, Serialize};

use crate::dates::{add_days, next_day, previous_day};
use crate::event::{Event, EventKey, EventKind, Usage};
use crate::invoice::{HeadState, InvoiceState};
use crate::ledger::RevenueKind;
use crate::rating::{Head, HourUse, TaxClass, UsageStore, UseChange};
use crate::{BooksError, Trouble};

use super::history::History;
use super::known::Known;
use super::money::MoneyMoved;
use super::rater::Rater;
use super::versions::chain;
use super::{Finding, Parked, Policy};

/// Days of the longest month.
const MONTH_DAYS_MAX: i64 = 31;

/// One lease in the books.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeaseBook {
    pub(crate) first: Arc<Lease>,
    pub(super) policy: Policy,
    /// Events that no close has reached, in the order in which they were learnt of; of two that
    /// were learnt of at once, by their keys.
    #[serde(with = "pending")]
    pending: BTreeMap<(Instant, EventKey), Event>,
    /// Those of them that may change the calendar or move money; what was used or taken waits for
    /// the next bill.
    waking: BTreeSet<(Instant, EventKey)>,
    /// Whether what is known has to be folded anew.
    unfolded: bool,
    pub(super) history: History,
    #[serde(skip)]
    known: Option<Box<Known>>,
    /// The day as of which it was folded.
    folded_on: Option<Date>,
    /// What was known last, where what was learnt since could not be folded: it cannot be found
    /// again from the events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept: Option<Box<Known>>,
    #[serde(skip)]
    boundaries: Vec<Date>,
    pub(crate) usage: UsageStore,
    /// Use that was counted elsewhere and is learnt of on a day that no close has reached. Whoever
    /// counts it brings it again after a restart.
    #[serde(skip)]
    pub(super) pending_use: BTreeMap<Date, Vec<UseChange>>,
    #[serde(with = "crate::pairs")]
    usage_records: BTreeMap<EventKey, Usage>,
    /// Records that could not be counted; until they are corrected the lease is parked.
    #[serde(with = "crate::pairs")]
    broken: BTreeMap<EventKey, BooksError>,
    #[serde(with = "crate::pairs")]
    pub(crate) heads: BTreeMap<Head, HeadState>,
    /// Spans of days whose bill may have changed since the last one.
    dirty: BTreeSet<(Date, Date)>,
    pub(crate) billed_at: Option<Date>,
    pub(crate) closed: Option<Date>,
    /// Whether it is over, and all that was billed is recognised.
    pub(crate) finished: bool,
    #[serde(with = "crate::pairs")]
    pub(crate) credit_balance: BTreeMap<TaxClass, Money>,
    #[serde(with = "crate::pairs")]
    pub(crate) recognised: BTreeMap<RevenueKind, Money>,
    /// Billed less recognised: a contract liability where above zero, an asset where below.
    pub(crate) position: Money,
    pub(crate) on_account: Money,
    pub(crate) deposit: Money,
    pub(crate) prepaid: Money,
    pub(crate) invoices: Vec<InvoiceState>,
    #[serde(with = "crate::pairs")]
    pub(crate) moved: BTreeMap<EventKey, MoneyMoved>,
    pub(crate) parked: Option<Parked>,
    pub(crate) findings: Vec<Finding>,
}

mod pending {
    //! Events that wait, as their lines.
    use std::collections::BTreeMap;

    use leasehold_types::Instant;
    use serde::{Deserialize, Deserializer, Serializer, de, ser};

    use crate::event::{Event, EventKey, reread, to_line};

    pub(super) fn serialize<S: Serializer>(
        events: &BTreeMap<(Instant, EventKey), Event>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let lines: Result<Vec<String>, serde_json::Error> = events.values().map(to_line).collect();
        to.collect_seq(lines.map_err(ser::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<(Instant, EventKey), Event>, D::Error> {
        let lines = Vec::<String>::deserialize(from)?;
        let read = |line: String| {
            let event = reread(&line).map_err(de::Error::custom)?;
            Ok(((event.at, event.key.clone()), event))
        };
        lines.into_iter().map(read).collect()
    }
}

impl LeaseBook {
    pub(crate) fn new(lease: Lease, policy: Policy) -> Self {
        let zero = Money::zero(lease.currency);
        LeaseBook {
            first: Arc::new(lease),
            policy,
            pending: BTreeMap::new(),
            waking: BTreeSet::new(),
            unfolded: true,
            history: History::default(),
            known: None,
            folded_on: None,
            kept: None,
            boundaries: Vec::new(),
            usage: UsageStore::default(),
            pending_use: BTreeMap::new(),
            usage_records: BTreeMap::new(),
            broken: BTreeMap::new(),
            heads: BTreeMap::new(),
            dirty: BTreeSet::new(),
            billed_at: None,
            closed: None,
            finished: false,
            credit_balance: BTreeMap::new(),
            recognised: BTreeMap::new(),
            position: zero,
            on_account: zero,
            deposit: zero,
            prepaid: zero,
            invoices: Vec::new(),
            moved: BTreeMap::new(),
            parked: None,
            findings: Vec::new(),
        }
    }

    /// Nothing, in the lease's currency.
    pub(crate) fn zero(&self) -> Money {
        Money::zero(self.first.currency)
    }

    /// Keeps an event until a close reaches it.
    pub(crate) fn record(&mut self, event: Event) {
        let key = (event.at, event.key.clone());
        if wakes(&event.kind) {
            self.waking.insert(key.clone());
        }
        self.pending.insert(key, event);
    }

    /// Events that no close has reached.
    pub(super) fn pending_events(&self) -> usize {
        self.pending.len()
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

    /// What is known, as it was folded last.
    pub(crate) fn known(&self) -> Option<&Known> {
        self.known.as_deref()
    }

    /// The boundaries of the billing periods, as they were worked out last.
    pub(crate) fn boundaries(&self) -> &[Date] {
        &self.boundaries
    }

    pub(crate) fn day_of(&self, at: Instant) -> Date {
        self.known.as_ref().map_or_else(|| self.first.day_of(at), |known| known.day_of(at))
    }

    fn close_of(&self, date: Date) -> Instant {
        let next = next_day(date);
        self.known.as_ref().map_or_else(|| self.first.start_of(next), |known| known.start_of(next))
    }

    /// The first day after the lease's last, as far as it is known.
    pub(crate) fn end(&self) -> Option<Date> {
        self.boundaries.last().copied()
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

    /// Why the lease cannot be computed, where a record could not be counted.
    pub(crate) fn check_records(&self) -> Result<(), BooksError> {
        self.broken.values().next().map_or(Ok(()), |error| Err(error.clone()))
    }

    /// The days of this use have to be rated anew.
    fn touch(&mut self, usage: &Usage) {
        let last = Instant::from_second(usage.until.second() - 1);
        self.mark_dirty(self.day_of(usage.from), next_day(self.day_of(last)));
    }

    /// The days from `from` to before `until` have to be rated anew.
    pub(crate) fn mark_dirty(&mut self, from: Date, until: Date) {
        self.finished = false;
        self.dirty.insert((from, until));
    }

    pub(crate) fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Whether some day from `from` to before `until` has to be rated anew.
    pub(crate) fn is_dirty_in(&self, from: Date, until: Date) -> bool {
        self.dirty.iter().any(|(first, end)| *first < until && from < *end)
    }

    pub(crate) fn was_billed(&mut self, date: Date) {
        self.dirty.clear();
        self.billed_at = Some(date);
    }

    /// Brings what is known of the lease up to `date`.
    ///
    /// # Errors
    /// [`BooksError`] where its events contradict it: what was known before stays.
    pub(crate) fn update(&mut self, date: Date) -> Result<(), BooksError> {
        let changes = self.known.as_ref().is_none_or(|known| known.valid_until <= date);
        let done = self
            .check_records()
            .and_then(|()| if self.unfolded || changes { self.fold(date) } else { Ok(()) });
        if done.is_err() && self.unfolded && self.kept.is_none() {
            self.kept = self.known.clone();
        }
        done
    }

    /// Folds what is known anew, and marks what that changes.
    fn fold(&mut self, today: Date) -> Result<(), BooksError> {
        let known = self.history.fold(&self.first, today, self.policy.deliveries)?;
        let since = self.known.as_ref().map(|last| last.differs_from(&known));
        let boundaries = Rater::new(&known, &self.usage)?.boundaries()?;
        if let Some(Some(day)) = since {
            let from = reaches_back(day);
            let begins = |boundaries: &[Date]| {
                let next = boundaries.partition_point(|date| *date <= from);
                next.checked_sub(1).map_or(from, |i| boundaries[i])
            };
            self.mark_dirty(begins(&self.boundaries).min(begins(&boundaries)), Date::MAX);
        }
        self.known = Some(Box::new(known));
        self.folded_on = Some(today);
        self.kept = None;
        self.unfolded = false;
        self.boundaries = boundaries;
        Ok(())
    }

    /// The next day after `after` on which something is to be done; `None` where nothing is left.
    pub(crate) fn next_day(&self, after: Date) -> Option<Date> {
        self.next_but_month_end(after).into_iter().chain(self.next_month_end(after)).min()
    }

    /// The same, but for the end of a month, on which nothing is issued.
    pub(super) fn next_but_month_end(&self, after: Date) -> Option<Date> {
        let soonest = next_day(after);
        let boundary = {
            let next = self.boundaries.partition_point(|date| *date <= after);
            self.boundaries.get(next).copied()
        };
        let changes = self.known.as_ref().map(|known| known.valid_until.max(soonest));
        let days = [
            boundary,
            changes.filter(|date| *date < Date::MAX),
            self.next_bill_after_end(after),
            self.next_pending(after).map(|date| date.max(soonest)),
        ];
        days.into_iter().flatten().min()
    }

    /// The day of the first event that waits; once the lease is over no bill comes by itself, so
    /// then every event is for its own day.
    fn next_pending(&self, after: Date) -> Option<Date> {
        let over = self.end().is_some_and(|end| end <= after);
        let first = self.pending.keys().next().filter(|_| over);
        let event = first.or(self.waking.first()).map(|(at, _)| self.day_of(*at));
        let used = self.pending_use.keys().next().copied().filter(|_| over);
        event.into_iter().chain(used).min()
    }

    fn next_month_end(&self, after: Date) -> Option<Date> {
        let first = *self.boundaries.first()?;
        let next = next_day(after).max(first).last_of_month();
        let cut_off = self.policy.cut_off.filter(|date| *date > after && *date >= first);
        let next = cut_off.map_or(next, |date| date.min(next));
        (!self.is_finished(after)).then_some(next)
    }

    /// Once the lease is over, what changes is billed on the first of a month.
    fn next_bill_after_end(&self, after: Date) -> Option<Date> {
        let end = self.end().filter(|end| *end <= after)?;
        let next = next_day(after.max(end).last_of_month());
        self.is_dirty().then_some(next)
    }

    /// Whether the lease is over and nothing is left to be billed or recognised.
    fn is_finished(&self, after: Date) -> bool {
        self.finished && !self.is_dirty() && self.end().is_some_and(|end| end <= after)
    }

    /// Whether `date` is one on which invoices are issued.
    pub(crate) fn bills_on(&self, date: Date) -> bool {
        let boundary = self.boundaries.binary_search(&date).is_ok();
        let after = self.end().is_some_and(|end| end < date) && date == date.first_of_month();
        boundary || (after && self.is_dirty()) || self.is_behind(date)
    }

    /// Whether a day of issue before `date` was missed: the lease was parked then, or nobody knew
    /// that a period ended. It is made up for as soon as the lease can be computed.
    fn is_behind(&self, date: Date) -> bool {
        let before = self.boundaries.partition_point(|boundary| *boundary < date);
        let last = before.checked_sub(1).map(|i| self.boundaries[i]);
        last.is_some_and(|last| self.billed_at.is_none_or(|billed_at| billed_at < last))
    }

    /// The day before the first on which anything can happen.
    pub(crate) fn before_all(&self) -> Date {
        let first = self.boundaries.first().copied();
        let pending = self.pending.values().next().map(|event| self.day_of(event.at));
        let day = [first, pending].into_iter().flatten().min();
        previous_day(day.unwrap_or(self.first.effective))
    }

    /// Works out what is known of the lease before its first day, so that its calendar is known; and
    /// again what was known last, where the books were saved and read back.
    pub(crate) fn begin(&mut self) -> Result<(), BooksError> {
        if self.known.is_some() {
            return Ok(());
        }
        if let Some(mut kept) = self.kept.clone() {
            chain(&mut kept.spans);
            self.boundaries = Rater::new(&kept, &self.usage)?.boundaries()?;
            self.known = Some(kept);
            return Ok(());
        }
        let today = self.folded_on.or(self.closed);
        self.fold(today.unwrap_or(previous_day(self.first.effective)))
    }

    /// Whether an event counts for nothing.
    pub(crate) fn is_void(&self, key: &EventKey) -> bool {
        self.history.is_void(key)
    }
}

/// The first day whose fee what changes on `day` may change: a period that now ends on that day
/// ended later before, and where parts of a month are charged like the whole, the day's fee depends
/// on where the month is cut.
fn reaches_back(day: Date) -> Date {
    add_days(previous_day(day), -MONTH_DAYS_MAX).unwrap_or(Date::MIN)
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
