//! The books of many leases: record what happened, close days, read what follows.
//!
//! `record` takes events in any order; `close` issues what is due and books what has ended, through
//! a day. Closing a day twice changes nothing. A lease that cannot be computed is parked with its
//! reason and tried again at the next close; the others go on.

mod account;
mod calendar;
mod capacity;
mod close;
mod commit;
mod commitments;
mod fold;
mod history;
mod intake;
mod known;
mod lease_book;
mod money;
mod owed;
mod part;
mod plan;
mod rater;
mod read;
mod shared;
mod targets;
mod versions;

use std::collections::BTreeMap;

use leasehold_contract::Lease;
use leasehold_types::{Date, Instant, LeaseId};
use serde::{Deserialize, Serialize};

use crate::event::{Event, EventKey, Inbox, Offered};
use crate::rating::HourUse;
use crate::{BooksError, Trouble};

pub use account::{AccountItem, AccountRow, OpenInvoice, TenantAccount};
pub use capacity::{CAPACITY_DAYS_MAX, DayCapacity, Recall, TrancheTime};
pub use close::PlanJob;
pub use commitments::CommitmentTotal;
pub use lease_book::LeaseBook;
pub use part::{Drained, Numbering, wakes_lease};
pub use plan::{DAYS_TO_PAY_DEFAULT, DayPlan, NoteDraft};

pub(crate) use plan::{ACCRUED, rounding_on};
pub(crate) use rater::Rater;

use shared::Shared;

/// What the books assume and how they name things.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// What a tranche without any delivery event means.
    pub deliveries: Deliveries,
    /// A day that closes a month for revenue though the month goes on: the last day of a report.
    pub cut_off: Option<Date>,
}

/// What a tranche without any delivery event means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deliveries {
    /// It came in full on its day. A tranche with a delivery event is as its events say.
    #[default]
    AsPromised,
    /// It has not come: every delivery is recorded.
    Recorded,
}

/// The books.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Books {
    policy: Policy,
    #[serde(with = "crate::pairs")]
    leases: BTreeMap<LeaseId, LeaseBook>,
    inbox: Inbox,
    shared: Shared,
}

/// Something that a person should see: an event that does not count, or counts otherwise than its
/// sender may think. The lease goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which lease.
    pub lease: LeaseId,
    /// Which event.
    pub event: Option<EventKey>,
    /// What, and what to do.
    pub message: String,
}

/// A lease that cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// The first day that could not be closed.
    pub since: Date,
    /// Why.
    pub because: BooksError,
}

/// What a close did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Closed {
    /// Numbers of the invoices that it issued.
    pub invoices: Vec<String>,
    /// Numbers of the credit notes that it issued.
    pub credit_notes: Vec<String>,
    /// Entries that it posted.
    pub entries: u64,
    /// Leases that it left parked.
    pub parked: Vec<LeaseId>,
}

/// Runs leases with their history through the close of `through`.
///
/// Events may come in any order; those learnt of after `through` are not read. One that comes twice
/// counts once; of two with one key and different contents the one that was learnt of first counts,
/// the one that stands first where both were learnt of at once. Events that were learnt of at once
/// are taken in the order of their keys.
///
/// # Errors
/// [`BooksError`] where two leases have one id, or an event is about a lease that is not here.
pub fn run(
    leases: Vec<Lease>,
    mut events: Vec<Event>,
    through: Date,
    policy: Policy,
) -> Result<Books, BooksError> {
    let mut books = Books::new(policy);
    for lease in leases {
        books.add_lease(lease)?;
    }
    events.sort_by_key(|event| event.at);
    for event in events {
        books.record(event)?;
    }
    books.close(through);
    Ok(books)
}

impl Books {
    /// Empty books.
    pub fn new(policy: Policy) -> Self {
        Books { policy, ..Books::default() }
    }

    /// Takes in a lease as signed. Later versions come as events.
    ///
    /// # Errors
    /// [`BooksError`] where the lease is there already.
    pub fn add_lease(&mut self, lease: Lease) -> Result<(), BooksError> {
        let id = lease.id.clone();
        if self.leases.contains_key(&id) {
            let message = "the lease is in the books already; a new version is an amendment";
            return Err(Trouble::Impossible(message.to_owned()).at(&id, "lease"));
        }
        self.leases.insert(id, LeaseBook::new(lease, self.policy.clone()));
        Ok(())
    }

    /// Takes in an event. It counts from the next close on that reaches the day on which it was
    /// learnt of; what is learnt of for a day that is closed is booked on the next one.
    ///
    /// # Errors
    /// [`BooksError`] where it is about a lease that is not here, or says what no event may say; it
    /// is then not taken in.
    pub fn record(&mut self, event: Event) -> Result<Offered, BooksError> {
        let line = || format!("{} {}", event.kind.word(), event.key);
        let Some(book) = self.leases.get_mut(&event.lease) else {
            let message =
                "there is no such lease in the books; add its term sheet or correct the id";
            return Err(Trouble::Impossible(message.to_owned()).at(&event.lease, line()));
        };
        event.check().map_err(|message| Trouble::Impossible(message).at(&event.lease, line()))?;
        let offered = self
            .inbox
            .offer(&event)
            .map_err(|error| Trouble::Impossible(error.to_string()).at(&event.lease, line()))?;
        if offered == Offered::New {
            book.record(event);
        }
        Ok(offered)
    }

    /// What [`Books::record`] would make of an event; nothing changes.
    ///
    /// # Errors
    /// As [`Books::record`].
    pub fn look(&self, event: &Event) -> Result<Offered, BooksError> {
        let wrong = |message: String| {
            let line = format!("{} {}", event.kind.word(), event.key);
            Trouble::Impossible(message).at(&event.lease, line)
        };
        if !self.leases.contains_key(&event.lease) {
            let message = "there is no such lease in the books; correct the id";
            return Err(wrong(message.to_owned()));
        }
        event.check().map_err(wrong)?;
        self.inbox.look(event).map_err(|error| wrong(error.to_string()))
    }

    /// Adds use that was counted elsewhere, each record once: what was used in the hour (or the
    /// part of one) that begins at `at`. For feeds too large to pass record by record.
    ///
    /// # Errors
    /// [`BooksError`] where the lease is not here or a count does not fit.
    pub fn add_hour(
        &mut self,
        lease: &LeaseId,
        at: Instant,
        used: HourUse,
    ) -> Result<(), BooksError> {
        match self.leases.get_mut(lease) {
            Some(book) => book.add_hour(at, used),
            None => Err(Trouble::Impossible("there is no such lease in the books".to_owned())
                .at(lease, format!("use in the hour from {at}"))),
        }
    }

    /// Makes `date` a day on which revenue is closed as at a month's end; for a report that ends
    /// within a month. It must come before that day is closed.
    pub fn cut_off(&mut self, date: Date) {
        self.policy.cut_off = Some(date);
        for book in self.leases.values_mut() {
            book.policy.cut_off = Some(date);
        }
    }

    /// What a bill on `date` would hold, as things stand, without issuing it.
    ///
    /// # Errors
    /// [`BooksError`] where the lease is not here or cannot be computed.
    pub fn draft(&self, lease: &LeaseId, date: Date) -> Result<DayPlan, BooksError> {
        let Some(book) = self.leases.get(lease) else {
            let message = "there is no such lease in the books".to_owned();
            return Err(Trouble::Impossible(message).at(lease, "draft"));
        };
        let mut book = book.clone();
        book.begin()?;
        book.absorb(date);
        book.update(date)?;
        book.plan(date, true, false)
    }
}
