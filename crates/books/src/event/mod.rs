//! What happened: the events by which other systems feed the books.
//!
//! An event is known by the pair of its source and its id within that source, never by a joined
//! text: source `a-b` with id `c` and source `a` with id `b-c` are two events. The same pair with
//! the same content counts once; with another content the first stays and the conflict is kept.
//!
//! `at` is when the books learnt of it, `effective` when it took effect, where that was earlier.
//! Nothing is billed on an event before its `at`; once known it counts from when it took effect,
//! and what was billed otherwise is corrected by the next bill. The format of the file is described
//! in `docs/events.md`.

mod inbox;
mod kinds;
mod read;
mod wire;

use std::fmt;
use std::sync::Arc;

use leasehold_types::{Instant, LeaseId};
use serde::{Deserialize, Serialize};

pub use inbox::{Conflict, Inbox, Offered};
pub use kinds::*;
pub use read::{
    EVENT_LINE_BYTES_MAX, EVENTS_FORMAT, EventFault, FAULTS_MAX, is_header, parse_line, read,
    reread,
};
pub use wire::{HEADER, to_line};

/// Longest id or source of an event, in bytes.
pub const KEY_PART_BYTES_MAX: usize = 128;

/// By what an event is known: its source and its id there. Compared as a pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventKey {
    /// Who says so: a meter, a desk, a bank.
    pub source: Arc<str>,
    /// Its id there.
    pub id: Arc<str>,
}

/// Something that happened to a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// By what it is known.
    pub key: EventKey,
    /// When the books learnt of it.
    pub at: Instant,
    /// When it took effect; with `at` where absent.
    pub effective: Option<Instant>,
    /// Which lease it is about.
    pub lease: LeaseId,
    /// What happened.
    pub kind: EventKind,
}

impl EventKey {
    /// The event `id` of `source`.
    pub fn new(source: &str, id: &str) -> Self {
        EventKey { source: source.into(), id: id.into() }
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` of `{}`", self.id, self.source)
    }
}

impl Event {
    /// When it took effect.
    pub fn moment(&self) -> Instant {
        self.effective.unwrap_or(self.at)
    }
}
