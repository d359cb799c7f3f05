//! The real traces, read whole and checked against figures counted apart from this code.
//!
//! They are not shipped. Where `LEASEHOLD_TRACES` names the directory that holds them, these tests
//! run; where it does not, they say so and pass.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input has failed")]
#![allow(clippy::disallowed_methods, reason = "a test may ask the environment for its input")]

use std::io::Write;
use std::path::{Path, PathBuf};

use leasehold_sim::demand::{
    Job, JobSource, LoadedJobs, LoadedRequests, RequestSource, load_jobs, load_requests,
};
use leasehold_types::{Instant, Period, Seconds, Seed};
use serde::Deserialize;

const MONDAY: &str = "2026-03-02T00:00:00Z";

#[derive(Deserialize)]
struct Scenario {
    #[serde(default)]
    jobs: Vec<JobSource>,
    #[serde(default)]
    requests: Vec<RequestSource>,
}

/// The directory of the traces, or a note past the capture of the test's output.
fn traces(test: &str) -> Option<PathBuf> {
    let directory = std::env::var_os("LEASEHOLD_TRACES").map(PathBuf::from);
    if directory.is_none() {
        let note =
            format!("skipped {test}: LEASEHOLD_TRACES does not name the traces' directory\n");
        std::io::stderr().write_all(note.as_bytes()).unwrap();
    }
    directory
}

fn span(start: &str, days: i64) -> Period {
    let start: Instant = start.parse().unwrap();
    Period::new(start, start.saturating_add(Seconds::from_days(days)))
}

fn jobs(base: &Path, toml: &str, span: Period) -> LoadedJobs {
    let scenario: Scenario = toml::from_str(toml).unwrap();
    load_jobs(&scenario.jobs, base, span, Seed(1), &mut |_| {}).unwrap()
}

fn requests(base: &Path, toml: &str, span: Period, window: i64) -> LoadedRequests {
    let scenario: Scenario = toml::from_str(toml).unwrap();
    load_requests(&scenario.requests, base, span, Seconds(window), Seed(1), &mut |_| {}).unwrap()
}

/// Requests, input tokens and output tokens of the first tenant.
fn totals(loaded: &LoadedRequests) -> (u64, u64, u64) {
    loaded.tenants[0].windows.iter().fold((0, 0, 0), |(requests, input, output), window| {
        (requests + window.requests, input + window.input_tokens.0, output + window.output_tokens.0)
    })
}

fn work(jobs: &[Job]) -> u128 {
    jobs.iter().map(|job| job.work().0).sum()
}

/// Work done by the end of the span.
fn work_within(jobs: &[Job], span: Period) -> u128 {
    let within = |job: &Job| job.units.over(job.duration.min(span.end().since(job.submitted))).0;
    jobs.iter().map(within).sum()
}

#[test]
fn elasticflow_clusters() {
    let Some(base) = traces("elasticflow_clusters") else { return };
    // Rows, and the sum of duration times accelerators, of each file.
    let expected = [
        ("02", 5_778, 445_494_106u128),
        ("03", 3_011, 595_593_077),
        ("04", 15_802, 2_540_458_386),
        ("05", 3_629, 51_491_311),
        ("08", 13_047, 241_559_936),
        ("10", 260, 14_484_569),
    ];
    for (cluster, rows, accelerator_seconds) in expected {
        let toml = format!(
            "[[jobs]]\nkind = 'elasticflow'\npool = 'lab/a100'\nallow_holes = true\n\
             path = 'train-elasticflow-itp/cluster{cluster}.csv.gz'\n"
        );
        let loaded = jobs(&base, &toml, span(MONDAY, 80));
        let report = &loaded.reports[0];
        assert_eq!((report.rows, report.kept, loaded.jobs.len() as u64), (rows, rows, rows));
        assert_eq!(work(&loaded.jobs), accelerator_seconds, "{cluster}");
    }
}

#[test]
fn elasticflow_tiled_over_three_years() {
    let Some(base) = traces("elasticflow_tiled_over_three_years") else { return };
    const TILES: i64 = 26;
    // The window is 46 days; aligned by week, a tile is six weeks of it.
    let toml = "[[jobs]]\nkind = 'elasticflow'\npool = 'lab/a100'\nwindow_days = [7, 53]\n\
                path = 'train-elasticflow-itp/cluster04.csv.gz'\nscale_units = '60'\n";
    let long = span(MONDAY, 42 * TILES);
    let tiled = jobs(&base, &format!("{toml}tile = true\n"), long);
    let single = toml.replace("[7, 53]", "[7, 49]") + "carry_in = false\n";
    let single = jobs(&base, &single, span(MONDAY, 60));
    assert!(tiled.jobs.iter().all(|job| job.units.0 % 60 == 0));
    // What runs when the span begins is what runs over its end: 26 tiles' work lies within it.
    assert_eq!(work_within(&tiled.jobs, long), work(&single.jobs) * 26);
    let carried = tiled.reports[0].steps.iter().find(|step| step.what.contains("carried in"));
    let carried = carried.map_or(0, |step| step.count);
    assert_eq!(tiled.jobs.len() as u64, single.jobs.len() as u64 * 26 + carried);
}

#[test]
fn kalos_and_openb() {
    let Some(base) = traces("kalos_and_openb") else { return };
    let toml = "[[jobs]]\nkind = 'kalos'\npool = 'lab/a100'\nallow_holes = true\n\
                path = 'train-acme-kalos-subset/kalos_completed_first45d.csv.gz'\n";
    let loaded = jobs(&base, toml, span(MONDAY, 80));
    assert_eq!(loaded.jobs.len(), 159);
    assert_eq!(loaded.jobs.iter().map(|job| job.units.0).max(), Some(1_024));
    let toml = "[[jobs]]\nkind = 'openb'\npool = 'lab/a100'\nallow_holes = true\n\
                path = 'train-alibaba-gpu-2023/openb_pod_list_default.csv.gz'\n";
    let loaded = jobs(&base, toml, span(MONDAY, 200));
    let report = &loaded.reports[0];
    assert_eq!(report.rows, 8_152);
    assert_eq!(report.rows, report.kept + report.skipped.values().sum::<u64>());
    assert_eq!(report.skipped["asks for no accelerator"], 1_088);
    assert_eq!(loaded.jobs.len() as u64, report.kept);
}

#[test]
fn helios_demand_minute_by_minute() {
    let Some(base) = traces("helios_demand_minute_by_minute") else { return };
    let month = span("2020-05-01T00:00:00Z", 31);
    for cluster in ["vc3sl", "vc8Sj", "vcJkd", "vcMod", "vcTJs", "vcdI0", "vchbv", "vcpDC"] {
        let name = format!("train-helios-earth/{cluster}.csv.gz");
        let expected = helios_minutes(&base.join(&name));
        for order in ["lifo", "fifo"] {
            let toml = format!(
                "[[jobs]]\nkind = 'helios'\npool = 'lab/v100'\npath = '{name}'\n\
                 block_order = '{order}'\n"
            );
            let loaded = jobs(&base, &toml, month);
            assert_eq!(loaded.reports[0].rows, 44_640);
            assert_eq!(demand_by_minute(&loaded.jobs, month), expected, "{cluster} {order}");
        }
    }
}

#[test]
fn the_helios_outage_can_be_masked() {
    let Some(base) = traces("the_helios_outage_can_be_masked") else { return };
    let name = "train-helios-earth/vchbv.csv.gz";
    let month = span("2020-05-01T00:00:00Z", 31);
    // The site was down from 9 to 11 May; six hours of recovery are masked with it.
    let toml = format!(
        "[[jobs]]\nkind = 'helios'\npool = 'lab/v100'\npath = '{name}'\n\
         outages = [{{ start = '2020-05-09T23:56:00Z', end = '2020-05-11T06:00:00Z' }}]\n"
    );
    let found = demand_by_minute(&jobs(&base, &toml, month).jobs, month);
    let mut expected = helios_minutes(&base.join(name));
    let (from, to) = (8 * 1_440 + 23 * 60 + 56, 10 * 1_440 + 6 * 60);
    assert!(expected[from..to].contains(&0), "the outage is in the trace");
    let held = expected[from - 1];
    expected[from..to].fill(held);
    assert_eq!(found, expected);
}

/// Running plus pending of each minute, read without any of the readers.
fn helios_minutes(path: &Path) -> Vec<i64> {
    let file = std::fs::File::open(path).unwrap();
    let text = std::io::read_to_string(flate2::read::GzDecoder::new(file)).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = |name| header.iter().position(|column| *column == name).unwrap();
    let (running, pending) = (column("running_gpu_num"), column("pending_gpu_num"));
    let demand = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        cells[running].parse::<i64>().unwrap() + cells[pending].parse::<i64>().unwrap()
    };
    lines.map(demand).collect()
}

fn demand_by_minute(jobs: &[Job], span: Period) -> Vec<i64> {
    let minutes = usize::try_from(span.length().0 / 60).unwrap();
    let mut change = vec![0i64; minutes + 1];
    let minute = |instant: Instant| usize::try_from(instant.since(span.start()).0 / 60).unwrap();
    for job in jobs {
        let units = i64::try_from(job.units.0).unwrap();
        change[minute(job.submitted)] += units;
        change[minute(job.submitted.saturating_add(job.duration)).min(minutes)] -= units;
    }
    let sums = change.iter().scan(0, |sum, change| {
        *sum += change;
        Some(*sum)
    });
    sums.take(minutes).collect()
}

#[test]
fn azure_and_mooncake_keep_every_request() {
    let Some(base) = traces("azure_and_mooncake_keep_every_request") else { return };
    let source = |kind, path| {
        format!("[[requests]]\nkind = '{kind}'\ntenant = 'anthropic'\npath = '{path}'\n")
    };
    for window in [1, 7, 60, 600, 3_600] {
        let azure = source("azure", "infer-azure-llm-2023/AzureLLMInferenceTrace_conv.csv.gz");
        let azure = requests(&base, &azure, span(MONDAY, 1), window);
        assert_eq!(totals(&azure), (19_366, 22_361_870, 4_088_665));
        let path = "infer-mooncake-conversation/conversation_trace.jsonl.gz";
        let mooncake = requests(&base, &source("mooncake", path), span(MONDAY, 1), window);
        assert_eq!(totals(&mooncake), (12_031, 144_793_823, 4_122_048));
    }
}

#[test]
fn servegen_keeps_every_request_and_says_what_stood_in() {
    let Some(base) = traces("servegen_keeps_every_request_and_says_what_stood_in") else { return };
    let source = |model: &str| {
        format!(
            "[[requests]]\nkind = 'servegen'\ntenant = 'google'\n\
             clients = 'infer-servegen/{model}_clients.csv.gz'\n\
             tokens = 'infer-servegen/{model}_tokens.csv.gz'\n"
        )
    };
    // Requests, and how many thousandths of them have no token means of their own.
    for (model, days, expected, without_means) in [
        ("m-large_week1", 7, 126_735_052, 364),
        ("m-small_week1", 7, 642_921_541, 563),
        ("deepseek-r1_day", 1, 1_383_669, 0),
    ] {
        let loaded = requests(&base, &source(model), span(MONDAY, days), 600);
        let (found, input, output) = totals(&loaded);
        assert_eq!(found, expected, "{model}");
        let (input, output) = (input / found, output / found);
        assert!((50..3_000).contains(&input) && (10..3_000).contains(&output), "{input} {output}");
        let steps = loaded.reports[0].steps.iter();
        let stood_in = steps.filter(|step| step.what.starts_with("requests with token means"));
        let stood_in = stood_in.map(|step| step.count).sum::<u64>();
        assert_eq!(stood_in * 1_000 / found, without_means, "{model}");
    }
    // Tiled over three years and scaled, all of it is there.
    let toml = format!("{}tile = true\nscale = '40'\n", source("m-large_week1"));
    let loaded = requests(&base, &toml, span(MONDAY, 7 * 160), 600);
    assert_eq!(totals(&loaded).0, 126_735_052 * 40 * 160);
}
