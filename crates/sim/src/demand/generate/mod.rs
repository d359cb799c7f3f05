//! Generators fitted to the traces.

use leasehold_types::Seed;

use super::shape::{Grid, JobShaper};
use super::spec::{GeneratedJobs, GeneratedRequests};
use super::{DemandError, ReadReport, Window};

/// Placeholder.
pub(super) const HOURS_THOUSANDTHS: [u32; 24] = [1_000; 24];

pub(super) fn jobs(
    spec: &GeneratedJobs,
    seed: Seed,
    index: usize,
    shaper: JobShaper<'_>,
    report: &mut ReadReport,
) -> Result<(), DemandError> {
    let _ = (spec, seed, index, shaper, report);
    Ok(())
}

pub(super) fn requests(
    spec: &GeneratedRequests,
    seed: Seed,
    index: usize,
    grid: &Grid,
    report: &mut ReadReport,
) -> Result<Vec<Window>, DemandError> {
    let _ = (spec, seed, index, grid, report);
    Ok(Vec::new())
}
