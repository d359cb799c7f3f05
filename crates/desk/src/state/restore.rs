//! The way back from a state's canonical form.
//!
//! What is derived (timers, indexes, what is in force) is derived anew, so a snapshot cannot carry
//! an index that disagrees with what it is an index of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leasehold_planner::{BadState, Fleet, LeaseIx, Occupancy, OccupancyState};
use leasehold_types::{Instant, JobId, RecallId};
use serde::Deserialize;

use super::{Settings, State};
use crate::digest::{Digest, fleet_digest};
use crate::job::JobsByNode;
use crate::{Job, LeaseRecord, Recall};

/// A state as it is written, read back and not yet looked at.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    seq: u64,
    now: Instant,
    settings: Settings,
    fleet: Digest,
    occupancy: OccupancyState,
    leases: Vec<LeaseRecord>,
    jobs: BTreeMap<JobId, Job>,
    recalls: BTreeMap<RecallId, Recall>,
}

/// A snapshot from which no state can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSnapshot {
    /// It was taken of another fleet.
    #[error("the snapshot is of fleet {found}, and this is fleet {expected}; give the same fleet")]
    Fleet {
        /// The digest of the fleet that it was taken of.
        found: Digest,
        /// The digest of the fleet that was given.
        expected: Digest,
    },
    /// Its nodes cannot be in that state.
    #[error(transparent)]
    Occupancy(#[from] BadState),
    /// A lease without a version, or one whose number is not its place.
    #[error("the snapshot's lease {0} is not whole; replay the journal from its start")]
    Lease(usize),
}

impl State {
    /// The state of `fleet` that was written as `kept`.
    ///
    /// # Errors
    /// [`BadSnapshot`].
    pub fn restore(fleet: Arc<Fleet>, kept: Kept) -> Result<Self, BadSnapshot> {
        let expected = fleet_digest(&fleet);
        if kept.fleet != expected {
            return Err(BadSnapshot::Fleet { found: kept.fleet, expected });
        }
        let whole = |(i, lease): (usize, &LeaseRecord)| {
            !lease.versions.is_empty() && usize::from(lease.ix.0) == i
        };
        if let Some(i) = kept.leases.iter().enumerate().position(|lease| !whole(lease)) {
            return Err(BadSnapshot::Lease(i));
        }
        let occupancy = Occupancy::restore(fleet, &kept.occupancy)?;
        Ok(kept.into_state(occupancy))
    }
}

impl Kept {
    fn into_state(self, occupancy: Occupancy) -> State {
        let mut jobs_by_node = JobsByNode::default();
        for (id, job) in &self.jobs {
            if let Some(slots) = job.slots() {
                jobs_by_node.insert(*id, slots);
            }
        }
        let in_force = || self.recalls.values().filter(|recall| recall.in_force());
        let recalls_in_force = in_force().map(|recall| recall.id).collect();
        let mut recalls_for: BTreeMap<JobId, Vec<RecallId>> = BTreeMap::new();
        for recall in in_force() {
            if let Some(job) = recall.for_job {
                recalls_for.entry(job).or_default().push(recall.id);
            }
        }
        let lease_index = self.leases.iter().map(|lease| (lease.id.clone(), lease.ix)).collect();
        let mut state = State {
            settings: self.settings,
            occupancy,
            leases: self.leases,
            lease_index,
            jobs: self.jobs,
            jobs_by_node,
            recalls: self.recalls,
            recalls_in_force,
            recalls_for,
            timers: BTreeSet::new(),
            now: self.now,
            seq: self.seq,
        };
        let leases: Vec<LeaseIx> = state.leases.iter().map(|lease| lease.ix).collect();
        leases.into_iter().for_each(|ix| state.rearm_lease(ix));
        let recalls: Vec<RecallId> = state.recalls.keys().copied().collect();
        recalls.into_iter().for_each(|id| state.rearm_recall(id));
        state
    }
}
