//! A directory of books says what the books say in memory, whatever the threads and however often
//! it is opened.

#![allow(clippy::unwrap_used, reason = "test helpers: what cannot go on says where")]

mod story;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use leasehold_books::{Books, Policy};
use leasehold_store::StoreError;
use leasehold_store::directory::{Directory, Registered, Taken, Tally};
use story::*;

/// Every file of a directory, by its name.
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

fn assert_same(stored: &Books, memory: &Books) {
    let numbers = |books: &Books| -> Vec<String> {
        books.invoices().iter().map(|invoice| invoice.number.clone()).collect()
    };
    assert_eq!(numbers(stored), numbers(memory));
    for (one, other) in stored.invoices().iter().zip(memory.invoices()) {
        assert_eq!(one, other, "{}", one.number);
        let number = &one.number;
        assert_eq!(stored.settlements(number), memory.settlements(number), "{number}");
    }
    assert_eq!(stored.credit_notes(), memory.credit_notes());
    let balance = |books: &Books| books.journal().trial_balance(day(CLOSES[3])).unwrap();
    assert_eq!(balance(stored), balance(memory));
    assert_eq!(stored.journal().entries().len(), memory.journal().entries().len());
}

#[test]
fn it_says_what_the_books_say_in_memory_on_any_number_of_threads() {
    let memory = in_memory();
    assert!(memory.parked().is_empty(), "{:?}", memory.parked());
    assert!(memory.credit_notes().len() > 3, "the story needs corrections");
    let mut last: Option<BTreeMap<String, Vec<u8>>> = None;
    for threads in [1, 2, 5] {
        let dir = tempfile::tempdir().unwrap();
        drop(Directory::create(dir.path(), Policy::default()).unwrap());
        for n in 0..CLOSES.len() {
            let mut books = Directory::open(dir.path()).unwrap();
            tell(&mut books, n, threads, &mut |_| ());
        }
        let mut books = Directory::open(dir.path()).unwrap();
        assert_same(&books.books().unwrap(), &memory);
        let written = files(dir.path());
        if let Some(last) = &last {
            let same = written.iter().zip(last).all(|(one, other)| one == other);
            assert!(same && written.len() == last.len(), "{threads} threads write other bytes");
        }
        last = Some(written);
    }
}

#[test]
fn a_directory_that_stays_open_says_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let mut books = Directory::create(dir.path(), Policy::default()).unwrap();
    for n in 0..CLOSES.len() {
        tell(&mut books, n, 2, &mut |_| ());
    }
    assert_same(&books.books().unwrap(), &in_memory());
}

#[test]
fn a_close_that_is_stopped_after_any_part_ends_in_the_same_bytes() {
    let whole = tempfile::tempdir().unwrap();
    let mut books = Directory::create(whole.path(), Policy::default()).unwrap();
    (0..CLOSES.len()).for_each(|n| _ = tell(&mut books, n, 2, &mut |_| ()));
    let expected = files(whole.path());
    let mut stops = 0;
    for (every, reopened) in [(1, true), (1, false), (2, true), (3, true)] {
        let dir = tempfile::tempdir().unwrap();
        let mut books = Directory::create(dir.path(), Policy::default()).unwrap();
        for (n, through) in CLOSES.iter().enumerate() {
            take(&mut books, n, &mut |_| ());
            let mut stopped = true;
            while stopped {
                let mut parts = 0;
                let mut go_on = |_| {
                    parts += 1;
                    parts < every
                };
                stopped = books.close(day(through), pace(1), &mut go_on).unwrap().stopped;
                stops += usize::from(stopped);
                if reopened {
                    drop(books);
                    books = Directory::open(dir.path()).unwrap();
                }
            }
        }
        assert_same_files(&files(dir.path()), &expected, &format!("stopped every {every} parts"));
    }
    assert!(stops > 20, "the story needs parts to stop after: {stops} stops");
}

#[test]
fn a_close_that_is_killed_while_it_writes_any_frame_ends_in_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let mut books = Directory::create(dir.path(), Policy::default()).unwrap();
    let log = "close/close-000000.log";
    for (n, through) in CLOSES.iter().enumerate() {
        let before = fs::read(dir.path().join(log)).unwrap().len();
        tell(&mut books, n, 1, &mut |_| ());
        drop(books);
        let expected = files(dir.path());
        // The entries of the frame that is torn are posted, and those of all that come after it.
        for torn in frames(&expected[log]).filter(|end| *end > before) {
            let killed = tempfile::tempdir().unwrap();
            write_files(killed.path(), &expected);
            fs::write(killed.path().join(log), &expected[log][..torn - 1]).unwrap();
            let mut books = Directory::open(killed.path()).unwrap();
            books.close(day(through), pace(2), &mut |_| true).unwrap();
            drop(books);
            let what = format!("chapter {n}, killed in the frame before byte {torn}");
            assert_same_files(&files(killed.path()), &expected, &what);
        }
        books = Directory::open(dir.path()).unwrap();
    }
}

/// Where each frame of a segment ends.
fn frames(segment: &[u8]) -> impl Iterator<Item = usize> {
    const HEADER: usize = 32;
    const FRAME_HEADER: usize = 28;
    let length = |at: usize| {
        let bytes = segment.get(at + 4..at + 8)?;
        Some(at + FRAME_HEADER + u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    };
    std::iter::successors(length(HEADER), move |at| length(*at))
}

fn write_files(dir: &Path, files: &BTreeMap<String, Vec<u8>>) {
    for (name, bytes) in files {
        fs::create_dir_all(dir.join(name).parent().unwrap()).unwrap();
        fs::write(dir.join(name), bytes).unwrap();
    }
}

fn assert_same_files(
    found: &BTreeMap<String, Vec<u8>>,
    expected: &BTreeMap<String, Vec<u8>>,
    what: &str,
) {
    let names: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let differ: Vec<_> = names.iter().filter(|n| found.get(**n) != expected.get(**n)).collect();
    assert!(differ.is_empty(), "{what}: {differ:?} differ");
}

#[test]
fn what_comes_again_counts_once_and_the_tally_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut books = Directory::create(dir.path(), Policy::default()).unwrap();
    books.register(&leases()).unwrap();
    let events = chapter(0);
    let tally = |taken: Vec<Taken>| {
        let mut tally = Tally::default();
        taken.iter().for_each(|taken| tally.add(taken));
        tally
    };
    let first = tally(books.take(&events).unwrap());
    assert_eq!((first.duplicates, first.conflicts, first.refused), (3, 1, 0), "{first:?}");
    assert!(first.voided > 0, "{first:?}");
    let before = files(dir.path());
    for _ in 0..2 {
        let again = tally(books.take(&events).unwrap());
        assert_eq!((again.new, again.conflicts), (0, 1), "{again:?}");
        assert!(files(dir.path()) == before, "what is there is written again");
        drop(books);
        books = Directory::open(dir.path()).unwrap();
    }
}

#[test]
fn a_late_record_touches_its_lease_alone() {
    let dir = tempfile::tempdir().unwrap();
    let mut books = Directory::create(dir.path(), Policy::default()).unwrap();
    for n in 0..CLOSES.len() {
        tell(&mut books, n, 1, &mut |_| ());
    }
    // A lease that ended with March is over: nothing is due of it by itself.
    let mut late = chapter(0)[0].clone();
    late.key.id = "late".into();
    late.at = "2027-06-10T00:00:00Z".parse().unwrap();
    late.lease = leases()[0].id.clone();
    assert_eq!(books.take(&[late]).unwrap(), [Taken::Late]);
    let report = books.close(day("2027-06-29"), pace(1), &mut |_| true).unwrap();
    // Once to hear of it, once on the day on which it was learnt.
    assert_eq!((report.leases, report.invoices), (2, 0));
}

#[test]
fn a_signed_lease_does_not_change() {
    let dir = tempfile::tempdir().unwrap();
    let mut books = Directory::create(dir.path(), Policy::default()).unwrap();
    let mut leases = leases();
    leases.truncate(3);
    let registered = books.register(&leases).unwrap();
    assert!(registered.iter().all(|r| matches!(r, Registered::New(_))));
    leases[1].title = "another".to_owned();
    drop(books);
    let mut books = Directory::open(dir.path()).unwrap();
    let again = books.register(&leases).unwrap();
    assert!(matches!(
        again[..],
        [Registered::Known(_), Registered::Different(_), Registered::Known(_)]
    ));
}

#[test]
fn one_process_has_it_and_others_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let missing = Directory::open(dir.path()).unwrap_err();
    assert!(matches!(missing, StoreError::Foreign { .. }), "{missing}");
    let _books = Directory::create(dir.path(), Policy::default()).unwrap();
    let second = Directory::open(dir.path()).unwrap_err();
    assert!(
        second.to_string().ends_with(
            "is in use by another process; wait for it to end, or name another directory"
        )
    );
}
