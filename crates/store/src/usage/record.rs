//! A usage record and its bytes.
//!
//! What a frame holds: the count of new sources (u32), each a text; then rows to its end. A row is
//! [`ROW_BYTES`] of numbers, then its id and its model. All numbers are little-endian.

use leasehold_books::event::{KEY_PART_BYTES_MAX, TokenUse, Usage};
use leasehold_types::{AcceleratorSeconds, Instant, Tokens};

use crate::StoreError;
use crate::codec::{Bytes, Short, put_text};

use super::Refusal;

/// Longest name of a model, in bytes.
pub const MODEL_BYTES_MAX: usize = 255;

/// Largest count of one record: accelerator-seconds, or tokens of one sort. So the sum of as many
/// records as there may be fits 63 bits.
pub const COUNT_MAX: u64 = 1 << 36;

/// Bytes of a row without its texts.
pub(super) const ROW_BYTES: usize = 76;

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
        })
    }

    /// The row that says that the record of a key counts for nothing.
    pub(super) fn void(source: u16, id: &'a str, learnt: Instant) -> Self {
        Row {
            flags: Flags::VOID,
            source,
            lease: LeaseNo(u32::MAX),
            span: 0,
            from: 0,
            learnt: learnt.second(),
            effective: NO_INSTANT,
            counts: [0; 4],
            counted_on: None,
            id,
            model: "",
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
        to.extend_from_slice(&row);
        to.extend_from_slice(self.id.as_bytes());
        to.extend_from_slice(self.model.as_bytes());
    }

    /// Bytes of its texts, from the front of its row.
    pub(super) fn text_bytes(row: &[u8; ROW_BYTES]) -> usize {
        usize::from(row[1]) + usize::from(row[2])
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
        let text = |bytes: &'a [u8]| std::str::from_utf8(bytes).map_err(|_| Short);
        let id = text(read.take(id_bytes.into())?)?;
        let model = text(read.take(model_bytes.into())?)?;
        Ok(Row { flags, source, lease, span, from, learnt, effective, counts, counted_on, id, model })
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
