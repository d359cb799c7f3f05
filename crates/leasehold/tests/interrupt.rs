//! Ctrl-C: the first ends a replay early with a report, the second at once with nothing.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Place, names_in, root};

/// Longest that a test waits for the command to come to a point.
const PATIENCE: Duration = Duration::from_secs(120);

/// Decades of a laboratory, which take seconds to replay.
const LONG: &str = r#"
scenario = 1
title = "decades"
fleet = "fleet.toml"
leases = ["chat.toml", "batch.toml"]
zone = "America/Chicago"
from = 2026-01-01
until = 2066-01-01
series.step_days = STEP
serving.window = "1h"
failures = { node_mtbf_days = 30, repair_hours = 12 }

[[jobs]]
kind = "generated"
pool = "lab/h100"
units = 192
load = "0.9"
"#;

/// What lies beside the scenario.
const BESIDE: [&str; 4] = ["batch.toml", "chat.toml", "fleet.toml", "long.toml"];

/// A replay of decades, told to report by steps of that many days.
fn begin(place: &Place, step_days: u32) -> Child {
    place.file("long.toml", LONG.replace("STEP", &step_days.to_string()));
    for (name, path) in [
        ("fleet.toml", "fleets/hall-512.toml"),
        ("chat.toml", "leases/lab-chat.toml"),
        ("batch.toml", "leases/lab-batch.toml"),
    ] {
        place.file(name, std::fs::read(root().join("examples").join(path)).unwrap());
    }
    let mut command = place.command([
        "replay",
        "long.toml",
        "--policy",
        "recallable",
        "--out",
        "out",
        "--journal",
    ]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The journal is opened as the replay begins, after it began to heed Ctrl-C.
    let began = Instant::now();
    while !names_in(place.path()).iter().any(|name| name.starts_with(".leasehold-unfinished-")) {
        assert!(began.elapsed() < PATIENCE, "waited too long");
        assert_eq!(child.try_wait().unwrap(), None, "it ended");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn ctrl_c(child: &Child) {
    let line = format!("kill -INT {}", child.id());
    assert!(Command::new("sh").args(["-c", &line]).status().unwrap().success());
}

fn finish(mut child: Child) -> Option<i32> {
    // What it prints is short; a full pipe does not stop it.
    child.stdout.take();
    child.wait().unwrap().code()
}

#[test]
fn the_first_leaves_a_report_of_what_there_is() {
    let place = Place::new();
    let child = begin(&place, 1);
    ctrl_c(&child);
    assert_eq!(finish(child), Some(130));
    let figures: serde_json::Value = serde_json::from_str(&place.read("out/figures.json")).unwrap();
    assert!(figures["stopped_at"].is_string(), "{}", figures["stopped_at"]);
    assert_eq!(place.names(), [&BESIDE[..], &["out"]].concat());
    assert!(Path::new(&place.path().join("out/index.html")).exists());
    place.expect(0, "journal verify out/journal-recallable.jsonl");
}

#[test]
fn the_second_leaves_nothing() {
    let place = Place::new();
    // A step that never ends: the replay cannot stop at its close.
    let mut child = begin(&place, 36_000);
    ctrl_c(&child);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let heard = lines.find(|line| line.as_ref().is_ok_and(|line| line.starts_with("stopping")));
    assert!(heard.is_some());
    ctrl_c(&child);
    assert_eq!(finish(child), Some(130));
    assert_eq!(place.names(), BESIDE);
}
