//! The shipped traces are what their description draws, to the byte, on this machine too.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input has failed")]

use std::path::{Path, PathBuf};

use leasehold_sim::demand::{JobSource, RequestSource, jobs, load_jobs, load_requests, requests};
use leasehold_types::{Instant, Period, Seconds, Seed};
use serde::Deserialize;

#[derive(Deserialize)]
struct Demand {
    start: Instant,
    days: i64,
    seed: u64,
    jobs: Vec<JobSource>,
    requests: Vec<RequestSource>,
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/traces")
}

fn shipped(name: &str) -> String {
    let file = std::fs::File::open(directory().join(name)).unwrap();
    std::io::read_to_string(flate2::read::GzDecoder::new(file)).unwrap()
}

#[test]
fn what_is_shipped_is_what_is_drawn() {
    let text = std::fs::read_to_string(directory().join("demand.toml")).unwrap();
    let demand: Demand = toml::from_str(&text).unwrap();
    let end = demand.start.saturating_add(Seconds::from_days(demand.days));
    let (span, seed) = (Period::new(demand.start, end), Seed(demand.seed));
    let base = Path::new("");
    let loaded = load_jobs(&demand.jobs, base, span, seed, &mut |_| {}).unwrap();
    let mut drawn = Vec::new();
    jobs::write_csv(&loaded.jobs, &mut drawn).unwrap();
    // Not assert_eq: a difference would print megabytes.
    assert!(String::from_utf8(drawn).unwrap() == shipped("jobs.csv.gz"), "jobs.csv.gz differs");
    let window = Seconds(requests::WINDOW_DEFAULT_SECONDS);
    let loaded = load_requests(&demand.requests, base, span, window, seed, &mut |_| {}).unwrap();
    assert_eq!(loaded.tenants.len(), 2);
    for tenant in &loaded.tenants {
        let mut drawn = Vec::new();
        requests::write_csv(&tenant.windows, &mut drawn).unwrap();
        let name = format!("requests-{}.csv.gz", tenant.tenant);
        assert!(String::from_utf8(drawn).unwrap() == shipped(&name), "{name} differs");
    }
}
