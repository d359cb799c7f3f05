//! The state of the desk: everything that the events so far amount to.

mod offers;
mod restore;
mod snapshot;
pub(crate) mod timer;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leasehold_contract::entitlement::Entitlement;
use leasehold_contract::{EvalError, Facts};
use leasehold_planner::{Fleet, LeaseIx, NodeSet, Occupancy};
use leasehold_types::{Instant, JobId, LeaseId, RecallId, TrancheId};
use serde::{Deserialize, Serialize};

use crate::job::JobsByNode;
use crate::{Job, LeaseRecord, Recall, Stage};

pub use offers::Offering;
pub use restore::{BadSnapshot, Kept};
pub use timer::Timer;

/// Most leases on record.
pub const LEASES_MAX: usize = 10_000;
/// Most jobs that wait or run.
pub const JOBS_MAX: usize = 5_000_000;
/// Most recalls and drills in force.
pub const RECALLS_IN_FORCE_MAX: usize = 10_000;

/// How the desk learns what happens outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// When the notice of a recall counts as served.
    pub service: ServiceMode,
    /// When the nodes of a recall count as released.
    pub release: ReleaseMode,
}

/// When the notice of a recall counts as served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceMode {
    /// As it is ordered; for replay.
    AtOrder,
    /// When `ServeRecall` says so.
    OnConfirmation,
}

/// When the nodes of a recall count as released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseMode {
    /// At the cut, by the clock; for replay.
    AtDeadline,
    /// When `Released` says so; overdue where it does not by the deadline.
    OnConfirmation,
}

impl Settings {
    /// Nothing outside is waited for.
    pub const REPLAY: Settings =
        Settings { service: ServiceMode::AtOrder, release: ReleaseMode::AtDeadline };
    /// Everything outside is waited for.
    pub const LIVE: Settings =
        Settings { service: ServiceMode::OnConfirmation, release: ReleaseMode::OnConfirmation };
}

/// The state of the desk.
#[derive(Debug, Clone)]
pub struct State {
    pub(crate) settings: Settings,
    pub(crate) occupancy: Occupancy,
    pub(crate) leases: Vec<LeaseRecord>,
    pub(crate) lease_index: BTreeMap<LeaseId, LeaseIx>,
    pub(crate) jobs: BTreeMap<JobId, Job>,
    pub(crate) jobs_by_node: JobsByNode,
    pub(crate) recalls: BTreeMap<RecallId, Recall>,
    pub(crate) recalls_in_force: BTreeSet<RecallId>,
    pub(crate) recalls_for: BTreeMap<JobId, Vec<RecallId>>,
    pub(crate) timers: BTreeSet<(Instant, Timer)>,
    pub(crate) now: Instant,
    pub(crate) seq: u64,
}

impl State {
    /// The state before any event: all nodes the owner's, up and idle.
    pub fn new(fleet: Arc<Fleet>, settings: Settings) -> Self {
        State {
            settings,
            occupancy: Occupancy::new(fleet),
            leases: Vec::new(),
            lease_index: BTreeMap::new(),
            jobs: BTreeMap::new(),
            jobs_by_node: JobsByNode::default(),
            recalls: BTreeMap::new(),
            recalls_in_force: BTreeSet::new(),
            recalls_for: BTreeMap::new(),
            timers: BTreeSet::new(),
            now: Instant::MIN,
            seq: 0,
        }
    }

    /// The fleet.
    pub fn fleet(&self) -> &Arc<Fleet> {
        self.occupancy.fleet()
    }

    /// How the desk learns what happens outside.
    pub const fn settings(&self) -> Settings {
        self.settings
    }

    /// Who holds every node.
    pub const fn occupancy(&self) -> &Occupancy {
        &self.occupancy
    }

    /// The instant of the last event.
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// How many events there were.
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// When something is due by the clock.
    pub fn next_due(&self) -> Option<Instant> {
        self.timers.first().map(|(due, _)| *due)
    }

    /// All leases, in the order of their signing, which is that of [`LeaseIx`].
    pub fn leases(&self) -> &[LeaseRecord] {
        &self.leases
    }

    /// The lease of this name.
    pub fn lease(&self, id: &LeaseId) -> Option<&LeaseRecord> {
        self.lease_index.get(id).map(|ix| &self.leases[usize::from(ix.0)])
    }

    /// What happened to a lease, as far as the version that governs depends on it.
    pub fn facts(&self, id: &LeaseId) -> Option<&Facts> {
        self.lease(id).map(LeaseRecord::facts)
    }

    /// What the tenant may use of a tranche at the instant of the last event, as the contract says.
    ///
    /// # Errors
    /// [`EvalError`] where the lease cannot be evaluated.
    pub fn entitlement(
        &self,
        lease: &LeaseId,
        tranche: &TrancheId,
    ) -> Result<Entitlement, EvalError> {
        let Some(record) = self.lease(lease).filter(|record| record.is_standing()) else {
            return Ok(Entitlement::default());
        };
        record.lease().entitlement(record.facts(), tranche, self.now)
    }

    /// The nodes at a tranche's disposal now: delivered, and not recalled.
    pub fn granted(&self, lease: &LeaseId, tranche: &TrancheId) -> NodeSet {
        let record = self.lease(lease).and_then(|record| record.tranche(tranche));
        let Some(record) = record else { return NodeSet::EMPTY };
        let recalled = self
            .recalls_in_force()
            .filter(|r| r.is_released() && r.lease == *lease && r.tranche == *tranche);
        recalled.fold(record.nodes(), |nodes, recall| nodes.difference(&recall.nodes))
    }

    /// The job of this number, if it waits or runs.
    pub fn job(&self, id: JobId) -> Option<&Job> {
        self.jobs.get(&id)
    }

    /// The jobs that wait or run, by number.
    pub fn jobs(&self) -> impl Iterator<Item = (JobId, &Job)> {
        self.jobs.iter().map(|(id, job)| (*id, job))
    }

    /// The recall of this number, in force or over.
    pub fn recall(&self, id: RecallId) -> Option<&Recall> {
        self.recalls.get(&id)
    }

    /// Every recall and drill, in the order in which they were ordered.
    pub fn recalls(&self) -> impl Iterator<Item = &Recall> {
        self.recalls.values()
    }

    /// The recalls and drills in force.
    pub fn recalls_in_force(&self) -> impl Iterator<Item = &Recall> {
        self.recalls_in_force.iter().filter_map(|id| self.recalls.get(id))
    }

    /// The nodes that are set aside for a job: recalled for it and released.
    pub fn set_aside(&self, job: JobId) -> NodeSet {
        let recalls = self.recalls_for.get(&job).into_iter().flatten();
        let released = recalls.filter_map(|id| self.recalls.get(id)).filter(|r| r.is_released());
        released.fold(NodeSet::EMPTY, |nodes, recall| nodes.union(&recall.nodes))
    }

    /// Accelerators in each node of a pool.
    pub(crate) fn node_size(&self, pool: usize) -> u8 {
        self.fleet().pools().get(pool).map_or(1, |pool| pool.accelerators_per_node)
    }

    /// The recall from a lease whose notice is on its way.
    pub(crate) fn in_flight(&self, lease: &LeaseId) -> Option<RecallId> {
        let ordered = |r: &&Recall| r.lease == *lease && matches!(r.stage, Stage::Ordered { .. });
        self.recalls_in_force().find(ordered).map(|recall| recall.id)
    }

    /// The recalls and drills in force from a tranche.
    pub(crate) fn recalls_of(
        &self,
        lease: &LeaseId,
        tranche: &TrancheId,
    ) -> impl Iterator<Item = &Recall> {
        self.recalls_in_force().filter(move |r| r.lease == *lease && r.tranche == *tranche)
    }
}
