//! What the desk keeps of a lease: its versions, what was delivered, its notices and recalls.

use std::sync::Arc;

use leasehold_contract::{Facts, Lease, NoticeBook, RecallHistory};
use leasehold_planner::{LeaseIx, NodeSet};
use leasehold_types::{Date, Instant, LeaseId, TrancheId, Units};
use serde::Serialize;

use crate::LeaseEnd;

/// A lease on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// Its tranches, in the order of the version that governs; ended ones stay.
    pub tranches: Vec<TrancheRecord>,
    /// Its notices.
    pub notices: NoticeBook,
    /// Its recalls, as far as they bind the next one.
    pub history: RecallHistory,
    /// The day on which an election ends it, and why.
    pub elected_end: Option<(Date, LeaseEnd)>,
    /// When it ended, and why.
    pub ended: Option<(Instant, LeaseEnd)>,
}

/// One version of a lease, and what happened under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Amendment {
    /// From when it governs.
    pub from: Instant,
    /// The lease.
    pub lease: Arc<Lease>,
    /// Nodes that go back to the owner then.
    pub release: Vec<(TrancheId, NodeSet)>,
}

/// What the desk keeps of a tranche.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// Where its delivery stands.
    pub delivery: Delivery,
}

/// Where the delivery of a tranche stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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

    /// Whether it has not ended.
    pub const fn is_standing(&self) -> bool {
        self.ended.is_none()
    }

    fn version(&self) -> &Version {
        // A record is made with one version, and versions are only added.
        &self.versions[self.versions.len() - 1]
    }
}

impl TrancheRecord {
    /// All its nodes, granted or recalled.
    pub fn nodes(&self) -> NodeSet {
        self.batches.iter().fold(NodeSet::EMPTY, |all, batch| all.union(batch))
    }

    /// Nodes that it has, granted or recalled.
    pub fn node_count(&self) -> u64 {
        self.batches.iter().map(|batch| u64::from(batch.len())).sum()
    }
}
