//! What callers, writer and readers of a log share beside the queue.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::limits::ROOM_BYTES;
use super::segment::{Head, SEGMENT_HEAD_BYTES};
use super::{Cursor, Limits, NoRoom};
use crate::meter::LogId;

/// A segment, and how far it is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub number: u64,
    pub previous: u64,
    pub end: u64,
}

/// The ground on which a log stands.
pub(super) struct Ground {
    pub dir: PathBuf,
    pub log: LogId,
    pub limits: Limits,
    /// Records reserved or waiting.
    rooms: AtomicUsize,
    /// Bytes in segments.
    disk: AtomicU64,
    refusing: AtomicBool,
    closed: AtomicBool,
    /// Records, frames and failed attempts since the log was opened.
    pub records: AtomicU64,
    pub frames: AtomicU64,
    pub failures: AtomicU64,
    /// In order; the last one is being written, and no other is empty.
    segments: Mutex<VecDeque<Segment>>,
    grown: Condvar,
}

/// Locks, whatever became of who held it before: nothing that is guarded here is ever half done.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ground {
    pub fn new(dir: PathBuf, log: LogId, limits: Limits, segments: VecDeque<Segment>) -> Self {
        let disk = segments.iter().map(|segment| segment.end).sum();
        Ground {
            dir,
            log,
            limits,
            rooms: AtomicUsize::new(0),
            disk: AtomicU64::new(disk),
            refusing: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            records: AtomicU64::new(0),
            frames: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            segments: Mutex::new(segments),
            grown: Condvar::new(),
        }
    }

    /// Reserves room for a record, in memory and on the disk.
    pub fn reserve(&self) -> Result<(), NoRoom> {
        let taken = self.rooms.fetch_update(Ordering::AcqRel, Ordering::Acquire, |rooms| {
            self.room_beside(rooms).is_ok().then_some(rooms + 1)
        });
        taken.map(|_| ()).map_err(|rooms| self.room_beside(rooms).err().unwrap_or(NoRoom::Rooms))
    }

    /// Whether one more may be reserved.
    pub fn room(&self) -> Result<(), NoRoom> {
        self.room_beside(self.rooms())
    }

    fn room_beside(&self, rooms: usize) -> Result<(), NoRoom> {
        let reserved = (rooms as u64 + 1).saturating_mul(ROOM_BYTES);
        if self.closed.load(Ordering::Acquire) {
            Err(NoRoom::Closed)
        } else if self.refusing.load(Ordering::Acquire) {
            Err(NoRoom::Refusing)
        } else if rooms >= self.limits.rooms {
            Err(NoRoom::Rooms)
        } else if self.disk().saturating_add(reserved) > self.limits.log_bytes {
            Err(NoRoom::Log)
        } else {
            Ok(())
        }
    }

    pub fn give_back(&self, rooms: usize) {
        self.rooms.fetch_sub(rooms, Ordering::AcqRel);
    }

    pub fn rooms(&self) -> usize {
        self.rooms.load(Ordering::Acquire)
    }

    pub fn disk(&self) -> u64 {
        self.disk.load(Ordering::Acquire)
    }

    pub fn set_refusing(&self, refusing: bool) {
        self.refusing.store(refusing, Ordering::Release);
    }

    pub fn set_closed(&self) {
        self.closed.store(true, Ordering::Release);
        // Under the lock, so that nobody who has just looked goes to sleep over it.
        drop(lock(&self.segments));
        self.grown.notify_all();
    }

    /// The segment that is to be begun next. An empty one at the end has no place in the chain.
    pub fn next_head(&self) -> Head {
        let segments = lock(&self.segments);
        let last = segments.back();
        let previous = match last {
            Some(empty) if empty.end == SEGMENT_HEAD_BYTES => empty.previous,
            Some(last) => last.number,
            None => 0,
        };
        Head { log: self.log, number: last.map_or(1, |last| last.number + 1), previous }
    }

    /// A segment was begun. Gives the number of an empty one before it, which it stands in for.
    pub fn begin(&self, number: u64, previous: u64) -> Option<u64> {
        let mut segments = lock(&self.segments);
        let is_empty = segments.back().is_some_and(|last| last.end == SEGMENT_HEAD_BYTES);
        let empty = if is_empty { segments.pop_back() } else { None };
        segments.push_back(Segment { number, previous, end: SEGMENT_HEAD_BYTES });
        if empty.is_none() {
            self.disk.fetch_add(SEGMENT_HEAD_BYTES, Ordering::AcqRel);
        }
        empty.map(|empty| empty.number)
    }

    /// The last segment is durable for so many bytes more, with so many records in them.
    pub fn grow(&self, bytes: u64, records: usize) {
        self.disk.fetch_add(bytes, Ordering::AcqRel);
        if let Some(last) = lock(&self.segments).back_mut() {
            last.end += bytes;
        }
        self.records.fetch_add(records as u64, Ordering::Relaxed);
        self.frames.fetch_add(1, Ordering::Relaxed);
        self.give_back(records);
        self.grown.notify_all();
    }

    /// The oldest segment.
    pub fn first(&self) -> Segment {
        let none = Segment { number: 0, previous: 0, end: SEGMENT_HEAD_BYTES };
        lock(&self.segments).front().copied().unwrap_or(none)
    }

    /// How far the log is durable.
    pub fn durable(&self) -> Cursor {
        end_of(&lock(&self.segments))
    }

    /// The segment of that number, and the one after it.
    pub fn segment(&self, number: u64) -> Option<(Segment, Option<Segment>)> {
        let segments = lock(&self.segments);
        let at = segments.binary_search_by_key(&number, |segment| segment.number).ok()?;
        segments.get(at).map(|segment| (*segment, segments.get(at + 1).copied()))
    }

    /// The beginning of the first segment after `number` that has frames, or the end of all.
    pub fn after(&self, number: u64) -> Cursor {
        let segments = lock(&self.segments);
        let later = segments
            .iter()
            .find(|segment| segment.number > number && segment.end > SEGMENT_HEAD_BYTES);
        later.map_or(end_of(&segments), |later| Cursor {
            segment: later.number,
            offset: SEGMENT_HEAD_BYTES,
        })
    }

    /// Forgets the oldest segment, whose file is gone.
    pub fn forget_first(&self) {
        if let Some(first) = lock(&self.segments).pop_front() {
            self.disk.fetch_sub(first.end, Ordering::AcqRel);
        }
    }

    /// Waits until the log is durable beyond `at`, or closed, or the time is over; says whether it is.
    pub fn wait(&self, at: Cursor, most: Duration) -> bool {
        let still = |segments: &mut VecDeque<Segment>| {
            end_of(segments) <= at && !self.closed.load(Ordering::Acquire)
        };
        let waited = self.grown.wait_timeout_while(lock(&self.segments), most, still);
        let (segments, _) = waited.unwrap_or_else(PoisonError::into_inner);
        end_of(&segments) > at
    }
}

/// The end of the last segment that has frames, or the beginning where none has.
fn end_of(segments: &VecDeque<Segment>) -> Cursor {
    let with_frames = segments.iter().rev().find(|segment| segment.end > SEGMENT_HEAD_BYTES);
    let last = with_frames.or(segments.front());
    last.map_or(Cursor { segment: 0, offset: 0 }, |last| Cursor {
        segment: last.number,
        offset: last.end,
    })
}
