//! What the clock brings about: one timer at a time, each at the instant at which it was due.

use leasehold_contract::lease::Remedy;
use leasehold_planner::LeaseIx;
use leasehold_types::{Instant, RecallId, Seconds};

use super::delivery::elected;
use super::recall::drained;

use crate::{
    Actor, Breach, Event, EventKind, LeaseRecord, Recall, Refusal, ReleaseMode, Stage, State,
    Timer, TrancheRecord,
};

/// The events of the first timer that is due at `now`; none where none is. They take effect when
/// it was due, or at the last event's instant where that is later (what was due may become known
/// late: a notice whose service is confirmed hours after).
pub(super) fn decide(state: &State, now: Instant) -> Result<Vec<Event>, Refusal> {
    let Some((due, timer)) = state.first_timer().filter(|(due, _)| *due <= now) else {
        return Ok(Vec::new());
    };
    let at = due.max(state.now);
    let kinds = kinds(state, timer, at);
    Ok(kinds.into_iter().map(|kind| Event { at, by: Actor::Clock, kind }).collect())
}

fn kinds(state: &State, timer: Timer, at: Instant) -> Vec<EventKind> {
    match timer {
        Timer::Amendment(ix) => of_lease(state, ix, amendment),
        Timer::LeaseEnd(ix) => of_lease(state, ix, lease_end),
        Timer::TrancheEnd(ix, i) => of_tranche(state, ix, i, tranche_end),
        Timer::DeliveryDue(ix, i) => of_tranche(state, ix, i, delivery_due),
        Timer::GraceOver(ix, i) => of_tranche(state, ix, i, overdue),
        Timer::ElectionOver(ix, i) => of_tranche(state, ix, i, silence),
        Timer::Assent(id) => vec![EventKind::RecallAcknowledged { recall: id, deemed: true }],
        Timer::Drain(id) => vec![EventKind::RecallDraining { recall: id }],
        Timer::Release(id) => of_recall(state, id, |recall| release(state, recall, at)),
        Timer::ReturnExpected(id) => {
            of_recall(state, id, |recall| return_expected(state, recall, at))
        }
        Timer::ReturnDue(id) => of_recall(state, id, |recall| {
            let breach = Breach::NotOfferedBack { limit: recall.return_due.unwrap_or(at) };
            breached(recall, breach)
        }),
        Timer::Longest(id) => of_recall(state, id, |recall| {
            breached(recall, Breach::KeptTooLong { limit: recall.limit.unwrap_or(at) })
        }),
    }
}

fn of_lease(
    state: &State,
    ix: LeaseIx,
    of: impl Fn(&LeaseRecord) -> Option<EventKind>,
) -> Vec<EventKind> {
    state.leases.get(usize::from(ix.0)).and_then(of).into_iter().collect()
}

fn of_tranche(
    state: &State,
    ix: LeaseIx,
    i: u16,
    of: impl Fn(&LeaseRecord, &TrancheRecord) -> Option<EventKind>,
) -> Vec<EventKind> {
    of_lease(state, ix, |record| of(record, record.tranches.get(usize::from(i))?))
}

fn of_recall(
    state: &State,
    id: RecallId,
    of: impl Fn(&Recall) -> Vec<EventKind>,
) -> Vec<EventKind> {
    state.recall(id).map(of).unwrap_or_default()
}

fn amendment(record: &LeaseRecord) -> Option<EventKind> {
    let pending = record.pending.as_ref()?;
    // What ended since it was agreed has gone back already.
    let held = record.nodes();
    let left = pending.release.iter().map(|(id, nodes)| (id.clone(), nodes.intersection(&held)));
    Some(EventKind::AmendmentBegan {
        lease: record.id.clone(),
        version: pending.lease.version,
        released: left.filter(|(_, nodes)| !nodes.is_empty()).collect(),
    })
}

fn lease_end(record: &LeaseRecord) -> Option<EventKind> {
    let nodes = record.nodes();
    Some(EventKind::LeaseEnded { lease: record.id.clone(), why: record.ends().1, nodes })
}

fn tranche_end(record: &LeaseRecord, tranche: &TrancheRecord) -> Option<EventKind> {
    let (lease, tranche, nodes) = (record.id.clone(), tranche.id.clone(), tranche.nodes());
    Some(EventKind::TrancheEnded { lease, tranche, nodes })
}

fn delivery_due(record: &LeaseRecord, tranche: &TrancheRecord) -> Option<EventKind> {
    let (lease, id, units) = (record.id.clone(), tranche.id.clone(), tranche.units);
    Some(EventKind::DeliveryDue { lease, tranche: id, units })
}

/// The grace is over: where the lease names remedies, the tenant has a time to elect one.
fn overdue(record: &LeaseRecord, tranche: &TrancheRecord) -> Option<EventKind> {
    let written = record.written(&tranche.id)?;
    let may_elect = !written.late.remedies.is_empty();
    Some(EventKind::TrancheOverdue {
        lease: record.id.clone(),
        tranche: tranche.id.clone(),
        missing: tranche.units.saturating_sub(tranche.delivered),
        elect_until: may_elect
            .then(|| record.lease().start_of(written.silence_from(tranche.asked))),
    })
}

fn silence(record: &LeaseRecord, tranche: &TrancheRecord) -> Option<EventKind> {
    let remedy = record.written(&tranche.id).map_or(Remedy::Wait, |written| written.late.silence);
    Some(elected(record, tranche, remedy, true))
}

fn release(state: &State, recall: &Recall, at: Instant) -> Vec<EventKind> {
    let Stage::Draining(notice) = recall.stage else { return Vec::new() };
    vec![match state.settings.release {
        ReleaseMode::AtDeadline => drained(recall, notice, at),
        ReleaseMode::OnConfirmation => EventKind::RecallOverdue { recall: recall.id },
    }]
}

/// The units were to be back by now. What was never served is given up; what is for a job that
/// goes on, or is held past its need, is expected later; otherwise the need is over.
fn return_expected(state: &State, recall: &Recall, at: Instant) -> Vec<EventKind> {
    let id = recall.id;
    if !recall.is_released() {
        let reason = "its notice was not served before its units were to be returned";
        return vec![EventKind::RecallWithdrawn { recall: id, reason: reason.into() }];
    }
    let record = state.lease(&recall.lease);
    if recall.for_job.is_none() && recall.need_ended.is_none() {
        let clause = record.and_then(|record| record.lease().recall.as_ref());
        let within = clause.map_or(Seconds::ZERO, |clause| clause.offer_back_within);
        let return_due = at.saturating_add(within);
        return vec![EventKind::RecallNeedEnded { recall: id, return_due }];
    }
    let ends = record.map_or(Instant::MAX, LeaseRecord::ends_at);
    let expected_return = recall.limit.filter(|limit| *limit > at).unwrap_or(ends);
    vec![EventKind::RecallOverran { recall: id, expected_return }]
}

fn breached(recall: &Recall, breach: Breach) -> Vec<EventKind> {
    let (lease, recall) = (recall.lease.clone(), recall.id);
    vec![EventKind::Breached { lease, recall, breaches: vec![breach] }]
}
