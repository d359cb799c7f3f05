//! From a finished world to the figures of its policy.

use super::ReplayError;
use std::collections::BTreeMap;

use leasehold_books::Books;

use super::concentration;
use super::money;
use super::quantiles::quantiles;
use super::steps::Grid;
use super::world::World;
use crate::figures::{CapacityRow, Delay, JobFigures, LeaseMoney, PolicyFigures, RequestFigures};

/// The figures of one policy; `before` holds the waits of the same jobs under `none`.
pub fn figures(
    world: &mut World<'_>,
    before: Option<&[u32]>,
) -> Result<(PolicyFigures, Books), ReplayError> {
    let grid = world.core.grid.until(world.core.ledger.closed);
    let books = books_of(world, &grid)?;
    let world = &*world;
    let core = &world.core;
    let leases: Vec<_> = core.granted.iter().map(|granted| granted.lease.clone()).collect();
    let recalls = core.tally.figures(&leases, &grid, core.ledger.closed);
    let money = money_of(world, &books, &grid)?;
    let concentration = concentration::of_all(&money).map_err(|error| together(&error))?;
    let figures = PolicyFigures {
        policy: core.policy,
        capacity: capacity_of(world, &grid),
        series: core.ledger.series.clone(),
        money,
        documents: money::documents(&books),
        concentration,
        recalls: recalls.map_err(|error| ReplayError::Money {
            lease: "recalls".into(),
            message: error.to_string(),
        })?,
        jobs: jobs_of(world, before),
        requests: RequestFigures { rows: core.ledger.requests.concat() },
        events: core.events,
        state_digest: core.desk.digest().to_string(),
    };
    Ok((figures, books))
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

/// The books, closed through the last day that was replayed.
fn books_of(world: &mut World<'_>, grid: &Grid) -> Result<Books, ReplayError> {
    let Some(keeper) = world.core.keeper.take() else { return Ok(Books::default()) };
    let Some(last) = grid.quarters.last() else { return Ok(Books::default()) };
    let last = last.until.yesterday().unwrap_or(last.until);
    keeper.close(last).map_err(|error| together(&error))
}

fn money_of(world: &World<'_>, books: &Books, grid: &Grid) -> Result<Vec<LeaseMoney>, ReplayError> {
    let core = &world.core;
    let mut known = BTreeMap::new();
    for (place, granted) in core.granted.iter().enumerate() {
        let Some(record) = core.desk.lease(&granted.lease.id) else { continue };
        let lines = core.ledger.lines.get(place).cloned().unwrap_or_default();
        known.insert(granted.lease.id.to_string(), (record.facts().clone(), lines));
    }
    let mut rows = money::by_quarter(books, &known, grid).map_err(|error| together(&error))?;
    let place = |lease: &str| core.granted.iter().position(|g| g.lease.id.as_str() == lease);
    rows.sort_by_key(|row| place(&row.lease));
    Ok(rows)
}

fn together(error: &money::MoneyError) -> ReplayError {
    ReplayError::Money { lease: "all together".into(), message: error.to_string() }
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
