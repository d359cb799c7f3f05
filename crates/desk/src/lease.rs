//! What the desk keeps of a lease: its versions, what was delivered, its notices and recalls.

use std::sync::Arc;

use leasehold_contract::facts::UnitRange;
use leasehold_contract::lease::Tranche;
use leasehold_contract::{Facts, Lease, NoticeBook, RecallHistory};
use leasehold_planner::{LeaseIx, NodeSet};
use leasehold_types::{Date, Instant, LeaseId, TrancheId, Units};
use serde::{Deserialize, Serialize};

use crate::numbering::units_on;
use crate::state::timer::days_after;
use crate::{LeaseEnd, Timer};

/// A lease on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseRecord {
    /// The lease.
    pub id: LeaseId,
    /// Its number in the occupancy.
    pub ix: LeaseIx,
    /// When it was signed here.
    pub signed: Instant,
    /// Its versions, each from its own instant on; at least one. The last one governs.
    pub versions: Vec<Version>,
    /// The version that was agreed and does not govern yet.
    pub pending: Option<Amendment>,
    /// Its tranches, in the order in which they came; ended ones stay.
    pub tranches: Vec<TrancheRecord>,
    /// Its notices.
    pub notices: NoticeBook,
    /// Its recalls, as far as they bind the next one.
    pub history: RecallHistory,
    /// The day on which an election ends it, and why.
    pub elected_end: Option<(Date, LeaseEnd)>,
    /// When it ended, and why.
    pub ended: Option<(Instant, LeaseEnd)>,
    /// Its timers; derived.
    #[serde(skip)]
    pub(crate) armed: Vec<(Instant, Timer)>,
}

/// One version of a lease, and what happened under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// From when it governs; the signing for the first.
    pub from: Instant,
    /// The lease.
    pub lease: Arc<Lease>,
    /// What happened, as far as this version's answers depend on it. Those of an earlier version
    /// stand still at the instant at which the next one began.
    pub facts: Facts,
}

/// A version that was agreed and does not govern yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// From when it governs.
    pub from: Instant,
    /// The lease.
    pub lease: Arc<Lease>,
    /// Nodes that go back to the owner then.
    pub release: Vec<(TrancheId, NodeSet)>,
}

/// What the desk keeps of a tranche.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrancheRecord {
    /// Which.
    pub id: TrancheId,
    /// Its pool, as an index into the fleet's pools.
    pub pool: usize,
    /// Units committed now: those of the lease, or fewer where the tenant accepted fewer.
    pub units: Units,
    /// Its nodes in the order of their deliveries, which numbers its units.
    pub batches: Vec<NodeSet>,
    /// Units of the commitment on its nodes.
    pub delivered: Units,
    /// The day since which a version of the lease has asked for these units.
    pub asked: Date,
    /// Where its delivery stands.
    pub delivery: Delivery,
}

/// Where the delivery of a tranche stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Its date has not come.
    NotDue,
    /// Its date has come, and it is not whole.
    Due,
    /// Its grace is over, and it is not whole.
    Overdue {
        /// Until when the tenant may elect a remedy, where it may.
        elect_until: Option<Instant>,
    },
    /// Its grace is over, and the tenant waits.
    Awaited,
    /// It is whole.
    Complete,
    /// The tenant accepted what was there.
    Fixed,
    /// It ended.
    Ended,
}

impl LeaseRecord {
    /// The version that governs.
    pub fn lease(&self) -> &Arc<Lease> {
        &self.version().lease
    }

    /// What happened, as far as the version that governs depends on it.
    pub fn facts(&self) -> &Facts {
        &self.version().facts
    }

    /// The tranche of this name.
    pub fn tranche(&self, id: &TrancheId) -> Option<&TrancheRecord> {
        self.tranches.iter().find(|tranche| tranche.id == *id)
    }

    /// All its nodes, granted or recalled.
    pub fn nodes(&self) -> NodeSet {
        self.tranches.iter().fold(NodeSet::EMPTY, |all, tranche| all.union(&tranche.nodes()))
    }

    /// Whether it has not ended.
    pub const fn is_standing(&self) -> bool {
        self.ended.is_none()
    }

    /// The day on which it will end, as far as is known, and why: by a notice or an election, at
    /// the latest at its stated end.
    pub fn ends(&self) -> (Date, LeaseEnd) {
        let mut ends = (self.stated_end(), LeaseEnd::Stated);
        let notice = self.notices.governing().map(|n| (n.ends, LeaseEnd::Notice(n.side)));
        for (date, why) in notice.into_iter().chain(self.elected_end) {
            if date < ends.0 {
                ends = (date, why);
            }
        }
        ends
    }

    /// The first instant after its last, as far as is known.
    pub fn ends_at(&self) -> Instant {
        self.lease().start_of(self.ends().0)
    }

    /// What the version that governs says of a tranche.
    pub(crate) fn written(&self, id: &TrancheId) -> Option<&Tranche> {
        self.lease().tranches.iter().find(|tranche| tranche.id == *id)
    }

    /// The first instant after the last of a tranche, at the latest that of the lease.
    pub(crate) fn tranche_ends_at(&self, tranche: &Tranche) -> Instant {
        let lease = self.lease();
        let stated = tranche.until == lease.term.end;
        let until = if stated { self.stated_end() } else { tranche.until };
        lease.start_of(until).min(self.ends_at())
    }

    fn stated_end(&self) -> Date {
        days_after(self.lease().term.end, self.facts().extension_days)
    }

    fn version(&self) -> &Version {
        // A record is made with one version, and versions are only added.
        &self.versions[self.versions.len() - 1]
    }

    pub(crate) fn facts_mut(&mut self) -> &mut Facts {
        let last = self.versions.len() - 1;
        &mut self.versions[last].facts
    }

    pub(crate) fn tranche_mut(&mut self, id: &TrancheId) -> Option<&mut TrancheRecord> {
        self.tranches.iter_mut().find(|tranche| tranche.id == *id)
    }

    /// Keeps the day on which the lease ends in its facts.
    pub(crate) fn note_end(&mut self) {
        let notice = self.notices.governing().map(|notice| notice.ends);
        let ends = notice.into_iter().chain(self.elected_end.map(|(date, _)| date)).min();
        self.facts_mut().ends = ends;
    }
}

impl TrancheRecord {
    /// Units of the commitment that lie on `nodes`.
    pub(crate) fn units_on(&self, nodes: &NodeSet, size: u8) -> Vec<UnitRange> {
        units_on(&self.batches, nodes, size, self.units)
    }

    /// This tranche as it will be once `leaving` are gone and it has `units`.
    pub(crate) fn once(&self, leaving: &NodeSet, units: Units, size: u8) -> TrancheRecord {
        let mut then = TrancheRecord { units, ..self.clone() };
        then.remove(leaving);
        then.count_delivered(size);
        then
    }

    /// Whether nothing is missing.
    pub fn is_whole(&self) -> bool {
        self.delivered == self.units
    }

    /// Counts its delivered units anew, after its nodes or its commitment changed.
    pub(crate) fn count_delivered(&mut self, size: u8) {
        self.delivered = Units(self.node_count() * u64::from(size)).min(self.units);
    }

    /// Takes nodes away for good.
    pub(crate) fn remove(&mut self, nodes: &NodeSet) {
        for batch in &mut self.batches {
            *batch = batch.difference(nodes);
        }
        self.batches.retain(|batch| !batch.is_empty());
    }

    /// All its nodes, granted or recalled.
    pub fn nodes(&self) -> NodeSet {
        self.batches.iter().fold(NodeSet::EMPTY, |all, batch| all.union(batch))
    }

    /// How many nodes it has, granted or recalled.
    pub fn node_count(&self) -> u64 {
        self.batches.iter().map(|batch| u64::from(batch.len())).sum()
    }
}
