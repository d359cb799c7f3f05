//! What must follow from an event in the world outside.
//!
//! Effects are bells, not orders with all their numbers: they name what changed, and whoever hears
//! one reads the state for the rest. So a bell that rings twice does no harm.

use leasehold_contract::lease::Side;
use leasehold_planner::NodeSet;
use leasehold_types::{JobId, LeaseId, RecallId, TrancheId};
use serde::{Deserialize, Serialize};

use crate::{Event, EventKind};

/// Something to do outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Tell a side, at its addresses of record.
    Notify {
        /// Whom; by way of the lease that it is about.
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
    /// Draw up the books of a recall's lease again.
    RecallBooks(RecallId),
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
    match &event.kind {
        EventKind::JobSubmitted { .. } | EventKind::JobEnded { .. } => vec![Effect::Schedule],
        EventKind::JobStarted { job, .. } => vec![Effect::StartJob(*job)],
        EventKind::NodeFailed { lease, jobs, .. } => {
            let jobs = jobs.iter().copied().map(Effect::CheckJob);
            jobs.chain(lease.clone().map(Effect::Admission)).collect()
        }
        EventKind::NodeRepaired { lease, .. } => {
            vec![lease.clone().map_or(Effect::Schedule, Effect::Admission)]
        }
        kind => of_recall(kind).unwrap_or_else(|| of_lease(kind)),
    }
}

fn of_lease(kind: &EventKind) -> Vec<Effect> {
    match kind {
        EventKind::LeaseSigned { lease } | EventKind::LeaseAmended { lease, .. } => {
            let about = Notification::Version(lease.id.clone(), lease.version);
            with_books(&lease.id, both(about))
        }
        EventKind::AmendmentBegan { lease, version, released } => {
            let mut effects = vec![Effect::Admission(lease.clone())];
            effects.extend(released.iter().map(|(_, nodes)| revoke(lease, nodes)));
            effects.extend(both(Notification::Version(lease.clone(), *version)));
            effects.push(Effect::Schedule);
            with_books(lease, effects)
        }
        EventKind::NoticeServed { lease, .. } | EventKind::NoticeWithdrawn { lease, .. } => {
            with_books(lease, both(Notification::Notice(lease.clone())))
        }
        EventKind::DeliveryDue { lease, tranche, .. } => {
            vec![Effect::Supply { lease: lease.clone(), tranche: tranche.clone() }]
        }
        EventKind::Delivered { lease, nodes, .. } => {
            let grant = Effect::Grant { lease: lease.clone(), nodes: nodes.clone() };
            with_books(lease, vec![grant, Effect::Admission(lease.clone())])
        }
        EventKind::TrancheOverdue { lease, tranche, .. } => {
            with_books(lease, both(Notification::Late(lease.clone(), tranche.clone())))
        }
        EventKind::RemedyElected { lease, tranche, .. } => {
            with_books(lease, both(Notification::Remedy(lease.clone(), tranche.clone())))
        }
        EventKind::TrancheEnded { lease, nodes, .. } => ended(lease, nodes),
        EventKind::LeaseEnded { lease, nodes, .. } => {
            let mut effects = ended(lease, nodes);
            effects.extend(both(Notification::Ended(lease.clone())));
            effects
        }
        _ => Vec::new(),
    }
}

fn of_recall(kind: &EventKind) -> Option<Vec<Effect>> {
    let tenant =
        |id: RecallId| Effect::Notify { side: Side::Tenant, about: Notification::Recall(id) };
    Some(match kind {
        EventKind::RecallOrdered(ordered) => vec![Effect::ServeNotice(ordered.recall)],
        EventKind::RecallServed { .. } | EventKind::RecallNeedEnded { .. } => Vec::new(),
        EventKind::RecallAcknowledged { recall, .. } => {
            vec![Effect::Notify { side: Side::Owner, about: Notification::Recall(*recall) }]
        }
        EventKind::RecallRefused { recall, .. } => vec![tenant(*recall)],
        EventKind::RecallExtended { recall, .. } | EventKind::RecallOverran { recall, .. } => {
            vec![tenant(*recall), Effect::RecallBooks(*recall)]
        }
        EventKind::RecallDraining { recall } => vec![Effect::Drain(*recall)],
        EventKind::RecallOverdue { recall } => both(Notification::Recall(*recall)),
        EventKind::RecallReleased { recall } => {
            vec![Effect::TakeBack(*recall), Effect::Schedule, Effect::RecallBooks(*recall)]
        }
        EventKind::RecallReturned { recall } => {
            vec![Effect::GiveBack(*recall), tenant(*recall), Effect::RecallBooks(*recall)]
        }
        EventKind::RecallWithdrawn { recall, .. } => {
            vec![Effect::StopDrain(*recall), tenant(*recall)]
        }
        EventKind::DrillConcluded { recall, .. } => {
            let mut effects = vec![Effect::StopDrain(*recall)];
            effects.extend(both(Notification::Recall(*recall)));
            effects
        }
        EventKind::Breached { recall, lease, .. } => {
            with_books(lease, both(Notification::Breach(*recall)))
        }
        _ => return None,
    })
}

fn both(about: Notification) -> Vec<Effect> {
    [Side::Tenant, Side::Owner]
        .map(|side| Effect::Notify { side, about: about.clone() })
        .into_iter()
        .collect()
}

fn with_books(lease: &LeaseId, mut effects: Vec<Effect>) -> Vec<Effect> {
    effects.push(Effect::Books(lease.clone()));
    effects
}

fn revoke(lease: &LeaseId, nodes: &NodeSet) -> Effect {
    Effect::Revoke { lease: lease.clone(), nodes: nodes.clone() }
}

fn ended(lease: &LeaseId, nodes: &NodeSet) -> Vec<Effect> {
    let admission = Effect::Admission(lease.clone());
    with_books(lease, vec![admission, revoke(lease, nodes), Effect::Schedule])
}
