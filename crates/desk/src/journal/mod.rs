//! Events on lines, chained by their hashes.
//!
//! A journal is a file of JSON lines that is only ever added to. Its first line, the header, says
//! what it is about; each further line is one event. Every line ends with a SHA-256 over all that
//! comes before it on that line, and holds the hash of the line before. So a line that is changed,
//! added, dropped or moved breaks the chain at that line. `docs/journal.md` describes the format,
//! with a script that checks it without this program.
//!
//! What the chain cannot show is that lines are missing at the end: keep the head's hash
//! elsewhere, as auditors do, and compare. A line that does not end in a newline was being written
//! as the writer died. It is reported as torn, is no event, and is no sign of tampering.

mod fault;
mod line;
mod read;
mod write;

pub use fault::{Fault, FaultKind, ReplayError};
pub use line::Header;
pub use read::{Replayed, Summary, Torn, replay, replay_each, verify};
pub use write::{WriteError, Writer};

/// The format that is written; others are refused.
pub const FORMAT_VERSION: u32 = 1;

/// Longest line, in bytes, its newline not counted.
pub const LINE_MAX_BYTES: usize = 4 << 20;
