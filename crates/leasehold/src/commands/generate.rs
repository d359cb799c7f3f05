//! `leasehold generate FILE --out DIR`: demand as traces of our own.

use std::path::{Path, PathBuf};

use leasehold_sim::demand::requests::WINDOW_DEFAULT_SECONDS;
use leasehold_sim::demand::{
    Job, JobSource, LoadedJobs, LoadedRequests, ReadReport, RequestSource, jobs, load_jobs,
    load_requests, requests,
};
use leasehold_types::{Instant, Period, Seconds, Seed};
use serde::Deserialize;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::{name_of, read_text};
use crate::output::{Staged, failed, try_out};
use crate::terminal::{Interrupt, Terminal};

/// Draw demand from the fitted generators, or convert a trace, into CSV files.
///
/// FILE says `start`, `days` and `seed`, and lists `[[jobs]]` and `[[requests]]` like a scenario
/// (docs/demand.md). Jobs go to jobs.csv, or to jobs-POOL.csv each where there are several pools,
/// and requests to requests-TENANT.csv. A scenario reads them with the kind `csv`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to draw
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where the CSV files go
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What all randomness is drawn from, instead of the file's own seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// What FILE says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Demand {
    /// The first instant.
    start: Instant,
    /// Days of 24 hours from there.
    days: u32,
    /// What all randomness is drawn from.
    seed: Seed,
    #[serde(default)]
    jobs: Vec<JobSource>,
    #[serde(default)]
    requests: Vec<RequestSource>,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let text = read_text(&self.file, "a file of demand")?;
        let demand: Demand = toml::from_str(&text).map_err(|error| CommandError::DemandFile {
            name: name_of(&self.file),
            message: error.to_string(),
        })?;
        try_out(&self.out)?;
        let base = self.file.parent().unwrap_or(Path::new("."));
        let seed = self.seed.map_or(demand.seed, Seed);
        let (loaded_jobs, loaded_requests) = load(&demand, base, seed)?;
        let paths = write(&self.out, &loaded_jobs, &loaded_requests)?;
        for report in loaded_jobs.reports.iter().chain(&loaded_requests.reports) {
            terminal.print(&in_words(report))?;
        }
        for path in paths {
            terminal.print(&format!("written: {}\n", path.display()))?;
        }
        Ok(Exit::Done)
    }
}

fn load(
    demand: &Demand,
    base: &Path,
    seed: Seed,
) -> Result<(LoadedJobs, LoadedRequests), CommandError> {
    let end = demand.start.saturating_add(Seconds::from_days(i64::from(demand.days)));
    let span = Period::new(demand.start, end);
    let window = Seconds(WINDOW_DEFAULT_SECONDS);
    let jobs = load_jobs(&demand.jobs, base, span, seed, &mut |_| {})?;
    let requests = load_requests(&demand.requests, base, span, window, seed, &mut |_| {})?;
    Ok((jobs, requests))
}

fn write(
    dir: &Path,
    loaded_jobs: &LoadedJobs,
    loaded_requests: &LoadedRequests,
) -> Result<Vec<PathBuf>, CommandError> {
    let mut staged = Staged::new(dir, &Interrupt::listen());
    for (index, pool) in loaded_jobs.pools.iter().enumerate() {
        let name = match loaded_jobs.pools.len() {
            1 => "jobs.csv".to_owned(),
            _ => format!("jobs-{}.csv", plain(pool.as_str())),
        };
        let of_pool = |job: &&Job| usize::from(job.pool) == index;
        let rows: Vec<Job> = loaded_jobs.jobs.iter().filter(of_pool).copied().collect();
        let file = staged.begin(name.clone());
        let written = file.and_then(|mut file| jobs::write_csv(&rows, &mut file));
        written.map_err(failed("write", &dir.join(name)))?;
    }
    for demand in &loaded_requests.tenants {
        let name = format!("requests-{}.csv", plain(demand.tenant.as_str()));
        let file = staged.begin(name.clone());
        let written = file.and_then(|mut file| requests::write_csv(&demand.windows, &mut file));
        written.map_err(failed("write", &dir.join(name)))?;
    }
    Ok(staged.keep()?)
}

/// A name that may have slashes, as a part of a file's name.
fn plain(name: &str) -> String {
    name.replace('/', "-")
}

fn in_words(report: &ReadReport) -> String {
    let mut words = format!("{}: {} rows, {} kept\n", report.label, report.rows, report.kept);
    for (reason, count) in &report.skipped {
        words += &format!("  left out: {reason}: {count}\n");
    }
    for step in &report.steps {
        words += &format!("  {}: {}\n", step.what, step.count);
    }
    words
}
