//! The files for programs: what they hold is what the figures say.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use leasehold::report;
use leasehold_sim::figures::{Capacity, Figures, Policy, PolicyFigures};
use leasehold_types::{AcceleratorSeconds, Currency, Money};

use super::{all, fixture};

const PARTS: [&str; 7] = ["owned", "down", "jobs", "busy", "quiet", "recalled", "idle"];

/// A CSV file as rows of named cells.
fn rows(dir: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(dir.join(name)).unwrap();
    let head = reader.headers().unwrap().clone();
    assert_eq!((&head[0], &head[1]), ("policy", "stopped_at"), "{name}");
    let named = |row: csv::StringRecord| {
        head.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|row| named(row.unwrap())).collect()
}

fn sum(rows: &[BTreeMap<String, String>], policy: Policy, column: &str) -> u128 {
    let own = rows.iter().filter(|row| row["policy"] == policy.name());
    own.map(|row| row[column].parse::<u128>().unwrap()).sum()
}

fn written(figures: &Figures) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    report::write(dir.path(), figures, Vec::new()).unwrap();
    dir
}

fn parts(capacity: &Capacity) -> [AcceleratorSeconds; 7] {
    let c = capacity;
    [c.owned, c.down, c.jobs, c.busy, c.quiet, c.recalled, c.idle]
}

#[test]
fn the_json_comes_back() {
    for (name, figures) in all() {
        let dir = written(&figures);
        let text = fs::read_to_string(dir.path().join("figures.json")).unwrap();
        assert_eq!(serde_json::from_str::<Figures>(&text).unwrap(), figures, "{name}");
    }
}

#[test]
fn equal_figures_give_equal_files() {
    for (name, figures) in all() {
        let (first, second) = (written(&figures), written(&figures.clone()));
        for entry in fs::read_dir(first.path()).unwrap() {
            let file = entry.unwrap().file_name();
            let bytes = |dir: &Path| fs::read(dir.join(&file)).unwrap();
            assert_eq!(bytes(first.path()), bytes(second.path()), "{name}: {file:?}");
        }
    }
}

#[test]
fn capacity_and_series_add_up_to_the_figures() {
    let figures = fixture::figures();
    let dir = written(&figures);
    for file in ["capacity.csv", "series.csv"] {
        let rows = rows(dir.path(), file);
        for policy in &figures.policies {
            let whole =
                policy.capacity.iter().map(|row| row.capacity).reduce(fixture::add).unwrap();
            for (part, seconds) in PARTS.iter().zip(parts(&whole)) {
                let column = format!("{part}_accelerator_seconds");
                assert_eq!(sum(&rows, policy.policy, &column), seconds.0, "{file} {part}");
            }
        }
    }
}

fn amounts(rows: &[BTreeMap<String, String>], policy: &PolicyFigures, column: &str) -> Money {
    let own = rows.iter().filter(|row| row["policy"] == policy.policy.name());
    let usd: Currency = "USD".parse().unwrap();
    let amounts =
        own.map(|row| Money::parse(&row[column], row["currency"].parse().unwrap()).unwrap());
    Money::sum(usd, amounts).unwrap()
}

#[test]
fn money_and_lines_add_up_to_the_figures() {
    let figures = fixture::figures();
    let dir = written(&figures);
    let (money, lines) = (rows(dir.path(), "money.csv"), rows(dir.path(), "lines.csv"));
    let usd: Currency = "USD".parse().unwrap();
    for policy in &figures.policies {
        let quarters = || policy.money.iter().flat_map(|lease| &lease.quarters);
        let ends = || policy.money.iter().flat_map(|lease| &lease.lines);
        for (column, want) in [
            ("recognised", Money::sum(usd, quarters().map(|quarter| quarter.recognised))),
            ("billed", Money::sum(usd, quarters().map(|quarter| quarter.billed))),
            ("abatement", Money::sum(usd, quarters().map(|quarter| quarter.abatement))),
            ("compensation", Money::sum(usd, quarters().map(|quarter| quarter.compensation))),
        ] {
            assert_eq!(amounts(&money, policy, column), want.unwrap(), "{column}");
        }
        for (column, want) in [
            ("headline_value", Money::sum(usd, ends().map(|end| end.headline_value))),
            ("non_cancellable_value", Money::sum(usd, ends().map(|end| end.non_cancellable_value))),
            ("rpo", Money::sum(usd, ends().map(|end| end.rpo))),
            ("run_rate_month", Money::sum(usd, ends().map(|end| end.run_rate_month))),
        ] {
            assert_eq!(amounts(&lines, policy, column), want.unwrap(), "{column}");
        }
    }
}

#[test]
fn recalls_requests_and_jobs_add_up_to_the_figures() {
    let figures = fixture::figures();
    let dir = written(&figures);
    let file = |name| rows(dir.path(), name);
    let (totals, recalls) = (file("recall_totals.csv"), file("recalls.csv"));
    let (requests, jobs) = (file("requests.csv"), file("jobs.csv"));
    for policy in &figures.policies {
        let name = policy.policy;
        let ordered: u64 = policy.recalls.totals.iter().map(|row| row.ordered).sum();
        assert_eq!(sum(&totals, name, "ordered"), ordered.into());
        let taken: u128 = policy.recalls.totals.iter().map(|row| row.taken.0).sum();
        assert_eq!(sum(&totals, name, "taken_accelerator_seconds"), taken);
        let units: u64 = policy.recalls.rows.iter().map(|row| row.units).sum();
        assert_eq!(sum(&recalls, name, "units"), units.into());
        let served: u64 = policy.requests.rows.iter().map(|row| row.served).sum();
        assert_eq!(sum(&requests, name, "served"), served.into());
        let tokens: u64 = policy.requests.rows.iter().map(|row| row.output.0).sum();
        assert_eq!(sum(&requests, name, "output_tokens"), tokens.into());
        assert_eq!(sum(&jobs, name, "started"), policy.jobs.started.into());
        assert_eq!(sum(&jobs, name, "wait_p95_seconds"), policy.jobs.wait.p95.into());
    }
}

#[test]
fn the_columns_are_those_of_the_document() {
    let page = fs::read_to_string(crate::support::root().join("docs/report.md")).unwrap();
    let dir = written(&fixture::figures());
    for entry in fs::read_dir(dir.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(page.contains(&format!("`{name}`")), "{name} is not in docs/report.md");
        if name.ends_with(".csv") {
            let text = fs::read_to_string(dir.path().join(&name)).unwrap();
            let head = text.lines().next().unwrap();
            for column in head.split(',').skip(2) {
                assert!(page.contains(&format!("`{column}`")), "{name}: `{column}`");
            }
        }
    }
}

#[test]
fn a_stopped_run_says_so_in_every_row() {
    let dir = written(&fixture::stopped());
    for name in ["capacity.csv", "series.csv", "money.csv", "lines.csv", "recalls.csv", "jobs.csv"]
    {
        let rows = rows(dir.path(), name);
        assert!(!rows.is_empty(), "{name}");
        assert!(rows.iter().all(|row| row["stopped_at"] == "2026-12-11T06:00:00Z"), "{name}");
    }
    let json = fs::read_to_string(dir.path().join("figures.json")).unwrap();
    let (before, _) = json.split_once("\"policies\"").unwrap();
    assert!(before.contains("\"stopped_at\": \"2026-12-11T06:00:00Z\""));
}
