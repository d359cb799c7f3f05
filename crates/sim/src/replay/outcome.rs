//! From a finished world to the figures of its policy.

use super::ReplayError;
use super::money;
use super::quantiles::quantiles;
use super::steps::Grid;
use super::world::World;
use crate::figures::{CapacityRow, Delay, JobFigures, LeaseMoney, PolicyFigures, RequestFigures};

/// The figures of one policy; `before` holds the waits of the same jobs under `none`.
pub fn figures(world: &World<'_>, before: Option<&[u32]>) -> Result<PolicyFigures, ReplayError> {
    let core = &world.core;
    let grid = core.grid.until(core.ledger.closed);
    let leases: Vec<_> = core.granted.iter().map(|granted| granted.lease.clone()).collect();
    let recalls = core.tally.figures(&leases, &grid, core.ledger.closed);
    let money = money_of(world, &grid)?;
    let concentration = money::concentration(&money).map_err(|error| ReplayError::Money {
        lease: "all together".into(),
        message: error.to_string(),
    })?;
    Ok(PolicyFigures {
        policy: core.policy,
        capacity: capacity_of(world, &grid),
        series: core.ledger.series.clone(),
        money,
        concentration,
        recalls: recalls.map_err(|error| ReplayError::Money {
            lease: "recalls".into(),
            message: error.to_string(),
        })?,
        jobs: jobs_of(world, before),
        requests: RequestFigures { rows: core.ledger.requests.concat() },
        events: core.events,
        state_digest: core.desk.digest().to_string(),
    })
}

fn capacity_of(world: &World<'_>, grid: &Grid) -> Vec<CapacityRow> {
    let mut rows = Vec::new();
    for (quarter, pools) in grid.quarters.iter().zip(&world.core.ledger.quarters) {
        for (pool, capacity) in world.core.loaded.fleet.pools().iter().zip(pools) {
            rows.push(CapacityRow {
                quarter: quarter.name.clone(),
                from: quarter.from,
                until: quarter.until,
                site: pool.site.to_string(),
                pool: pool.id.to_string(),
                capacity: *capacity,
            });
        }
    }
    rows
}

fn money_of(world: &World<'_>, grid: &Grid) -> Result<Vec<LeaseMoney>, ReplayError> {
    let core = &world.core;
    let mut rows = Vec::new();
    for (place, granted) in core.granted.iter().enumerate() {
        let Some(record) = core.desk.lease(&granted.lease.id) else { continue };
        let (lease, facts, book) = (&granted.lease, record.facts(), &record.notices);
        let fault = |error: money::MoneyError| ReplayError::Money {
            lease: lease.id.to_string(),
            message: error.to_string(),
        };
        rows.push(LeaseMoney {
            lease: lease.id.to_string(),
            tenant: lease.tenant.name.clone(),
            quarters: money::quarters(lease, facts, book, grid).map_err(fault)?,
            lines: core.ledger.lines.get(place).cloned().unwrap_or_default(),
        });
    }
    Ok(rows)
}

fn jobs_of(world: &World<'_>, before: Option<&[u32]>) -> JobFigures {
    let (counts, jobs) = (&world.counts, &world.jobs);
    let mut waits: Vec<u32> = jobs.waits.iter().copied().filter(|wait| *wait != u32::MAX).collect();
    JobFigures {
        submitted: counts.submitted,
        started: waits.len() as u64,
        ended: counts.ended,
        impossible: counts.impossible,
        interrupted: counts.interrupted,
        backfilled: counts.backfilled,
        on_recalled: jobs.on_recalled,
        wait: quantiles(&mut waits),
        delay: before.map(|before| delay_of(&jobs.waits, before)),
        demand: leasehold_types::AcceleratorSeconds(counts.demand),
        waiting_at_end: world.queues.iter().map(|queue| queue.waiting().0).sum(),
    }
}

fn delay_of(waits: &[u32], before: &[u32]) -> Delay {
    let both =
        waits.iter().zip(before).filter(|(now, then)| **now != u32::MAX && **then != u32::MAX);
    let mut delays: Vec<u32> = both.map(|(now, then)| now.saturating_sub(*then)).collect();
    Delay {
        jobs: delays.len() as u64,
        later: delays.iter().filter(|delay| **delay > 0).count() as u64,
        delay: quantiles(&mut delays),
    }
}
