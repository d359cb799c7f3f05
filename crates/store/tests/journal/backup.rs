//! Backups: from either database into either, while a writer writes, up to a point in time; and
//! every way in which a file can be damaged is found.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use leasehold_store::journal::backup::{Until, create, restore, verify, verify_database};
use leasehold_store::journal::{Batch, Journal, JournalError, OutboxState, Outcome};

use crate::story::{NODES, answer, node, post};
use crate::support::*;

/// A journal of 300 entries with something of everything.
fn full(backend: Backend) -> (Place, Journal) {
    let (place, journal) = begun(backend);
    let mut writer = lead(&journal, "desk-1");
    writer.projections(&[&NODES]).unwrap();
    for n in 0..3 {
        let mut batch = Batch::on(writer.head());
        for entry in 1..=100 {
            batch.append(draft(n * 100 + entry)).unwrap();
            if entry % 40 == 0 {
                batch.post(post(5)).unwrap();
            }
        }
        batch.answer(answer(&format!("key {n}"), 10)).unwrap();
        batch.put(&node(u32::try_from(n).unwrap(), "red"));
        if n < 2 {
            batch.snapshot(1, vec![n as u8; 1_500_000]).unwrap();
        }
        writer.commit(&batch).unwrap();
    }
    let mut batch = Batch::on(writer.head());
    batch
        .append(leasehold_store::journal::Draft { body: vec![0, 159, 146, 150], ..draft(301) })
        .unwrap();
    batch.settle("40-0".parse().unwrap(), Outcome::Done(at(50))).unwrap();
    writer.commit(&batch).unwrap();
    (place, journal)
}

fn backup_of(journal: &Journal) -> Vec<u8> {
    let mut file = Vec::new();
    let summary = create(journal, at(1_000), &mut file).unwrap();
    assert_eq!(verify(&mut &file[..]).unwrap(), summary);
    file
}

#[test]
fn a_backup_goes_from_either_database_into_either() {
    let mut files = Vec::new();
    for backend in BOTH {
        let (_place, journal) = full(backend);
        let found = verify_database(&journal).unwrap();
        assert_eq!(found.faults, [""; 0]);
        assert_eq!((found.head.seq, found.whole), (301, found.head));
        assert_eq!((found.items, found.answers, found.snapshot), (6, 3, Some(200)));
        let file = backup_of(&journal);
        for into in BOTH {
            let place = empty(into);
            let summary = restore(&mut &file[..], &place.address, Until::End).unwrap();
            assert_eq!((summary.entries, summary.items, summary.answers), (301, 6, 3));
            let restored = Journal::open(&place.address).unwrap();
            assert_eq!(restored.head().unwrap(), journal.head().unwrap());
            assert_eq!(restored.entries(250, 100).unwrap(), journal.entries(250, 100).unwrap());
            assert_eq!(restored.outbox_count(OutboxState::Done).unwrap(), 1);
            assert_eq!(restored.snapshot(u64::MAX).unwrap(), journal.snapshot(u64::MAX).unwrap());
            assert_eq!(restored.standings().unwrap(), []);
            assert_eq!(
                backup_of(&restored),
                file,
                "a backup of what was restored is the same file"
            );
            // Its leaders have larger tokens than any before.
            assert!(lead(&restored, "desk-9").token() > journal.leader().unwrap().token);
            let again = restore(&mut &file[..], &place.address, Until::End).unwrap_err();
            assert!(matches!(again, JournalError::Occupied { .. }), "{again}");
        }
        files.push(file);
    }
    assert!(files[0] == files[1], "both databases have the same backup");
}

#[test]
fn a_journal_is_restored_up_to_an_entry_or_an_instant() {
    let (_place, journal) = full(Backend::Sqlite);
    let file = backup_of(&journal);
    for backend in BOTH {
        for (until, seq, items, answers, snapshot) in [
            (Until::Seq(0), 0, 0, 0, None),
            (Until::Seq(150), 150, 3, 1, None),
            (Until::Seq(200), 200, 4, 2, Some(200)),
            (Until::At(at(150)), 150, 3, 1, None),
            (Until::At(at(9_999)), 301, 6, 3, Some(200)),
        ] {
            let place = empty(backend);
            let summary = restore(&mut &file[..], &place.address, until).unwrap();
            let found = (summary.entries, summary.items, summary.answers, summary.snapshot);
            assert_eq!(found, (seq, items, answers, snapshot), "{until:?}");
            let restored = Journal::open(&place.address).unwrap();
            let checked = verify_database(&restored).unwrap();
            assert_eq!((checked.head.seq, checked.faults), (seq, vec![]));
            // It goes on from there.
            let mut writer = lead(&restored, "desk-1");
            let mut batch = Batch::on(writer.head());
            batch.append(draft(9_999)).unwrap();
            assert_eq!(writer.commit(&batch).unwrap().seq, seq + 1);
        }
    }
    let place = empty(Backend::Sqlite);
    for (until, words) in
        [(Until::Seq(302), "entry 301, and entry 302"), (Until::At(at(-1)), "began at")]
    {
        let error = restore(&mut &file[..], &place.address, until).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_backup_is_one_state_while_a_writer_writes() {
    for backend in BOTH {
        let (_place, journal) = begun(backend);
        let (mut writer, stop) = (lead(&journal, "desk-1"), AtomicBool::new(false));
        let mut sizes = Vec::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let mut batch = Batch::on(writer.head());
                    for n in 0..20 {
                        batch.append(draft(writer.head().seq + n)).unwrap();
                    }
                    batch.post(post(1)).unwrap();
                    let key = writer.head().seq.to_string();
                    batch.answer(answer(&key, 1)).unwrap();
                    writer.commit(&batch).unwrap();
                }
            });
            while sizes.len() < 8 {
                // Each has something that the one before it has not.
                while journal.head().unwrap().seq <= sizes.last().copied().unwrap_or_default() {
                    thread::yield_now();
                }
                let mut file = Vec::new();
                let summary = create(&journal, at(1_000), &mut file).unwrap();
                let batches = summary.entries / 20;
                assert_eq!((summary.items, summary.answers), (batches, batches));
                assert_eq!(verify(&mut &file[..]).unwrap(), summary);
                sizes.push(summary.entries);
            }
            stop.store(true, Ordering::Relaxed);
        });
        assert!(sizes.is_sorted_by(|one, next| one < next), "{sizes:?}");
    }
}

#[test]
fn every_damage_is_found_and_nothing_is_restored() {
    let (_place, journal) = full(Backend::Sqlite);
    let file = backup_of(&journal);
    let lines: Vec<&[u8]> = file.split_inclusive(|byte| *byte == b'\n').collect();
    let mut damaged: Vec<Vec<u8>> = Vec::new();
    for n in [0, 1, 150, 301, 302, 305, 308, 310, 312, 313, lines.len() - 1] {
        let without: Vec<&[u8]> =
            lines.iter().enumerate().filter(|(m, _)| *m != n).map(|(_, line)| *line).collect();
        damaged.push(without.concat());
        let mut twice = lines.clone();
        twice.insert(n, lines[n]);
        damaged.push(twice.concat());
        damaged.push(lines[..n].concat());
        let mut changed: Vec<Vec<u8>> = lines.iter().map(|line| line.to_vec()).collect();
        let digit = changed[n].iter().rposition(u8::is_ascii_digit).unwrap();
        changed[n][digit] = if changed[n][digit] == b'7' { b'8' } else { b'7' };
        damaged.push(changed.concat());
    }
    damaged.push(file[..file.len() - 1].to_vec());
    damaged.push([&file[..], b"\n"].concat());
    let place = empty(Backend::Sqlite);
    for (n, file) in damaged.iter().enumerate() {
        let fault = verify(&mut &file[..]).expect_err(&format!("damage {n} is not found"));
        restore(&mut &file[..], &place.address, Until::End).unwrap_err();
        let restored = Journal::open(&place.address).unwrap();
        assert!(matches!(restored.head(), Err(JournalError::Empty)), "damage {n}: {fault}");
        assert_eq!(restored.entries(0, 1).unwrap(), []);
    }
    let words = |n: usize| verify(&mut &damaged[n][..]).unwrap_err().to_string();
    insta::assert_snapshot!(words(0), @"line 1 of the backup: it is not the header of a backup; name another file");
    insta::assert_snapshot!(words(8), @"line 151 of the backup: entry 150 should be next, and there is entry 151: one was added, dropped or moved");
    insta::assert_snapshot!(words(10), @"line 151 of the backup: the file ends before its last line: it was cut off; take another copy");
}
