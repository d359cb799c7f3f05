//! Append-only logs of checksummed frames, in segments.
//!
//! A frame is a batch: it is written by one call, flushed to the disk once, and is there whole or
//! not at all. What a commit has acknowledged survives a crash. A tail that a crash left torn is
//! found at the next open and cut off, for nothing of it was acknowledged; anything else that is
//! not as it was written is damage, and the log is then not opened. Each frame carries the checksum
//! of the one before, so a frame that is missing or stands elsewhere is found, too.
//!
//! A batch whose write fails is taken back. Where that cannot be known (the flush failed), the log
//! takes nothing more until it is opened anew.

mod frame;
mod medium;
mod open;
mod read;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::files::sync_dir;

pub use frame::FRAME_BYTES_MAX;
pub use medium::{Medium, Mount, plain};
pub use open::Opened;
pub use read::{Place, Segments};

use frame::{FRAME_HEADER_BYTES, FrameHeader, SEGMENT_HEADER_BYTES, SegmentHeader};

/// A segment that has reached this many bytes takes no further frame.
pub const SEGMENT_BYTES_MAX: u64 = 512 << 20;

/// Most segments of one log.
pub const SEGMENTS_MAX: u32 = 1 << 20;

/// A log, open for appending. One process has it at a time; whoever owns the directory sees to it.
#[derive(Debug)]
pub struct Log {
    dir: PathBuf,
    name: &'static str,
    mount: Mount,
    medium: Box<dyn Medium>,
    segment: u32,
    length: u64,
    /// At how many bytes a segment is full.
    full: u64,
    next: u64,
    previous: u32,
    batch: Vec<u8>,
    /// Whether the batch is done with: the next one begins anew.
    done: bool,
    broken: bool,
}

impl Log {
    /// Bytes of the batch that is being made, to write into. They are committed as they are.
    pub fn batch(&mut self) -> &mut Vec<u8> {
        if self.done || self.batch.is_empty() {
            self.batch.clear();
            self.batch.resize(FRAME_HEADER_BYTES, 0);
            self.done = false;
        }
        &mut self.batch
    }

    /// Bytes that the batch holds so far.
    pub fn batch_bytes(&self) -> usize {
        if self.done { 0 } else { self.staged().len() }
    }

    /// What the batch holds; after a commit that of the last one, until the next is begun.
    pub fn staged(&self) -> &[u8] {
        self.batch.get(FRAME_HEADER_BYTES..).unwrap_or_default()
    }

    /// Drops the batch that is being made.
    pub fn abandon(&mut self) {
        self.done = true;
    }

    /// Where the batch that is being made will stand: the place of its frame.
    ///
    /// # Errors
    /// [`StoreError::Limit`] where a place cannot be written as a number.
    pub fn next_place(&self) -> Result<Place, StoreError> {
        if self.length >= self.full {
            return Place::new(self.segment + 1, SEGMENT_HEADER_BYTES as u64);
        }
        Place::new(self.segment, self.length)
    }

    /// The number of the next frame.
    pub const fn next_number(&self) -> u64 {
        self.next
    }

    /// Writes the batch and waits until it is on the disk. Gives the place of its frame.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written: nothing of it is then kept.
    pub fn commit(&mut self) -> Result<Place, StoreError> {
        if self.broken {
            return Err(StoreError::Uncertain { path: self.path() });
        }
        self.batch();
        self.done = true;
        if self.staged().len() > FRAME_BYTES_MAX {
            return Err(StoreError::Limit {
                what: format!("a batch of {} bytes for `{}`", self.staged().len(), self.name),
                limit: FRAME_BYTES_MAX as u64,
                unit: "bytes",
                remedy: "make it smaller",
            });
        }
        if self.length >= self.full {
            self.begin_segment()?;
        }
        let place = self.next_place()?;
        let checksum = FrameHeader::seal(&mut self.batch, self.next, self.previous);
        let written = self.medium.append(&self.batch);
        let bytes = self.batch.len() as u64;
        if let Err(source) = written {
            self.broken = self.medium.cut(self.length).is_err();
            return Err(StoreError::io(&self.path(), "write")(source));
        }
        if let Err(source) = self.medium.flush() {
            self.broken = true;
            return Err(StoreError::io(&self.path(), "make durable")(source));
        }
        self.length += bytes;
        self.next += 1;
        self.previous = checksum;
        Ok(place)
    }

    /// The log's files, for reading.
    pub fn segments(&self) -> Segments {
        Segments::new(&self.dir, self.name)
    }

    fn path(&self) -> PathBuf {
        segment_path(&self.dir, self.name, self.segment)
    }

    fn begin_segment(&mut self) -> Result<(), StoreError> {
        let segment = self.segment + 1;
        if segment >= SEGMENTS_MAX {
            return Err(StoreError::Limit {
                what: format!("a segment more of `{}`", self.path().display()),
                limit: SEGMENTS_MAX.into(),
                unit: "segments",
                remedy: "begin a new directory of books",
            });
        }
        let header = SegmentHeader { segment, previous: self.previous, first: self.next };
        let file = create_segment(&self.dir, self.name, header)?;
        self.medium = (self.mount)(file);
        (self.segment, self.length) = (segment, SEGMENT_HEADER_BYTES as u64);
        Ok(())
    }
}

/// The path of a segment.
fn segment_path(dir: &Path, name: &str, segment: u32) -> PathBuf {
    dir.join(format!("{name}-{segment:06}.log"))
}

/// Makes a segment with its header; its name is durable, too.
fn create_segment(dir: &Path, name: &str, header: SegmentHeader) -> Result<File, StoreError> {
    let path = segment_path(dir, name, header.segment);
    let create = || -> std::io::Result<File> {
        let options = OpenOptions::new().create(true).truncate(true).write(true).open(&path);
        let mut file = options?;
        std::io::Write::write_all(&mut file, &header.write())?;
        file.sync_all()?;
        Ok(file)
    };
    let file = create().map_err(StoreError::io(&path, "create"))?;
    sync_dir(dir)?;
    Ok(file)
}
