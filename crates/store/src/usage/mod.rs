//! Durable usage: each record once by source and id, summed up by lease and hour as it comes.
//!
//! A batch of records is one frame of the log and one flush. A record whose source and id came
//! before is compared with what the log holds, key and content in full: a hash only says where to
//! look. The same content is a duplicate and counts once; another content is a conflict, which is
//! kept beside the first and does not count. `learnt` is no part of the content: a record that is
//! sent again later is the same record.
//!
//! Sums are kept in memory and in sorted files: for each lease and hour, and for the day on which it was learnt of
//! where that is a later day than it was used on, for the books bill nothing before they learnt of
//! it. So a close reads sums and never a record. What is learnt of for a day that is closed is
//! flagged late and counts on the first day that is not.
//!
//! Memory: the index of keys takes 13 bytes a slot, 15 to 30 bytes a key, in memory: at
//! [`KEYS_MAX`] keys 1.75 GB (2.6 GB for a moment as it grows to that). Sums beyond [`CELLS_MAX`]
//! go to sorted files.

mod cells;
pub(crate) mod days;
pub(crate) mod index;
mod ingest;
mod record;
mod runs;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use leasehold_types::{Date, Zone};

use crate::StoreError;
use crate::log::{Log, Mount, Opened, Segments, plain};

pub use index::KEYS_MAX;
pub use record::{
    COUNT_MAX, FEED_HOURS_MAX, HourFeed, LeaseNo, MODEL_BYTES_MAX, UsageRecord, UsageVoid,
};
pub use runs::{LeaseUse, RUNS_MAX, UseOf};

use cells::Cells;
use days::Calendar;
use index::Index;
use record::{Flags, Row, Sources};
use runs::Runs;

/// Most records of one batch.
pub const BATCH_RECORDS_MAX: usize = 65_536;

/// Most sums (of a lease, an hour and a day of learning) that are held in memory; 64 bytes each.
pub const CELLS_MAX: usize = 2_000_000;

/// The log's name in its directory.
const LOG: &str = "usage";

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// It is new and counts.
    New,
    /// It is new and counts, and is about a day that is closed: the next bill corrects that.
    Late,
    /// It is new and does not count: it was corrected before it came.
    Voided,
    /// It was there, the same in everything: it counts once.
    Duplicate,
    /// Its key was there with another content: the first stays, this one is kept beside it.
    Conflict,
    /// It breaks a rule and is not kept.
    Refused(Refusal),
}

/// Why a record is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody has registered the lease.
    #[error("there is no such lease in the books; add its term sheet or correct the id")]
    NoLease,
    /// It ends before it begins, or measures too much.
    #[error(
        "it measures nothing, or more than {} hours; cut it by the hour",
        leasehold_books::rating::USAGE_HOURS_MAX
    )]
    Span,
    /// A feed of hours is empty, too long, out of order, or begins between quarters of an hour.
    #[error(
        "a feed has 1 to {FEED_HOURS_MAX} hours, in order, each beginning on a quarter of an hour"
    )]
    Hours,
    /// Its source or id is empty or too long.
    #[error("`source` and `id` have 1 to {} bytes", leasehold_books::event::KEY_PART_BYTES_MAX)]
    Key,
    /// Its model is named too long.
    #[error("`model` has at most {MODEL_BYTES_MAX} bytes")]
    Model,
    /// A count does not fit.
    #[error("a count is above {}; cut the record by the hour", record::COUNT_MAX)]
    Overflow,
    /// There are too many sources.
    #[error("there are more than 65,535 sources; a source is a meter's system, not each request")]
    Sources,
}

/// What a correction of a record did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voided {
    /// The record counts no more.
    Done,
    /// The record has not come; should it, it will not count.
    Ahead,
    /// It was corrected before.
    Already,
}

/// Durable usage.
#[derive(Debug)]
pub struct UsageLog {
    dir: PathBuf,
    log: Log,
    segments: Segments,
    index: Index,
    sources: Sources,
    calendar: Calendar,
    cells: Cells,
    runs: Runs,
    closed: Option<Date>,
    /// The last frame that holds anything about each lease.
    last: Vec<u64>,
}

impl UsageLog {
    /// Opens the usage in `dir`, made where there is none. `zones` are those of the leases as
    /// signed, by their numbers.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be read or is damaged.
    pub fn open(dir: &Path, zones: &[Zone]) -> Result<(Self, Opened), StoreError> {
        UsageLog::open_on(dir, zones, plain)
    }

    /// The same, writing to what `mount` makes of the file.
    ///
    /// # Errors
    /// As [`UsageLog::open`].
    pub fn open_on(dir: &Path, zones: &[Zone], mount: Mount) -> Result<(Self, Opened), StoreError> {
        let mut calendar = Calendar::default();
        for zone in zones {
            calendar.add_lease(zone);
        }
        let runs = Runs::open(dir)?;
        let (mut index, mut sources) = (Index::default(), Sources::default());
        let mut cells = Cells::default();
        let mut last = vec![0; zones.len()];
        let (log, opened) = Log::open_on(dir, LOG, mount, &mut |place, number, frame| {
            let bad = || {
                let what = format!("what frame {number} holds cannot be read");
                StoreError::damaged(&dir.join(LOG), place.number() & 0xffff_ffff, what)
            };
            let inside = place.inside();
            record::read_frame(frame, &mut sources, &mut |at, row| {
                index.add(row.source, row.id, inside.plus(at))?;
                remember(&mut last, row.lease, number);
                if number > runs.frames() {
                    cells.count(&mut calendar, row).map_err(|_| bad())?;
                }
                Ok(())
            })
            .map_err(|error| error.unwrap_or_else(bad))
        })?;
        if opened.frames < runs.frames() {
            let what = format!(
                "it holds {} frames, and sums were made of {}",
                opened.frames,
                runs.frames()
            );
            return Err(StoreError::damaged(&dir.join(LOG), 0, what));
        }
        let (segments, dir) = (log.segments(), dir.to_owned());
        let closed = None;
        Ok((
            UsageLog { dir, log, segments, index, sources, calendar, cells, runs, closed, last },
            opened,
        ))
    }

    /// Registers a lease by the zone in which it was signed; gives its number.
    pub fn add_lease(&mut self, zone: &Zone) -> LeaseNo {
        self.last.push(0);
        self.calendar.add_lease(zone)
    }

    /// The number of the last frame that holds anything about a lease.
    pub(crate) fn last_frame(&self, lease: LeaseNo) -> u64 {
        usize::try_from(lease.0).ok().and_then(|at| self.last.get(at).copied()).unwrap_or(0)
    }

    /// Frames that the log holds.
    pub(crate) const fn frames(&self) -> u64 {
        self.log.next_number() - 1
    }

    /// Whether a record of that key is there.
    ///
    /// # Errors
    /// [`StoreError`] where the log cannot be read.
    pub fn has(&self, source: &str, id: &str) -> Result<bool, StoreError> {
        self.sources.known(source).map_or(Ok(false), |source| self.has_key(source, id))
    }

    /// Days through `date` are closed: what is learnt of them from now on is late.
    pub fn closed_through(&mut self, date: Date) {
        self.closed = self.closed.max(Some(date));
    }

    /// Keys that are known.
    pub fn keys(&self) -> usize {
        self.index.len()
    }

    /// Bytes of memory that the index of keys and the sums take.
    pub fn memory_bytes(&self) -> usize {
        self.index.memory_bytes() + self.cells.memory_bytes()
    }

    /// Brings the sums into order for reading by lease: what is in memory goes to a sorted file
    /// where it is much.
    ///
    /// # Errors
    /// [`StoreError`] where a file cannot be written.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        let frames = self.frames();
        self.runs.settle(&self.dir, &mut self.cells, frames)
    }

    /// The sums of each lease in `leases` (numbers in order), as they were settled last.
    ///
    /// # Errors
    /// [`StoreError`] where a file cannot be read or is damaged.
    pub fn read(&self, leases: &[LeaseNo]) -> Result<Vec<LeaseUse>, StoreError> {
        self.runs.read(leases)
    }

    /// Something that reads the sums as they were settled last, from any thread.
    pub fn reader(&self) -> UseOf {
        self.runs.reader()
    }
}

/// Remembers that `frame` holds something about `lease`.
#[inline]
fn remember(last: &mut [u64], lease: LeaseNo, frame: u64) {
    if let Some(held) = usize::try_from(lease.0).ok().and_then(|at| last.get_mut(at)) {
        *held = frame;
    }
}
