//! A usage record and its bytes.
//!
//! What a frame holds: the count of new sources (u32), each a text; then rows to its end. A row is
//! [`ROW_BYTES`] of numbers, then its id, its model and, where it brings sums by the hour, a block of
//! them as the runs hold it. All numbers are little-endian.

use leasehold_books::event::{KEY_PART_BYTES_MAX, TokenUse, Usage};
use leasehold_books::rating::HourUse;
use leasehold_types::{AcceleratorSeconds, Instant, Tokens};

use crate::StoreError;
use crate::codec::{Bytes, Short, put_text};

use super::Refusal;
use super::cells::{SLOT_S, slot};
use super::runs::block;

/// Longest name of a model, in bytes.
pub const MODEL_BYTES_MAX: usize = 255;

/// Largest count of one record: accelerator-seconds, or tokens of one sort. So the sum of as many
/// records as there may be fits 63 bits.
pub const COUNT_MAX: u64 = 1 << 36;

/// Bytes of a row without its texts.
pub(super) const ROW_BYTES: usize = 80;

/// Stands for an instant that is not given.
const NO_INSTANT: i64 = i64::MIN;

/// A lease, by its number within a directory of books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseNo(pub u32);

/// A usage record as it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageRecord<'a> {
    /// Who says so.
    pub source: &'a str,
    /// Its id there.
    pub id: &'a str,
    /// Which lease.
    pub lease: LeaseNo,
    /// When the books learnt of it.
    pub learnt: Instant,
    /// When it took effect, where that is given.
    pub effective: Option<Instant>,
    /// The beginning of what was measured.
    pub from: Instant,
    /// The end of what was measured.
    pub until: Instant,
    /// All use of the lease's accelerators.
    pub accelerator_seconds: AcceleratorSeconds,
    /// Tokens to be priced.
    pub tokens: TokenUse,
    /// By which model.
    pub model: Option<&'a str>,
}

/// That a record counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageVoid<'a> {
    /// The record's source.
    pub source: &'a str,
    /// Its id there.
    pub id: &'a str,
    /// Its lease; a record of another lease is not meant.
    pub lease: LeaseNo,
    /// When the books learnt that it counts for nothing.
    pub learnt: Instant,
}

/// Use that was counted elsewhere: sums by the hour, known together by one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourFeed<'a> {
    /// Who says so.
    pub source: &'a str,
    /// Its id there.
    pub id: &'a str,
    /// Which lease.
    pub lease: LeaseNo,
    /// When the books learnt of it.
    pub learnt: Instant,
    /// What was used in the hour, or the quarter of one, that begins then; in order, at most
    /// [`FEED_HOURS_MAX`].
    pub hours: &'a [(Instant, HourUse)],
}

/// Most hours of one feed: a year.
pub const FEED_HOURS_MAX: usize = 8_784;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Flags(pub(super) u8);

impl Flags {
    /// About a day that was closed.
    pub(super) const LATE: Flags = Flags(1);
    /// Another content than the first of its key.
    pub(super) const CONFLICT: Flags = Flags(2);
    /// A correction of the record of its key.
    pub(super) const VOID: Flags = Flags(4);
    /// It does not count: it was corrected before it came.
    pub(super) const SILENT: Flags = Flags(8);
    /// It has a model.
    const MODEL: Flags = Flags(16);
    /// It brings sums by the hour.
    pub(super) const HOURS: Flags = Flags(32);

    pub(super) const fn has(self, flag: Flags) -> bool {
        self.0 & flag.0 != 0
    }

    pub(super) const fn and(self, flag: Flags) -> Flags {
        Flags(self.0 | flag.0)
    }
}

/// A row of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row<'a> {
    pub(super) flags: Flags,
    pub(super) source: u16,
    pub(super) lease: LeaseNo,
    pub(super) span: u32,
    pub(super) from: i64,
    pub(super) learnt: i64,
    effective: i64,
    /// Accelerator-seconds, then tokens: input, cached, output.
    pub(super) counts: [u64; 4],
    /// The day on which it is learnt of, where it is not counted from the beginning.
    pub(super) counted_on: Option<i32>,
    pub(super) id: &'a str,
    model: &'a str,
    /// Sums by the hour, where it brings them.
    pub(super) block: &'a [u8],
}

impl<'a> Row<'a> {
    /// The row of a record that keeps the rules.
    pub(super) fn of(record: &UsageRecord<'a>, source: u16) -> Result<Self, Refusal> {
        let text = |text: &str| (1..=KEY_PART_BYTES_MAX).contains(&text.len());
        if !text(record.source) || !text(record.id) {
            return Err(Refusal::Key);
        }
        let model = record.model.unwrap_or_default();
        if model.len() > MODEL_BYTES_MAX {
            return Err(Refusal::Model);
        }
        let span = record.until.since(record.from).0;
        let hours = leasehold_books::rating::USAGE_HOURS_MAX;
        if !(1..=hours * 3_600).contains(&span) {
            return Err(Refusal::Span);
        }
        let tokens = record.tokens;
        let time = u64::try_from(record.accelerator_seconds.0).map_err(|_| Refusal::Overflow)?;
        let counts = [time, tokens.input.0, tokens.cached.0, tokens.output.0];
        if counts.iter().any(|count| *count > COUNT_MAX) {
            return Err(Refusal::Overflow);
        }
        Ok(Row {
            flags: if record.model.is_some() { Flags::MODEL } else { Flags::default() },
            source,
            lease: record.lease,
            span: u32::try_from(span).map_err(|_| Refusal::Span)?,
            from: record.from.second(),
            learnt: record.learnt.second(),
            effective: record.effective.map_or(NO_INSTANT, Instant::second),
            counts,
            counted_on: None,
            id: record.id,
            model,
            block: &[],
        })
    }

    /// The row of a feed that keeps the rules; its sums are written to `block`.
    pub(super) fn of_hours(
        feed: &HourFeed<'a>,
        source: u16,
        block: &'a mut Vec<u8>,
    ) -> Result<Self, Refusal> {
        let text = |text: &str| (1..=KEY_PART_BYTES_MAX).contains(&text.len());
        if !text(feed.source) || !text(feed.id) {
            return Err(Refusal::Key);
        }
        let (first, last) = match (feed.hours.first(), feed.hours.last()) {
            (Some((first, _)), Some((last, _))) => (first.second(), last.second()),
            _ => return Err(Refusal::Hours),
        };
        let in_order = feed.hours.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if !in_order || feed.hours.len() > FEED_HOURS_MAX {
            return Err(Refusal::Hours);
        }
        let (mut cells, mut counts) = (Vec::with_capacity(feed.hours.len()), [0_u64; 4]);
        for (at, used) in feed.hours {
            let time = u64::try_from(used.accelerator_seconds.0).map_err(|_| Refusal::Overflow)?;
            let tokens = used.tokens;
            let sums = [time, tokens.input.0, tokens.cached.0, tokens.output.0];
            if at.second() % SLOT_S != 0 || sums.iter().any(|sum| *sum > COUNT_MAX) {
                return Err(if at.second() % SLOT_S != 0 {
                    Refusal::Hours
                } else {
                    Refusal::Overflow
                });
            }
            counts.iter_mut().zip(sums).for_each(|(all, sum)| *all += sum);
            cells.push((i32::MIN, slot(at.second()), sums.map(u64::cast_signed)));
        }
        block::write(&cells, block);
        Ok(Row {
            flags: Flags::HOURS,
            source,
            lease: feed.lease,
            span: u32::try_from(last - first + SLOT_S).map_err(|_| Refusal::Hours)?,
            from: first,
            learnt: feed.learnt.second(),
            effective: NO_INSTANT,
            counts,
            counted_on: None,
            id: feed.id,
            model: "",
            block,
        })
    }

    /// The row that says that the record of a key counts for nothing.
    pub(super) fn void(source: u16, void: &UsageVoid<'a>) -> Self {
        Row {
            flags: Flags::VOID,
            source,
            lease: void.lease,
            span: 0,
            from: 0,
            learnt: void.learnt.second(),
            effective: NO_INSTANT,
            counts: [0; 4],
            counted_on: None,
            id: void.id,
            model: "",
            block: &[],
        }
    }

    /// Whether both say the same; when they were learnt of is not part of it.
    pub(super) fn same_content(&self, other: &Row<'_>) -> bool {
        self.lease == other.lease
            && self.from == other.from
            && self.span == other.span
            && self.counts == other.counts
            && self.effective == other.effective
            && self.model == other.model
            && self.block == other.block
            && self.flags.has(Flags::MODEL) == other.flags.has(Flags::MODEL)
    }

    /// What was measured, as the books know it.
    pub(super) fn usage(&self) -> Usage {
        let [time, input, cached, output] = self.counts;
        Usage {
            from: Instant::from_second(self.from),
            until: Instant::from_second(self.from + i64::from(self.span)),
            accelerator_seconds: AcceleratorSeconds(time.into()),
            tokens: TokenUse {
                input: Tokens(input),
                cached: Tokens(cached),
                output: Tokens(output),
            },
            model: None,
        }
    }

    #[inline]
    pub(super) fn write(&self, to: &mut Vec<u8>) {
        let mut row = [0; ROW_BYTES];
        row[0] = self.flags.0;
        row[1] = u8::try_from(self.id.len()).unwrap_or(u8::MAX);
        row[2] = u8::try_from(self.model.len()).unwrap_or(u8::MAX);
        row[4..6].copy_from_slice(&self.source.to_le_bytes());
        row[8..12].copy_from_slice(&self.lease.0.to_le_bytes());
        row[12..16].copy_from_slice(&self.span.to_le_bytes());
        row[16..24].copy_from_slice(&self.from.to_le_bytes());
        row[24..32].copy_from_slice(&self.learnt.to_le_bytes());
        row[32..40].copy_from_slice(&self.effective.to_le_bytes());
        for (i, count) in self.counts.iter().enumerate() {
            row[40 + 8 * i..48 + 8 * i].copy_from_slice(&count.to_le_bytes());
        }
        row[72..76].copy_from_slice(&self.counted_on.unwrap_or(i32::MIN).to_le_bytes());
        let block = u32::try_from(self.block.len()).unwrap_or(u32::MAX);
        row[76..80].copy_from_slice(&block.to_le_bytes());
        to.extend_from_slice(&row);
        to.extend_from_slice(self.id.as_bytes());
        to.extend_from_slice(self.model.as_bytes());
        to.extend_from_slice(self.block);
    }

    /// Bytes of its texts and sums, from the front of its row.
    pub(super) fn text_bytes(row: &[u8; ROW_BYTES]) -> usize {
        let block = u32::from_le_bytes([row[76], row[77], row[78], row[79]]);
        usize::from(row[1]) + usize::from(row[2]) + usize::try_from(block).unwrap_or(0)
    }

    #[inline]
    pub(super) fn read(read: &mut Bytes<'a>) -> Result<Self, Short> {
        let flags = Flags(read.u8()?);
        let (id_bytes, model_bytes) = (read.u8()?, read.u8()?);
        read.u8()?;
        let source = read.u16()?;
        read.u16()?;
        let (lease, span) = (LeaseNo(read.u32()?), read.u32()?);
        let (from, learnt, effective) = (read.i64()?, read.i64()?, read.i64()?);
        let counts = [read.u64()?, read.u64()?, read.u64()?, read.u64()?];
        let counted_on = Some(read.i32()?).filter(|day| *day != i32::MIN);
        let block_bytes = usize::try_from(read.u32()?).map_err(|_| Short)?;
        let text = |bytes: &'a [u8]| std::str::from_utf8(bytes).map_err(|_| Short);
        let id = text(read.take(id_bytes.into())?)?;
        let model = text(read.take(model_bytes.into())?)?;
        let block = read.take(block_bytes)?;
        Ok(Row {
            flags,
            source,
            lease,
            span,
            from,
            learnt,
            effective,
            counts,
            counted_on,
            id,
            model,
            block,
        })
    }
}

/// The sources, by number.
#[derive(Debug, Default)]
pub(super) struct Sources {
    names: Vec<Box<str>>,
    written: usize,
    last: usize,
}

impl Sources {
    /// The number of a source, which is new where it was not known.
    #[inline]
    pub(super) fn number(&mut self, name: &str) -> Option<u16> {
        if self.names.get(self.last).is_none_or(|last| **last != *name) {
            // Few systems send usage, and one after the other.
            self.last = match self.names.iter().position(|known| **known == *name) {
                Some(found) => found,
                None => {
                    u16::try_from(self.names.len()).ok().filter(|number| *number < u16::MAX)?;
                    self.names.push(name.into());
                    self.names.len() - 1
                }
            };
        }
        u16::try_from(self.last).ok()
    }

    /// The number of a source that is known.
    pub(super) fn known(&self, name: &str) -> Option<u16> {
        let found = self.names.iter().position(|known| **known == *name);
        found.and_then(|number| u16::try_from(number).ok())
    }

    pub(super) fn write_new(&self, to: &mut Vec<u8>) {
        let new = &self.names[self.written..];
        to.extend_from_slice(&u32::try_from(new.len()).unwrap_or(u32::MAX).to_le_bytes());
        new.iter().for_each(|name| put_text(to, name));
    }

    /// How many the log knows, once it has what was written last.
    pub(super) fn written(&mut self) {
        self.written = self.names.len();
    }
}

/// Reads a frame: each row with its place in it.
///
/// # Errors
/// `None` where the frame is not what was written; what `sink` says otherwise.
pub(super) fn read_frame(
    frame: &[u8],
    sources: &mut Sources,
    sink: &mut dyn FnMut(u32, &Row<'_>) -> Result<(), StoreError>,
) -> Result<(), Option<StoreError>> {
    let short = |Short| None;
    let mut read = Bytes(frame);
    for _ in 0..read.u32().map_err(short)? {
        let name = read.text().map_err(short)?;
        sources.names.push(name.into());
    }
    sources.written();
    while !read.0.is_empty() {
        let at = u32::try_from(frame.len() - read.0.len()).map_err(|_| None)?;
        let row = Row::read(&mut read).map_err(short)?;
        sink(at, &row).map_err(Some)?;
    }
    Ok(())
}
