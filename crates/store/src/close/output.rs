//! What closes produced, and how each lease then stood.
//!
//! A frame is what one part of a close produced, or says that a close has come to its end. It
//! holds: what it is (u8), the day closed (year i16, month u8, day u8), how far the numbers of
//! documents had come (JSON, blob), then records: a tag (u8), the lease (u32), and what the tag
//! says. So what a part issued, how its leases stand and where the numbers are commit together.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use leasehold_books::book::Numbering;
use leasehold_types::Date;

use crate::StoreError;
use crate::codec::{Bytes, Short, put_blob};
use crate::log::{Log, Opened, Place, Segments};
use crate::usage::LeaseNo;

const LOG: &str = "close";

/// A frame that holds what a part of a close produced.
pub(super) const PART: u8 = 1;
/// A frame that says that a close has come to its end.
const END: u8 = 2;

/// Tags of records.
pub(super) const STATE: u8 = 1;
pub(super) const INVOICE: u8 = 2;
pub(super) const NOTE: u8 = 3;
pub(super) const SETTLED: u8 = 4;

/// Stands for no day.
pub(crate) const NO_DAY: i32 = i32::MAX;

/// How a lease stands, as far as it matters without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The next day on which a close has something to do; [`NO_DAY`] where nothing is left.
    pub(crate) due: i32,
    /// The first day on which it may then issue a document.
    pub(crate) issue: i32,
    /// Whether it had ended.
    pub(crate) over: bool,
    /// Whether it could not be computed.
    pub(crate) parked: bool,
    /// The number of the last event that it was given.
    pub(crate) events_read: u64,
    /// Frames of the usage log that it was given.
    pub(crate) usage_read: u64,
    /// Entries that were posted of it.
    pub(crate) entries: u64,
}

/// Where the state of a lease stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StateAt {
    pub(crate) standing: Standing,
    pub(crate) place: Place,
    pub(crate) bytes: u32,
}

/// A record of a part.
#[derive(Debug)]
pub(crate) enum Record<'a> {
    /// How a lease stands, and its state.
    State(LeaseNo, Standing, &'a [u8]),
    /// An invoice.
    Invoice(LeaseNo, &'a [u8]),
    /// A credit note.
    Note(LeaseNo, &'a [u8]),
    /// What settled the invoice at that place among all.
    Settled(u64, &'a [u8]),
}

/// What closes produced.
#[derive(Debug)]
pub(crate) struct Output {
    path: PathBuf,
    log: Option<Log>,
    pub(super) segments: Segments,
    pub(super) states: Vec<Option<StateAt>>,
    pub(super) numbering: Numbering,
    pub(super) closed: Option<Date>,
    /// The step that was begun last, where the close that it belongs to has not come to its end.
    pub(super) step: Option<Step>,
}

/// What is done of one step of a close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// The day that it closes.
    pub(crate) day: Date,
    /// The leases that were closed in it.
    pub(crate) done: BTreeSet<LeaseNo>,
}

impl Step {
    /// Remembers in `step` that a lease was closed in the step of `day`.
    fn put(step: &mut Option<Step>, day: Date, lease: LeaseNo) {
        match step {
            Some(step) if step.day == day => _ = step.done.insert(lease),
            _ => *step = Some(Step { day, done: BTreeSet::from([lease]) }),
        }
    }
}

impl Output {
    pub(crate) fn open(dir: &Path, leases: usize) -> Result<(Self, Opened), StoreError> {
        let mut states: Vec<Option<StateAt>> = vec![None; leases];
        let (mut numbering, mut closed, mut step) = (Numbering::default(), None, None);
        let path = dir.join(LOG);
        let (log, opened) = Log::open(dir, LOG, &mut |place, number, frame| {
            let bad = || {
                let what = format!("what frame {number} holds cannot be read");
                StoreError::damaged(&path, place.number() & 0xffff_ffff, what)
            };
            let mut in_it: Vec<LeaseNo> = Vec::new();
            let mut visit = |at: u32, record: Record<'_>| {
                if let Record::State(lease, standing, body) = record {
                    in_it.push(lease);
                    let state = usize::try_from(lease.0).ok().and_then(|at| states.get_mut(at));
                    let bytes = u32::try_from(body.len()).unwrap_or(u32::MAX);
                    let place = place.inside().plus(at);
                    *state.ok_or_else(bad)? = Some(StateAt { standing, place, bytes });
                }
                Ok(())
            };
            let (kind, day, numbers) = read_frame(frame, &mut visit)?.ok_or_else(bad)?;
            numbering = serde_json::from_slice(numbers).map_err(|_| bad())?;
            in_it.into_iter().for_each(|lease| Step::put(&mut step, day, lease));
            if kind == END {
                (closed, step) = (Some(day), None);
            }
            Ok(())
        })?;
        let segments = log.segments();
        let log = Some(log);
        Ok((Output { path, log, segments, states, numbering, closed, step }, opened))
    }

    /// How far the numbers of documents have come.
    pub(crate) fn numbering(&self) -> &Numbering {
        &self.numbering
    }

    /// The last day through which a close came to its end.
    pub(crate) fn closed(&self) -> Option<Date> {
        self.closed
    }

    pub(crate) fn make_room(&mut self, leases: usize) {
        self.states.resize(leases.max(self.states.len()), None);
    }

    pub(crate) fn state(&self, lease: LeaseNo) -> Option<&StateAt> {
        self.states.get(usize::try_from(lease.0).ok()?)?.as_ref()
    }

    /// The number of the last event that the lease was given.
    pub(crate) fn events_read(&self, lease: LeaseNo) -> u64 {
        self.state(lease).map_or(0, |state| state.standing.events_read)
    }

    /// Remembers how a lease stands, which was closed in the step of `day`.
    pub(super) fn set_state(&mut self, lease: LeaseNo, day: Date, state: StateAt) {
        Step::put(&mut self.step, day, lease);
        if let Some(held) = usize::try_from(lease.0).ok().and_then(|at| self.states.get_mut(at)) {
            *held = Some(state);
        }
    }

    /// Lends the log to whoever writes while others read; [`Output::put_log`] brings it back.
    pub(super) fn take_log(&mut self) -> Result<Log, StoreError> {
        self.log.take().ok_or_else(|| StoreError::Uncertain { path: self.path.clone() })
    }

    pub(super) fn put_log(&mut self, log: Log) {
        self.log = Some(log);
    }

    /// Says durably that the close through `day` has come to its end.
    pub(crate) fn end(&mut self, day: Date) -> Result<(), StoreError> {
        let path = self.path.clone();
        let log = self.log.as_mut().ok_or(StoreError::Uncertain { path })?;
        log.abandon();
        begin_frame(log.batch(), END, day, &self.numbering)?;
        log.commit()?;
        (self.closed, self.step) = (self.closed.max(Some(day)), None);
        Ok(())
    }

    /// Gives every record to `sink`, from the first.
    pub(crate) fn visit(
        &self,
        sink: &mut dyn FnMut(Record<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.segments.visit(&mut |place, number, frame| {
            let read = read_frame(frame, &mut |_, record| sink(record))?;
            let bad = || {
                let what = format!("what frame {number} holds cannot be read");
                StoreError::damaged(&self.path, place.number() & 0xffff_ffff, what)
            };
            read.map(|_| ()).ok_or_else(bad)
        })
    }
}

/// Begins a frame.
pub(super) fn begin_frame(
    to: &mut Vec<u8>,
    kind: u8,
    day: Date,
    numbering: &Numbering,
) -> Result<(), StoreError> {
    to.push(kind);
    to.extend_from_slice(&day.year().to_le_bytes());
    to.extend_from_slice(&[day.month().cast_unsigned(), day.day().cast_unsigned()]);
    let json = serde_json::to_vec(numbering);
    put_blob(to, &json.map_err(|error| StoreError::Refused(error.to_string()))?);
    Ok(())
}

/// Writes a state; gives where its body begins.
pub(super) fn put_state(
    to: &mut Vec<u8>,
    lease: LeaseNo,
    standing: &Standing,
    body: &[u8],
) -> usize {
    to.push(STATE);
    to.extend_from_slice(&lease.0.to_le_bytes());
    to.extend_from_slice(&standing.due.to_le_bytes());
    to.extend_from_slice(&standing.issue.to_le_bytes());
    to.push(u8::from(standing.over) | u8::from(standing.parked) << 1);
    to.extend_from_slice(&standing.events_read.to_le_bytes());
    to.extend_from_slice(&standing.usage_read.to_le_bytes());
    to.extend_from_slice(&standing.entries.to_le_bytes());
    put_blob(to, body);
    to.len() - body.len()
}

/// Writes a document or what settled one.
pub(super) fn put_record(
    to: &mut Vec<u8>,
    tag: u8,
    lease: LeaseNo,
    place: Option<u64>,
    body: &[u8],
) {
    to.push(tag);
    to.extend_from_slice(&lease.0.to_le_bytes());
    if let Some(place) = place {
        to.extend_from_slice(&place.to_le_bytes());
    }
    put_blob(to, body);
}

type Frame<'a> = (u8, Date, &'a [u8]);

/// Reads a frame, giving each record and where its body begins; `None` where it cannot be read.
fn read_frame<'a>(
    frame: &'a [u8],
    sink: &mut dyn FnMut(u32, Record<'_>) -> Result<(), StoreError>,
) -> Result<Option<Frame<'a>>, StoreError> {
    let mut read = Bytes(frame);
    let Ok(head) = read_head(&mut read) else { return Ok(None) };
    while !read.0.is_empty() {
        let Ok(record) = read_record(&mut read) else { return Ok(None) };
        let (Record::State(_, _, body)
        | Record::Invoice(_, body)
        | Record::Note(_, body)
        | Record::Settled(_, body)) = &record;
        let at = frame.len() - read.0.len() - body.len();
        sink(u32::try_from(at).unwrap_or(u32::MAX), record)?;
    }
    Ok(Some(head))
}

fn read_head<'a>(read: &mut Bytes<'a>) -> Result<Frame<'a>, Short> {
    let kind = read.u8()?;
    let year = read.u16()?.cast_signed();
    let (month, day) = (read.u8()?.cast_signed(), read.u8()?.cast_signed());
    let date = Date::new(year, month, day).map_err(|_| Short)?;
    let known = matches!(kind, PART | END);
    if known { Ok((kind, date, read.blob()?)) } else { Err(Short) }
}

fn read_record<'a>(read: &mut Bytes<'a>) -> Result<Record<'a>, Short> {
    let (tag, lease) = (read.u8()?, LeaseNo(read.u32()?));
    Ok(match tag {
        STATE => {
            let (due, issue, flags) = (read.i32()?, read.i32()?, read.u8()?);
            let (events_read, usage_read, entries) = (read.u64()?, read.u64()?, read.u64()?);
            let (over, parked) = (flags & 1 != 0, flags & 2 != 0);
            let standing = Standing { due, issue, over, parked, events_read, usage_read, entries };
            Record::State(lease, standing, read.blob()?)
        }
        INVOICE => Record::Invoice(lease, read.blob()?),
        NOTE => Record::Note(lease, read.blob()?),
        SETTLED => Record::Settled(read.u64()?, read.blob()?),
        _ => return Err(Short),
    })
}
