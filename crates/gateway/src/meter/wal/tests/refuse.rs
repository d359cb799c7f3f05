//! Disks that are full or fail: nobody is let in, and nothing is forgotten.

use std::sync::atomic::Ordering;

use super::super::*;
use super::support::*;
use crate::meter::record::tests::record;

/// Waits until the log writes again, and has written all that it kept.
fn recovered(log: &Log<Waiting>) {
    let deadline = (0..30_000).find(|_| {
        std::thread::sleep(std::time::Duration::from_millis(1));
        log.state() == State::Writing && log.found().rooms == 0
    });
    assert!(deadline.is_some(), "{}", log.state());
}

#[test]
fn a_full_disk_is_refused_and_nothing_is_forgotten() {
    for torn in [0, 1, 16, 70] {
        let dir = directory();
        let (log, disk) = open_on(dir.path(), small());
        write(&log, 0..3);
        let (admitted, late) = (log.reserve().unwrap(), log.reserve().unwrap());
        disk.fill(Some(torn));
        let Ok(Err(NotDurable::Kept(why))) = submit(admitted, &record(3)).recv_timeout(PATIENCE)
        else {
            panic!("it was written to a full disk")
        };
        let path = dir.path().join("0000000000000001.meter");
        assert_eq!(
            *why,
            format!(
                "cannot write the meter's log `{}`: No space left on device (os error 28); free \
                 some space there",
                path.display()
            )
        );
        assert_eq!((log.reserve().err(), log.has_room()), (Some(NoRoom::Refusing), false));
        assert_eq!(log.state(), State::Refusing(why));
        // Who was admitted before is told at once, and kept as well.
        let told = submit(late, &record(4)).recv_timeout(PATIENCE);
        assert!(matches!(told, Ok(Err(NotDurable::Kept(_)))), "{told:?}");
        disk.fill(None);
        recovered(&log);
        write(&log, 5..8);
        assert_eq!(all(&log).unwrap(), numbered(0..8), "torn after {torn}");
        drop(log);
        assert_eq!(all(&open(dir.path(), small())).unwrap(), numbered(0..8));
    }
}

#[test]
fn a_sync_that_fails_is_no_sync() {
    let dir = directory();
    let (log, disk) = open_on(dir.path(), small());
    write(&log, 0..2);
    disk.sync_fails.store(true, Ordering::Relaxed);
    let told = submit(log.reserve().unwrap(), &record(2)).recv_timeout(PATIENCE);
    let Ok(Err(error)) = told else { panic!("{told:?}") };
    assert!(
        error.to_string().ends_with(
            ": the disk is dying; look at the disk and the permissions; the record is kept in \
             memory and written as soon as that works"
        ),
        "{error}"
    );
    // What was written and not synced is no part of the log for those who read it.
    assert_eq!(all(&log).unwrap(), numbered(0..2));
    disk.sync_fails.store(false, Ordering::Relaxed);
    recovered(&log);
    assert_eq!(all(&log).unwrap(), numbered(0..3));
}

#[test]
fn a_segment_that_cannot_be_begun_is_refused_too() {
    let dir = directory();
    let (log, disk) = open_on(dir.path(), small());
    disk.create_fails.store(true, Ordering::Relaxed);
    let mut number = 0;
    loop {
        let told = submit(log.reserve().unwrap(), &record(number)).recv_timeout(PATIENCE);
        number += 1;
        match told {
            Ok(Ok(())) => assert!(number < 50, "no segment was ever full"),
            Ok(Err(NotDurable::Kept(_))) => break,
            other => panic!("{other:?}"),
        }
    }
    disk.create_fails.store(false, Ordering::Relaxed);
    recovered(&log);
    assert_eq!(all(&log).unwrap(), numbered(0..number));
}

#[test]
fn what_could_not_be_written_is_given_back_at_the_close() {
    let dir = directory();
    let (log, disk) = open_on(dir.path(), small());
    write(&log, 0..2);
    let rooms: Vec<_> = (0..20).map(|_| log.reserve().unwrap()).collect();
    disk.fill(Some(30));
    for (number, room) in (2..).zip(rooms) {
        room.submit(&record(number), None);
    }
    let unwritten = log.close().unwrap_err();
    assert_eq!(unwritten.records, numbered(2..22));
    let said = unwritten.to_string();
    assert!(
        said.starts_with("20 records were not written: cannot write the meter's log"),
        "{said}"
    );
    drop(log);
    let log = open(dir.path(), small());
    assert_eq!((all(&log).unwrap(), log.found().cut_bytes), (numbered(0..2), 30));
}

#[test]
fn an_older_log_opens_on_a_full_disk_and_a_new_one_does_not() {
    let dir = directory();
    let full = || Behaviour { create_fails: true.into(), ..Behaviour::default() };
    let said = open_as(dir.path(), small(), full()).err().unwrap().to_string();
    let begun = format!("cannot begin the meter's log in `{}`", dir.path().display());
    assert!(said.starts_with(&begun), "{said}");
    write(&open(dir.path(), small()), 0..3);
    let (log, _) = open_as(dir.path(), small(), full()).unwrap();
    assert_eq!(log.reserve().err(), Some(NoRoom::Refusing));
    assert!(matches!(log.state(), State::Refusing(why) if why.contains("2.meter`")));
    // It can be read, and closed.
    assert_eq!(all(&log).unwrap(), numbered(0..3));
    log.close().unwrap();
    drop(log);
    let (log, disk) = open_as(dir.path(), small(), full()).unwrap();
    disk.create_fails.store(false, Ordering::Relaxed);
    recovered(&log);
    write(&log, 3..5);
    assert_eq!(all(&log).unwrap(), numbered(0..5));
}
