//! What may be asked of the desk.

use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_contract::lease::{Remedy, Side, Trigger};
use leasehold_planner::{NodeSet, Slots};
use leasehold_types::{
    Instant, JobId, LeaseId, NodeId, PoolId, RecallId, Seconds, TrancheId, Units,
};
use serde::{Deserialize, Serialize};

use crate::Actor;

/// Longest reason, name of a person or reference accepted, in bytes.
pub const TEXT_MAX_BYTES: usize = 2_000;

/// Something asked of the desk, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Who asks.
    pub by: Actor,
    /// What is asked.
    pub kind: CommandKind,
}

impl Command {
    /// `by` asks for `kind`.
    pub const fn new(by: Actor, kind: CommandKind) -> Self {
        Command { by, kind }
    }

    /// The clock asks what is due.
    pub const fn tick() -> Self {
        Command { by: Actor::Clock, kind: CommandKind::Tick }
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// Sign a lease, as compiled from its term sheet. It must be version 1.
    Sign {
        /// The lease.
        lease: Arc<Lease>,
    },
    /// Agree on a new version of a lease, from its effective date on.
    Amend {
        /// The next version.
        lease: Arc<Lease>,
        /// Nodes that go back to the owner as it takes effect, by tranche.
        release: Vec<(TrancheId, NodeSet)>,
        /// Why.
        reason: String,
    },
    /// Record a notice to end a lease.
    ServeNotice {
        /// The lease.
        lease: LeaseId,
        /// Whose notice it is.
        side: Side,
        /// When the other side received it; not after now.
        received: Instant,
        /// Why, if it says so.
        reason: String,
    },
    /// Take a notice back, with the other side's consent.
    WithdrawNotice {
        /// The lease.
        lease: LeaseId,
        /// Whose notice it was.
        side: Side,
        /// Where the other side's consent is written.
        consent: String,
    },
    /// Elect a remedy for a tranche that is late.
    ElectRemedy {
        /// The lease.
        lease: LeaseId,
        /// The tranche.
        tranche: TrancheId,
        /// The remedy.
        remedy: Remedy,
    },
    /// Put nodes at a lease's disposal: all that a tranche lacks, or some of it. From the delivery
    /// date on; earlier is refused, because before that date there is no entitlement.
    Deliver {
        /// The lease.
        lease: LeaseId,
        /// The tranche.
        tranche: TrancheId,
        /// The nodes: the owner's, up, of the tranche's pool, without a job.
        nodes: NodeSet,
    },
    /// A node goes out of service.
    Fail {
        /// The node.
        node: NodeId,
    },
    /// A node comes back into service.
    Repair {
        /// The node.
        node: NodeId,
    },
    /// A job of the owner's wants units.
    JobSubmit {
        /// The job; an id is never used twice while the job waits or runs.
        job: JobId,
        /// Of which pool.
        pool: PoolId,
        /// How many.
        units: Units,
        /// For how long it is expected to run.
        expected: Seconds,
    },
    /// A waiting job starts.
    JobStart {
        /// The job.
        job: JobId,
        /// Where.
        slots: Slots,
    },
    /// A job ends, or is cancelled while it waits.
    JobEnd {
        /// The job.
        job: JobId,
        /// How.
        outcome: Outcome,
    },
    /// Take units back for a time.
    OrderRecall(RecallRequest),
    /// The notice of a recall was served.
    ServeRecall {
        /// The recall.
        recall: RecallId,
        /// When; not after now.
        served: Instant,
    },
    /// The tenant acknowledges the notice of a recall.
    Acknowledge {
        /// The recall.
        recall: RecallId,
    },
    /// Give up a recall before its release.
    WithdrawRecall {
        /// The recall.
        recall: RecallId,
        /// Why.
        reason: String,
    },
    /// The nodes of a recall are drained and released.
    Released {
        /// The recall.
        recall: RecallId,
    },
    /// Keep the units for longer than expected.
    ExtendRecall {
        /// The recall.
        recall: RecallId,
        /// When they will now be returned.
        expected_return: Instant,
        /// Whether to do so even outside the clause, as a breach on record.
        force: bool,
        /// Why.
        reason: String,
    },
    /// Return the units to the tenant.
    ReturnRecall {
        /// The recall.
        recall: RecallId,
    },
    /// Rehearse a recall without taking capacity.
    RunDrill {
        /// The lease.
        lease: LeaseId,
        /// The tranche.
        tranche: TrancheId,
        /// The notice class, by name.
        class: String,
        /// How many units to rehearse with.
        units: Units,
        /// Why now.
        reason: String,
    },
    /// Do what is due at the earliest due instant that is not after now.
    Tick,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It did its work.
    Completed,
    /// It failed.
    Failed,
    /// Somebody ended it; the only outcome of a job that has not started.
    Cancelled,
    /// It was interrupted and waits again; recalls in force for it go on.
    Requeued,
}

/// A recall that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallRequest {
    /// From which lease.
    pub lease: LeaseId,
    /// From which tranche.
    pub tranche: TrancheId,
    /// The notice class, by name.
    pub class: String,
    /// What to take.
    pub take: Take,
    /// The event that allows it.
    pub trigger: Trigger,
    /// The job that it is for. The nodes are then set aside for this job alone, and go back when
    /// it ends.
    pub for_job: Option<JobId>,
    /// When the units will be returned, as far as is known; the notice says so.
    pub expected_return: Instant,
    /// When they must be released; as soon as the class allows where absent.
    pub release_at: Option<Instant>,
    /// Whether to order it even outside the clause, as a breach on record. Firm units stay out of
    /// reach all the same.
    pub force: bool,
    /// Why.
    pub reason: String,
}

/// What a recall takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// So many units, rounded up to whole nodes; the desk chooses them.
    Units(Units),
    /// These nodes.
    Nodes(NodeSet),
}
