//! What the clock brings about, derived from what is on record.
//!
//! Nobody sets or clears a timer: after each change of a lease or a recall its timers are derived
//! anew, so none is forgotten and none is stale.

use leasehold_contract::lease::Tranche;
use leasehold_planner::LeaseIx;
use leasehold_types::{Date, Instant, RecallId, Seconds};
use serde::Serialize;

use super::State;
use crate::{Assent, Delivery, LeaseRecord, Recall, Stage, TrancheRecord};

/// Something that the clock brings about. At one instant they come in this order: first what
/// changes the terms, then what ends, then what goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer {
    /// A new version governs.
    Amendment(LeaseIx),
    /// A lease ends.
    LeaseEnd(LeaseIx),
    /// A tranche ends before its lease; the number is its place in the record.
    TrancheEnd(LeaseIx, u16),
    /// A tranche is to be delivered.
    DeliveryDue(LeaseIx, u16),
    /// The grace of a tranche is over.
    GraceOver(LeaseIx, u16),
    /// The tenant may not elect any more: silence decides.
    ElectionOver(LeaseIx, u16),
    /// Silence becomes assent.
    Assent(RecallId),
    /// A drain begins.
    Drain(RecallId),
    /// The deadline of a recall or a drill.
    Release(RecallId),
    /// The units were kept for as long as the clause allows.
    Longest(RecallId),
    /// The need was over and the return is due.
    ReturnDue(RecallId),
    /// The return is expected.
    ReturnExpected(RecallId),
}

impl State {
    /// Derives the timers of a lease anew.
    pub(crate) fn rearm_lease(&mut self, ix: LeaseIx) {
        let record = &mut self.leases[usize::from(ix.0)];
        let armed = lease_timers(record);
        for old in std::mem::replace(&mut record.armed, armed.clone()) {
            self.timers.remove(&old);
        }
        self.timers.extend(armed);
    }

    /// Derives the timers of a recall anew.
    pub(crate) fn rearm_recall(&mut self, id: RecallId) {
        let Some(recall) = self.recalls.get_mut(&id) else { return };
        let armed = recall_timers(recall);
        for old in std::mem::replace(&mut recall.armed, armed.clone()) {
            self.timers.remove(&old);
        }
        self.timers.extend(armed);
    }

    /// What is due first, and since when.
    pub(crate) fn first_timer(&self) -> Option<(Instant, Timer)> {
        self.timers.first().copied()
    }
}

fn lease_timers(record: &LeaseRecord) -> Vec<(Instant, Timer)> {
    if record.ended.is_some() {
        return Vec::new();
    }
    let ends = record.ends_at();
    let mut timers = vec![(ends, Timer::LeaseEnd(record.ix))];
    timers.extend(record.pending.as_ref().map(|p| (p.from, Timer::Amendment(record.ix))));
    for (i, tranche) in (0u16..).zip(&record.tranches) {
        let Some(written) = record.written(&tranche.id) else { continue };
        if tranche.delivery == Delivery::Ended {
            continue;
        }
        let until = record.tranche_ends_at(written);
        if until < ends {
            timers.push((until, Timer::TrancheEnd(record.ix, i)));
        }
        timers.extend(delivery_timer(record, i, tranche, written));
    }
    timers
}

fn delivery_timer(
    record: &LeaseRecord,
    i: u16,
    tranche: &TrancheRecord,
    written: &Tranche,
) -> Option<(Instant, Timer)> {
    match tranche.delivery {
        Delivery::NotDue => {
            let due = record.lease().start_of(written.delivery);
            Some((due, Timer::DeliveryDue(record.ix, i)))
        }
        Delivery::Due => {
            let over = record.lease().start_of(written.overdue_from(tranche.asked));
            Some((over, Timer::GraceOver(record.ix, i)))
        }
        Delivery::Overdue { elect_until: Some(until) } => {
            Some((until, Timer::ElectionOver(record.ix, i)))
        }
        _ => None,
    }
}

/// `date` and `days` civil days; the last date that can be written where that is past it.
pub(crate) fn days_after(date: Date, days: u32) -> Date {
    use jiff::ToSpan;
    date.saturating_add(i64::from(days).days())
}

fn recall_timers(recall: &Recall) -> Vec<(Instant, Timer)> {
    let mut timers = Vec::new();
    if !recall.in_force() {
        return timers;
    }
    if let Assent::Awaited { until } = recall.assent {
        timers.push((until, Timer::Assent(recall.id)));
    }
    match recall.stage {
        Stage::Ordered { .. } => {
            timers.push((recall.expected_return, Timer::ReturnExpected(recall.id)));
        }
        Stage::Noticed(notice) => timers.push((notice.drain_from, Timer::Drain(recall.id))),
        Stage::Draining(notice) => timers.push((notice.cut_at, Timer::Release(recall.id))),
        Stage::Released { .. } => {
            timers.push(match recall.return_due {
                Some(due) => (after(due), Timer::ReturnDue(recall.id)),
                None if recall.for_job.is_some() => {
                    (after(recall.expected_return), Timer::ReturnExpected(recall.id))
                }
                None => (recall.expected_return, Timer::ReturnExpected(recall.id)),
            });
            timers.extend(recall.limit.map(|limit| (after(limit), Timer::Longest(recall.id))));
        }
        _ => {}
    }
    timers
}

/// The first instant at which what was to be done by `deadline` is late: doing it at the deadline
/// itself is in time.
const fn after(deadline: Instant) -> Instant {
    deadline.saturating_add(Seconds(1))
}
