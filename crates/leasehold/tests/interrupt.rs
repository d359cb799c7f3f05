//! Ctrl-C: the first ends a replay early with a report, the second at once with nothing.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Place, names_in, scenario};

/// Longest that a test waits for the command to come to a point.
const PATIENCE: Duration = Duration::from_secs(120);

/// A replay of decades, told to report by steps of that many days.
fn begin(place: &Place, step_days: u32) -> Child {
    let text = scenario("lab.toml")
        .replace("until = 2026-07-01", "until = 2056-01-01")
        .replace("[recall]", &format!("[series]\nstep_days = {step_days}\n\n[recall]"))
        .replace("[failures]", "[serving]\nwindow = \"1d\"\n\n[failures]");
    let (without_requests, _) = text.split_once("[[requests]]").unwrap();
    place.file("long.toml", without_requests);
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
    while !names_in(place.path()).iter().any(|name| name.starts_with(".leasehold-journal-")) {
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
    assert_eq!(place.names(), ["long.toml", "out"]);
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
    assert_eq!(place.names(), ["long.toml"]);
}
