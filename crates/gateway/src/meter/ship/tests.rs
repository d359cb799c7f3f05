//! A store that is away, dies at any step, or was set back; logs that are killed at any step.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::meter::LogId;
use crate::meter::wal::tests::support::*;
use crate::meter::wal::{Limits, Log, NoRoom};

/// A store in memory: what it took and where it stands change together.
#[derive(Debug, Default, Clone)]
struct Store {
    stands: BTreeMap<LogId, Cursor>,
    taken: Vec<Record>,
    parcels: usize,
    next: Fate,
}

/// What becomes of the next parcel.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is taken.
    #[default]
    Taken,
    /// The store is away.
    Away,
    /// It dies before it commits.
    NotTaken,
    /// It commits, and its answer is lost.
    AnswerLost,
}

#[derive(Debug, PartialEq, Eq)]
struct Lost;

impl Sink for &mut Store {
    type Error = Lost;

    fn cursor(&mut self, log: LogId) -> Result<Option<Cursor>, Lost> {
        if self.next == Fate::Away { Err(Lost) } else { Ok(self.stands.get(&log).copied()) }
    }

    fn take(&mut self, parcel: Parcel<'_>) -> Result<(), Lost> {
        let fate = std::mem::take(&mut self.next);
        assert!(!parcel.records.is_empty());
        if matches!(fate, Fate::Away | Fate::NotTaken) {
            return Err(Lost);
        }
        if self.stands.get(&parcel.log).copied() != parcel.from {
            return Err(Lost);
        }
        self.stands.insert(parcel.log, parcel.upto);
        self.taken.extend_from_slice(parcel.records);
        self.parcels += 1;
        if fate == Fate::AnswerLost { Err(Lost) } else { Ok(()) }
    }
}

/// Ships all that there is.
fn drain(log: &Log<Waiting>, store: &mut Store) {
    let mut shipper = Shipper::new(log.tail(), store);
    while shipper.step().unwrap() > 0 {}
}

#[test]
fn a_log_is_shipped_in_order_and_its_segments_go() {
    let (dir, mut store) = (directory(), Store::default());
    let log = open(dir.path(), small());
    write(&log, 0..60);
    assert!(segments(dir.path()).len() > 5);
    drain(&log, &mut store);
    assert_eq!(store.taken, numbered(0..60));
    assert_eq!((store.parcels, segments(dir.path()).len()), (1, 1));
    write(&log, 60..61);
    drain(&log, &mut store);
    assert_eq!(store.taken, numbered(0..61));
}

#[test]
fn parcels_are_bounded() {
    let (dir, mut store) = (directory(), Store::default());
    let log = open(dir.path(), Limits { rooms: 10_000, ..Limits::default() });
    let many = 2 * PARCEL_RECORDS as u64;
    for number in 0..many {
        let record = crate::meter::record::tests::record(number);
        log.reserve().unwrap().submit(&record, None);
    }
    write(&log, [many]);
    drain(&log, &mut store);
    assert_eq!(store.taken, numbered(0..=many));
    let most = PARCEL_RECORDS + crate::meter::wal::FRAME_BYTES_MAX / 90;
    assert!(store.taken.len().div_ceil(most) <= store.parcels, "{}", store.parcels);
}

#[test]
fn while_the_store_is_away_the_log_grows_up_to_its_limit() {
    let (dir, mut store) = (directory(), Store::default());
    let least = small().segment_bytes * 2 + 64 * 1_216;
    let log = open(dir.path(), Limits { log_bytes: least + 10_000, ..small() });
    let mut written = 0;
    let refused = loop {
        match log.reserve() {
            Ok(room) => {
                let record = crate::meter::record::tests::record(written);
                assert_eq!(submit(room, &record).recv_timeout(PATIENCE), Ok(Ok(())));
                written += 1;
            }
            Err(why) => break why,
        }
    };
    assert_eq!(refused, NoRoom::Log);
    assert!(!log.has_room() && log.found().disk_bytes <= least + 10_000 && written > 500);
    // Not even an error of the store makes room.
    store.next = Fate::Away;
    assert!(matches!(Shipper::new(log.tail(), &mut store).step(), Err(ShipError::Sink(Lost))));
    assert!(!log.has_room());
    store.next = Fate::Taken;
    drain(&log, &mut store);
    assert!(log.has_room());
    assert_eq!(store.taken, numbered(0..written));
}

#[test]
fn a_log_that_is_full_of_what_was_shipped_always_has_room() {
    // The least `log_bytes` that is accepted, with every room taken at once, again and again.
    let (dir, mut store) = (directory(), Store::default());
    let limits = Limits { rooms: 8, log_bytes: small().segment_bytes * 2 + 8 * 1_216, ..small() };
    let log = open(dir.path(), limits);
    let mut number = 0;
    for _ in 0..60 {
        drain(&log, &mut store);
        let rooms: Vec<_> = (0..8).map(|_| log.reserve().unwrap()).collect();
        for room in rooms {
            let record = crate::meter::record::tests::record(number);
            assert_eq!(submit(room, &record).recv_timeout(PATIENCE), Ok(Ok(())));
            number += 1;
        }
        assert!(log.found().disk_bytes <= limits.log_bytes);
    }
    drain(&log, &mut store);
    assert_eq!(store.taken, numbered(0..number));
}

#[test]
fn a_parcel_that_was_on_its_way_for_long_does_not_count_twice() {
    let (dir, mut store) = (directory(), Store::default());
    let log = open(dir.path(), small());
    write(&log, 0..3);
    drain(&log, &mut store);
    let records = store.taken.clone();
    let upto = store.stands[&log.id()];
    let late = Parcel { log: log.id(), from: None, upto, records: &records };
    assert_eq!((&mut store).take(late), Err(Lost));
    assert_eq!(store.taken, numbered(0..3));
}

#[test]
fn after_an_answer_that_was_lost_the_store_is_asked() {
    let (dir, mut store) = (directory(), Store::default());
    let log = open(dir.path(), small());
    write(&log, 0..2);
    let mut shipper = Shipper::new(log.tail(), &mut store);
    assert_eq!(shipper.step().unwrap(), 2);
    write(&log, 2..3);
    shipper.sink().next = Fate::AnswerLost;
    assert!(matches!(shipper.step(), Err(ShipError::Sink(Lost))));
    assert_eq!(shipper.step().unwrap(), 0);
    write(&log, 3..5);
    assert_eq!(shipper.step().unwrap(), 2);
    assert_eq!(store.taken, numbered(0..5));
}

#[test]
fn a_store_that_was_set_back_is_noticed() {
    let (dir, mut store) = (directory(), Store::default());
    let log = open(dir.path(), small());
    let mut older = store.clone();
    write(&log, 0..2);
    drain(&log, &mut store);
    let mut recent = store.clone();
    write(&log, 2..6);
    drain(&log, &mut store);
    // What is still here is shipped again to a store that lost it.
    drain(&log, &mut recent);
    assert_eq!(recent.taken, numbered(0..6));
    write(&log, 6..60);
    drain(&log, &mut store);
    let stood = store.stands[&log.id()];
    let said = |store: &mut Store| Shipper::new(log.tail(), store).step().unwrap_err().to_string();
    let first = log.tail().first();
    assert_eq!(
        said(&mut older),
        format!(
            "the store has this log up to nowhere, but here it begins at {first}: the store was \
             set back to an older state. Bring back its newer one, or accept the loss by setting \
             its place to {first}"
        )
    );
    assert!(said(&mut recent).starts_with("the store has this log up to 1:"));
    // The place that the message names goes on.
    recent.stands.insert(log.id(), first);
    drain(&log, &mut recent);
    assert_eq!(store.stands[&log.id()], stood);
    assert_eq!(recent.taken.last(), store.taken.last());
}

#[test]
fn a_log_that_was_set_back_is_noticed() {
    let (dir, mut store) = (directory(), Store::default());
    let log = open(dir.path(), small());
    write(&log, 0..4);
    let file = dir.path().join("0000000000000001.meter");
    let older = fs::read(&file).unwrap();
    write(&log, 4..8);
    drain(&log, &mut store);
    drop(log);
    fs::write(&file, older).unwrap();
    let log = open(dir.path(), small());
    write(&log, 8..40);
    let error = Shipper::new(log.tail(), &mut store).step().unwrap_err();
    let ShipError::Log(ReadError::Ahead { next, .. }) = error else { panic!("{error}") };
    store.stands.insert(log.id(), next);
    drain(&log, &mut store);
    assert_eq!(store.taken, numbered(0..40));
}

#[test]
fn an_emptied_directory_begins_another_log() {
    let (dir, mut store) = (directory(), Store::default());
    for (id, numbers) in [(1, 0..3), (2, 3..5)] {
        let log = Log::<Waiting>::open(dir.path(), small(), LogId(id)).unwrap();
        write(&log, numbers);
        drain(&log, &mut store);
        drop(log);
        for file in fs::read_dir(dir.path()).unwrap() {
            fs::remove_file(file.unwrap().path()).unwrap();
        }
    }
    assert_eq!(store.taken, numbered(0..5));
    assert_eq!(store.stands.len(), 2);
}

#[test]
fn a_shipper_waits_for_what_is_new_alone() {
    let (dir, mut store) = (directory(), Store::default());
    let log = open(dir.path(), small());
    write(&log, 0..2);
    // A clean close leaves a mark, which is no record.
    drop(log);
    let log = open(dir.path(), small());
    let mut shipper = Shipper::new(log.tail(), &mut store);
    assert!(shipper.wait(PATIENCE));
    assert_eq!((shipper.step().unwrap(), shipper.step().unwrap()), (2, 0));
    assert!(!shipper.wait(std::time::Duration::from_millis(1)));
    write(&log, 2..3);
    assert!(shipper.wait(PATIENCE));
    assert_eq!(shipper.step().unwrap(), 1);
}

#[test]
fn the_store_never_stands_in_a_segment_that_is_still_empty() {
    let (dir, mut store) = (directory(), Store::default());
    write(&open(dir.path(), small()), 0..1);
    for _ in 0..2 {
        let log = open(dir.path(), small());
        drain(&log, &mut store);
        assert_eq!(store.stands[&log.id()].segment, 1);
    }
    let log = open(dir.path(), small());
    write(&log, 1..2);
    drain(&log, &mut store);
    assert_eq!(store.taken, numbered(0..2));
}

/// Something that happens to a log and its store.
#[derive(Debug, Clone)]
enum Event {
    Write(u64),
    Ship(Fate),
    /// The shipper forgets what it knew.
    NewShipper,
    /// The log closes and is opened again.
    Reopen,
    /// The gateway dies with so many bytes of a frame half written.
    Crash(Vec<u8>),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let fate = prop::sample::select(vec![
        Fate::Taken,
        Fate::Taken,
        Fate::Away,
        Fate::NotTaken,
        Fate::AnswerLost,
    ]);
    let event = prop_oneof![
        6 => (1_u64..30).prop_map(Event::Write),
        6 => fate.prop_map(Event::Ship),
        1 => Just(Event::NewShipper),
        1 => Just(Event::Reopen),
        2 => prop::collection::vec(any::<u8>(), 0..60).prop_map(Event::Crash),
    ];
    prop::collection::vec(event, 1..40)
}

/// The directory as a crash leaves it: as it lies there, with a torn write at its end.
fn crashed(log: Log<Waiting>, from: &Path, torn: &[u8]) -> tempfile::TempDir {
    let to = directory();
    let last = segments(from).pop().unwrap();
    for file in fs::read_dir(from).unwrap() {
        let name = file.unwrap().file_name();
        let mut bytes = fs::read(from.join(&name)).unwrap();
        if name == *last {
            bytes.extend_from_slice(torn);
        }
        fs::write(to.path().join(name), bytes).unwrap();
    }
    drop(log);
    to
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever happens between any two steps, on either side: each record once, in order.
    #[test]
    fn each_record_is_shipped_exactly_once(events in events()) {
        let (mut dir, mut store) = (directory(), Store::default());
        let mut log = open(dir.path(), small());
        let mut written = 0;
        let mut known: Option<Option<Stands>> = None;
        for event in events {
            match event {
                Event::Write(count) => {
                    write(&log, written..written + count);
                    written += count;
                }
                Event::Ship(fate) => {
                    store.next = fate;
                    let mut shipper = Shipper::new(log.tail(), &mut store);
                    shipper.stands = known.take().flatten();
                    // An error is the store's alone.
                    let shipped = shipper.step();
                    prop_assert!(matches!(shipped, Ok(_) | Err(ShipError::Sink(Lost))));
                    known = Some(shipper.stands);
                    store.next = Fate::Taken;
                }
                Event::NewShipper => known = None,
                Event::Reopen => {
                    drop(log);
                    log = open(dir.path(), small());
                    known = None;
                }
                Event::Crash(torn) => {
                    dir = crashed(log, dir.path(), &torn);
                    log = open(dir.path(), small());
                    known = None;
                }
            }
            prop_assert!(store.taken.len() as u64 <= written);
        }
        drain(&log, &mut store);
        prop_assert_eq!(store.taken, numbered(0..written));
        prop_assert!(segments(dir.path()).len() <= 2);
    }
}
