//! A scenario on disk, and a way to run it.

use std::cell::RefCell;
use std::fs;
use std::io::{self, Write};
use std::rc::Rc;

use leasehold_sim::figures::{Figures, Policy};
use leasehold_sim::replay::{Observer, Progress, run};
use leasehold_sim::scenario::{Loaded, load::load};
use tempfile::TempDir;

/// 64 accelerators in eight nodes.
pub const FLEET: &str = r#"
fleet = 1
name = "eight-nodes"
[[site]]
id = "lab"
[[site.hall]]
id = "hall"
cap_kw = 200
[[site.hall.block]]
accelerator = "h100"
racks = 2
nodes_per_rack = 4
accelerators_per_node = 8
busy_watts = 10000
idle_watts = 2000
"#;

/// 32 accelerators, 24 of them recallable.
pub const LEASE: &str = r#"
term_sheet = 1
[lease]
id = "chat"
title = "Chat"
currency = "USD"
zone = "UTC"
signed = 2026-01-01
[owner]
id = "lab"
name = "Lab"
[tenant]
id = "chat"
name = "Chat Ltd."
[[tranche]]
id = "main"
pool = "lab/h100"
units = 32
delivery = 2026-01-01
recallable = 24
[[fee]]
name = "full"
from = 2026-01-01
monthly = "31000.00"
[term]
last_day = 2026-12-31
[recall]
triggers = ["owner_training"]
longest = "3d"
drain = { length = "15min" }
offer_back_within = "2h"
acknowledge_within = "1h"
compensation = { per_accelerator_hour = "1.00" }
[[recall.class]]
name = "planned"
notice = "12h"
[[recall.class]]
name = "short"
notice = "2h"
multiplier = "2"
"#;

/// Ten days of it.
pub const SCENARIO: &str = r#"
scenario = 1
title = "Ten days"
fleet = "fleet.toml"
leases = ["chat.toml"]
zone = "UTC"
from = 2026-01-01
until = 2026-01-11
[recall]
ready_within = "3h"
least_gain = "1h"
least_duration = "1h"
[[jobs]]
kind = "csv"
path = "jobs.csv"
pool = "lab/h100"
[[requests]]
kind = "csv"
tenant = "chat"
path = "requests.csv"
"#;

/// Requests of ten days, the same in each window.
pub fn requests(per_window: u64) -> String {
    let mut text = String::from("start,requests,input_tokens,output_tokens\n");
    for window in 0..1_440 {
        let (input, output) = (per_window * 500, per_window * 200);
        text += &format!("{},{per_window},{input},{output}\n", window * 600);
    }
    text
}

/// A scenario in a directory of its own.
pub struct Bench {
    dir: TempDir,
}

impl Bench {
    /// Writes the files; `jobs` are lines of `submitted,duration,units` in seconds from the start.
    pub fn new(scenario: &str, jobs: &str, requests: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        write("fleet.toml", FLEET);
        write("chat.toml", LEASE);
        write("scenario.toml", scenario);
        write("jobs.csv", &format!("submitted,duration,units\n{jobs}"));
        write("requests.csv", requests);
        Bench { dir }
    }

    /// Replaces a file.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.dir.path().join(name), text).unwrap();
    }

    /// Loads the scenario.
    pub fn load(&self) -> Result<Loaded, String> {
        load(&self.dir.path().join("scenario.toml"), None, &mut |_| {})
            .map_err(|error| chain(&error))
    }

    /// Loads and runs it.
    pub fn run(&self) -> (Figures, Watcher) {
        let loaded = self.load().unwrap();
        let mut watcher = Watcher::default();
        let replayed =
            run(&loaded, &mut watcher).unwrap_or_else(|error| panic!("{}", chain(&error)));
        (replayed.figures, watcher)
    }
}

/// An error and its sources.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text += &format!(": {cause}");
        source = cause.source();
    }
    text
}

/// Watches a run, keeps its journals, and may stop it.
#[derive(Default)]
pub struct Watcher {
    /// The journals, by policy.
    pub journals: Vec<(Policy, Rc<RefCell<Vec<u8>>>)>,
    /// How often progress was told.
    pub told: u64,
    /// Stop after so many.
    pub stop_after: Option<u64>,
}

struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Observer for Watcher {
    fn progress(&mut self, _: Progress) {
        self.told += 1;
    }
    fn stop(&self) -> bool {
        self.stop_after.is_some_and(|most| self.told >= most)
    }
    fn journal(&mut self, policy: Policy) -> io::Result<Option<Box<dyn Write>>> {
        let kept = Rc::new(RefCell::new(Vec::new()));
        self.journals.push((policy, kept.clone()));
        Ok(Some(Box::new(Shared(kept))))
    }
}
