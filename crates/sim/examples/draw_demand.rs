//! Writes the demand of a scenario as traces of our own: `jobs.csv` and one `requests-TENANT.csv` a
//! tenant, which the kind `csv` reads again. The scripts in `bench/fit` compare them with the
//! traces that the generators were fitted to.
//!
//! ```sh
//! cargo run --release -p leasehold-sim --example draw_demand -- DEMAND.toml DIRECTORY
//! ```

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use leasehold_sim::demand::requests::WINDOW_DEFAULT_SECONDS;
use leasehold_sim::demand::{
    JobSource, ReadReport, RequestSource, jobs, load_jobs, load_requests, requests,
};
use leasehold_types::{Instant, Period, Seconds, Seed};
use serde::Deserialize;

/// What DEMAND.toml says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Demand {
    start: Instant,
    days: u32,
    seed: u64,
    #[serde(default)]
    jobs: Vec<JobSource>,
    #[serde(default)]
    requests: Vec<RequestSource>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [file, directory] = arguments.as_slice() else {
        return Err("usage: draw_demand DEMAND.toml DIRECTORY".into());
    };
    let demand: Demand = toml::from_str(&std::fs::read_to_string(file)?)?;
    let base = file.parent().unwrap_or(Path::new("."));
    let end = demand.start.saturating_add(Seconds::from_days(i64::from(demand.days)));
    let (span, seed) = (Period::new(demand.start, end), Seed(demand.seed));
    std::fs::create_dir_all(directory)?;
    let loaded = load_jobs(&demand.jobs, base, span, seed, &mut |_| {})?;
    jobs::write_csv(&loaded.jobs, &mut create(&directory.join("jobs.csv"))?)?;
    say(&loaded.reports);
    let window = Seconds(WINDOW_DEFAULT_SECONDS);
    let loaded = load_requests(&demand.requests, base, span, window, seed, &mut |_| {})?;
    for demand in &loaded.tenants {
        let name = format!("requests-{}.csv", demand.tenant.as_str().replace('/', "-"));
        requests::write_csv(&demand.windows, &mut create(&directory.join(name))?)?;
    }
    say(&loaded.reports);
    Ok(())
}

fn create(path: &Path) -> std::io::Result<BufWriter<File>> {
    File::create(path).map(BufWriter::new)
}

#[allow(clippy::print_stdout, reason = "this program's output")]
fn say(reports: &[ReadReport]) {
    for report in reports {
        println!("{}: {} rows, {} kept", report.label, report.rows, report.kept);
        for (reason, count) in &report.skipped {
            println!("  left out: {reason}: {count}");
        }
        for step in &report.steps {
            println!("  {}: {}", step.what, step.count);
        }
    }
}
