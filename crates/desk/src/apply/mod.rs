//! What an event does to the state.
//!
//! Each event is checked against the state before anything changes, for a journal may hold what
//! another fleet or another hand wrote. What [`decide`](crate::decide) produced always fits.

mod delivery;
mod job;
mod lease;
mod recall;

use std::fmt::Display;

use leasehold_types::{LeaseId, RecallId, TrancheId};

use crate::{Event, EventKind, Recall, State};

/// An event that does not fit the state: from another journal, or out of order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} does not fit the state before it: {why}; replay the journal from its start")]
pub struct Foreign {
    /// Which event, by its number.
    pub seq: u64,
    /// What does not fit.
    pub why: String,
}

/// What does not fit, in words.
type Misfit = String;

/// Makes `event` part of the state.
///
/// # Errors
/// [`Foreign`] where [`decide`](crate::decide) could not have produced it for this state. It never
/// happens to events that it produced for this very state.
pub fn apply(state: &mut State, event: &Event) -> Result<(), Foreign> {
    let seq = state.seq + 1;
    if event.at < state.now {
        let why = format!("it is at {}, before the last event at {}", event.at, state.now);
        return Err(Foreign { seq, why });
    }
    change(state, event).map_err(|why| Foreign { seq, why })?;
    state.now = event.at;
    state.seq = seq;
    Ok(())
}

fn change(state: &mut State, event: &Event) -> Result<(), Misfit> {
    let at = event.at;
    match &event.kind {
        EventKind::LeaseSigned { lease } => state.signed(lease, at),
        EventKind::LeaseAmended { lease, release, .. } => state.amended(lease, release),
        EventKind::AmendmentBegan { lease, version, .. } => state.began(lease, *version, at),
        EventKind::NoticeServed { lease, side, received, ends, .. } => {
            state.notice_served(lease, *side, *received, *ends)
        }
        EventKind::NoticeWithdrawn { lease, side, consent } => {
            state.notice_withdrawn(lease, *side, consent, at)
        }
        EventKind::DeliveryDue { lease, tranche, .. } => state.delivery_due(lease, tranche),
        EventKind::Delivered { lease, tranche, nodes, .. } => {
            state.delivered(lease, tranche, nodes, at)
        }
        EventKind::TrancheOverdue { lease, tranche, elect_until, .. } => {
            state.overdue(lease, tranche, *elect_until)
        }
        EventKind::RemedyElected { lease, tranche, remedy, .. } => {
            state.elected(lease, tranche, *remedy, at)
        }
        EventKind::TrancheEnded { lease, tranche, .. } => state.tranche_ended(lease, tranche, at),
        EventKind::LeaseEnded { lease, why, .. } => state.lease_ended(lease, *why, at),
        EventKind::NodeFailed { node, .. } => state.occupancy.fail(*node).map_err(misfit),
        EventKind::NodeRepaired { node, .. } => state.occupancy.repair(*node).map_err(misfit),
        EventKind::JobSubmitted { job, pool, units, expected } => {
            state.job_submitted(*job, pool, *units, *expected, at)
        }
        EventKind::JobStarted { job, slots } => state.job_started(*job, slots, at),
        EventKind::JobEnded { job, outcome } => state.job_ended(*job, *outcome),
        _ => state.recall_changed(&event.kind, at),
    }
}

fn misfit(why: impl Display) -> Misfit {
    why.to_string()
}

fn no_lease(id: &LeaseId) -> Misfit {
    format!("there is no lease `{id}` in force")
}

fn no_tranche(lease: &LeaseId, tranche: &TrancheId) -> Misfit {
    format!("lease `{lease}` has no tranche `{tranche}` in this way")
}

fn no_recall(id: RecallId) -> Misfit {
    format!("there is no recall {id}")
}

fn out_of_turn(recall: &Recall, what: &str) -> Misfit {
    format!("recall {} is {} and cannot be {what}", recall.id, recall.stage.word())
}
