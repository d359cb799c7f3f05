//! A disk that fills while the meter writes.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use leasehold_gateway::meter::ship::Shipper;
use leasehold_gateway::meter::wal::{Limits, Log, NoRoom, NotDurable, State};
use leasehold_gateway::meter::{LogId, Record};

use super::store::{FileStore, Taken};
use super::support::{PATIENCE, Waiting, all, alone, record, submit};

/// Runs `test` of this binary alone, on a disk of 400 kB at `dir`. Mounting needs a namespace of
/// one's own, which not every machine gives.
fn on_a_small_disk(test: &str, dir: &Path) -> Option<std::process::Output> {
    let script = format!(
        "mount -t tmpfs -o size=400k none '{}' || exit 77; exec \"$0\" \"$@\"",
        dir.display()
    );
    let run = Command::new("unshare")
        .args(["--mount", "--map-root-user", "sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .args(alone(test))
        .env("METER_TEST_DISK", dir)
        .output();
    run.ok().filter(|run| run.status.code() != Some(77) && !run.stdout.is_empty())
}

#[test]
fn a_full_disk_is_survived() {
    let dir = tempfile::tempdir().unwrap();
    match on_a_small_disk("meter::disk::inside_a_small_disk", dir.path()) {
        Some(run) => {
            let said = [run.stdout, run.stderr].concat();
            let said = String::from_utf8_lossy(&said).into_owned();
            assert!(run.status.success() && said.contains("1 passed"), "{said}");
        }
        // The log's own tests do the same with /dev/full, which every Linux has.
        None => println!("no small disk can be mounted here"),
    }
}

/// Writes records of numbers from `number` on until the disk is full; gives the next number. The
/// last one written was refused.
fn fill(log: &Log<Waiting>, mut number: u64) -> u64 {
    loop {
        let told = submit(log.reserve().unwrap(), &record(number)).recv_timeout(PATIENCE);
        number += 1;
        match told.unwrap() {
            Ok(()) => {}
            Err(NotDurable::Kept(why)) => {
                let said = "No space left on device (os error 28); free some space there";
                assert!(why.ends_with(said), "{why}");
                return number;
            }
            Err(other) => panic!("{other}"),
        }
    }
}

/// Waits until the log writes again, and has written all that it kept.
fn until_it_writes(log: &Log<Waiting>) {
    let waited = (0..60_000).find(|_| {
        std::thread::sleep(Duration::from_millis(1));
        log.state() == State::Writing && log.found().rooms == 0
    });
    assert!(waited.is_some(), "{}", log.state());
}

#[test]
#[ignore = "run by `a_full_disk_is_survived` on a disk of its own"]
#[allow(clippy::disallowed_methods, reason = "the test that runs this one says where its disk is")]
fn inside_a_small_disk() {
    let Ok(disk) = std::env::var("METER_TEST_DISK") else { return };
    let disk = Path::new(&disk);
    let (dir, ballast) = (disk.join("log"), disk.join("ballast"));
    fs::write(&ballast, vec![1; 200_000]).unwrap();
    let limits = Limits {
        frame_bytes: 4_096,
        segment_bytes: 16_384,
        retry: Duration::from_millis(2),
        ..Limits::default()
    };
    let log = Log::<Waiting>::open(&dir, limits, LogId(1)).unwrap();

    // Full: nobody is let in; who was in is told, and kept.
    let admitted: Vec<_> = (0..100).map(|_| log.reserve().unwrap()).collect();
    let mut number = fill(&log, 0);
    assert_eq!(log.reserve().err(), Some(NoRoom::Refusing));
    for room in admitted {
        let told = submit(room, &record(number)).recv_timeout(PATIENCE).unwrap();
        assert!(matches!(told, Err(NotDurable::Kept(_))), "{told:?}");
        number += 1;
    }
    // Space returns: all of it is written, and the log goes on.
    fs::remove_file(&ballast).unwrap();
    until_it_writes(&log);
    let ids = |records: Vec<Record>| {
        records.iter().map(|record| record.id.to_string()).collect::<Vec<_>>()
    };
    let expected = |numbers| (0..numbers).map(record).collect::<Vec<_>>();
    assert_eq!(ids(all(&log)), ids(expected(number)));

    // Full again, with a gateway that stops: what it could not write it gives back.
    let number = fill(&log, number);
    let unwritten = log.close().unwrap_err();
    assert_eq!(unwritten.records, [record(number - 1)]);
    drop(log);
    fs::write(disk.join("rest"), vec![1; 400_000]).unwrap_err();

    // It starts on the full disk, lets nobody in, and shipping alone makes room.
    let log = Log::<Waiting>::open(&dir, limits, LogId(1)).unwrap();
    assert_eq!(log.reserve().err(), Some(NoRoom::Refusing));
    let store = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let path = store.path().join("store");
    let mut shipper = Shipper::new(log.tail(), FileStore::open(path.clone()));
    while shipper.step().unwrap() > 0 {}
    until_it_writes(&log);
    let told = submit(log.reserve().unwrap(), &record(number)).recv_timeout(PATIENCE);
    assert_eq!(told, Ok(Ok(())));
    while shipper.step().unwrap() > 0 {}
    let written = [expected(number - 1), vec![record(number)]].concat();
    assert_eq!(Taken::read(&path).ids, ids(written));
}
