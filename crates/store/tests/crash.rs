//! A process that is killed at any point loses nothing that it acknowledged, and the directory ends
//! in the bytes that it has where nothing was killed.
//!
//! The test starts itself as the process that is killed, with SIGKILL after a time drawn by seed:
//! `cargo test -p leasehold-store --test crash -- seed 7` draws other times.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test without a harness: it says what it did, and fails by a panic"
)]

mod story;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use leasehold_books::Policy;
use leasehold_store::directory::{Directory, Taken};
use story::data::Draw;
use story::*;

/// Least number of processes that are killed.
const KILLS_MIN: u32 = 24;

/// The seed where none is given.
const SEED: u64 = 20_260_503;

/// Longest time that a process has, in microseconds: a part of what a whole run takes.
const LIFE_US: u64 = 250_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "child", dir, threads] => child(Path::new(dir), threads.parse().unwrap()),
        [_, "seed", seed] => parent(seed.parse().unwrap()),
        _ => parent(SEED),
    }
}

/// Tells the whole story, from the beginning, to a directory that may have heard some of it.
fn child(dir: &Path, threads: usize) {
    let mut books = match Directory::is_one(dir) {
        true => Directory::open(dir).unwrap(),
        false => Directory::create(dir, Policy::default()).unwrap(),
    };
    for (n, through) in CLOSES.iter().enumerate() {
        if books.closed() >= Some(day(through)) {
            continue;
        }
        tell(&mut books, n, threads, &mut |batch| {
            println!("{n} {batch}");
            std::io::stdout().flush().unwrap();
        });
    }
}

fn parent(seed: u64) {
    let whole = tempfile::tempdir().unwrap();
    assert!(start(whole.path(), 1).wait().unwrap().success());
    let expected = files(whole.path());
    let mut draw = Draw::new(seed);
    let (mut kills, mut runs) = (0, 0);
    while kills < KILLS_MIN {
        runs += 1;
        let dir = tempfile::tempdir().unwrap();
        let mut acknowledged = (0, 0);
        loop {
            let mut child = start(dir.path(), if draw.below(2) == 0 { 1 } else { 2 });
            sleep(Duration::from_micros(draw.below(LIFE_US)));
            child.kill().unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            for line in lines.map_while(Result::ok) {
                let (n, batch) = line.split_once(' ').unwrap();
                acknowledged = acknowledged.max((n.parse().unwrap(), batch.parse().unwrap()));
            }
            if child.wait().unwrap().success() {
                break;
            }
            kills += 1;
            if kills % 4 == 0 {
                check(dir.path(), acknowledged);
            }
            if kills >= KILLS_MIN {
                assert!(start(dir.path(), 2).wait().unwrap().success());
                break;
            }
        }
        let found = files(dir.path());
        let names: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
        let differ: Vec<_> = names.iter().filter(|n| found.get(**n) != expected.get(**n)).collect();
        assert!(differ.is_empty(), "seed {seed}: {differ:?} differ after {kills} kills");
    }
    println!(
        "crash, seed {seed}: {kills} processes killed in {runs} runs; every run ended in the same \
         bytes"
    );
}

fn start(dir: &Path, threads: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["child", &dir.display().to_string(), &threads.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Everything that was acknowledged is there: sent again, it is known.
fn check(dir: &Path, (told, batches): (usize, usize)) {
    if batches == 0 {
        return;
    }
    let copy = tempfile::tempdir().unwrap();
    copy_all(dir, copy.path());
    let mut books = Directory::open(copy.path()).unwrap();
    for n in 0..=told {
        let events = chapter(n);
        let heard = if n < told { events.len() } else { batches * BATCH };
        let taken = books.take(&events[..heard.min(events.len())]).unwrap();
        let known = |taken: &&Taken| matches!(taken, Taken::Duplicate | Taken::Conflict);
        assert_eq!(taken.iter().filter(known).count(), taken.len(), "chapter {n} is not all there");
    }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let inner = files(&path).into_iter().map(|(inner, b)| (format!("{name}/{inner}"), b));
            found.extend(inner);
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}
