//! Taking records in: a batch is compared with what is there, written, then counted.

use leasehold_types::Date;

use crate::StoreError;
use crate::log::Place;

use super::record::ROW_BYTES;
use super::{
    BATCH_RECORDS_MAX, CELLS_MAX, Counted, Flags, HourFeed, LeaseNo, Refusal, Row, UsageLog,
    UsageRecord, UsageVoid, Voided, days,
};

/// Most hours of one batch of feeds.
pub const BATCH_HOURS_MAX: usize = 1_000_000;

/// What stands in the log under a key, as far as it matters for a record of that key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Found {
    /// A first record is there; whether it says the same.
    first: Option<bool>,
    /// The same conflict is there.
    same_conflict: bool,
    /// It was corrected.
    void: bool,
}

/// A batch that is being made.
struct Batch {
    frame: Place,
    added: Vec<(u64, Place)>,
}

impl UsageLog {
    /// Takes a batch in: when it returns, everything new in it is on the disk. Says of each record
    /// what became of it; one that is refused does not keep the others back.
    ///
    /// # Errors
    /// [`StoreError`] where the batch is too large or cannot be written: nothing of it is kept.
    pub fn ingest(&mut self, records: &[UsageRecord<'_>]) -> Result<Vec<Counted>, StoreError> {
        if records.len() > BATCH_RECORDS_MAX {
            return Err(StoreError::Limit {
                what: format!("a batch of {} records", records.len()),
                limit: BATCH_RECORDS_MAX as u64,
                unit: "records",
                remedy: "send it in parts",
            });
        }
        let mut counted = Vec::with_capacity(records.len());
        let mut numbers = Vec::with_capacity(records.len());
        for record in records {
            numbers.push(self.sources.number(record.source));
        }
        let mut batch = self.begin()?;
        for (record, source) in records.iter().zip(numbers) {
            let outcome = match source {
                Some(source) => self.stage(&mut batch, record, source),
                None => Ok(Counted::Refused(Refusal::Sources)),
            };
            match outcome {
                Ok(outcome) => counted.push(outcome),
                Err(error) => return Err(self.drop_batch(&batch, error)),
            }
        }
        self.finish(&batch)?;
        Ok(counted)
    }

    /// As [`UsageLog::ingest`], for use that was counted elsewhere and comes as sums by the hour.
    ///
    /// # Errors
    /// As [`UsageLog::ingest`].
    pub fn ingest_hours(&mut self, feeds: &[HourFeed<'_>]) -> Result<Vec<Counted>, StoreError> {
        let hours: usize = feeds.iter().map(|feed| feed.hours.len()).sum();
        if hours > BATCH_HOURS_MAX || feeds.len() > BATCH_RECORDS_MAX {
            return Err(StoreError::Limit {
                what: format!("a batch of {hours} hours in {} feeds", feeds.len()),
                limit: BATCH_HOURS_MAX as u64,
                unit: "hours",
                remedy: "send it in parts",
            });
        }
        let mut counted = Vec::with_capacity(feeds.len());
        let mut numbers = Vec::with_capacity(feeds.len());
        for feed in feeds {
            numbers.push(self.sources.number(feed.source));
        }
        let mut batch = self.begin()?;
        for (feed, source) in feeds.iter().zip(numbers) {
            let mut block = Vec::new();
            let row = source.ok_or(Refusal::Sources);
            let row = row.and_then(|source| Row::of_hours(feed, source, &mut block));
            let outcome = match row {
                Ok(row) => self.stage_row(&mut batch, row),
                Err(refusal) => Ok(Counted::Refused(refusal)),
            };
            match outcome {
                Ok(outcome) => counted.push(outcome),
                Err(error) => return Err(self.drop_batch(&batch, error)),
            }
        }
        self.finish(&batch)?;
        Ok(counted)
    }

    /// Records of a lease did not happen, or happened otherwise: from now on they count for nothing.
    ///
    /// # Errors
    /// As [`UsageLog::ingest`].
    pub fn void(&mut self, corrections: &[UsageVoid<'_>]) -> Result<Vec<Voided>, StoreError> {
        let mut numbers = Vec::with_capacity(corrections.len());
        for void in corrections {
            let refused = || StoreError::Refused(Refusal::Sources.to_string());
            numbers.push(self.sources.number(void.source).ok_or_else(refused)?);
        }
        let mut batch = self.begin()?;
        let mut voided = Vec::with_capacity(corrections.len());
        for (void, source) in corrections.iter().zip(numbers) {
            match self.stage_void(&mut batch, source, void) {
                Ok(outcome) => voided.push(outcome),
                Err(error) => return Err(self.drop_batch(&batch, error)),
            }
        }
        self.finish(&batch)?;
        Ok(voided)
    }

    fn begin(&mut self) -> Result<Batch, StoreError> {
        if self.cells.len() >= CELLS_MAX {
            self.settle()?;
        }
        self.log.abandon();
        let frame = self.log.next_place()?;
        self.sources.write_new(self.log.batch());
        Ok(Batch { frame, added: Vec::new() })
    }

    fn stage(
        &mut self,
        batch: &mut Batch,
        record: &UsageRecord<'_>,
        source: u16,
    ) -> Result<Counted, StoreError> {
        match Row::of(record, source) {
            Ok(row) => self.stage_row(batch, row),
            Err(refusal) => Ok(Counted::Refused(refusal)),
        }
    }

    fn stage_row(&mut self, batch: &mut Batch, mut row: Row<'_>) -> Result<Counted, StoreError> {
        let Some((counted_on, late)) = self.when(row.lease, row.from, row.learnt) else {
            return Ok(Counted::Refused(Refusal::NoLease));
        };
        row.counted_on = counted_on;
        let hash = self.index.hash(row.source, row.id);
        let found = self.find(batch, hash, &row)?;
        let outcome = match found {
            Found { first: Some(true), .. } => return Ok(Counted::Duplicate),
            Found { same_conflict: true, .. } => return Ok(Counted::Conflict),
            Found { first: Some(false), .. } => {
                row.flags = row.flags.and(Flags::CONFLICT);
                Counted::Conflict
            }
            Found { void: true, .. } => {
                row.flags = row.flags.and(Flags::SILENT);
                Counted::Voided
            }
            _ if late => {
                row.flags = row.flags.and(Flags::LATE);
                Counted::Late
            }
            _ => Counted::New,
        };
        self.append(batch, hash, &row)?;
        Ok(outcome)
    }

    fn stage_void(
        &mut self,
        batch: &mut Batch,
        source: u16,
        void: &UsageVoid<'_>,
    ) -> Result<Voided, StoreError> {
        let (id, learnt) = (void.id, void.learnt);
        let hash = self.index.hash(source, id);
        let (mut first, mut block, mut buffer) = (None, Vec::new(), Vec::new());
        for place in self.index.places(hash).collect::<Vec<_>>() {
            let there = self.row_at(batch.frame, place, &mut buffer)?;
            if (there.source, there.id, there.lease) != (source, id, void.lease) {
                continue;
            }
            if there.flags.has(Flags::VOID) {
                return Ok(Voided::Already);
            }
            if !there.flags.has(Flags::CONFLICT) {
                block = there.block.to_vec();
                let hours = Flags(there.flags.0 & Flags::HOURS.0);
                first = Some((there.from, there.span, there.counts, hours));
            }
        }
        let mut row = Row::void(source, void);
        let outcome = match first {
            Some((from, span, counts, hours)) => {
                row.block = &block;
                row.flags = row.flags.and(hours);
                let day = self.when(void.lease, i64::MIN, learnt.second());
                (row.from, row.span, row.counts) = (from, span, counts);
                row.counted_on = day.and_then(|(day, _)| day);
                Voided::Done
            }
            None => {
                row.flags = row.flags.and(Flags::SILENT);
                Voided::Ahead
            }
        };
        self.append(batch, hash, &row)?;
        Ok(outcome)
    }

    /// The day from which something learnt at `learnt` about `from` counts, where that is not the
    /// beginning, and whether it is about a closed day.
    fn when(&mut self, lease: LeaseNo, from: i64, learnt: i64) -> Option<(Option<i32>, bool)> {
        let closed = self.closed.map_or(i32::MIN, days::day_number);
        let learnt_on = self.calendar.day(lease, learnt)?.number;
        let used_on = match from {
            i64::MIN => i32::MIN,
            from => self.calendar.day(lease, from)?.number,
        };
        let late = used_on <= closed;
        if learnt_on <= used_on && !late {
            return Some((None, false));
        }
        let first_open = closed.saturating_add(if self.closed.is_some() { 1 } else { 0 });
        Some((Some(learnt_on.max(first_open)), late && self.closed.is_some()))
    }

    fn append(&mut self, batch: &mut Batch, hash: u64, row: &Row<'_>) -> Result<(), StoreError> {
        let at = u32::try_from(self.log.batch_bytes()).unwrap_or(u32::MAX);
        let place = batch.frame.inside().plus(at);
        row.write(self.log.batch());
        self.index.add_hash(hash, place)?;
        batch.added.push((hash, place));
        super::remember(&mut self.last, row.lease, self.log.next_number());
        Ok(())
    }

    fn find(&self, batch: &Batch, hash: u64, row: &Row<'_>) -> Result<Found, StoreError> {
        let mut found = Found::default();
        let mut buffer = Vec::new();
        for place in self.index.places(hash) {
            let there = self.row_at(batch.frame, place, &mut buffer)?;
            if (there.source, there.id) != (row.source, row.id) {
                continue;
            }
            if there.flags.has(Flags::VOID) {
                found.void |= there.lease == row.lease;
            } else if there.flags.has(Flags::CONFLICT) {
                found.same_conflict |= there.same_content(row);
            } else {
                found.first = Some(there.same_content(row));
            }
        }
        Ok(found)
    }

    pub(super) fn has_key(&self, source: u16, id: &str) -> Result<bool, StoreError> {
        let hash = self.index.hash(source, id);
        let (nowhere, mut buffer) = (Place::of_number(u64::MAX), Vec::new());
        for place in self.index.places(hash) {
            let there = self.row_at(nowhere, place, &mut buffer)?;
            let silent_void = there.flags.has(Flags::VOID) && there.flags.has(Flags::SILENT);
            if (there.source, there.id) == (source, id) && !silent_void {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The row at `place`, in the log or in the batch that is being made in `frame`.
    fn row_at<'a>(
        &'a self,
        frame: Place,
        place: Place,
        buffer: &'a mut Vec<u8>,
    ) -> Result<Row<'a>, StoreError> {
        let bad = |_| {
            let what = "a usage record that the index knows cannot be read";
            StoreError::damaged(&self.dir, place.number() & 0xffff_ffff, what)
        };
        if let Some(at) = place.number().checked_sub(frame.inside().number()) {
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            let bytes = self.log.staged().get(at..).unwrap_or_default();
            return Row::read(&mut crate::codec::Bytes(bytes)).map_err(bad);
        }
        let mut front = [0; ROW_BYTES];
        self.segments.read(place, &mut front)?;
        let texts = Row::text_bytes(&front);
        buffer.clear();
        buffer.extend_from_slice(&front);
        buffer.resize(ROW_BYTES + texts, 0);
        let after = place.plus(u32::try_from(ROW_BYTES).unwrap_or(0));
        self.segments.read(after, &mut buffer[ROW_BYTES..])?;
        Row::read(&mut crate::codec::Bytes(buffer)).map_err(bad)
    }

    /// Writes the batch, then counts it.
    fn finish(&mut self, batch: &Batch) -> Result<(), StoreError> {
        if batch.added.is_empty() {
            self.log.abandon();
            return Ok(());
        }
        if let Err(error) = self.log.commit() {
            return Err(self.drop_batch(batch, error));
        }
        self.cells.count_frame(&mut self.calendar, self.log.staged())?;
        self.sources.written();
        Ok(())
    }

    fn drop_batch(&mut self, batch: &Batch, error: StoreError) -> StoreError {
        self.log.abandon();
        for (hash, place) in &batch.added {
            self.index.remove(*hash, *place);
        }
        error
    }

    /// The last day that is closed, as [`UsageLog::closed_through`] said.
    pub fn closed(&self) -> Option<Date> {
        self.closed
    }
}
