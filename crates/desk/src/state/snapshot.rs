//! The state in its one canonical form, to compare two states to the byte.

use std::collections::BTreeMap;

use leasehold_planner::Occupancy;
use leasehold_types::{Instant, JobId, RecallId};
use serde::{Serialize, Serializer};

use super::{Settings, State};
use crate::digest::{Digest, fleet_digest};
use crate::{Job, LeaseRecord, Recall};

/// Everything that is not derived from something else in it.
#[derive(Serialize)]
struct Snapshot<'a> {
    seq: u64,
    now: Instant,
    settings: Settings,
    fleet: Digest,
    occupancy: &'a Occupancy,
    leases: &'a [LeaseRecord],
    jobs: &'a BTreeMap<JobId, Job>,
    recalls: &'a BTreeMap<RecallId, Recall>,
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let snapshot = Snapshot {
            seq: self.seq,
            now: self.now,
            settings: self.settings,
            fleet: fleet_digest(self.fleet()),
            occupancy: &self.occupancy,
            leases: &self.leases,
            jobs: &self.jobs,
            recalls: &self.recalls,
        };
        snapshot.serialize(serializer)
    }
}

impl State {
    /// The digest of the state: equal exactly where two states are. It looks at every node, lease,
    /// job and recall.
    pub fn digest(&self) -> Digest {
        Digest::of_json(self)
    }
}
