//! How the owner's jobs fared, one column a policy.

use leasehold_sim::figures::{Delay, Figures, JobFigures, Quantiles};

use crate::report::files::JOBS;
use crate::report::shown::{Scale, count, length};
use crate::report::table::{Column, Row, Table, cell};

/// The owner's jobs under each policy.
pub fn jobs(figures: &Figures) -> Table {
    let jobs: Vec<&JobFigures> = figures.policies.iter().map(|policy| &policy.jobs).collect();
    let hours = Scale::of_hours(jobs.iter().map(|job| job.demand.0), 9);
    let names = figures.policies.iter().map(|policy| Column::number(policy.policy.name()));
    let mut rows = vec![Row::Heading("Jobs".to_owned())];
    rows.extend(counts(&jobs, hours));
    rows.push(Row::Heading("Wait of the jobs that started".to_owned()));
    rows.extend(quantiles(|job| (job.started > 0).then_some(job.wait), &jobs));
    rows.push(Row::Heading("Later than the same jobs under none".to_owned()));
    rows.push(row("jobs compared", &jobs, |job| compared(job).map(|delay| count(delay.jobs))));
    rows.push(row("of these, started later", &jobs, |job| {
        compared(job).map(|delay| count(delay.later))
    }));
    rows.extend(quantiles(|job| compared(job).map(|delay| delay.delay), &jobs));
    Table {
        title: "The owner's jobs".to_owned(),
        notes: vec![
            "p50, p95 and p99: half, 95 and 99 of 100 jobs are at most this (nearest rank). Delay \
             counts jobs that started under both policies; one that is not late counts as 0 s."
                .to_owned(),
        ],
        columns: std::iter::once(Column::key("")).chain(names).collect(),
        rows: if jobs.is_empty() { Vec::new() } else { rows },
        totals: Vec::new(),
        checks: Vec::new(),
        file: JOBS,
        empty: "No policy was replayed.",
    }
}

fn compared(job: &JobFigures) -> Option<Delay> {
    job.delay.filter(|delay| delay.jobs > 0)
}

fn counts(jobs: &[&JobFigures], hours: Scale) -> Vec<Row> {
    let demand = format!("asked for, {}accelerator-hours", hours.name);
    vec![
        row("submitted", jobs, |job| Some(count(job.submitted))),
        row("refused as too large for their pool", jobs, |job| Some(count(job.impossible))),
        row("started", jobs, |job| Some(count(job.started))),
        row("started ahead of an earlier job (backfill)", jobs, |job| Some(count(job.backfilled))),
        row("started with recalled units", jobs, |job| Some(count(job.on_recalled))),
        row("ended", jobs, |job| Some(count(job.ended))),
        row("waiting at the end", jobs, |job| Some(count(job.waiting_at_end))),
        row("interruptions by failed nodes", jobs, |job| Some(count(job.interrupted))),
        row(&demand, jobs, |job| Some(hours.hours(job.demand.0))),
    ]
}

/// A quantile's name and where it stands.
type Quantile = (&'static str, fn(&Quantiles) -> u64);

fn quantiles(take: impl Fn(&JobFigures) -> Option<Quantiles>, jobs: &[&JobFigures]) -> Vec<Row> {
    let each: [Quantile; 5] = [
        ("p50", |q| q.p50),
        ("p95", |q| q.p95),
        ("p99", |q| q.p99),
        ("longest", |q| q.max),
        ("mean", |q| q.mean),
    ];
    each.map(|(name, of)| row(name, jobs, |job| take(job).map(|q| length(of(&q))))).into()
}

fn row(name: &str, jobs: &[&JobFigures], value: impl Fn(&JobFigures) -> Option<String>) -> Row {
    let values = jobs.iter().map(|job| value(job));
    Row::Cells(std::iter::once(cell(name)).chain(values).collect())
}
