//! The owner's own work, as far as the desk keeps it: what waits and what runs.

use std::collections::{BTreeMap, BTreeSet};

use leasehold_planner::Slots;
use leasehold_types::{Instant, JobId, NodeId, Seconds, Units};
use serde::{Deserialize, Serialize};

/// A job that waits or runs; an ended one is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The pool, as an index into the fleet's pools.
    pub pool: usize,
    /// Units that it needs at once.
    pub units: Units,
    /// For how long it is expected to run.
    pub expected: Seconds,
    /// When it was submitted.
    pub submitted: Instant,
    /// Whether it waits or runs.
    pub stage: JobStage,
}

/// Whether a job waits or runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStage {
    /// It waits.
    Waiting,
    /// It runs.
    Running {
        /// Since when.
        since: Instant,
        /// Where.
        slots: Slots,
    },
}

impl Job {
    /// Where it runs, if it does.
    pub const fn slots(&self) -> Option<&Slots> {
        match &self.stage {
            JobStage::Running { slots, .. } => Some(slots),
            JobStage::Waiting => None,
        }
    }
}

/// Which jobs run on a node, kept by run of nodes so that a large job costs a few entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct JobsByNode {
    /// First node of a run to its end and its job; whole nodes have one job each.
    whole: BTreeMap<u32, (u32, JobId)>,
    part: BTreeSet<(NodeId, JobId)>,
}

impl JobsByNode {
    pub(crate) fn insert(&mut self, job: JobId, slots: &Slots) {
        for range in slots.whole.ranges() {
            self.whole.insert(range.start, (range.end, job));
        }
        for (node, _) in &slots.part {
            self.part.insert((*node, job));
        }
    }

    pub(crate) fn remove(&mut self, job: JobId, slots: &Slots) {
        for range in slots.whole.ranges() {
            self.whole.remove(&range.start);
        }
        for (node, _) in &slots.part {
            self.part.remove(&(*node, job));
        }
    }

    /// The jobs on `first..end`, ascending, each once.
    pub(crate) fn on(&self, first: u32, end: u32) -> BTreeSet<JobId> {
        let before = self.whole.range(..=first).next_back();
        let reaching = before.filter(|(_, (until, _))| *until > first).map(|(_, (_, job))| *job);
        let inside = self.whole.range(first..end).map(|(_, (_, job))| *job);
        let shared = self.part.range((NodeId(first), JobId(0))..(NodeId(end), JobId(0)));
        reaching.into_iter().chain(inside).chain(shared.map(|(_, job)| *job)).collect()
    }
}
