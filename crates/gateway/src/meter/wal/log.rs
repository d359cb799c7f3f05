//! A log as its callers see it.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::frame::FRAME_HEAD_BYTES;
use super::open::{io_error, open};
use super::place::{Directory, Place};
use super::queue::{Done, Queue};
use super::shared::{Ground, lock};
use super::writer::Writer;
use super::{Cursor, Limits, NoRoom, OpenError, Tail, Unwritten};
use crate::meter::{LogId, Record};

/// An open log. `D` is who waits for records: a closure, or the sending half of a channel.
pub struct Log<D: Done> {
    ground: Arc<Ground>,
    queue: Arc<Queue<D>>,
    writer: Mutex<Option<JoinHandle<Vec<Vec<u8>>>>>,
    cut: u64,
    /// Keeps other processes out until the writer has gone.
    _lock: std::fs::File,
}

/// Room for the record of one admitted request; given back where it is dropped.
pub struct Room<D: Done> {
    ground: Arc<Ground>,
    queue: Arc<Queue<D>>,
    used: bool,
}

/// Whether a log can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It can.
    Writing,
    /// It cannot, and why. It is tried again until it can.
    Refusing(Arc<str>),
}

/// What a log holds and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Rooms that are reserved or whose records wait.
    pub rooms: usize,
    /// Bytes in segments.
    pub disk_bytes: u64,
    /// How far it is durable.
    pub durable: Cursor,
    /// Records made durable since it was opened.
    pub records: u64,
    /// Frames, and so syncs, since it was opened.
    pub frames: u64,
    /// Writes and syncs that failed since it was opened.
    pub failures: u64,
    /// Bytes of a torn write that were cut as it was opened.
    pub cut_bytes: u64,
}

impl<D: Done> Log<D> {
    /// Opens the log in `dir`, which is made where it is not there. A new one is called `fresh`,
    /// which must be random; an older one keeps its id. An older one opens on a full disk too: it
    /// refuses until there is space, and can be shipped meanwhile.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and what to do.
    pub fn open(dir: &Path, limits: Limits, fresh: LogId) -> Result<Self, OpenError> {
        Self::open_at(dir, limits, fresh, Box::new(Directory(dir.to_path_buf())))
    }

    /// As [`Log::open`], with segments written by `place`.
    pub(super) fn open_at(
        dir: &Path,
        limits: Limits,
        fresh: LogId,
        place: Box<dyn Place>,
    ) -> Result<Self, OpenError> {
        if let Some(fault) = limits.fault() {
            return Err(OpenError::Limits(fault));
        }
        let opened = open(dir)?;
        let (log, is_new) = (opened.log.unwrap_or(fresh), opened.log.is_none());
        let ground = Arc::new(Ground::new(dir.to_path_buf(), log, limits, opened.segments));
        let queue = Arc::new(Queue::new(limits.frame_bytes));
        let mut writer = Writer::new(ground.clone(), queue.clone(), place);
        match writer.begin() {
            // What is here can be shipped, which may be what makes room again.
            Err(source) if is_new => {
                return Err(io_error("begin the meter's log in", dir)(source));
            }
            _ => {}
        }
        let thread = thread::Builder::new().name("meter-log".to_owned());
        let writer = thread.spawn(move || writer.run());
        let writer = writer.map_err(io_error("start the writer of", dir))?;
        let writer = Mutex::new(Some(writer));
        Ok(Log { ground, queue, writer, cut: opened.cut, _lock: opened.lock })
    }

    /// Which log it is.
    pub fn id(&self) -> LogId {
        self.ground.log
    }

    /// Whether one more request may be admitted.
    pub fn has_room(&self) -> bool {
        self.ground.room().is_ok()
    }

    /// Reserves room for the record of a request that is to be admitted: it is there in memory and
    /// within the log's limit on the disk, whatever comes between.
    ///
    /// # Errors
    /// [`NoRoom`]: the request must be refused.
    pub fn reserve(&self) -> Result<Room<D>, NoRoom> {
        self.ground.reserve()?;
        Ok(Room { ground: self.ground.clone(), queue: self.queue.clone(), used: false })
    }

    /// A reader, for the store.
    pub fn tail(&self) -> Tail {
        Tail::new(self.ground.clone())
    }

    /// Whether it can be written.
    pub fn state(&self) -> State {
        self.queue.refusing().map_or(State::Writing, State::Refusing)
    }

    /// What it holds and did.
    pub fn found(&self) -> Found {
        Found {
            rooms: self.ground.rooms(),
            disk_bytes: self.ground.disk(),
            durable: self.ground.durable(),
            records: self.ground.records.load(Ordering::Relaxed),
            frames: self.ground.frames.load(Ordering::Relaxed),
            failures: self.ground.failures.load(Ordering::Relaxed),
            cut_bytes: self.cut,
        }
    }

    /// Writes what was handed over and closes. What is handed over afterwards is not kept.
    ///
    /// # Errors
    /// [`Unwritten`] holds what could not be written.
    pub fn close(&self) -> Result<(), Unwritten> {
        let mut writer = lock(&self.writer);
        let Some(running) = writer.take() else { return Ok(()) };
        self.ground.set_closed();
        self.queue.close();
        let left = running.join().unwrap_or_default();
        let mut records = Vec::new();
        for frame in &left {
            let mut rest = frame.get(FRAME_HEAD_BYTES..).unwrap_or_default();
            while let Ok((record, length)) = Record::decode(rest) {
                records.push(record);
                rest = rest.get(length..).unwrap_or_default();
            }
        }
        match self.state() {
            State::Refusing(why) if !records.is_empty() => Err(Unwritten { records, why }),
            _ => Ok(()),
        }
    }
}

impl<D: Done> Drop for Log<D> {
    fn drop(&mut self) {
        // Who wants to know what could not be written calls `close`.
        let _ = self.close();
    }
}

impl<D: Done> Room<D> {
    /// Hands over the record. `done` is told once it is durable or where it cannot be known to be;
    /// without it, the record may wait for up to [`Limits::idle`] for others to share its sync.
    pub fn submit(mut self, record: &Record, done: Option<D>) {
        // Kept, the room is given back as the record becomes durable.
        self.used = self.queue.push(record, done);
    }
}

impl<D: Done> Drop for Room<D> {
    fn drop(&mut self) {
        if !self.used {
            self.ground.give_back(1);
        }
    }
}
