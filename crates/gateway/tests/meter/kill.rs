//! `kill -9` at random moments: while the log opens, writes, syncs, begins segments, is shipped.
//!
//! What a killed process wrote stays in the system's memory, so this proves the order of steps and
//! the recovery; that a sync is made and awaited is for the unit tests, which hold it back.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use leasehold_gateway::meter::LogId;
use leasehold_gateway::meter::ship::Shipper;
use leasehold_gateway::meter::wal::{Limits, Log};

use super::store::{FileStore, Taken};
use super::support::{PATIENCE, Waiting, all, alone, record, submit};

const KILLS: u64 = 40;
const CALLERS: u64 = 4;

/// Segments so small that many are begun and removed.
fn limits() -> Limits {
    Limits { frame_bytes: 4_096, segment_bytes: 8_192, rooms: 256, ..Limits::default() }
}

/// Numbers that a seed fixes (SplitMix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ mixed >> 27) % limit
    }
}

/// Starts a gateway's meter, kills it at a moment that `draw` gives, and says which records it was
/// told are durable.
fn killed(dir: &Path, life: u64, ships: bool, draw: &mut Draw) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(alone("meter::kill::life"))
        .env("METER_TEST_DIR", dir)
        .env("METER_TEST_LIFE", life.to_string())
        .env("METER_TEST_SHIPS", ships.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told = Vec::new();
    // One life in four dies as it begins, the others once something was written.
    if draw.below(4) > 0 {
        let first = lines.by_ref().map(Result::unwrap).find_map(|line| durable(&line));
        told.push(first.expect("the meter ended before anything was durable"));
    }
    std::thread::sleep(Duration::from_micros(draw.below(40_000)));
    child.kill().unwrap();
    told.extend(lines.map_while(Result::ok).filter_map(|line| durable(&line)));
    assert!(!child.wait().unwrap().success(), "it ended before it was killed");
    told
}

/// The id in a line that says that a record is durable. A line that was torn by the kill is short.
fn durable(line: &str) -> Option<String> {
    line.strip_prefix("durable ").filter(|id| id.len() == 36).map(str::to_owned)
}

fn lives(dir: &Path, ships: bool, seed: u64) -> BTreeSet<String> {
    let mut draw = Draw(seed);
    let mut told = BTreeSet::new();
    for life in 0..KILLS {
        for id in killed(dir, life, ships, &mut draw) {
            assert!(told.insert(id), "a record was told of twice");
        }
    }
    assert!(told.len() as u64 > KILLS, "hardly anything was written: {}", told.len());
    told
}

fn assert_once(told: &BTreeSet<String>, ids: &[String]) {
    let once: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(once.len(), ids.len(), "a record is there twice");
    let lost: Vec<&String> = told.iter().filter(|id| !once.contains(id)).collect();
    assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), told.len());
}

#[test]
fn what_was_durable_is_there_once_after_any_kill() {
    let dir = tempfile::tempdir().unwrap();
    let told = lives(dir.path(), false, 20_260_503);
    let log = Log::<Waiting>::open(&dir.path().join("log"), limits(), LogId(1)).unwrap();
    let ids: Vec<String> = all(&log).iter().map(|record| record.id.to_string()).collect();
    assert_once(&told, &ids);
    println!("{KILLS} kills: {} told of, {} in the log", told.len(), ids.len());
}

#[test]
fn what_was_durable_is_shipped_once_after_any_kill() {
    // In memory, so that kills fall between syncs rather than into them.
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let told = lives(dir.path(), true, 20_260_622);
    let path = dir.path().join("store");
    let before = Taken::read(&path);
    let log = Log::<Waiting>::open(&dir.path().join("log"), limits(), LogId(1)).unwrap();
    let mut shipper = Shipper::new(log.tail(), FileStore::open(path.clone()));
    while shipper.step().unwrap() > 0 {}
    let taken = Taken::read(&path);
    assert_once(&told, &taken.ids);
    assert!(before.parcels as u64 > KILLS, "hardly anything was shipped while it could be killed");
    assert!(log.tail().first().segment > 1, "no segment was ever removed");
    println!(
        "{KILLS} kills: {} told of, {} shipped in {} parcels, up to segment {}",
        told.len(),
        taken.ids.len(),
        taken.parcels,
        log.tail().durable().segment
    );
}

#[test]
#[ignore = "run, and killed, by the tests above"]
#[allow(clippy::disallowed_methods, reason = "the test that runs this one says where its log is")]
fn life() {
    let Ok(dir) = std::env::var("METER_TEST_DIR") else { return };
    let life: u64 = std::env::var("METER_TEST_LIFE").unwrap().parse().unwrap();
    let ships = std::env::var("METER_TEST_SHIPS").unwrap() == "true";
    let dir = Path::new(&dir);
    let log = Log::<Waiting>::open(&dir.join("log"), limits(), LogId(1)).unwrap();
    let number = AtomicU64::new(life << 32);
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| call(&log, &number));
        }
        if ships {
            scope.spawn(|| {
                let mut shipper = Shipper::new(log.tail(), FileStore::open(dir.join("store")));
                loop {
                    shipper.wait(PATIENCE);
                    shipper.step().unwrap();
                }
            });
        }
    });
}

/// Writes records and says which are durable, until the process is killed.
fn call(log: &Log<Waiting>, number: &AtomicU64) {
    loop {
        let own = record(number.fetch_add(1, Ordering::Relaxed));
        let told = submit(log.reserve().unwrap(), &own);
        // One that nobody waits for goes along.
        let other = record(number.fetch_add(1, Ordering::Relaxed));
        log.reserve().unwrap().submit(&other, None);
        told.recv_timeout(PATIENCE).unwrap().unwrap();
        // A line is one write, so that a kill does not tear it, and begins a line whatever came before.
        let line = format!("\ndurable {}\n", own.id);
        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
    }
}
