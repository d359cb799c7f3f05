//! The thread that owns the file.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::frame::{FRAME_HEAD_BYTES, Stamp};
use super::place::{Medium, Place};
use super::queue::{Done, Gathered, Queue};
use super::segment::{Head, SEGMENT_HEAD_BYTES};
use super::shared::Ground;

pub(super) struct Writer<D> {
    ground: Arc<Ground>,
    queue: Arc<Queue<D>>,
    place: Box<dyn Place>,
    current: Current,
}

/// The segment that is being written.
pub(super) struct Current {
    pub number: u64,
    pub medium: Box<dyn Medium>,
    /// How far it is durable.
    pub end: u64,
    /// Whether something may lie behind that, of an attempt that failed.
    pub torn: bool,
}

impl<D: Done> Writer<D> {
    pub fn new(
        ground: Arc<Ground>,
        queue: Arc<Queue<D>>,
        place: Box<dyn Place>,
        current: Current,
    ) -> Self {
        Writer { ground, queue, place, current }
    }

    /// Writes until the log closes. Gives back what it could not write: frames, in order.
    pub fn run(mut self) -> Vec<Vec<u8>> {
        while let Some(mut frame) = self.queue.next(self.ground.limits.idle) {
            if !self.write(&mut frame) {
                let left = self.queue.abandon();
                return [frame].into_iter().chain(left).map(|frame| frame.bytes).collect();
            }
            self.queue.recycle(frame);
        }
        self.mark_closed();
        Vec::new()
    }

    /// Writes `frame` and tells who waits for it; where that fails, again and again until it does
    /// not. False where the log closes before.
    fn write(&mut self, frame: &mut Gathered<D>) -> bool {
        let mut refused = false;
        let mut closing = false;
        while let Err(error) = self.attempt(frame) {
            self.refuse(frame, &error);
            if closing {
                return false;
            }
            refused = true;
            closing = self.queue.pause(self.ground.limits.retry);
        }
        self.ground.grow(frame.bytes.len() as u64, frame.records as usize);
        if refused {
            self.queue.accept();
            self.ground.set_refusing(false);
        }
        for done in frame.done.drain(..) {
            done.done(Ok(()));
        }
        true
    }

    fn attempt(&mut self, frame: &mut Gathered<D>) -> io::Result<()> {
        if self.current.torn {
            self.current.medium.cut(self.current.end)?;
            self.current.torn = false;
        }
        let length = frame.bytes.len() as u64;
        let full = self.current.end + length > self.ground.limits.segment_bytes;
        if full && self.current.end > SEGMENT_HEAD_BYTES {
            self.roll()?;
        }
        let stamp = Stamp::new(self.ground.log, self.current.number);
        stamp.seal(self.current.end, frame.records, &mut frame.bytes);
        self.current.torn = true;
        self.current.medium.write(self.current.end, &frame.bytes)?;
        self.current.medium.sync()?;
        self.current.torn = false;
        self.current.end += length;
        Ok(())
    }

    /// Begins the next segment.
    fn roll(&mut self) -> io::Result<()> {
        let previous = self.current.number;
        let number = previous + 1;
        let medium = self.place.create(Head { log: self.ground.log, number, previous })?;
        self.current = Current { number, medium, end: SEGMENT_HEAD_BYTES, torn: false };
        self.ground.begin(number, previous);
        Ok(())
    }

    fn refuse(&self, frame: &mut Gathered<D>, error: &io::Error) {
        let path = self.place.path(self.current.number);
        let remedy = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space there",
            _ => "look at the disk and the permissions",
        };
        let why = format!("cannot write the meter's log `{}`: {error}; {remedy}", path.display());
        self.ground.failures.fetch_add(1, Ordering::Relaxed);
        self.ground.set_refusing(true);
        self.queue.refuse(frame, &why.into());
    }

    /// An empty frame, so that damage to the last one with records is told from a torn write. Where
    /// it fails nothing is lost: what it leaves is torn.
    fn mark_closed(&mut self) {
        let mut mark = [0; FRAME_HEAD_BYTES];
        Stamp::new(self.ground.log, self.current.number).seal(self.current.end, 0, &mut mark);
        let Current { medium, end, torn, .. } = &mut self.current;
        if *end > SEGMENT_HEAD_BYTES && !*torn {
            let written = medium.write(*end, &mark).and_then(|()| medium.sync());
            if written.is_ok() {
                self.ground.grow(FRAME_HEAD_BYTES as u64, 0);
            }
        }
    }
}
