//! Files that were torn by a crash, and files that were damaged.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::super::*;
use super::support::*;
use crate::meter::LogId;

const SEGMENT: &str = "0000000000000001.meter";
const HEAD: usize = 48;

/// The file of a log of `count` frames of one record each, as it lies there while the log is open,
/// and where its frames begin and end.
fn file_of(count: u64) -> (Vec<u8>, Vec<usize>) {
    let dir = directory();
    let log = open(dir.path(), Limits::default());
    let mut places = vec![HEAD];
    for number in 0..count {
        write(&log, [number]);
        places.push(usize::try_from(log.tail().durable().offset).unwrap());
    }
    (fs::read(dir.path().join(SEGMENT)).unwrap(), places)
}

/// The same after a clean close.
fn closed_file_of(count: u64) -> (Vec<u8>, Vec<usize>) {
    let dir = directory();
    let log = open(dir.path(), Limits::default());
    let places = file_of(count).1;
    write(&log, 0..count);
    log.close().unwrap();
    (fs::read(dir.path().join(SEGMENT)).unwrap(), places)
}

/// Opens a log whose only segment is `bytes`.
fn opened(dir: &Path, bytes: &[u8]) -> Result<Log<Waiting>, OpenError> {
    for old in fs::read_dir(dir).unwrap() {
        fs::remove_file(old.unwrap().path()).unwrap();
    }
    fs::write(dir.join(SEGMENT), bytes).unwrap();
    Log::open(dir, Limits::default(), LogId(9))
}

#[test]
fn a_log_cut_at_any_byte_holds_every_whole_frame_and_goes_on() {
    let dir = directory();
    let (bytes, places) = file_of(6);
    for cut in HEAD..=bytes.len() {
        let log = opened(dir.path(), &bytes[..cut]).unwrap();
        let whole = places.iter().rposition(|place| *place <= cut).unwrap();
        let torn = (cut - places[whole]) as u64;
        assert_eq!(log.found().cut_bytes, torn, "cut at {cut}");
        write(&log, 100..102);
        let expected: Vec<u64> = (0..whole as u64).chain(100..102).collect();
        assert_eq!(all(&log).unwrap(), numbered(expected.clone()), "cut at {cut}");
        drop(log);
        let log = Log::<Waiting>::open(dir.path(), Limits::default(), LogId(9)).unwrap();
        assert_eq!((log.found().cut_bytes, log.id()), (0, LogId(1)));
        assert_eq!(all(&log).unwrap(), numbered(expected), "cut at {cut}");
    }
}

#[test]
fn a_file_shorter_than_a_head_is_no_segment() {
    // A segment has its name only once its head is durable, so no crash makes one.
    let dir = directory();
    let (bytes, _) = file_of(1);
    for cut in 0..HEAD {
        let said = opened(dir.path(), &bytes[..cut]).err().unwrap().to_string();
        assert!(
            said.contains("is no segment of this log: it is shorter than a segment's head; move")
        );
    }
}

#[test]
fn any_damage_before_the_last_frame_is_refused_with_its_place() {
    let dir = directory();
    let (bytes, places) = file_of(4);
    let last = places[places.len() - 2];
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        match opened(dir.path(), &damaged) {
            Ok(log) => {
                // Nothing follows the last frame: it may be a write that a crash tore.
                assert!(at >= last, "byte {at}");
                assert_eq!(all(&log).unwrap(), numbered(0..3));
            }
            Err(OpenError::Foreign { .. }) => assert!(at < HEAD, "byte {at}"),
            Err(OpenError::Damaged(damage)) => {
                assert!((HEAD..last).contains(&at), "byte {at}");
                let frame = places.iter().rposition(|place| *place <= at).unwrap();
                let place = (places[frame] as u64, places[frame + 1] as u64);
                assert_eq!((damage.from, damage.to), place, "byte {at}");
            }
            Err(other) => panic!("byte {at}: {other}"),
        }
    }
}

#[test]
fn after_a_clean_close_damage_to_the_last_record_shows_too() {
    let dir = directory();
    let (bytes, places) = closed_file_of(3);
    for at in HEAD..places[3] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert!(matches!(opened(dir.path(), &damaged), Err(OpenError::Damaged(_))), "byte {at}");
    }
    let log = opened(dir.path(), &bytes).unwrap();
    assert_eq!((all(&log).unwrap(), log.found().cut_bytes), (numbered(0..3), 0));
}

#[test]
fn damage_says_where_and_what_to_do() {
    let dir = directory();
    let (mut bytes, places) = file_of(3);
    bytes[places[1] + 20] ^= 1;
    let said = opened(dir.path(), &bytes).err().unwrap().to_string();
    assert_eq!(
        said,
        format!(
            "`{}` is damaged from byte {} to byte {}: it was whole once, so no crash did this. \
             Restore the file from a copy, or give up these bytes and no others with \
             `meter::wal::mend` while the gateway is stopped",
            dir.path().join(SEGMENT).display(),
            places[1],
            places[2]
        )
    );
}

#[test]
fn what_is_mended_loses_the_damaged_frame_alone() {
    let dir = directory();
    let (bytes, places) = file_of(5);
    for frame in 0..4 {
        let mut damaged = bytes.clone();
        damaged[places[frame] + 3] ^= 1;
        damaged[places[frame] + 40] ^= 1;
        assert!(opened(dir.path(), &damaged).is_err());
        let range = places[frame] as u64..places[frame + 1] as u64;
        assert_eq!(mend(dir.path(), 1).unwrap(), [range]);
        assert_eq!(mend(dir.path(), 1).unwrap(), []);
        let log = Log::<Waiting>::open(dir.path(), Limits::default(), LogId(9)).unwrap();
        let left = (0..5).filter(|number| *number != frame as u64);
        assert_eq!(all(&log).unwrap(), numbered(left));
    }
}

#[test]
fn damage_in_an_older_segment_stops_its_reader_there() {
    let dir = directory();
    let log = open(dir.path(), small());
    write(&log, 0..40);
    let path = dir.path().join("0000000000000002.meter");
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 5;
    bytes[last] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let (mut tail, mut records) = (log.tail(), Vec::new());
    let error = tail.read(tail.first(), usize::MAX, &mut records).unwrap_err();
    let ReadError::Damaged(Damage { path: named, to, .. }) = error else { panic!("{error}") };
    assert_eq!((named, to), (path, bytes.len() as u64));
    assert_eq!(records, numbered(0..records.len() as u64));
    // Mended, the rest can be read.
    drop(log);
    assert_eq!(mend(dir.path(), 2).unwrap().len(), 1);
    let lost = records.len() as u64;
    let log = open(dir.path(), small());
    assert_eq!(all(&log).unwrap(), numbered((0..40).filter(|number| *number != lost)));
}

#[test]
fn a_missing_or_foreign_segment_is_named() {
    let dir = directory();
    let log = open(dir.path(), small());
    write(&log, 0..40);
    drop(log);
    let third = dir.path().join("0000000000000003.meter");
    let kept = fs::read(&third).unwrap();
    fs::remove_file(&third).unwrap();
    let reopened = || Log::<Waiting>::open(dir.path(), small(), LogId(9));
    let said = reopened().err().unwrap().to_string();
    assert!(said.starts_with(&format!("`{}` is missing between", third.display())), "{said}");
    fs::copy(dir.path().join("0000000000000002.meter"), &third).unwrap();
    let said = reopened().err().unwrap().to_string();
    assert!(said.contains("is no segment of this log: it is segment 2; move it"), "{said}");
    fs::write(&third, kept).unwrap();
    // What was begun and never became a segment is swept away.
    fs::write(dir.path().join("0000000000000009.fresh"), "half").unwrap();
    assert_eq!(all(&reopened().unwrap()).unwrap(), numbered(0..40));
    assert!(!dir.path().join("0000000000000009.fresh").exists());
}

#[test]
fn opening_again_and_again_leaves_no_empty_segments() {
    let dir = directory();
    for _ in 0..5 {
        drop(open(dir.path(), small()));
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    let log = open(dir.path(), small());
    write(&log, [0]);
    drop(log);
    for _ in 0..5 {
        drop(open(dir.path(), small()));
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3);
    // A crash between beginning a segment and removing the empty one before it.
    let empty = dir.path().join(segments(dir.path()).pop().unwrap());
    let left = fs::read(&empty).unwrap();
    drop(open(dir.path(), small()));
    assert!(!empty.exists());
    fs::write(&empty, left).unwrap();
    assert_eq!(all(&open(dir.path(), small())).unwrap(), numbered([0]));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A power cut may keep any pages of what was being written, and zeros or older bytes instead of
    /// the others.
    #[test]
    fn a_last_frame_of_which_any_part_is_missing_is_cut(
        parts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let dir = directory();
        let (mut bytes, places) = file_of(3);
        let whole = bytes.clone();
        let length = places[3] - places[2];
        for (from, to, with) in parts {
            let (from, to) = (from.index(length), to.index(length) + 1);
            let last = &mut bytes[places[2]..];
            last[from.min(to)..from.max(to)].fill(with);
        }
        let log = opened(dir.path(), &bytes).unwrap();
        let left = if bytes == whole { 3 } else { 2 };
        prop_assert_eq!(all(&log).unwrap(), numbered(0..left));
    }
}
