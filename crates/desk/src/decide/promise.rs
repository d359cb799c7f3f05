//! Whether the fleet holds all that its leases promise.

use leasehold_contract::Lease;
use leasehold_planner::Pool;
use leasehold_types::{Instant, Period, Units};

use crate::{LeaseRecord, LeaseRefusal, State};

/// Nodes promised over a period.
type Promise = (Period, u64);

/// Whether every pool holds, at every instant from `now` on, what is promised of it, with `new` in
/// force from `from` on in place of what `instead` promised then. Counted in whole nodes.
pub(super) fn check(
    state: &State,
    new: &Lease,
    from: Instant,
    instead: Option<&LeaseRecord>,
) -> Result<(), LeaseRefusal> {
    for (i, pool) in state.fleet().pools().iter().enumerate() {
        if !new.tranches.iter().any(|tranche| tranche.pool == pool.id) {
            continue;
        }
        let whole = Period::new(from, Instant::MAX);
        let mut promises = of_lease(new, pool, whole, new.start_of(new.term.end));
        for record in state.leases.iter().filter(|record| record.is_standing()) {
            let replaced = instead.is_some_and(|old| old.ix == record.ix);
            let until = if replaced { from } else { Instant::MAX };
            of_record(record, i, pool, until, &mut promises);
        }
        check_pool(pool, state.now, &promises)?;
    }
    Ok(())
}

/// What a standing lease promises until `until`, its pending version included.
fn of_record(
    record: &LeaseRecord,
    index: usize,
    pool: &Pool,
    until: Instant,
    promises: &mut Vec<Promise>,
) {
    let changes = record.pending.as_ref().map_or(Instant::MAX, |pending| pending.from);
    let first = Period::new(Instant::MIN, until.min(changes));
    for tranche in record.tranches.iter().filter(|tranche| tranche.pool == index) {
        let Some(written) = record.written(&tranche.id) else { continue };
        let starts = record.lease().start_of(written.delivery);
        let span = Period::new(starts, record.tranche_ends_at(written)).intersection(first);
        promises.push((span, pool.nodes_for(tranche.units)));
    }
    if let Some(pending) = &record.pending {
        let later = Period::new(pending.from, until);
        let ends = pending.lease.start_of(pending.lease.term.end);
        promises.append(&mut of_lease(&pending.lease, pool, later, ends));
    }
}

fn of_lease(lease: &Lease, pool: &Pool, within: Period, ends: Instant) -> Vec<Promise> {
    let tranches = lease.tranches.iter().filter(|tranche| tranche.pool == pool.id);
    let promise = tranches.map(|tranche| {
        let until = lease.start_of(tranche.until).min(ends);
        let span = Period::new(lease.start_of(tranche.delivery), until);
        (span.intersection(within), pool.nodes_for(tranche.units))
    });
    promise.collect()
}

fn check_pool(pool: &Pool, now: Instant, promises: &[Promise]) -> Result<(), LeaseRefusal> {
    let nodes = u64::from(pool.nodes.end - pool.nodes.start);
    let size = u64::from(pool.accelerators_per_node);
    // What is promised only grows as a promise begins.
    for at in promises.iter().map(|(span, _)| span.start().max(now)) {
        let in_force = promises.iter().filter(|(span, _)| span.contains(at));
        let promised = in_force.fold(0_u64, |sum, (_, nodes)| sum.saturating_add(*nodes));
        if promised > nodes {
            return Err(LeaseRefusal::Oversold {
                pool: pool.id.clone(),
                at,
                promised: Units(promised.saturating_mul(size)),
                owned: pool.units,
            });
        }
    }
    Ok(())
}
