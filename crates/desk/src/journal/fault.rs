//! What can be wrong with a journal.

use std::io;

use leasehold_types::Instant;

use super::{FORMAT_VERSION, LINE_MAX_BYTES};
use crate::Foreign;
use crate::digest::Digest;

/// The first line at which a journal is not what it was when it was written.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {kind}")]
pub struct Fault {
    /// Which line, from 1.
    pub line: u64,
    /// What is wrong, and what to do.
    pub kind: FaultKind,
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// The file could not be read.
    #[error("it could not be read; check the disk and the permissions")]
    Io(#[source] io::Error),
    /// There is nothing.
    #[error("the file is empty; a journal begins with its header")]
    Empty,
    /// The first line is no header.
    #[error(
        "it is not the header of a journal; this is another file, or its first line was changed: restore it from a copy"
    )]
    NoHeader,
    /// The header was being written as the writer died.
    #[error("the header is torn, so nothing was ever recorded; begin the journal anew")]
    HeaderTorn,
    /// The line is too long.
    #[error(
        "it has more than {LINE_MAX_BYTES} bytes; this is no journal, or it was damaged: restore it from a copy"
    )]
    TooLong,
    /// It does not end in a hash.
    #[error(
        "it does not end in a hash; it was changed after it was written: restore it from a copy"
    )]
    Unsealed,
    /// It is not what was hashed.
    #[error(
        "its content has the hash {found}, and it states {stated}; it was changed after it was written: restore it from a copy"
    )]
    Hash {
        /// The hash of its content.
        found: Digest,
        /// The hash that it states.
        stated: Digest,
    },
    /// It does not follow the line before.
    #[error(
        "it follows a line with the hash {prev}, and the line before has {head}; a line was added, dropped or moved: restore the journal from a copy"
    )]
    Chain {
        /// The hash that it states for the line before.
        prev: Digest,
        /// The hash of the line before.
        head: Digest,
    },
    /// A number is missing.
    #[error(
        "it is event {found}, and event {expected} is next; a line was added, dropped or moved: restore the journal from a copy"
    )]
    Number {
        /// Its number.
        found: u64,
        /// The number that is next.
        expected: u64,
    },
    /// It goes back in time.
    #[error(
        "it is at {at}, before the event before it at {last}; it was not written by this program"
    )]
    Order {
        /// Its instant.
        at: Instant,
        /// The last one's.
        last: Instant,
    },
    /// It is no header or event.
    #[error("it cannot be read as {what}; it was written by another program or another version")]
    Unreadable {
        /// What it should be.
        what: &'static str,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// It is not in the one form in which it is written.
    #[error("it is not written in the canonical form; it was not written by this program")]
    NotCanonical,
    /// Another format.
    #[error(
        "it is a `{journal}` journal of format {version}, and this program reads format {FORMAT_VERSION} of `leasehold`; use the version that wrote it"
    )]
    Format {
        /// What it says it is.
        journal: String,
        /// Its format.
        version: u32,
    },
}

/// Why a journal could not be replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The journal is at fault.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// It is about another fleet.
    #[error(
        "the journal is about the fleet {journal}, and the fleet given is {given}; give the fleet file by which it was written"
    )]
    OtherFleet {
        /// The digest in the header.
        journal: Digest,
        /// The digest of the fleet given.
        given: Digest,
    },
    /// An event does not fit the state.
    #[error("line {line}: {source}")]
    Foreign {
        /// Which line.
        line: u64,
        /// Why.
        source: Foreign,
    },
}
