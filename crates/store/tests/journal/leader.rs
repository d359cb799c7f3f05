//! One leader at a time: whoever was deposed is refused, whatever it does, and leaves no trace.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use leasehold_store::journal::{
    Batch, Head, Journal, JournalError, Lead, Outcome, Retention, Writer,
};
use leasehold_types::Seconds;

use crate::story::{NODES, node, post};
use crate::support::*;

/// Leads for no time at all, so that another may take over at once.
fn briefly(journal: &Journal, holder: &str) -> Writer {
    match journal.lead(holder, Duration::ZERO).unwrap() {
        Lead::Won(writer) => *writer,
        Lead::Held { holder, .. } => panic!("{holder} leads"),
    }
}

fn one(writer: &Writer, n: u64) -> Batch {
    let mut batch = Batch::on(writer.head());
    batch.append(draft(n)).unwrap();
    batch.post(post(1)).unwrap();
    batch.put(&node(u32::try_from(n).unwrap(), "red"));
    batch
}

#[test]
fn a_deposed_leader_writes_nothing() {
    for backend in BOTH {
        let (_place, journal) = begun(backend);
        let mut old = briefly(&journal, "desk-1");
        old.projections(&[&NODES]).unwrap();
        old.commit(&one(&old, 1)).unwrap();
        let prepared = one(&old, 2);
        let mut new = lead(&journal, "desk-2");
        assert_eq!((old.token(), new.token()), (1, 2));
        new.projections(&[&NODES]).unwrap();
        let state = |journal: &Journal| {
            let mut file = Vec::new();
            leasehold_store::journal::backup::create(journal, at(1), &mut file).unwrap();
            (file, journal.standings().unwrap(), journal.leader().unwrap().holder)
        };
        let before = state(&journal);
        let mut settled = Batch::on(old.head());
        settled.settle("1-0".parse().unwrap(), Outcome::Done(at(1))).unwrap();
        let keep = Retention { done: Seconds(0), dead: Seconds(0), snapshots: 1 };
        let deposed = |done: Result<(), JournalError>| match done {
            Err(JournalError::Deposed { token: 1, current: 2 }) => (),
            done => panic!("{done:?}"),
        };
        deposed(old.commit(&prepared).map(drop));
        deposed(old.resync().map(drop));
        for attempt in 0..2 {
            println!("{backend:?}, attempt {attempt}");
            // A writer that was refused says so again, and does not go on by itself.
            let mut asleep = old_writer(&journal, &mut new);
            let token = asleep.0.token();
            let refused = |done: Result<(), JournalError>| match done {
                Err(JournalError::Deposed { token: found, .. }) if found == token => (),
                done => panic!("{done:?}"),
            };
            match attempt {
                0 => {
                    refused(asleep.0.commit(&settled_on(asleep.1)).map(drop));
                }
                _ => {
                    refused(asleep.0.renew(LONG));
                    refused(asleep.0.claim(at(9), at(99), 9).map(drop));
                }
            }
        }
        let mut asleep = old_writer(&journal, &mut new);
        assert!(matches!(asleep.0.prune(at(1_000_000), keep), Err(JournalError::Deposed { .. })));
        let mut asleep = old_writer(&journal, &mut new);
        assert!(matches!(asleep.0.rebuild(&NODES), Err(JournalError::Deposed { .. })));
        let asleep = old_writer(&journal, &mut new);
        asleep.0.resign().unwrap();
        let after = state(&journal);
        // The token in the header of the file has grown; nothing else has changed.
        let rest = |file: &[u8]| file.splitn(2, |byte| *byte == b'\n').nth(1).unwrap().to_vec();
        let lines = |file: Vec<u8>| {
            let rest = rest(&file);
            let end = rest.windows(8).rposition(|part| part == b"{\"end\":{").unwrap();
            rest[..end].to_vec()
        };
        assert!(lines(after.0) == lines(before.0) && after.1 == before.1);
        assert_eq!(after.2, "desk-2");
        new.projections(&[&NODES]).unwrap();
        new.commit(&one(&new, 2)).unwrap();
        new.resign().unwrap();
        assert_eq!(journal.leader().unwrap().holder, "");
        lead(&journal, "desk-3");
    }
}

fn settled_on(head: Head) -> Batch {
    let mut settled = Batch::on(head);
    settled.settle("1-0".parse().unwrap(), Outcome::Done(at(1))).unwrap();
    settled
}

/// A writer that was deposed by `new` and does not know it yet.
fn old_writer(journal: &Journal, new: &mut Writer) -> (Writer, Head) {
    let leader = journal.leader().unwrap().holder;
    std::mem::replace(new, lead(journal, &leader)).resign().unwrap();
    let old = briefly(journal, "desk-2");
    let head = old.head();
    *new = lead(journal, "desk-2");
    (old, head)
}

/// Four leaders that depose each other without pause: each acknowledged entry is in the journal
/// once, and nothing else is.
#[test]
fn leaders_that_depose_each_other_lose_and_double_nothing() {
    const ENTRIES: usize = 160;
    for backend in BOTH {
        let (_place, journal) = begun(backend);
        let acknowledged: Mutex<BTreeMap<u64, String>> = Mutex::default();
        thread::scope(|scope| {
            for name in ["a", "b", "c", "d"] {
                let (journal, acknowledged) = (&journal, &acknowledged);
                scope.spawn(move || {
                    for n in 0_u32.. {
                        let mut writer = briefly(journal, name);
                        loop {
                            if acknowledged.lock().unwrap().len() >= ENTRIES {
                                return;
                            }
                            let mut batch = Batch::on(writer.head());
                            let mut entry = draft(0);
                            entry.body = format!("{name} {n} {}", writer.head().seq).into_bytes();
                            let text = String::from_utf8(entry.body.clone()).unwrap();
                            batch.append(entry).unwrap();
                            batch.post(post(1)).unwrap();
                            match writer.commit(&batch) {
                                Ok(head) => {
                                    let was = acknowledged.lock().unwrap().insert(head.seq, text);
                                    assert_eq!(was, None, "entry {} was written twice", head.seq);
                                    // So that another one has its turn.
                                    thread::sleep(Duration::from_millis(1));
                                }
                                Err(JournalError::Deposed { .. }) => break,
                                Err(error) => panic!("{error}"),
                            }
                        }
                    }
                });
            }
        });
        let acknowledged = acknowledged.into_inner().unwrap();
        let found = leasehold_store::journal::backup::verify_database(&journal).unwrap();
        assert_eq!((found.faults, found.items), (vec![], found.head.seq));
        let entries = journal.entries(0, 4_096).unwrap();
        let written: BTreeMap<u64, String> = entries
            .into_iter()
            .map(|entry| (entry.seq, String::from_utf8(entry.body).unwrap()))
            .collect();
        assert_eq!(written, acknowledged);
        println!(
            "{backend:?}: {} leaders, {} entries",
            journal.leader().unwrap().token,
            written.len()
        );
    }
}
