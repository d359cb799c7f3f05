//! Sources written as a scenario writes them, over files of a few lines.

mod generated;
mod helios;
mod job_lists;
mod request_traces;
mod scenario_keys;
mod servegen;

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use leasehold_types::{Instant, Period, Seconds, Seed};
use serde::Deserialize;

use super::*;
use crate::demand::Window;

const START: &str = "2026-03-02T00:00:00Z";

#[derive(Deserialize)]
struct Scenario {
    #[serde(default)]
    jobs: Vec<JobSource>,
    #[serde(default)]
    requests: Vec<RequestSource>,
}

/// A directory of files and a span of whole days from a Monday.
struct Case {
    dir: tempfile::TempDir,
    days: i64,
}

fn case(days: i64, files: &[(&str, &[u8])]) -> Case {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    Case { dir, days }
}

impl Case {
    fn span(&self) -> Period {
        let start: Instant = START.parse().unwrap();
        Period::new(start, start.saturating_add(Seconds::from_days(self.days)))
    }

    fn jobs(&self, toml: &str) -> Result<LoadedJobs, String> {
        let scenario: Scenario = toml::from_str(toml).map_err(|error| error.to_string())?;
        load_jobs(&scenario.jobs, self.dir.path(), self.span(), Seed(7), &mut |_| {})
            .map_err(|error| self.plain(&error))
    }

    fn jobs_error(&self, toml: &str) -> String {
        self.jobs(toml).map(|_| ()).unwrap_err()
    }

    fn requests_error(&self, toml: &str) -> String {
        self.requests(toml).map(|_| ()).unwrap_err()
    }

    fn requests(&self, toml: &str) -> Result<LoadedRequests, String> {
        let scenario: Scenario = toml::from_str(toml).map_err(|error| error.to_string())?;
        let window = Seconds(600);
        load_requests(
            &scenario.requests,
            self.dir.path(),
            self.span(),
            window,
            Seed(7),
            &mut |_| {},
        )
        .map_err(|error| self.plain(&error))
    }

    /// The error without the name of the temporary directory.
    fn plain(&self, error: &DemandError) -> String {
        error.to_string().replace(&format!("{}/", self.dir.path().display()), "")
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Jobs as `seconds from the span's start, duration, units`.
fn brief(loaded: &LoadedJobs) -> Vec<(i64, i64, u64)> {
    let start: Instant = START.parse().unwrap();
    let job = |job: &Job| (job.submitted.since(start).0, job.duration.0, job.units.0);
    loaded.jobs.iter().map(job).collect()
}

fn totals(windows: &[Window]) -> (u64, u64, u64) {
    windows.iter().fold((0, 0, 0), |(requests, input, output), window| {
        (requests + window.requests, input + window.input_tokens.0, output + window.output_tokens.0)
    })
}
