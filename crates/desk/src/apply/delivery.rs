//! Delivery, late or not, and what the tenant elected.

use leasehold_contract::facts::{Delivery as Came, Reduction, ReductionCause};
use leasehold_contract::lease::Remedy;
use leasehold_planner::NodeSet;
use leasehold_types::{Date, Instant, LeaseId, TrancheId};

use super::{Misfit, misfit, no_tranche};
use crate::state::timer::days_after;
use crate::{Delivery, LeaseEnd, LeaseRecord, State};

impl State {
    pub(super) fn delivery_due(
        &mut self,
        lease: &LeaseId,
        tranche: &TrancheId,
    ) -> Result<(), Misfit> {
        self.set_delivery(lease, tranche, &[Delivery::NotDue], Delivery::Due)
    }

    pub(super) fn overdue(
        &mut self,
        lease: &LeaseId,
        tranche: &TrancheId,
        elect_until: Option<Instant>,
    ) -> Result<(), Misfit> {
        self.set_delivery(lease, tranche, &[Delivery::Due], Delivery::Overdue { elect_until })
    }

    fn set_delivery(
        &mut self,
        lease: &LeaseId,
        tranche: &TrancheId,
        from: &[Delivery],
        to: Delivery,
    ) -> Result<(), Misfit> {
        self.with_lease(lease, |record| {
            let found = record.tranche_mut(tranche).filter(|t| from.contains(&t.delivery));
            found.ok_or_else(|| no_tranche(lease, tranche))?.delivery = to;
            Ok(())
        })
    }

    pub(super) fn delivered(
        &mut self,
        lease: &LeaseId,
        tranche: &TrancheId,
        nodes: &NodeSet,
        at: Instant,
    ) -> Result<(), Misfit> {
        let ix = self.standing_ix(lease)?;
        let found = self.leases[usize::from(ix.0)]
            .tranche(tranche)
            .filter(|tranche| !matches!(tranche.delivery, Delivery::Fixed | Delivery::Ended));
        let size = self.node_size(found.ok_or_else(|| no_tranche(lease, tranche))?.pool);
        self.occupancy.grant(ix, nodes).map_err(misfit)?;
        self.with_lease(lease, |record| {
            let on = record.lease().zone.date_of(at);
            let Some(found) = record.tranche_mut(tranche) else { return Ok(()) };
            let before = found.delivered;
            found.batches.push(nodes.clone());
            found.count_delivered(size);
            if found.is_whole() {
                found.delivery = Delivery::Complete;
            }
            let units = found.delivered.saturating_sub(before);
            let tranche = tranche.clone();
            record.facts_mut().deliveries.push(Came { tranche, on, units });
            Ok(())
        })
    }

    pub(super) fn elected(
        &mut self,
        lease: &LeaseId,
        tranche: &TrancheId,
        remedy: Remedy,
        at: Instant,
    ) -> Result<(), Misfit> {
        self.with_lease(lease, |record| {
            let from = day_at_or_after(record, at);
            let overdue = |d| matches!(d, Delivery::Overdue { .. });
            let found = record.tranche_mut(tranche).filter(|t| overdue(t.delivery));
            let found = found.ok_or_else(|| no_tranche(lease, tranche))?;
            match remedy {
                Remedy::Wait => found.delivery = Delivery::Awaited,
                Remedy::AcceptFewer => {
                    found.units = found.delivered;
                    found.delivery = Delivery::Fixed;
                    let (tranche, keeps) = (tranche.clone(), found.delivered);
                    let cause = ReductionCause::AcceptFewer;
                    let reduction = Reduction { tranche, from, keeps, cause };
                    record.facts_mut().reductions.push(reduction);
                }
                Remedy::Terminate => {
                    found.delivery = Delivery::Awaited;
                    let earlier = record.elected_end.filter(|(date, _)| *date <= from);
                    record.elected_end = earlier.or(Some((from, LeaseEnd::Late)));
                    record.note_end();
                }
            }
            Ok(())
        })
    }
}

/// The first civil day of the lease that begins at `at` or after: an election takes effect as a
/// day begins.
fn day_at_or_after(record: &LeaseRecord, at: Instant) -> Date {
    let lease = record.lease();
    let today = lease.zone.date_of(at);
    if lease.start_of(today) == at { today } else { days_after(today, 1) }
}
