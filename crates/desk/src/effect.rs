//! What must follow from an event in the world outside.
//!
//! Effects are bells, not orders with all their numbers: they name what changed, and whoever hears
//! one reads the state for the rest. So a bell that rings twice does no harm.

use leasehold_contract::lease::Side;
use leasehold_planner::NodeSet;
use leasehold_types::{JobId, LeaseId, RecallId, TrancheId};
use serde::{Deserialize, Serialize};

use crate::Event;

/// Something to do outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Tell a side, at its addresses of record.
    Notify {
        /// Whom.
        side: Side,
        /// What about.
        about: Notification,
    },
    /// Deliver the notice of a recall and report when it was served.
    ServeNotice(RecallId),
    /// Choose and deliver nodes for a tranche.
    Supply {
        /// The lease.
        lease: LeaseId,
        /// The tranche.
        tranche: TrancheId,
    },
    /// Put nodes at a lease's disposal on the execution engine.
    Grant {
        /// The lease.
        lease: LeaseId,
        /// The nodes.
        nodes: NodeSet,
    },
    /// Take nodes away from a lease on the execution engine, for good.
    Revoke {
        /// The lease.
        lease: LeaseId,
        /// The nodes.
        nodes: NodeSet,
    },
    /// Admit nothing new on the nodes of a recall, let streams finish, report when it is done. For
    /// a drill, go through the motions.
    Drain(RecallId),
    /// Admit again on the nodes of a recall that was given up.
    StopDrain(RecallId),
    /// Take the nodes of a recall away from its lease for a time.
    TakeBack(RecallId),
    /// Give the nodes of a recall back to its lease.
    GiveBack(RecallId),
    /// Read a lease's entitlement again.
    Admission(LeaseId),
    /// Start a job where it was placed.
    StartJob(JobId),
    /// A node failed under a job: find out, and end or requeue it.
    CheckJob(JobId),
    /// Look whether waiting jobs can start.
    Schedule,
    /// Draw up a lease's books again.
    Books(LeaseId),
}

/// What a notification is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notification {
    /// A version of a lease was signed, agreed, or governs now.
    Version(LeaseId, u32),
    /// Notice to end a lease was given or taken back.
    Notice(LeaseId),
    /// A tranche is late, and the tenant may elect.
    Late(LeaseId, TrancheId),
    /// A remedy was elected, or silence decided.
    Remedy(LeaseId, TrancheId),
    /// A recall moved on.
    Recall(RecallId),
    /// The owner broke the recall clause.
    Breach(RecallId),
    /// A lease ended.
    Ended(LeaseId),
}

/// What follows from `event`, in the order in which it should be done.
pub fn effects(event: &Event) -> Vec<Effect> {
    let _ = event;
    Vec::new()
}
