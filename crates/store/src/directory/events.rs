//! Everything that happened but use: each event once by source and id, and which of them no close
//! has come to.
//!
//! A record: what it is (u8), the lease's number (u32), when it was learnt of (i64), the event as
//! its line with the time of learning left out (blob): so two lines that say the same are the same
//! bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use leasehold_books::book::wakes_lease;
use leasehold_books::event::{Event, reread, to_line};
use leasehold_types::Instant;

use crate::StoreError;
use crate::codec::{Bytes, Short, put_blob};
use crate::log::{Log, Opened, Place, Segments};
use crate::usage::LeaseNo;
use crate::usage::index::Index;

use super::Taken;

/// Most events of one batch.
pub const EVENT_BATCH_MAX: usize = 8_192;

const LOG: &str = "events";

/// The event is for its own day.
const WAKES: u8 = 1;
/// Its key came before with another content.
const CONFLICT: u8 = 2;

/// Bytes of a record before its line: what it is, the lease, the time, the count of bytes.
const HEAD_BYTES: u32 = 17;

#[derive(Debug)]
pub(crate) struct Events {
    path: PathBuf,
    log: Log,
    segments: Segments,
    index: Index,
    /// Events that count, in all.
    count: u64,
    unread: BTreeMap<LeaseNo, Vec<Unread>>,
    conflicts: u64,
}

/// An event that its lease has not been given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unread {
    /// Its number among all events that count, from 1.
    pub(crate) number: u64,
    /// When it was learnt of.
    pub(crate) at: i64,
    /// Whether it is for its own day.
    pub(crate) wakes: bool,
    place: Place,
}

/// What a batch adds: the hash of its key, its place, and of whom it is where it counts.
type Added = (u64, Place, Option<(LeaseNo, Unread)>);

struct Record<'a> {
    flags: u8,
    lease: LeaseNo,
    at: i64,
    line: &'a str,
}

impl Events {
    pub(crate) fn open(dir: &Path) -> Result<(Self, Opened), StoreError> {
        let (mut index, mut unread) = (Index::default(), BTreeMap::<LeaseNo, Vec<Unread>>::new());
        let (mut count, mut conflicts) = (0, 0);
        let (log, opened) = Log::open(dir, LOG, &mut |place, number, frame| {
            let bad = || {
                let what = format!("what frame {number} holds cannot be read");
                StoreError::damaged(&dir.join(LOG), place.number() & 0xffff_ffff, what)
            };
            let mut read = Bytes(frame);
            while !read.0.is_empty() {
                let at = u32::try_from(frame.len() - read.0.len()).map_err(|_| bad())?;
                let record = Record::read(&mut read).map_err(|Short| bad())?;
                let event = reread(record.line).map_err(|_| bad())?;
                let place = place.inside().plus(at);
                let hash = index.hash_texts(&event.key.source, &event.key.id);
                index.add_hash(hash, place)?;
                if record.flags & CONFLICT != 0 {
                    conflicts += 1;
                    continue;
                }
                count += 1;
                unread.entry(record.lease).or_default().push(record.unread(count, place));
            }
            Ok(())
        })?;
        let (segments, path) = (log.segments(), dir.join(LOG));
        Ok((Events { path, log, segments, index, count, unread, conflicts }, opened))
    }

    /// Takes a batch in: when it returns, what is new in it is on the disk.
    pub(crate) fn take(&mut self, events: &[(LeaseNo, Event)]) -> Result<Vec<Taken>, StoreError> {
        if events.len() > EVENT_BATCH_MAX {
            return Err(StoreError::Limit {
                what: format!("a batch of {} events", events.len()),
                limit: EVENT_BATCH_MAX as u64,
                unit: "events",
                remedy: "send it in parts",
            });
        }
        self.log.abandon();
        let frame = self.log.next_place()?;
        let (mut taken, mut added) = (Vec::with_capacity(events.len()), Vec::new());
        for (lease, event) in events {
            match self.stage(frame, *lease, event, &mut added) {
                Ok(outcome) => taken.push(outcome),
                Err(error) => return Err(self.drop_batch(&added, error)),
            }
        }
        if added.is_empty() {
            return Ok(taken);
        }
        if let Err(error) = self.log.commit() {
            return Err(self.drop_batch(&added, error));
        }
        for (_, place, record) in added {
            match record {
                Some((lease, unread)) => {
                    self.count += 1;
                    let unread = Unread { number: self.count, place, ..unread };
                    self.unread.entry(lease).or_default().push(unread);
                }
                None => self.conflicts += 1,
            }
        }
        Ok(taken)
    }

    fn stage(
        &mut self,
        frame: Place,
        lease: LeaseNo,
        event: &Event,
        added: &mut Vec<Added>,
    ) -> Result<Taken, StoreError> {
        let line = to_line(&Event { at: Instant::EPOCH, ..event.clone() });
        let line = line.map_err(|error| StoreError::Refused(error.to_string()))?;
        let hash = self.index.hash_texts(&event.key.source, &event.key.id);
        let mut known = false;
        for place in self.index.places(hash).collect::<Vec<_>>() {
            let there = self.line_at(frame, place)?;
            if there == line {
                return Ok(if known { Taken::Conflict } else { self.of_first(frame, place)? });
            }
            known |= reread(&there).is_ok_and(|other| other.key == event.key);
        }
        let at = u32::try_from(self.log.batch_bytes()).unwrap_or(u32::MAX);
        let place = frame.inside().plus(at);
        let wakes = if wakes_lease(&event.kind) { WAKES } else { 0 };
        let flags = wakes | if known { CONFLICT } else { 0 };
        let record = Record { flags, lease, at: event.at.second(), line: &line };
        record.write(self.log.batch());
        self.index.add_hash(hash, place)?;
        let unread = (!known).then(|| (lease, record.unread(0, place)));
        added.push((hash, place, unread));
        Ok(if known { Taken::Conflict } else { Taken::New })
    }

    /// What the same content at `place` means: it is the first of its key, or a known conflict.
    fn of_first(&self, frame: Place, place: Place) -> Result<Taken, StoreError> {
        let mut flags = [0];
        match self.staged_at(frame, place) {
            Some(bytes) => flags[0] = bytes.first().copied().unwrap_or(0),
            None => self.segments.read(place, &mut flags)?,
        }
        Ok(if flags[0] & CONFLICT != 0 { Taken::Conflict } else { Taken::Duplicate })
    }

    fn staged_at(&self, frame: Place, place: Place) -> Option<&[u8]> {
        let at = place.number().checked_sub(frame.inside().number())?;
        self.log.staged().get(usize::try_from(at).ok()?..)
    }

    fn line_at(&self, frame: Place, place: Place) -> Result<String, StoreError> {
        let bad = || {
            let what = "an event that the index knows cannot be read";
            StoreError::damaged(&self.path, place.number() & 0xffff_ffff, what)
        };
        if let Some(bytes) = self.staged_at(frame, place) {
            let record = Record::read(&mut Bytes(bytes)).map_err(|Short| bad())?;
            return Ok(record.line.to_owned());
        }
        let mut length = [0; 4];
        self.segments.read(place.plus(HEAD_BYTES - 4), &mut length)?;
        let mut line = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap_or(0)];
        self.segments.read(place.plus(HEAD_BYTES), &mut line)?;
        String::from_utf8(line).map_err(|_| bad())
    }

    fn drop_batch(&mut self, added: &[Added], error: StoreError) -> StoreError {
        self.log.abandon();
        added.iter().for_each(|(hash, place, _)| self.index.remove(*hash, *place));
        error
    }

    /// Whether an event of that key is there.
    pub(crate) fn has(&self, source: &str, id: &str) -> Result<bool, StoreError> {
        if self.index.len() == 0 {
            return Ok(false);
        }
        let nowhere = Place::of_number(u64::MAX);
        for place in self.index.places(self.index.hash_texts(source, id)) {
            let there = reread(&self.line_at(nowhere, place)?);
            let key = |event: Event| (&*event.key.source, &*event.key.id) == (source, id);
            if there.is_ok_and(key) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Events of a lease that it has not been given, in the order in which they came.
    pub(crate) fn unread(&self, lease: LeaseNo) -> &[Unread] {
        self.unread.get(&lease).map_or(&[], Vec::as_slice)
    }

    /// The event itself.
    pub(crate) fn read(&self, unread: &Unread) -> Result<Event, StoreError> {
        let line = self.line_at(Place::of_number(u64::MAX), unread.place)?;
        let event = reread(&line).map_err(|fault| {
            let offset = unread.place.number() & 0xffff_ffff;
            StoreError::damaged(&self.path, offset, fault.message)
        })?;
        Ok(Event { at: Instant::from_second(unread.at), ..event })
    }

    /// The lease has been given its events up to number `read`.
    pub(crate) fn forget_read(&mut self, lease: LeaseNo, read: u64) {
        if let Some(events) = self.unread.get_mut(&lease) {
            events.retain(|event| event.number > read);
            if events.is_empty() {
                self.unread.remove(&lease);
            }
        }
    }
}

impl<'a> Record<'a> {
    fn write(&self, to: &mut Vec<u8>) {
        to.push(self.flags);
        to.extend_from_slice(&self.lease.0.to_le_bytes());
        to.extend_from_slice(&self.at.to_le_bytes());
        put_blob(to, self.line.as_bytes());
    }

    fn read(read: &mut Bytes<'a>) -> Result<Self, Short> {
        let (flags, lease, at) = (read.u8()?, LeaseNo(read.u32()?), read.i64()?);
        let line = std::str::from_utf8(read.blob()?).map_err(|_| Short)?;
        Ok(Record { flags, lease, at, line })
    }

    fn unread(&self, number: u64, place: Place) -> Unread {
        Unread { number, at: self.at, wakes: self.flags & WAKES != 0, place }
    }
}
