//! Who waits, who shares a sync, and how much of everything there may be.

use std::time::Duration;

use super::super::*;
use super::support::*;
use crate::meter::record::tests::record;
use crate::meter::{LogId, RECORD_BYTES_MAX};

#[test]
fn who_comes_while_a_sync_runs_shares_the_next_one() {
    let dir = directory();
    let (log, disk) = open_on(dir.path(), Limits::default());
    let holding = disk.hold();
    let first = submit(log.reserve().unwrap(), &record(0));
    disk.until_one_waits();
    let others: Vec<_> =
        (1..50).map(|number| submit(log.reserve().unwrap(), &record(number))).collect();
    assert!(first.try_recv().is_err() && others.iter().all(|told| told.try_recv().is_err()));
    drop(holding);
    for told in [first].into_iter().chain(others) {
        assert_eq!(told.recv_timeout(PATIENCE), Ok(Ok(())));
    }
    let found = log.found();
    assert_eq!((found.records, found.frames, found.rooms), (50, 2, 0));
    assert_eq!(all(&log).unwrap(), numbered(0..50));
}

#[test]
fn records_that_nobody_waits_for_gather() {
    let dir = directory();
    let log = open(dir.path(), Limits { idle: PATIENCE, ..Limits::default() });
    for number in 0..10 {
        log.reserve().unwrap().submit(&record(number), None);
    }
    assert_eq!((log.found().records, log.found().rooms), (0, 10));
    // One that somebody waits for takes them along, in order.
    write(&log, [10]);
    assert_eq!((log.found().records, log.found().frames), (11, 1));
    assert_eq!(all(&log).unwrap(), numbered(0..=10));
}

#[test]
fn records_that_nobody_waits_for_do_not_wait_for_ever() {
    let dir = directory();
    let log = open(dir.path(), Limits { idle: Duration::from_millis(1), ..Limits::default() });
    let tail = log.tail();
    log.reserve().unwrap().submit(&record(0), None);
    assert!(tail.wait(tail.first(), PATIENCE));
    assert_eq!(all(&log).unwrap(), numbered([0]));
}

#[test]
fn what_was_handed_over_is_written_at_the_close() {
    let dir = directory();
    let log = open(dir.path(), Limits { idle: PATIENCE, ..Limits::default() });
    let late = log.reserve().unwrap();
    log.reserve().unwrap().submit(&record(0), None);
    log.close().unwrap();
    assert_eq!(log.reserve().err(), Some(NoRoom::Closed));
    assert_eq!(submit(late, &record(1)).recv_timeout(PATIENCE), Ok(Err(NotDurable::Closed)));
    drop(log);
    assert_eq!(all(&open(dir.path(), Limits::default())).unwrap(), numbered([0]));
}

#[test]
fn rooms_are_reserved_and_given_back() {
    let dir = directory();
    let (log, disk) = open_on(dir.path(), Limits { rooms: 3, ..small() });
    let mut rooms: Vec<_> = (0..3).map(|_| log.reserve().unwrap()).collect();
    assert_eq!((log.reserve().err(), log.has_room()), (Some(NoRoom::Rooms), false));
    drop(rooms.pop());
    assert!(log.has_room());
    // A record that waits holds its room until it is durable.
    let holding = disk.hold();
    let told = submit(rooms.pop().unwrap(), &record(0));
    let more = log.reserve().unwrap();
    assert_eq!(log.reserve().err(), Some(NoRoom::Rooms));
    drop(holding);
    assert_eq!(told.recv_timeout(PATIENCE), Ok(Ok(())));
    assert!(log.has_room());
    drop((more, rooms));
    assert_eq!(log.found().rooms, 0);
}

#[test]
fn many_callers_and_many_segments() {
    let dir = directory();
    let log = open(dir.path(), small());
    std::thread::scope(|scope| {
        for caller in 0..8 {
            let log = &log;
            scope.spawn(move || write(log, (0..50).map(|number| caller * 1_000 + number)));
        }
    });
    let records = all(&log).unwrap();
    for caller in 0..8 {
        let base = numbered([caller * 1_000])[0].received.0;
        let own: Vec<_> = records
            .iter()
            .filter(|record| (base..base + 1_000).contains(&record.received.0))
            .cloned()
            .collect();
        assert_eq!(own, numbered((0..50).map(|number| caller * 1_000 + number)));
    }
    assert!(segments(dir.path()).len() > 20);
    let on_disk: u64 = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    assert_eq!(log.found().disk_bytes, on_disk);
}

#[test]
fn a_directory_has_one_log_at_a_time() {
    let dir = directory();
    let log = open(dir.path(), small());
    let second = Log::<Waiting>::open(dir.path(), small(), LogId(2));
    let said = second.err().unwrap().to_string();
    assert!(said.starts_with("another process has the log `/"), "{said}");
    drop(log);
    assert_eq!(open(dir.path(), small()).id(), LogId(1));
}

#[test]
fn limits_that_contradict_each_other_are_refused() {
    let dir = directory();
    let said = |limits: Limits| {
        Log::<Waiting>::open(dir.path(), limits, LogId(1)).err().unwrap().to_string()
    };
    let prefix = "the limits of the meter's log cannot be used: ";
    assert_eq!(said(Limits { rooms: 0, ..small() }), format!("{prefix}`rooms` must be at least 1"));
    let frames = Limits { frame_bytes: RECORD_BYTES_MAX - 1, ..small() };
    assert_eq!(
        said(frames),
        format!("{prefix}`frame_bytes` must be between {RECORD_BYTES_MAX} and {FRAME_BYTES_MAX}")
    );
    let segments = Limits { segment_bytes: 1_000, ..small() };
    assert!(said(segments).starts_with(&format!("{prefix}`segment_bytes` must be between 1216")));
    let bytes = Limits { log_bytes: 2_432, ..small() };
    assert!(said(bytes).contains("`log_bytes` must be at least 80256: two segments and 1216"));
}
