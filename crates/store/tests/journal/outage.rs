//! PostgreSQL goes away under load: what was acknowledged is there, what was refused is not, and
//! nothing is there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use leasehold_store::journal::{Batch, Journal, JournalError, Writer, backup};

use crate::support::*;

/// Cuts of all connections, and restarts without a goodbye.
const CUTS: u64 = 9;
const RESTARTS: u64 = 3;

/// What became of the batches, by what their entry says.
#[derive(Default)]
struct Tally {
    acknowledged: BTreeMap<String, u64>,
    refused: BTreeSet<String>,
    unknown: BTreeSet<String>,
}

/// Finds out where the journal ends, as soon as it can be asked.
fn resync(writer: &mut Writer) {
    for _ in 0..20 {
        match writer.resync() {
            Ok(_) => return,
            Err(error) => assert!(error.is_transient(), "{error}"),
        }
        thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("the database did not come back");
}

fn write(writer: &mut Writer, done: &AtomicU64, stop: u64) -> Tally {
    let mut tally = Tally::default();
    for n in 0.. {
        if done.load(Ordering::Relaxed) == stop {
            return tally;
        }
        let mut batch = Batch::on(writer.head());
        let (text, mut entry) = (format!("batch {n}"), draft(0));
        entry.body = text.clone().into_bytes();
        batch.append(entry).unwrap();
        batch.post(crate::story::post(1)).unwrap();
        match writer.commit(&batch) {
            Ok(head) => {
                tally.acknowledged.insert(text, head.seq);
            }
            Err(error) if error.is_unknown() => {
                tally.unknown.insert(text);
                resync(writer);
            }
            Err(JournalError::Database(fault)) => {
                tally.refused.insert(format!("{text}: {fault}"));
                resync(writer);
            }
            Err(error) => panic!("{error}"),
        }
    }
    tally
}

#[test]
fn postgres_may_go_away_at_any_moment() {
    // A server of its own, so that no other test is hit.
    let server = Cluster::start();
    let name = server.database();
    let journal = Journal::open(&server.address(&name)).unwrap();
    journal.begin(&header()).unwrap();
    let mut writer = lead(&journal, "desk-1");
    let done = AtomicU64::new(0);
    let tally = thread::scope(|scope| {
        let writing = scope.spawn(|| write(&mut writer, &done, CUTS + RESTARTS));
        for n in 0..CUTS + RESTARTS {
            let from = journal.head().map_or(0, |head| head.seq);
            // Readers come back by themselves; the load goes on before the next blow.
            let mut last = from;
            while last < from + 5 + n {
                assert!(!writing.is_finished(), "the writer gave up");
                last = journal.head().unwrap().seq;
                thread::yield_now();
            }
            if n % 4 == 3 {
                server.control(&["restart", "--mode=immediate"]);
                server.wait();
            } else {
                let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                           WHERE pid <> pg_backend_pid() AND datname = current_database()";
                server.psql(&name, cut).unwrap();
            }
            done.fetch_add(1, Ordering::Relaxed);
        }
        writing.join().unwrap()
    });
    let found = backup::verify_database(&journal).unwrap();
    assert_eq!((found.faults, found.items), (vec![], found.head.seq));
    let mut written = BTreeMap::new();
    let mut after = 0;
    while after < found.head.seq {
        for entry in journal.entries(after, 4_096).unwrap() {
            after = entry.seq;
            let was = written.insert(String::from_utf8(entry.body).unwrap(), entry.seq);
            assert_eq!(was, None, "entry {} is there twice", entry.seq);
        }
    }
    for (text, seq) in &tally.acknowledged {
        assert_eq!(written.remove(text), Some(*seq), "{text} was acknowledged");
    }
    assert!(written.keys().all(|text| tally.unknown.contains(text)), "{written:?}");
    println!(
        "outage: {CUTS} cuts, {RESTARTS} restarts: {} acknowledged, {} refused, {} unknown",
        tally.acknowledged.len(),
        tally.refused.len(),
        tally.unknown.len()
    );
}

#[test]
fn what_cannot_be_reached_is_said_with_what_to_do() {
    let place = tempfile::tempdir().unwrap();
    let url = format!("postgres:///desk?host={}&user=desk", place.path().display());
    let error = Journal::open(&url.parse().unwrap()).unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(error.to_string().contains("check that the database runs"), "{error}");
    let error =
        Journal::open(&"sqlite:/nowhere/at/all.db".parse().unwrap()).unwrap_err().to_string();
    assert!(error.contains("unable to open") && error.contains("permissions"), "{error}");
    let url = format!("{}&sslmode=require", shared().url("postgres"));
    let error = Journal::open(&url.parse().unwrap()).unwrap_err().to_string();
    assert!(error.contains("TLS"), "{error}");
}
