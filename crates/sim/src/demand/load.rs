//! From a scenario's sources to jobs and windows: read or draw, shape, merge.

use std::path::Path;

use leasehold_types::{Period, PoolId, Seconds, Seed, TenantId};

use super::{DemandError, Job, JobSource, Progress, ReadReport, RequestSource, Window};

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
    let _ = (sources, base, span, seed, progress);
    Ok(LoadedJobs::default())
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
    let _ = (sources, base, span, window, seed, progress);
    Ok(LoadedRequests::default())
}
