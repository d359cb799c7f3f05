//! `jobs.csv`.

use leasehold_sim::figures::{Figures, JobFigures, Quantiles};

use super::sheet::{Sheet, known};
use super::{File, JOBS};
use crate::report::ReportError;

const COLUMNS: [&str; 23] = [
    "submitted",
    "started",
    "ended",
    "impossible",
    "interrupted",
    "backfilled",
    "on_recalled",
    "waiting_at_end",
    "demand_accelerator_seconds",
    "wait_p50_seconds",
    "wait_p95_seconds",
    "wait_p99_seconds",
    "wait_max_seconds",
    "wait_mean_seconds",
    "delay_jobs",
    "delay_later",
    "delay_p50_seconds",
    "delay_p95_seconds",
    "delay_p99_seconds",
    "delay_max_seconds",
    "delay_mean_seconds",
    "events",
    "state_digest",
];

/// One row a policy.
pub fn jobs(figures: &Figures) -> Result<File, ReportError> {
    let mut sheet = Sheet::new(JOBS, figures, &COLUMNS)?;
    for policy in &figures.policies {
        let run = [policy.events.to_string(), policy.state_digest.clone()];
        sheet.row(policy, job_cells(&policy.jobs).chain(run))?;
    }
    sheet.finish()
}

fn job_cells(jobs: &JobFigures) -> impl Iterator<Item = String> {
    let counts = [
        jobs.submitted,
        jobs.started,
        jobs.ended,
        jobs.impossible,
        jobs.interrupted,
        jobs.backfilled,
        jobs.on_recalled,
        jobs.waiting_at_end,
    ];
    let compared = [jobs.delay.map(|delay| delay.jobs), jobs.delay.map(|delay| delay.later)];
    let counts = counts.map(|count| count.to_string()).into_iter();
    counts
        .chain([jobs.demand.to_string()])
        .chain(quantile_cells(Some(jobs.wait)))
        .chain(compared.map(known))
        .chain(quantile_cells(jobs.delay.map(|delay| delay.delay)))
}

fn quantile_cells(quantiles: Option<Quantiles>) -> [String; 5] {
    let all = quantiles.map(|q| [q.p50, q.p95, q.p99, q.max, q.mean]);
    std::array::from_fn(|i| known(all.map(|values| values[i])))
}
