//! Everything that the server holds, as one state machine.
//!
//! `decide` says which entries follow from an act, or why not; `apply` makes them so. Neither does
//! IO, reads a clock or draws at random: ids, hashes of secrets and the instant are part of the
//! act, and stand in the entries. So a replay of the journal gives the same state, to the byte.
//!
//! The order in which to read it: [`Act`] and [`Entry`] are the words; [`access`] says who somebody
//! is and what that allows; [`Step`] is what a quote holds; `decide` and `apply` are the machine.

pub mod access;
mod act;
mod apply;
mod decide;
mod due;
mod entry;
mod policy;
mod quote;
mod refusal;
mod replay;
mod snapshot;
mod step;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use leasehold_books::Books;
use leasehold_books::book::{Deliveries, Policy as Assumed};
use leasehold_desk::{Feed, Settings, State};
use leasehold_planner::{Fleet, FleetFaults};
use leasehold_types::{Date, Instant, LeaseId, TenantId};

use crate::id::{ApprovalId, QuoteId};

pub use access::{Access, Caller, Right, Rights, Role, Who};
pub use act::{Act, ActKind, NewKey, NewUser};
pub use apply::Foreign;
pub use entry::{BadEntry, Body, Encoded, Entry, Founded};
pub use policy::{FourEyes, Policy};
pub use quote::{Approval, ApprovalState, Held, QuoteState};
pub use refusal::{Refusal, RefusalClass, Thing};
pub use replay::{Replay, ReplayError, Stopped};
pub use snapshot::{BadSnapshot, SNAPSHOT_FORMAT};
pub use step::{Step, StepKind};

/// The name by which the books know this desk's events. No other source may use it.
pub const DESK_SOURCE: &str = "desk";

/// Everything that the server holds.
#[derive(Debug, Clone)]
pub struct Live {
    /// The text of the fleet, as it was founded with.
    fleet_text: Arc<str>,
    owner: TenantId,
    desk: State,
    feed: Feed,
    books: Books,
    /// The last day that the books have closed.
    closed: Option<Date>,
    /// The next day to close, and when it is over everywhere.
    next_close: Option<(Date, Instant)>,
    /// The text of each version of each lease, where it came as one.
    sheets: BTreeMap<LeaseId, BTreeMap<u32, Arc<str>>>,
    access: Access,
    policy: Policy,
    quotes: BTreeMap<QuoteId, Held>,
    approvals: BTreeMap<ApprovalId, Approval>,
    seq: u64,
    now: Instant,
}

impl Live {
    /// What is there once `founded` is on record at `at`, as the first entry.
    ///
    /// # Errors
    /// [`FleetFaults`] where the fleet's text is none.
    pub fn found(founded: &Founded, at: Instant) -> Result<Self, FleetFaults> {
        let fleet = Arc::new(Fleet::parse(&founded.fleet)?);
        Ok(Live {
            fleet_text: founded.fleet.clone(),
            owner: founded.owner.clone(),
            desk: State::new(fleet, Settings::LIVE),
            feed: Feed::new(DESK_SOURCE),
            books: Books::new(Assumed { deliveries: Deliveries::Recorded, cut_off: None }),
            closed: None,
            next_close: None,
            sheets: BTreeMap::new(),
            access: Access::new(&founded.owner, &founded.owner_name),
            policy: Policy::default(),
            quotes: BTreeMap::new(),
            approvals: BTreeMap::new(),
            seq: 1,
            now: at,
        })
    }

    /// The desk.
    pub const fn desk(&self) -> &State {
        &self.desk
    }

    /// The books.
    pub const fn books(&self) -> &Books {
        &self.books
    }

    /// People, keys and sessions.
    pub const fn access(&self) -> &Access {
        &self.access
    }

    /// What needs a second person.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whose fleet it is.
    pub const fn owner(&self) -> &TenantId {
        &self.owner
    }

    /// The last day that the books have closed.
    pub const fn closed(&self) -> Option<Date> {
        self.closed
    }

    /// The instant of the last entry.
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// How many entries there were.
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// The text of a version of a lease.
    pub fn sheet(&self, lease: &LeaseId, version: u32) -> Option<&Arc<str>> {
        self.sheets.get(lease)?.get(&version)
    }

    /// The quote of that id.
    pub fn quote(&self, id: &QuoteId) -> Option<&Held> {
        self.quotes.get(id)
    }

    /// Every quote that is kept, by id, which is the order in which they were made.
    pub fn quotes(&self) -> impl Iterator<Item = &Held> {
        self.quotes.values()
    }

    /// The request for approval of that id.
    pub fn approval(&self, id: &ApprovalId) -> Option<&Approval> {
        self.approvals.get(id)
    }

    /// Every request for approval that is kept, by id.
    pub fn approvals(&self) -> impl Iterator<Item = &Approval> {
        self.approvals.values()
    }

    /// Whose lease that is.
    pub fn tenant_of(&self, lease: &LeaseId) -> Option<&TenantId> {
        self.desk.lease(lease).map(|record| &record.lease().tenant.id)
    }
}
