//! From a scenario's sources to jobs and windows: read or draw, shape, merge.

mod job_source;
mod request_source;

use std::collections::BTreeMap;
use std::path::Path;

use leasehold_types::{JobId, Period, PoolId, Seconds, Seed, TenantId};

use super::check::Check;
use super::shape::Grid;
use super::{DemandError, Job, JobSource, Progress, ReadReport, RequestSource, Window};

/// Most sources of a scenario, jobs and requests apart.
pub const SOURCES_MAX: usize = 1_000;
/// Most windows of a span: two years by the minute.
pub const WINDOWS_MAX: usize = 1_100_000;
/// Longest window, in seconds: a day.
pub const WINDOW_MAX_SECONDS: i64 = 86_400;

/// The owner's jobs of a scenario.
#[derive(Debug, Clone, Default)]
pub struct LoadedJobs {
    /// In order of submission; see [`Job`].
    pub jobs: Vec<Job>,
    /// The pools that they ask, in order of first mention; [`Job::pool`] is an index into it.
    pub pools: Vec<PoolId>,
    /// One a source, in the scenario's order.
    pub reports: Vec<ReadReport>,
}

/// The tenants' requests of a scenario.
#[derive(Debug, Clone, Default)]
pub struct LoadedRequests {
    /// One a tenant, in order of first mention; sources of one tenant are added up.
    pub tenants: Vec<TenantDemand>,
    /// One a source, in the scenario's order.
    pub reports: Vec<ReadReport>,
}

/// One tenant's requests.
#[derive(Debug, Clone)]
pub struct TenantDemand {
    /// Whose.
    pub tenant: TenantId,
    /// All windows of the span, in order, the empty ones too.
    pub windows: Vec<Window>,
}

/// What all sources are loaded with.
struct Loading<'a> {
    base: &'a Path,
    span: Period,
    seed: Seed,
    progress: &'a mut dyn FnMut(Progress<'_>),
}

/// Reads or draws all `sources`, shapes them to `span` and merges them.
///
/// Paths are relative to `base`, the directory of the scenario file. `progress` is called every
/// few thousand rows.
///
/// # Errors
/// [`DemandError`], which names the source, the place in its file, the rule and the next step.
pub fn load_jobs(
    sources: &[JobSource],
    base: &Path,
    span: Period,
    seed: Seed,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<LoadedJobs, DemandError> {
    check_count("jobs", sources.len())?;
    let mut loading = Loading { base, span, seed, progress };
    let mut loaded = LoadedJobs::default();
    for (index, source) in sources.iter().enumerate() {
        let pool = place_of(&mut loaded.pools, source.pool());
        let report = loading.jobs(index, pool, source, &mut loaded.jobs)?;
        loaded.reports.push(report);
    }
    // Numbers so far follow sources and rows; in place, for a copy of the list would double it.
    loaded.jobs.sort_unstable_by_key(|job| (job.submitted, job.source, job.id));
    for (number, job) in loaded.jobs.iter_mut().enumerate() {
        job.id = JobId(number as u64);
    }
    Ok(loaded)
}

/// As [`load_jobs`], for the tenants' requests, counted by windows of length `window`.
///
/// # Errors
/// As [`load_jobs`].
pub fn load_requests(
    sources: &[RequestSource],
    base: &Path,
    span: Period,
    window: Seconds,
    seed: Seed,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<LoadedRequests, DemandError> {
    check_count("requests", sources.len())?;
    let grid = grid(span, window)?;
    let mut loading = Loading { base, span, seed, progress };
    let mut loaded = LoadedRequests::default();
    let mut places: BTreeMap<TenantId, usize> = BTreeMap::new();
    for (index, source) in sources.iter().enumerate() {
        let (windows, report) = loading.requests(index, source, &grid)?;
        loaded.reports.push(report);
        let tenant = source.tenant().clone();
        match places.get(&tenant).and_then(|place| loaded.tenants.get_mut(*place)) {
            Some(demand) => add_up(&mut demand.windows, &windows, index)?,
            None => {
                places.insert(tenant.clone(), loaded.tenants.len());
                loaded.tenants.push(TenantDemand { tenant, windows });
            }
        }
    }
    Ok(loaded)
}

fn grid(span: Period, window: Seconds) -> Result<Grid, DemandError> {
    let check = Check { label: "requests" };
    let refuse = |rule| Err(check.refuse("window_seconds", window.0, rule));
    if !(1..=WINDOW_MAX_SECONDS).contains(&window.0) {
        return refuse(format!("it must be from 1 to {WINDOW_MAX_SECONDS}"));
    }
    let grid = Grid { span, window: window.0 };
    if grid.len() > WINDOWS_MAX {
        let rule =
            format!("the span has {} such windows, at most {WINDOWS_MAX} are kept", grid.len());
        return refuse(format!("{rule}: choose longer ones"));
    }
    Ok(grid)
}

fn check_count(list: &'static str, count: usize) -> Result<(), DemandError> {
    if count <= SOURCES_MAX {
        return Ok(());
    }
    Err(DemandError::TooMany {
        label: list.to_owned(),
        most: SOURCES_MAX as u64,
        what: "sources",
        remedy: "join files of one kind beforehand",
    })
}

/// The index of `pool`, which is added where it is new. At most [`SOURCES_MAX`] of them.
fn place_of(pools: &mut Vec<PoolId>, pool: &PoolId) -> u16 {
    let place = pools.iter().position(|known| known == pool).unwrap_or_else(|| {
        pools.push(pool.clone());
        pools.len() - 1
    });
    u16::try_from(place).unwrap_or(u16::MAX)
}

fn add_up(sums: &mut [Window], windows: &[Window], index: usize) -> Result<(), DemandError> {
    let label = format!("requests[{index}]");
    let overflow = |source| Check { label: &label }.overflow(source);
    for (sum, window) in sums.iter_mut().zip(windows) {
        let requests = sum.requests.checked_add(window.requests);
        sum.requests = requests
            .ok_or_else(|| overflow(leasehold_types::Overflow::of("a count of requests")))?;
        sum.input_tokens = sum.input_tokens.checked_add(window.input_tokens).map_err(overflow)?;
        sum.output_tokens =
            sum.output_tokens.checked_add(window.output_tokens).map_err(overflow)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
