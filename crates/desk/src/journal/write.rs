//! Writes a journal.

use std::borrow::Cow;
use std::io::{self, Write};

use leasehold_types::Instant;

use super::line::{Body, Content, Header, seal};
use super::{LINE_MAX_BYTES, Summary};
use crate::Event;
use crate::digest::Digest;

/// Appends events to a journal, one line each, each written at once.
///
/// After an error nothing more is written: what reached the file is not known, so it has to be
/// verified and, if its last line is torn, cut back before it is written to again.
#[derive(Debug)]
pub struct Writer<W: Write> {
    inner: W,
    line: Vec<u8>,
    head: Digest,
    seq: u64,
    at: Instant,
    broken: bool,
}

/// Why an event was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file could not be written.
    #[error(
        "event {seq} could not be written to the journal; make room, verify the journal, then open it again"
    )]
    Io {
        /// Which event; 0 for the header.
        seq: u64,
        /// What happened.
        source: io::Error,
    },
    /// An earlier write failed.
    #[error("the journal broke at event {seq}; verify it, then open it again")]
    Broken {
        /// The event that could not be written.
        seq: u64,
    },
    /// The line would be too long.
    #[error(
        "event {seq} takes {bytes} bytes where a line has at most {LINE_MAX_BYTES}; split what it does"
    )]
    TooLong {
        /// Which event.
        seq: u64,
        /// Its length.
        bytes: usize,
    },
    /// The event would go back in time.
    #[error("event {seq} is at {at}, before the last one at {last}; write events in their order")]
    Order {
        /// Which event.
        seq: u64,
        /// Its instant.
        at: Instant,
        /// The last one's.
        last: Instant,
    },
    /// The event cannot be written as JSON.
    #[error("event {seq} cannot be written as JSON; report this with the event")]
    Json {
        /// Which event.
        seq: u64,
        /// What happened.
        source: serde_json::Error,
    },
    /// The journal's last line is torn.
    #[error("the journal's last line is torn; cut it back to {bytes} bytes, then open it again")]
    Torn {
        /// How long the sound part is.
        bytes: u64,
    },
}

impl<W: Write> Writer<W> {
    /// Begins a journal: writes its header.
    ///
    /// # Errors
    /// [`WriteError`] where the header could not be written.
    pub fn create(inner: W, header: &Header) -> Result<Self, WriteError> {
        let mut line = Vec::new();
        let json = |source| WriteError::Json { seq: 0, source };
        let head = seal(header, &mut line).map_err(json)?;
        let mut writer = Writer { inner, line, head, seq: 0, at: Instant::MIN, broken: false };
        writer.write_line(0)?;
        Ok(writer)
    }

    /// Goes on with a journal that was verified; `inner` writes at its end.
    ///
    /// # Errors
    /// [`WriteError::Torn`] where the last line has to be cut off first.
    pub fn resume(inner: W, summary: &Summary) -> Result<Self, WriteError> {
        if summary.torn.is_some() {
            return Err(WriteError::Torn { bytes: summary.bytes });
        }
        let (head, seq) = (summary.head, summary.events);
        let at = summary.last_at.unwrap_or(Instant::MIN);
        Ok(Writer { inner, line: Vec::new(), head, seq, at, broken: false })
    }

    /// Appends one event. It is durable once [`Writer::flush`] and the file's own sync succeed.
    ///
    /// # Errors
    /// [`WriteError`]; the event is not on record.
    pub fn append(&mut self, event: &Event) -> Result<(), WriteError> {
        let seq = self.seq + 1;
        if self.broken {
            return Err(WriteError::Broken { seq });
        }
        if event.at < self.at {
            return Err(WriteError::Order { seq, at: event.at, last: self.at });
        }
        let event_of = Content { by: Cow::Borrowed(&event.by), kind: Cow::Borrowed(&event.kind) };
        let body = Body { seq, at: event.at, prev: self.head, event: event_of };
        let json = |source| WriteError::Json { seq, source };
        let head = seal(&body, &mut self.line).map_err(json)?;
        if self.line.len() > LINE_MAX_BYTES + 1 {
            return Err(WriteError::TooLong { seq, bytes: self.line.len() - 1 });
        }
        self.write_line(seq)?;
        (self.head, self.seq, self.at) = (head, seq, event.at);
        Ok(())
    }

    /// Hands everything to the file.
    ///
    /// # Errors
    /// [`WriteError::Io`]; the journal is broken then.
    pub fn flush(&mut self) -> Result<(), WriteError> {
        let flushed = self.inner.flush();
        self.guard(self.seq, flushed)
    }

    /// The hash of the last line.
    pub const fn head(&self) -> Digest {
        self.head
    }

    /// How many events the journal holds.
    pub const fn events(&self) -> u64 {
        self.seq
    }

    /// Flushes, and gives the file back.
    ///
    /// # Errors
    /// As [`Writer::flush`].
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.flush()?;
        Ok(self.inner)
    }

    fn write_line(&mut self, seq: u64) -> Result<(), WriteError> {
        let written = self.inner.write_all(&self.line);
        self.guard(seq, written)
    }

    fn guard(&mut self, seq: u64, result: io::Result<()>) -> Result<(), WriteError> {
        self.broken |= result.is_err();
        result.map_err(|source| WriteError::Io { seq, source })
    }
}
