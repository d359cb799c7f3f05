//! Recalls as the desk's events tell them.

use std::collections::BTreeMap;

use leasehold_contract::Lease;
use leasehold_desk::{Event, EventKind};
use leasehold_types::{
    AcceleratorSeconds, Instant, LeaseId, Money, Overflow, Ratio, RecallId, Seconds, Units,
};

use super::steps::Grid;
use crate::figures::{RECALL_ROWS_MAX, RecallFigures, RecallRow, RecallTotals};

/// What is known of one recall.
#[derive(Debug, Clone)]
struct Known {
    lease: LeaseId,
    pool: String,
    class: String,
    units: Units,
    job: Option<u64>,
    ordered: Instant,
    served: Option<Instant>,
    released: Option<Instant>,
    returned: Option<Instant>,
    withdrawn: bool,
    breached: bool,
    state: &'static str,
}

/// Watches the desk's events and sums up its recalls.
#[derive(Debug, Default)]
pub struct RecallTally {
    known: BTreeMap<RecallId, Known>,
    asked: u64,
    evicted: u64,
    refused: BTreeMap<String, u64>,
}

impl RecallTally {
    /// A job lacked `asked` units and recalls of `evicted` units were ordered for it.
    pub fn ordered_for(&mut self, asked: u64, evicted: u64) {
        self.asked += asked;
        self.evicted += evicted;
    }

    /// A job waited and no lawful recall could help.
    pub fn refused(&mut self, reason: &str) {
        *self.refused.entry(reason.to_owned()).or_default() += 1;
    }

    /// Takes note of what happened; `pool_of` names the pool of a tranche.
    pub fn note(&mut self, event: &Event, pool_of: impl Fn(&LeaseId, &str) -> String) {
        if let EventKind::RecallOrdered(order) = &event.kind {
            let known = Known {
                lease: order.lease.clone(),
                pool: pool_of(&order.lease, order.tranche.as_str()),
                class: order.class.clone(),
                units: order.units,
                job: order.for_job.map(|job| job.0),
                ordered: event.at,
                served: None,
                released: None,
                returned: None,
                withdrawn: false,
                breached: false,
                state: "ordered",
            };
            self.known.insert(order.recall, known);
            return;
        }
        let Some((recall, state)) = step_of(&event.kind) else { return };
        let Some(known) = self.known.get_mut(&recall) else { return };
        known.state = if state.is_empty() { known.state } else { state };
        match &event.kind {
            EventKind::RecallServed { notice, .. } => known.served = Some(notice.served),
            EventKind::RecallReleased { .. } => known.released = Some(event.at),
            EventKind::RecallReturned { .. } => known.returned = Some(event.at),
            EventKind::RecallWithdrawn { .. } => known.withdrawn = true,
            EventKind::Breached { .. } => known.breached = true,
            _ => {}
        }
    }

    /// A lease ended: what it had out is the owner's for good, and counts as over.
    pub fn lease_ended(&mut self, lease: &LeaseId, at: Instant) {
        for known in self.known.values_mut().filter(|known| known.lease == *lease) {
            if known.released.is_some() && known.returned.is_none() {
                (known.returned, known.state) = (Some(at), "returned");
            }
        }
    }

    /// The figures, for what happened up to `now`.
    ///
    /// # Errors
    /// [`Overflow`] where a compensation does not fit.
    pub fn figures(
        &self,
        leases: &[Lease],
        grid: &Grid,
        now: Instant,
    ) -> Result<RecallFigures, Overflow> {
        let mut figures = RecallFigures {
            asked: self.asked,
            evicted: self.evicted,
            refused: self.refused.iter().map(|(reason, count)| (reason.clone(), *count)).collect(),
            ..RecallFigures::default()
        };
        let mut totals: BTreeMap<(usize, usize), RecallTotals> = BTreeMap::new();
        for (id, known) in &self.known {
            let place = leases.iter().position(|lease| lease.id == known.lease);
            let Some((place, lease)) = place.and_then(|at| Some((at, leases.get(at)?))) else {
                continue;
            };
            let quarter = grid.quarter_of(known.ordered);
            let total = totals.entry((place, quarter)).or_insert_with(|| RecallTotals {
                lease: known.lease.to_string(),
                quarter: grid.quarters[quarter].name.clone(),
                ordered: 0,
                withdrawn: 0,
                notice_kept: 0,
                breaches: 0,
                units: 0,
                taken: AcceleratorSeconds::ZERO,
            });
            known.add_to(total, lease, now);
            if figures.rows.len() < RECALL_ROWS_MAX {
                figures.rows.push(known.row(*id, lease, now)?);
            }
        }
        figures.totals = totals.into_values().collect();
        Ok(figures)
    }
}

/// Which recall an event moves, and to which state (empty where it stays).
fn step_of(kind: &EventKind) -> Option<(RecallId, &'static str)> {
    Some(match kind {
        EventKind::RecallServed { recall, .. } => (*recall, "noticed"),
        EventKind::RecallRefused { recall, .. } => (*recall, "refused"),
        EventKind::RecallDraining { recall } => (*recall, "draining"),
        EventKind::RecallOverdue { recall } => (*recall, "overdue"),
        EventKind::RecallReleased { recall } => (*recall, "released"),
        EventKind::RecallReturned { recall } => (*recall, "returned"),
        EventKind::RecallWithdrawn { recall, .. } => (*recall, "withdrawn"),
        EventKind::Breached { recall, .. } => (*recall, ""),
        _ => return None,
    })
}

impl Known {
    /// Release to return, or to now.
    fn taken(&self, now: Instant) -> AcceleratorSeconds {
        match self.released {
            Some(released) => self.units.over(self.returned.unwrap_or(now).since(released)),
            None => AcceleratorSeconds::ZERO,
        }
    }

    fn kept_notice(&self, lease: &Lease) -> bool {
        let classes = lease.recall.iter().flat_map(|clause| &clause.classes);
        let notice = classes.filter(|c| c.name == self.class).map(|c| c.notice).next();
        match (notice, self.served, self.released) {
            (Some(Seconds(notice)), Some(served), Some(released)) => {
                released.since(served).0 >= notice
            }
            _ => false,
        }
    }

    fn add_to(&self, total: &mut RecallTotals, lease: &Lease, now: Instant) {
        total.ordered += 1;
        total.withdrawn += u64::from(self.withdrawn);
        total.notice_kept += u64::from(self.kept_notice(lease));
        total.breaches += u64::from(self.breached);
        total.units += if self.released.is_some() { self.units.0 } else { 0 };
        total.taken.0 += self.taken(now).0;
    }

    /// Compensation before the year's stop-loss.
    fn compensation(&self, lease: &Lease, now: Instant) -> Result<Option<Money>, Overflow> {
        let Some(clause) = &lease.recall else { return Ok(None) };
        let Some(class) = clause.classes.iter().find(|class| class.name == self.class) else {
            return Ok(None);
        };
        let taken =
            i128::try_from(self.taken(now).0).map_err(|_| Overflow::of("accelerator-seconds"))?;
        let hours = Ratio::new(taken, 3_600).map_err(|_| Overflow::of("accelerator-hours"))?;
        let rate = clause.compensation.minor_per_accelerator_hour.checked_mul(class.multiplier)?;
        let exact = rate.checked_mul(hours)?;
        let amount = Money::from_exact(exact, lease.currency, lease.rules.rounding);
        Ok(Some(amount).filter(|amount| !amount.is_zero()))
    }

    fn row(&self, id: RecallId, lease: &Lease, now: Instant) -> Result<RecallRow, Overflow> {
        Ok(RecallRow {
            recall: id.0,
            lease: self.lease.to_string(),
            pool: self.pool.clone(),
            class: self.class.clone(),
            units: self.units.0,
            ordered: self.ordered,
            released: self.released,
            returned: self.returned,
            state: self.state.to_owned(),
            job: self.job,
            compensation: self.compensation(lease, now)?,
        })
    }
}
