//! Reads a journal, checks it, replays it.

use std::io::{BufRead, Read};
use std::sync::Arc;

use leasehold_planner::Fleet;
use leasehold_types::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::line::{Body, Format, Header, unseal};
use super::{FORMAT_VERSION, Fault, FaultKind, LINE_MAX_BYTES, ReplayError};
use crate::digest::{Digest, fleet_digest};
use crate::{Event, State, apply};

/// What a sound journal holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its header.
    pub header: Header,
    /// How many events.
    pub events: u64,
    /// The instant of the first.
    pub first_at: Option<Instant>,
    /// The instant of the last.
    pub last_at: Option<Instant>,
    /// The hash of the last sound line. Keep it elsewhere: lines that are missing at the end can
    /// be shown by nothing else.
    pub head: Digest,
    /// How long the sound part is; all of the journal where nothing is torn.
    pub bytes: u64,
    /// The last line, where it was being written as the writer died.
    pub torn: Option<Torn>,
}

/// A last line that was being written as the writer died. It is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Torn {
    /// Which line, from 1.
    pub line: u64,
    /// How much of it there is.
    pub bytes: u64,
}

/// A journal and the state that it amounts to.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// The state.
    pub state: State,
    /// The journal.
    pub summary: Summary,
}

/// Checks the whole chain.
///
/// # Errors
/// [`Fault`]: the first line at which it breaks.
pub fn verify(reader: impl BufRead) -> Result<Summary, Fault> {
    let (mut lines, mut summary) = open(reader)?;
    while next_event(&mut lines, &mut summary)?.is_some() {}
    Ok(summary)
}

/// Checks the whole chain and makes each event part of a state.
///
/// # Errors
/// [`ReplayError`] where the journal is at fault or is about another fleet.
pub fn replay(reader: impl BufRead, fleet: Arc<Fleet>) -> Result<Replayed, ReplayError> {
    replay_each(reader, fleet, &mut |_, _| {})
}

/// As [`replay`], showing each event and the state that it led to.
///
/// # Errors
/// As [`replay`].
pub fn replay_each(
    reader: impl BufRead,
    fleet: Arc<Fleet>,
    on: &mut impl FnMut(&State, &Event),
) -> Result<Replayed, ReplayError> {
    let (mut lines, mut summary) = open(reader)?;
    let given = fleet_digest(&fleet);
    if given != summary.header.fleet {
        return Err(ReplayError::OtherFleet { journal: summary.header.fleet, given });
    }
    let mut state = State::new(fleet, summary.header.settings);
    while let Some(event) = next_event(&mut lines, &mut summary)? {
        apply(&mut state, &event)
            .map_err(|source| ReplayError::Foreign { line: lines.number, source })?;
        on(&state, &event);
    }
    Ok(Replayed { state, summary })
}

struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    number: u64,
}

enum Next {
    Line,
    Torn,
    End,
}

impl<R: BufRead> Lines<R> {
    fn advance(&mut self) -> Result<Next, Fault> {
        self.number += 1;
        self.buffer.clear();
        let most = LINE_MAX_BYTES as u64 + 1;
        let read = (&mut self.reader).take(most).read_until(b'\n', &mut self.buffer);
        read.map_err(|source| self.fault(FaultKind::Io(source)))?;
        match self.buffer.pop_if(|last| *last == b'\n') {
            Some(_) => Ok(Next::Line),
            None if self.buffer.is_empty() => Ok(Next::End),
            None if self.buffer.len() as u64 >= most => Err(self.fault(FaultKind::TooLong)),
            None => Ok(Next::Torn),
        }
    }

    fn fault(&self, kind: FaultKind) -> Fault {
        Fault { line: self.number, kind }
    }

    /// Whether the line is the header of a journal of this format, whatever else it says.
    fn check_format(&self) -> Result<(), Fault> {
        let (body, _) = unseal(&self.buffer).ok_or_else(|| self.fault(FaultKind::NoHeader))?;
        let format: Result<Format, _> = serde_json::from_slice(&[body, b"}"].concat());
        match format {
            Ok(Format { journal, version })
                if journal != "leasehold" || version != FORMAT_VERSION =>
            {
                Err(self.fault(FaultKind::Format { journal, version }))
            }
            Ok(_) => Ok(()),
            Err(_) => Err(self.fault(FaultKind::NoHeader)),
        }
    }

    /// The content of the line, its hash checked and its form the canonical one.
    fn content<T: Serialize + DeserializeOwned>(
        &self,
        what: &'static str,
    ) -> Result<(T, Digest), Fault> {
        let (body, stated) = unseal(&self.buffer).ok_or_else(|| self.fault(FaultKind::Unsealed))?;
        let found = Digest::of(body);
        if found != stated {
            return Err(self.fault(FaultKind::Hash { found, stated }));
        }
        let unreadable = |source| self.fault(FaultKind::Unreadable { what, source });
        let object = [body, b"}"].concat();
        let content: T = serde_json::from_slice(&object).map_err(unreadable)?;
        let canonical = serde_json::to_vec(&content).map_err(unreadable)?;
        if canonical != object {
            return Err(self.fault(FaultKind::NotCanonical));
        }
        Ok((content, stated))
    }

    fn bytes(&self) -> u64 {
        self.buffer.len() as u64 + 1
    }
}

fn open<R: BufRead>(reader: R) -> Result<(Lines<R>, Summary), Fault> {
    let mut lines = Lines { reader, buffer: Vec::new(), number: 0 };
    match lines.advance()? {
        Next::Line => {}
        Next::Torn => return Err(lines.fault(FaultKind::HeaderTorn)),
        Next::End => return Err(lines.fault(FaultKind::Empty)),
    }
    lines.check_format()?;
    let (header, head): (Header, Digest) = lines.content("a journal's header")?;
    let bytes = lines.bytes();
    let summary =
        Summary { header, events: 0, first_at: None, last_at: None, head, bytes, torn: None };
    Ok((lines, summary))
}

/// The next event, checked against the line before it.
fn next_event<R: BufRead>(
    lines: &mut Lines<R>,
    summary: &mut Summary,
) -> Result<Option<Event>, Fault> {
    match lines.advance()? {
        Next::Line => {}
        Next::End => return Ok(None),
        Next::Torn => {
            summary.torn = Some(Torn { line: lines.number, bytes: lines.buffer.len() as u64 });
            return Ok(None);
        }
    }
    let (body, hash): (Body<'static>, Digest) = lines.content("an event")?;
    if body.prev != summary.head {
        let (prev, head) = (body.prev, summary.head);
        return Err(lines.fault(FaultKind::Chain { prev, head }));
    }
    if body.seq != summary.events + 1 {
        let (found, expected) = (body.seq, summary.events + 1);
        return Err(lines.fault(FaultKind::Number { found, expected }));
    }
    if let Some(last) = summary.last_at.filter(|last| body.at < *last) {
        return Err(lines.fault(FaultKind::Order { at: body.at, last }));
    }
    summary.events = body.seq;
    summary.first_at = summary.first_at.or(Some(body.at));
    summary.last_at = Some(body.at);
    summary.head = hash;
    summary.bytes += lines.bytes();
    let (by, kind) = (body.event.by.into_owned(), body.event.kind.into_owned());
    Ok(Some(Event { at: body.at, by, kind }))
}
