//! The books a part at a time: some leases are taken in as they were, closed, and taken out again
//! with what the close produced, so that memory holds a part of the books and never all of them.
//!
//! Leases do not depend on each other but for the numbers of their documents. These are handed on
//! from part to part: [`Books::close_in_turn`] asks for its turn just before it first issues
//! something, so that everything before that can be worked out on several threads.

use std::collections::BTreeMap;

use leasehold_types::{Date, Instant, LeaseId};
use serde::{Deserialize, Serialize};

use crate::dates::next_day;
use crate::event::{Event, EventKey, EventKind};
use crate::invoice::{CreditNote, Invoice, Settlement};
use crate::ledger::Entry;
use crate::rating::{HourUse, UsageStore, UseChange};
use crate::{BooksError, Trouble};

use super::intake::wakes;
use super::lease_book::LeaseBook;
use super::{Books, DayPlan, Policy};

/// How far the numbers of documents have come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Numbering {
    /// The last number of each series, by issuer and prefix.
    #[serde(with = "crate::pairs")]
    pub(super) series: BTreeMap<(String, String), u64>,
    /// Invoices that were issued in all.
    pub(super) invoices: usize,
}

/// What is taken out of a part.
#[derive(Debug, Clone, Default)]
pub struct Drained {
    /// Its leases, by their ids.
    pub leases: Vec<LeaseBook>,
    /// Invoices in the order of issue.
    pub invoices: Vec<Invoice>,
    /// Credit notes in the order of issue.
    pub credit_notes: Vec<CreditNote>,
    /// Entries in the order of posting; their numbers count from 1 within the part.
    pub entries: Vec<Entry>,
    /// What settled invoices, in order: each by its place among all invoices, from 0.
    pub settlements: Vec<(usize, Settlement)>,
}

impl Numbering {
    /// Invoices that were issued in all.
    pub const fn invoices(&self) -> usize {
        self.invoices
    }
}

impl Books {
    /// Books of some leases only. `numbering` is how far the numbers had come at some instant after
    /// the last close of any of them.
    ///
    /// # Errors
    /// [`BooksError`] where one lease comes twice.
    pub fn part(
        policy: Policy,
        leases: Vec<LeaseBook>,
        numbering: &Numbering,
    ) -> Result<Self, BooksError> {
        let mut books = Books::new(policy);
        books.shared.resume(numbering);
        for lease in leases {
            let id = lease.first.id.clone();
            if books.leases.insert(id.clone(), lease).is_some() {
                let message = "the lease comes twice; take it in once".to_owned();
                return Err(Trouble::Impossible(message).at(&id, "a part of the books"));
            }
        }
        Ok(books)
    }

    /// Whole books from all their parts; entries are numbered in the order in which they come.
    ///
    /// # Errors
    /// [`BooksError`] where one lease comes twice or an entry does not balance.
    pub fn whole(
        policy: Policy,
        parts: Drained,
        numbering: &Numbering,
    ) -> Result<Self, BooksError> {
        let mut books = Books::part(policy, parts.leases, &Numbering::default())?;
        books.shared.take_in(parts.invoices, parts.credit_notes, parts.settlements, numbering);
        for entry in parts.entries {
            let lease = entry.lease().clone();
            let posted = books.shared.journal.post(entry.into_draft());
            posted.map_err(|error| {
                Trouble::Impossible(error.to_string()).at(&lease, "an entry that is read back")
            })?;
        }
        Ok(books)
    }

    /// As [`Books::close_with`], for a part: `turn` is asked, at most once, before the first
    /// document is issued, to put in how far the numbers have come.
    pub fn close_in_turn(
        &mut self,
        through: Date,
        planner: impl Fn(&[super::PlanJob<'_>]) -> Vec<Result<DayPlan, BooksError>>,
        turn: impl FnOnce(&mut Numbering),
    ) -> super::Closed {
        let mut turn = Some(turn);
        self.close_asking(through, &planner, &mut |shared| {
            if let Some(turn) = turn.take() {
                let mut numbering = shared.numbering();
                turn(&mut numbering);
                shared.resume(&numbering);
            }
        })
    }

    /// How far the numbers have come.
    pub fn numbering(&self) -> Numbering {
        self.shared.numbering()
    }

    /// Takes everything out.
    pub fn drain(&mut self) -> Drained {
        let leases = std::mem::take(&mut self.leases).into_values().collect();
        let mut drained = self.shared.drain();
        drained.leases = leases;
        drained
    }
}

impl LeaseBook {
    /// A lease as signed, before anything happened.
    pub fn signed_now(lease: leasehold_contract::Lease, policy: Policy) -> Self {
        LeaseBook::new(lease, policy)
    }

    /// Which lease.
    pub fn id(&self) -> &LeaseId {
        &self.first.id
    }

    /// Keeps an event until a close reaches it. That it comes once is for whoever keeps the events.
    pub fn learn(&mut self, event: Event) {
        self.record(event);
    }

    /// Brings back the use that the books counted before, or have not come to: best in order, for
    /// then each goes to the end.
    ///
    /// # Errors
    /// [`BooksError`] where an hour comes twice and the sum does not fit.
    pub fn bring_use(
        &mut self,
        hours: impl IntoIterator<Item = (Instant, HourUse)>,
    ) -> Result<(), BooksError> {
        let hours = hours.into_iter();
        self.usage.reserve(hours.size_hint().0);
        for (at, used) in hours {
            self.usage
                .add_hour(at, used)
                .map_err(|e| Trouble::from(e).at(&self.first.id, format!("use in {at}")))?;
        }
        Ok(())
    }

    /// Brings back a change that the books counted before.
    ///
    /// # Errors
    /// [`BooksError`] where the sum does not fit.
    pub fn change_use(&mut self, change: UseChange) -> Result<(), BooksError> {
        self.bring_use([(change.at, change.add)])?;
        if change.take != HourUse::default() {
            self.usage.take_hour(change.at, change.take);
        }
        Ok(())
    }

    /// Use that was learnt of on the day `on`, which no close has reached: it counts from the close
    /// of that day, and what was billed otherwise is corrected by the next bill.
    pub fn learn_use(&mut self, on: Date, change: UseChange) {
        self.pending_use.entry(on).or_default().push(change);
    }

    /// Lets go of the use, which is kept elsewhere and brought again.
    pub fn shed_use(&mut self) {
        self.usage = UsageStore::default();
        self.pending_use.clear();
    }

    /// The last day that is closed.
    pub const fn closed(&self) -> Option<Date> {
        self.closed
    }

    /// Remembers that every day through `through` is closed, nothing having been due.
    pub fn close_idle(&mut self, through: Date) {
        self.closed = self.closed.max(Some(through));
    }

    /// Whether the lease had ended by the close of `date`, as far as it is known.
    pub fn is_over(&self, date: Date) -> bool {
        self.end().is_some_and(|end| end <= date)
    }

    /// The next day on which a close has something to do, and the first one on which it may issue
    /// a document.
    ///
    /// # Errors
    /// [`BooksError`] where the lease cannot be computed.
    pub fn due_days(&mut self) -> Result<(Option<Date>, Option<Date>), BooksError> {
        self.begin()?;
        let after = self.closed.unwrap_or_else(|| self.before_all());
        Ok((self.next_day(after), self.next_but_month_end(after)))
    }

    /// The next day after `after` on which a close has something to do, as far as is known now.
    pub fn next_due(&self, after: Date) -> Option<Date> {
        self.next_day(after)
    }

    pub(super) fn absorb_use(&mut self, date: Date) {
        while let Some(first) = self.pending_use.first_entry().filter(|e| *e.key() <= date) {
            let (on, changes) = first.remove_entry();
            for change in changes {
                if let Err(overflow) = self.usage.add_hour(change.at, change.add) {
                    let key = EventKey::new("use learnt of late", &on.to_string());
                    let error = Trouble::from(overflow).at(&self.first.id, key.to_string());
                    self.break_record(key, error);
                }
                if change.take != HourUse::default() {
                    self.usage.take_hour(change.at, change.take);
                }
                let day = self.day_of(change.at);
                self.mark_dirty(day, next_day(day));
            }
        }
    }
}

/// Whether an event is for its own day: whoever keeps events of leases that are not taken in asks
/// this to know when to take them in. The others wait for the next bill.
pub const fn wakes_lease(kind: &EventKind) -> bool {
    wakes(kind)
}
