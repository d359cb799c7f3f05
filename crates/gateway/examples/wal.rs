//! How many records a second the meter's log makes durable, beside plain write and fdatasync.
//!
//! `cargo run --release -p leasehold-gateway --example wal [SECONDS [DIRECTORY]]`
//!
//! Each caller waits for its record before it hands over the next, as an answer's last chunk does.
//! Log and plain writes take turns on the same disk, and ratios are of the medians, because a
//! shared disk is not the same from one second to the next.

#![allow(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]
#![allow(clippy::print_stdout, clippy::float_arithmetic, clippy::unwrap_used)]

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use leasehold_gateway::api::{Counts, Surface};
use leasehold_gateway::meter::wal::{Done, Limits, Log, NotDurable};
use leasehold_gateway::meter::{
    Counted, Label, LogId, Micros, Outcome, Record, RecordId, Unreceived,
};
use leasehold_types::{LeaseId, TenantId};

const ROUNDS: usize = 5;

/// A caller that sleeps until its record is durable.
struct Caller {
    thread: thread::Thread,
    told: Arc<AtomicBool>,
}

impl Done for Caller {
    fn done(self, result: Result<(), NotDurable>) {
        result.unwrap();
        self.told.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// What one run found.
struct Run {
    per_second: f64,
    latencies: Vec<Duration>,
    per_sync: f64,
}

fn record(number: u64) -> Record {
    let received = Micros(1_777_784_400_000_000 + number);
    Record {
        id: RecordId::new(received, number),
        tenant: TenantId::new("acme").unwrap(),
        lease: LeaseId::new("acme-chat").unwrap(),
        model: Label::new("llama-70b").unwrap(),
        replica: Some(Label::new("llama-70b/3").unwrap()),
        key: Label::new("lh-4f2a").unwrap(),
        surface: Surface::Chat,
        counted: Counted::Whole(Counts { input: 812, cached: 512, output: 97, reasoning: 0 }),
        unreceived: Unreceived::Nothing,
        received,
        first_token: Some(Micros(received.0 + 41_000)),
        end: Micros(received.0 + 2_400_000),
        outcome: Outcome::Served,
        status: 200,
    }
}

/// `callers` threads call `one` for `time`.
fn run(callers: usize, time: Duration, one: impl Fn() + Sync) -> (f64, Vec<Duration>) {
    let (started, all) = (Instant::now(), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..callers {
            scope.spawn(|| {
                let mut own = Vec::new();
                while started.elapsed() < time {
                    let before = Instant::now();
                    one();
                    own.push(before.elapsed());
                }
                all.lock().unwrap().append(&mut own);
            });
        }
    });
    let elapsed = started.elapsed().as_secs_f64();
    let mut latencies = all.into_inner().unwrap();
    latencies.sort();
    (latencies.len() as f64 / elapsed, latencies)
}

fn of_the_log(dir: &Path, callers: usize, time: Duration) -> Run {
    let log = Log::<Caller>::open(dir, Limits::default(), LogId(1)).unwrap();
    let sample = record(1);
    let (per_second, latencies) = run(callers, time, || {
        let told = Arc::new(AtomicBool::new(false));
        let caller = Caller { thread: thread::current(), told: told.clone() };
        log.reserve().unwrap().submit(&sample, Some(caller));
        while !told.load(Ordering::Acquire) {
            thread::park();
        }
    });
    let found = log.found();
    Run { per_second, latencies, per_sync: found.records as f64 / found.frames as f64 }
}

/// Every record written and synced by itself; callers take turns at the file.
fn plain(path: PathBuf, callers: usize, time: Duration) -> Run {
    let file = Mutex::new(File::create(path).unwrap());
    let mut bytes = Vec::new();
    record(1).encode(&mut bytes);
    let (per_second, latencies) = run(callers, time, || {
        let mut file = file.lock().unwrap();
        file.write_all(&bytes).unwrap();
        file.sync_data().unwrap();
    });
    Run { per_second, latencies, per_sync: 1.0 }
}

/// Records a second that nobody waits for: what encoding and the lock allow.
fn unwaited(dir: &Path, time: Duration) -> f64 {
    let limits = Limits { rooms: 1 << 20, log_bytes: 16 << 30, ..Limits::default() };
    let log = Log::<Caller>::open(dir, limits, LogId(1)).unwrap();
    let (sample, handed) = (record(1), AtomicU64::new(0));
    let mut busy = Duration::ZERO;
    let started = Instant::now();
    while started.elapsed() < time {
        let rooms: Vec<_> = (0..1_000).map_while(|_| log.reserve().ok()).collect();
        handed.fetch_add(rooms.len() as u64, Ordering::Relaxed);
        let before = Instant::now();
        for room in rooms {
            room.submit(&sample, None);
        }
        busy += before.elapsed();
    }
    busy.as_nanos() as f64 / handed.load(Ordering::Relaxed) as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn show(name: &str, callers: usize, runs: &[Run]) -> f64 {
    let rate = median(runs.iter().map(|run| run.per_second).collect());
    let at = |share: usize| {
        let of = |run: &Run| {
            let place = (run.latencies.len() * share / 1_000).min(run.latencies.len() - 1);
            run.latencies[place].as_secs_f64() * 1e3
        };
        median(runs.iter().map(of).collect())
    };
    let per_sync = median(runs.iter().map(|run| run.per_sync).collect());
    println!(
        "{name:<6} {callers:>7} {rate:>12.0} {:>9.2} {:>9.2} {per_sync:>14.1}",
        at(500),
        at(990)
    );
    rate
}

fn main() {
    let mut args = std::env::args().skip(1);
    let seconds: f64 = args.next().map_or(1.0, |text| text.parse().unwrap());
    let time = Duration::from_secs_f64(seconds);
    let under = args.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = tempfile::tempdir_in(under).unwrap();
    println!("{ROUNDS} rounds of {seconds} s each, in turns, on {}", dir.path().display());
    println!("         callers   records/s    p50 ms    p99 ms   records a sync");
    for callers in [1, 64] {
        let (mut logged, mut plainly) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            plainly.push(plain(dir.path().join("plain"), callers, time));
            logged.push(of_the_log(&dir.path().join(format!("{callers}-{round}")), callers, time));
        }
        let plain = show("plain", callers, &plainly);
        let log = show("log", callers, &logged);
        println!("ratio  {callers:>7} {:>12.2}", log / plain);
    }
    let nanos = unwaited(&dir.path().join("unwaited"), time);
    println!("handing over a record that nobody waits for: {nanos:.0} ns");
}
