//! A log to test, who waits for it, and a disk that does what a test says.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::super::place::{Directory, Medium, Place};
use super::super::segment::Head;
use super::super::*;
use crate::meter::record::tests::record;
use crate::meter::{LogId, RECORD_BYTES_MAX, Record};

/// Who waits in tests.
pub(crate) type Waiting = Box<dyn FnOnce(Result<(), NotDurable>) + Send>;

/// How long a test waits for what must come: far longer than it ever takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The least limits that there can be, so that segments are many.
pub(crate) fn small() -> Limits {
    Limits {
        rooms: 64,
        frame_bytes: RECORD_BYTES_MAX,
        segment_bytes: 48 + 16 + RECORD_BYTES_MAX as u64,
        log_bytes: 1 << 20,
        idle: Duration::from_millis(1),
        retry: Duration::from_millis(1),
    }
}

/// A directory in memory where there is one: tests open thousands of logs.
pub(crate) fn directory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

pub(crate) fn open(dir: &Path, limits: Limits) -> Log<Waiting> {
    Log::open(dir, limits, LogId(1)).unwrap()
}

/// Hands `record` over in `room`; what it is told comes from the channel.
pub(crate) fn submit(room: Room<Waiting>, record: &Record) -> Receiver<Result<(), NotDurable>> {
    let (tell, told) = channel();
    room.submit(record, Some(Box::new(move |result| drop(tell.send(result)))));
    told
}

/// Writes records of those numbers, one frame each.
pub(crate) fn write(log: &Log<Waiting>, numbers: impl IntoIterator<Item = u64>) {
    for number in numbers {
        let told = submit(log.reserve().unwrap(), &record(number));
        assert_eq!(told.recv_timeout(PATIENCE), Ok(Ok(())));
    }
}

/// All records of a log.
pub(crate) fn all(log: &Log<Waiting>) -> Result<Vec<Record>, ReadError> {
    let (mut tail, mut records) = (log.tail(), Vec::new());
    tail.read(tail.first(), usize::MAX, &mut records).map(|_| records)
}

/// The names of a log's segments, in order.
pub(crate) fn segments(dir: &Path) -> Vec<String> {
    let names = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".meter")).collect();
    names.sort();
    names
}

pub(crate) fn numbered(numbers: impl IntoIterator<Item = u64>) -> Vec<Record> {
    numbers.into_iter().map(record).collect()
}

/// What a disk does from now on.
#[derive(Debug, Default)]
pub(crate) struct Behaviour {
    /// Writes go to `/dev/full`, after so many bytes of each went where they should.
    pub full_after: Mutex<Option<usize>>,
    /// Syncs fail.
    pub sync_fails: AtomicBool,
    /// Segments cannot be begun.
    pub create_fails: AtomicBool,
    /// Syncs wait.
    pub held: Mutex<bool>,
    pub released: Condvar,
    /// Whether one does.
    pub waits: AtomicBool,
}

impl Behaviour {
    /// Holds syncs until what this gives is dropped.
    pub fn hold(self: &Arc<Self>) -> Holding {
        *self.held.lock().unwrap() = true;
        Holding(self.clone())
    }

    /// Waits until a sync waits.
    pub fn until_one_waits(&self) {
        let waits = (0..30_000).any(|_| {
            std::thread::sleep(Duration::from_millis(1));
            self.waits.load(Ordering::Acquire)
        });
        assert!(waits, "nothing was synced");
    }

    pub fn fill(&self, after: Option<usize>) {
        *self.full_after.lock().unwrap() = after;
    }
}

/// Holds syncs. A test that fails drops it before its log, which would wait for them.
pub(crate) struct Holding(Arc<Behaviour>);

impl Drop for Holding {
    fn drop(&mut self) {
        *self.0.held.lock().unwrap() = false;
        self.0.released.notify_all();
    }
}

struct Disk {
    under: Directory,
    behaviour: Arc<Behaviour>,
}

struct Surface {
    under: Box<dyn Medium>,
    behaviour: Arc<Behaviour>,
}

/// A log on a disk that behaves as the second says.
pub(crate) fn open_on(dir: &Path, limits: Limits) -> (Log<Waiting>, Arc<Behaviour>) {
    open_as(dir, limits, Behaviour::default()).unwrap()
}

/// The same, on one that behaves so from the beginning.
pub(crate) fn open_as(
    dir: &Path,
    limits: Limits,
    behaviour: Behaviour,
) -> Result<(Log<Waiting>, Arc<Behaviour>), OpenError> {
    let behaviour = Arc::new(behaviour);
    let disk = Disk { under: Directory(dir.to_path_buf()), behaviour: behaviour.clone() };
    Ok((Log::open_at(dir, limits, LogId(1), Box::new(disk))?, behaviour))
}

impl Place for Disk {
    fn create(&mut self, head: Head) -> io::Result<Box<dyn Medium>> {
        if self.behaviour.create_fails.load(Ordering::Relaxed) {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        let under = self.under.create(head)?;
        Ok(Box::new(Surface { under, behaviour: self.behaviour.clone() }))
    }

    fn remove(&mut self, segment: u64) -> io::Result<()> {
        self.under.remove(segment)
    }

    fn path(&self, segment: u64) -> PathBuf {
        self.under.path(segment)
    }
}

impl Medium for Surface {
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let Some(after) = *self.behaviour.full_after.lock().unwrap() else {
            return self.under.write(at, bytes);
        };
        let after = after.min(bytes.len());
        self.under.write(at, &bytes[..after])?;
        let mut full: File = OpenOptions::new().write(true).open("/dev/full")?;
        full.write_all(&bytes[after..])
    }

    fn sync(&mut self) -> io::Result<()> {
        let held = self.behaviour.held.lock().unwrap();
        self.behaviour.waits.store(*held, Ordering::Release);
        drop(self.behaviour.released.wait_while(held, |held| *held).unwrap());
        if self.behaviour.sync_fails.load(Ordering::Relaxed) {
            return Err(io::Error::other("the disk is dying"));
        }
        self.under.sync()
    }
}
