use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

const NAME: &str = "test";

/// What a log holds, and what opening it found.
fn contents(dir: &Path) -> Result<(Vec<Vec<u8>>, Opened), StoreError> {
    let mut frames = Vec::new();
    let (_, opened) = Log::open(dir, NAME, &mut |_, _, bytes| {
        frames.push(bytes.to_vec());
        Ok(())
    })?;
    Ok((frames, opened))
}

fn open(dir: &Path) -> Log {
    Log::open(dir, NAME, &mut |_, _, _| Ok(())).unwrap().0
}

fn put(log: &mut Log, bytes: &[u8]) -> Place {
    log.batch().extend_from_slice(bytes);
    log.commit().unwrap()
}

/// A log of three frames in `segments` segments; the last byte of each file.
fn three(dir: &Path, segments: u32) {
    let mut log = open(dir);
    if segments > 1 {
        log.full = 40;
    }
    for text in ["first", "the second", "third"] {
        put(&mut log, text.as_bytes());
    }
}

#[test]
fn frames_come_back_in_order_and_by_place() {
    let dir = tempfile::tempdir().unwrap();
    for segments in [1, 3] {
        let dir = dir.path().join(segments.to_string());
        three(&dir, segments);
        assert_eq!(count_files(&dir), segments);
        let (frames, opened) = contents(&dir).unwrap();
        assert_eq!(frames, [&b"first"[..], b"the second", b"third"]);
        assert_eq!((opened.frames, opened.cut), (3, 0));
        let mut log = open(&dir);
        let place = put(&mut log, b"and a fourth");
        let mut read = [0; 8];
        log.segments().read(place.inside().plus(4), &mut read).unwrap();
        assert_eq!(&read, b"a fourth");
        assert_eq!(Place::of_number(place.number()), place);
    }
}

fn count_files(dir: &Path) -> u32 {
    u32::try_from(fs::read_dir(dir).unwrap().count()).unwrap()
}

#[test]
fn a_tail_torn_at_any_byte_is_cut_and_what_was_acknowledged_stays() {
    let dir = tempfile::tempdir().unwrap();
    for segments in [1, 3] {
        let whole = dir.path().join(format!("whole-{segments}"));
        three(&whole, segments);
        let last = segment_path(&whole, NAME, segments - 1);
        let bytes = fs::read(&last).unwrap();
        let begins = bytes.len() - FRAME_HEADER_BYTES - b"third".len();
        for keep in begins..bytes.len() {
            let torn = dir.path().join("torn");
            let _ = fs::remove_dir_all(&torn);
            fs::create_dir(&torn).unwrap();
            for segment in 0..segments {
                fs::copy(segment_path(&whole, NAME, segment), segment_path(&torn, NAME, segment))
                    .unwrap();
            }
            fs::write(segment_path(&torn, NAME, segments - 1), &bytes[..keep]).unwrap();
            let (frames, opened) = contents(&torn).unwrap();
            assert_eq!(frames, [&b"first"[..], b"the second"], "{keep}");
            assert_eq!(opened.cut, (keep - begins) as u64);
            put(&mut open(&torn), b"again");
            assert_eq!(contents(&torn).unwrap().0.len(), 3);
        }
    }
}

#[test]
fn a_segment_that_was_not_finished_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    three(dir.path(), 3);
    for keep in 0..SEGMENT_HEADER_BYTES {
        fs::write(segment_path(dir.path(), NAME, 3), vec![7; keep]).unwrap();
        let (frames, opened) = contents(dir.path()).unwrap();
        assert_eq!((frames.len(), opened.cut), (3, keep as u64));
        assert_eq!(contents(dir.path()).unwrap().1.cut, 0);
    }
}

#[test]
fn a_byte_changed_anywhere_before_the_last_frame_is_refused_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    for segments in [1, 3] {
        let dir = dir.path().join(segments.to_string());
        three(&dir, segments);
        let last = segment_path(&dir, NAME, segments - 1);
        let last_begins = fs::metadata(&last).unwrap().len() - FRAME_HEADER_BYTES as u64 - 5;
        for segment in 0..segments {
            let path = segment_path(&dir, NAME, segment);
            let bytes = fs::read(&path).unwrap();
            let file = OpenOptions::new().write(true).open(&path).unwrap();
            let end = if segment + 1 == segments { last_begins } else { bytes.len() as u64 };
            for at in 0..end {
                let old = bytes[usize::try_from(at).unwrap()];
                file.write_all_at(&[old ^ 0x20], at).unwrap();
                let error = contents(&dir).unwrap_err();
                let told = error.to_string();
                assert!(told.contains(&*path.to_string_lossy()), "{told}");
                let known =
                    matches!(error, StoreError::Damaged { .. } | StoreError::Foreign { .. });
                assert!(known, "byte {at} of segment {segment}: {told}");
                file.write_all_at(&[old], at).unwrap();
            }
        }
        assert_eq!(contents(&dir).unwrap().0.len(), 3);
    }
}

#[test]
fn what_is_damaged_is_told_with_a_remedy() {
    let dir = tempfile::tempdir().unwrap();
    three(dir.path(), 1);
    let path = segment_path(dir.path(), NAME, 0);
    OpenOptions::new().write(true).open(&path).unwrap().write_all_at(b"X", 60).unwrap();
    let told = contents(dir.path()).unwrap_err().to_string();
    assert!(
        told.ends_with(
            "is damaged at byte 32: frame 1 is not as it was written, and frame 2 is; nothing was \
             changed: restore the file from a copy, or ask for help with the directory as it is"
        ),
        "{told}"
    );
    three(&dir.path().join("gap"), 3);
    fs::remove_file(segment_path(&dir.path().join("gap"), NAME, 1)).unwrap();
    let told = contents(&dir.path().join("gap")).unwrap_err().to_string();
    assert!(told.contains("the segment is missing and later ones are there"), "{told}");
}

/// How many bytes the disk of a test still takes.
static ROOM: AtomicU64 = AtomicU64::new(u64::MAX);

#[derive(Debug)]
struct Small {
    file: File,
    flushes: bool,
}

impl Medium for Small {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = ROOM.load(Ordering::Relaxed);
        let fits = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        self.file.append(&bytes[..fits])?;
        ROOM.fetch_sub(fits as u64, Ordering::Relaxed);
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.flushes { self.file.flush() } else { Err(io::ErrorKind::Other.into()) }
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.cut(length)
    }
}

#[test]
fn a_full_disk_refuses_the_batch_and_keeps_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let mount: Mount = |file| Box::new(Small { file, flushes: true });
    let (mut log, _) = Log::open_on(dir.path(), NAME, mount, &mut |_, _, _| Ok(())).unwrap();
    put(&mut log, b"kept");
    let batch = vec![1; 100];
    for room in 0..(100 + FRAME_HEADER_BYTES as u64) {
        ROOM.store(room, Ordering::Relaxed);
        log.batch().extend_from_slice(&batch);
        let told = log.commit().unwrap_err().to_string();
        assert!(told.contains("the disk is full; free some space and repeat"), "{told}");
    }
    ROOM.store(u64::MAX, Ordering::Relaxed);
    put(&mut log, b"also kept");
    drop(log);
    let (frames, opened) = contents(dir.path()).unwrap();
    assert_eq!((frames.len(), opened.cut), (2, 0));
}

#[test]
fn after_a_flush_that_failed_nothing_more_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let mount: Mount = |file| Box::new(Small { file, flushes: false });
    let (mut log, _) = Log::open_on(dir.path(), NAME, mount, &mut |_, _, _| Ok(())).unwrap();
    log.batch().extend_from_slice(b"who knows");
    assert!(log.commit().unwrap_err().to_string().starts_with("cannot make durable"));
    log.batch().extend_from_slice(b"no");
    assert!(matches!(log.commit(), Err(StoreError::Uncertain { .. })));
    drop(log);
    // The first batch may be there or not; here it is, for nothing really failed.
    assert_eq!(contents(dir.path()).unwrap().0, [b"who knows"]);
}

#[test]
fn a_batch_has_a_limit() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path());
    log.batch().resize(FRAME_BYTES_MAX + FRAME_HEADER_BYTES + 1, 0);
    assert!(matches!(log.commit(), Err(StoreError::Limit { limit: 268_435_456, .. })));
    put(&mut log, b"small");
}
