//! Backups: a journal as one file that either database can be restored from.
//!
//! A backup is text: a header, one line an entry, one a waiting or settled item of the outbox, one a
//! stored answer, the newest snapshot in parts, and a last line that counts and seals them. It is
//! taken from one state of the database while writers go on. Projections are not in it: they are
//! worked out from the entries. docs/backup.md describes the file and checks one without this
//! program.

mod create;
mod line;
mod read;
mod restore;
mod verify;

use leasehold_types::Instant;
use serde::Serialize;

use super::digest::Digest;
use super::entry::{Head, Header};

pub use create::create;
pub use line::{FORMAT_VERSION, LINE_MAX_BYTES};
pub use restore::{Until, restore};
pub use verify::{Found, verify, verify_database};

/// What a backup holds, or what was restored of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The journal's header.
    pub header: Header,
    /// Its first hash.
    pub genesis: Digest,
    /// When the backup was made.
    pub made: Instant,
    /// Its last entry.
    pub head: Head,
    /// How many entries.
    pub entries: u64,
    /// How many items of the outbox.
    pub items: u64,
    /// How many stored answers.
    pub answers: u64,
    /// The entry that its snapshot covers, where it has one.
    pub snapshot: Option<u64>,
}
