//! `capacity.csv` and `series.csv`.

use leasehold_sim::figures::{Capacity, Figures};

use super::sheet::Sheet;
use super::{CAPACITY, File, SERIES};
use crate::report::ReportError;

const PARTS: [&str; 7] = [
    "owned_accelerator_seconds",
    "down_accelerator_seconds",
    "jobs_accelerator_seconds",
    "busy_accelerator_seconds",
    "quiet_accelerator_seconds",
    "recalled_accelerator_seconds",
    "idle_accelerator_seconds",
];

fn parts(c: &Capacity) -> [String; 7] {
    [c.owned, c.down, c.jobs, c.busy, c.quiet, c.recalled, c.idle].map(|part| part.to_string())
}

/// One row a policy, quarter and pool.
pub fn capacity(figures: &Figures) -> Result<File, ReportError> {
    let names = ["quarter", "from", "until", "site", "pool"];
    let columns: Vec<&str> = names.into_iter().chain(PARTS).collect();
    let mut sheet = Sheet::new(CAPACITY, figures, &columns)?;
    for policy in &figures.policies {
        for row in &policy.capacity {
            let days = [row.from.to_string(), row.until.to_string()];
            let places = [row.site.clone(), row.pool.clone()];
            let names = std::iter::once(row.quarter.clone()).chain(days).chain(places);
            sheet.row(policy, names.chain(parts(&row.capacity)))?;
        }
    }
    sheet.finish()
}

/// One row a policy, step and pool.
pub fn series(figures: &Figures) -> Result<File, ReportError> {
    let names = ["from", "until", "pool"];
    let waiting = ["waiting_jobs", "waiting_units"];
    let columns: Vec<&str> = names.into_iter().chain(PARTS).chain(waiting).collect();
    let mut sheet = Sheet::new(SERIES, figures, &columns)?;
    for policy in &figures.policies {
        for row in &policy.series {
            let names = [row.from.to_string(), row.until.to_string(), row.pool.clone()];
            let waiting = [row.waiting_jobs.to_string(), row.waiting_units.to_string()];
            sheet.row(policy, names.into_iter().chain(parts(&row.capacity)).chain(waiting))?;
        }
    }
    sheet.finish()
}
