//! What can go wrong with a journal: always what was asked, the rule, and what to do.

use std::fmt;

use super::database::BadAddress;
use super::entry::ChainFault;
use super::outbox::OutboxId;

/// A journal cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// A URL that names no database.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseFault),
    /// The database failed while a batch was being committed, and could not be asked since.
    #[error(
        "it is not known whether the batch was committed: read the journal's head before anything \
         is written again"
    )]
    Unknown(#[source] Box<JournalError>),
    /// The database was written by a later version of this program.
    #[error(
        "the database is newer than this program: {what} is at version {found}, and this program \
         knows {known}; use the version that wrote it, or a later one"
    )]
    Newer {
        /// What is newer.
        what: String,
        /// Its version in the database.
        found: u64,
        /// The last version that this program knows.
        known: u64,
    },
    /// There is no journal in the database.
    #[error("the database holds no journal yet: begin one, or restore a backup into it")]
    Empty,
    /// There is a journal already.
    #[error(
        "the database holds the journal of {owner}, {site} (genesis {genesis}); name an empty \
         database, or the owner and site of that journal"
    )]
    Occupied {
        /// Whose it is.
        owner: String,
        /// Which site it is about.
        site: String,
        /// Its first hash.
        genesis: String,
    },
    /// Another process leads.
    #[error(
        "this process leads no more: its token is {token}, and the journal's is {current}; nothing \
         was written, and it must lead again before it writes"
    )]
    Deposed {
        /// The token of the batch.
        token: u64,
        /// The token that holds.
        current: u64,
    },
    /// The batch was made on another head.
    #[error(
        "the batch follows entry {expected}, and the journal ends with entry {found}; nothing was \
         written: read the journal from there and decide again"
    )]
    Moved {
        /// The last entry that the batch knows.
        expected: u64,
        /// The last entry of the journal.
        found: u64,
    },
    /// An answer is there already for that key.
    #[error(
        "an answer is stored for the idempotency key `{key}` of `{scope}`; nothing was written: \
         give that answer again"
    )]
    Answered {
        /// Whose key.
        scope: String,
        /// The key.
        key: String,
    },
    /// A projection does not stand where the batch begins.
    #[error(
        "the projection `{projection}` stands at entry {at:?}, and the batch follows entry {head}; \
         nothing was written: bring the projection up to there first"
    )]
    Behind {
        /// The projection.
        projection: String,
        /// Where it stands, where it is there at all.
        at: Option<u64>,
        /// The last entry before the batch.
        head: u64,
    },
    /// An item of the outbox that does not wait.
    #[error("item {0} of the outbox is not waiting; nothing was written: read the outbox again")]
    NoSuchItem(OutboxId),
    /// Something is larger than is allowed.
    #[error("{what}: at most {limit} {unit} are allowed; {remedy}")]
    Limit {
        /// What it is.
        what: String,
        /// The most.
        limit: u64,
        /// Of what.
        unit: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The chain is broken, or a draft does not fit it.
    #[error(transparent)]
    Chain(#[from] ChainFault),
    /// Something stands in the database that this program did not write there.
    #[error("the database is not as it was written: {0}; restore a backup, or ask for help")]
    Damaged(String),
    /// Something was asked that cannot be.
    #[error("{0}")]
    Refused(String),
    /// A backup is not whole, or does not hold what was asked for.
    #[error("{0}")]
    Backup(String),
    /// A backup cannot be written.
    #[error("the backup cannot be written; free space, or name another place")]
    Unwritable(#[source] std::io::Error),
    /// A statement did what it never should.
    #[error("{0}; this is a fault of leasehold, please report it")]
    Unexpected(String),
}

/// What the database says, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseFault {
    /// Which kind of failure.
    pub kind: FaultKind,
    /// What the database says.
    pub message: String,
}

/// Kinds of failure, by what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It cannot be reached, or the connection was cut; a later attempt may succeed.
    Unreachable,
    /// Another writer had it for too long; a later attempt may succeed.
    Busy,
    /// Its disk is full.
    Full,
    /// It may not be written, or not be opened, by this user.
    Forbidden,
    /// Anything else.
    Other,
}

impl JournalError {
    /// Whether the batch may have been committed all the same.
    pub fn is_unknown(&self) -> bool {
        matches!(self, JournalError::Unknown(_))
    }

    /// Whether the same may succeed later, with nothing changed on this side.
    pub fn is_transient(&self) -> bool {
        match self {
            JournalError::Database(fault) => {
                matches!(fault.kind, FaultKind::Unreachable | FaultKind::Busy)
            }
            JournalError::Unknown(source) => source.is_transient(),
            _ => false,
        }
    }
}

impl fmt::Display for DatabaseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let next = match self.kind {
            FaultKind::Unreachable => {
                "check that the database runs and can be reached; what was acknowledged is kept"
            }
            FaultKind::Busy => "another writer has it; try again",
            FaultKind::Full => "its disk is full: free some space; what was acknowledged is kept",
            FaultKind::Forbidden => "this user may not; check its permissions",
            FaultKind::Other => "nothing of it was written",
        };
        write!(f, "the database failed ({}): {next}", self.message)
    }
}

impl std::error::Error for DatabaseFault {}

impl DatabaseFault {
    pub(super) fn error(kind: FaultKind, message: impl Into<String>) -> JournalError {
        JournalError::Database(DatabaseFault { kind, message: message.into() })
    }
}
