//! What is written down of each admitted request, and who writes it.

use std::sync::Arc;

use crate::admission::Holder;
use crate::api::{Counts, Surface};
use crate::meter::RecordId;

/// What is known of a request at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its own id, which its client is told as well.
    pub id: RecordId,
    /// Whose key it came with.
    pub holder: Arc<Holder>,
    /// Which call.
    pub surface: Surface,
    /// Which model.
    pub model: Arc<str>,
    /// Which replica answered last; none where none was reached.
    pub replica: Option<Arc<str>>,
    /// When it was received, in microseconds since 1970.
    pub received: u64,
    /// When the first byte of the answer came.
    pub first: Option<u64>,
    /// When it ended.
    pub ended: u64,
    /// How.
    pub end: Ended,
    /// The status that the client was given.
    pub status: u16,
    /// What was counted, where anybody counted.
    pub counts: Option<Counts>,
    /// Whether those are the counts of the whole answer.
    pub whole: bool,
    /// Events with content that were received. They are no tokens.
    pub chunks: u64,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ended {
    /// The whole answer was sent.
    Served,
    /// The engine refused it.
    Refused,
    /// No engine answered, or it broke off.
    Failed,
    /// The client went away.
    Left,
    /// The drain of its replica was over.
    Drained,
    /// The gateway stopped.
    Stopped,
    /// A limit was reached.
    Limited,
}

/// Whether a record is durable.
pub type Kept = Result<(), String>;

/// Where records go.
pub trait Keep: Send + Sync + 'static {
    /// Room for one record: taken as a request is admitted, so that its record finds a place
    /// whatever happens. None where the log is full or cannot be written: then nothing is admitted.
    fn room(&self) -> Option<Box<dyn Room>>;
}

/// Room for one record.
pub trait Room: Send + Sync {
    /// Keeps the record, and says once it is durable.
    fn keep(self: Box<Self>, entry: Entry, done: tokio::sync::oneshot::Sender<Kept>);
}
