//! The recalls of a lease so far, as far as they bind the next one.
//!
//! What is over is kept as counts and accelerator-seconds by civil day, so the history stays small
//! however many recalls there were: recording costs a logarithm, and a question looks only at what
//! is open, resting or in the year asked about.

use std::collections::{BTreeMap, BTreeSet};

use leasehold_types::{AcceleratorSeconds, Date, Instant, RecallId, TrancheId, Units};
use serde::{Deserialize, Serialize};

use crate::Lease;

/// A recall that was ordered and still matters: not yet back, or back and resting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallRecord {
    /// Its number.
    pub id: RecallId,
    /// From which tranche.
    pub tranche: TrancheId,
    /// By which class.
    pub class: String,
    /// How many units.
    pub units: Units,
    /// When its notice was served.
    pub served: Instant,
    /// When the units are released; the real instant once they are.
    pub release: Instant,
    /// When they are to come back; the real instant once they have.
    pub returns: Instant,
    /// Whether they have come back.
    pub returned: bool,
}

/// The recalls of a lease so far.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RecallHistory {
    pub(crate) current: Vec<RecallRecord>,
    pub(crate) ordered_by_day: BTreeMap<Date, u32>,
    pub(crate) releases: BTreeSet<(Instant, RecallId)>,
    pub(crate) taken_by_day: BTreeMap<Date, AcceleratorSeconds>,
}

impl RecallHistory {
    /// A recall was ordered: it counts from now on. Drills are never recorded.
    pub fn order(&mut self, lease: &Lease, record: RecallRecord) {
        let _ = lease;
        self.current.push(record);
    }

    /// The units of recall `id` were released at `at`.
    pub fn release(&mut self, id: RecallId, at: Instant) {
        let _ = (id, at);
    }

    /// The return of recall `id` is now expected at `at`.
    pub fn expect_return(&mut self, id: RecallId, at: Instant) {
        let _ = (id, at);
    }

    /// The units of recall `id` came back at `at`.
    pub fn give_back(&mut self, lease: &Lease, id: RecallId, at: Instant) {
        let _ = (lease, id, at);
    }

    /// Recall `id` was withdrawn before its release. It still counts as ordered, for the notice
    /// disturbed the tenant; it took nothing and leaves no gap behind.
    pub fn withdraw(&mut self, id: RecallId) {
        let _ = id;
    }

    /// Recalls that are not over: ordered, out, or back and resting.
    pub fn current(&self) -> &[RecallRecord] {
        &self.current
    }
}
