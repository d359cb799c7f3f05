//! What happened. Events are all that the state is made of, and all that the journal holds.

use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_contract::lease::{Remedy, Side, Trigger};
use leasehold_planner::{NodeSet, Slots};
use leasehold_types::{
    Date, Instant, JobId, LeaseId, NodeId, PoolId, RecallId, Seconds, TrancheId, Units,
};
use serde::{Deserialize, Serialize};

use crate::{Actor, Breach, DrillResult, Notice, Outcome};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// When it takes effect. What the clock brings about happens when it was due, however late the
    /// desk was woken; events never go back in time.
    pub at: Instant,
    /// Who brought it about.
    pub by: Actor,
    /// What it is.
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum EventKind {
    /// A lease was signed.
    LeaseSigned {
        /// The lease.
        lease: Arc<Lease>,
    },
    /// A new version was agreed; it governs from its effective date.
    LeaseAmended {
        /// The version.
        lease: Arc<Lease>,
        /// Nodes that go back to the owner as it takes effect.
        release: Vec<(TrancheId, NodeSet)>,
        /// Why.
        reason: String,
    },
    /// A new version governs.
    AmendmentBegan {
        /// The lease.
        lease: LeaseId,
        /// The version.
        version: u32,
        /// Nodes that went back to the owner.
        released: Vec<(TrancheId, NodeSet)>,
    },
    /// A notice to end a lease was received.
    NoticeServed {
        /// The lease.
        lease: LeaseId,
        /// Whose.
        side: Side,
        /// When.
        received: Instant,
        /// The day on which the lease ends by it: the first after its last.
        ends: Date,
        /// The instant at which that day begins.
        effective: Instant,
        /// Why.
        reason: String,
    },
    /// A notice was taken back.
    NoticeWithdrawn {
        /// The lease.
        lease: LeaseId,
        /// Whose.
        side: Side,
        /// Where the other side's consent is written.
        consent: String,
    },
    /// The delivery date of a tranche has come.
    DeliveryDue {
        /// The lease.
        lease: LeaseId,
        /// The tranche.
        tranche: TrancheId,
        /// Units to deliver.
        units: Units,
    },
    /// Nodes were put at a lease's disposal.
    Delivered {
        /// The lease.
        lease: LeaseId,
        /// The tranche.
        tranche: TrancheId,
        /// The nodes.
        nodes: NodeSet,
        /// Whether the tranche is whole now.
        complete: bool,
    },
    /// A tranche is still not whole after its grace.
    TrancheOverdue {
        /// The lease.
        lease: LeaseId,
        /// The tranche.
        tranche: TrancheId,
        /// Units that are missing.
        missing: Units,
        /// Until when the tenant may elect a remedy, where it may.
        elect_until: Option<Instant>,
    },
    /// A remedy was elected, or silence decided.
    RemedyElected {
        /// The lease.
        lease: LeaseId,
        /// The tranche.
        tranche: TrancheId,
        /// The remedy.
        remedy: Remedy,
        /// Whether the tenant said nothing.
        silent: bool,
        /// Units of the tranche from now on, where the tenant accepts fewer.
        accepted: Option<Units>,
    },
    /// A tranche ended before its lease; its nodes went back to the owner.
    TrancheEnded {
        /// The lease.
        lease: LeaseId,
        /// The tranche.
        tranche: TrancheId,
        /// The nodes.
        nodes: NodeSet,
    },
    /// A lease ended; its nodes went back to the owner and its recalls in force are closed.
    LeaseEnded {
        /// The lease.
        lease: LeaseId,
        /// Why.
        why: LeaseEnd,
        /// The nodes.
        nodes: NodeSet,
    },
    /// A node went out of service.
    NodeFailed {
        /// The node.
        node: NodeId,
        /// The lease that has it, granted or recalled.
        lease: Option<LeaseId>,
        /// Jobs that ran on it. They hold their nodes until they are ended.
        jobs: Vec<JobId>,
    },
    /// A node came back into service.
    NodeRepaired {
        /// The node.
        node: NodeId,
        /// The lease that has it, granted or recalled.
        lease: Option<LeaseId>,
    },
    /// A job waits.
    JobSubmitted {
        /// The job.
        job: JobId,
        /// Of which pool it wants units.
        pool: PoolId,
        /// How many.
        units: Units,
        /// For how long it is expected to run.
        expected: Seconds,
    },
    /// A job started.
    JobStarted {
        /// The job.
        job: JobId,
        /// Where.
        slots: Slots,
    },
    /// A job ended, or was cancelled while it waited.
    JobEnded {
        /// The job.
        job: JobId,
        /// How.
        outcome: Outcome,
    },
    /// A recall or a drill was ordered.
    RecallOrdered(RecallOrdered),
    /// The notice was served; the clock runs.
    RecallServed {
        /// The recall.
        recall: RecallId,
        /// When it was served, when the drain begins, when the units must be released.
        notice: Notice,
        /// Until when the tenant may acknowledge; silence is assent.
        acknowledge_until: Instant,
    },
    /// The tenant acknowledged, or was silent for so long that it assented.
    RecallAcknowledged {
        /// The recall.
        recall: RecallId,
        /// Whether by silence.
        deemed: bool,
    },
    /// The order stood within the clause as it was given, but not any more as it was served.
    RecallRefused {
        /// The recall.
        recall: RecallId,
        /// What stands against it.
        because: Vec<Breach>,
    },
    /// The drain began.
    RecallDraining {
        /// The recall.
        recall: RecallId,
    },
    /// The deadline passed without a release.
    RecallOverdue {
        /// The recall.
        recall: RecallId,
    },
    /// The units are the owner's for a time.
    RecallReleased {
        /// The recall.
        recall: RecallId,
    },
    /// The units will be kept for longer.
    RecallExtended {
        /// The recall.
        recall: RecallId,
        /// When they will be returned.
        expected_return: Instant,
        /// Whether it goes on even outside the clause.
        forced: bool,
        /// Why.
        reason: String,
    },
    /// The units were not back when they were expected, and are still needed or still held.
    RecallOverran {
        /// The recall.
        recall: RecallId,
        /// When they are expected now: at the latest that the clause allows, or where that is past
        /// or the clause sets no limit, when the lease ends.
        expected_return: Instant,
    },
    /// The owner's need is over; the units must be offered back within the clause's time.
    RecallNeedEnded {
        /// The recall.
        recall: RecallId,
        /// Until when.
        return_due: Instant,
    },
    /// The units are the tenant's again.
    RecallReturned {
        /// The recall.
        recall: RecallId,
    },
    /// The recall was given up before its release.
    RecallWithdrawn {
        /// The recall.
        recall: RecallId,
        /// Why.
        reason: String,
    },
    /// A drill ran to its end.
    DrillConcluded {
        /// The drill.
        recall: RecallId,
        /// How it went.
        result: DrillResult,
    },
    /// The owner broke the lease.
    Breached {
        /// The lease.
        lease: LeaseId,
        /// The recall by which it did.
        recall: RecallId,
        /// How.
        breaches: Vec<Breach>,
    },
}

/// A recall or a drill as it was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecallOrdered {
    /// The recall.
    pub recall: RecallId,
    /// From which lease.
    pub lease: LeaseId,
    /// From which tranche.
    pub tranche: TrancheId,
    /// The notice class, by name.
    pub class: String,
    /// The event that allows it; [`Trigger::Drill`] for a drill.
    pub trigger: Trigger,
    /// The nodes.
    pub nodes: NodeSet,
    /// Units of the entitlement on them.
    pub units: Units,
    /// The job that it is for.
    pub for_job: Option<JobId>,
    /// When the units will be returned, as far as is known.
    pub expected_return: Instant,
    /// When they must be released, where later than the class asks.
    pub release_at: Option<Instant>,
    /// Whether it goes on even outside the clause.
    pub forced: bool,
    /// Why.
    pub reason: String,
}

/// Why a lease ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaseEnd {
    /// At its stated end.
    Stated,
    /// By a notice.
    Notice(Side),
    /// Because a tranche was late.
    Late,
    /// Because much was recalled.
    Recalled,
}
