//! Reading a log in order, as far as it is durable.

use std::fmt;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::frame::{FRAME_HEAD_BYTES, Stamp};
use super::place::sync_directory;
use super::segment::{self, SEGMENT_HEAD_BYTES};
use super::shared::Ground;
use super::{Damage, ReadError};
use crate::meter::{LogId, Record};

/// A place in a log: before a frame, or after the last one of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    /// The number of the segment.
    pub segment: u64,
    /// The byte in its file.
    pub offset: u64,
}

impl fmt::Display for Cursor {
    /// As `segment:byte`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.segment, self.offset)
    }
}

/// A reader of a log. It never sees what is not durable: what the store took must be there after a
/// crash too.
pub struct Tail {
    ground: Arc<Ground>,
    /// The segment that was read last.
    open: Option<(u64, File)>,
    buffer: Vec<u8>,
}

impl Tail {
    pub(super) fn new(ground: Arc<Ground>) -> Self {
        Tail { ground, open: None, buffer: Vec::new() }
    }

    /// Which log it is.
    pub fn log(&self) -> LogId {
        self.ground.log
    }

    /// The oldest place that there is.
    pub fn first(&self) -> Cursor {
        Cursor { segment: self.ground.first().number, offset: SEGMENT_HEAD_BYTES }
    }

    /// How far the log is durable.
    pub fn durable(&self) -> Cursor {
        self.ground.durable()
    }

    /// Waits until the log is durable beyond `at`, for `most` at longest; says whether it is. Returns
    /// early where the log closes.
    pub fn wait(&self, at: Cursor, most: Duration) -> bool {
        self.ground.wait(at, most)
    }

    /// The place that `told` stands for; none stands for the beginning of a log that nobody has taken
    /// anything of.
    ///
    /// # Errors
    /// [`ReadError::Forgotten`] and [`ReadError::Ahead`] where the store and the log do not belong
    /// together.
    pub fn place(&self, told: Option<Cursor>) -> Result<Cursor, ReadError> {
        let (oldest, first) = (self.ground.first(), self.first());
        match told {
            None if oldest.previous == 0 => Ok(first),
            Some(told) if told.segment >= first.segment => {
                let next = match self.ground.segment(told.segment) {
                    Some((segment, _)) if told.offset < SEGMENT_HEAD_BYTES => {
                        Cursor { segment: segment.number, offset: SEGMENT_HEAD_BYTES }
                    }
                    Some((segment, _)) if told.offset > segment.end => {
                        Cursor { segment: segment.number, offset: segment.end }
                    }
                    Some(_) => return Ok(told),
                    None => self.ground.after(told.segment),
                };
                Err(ReadError::Ahead { told, next })
            }
            _ => Err(ReadError::Forgotten { told, first }),
        }
    }

    /// Appends records from `at` on to `into`, and says up to where: whole frames, until there are
    /// `most` records or no more; the last frame may go beyond `most` by what a frame holds.
    ///
    /// # Errors
    /// [`ReadError`]; `into` then holds what came before.
    pub fn read(
        &mut self,
        at: Cursor,
        most: usize,
        into: &mut Vec<Record>,
    ) -> Result<Cursor, ReadError> {
        let before = into.len();
        let mut at = self.place(Some(at))?;
        while into.len() - before < most {
            let Some((segment, next)) = self.ground.segment(at.segment) else { break };
            if at.offset < segment.end {
                at.offset += self.read_frame(at, segment.end, into)?;
            } else if let Some(next) = next.filter(|next| next.end > SEGMENT_HEAD_BYTES) {
                at = Cursor { segment: next.number, offset: SEGMENT_HEAD_BYTES };
            } else {
                // An empty segment is no place to stand: it goes as the log is opened again.
                break;
            }
        }
        Ok(at)
    }

    /// Reads the frame at `at` and says how long it is.
    fn read_frame(
        &mut self,
        at: Cursor,
        end: u64,
        into: &mut Vec<Record>,
    ) -> Result<u64, ReadError> {
        let path = segment::path(&self.ground.dir, at.segment);
        let of_io = |source| ReadError::Io { path: path.clone(), source };
        let file = match self.open.take() {
            Some((number, file)) if number == at.segment => file,
            _ => File::open(&path).map_err(of_io)?,
        };
        let stamp = Stamp::new(self.ground.log, at.segment);
        let found = stamp.read(&file, at.offset, end, &mut self.buffer);
        let Some(frame) = found.or_else(ended).map_err(of_io)? else {
            let next = segment::next_frame(&file, &stamp, at.offset, end).map_err(of_io)?;
            return Err(Damage { path, from: at.offset, to: next.unwrap_or(end) }.into());
        };
        self.open = Some((at.segment, file));
        let mut records = self.buffer.get(FRAME_HEAD_BYTES..).unwrap_or_default();
        while !records.is_empty() {
            let (record, length) = Record::decode(records).map_err(|source| ReadError::Record {
                path: path.clone(),
                at: at.offset,
                source,
            })?;
            into.push(record);
            records = records.get(length..).unwrap_or_default();
        }
        Ok(frame.bytes)
    }

    /// Removes the segments before that of `upto`, which the store has taken for good; says how many.
    /// The one of `upto` stays, so that a store that was set back is always noticed.
    ///
    /// # Errors
    /// [`ReadError::Io`]; what could not be removed is removed with the next call.
    pub fn forget(&mut self, upto: Cursor) -> Result<u64, ReadError> {
        let mut removed = 0;
        let last = self.durable().segment;
        while self.ground.first().number < upto.segment.min(last) {
            let path = segment::path(&self.ground.dir, self.ground.first().number);
            let gone = std::fs::remove_file(&path).or_else(|error| match error.kind() {
                io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            });
            // One after another: a power cut never leaves a hole between segments.
            let gone = gone.and_then(|()| sync_directory(&self.ground.dir));
            gone.map_err(|source| ReadError::Io { path: path.clone(), source })?;
            self.ground.forget_first();
            removed += 1;
        }
        Ok(removed)
    }
}

/// A file that is shorter than it was is damaged, not unreadable.
fn ended(error: io::Error) -> io::Result<Option<super::frame::Frame>> {
    if error.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(error) }
}
