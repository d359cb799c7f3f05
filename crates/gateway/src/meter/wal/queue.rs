//! What waits to be written.
//!
//! Records gather in the bytes of the frame that they will be: encoding is all that a caller does
//! under the lock, and nothing is copied after it. The buffers go round between callers and writer.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::NotDurable;
use super::frame::FRAME_HEAD_BYTES;
use super::shared::lock;
use crate::meter::{RECORD_BYTES_MAX, Record};

/// Frames whose memory is kept for later ones.
const SPARE_FRAMES_MAX: usize = 2;

/// Who waits for a record to be durable. It is told by the thread that writes, so it must be short:
/// wake a task, send on a channel that never blocks.
pub trait Done: Send + 'static {
    /// The record is durable, or why it is not known to be.
    fn done(self, result: Result<(), NotDurable>);
}

impl<F: FnOnce(Result<(), NotDurable>) + Send + 'static> Done for F {
    fn done(self, result: Result<(), NotDurable>) {
        self(result);
    }
}

/// A frame that is gathered or written.
pub(super) struct Gathered<D> {
    /// Room for the head, then records.
    pub bytes: Vec<u8>,
    pub records: u32,
    pub done: Vec<D>,
}

struct Inside<D> {
    /// Those that are full, in order, then the one that takes the next record.
    full: VecDeque<Gathered<D>>,
    open: Gathered<D>,
    spare: Vec<Gathered<D>>,
    /// Whether the writer sleeps.
    idle: bool,
    closing: bool,
    /// Whether the writer has gone.
    closed: bool,
    refusing: Option<Arc<str>>,
}

/// The queue between callers and writer.
pub(super) struct Queue<D> {
    inside: Mutex<Inside<D>>,
    wake: Condvar,
    frame_bytes: usize,
}

impl<D> Gathered<D> {
    pub fn new() -> Self {
        Gathered { bytes: vec![0; FRAME_HEAD_BYTES], records: 0, done: Vec::new() }
    }

    fn clear(&mut self) {
        self.bytes.truncate(FRAME_HEAD_BYTES);
        self.records = 0;
        self.done.clear();
    }
}

impl<D: Done> Queue<D> {
    pub fn new(frame_bytes: usize) -> Self {
        let inside = Inside {
            full: VecDeque::new(),
            open: Gathered::new(),
            spare: Vec::new(),
            idle: false,
            closing: false,
            closed: false,
            refusing: None,
        };
        Queue { inside: Mutex::new(inside), wake: Condvar::new(), frame_bytes }
    }

    /// Takes a record; says whether it is kept.
    pub fn push(&self, record: &Record, done: Option<D>) -> bool {
        let mut inside = lock(&self.inside);
        if inside.closed {
            drop(inside);
            if let Some(done) = done {
                done.done(Err(NotDurable::Closed));
            }
            return false;
        }
        if inside.open.bytes.len() + RECORD_BYTES_MAX > FRAME_HEAD_BYTES + self.frame_bytes {
            let fresh = inside.spare.pop().unwrap_or_else(Gathered::new);
            let full = std::mem::replace(&mut inside.open, fresh);
            inside.full.push_back(full);
        }
        record.encode(&mut inside.open.bytes);
        inside.open.records += 1;
        let refusing = inside.refusing.clone();
        match (done, refusing) {
            (Some(done), Some(why)) => {
                drop(inside);
                done.done(Err(NotDurable::Kept(why)));
            }
            (done, _) => {
                // The writer sleeps without an end only where nothing waits, with one where nobody does.
                let wake = inside.idle && (done.is_some() || inside.open.records == 1);
                inside.open.done.extend(done);
                drop(inside);
                if wake {
                    self.wake.notify_one();
                }
            }
        }
        true
    }

    /// Waits for the next frame to write; records that nobody waits for gather for up to `idle`.
    /// `None` once the log closes and nothing is left.
    pub fn next(&self, idle: Duration) -> Option<Gathered<D>> {
        let mut inside = lock(&self.inside);
        let mut aged = false;
        loop {
            if let Some(full) = inside.full.pop_front() {
                return Some(full);
            }
            let some = inside.open.records > 0;
            if some && (aged || inside.closing || !inside.open.done.is_empty()) {
                let fresh = inside.spare.pop().unwrap_or_else(Gathered::new);
                return Some(std::mem::replace(&mut inside.open, fresh));
            }
            if inside.closing {
                inside.closed = true;
                return None;
            }
            inside.idle = true;
            if some {
                let waited = self.wake.wait_timeout(inside, idle);
                let (back, waited) = waited.unwrap_or_else(PoisonError::into_inner);
                (inside, aged) = (back, waited.timed_out());
            } else {
                inside = self.wake.wait(inside).unwrap_or_else(PoisonError::into_inner);
            }
            inside.idle = false;
        }
    }

    /// Takes back the memory of a frame that was written.
    pub fn recycle(&self, mut written: Gathered<D>) {
        written.clear();
        let mut inside = lock(&self.inside);
        if inside.spare.len() < SPARE_FRAMES_MAX {
            inside.spare.push(written);
        }
    }

    /// From now on nobody waits: all who do are told, with those of `frame`, and so is who comes.
    pub fn refuse(&self, frame: &mut Gathered<D>, why: &Arc<str>) {
        let mut told = std::mem::take(&mut frame.done);
        let mut inside = lock(&self.inside);
        inside.refusing = Some(why.clone());
        for full in &mut inside.full {
            told.append(&mut full.done);
        }
        told.append(&mut inside.open.done);
        drop(inside);
        for done in told {
            done.done(Err(NotDurable::Kept(why.clone())));
        }
    }

    /// Who comes waits again.
    pub fn accept(&self) {
        lock(&self.inside).refusing = None;
    }

    /// Why the log refuses, where it does.
    pub fn refusing(&self) -> Option<Arc<str>> {
        lock(&self.inside).refusing.clone()
    }

    /// Waits for `time`, or until the log closes; says whether it does.
    pub fn pause(&self, time: Duration) -> bool {
        let inside = lock(&self.inside);
        let paused = self.wake.wait_timeout_while(inside, time, |inside| !inside.closing);
        paused.unwrap_or_else(PoisonError::into_inner).0.closing
    }

    /// The log closes: the writer writes what is there and goes.
    pub fn close(&self) {
        lock(&self.inside).closing = true;
        self.wake.notify_all();
    }

    /// Takes all that was not written, as the writer goes without writing it.
    pub fn abandon(&self) -> Vec<Gathered<D>> {
        let mut inside = lock(&self.inside);
        inside.closed = true;
        let open = std::mem::replace(&mut inside.open, Gathered::new());
        let mut left: Vec<Gathered<D>> = inside.full.drain(..).collect();
        left.push(open);
        left
    }
}
