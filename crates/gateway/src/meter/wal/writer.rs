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
    /// None where the next one could not be begun yet.
    current: Option<Current>,
}

/// The segment that is being written.
struct Current {
    number: u64,
    medium: Box<dyn Medium>,
    /// How far it is durable. What lies behind that is of an attempt that failed: the next one writes
    /// over it, and where there is none, it is cut as the log is opened again.
    end: u64,
}

impl<D: Done> Writer<D> {
    pub const fn new(ground: Arc<Ground>, queue: Arc<Queue<D>>, place: Box<dyn Place>) -> Self {
        Writer { ground, queue, place, current: None }
    }

    /// Begins the first segment. Where that fails the log refuses, and [`Writer::run`] tries again.
    pub fn begin(&mut self) -> io::Result<()> {
        let begun = begin(&self.ground, self.place.as_mut());
        if let Err(error) = &begun {
            self.refuse(&mut Gathered::new(), error);
        }
        self.current = Some(begun?);
        Ok(())
    }

    /// Writes until the log closes. Gives back what it could not write: frames, in order.
    pub fn run(mut self) -> Vec<Vec<u8>> {
        if !self.is_begun() {
            return self.queue.abandon().into_iter().map(|frame| frame.bytes).collect();
        }
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

    /// Waits until there is a segment to write; nobody is let in before. False where the log closes.
    fn is_begun(&mut self) -> bool {
        while self.current.is_none() {
            if self.queue.pause(self.ground.limits.retry) {
                return false;
            }
            if self.begin().is_ok() {
                self.accept();
            }
        }
        true
    }

    /// Writes `frame` and tells who waits for it; where that fails, again and again until it does
    /// not. False where the log closes before.
    fn write(&mut self, frame: &mut Gathered<D>) -> bool {
        let (mut refused, mut closing) = (false, false);
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
            self.accept();
        }
        for done in frame.done.drain(..) {
            done.done(Ok(()));
        }
        true
    }

    fn attempt(&mut self, frame: &mut Gathered<D>) -> io::Result<()> {
        let length = frame.bytes.len() as u64;
        let most = self.ground.limits.segment_bytes;
        // A frame always fits into a segment of its own.
        let current = match self.current.take() {
            Some(current) if current.end + length <= most => current,
            _ => begin(&self.ground, self.place.as_mut())?,
        };
        let current = self.current.insert(current);
        let stamp = Stamp::new(self.ground.log, current.number);
        stamp.seal(current.end, frame.records, &mut frame.bytes);
        current.medium.write(current.end, &frame.bytes)?;
        current.medium.sync()?;
        current.end += length;
        Ok(())
    }

    fn refuse(&self, frame: &mut Gathered<D>, error: &io::Error) {
        let number = self.current.as_ref().map_or(self.ground.next_head().number, |it| it.number);
        let path = self.place.path(number);
        let remedy = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space there",
            _ => "look at the disk and the permissions",
        };
        let why = format!("cannot write the meter's log `{}`: {error}; {remedy}", path.display());
        self.ground.failures.fetch_add(1, Ordering::Relaxed);
        self.ground.set_refusing(true);
        self.queue.refuse(frame, &why.into());
    }

    fn accept(&self) {
        self.queue.accept();
        self.ground.set_refusing(false);
    }

    /// An empty frame, so that damage to the last one with records is told from a torn write. Where
    /// it fails nothing is lost: what it leaves is torn.
    fn mark_closed(&mut self) {
        let Some(Current { number, medium, end }) = &mut self.current else { return };
        if *end == SEGMENT_HEAD_BYTES {
            return;
        }
        let mut mark = [0; FRAME_HEAD_BYTES];
        Stamp::new(self.ground.log, *number).seal(*end, 0, &mut mark);
        if medium.write(*end, &mark).and_then(|()| medium.sync()).is_ok() {
            self.ground.grow(FRAME_HEAD_BYTES as u64, 0);
        }
    }
}

/// Begins the segment after the last one. A last one that is empty goes: the new one stands in its
/// place.
fn begin(ground: &Ground, place: &mut dyn Place) -> io::Result<Current> {
    let head = ground.next_head();
    let Head { number, previous, .. } = head;
    let medium = place.create(head)?;
    if let Some(empty) = ground.begin(number, previous) {
        // Where it stays it is found, and removed, as the log is opened the next time.
        let _ = place.remove(empty);
    }
    Ok(Current { number, medium, end: SEGMENT_HEAD_BYTES })
}
