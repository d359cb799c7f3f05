//! What can go wrong with a log.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Cursor, State};
use crate::meter::{BadRecord, Record};

/// Why nobody is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRoom {
    /// The log cannot be written; [`State`] says why.
    #[error("the meter's log cannot be written now, so no request is admitted")]
    Refusing,
    /// As many records are reserved or waiting as there may be.
    #[error("the meter has no room for another record until one is written")]
    Rooms,
    /// The log is as long as it may be.
    #[error("the meter's log is full: the store has to take some of it first")]
    Log,
    /// The log was closed.
    #[error("the meter's log is closed: this gateway is stopping")]
    Closed,
}

/// Why a record is not known to be durable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDurable {
    /// It could not be written. It is kept in memory and written as soon as that works.
    #[error("{0}; the record is kept in memory and written as soon as that works")]
    Kept(Arc<str>),
    /// The log was closed before: the record is not kept.
    #[error("the meter's log was closed before the record came: write it elsewhere")]
    Closed,
}

/// What a log could not write before it had to close.
#[derive(Debug, thiserror::Error)]
#[error("{} records were not written: {why}; write them elsewhere", records.len())]
pub struct Unwritten {
    /// The records, in order.
    pub records: Vec<Record>,
    /// Why.
    pub why: Arc<str>,
}

/// Bytes of a segment that are not what was written, with intact frames behind them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is damaged from byte {from} to byte {to}: it was whole once, so no crash did this. \
     Restore the file from a copy, or give up these bytes and no others with \
     `meter::wal::mend` while the gateway is stopped",
    path.display()
)]
pub struct Damage {
    /// The segment's file.
    pub path: PathBuf,
    /// Its first bad byte.
    pub from: u64,
    /// The first byte of what is intact again, or the end of the file.
    pub to: u64,
}

/// Why a log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The limits contradict each other.
    #[error("the limits of the meter's log cannot be used: {0}")]
    Limits(String),
    /// The system refused something.
    #[error(
        "cannot {doing} `{}`: {source}; look at the directory, its disk and its permissions",
        path.display()
    )]
    Io {
        /// What was being done, as a verb.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process has it open.
    #[error(
        "another process has the log `{}` open: stop it, or give each gateway a directory of its own",
        .0.display()
    )]
    Busy(PathBuf),
    /// A file is not what its name says.
    #[error("`{}` is no segment of this log: {why}; move it elsewhere or restore it from a copy", path.display())]
    Foreign {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A segment between others is not there.
    #[error(
        "`{}` is missing between other segments: restore it from a copy, or move the whole \
         directory elsewhere to begin a new log",
        .0.display()
    )]
    Missing(PathBuf),
    /// A segment is damaged.
    #[error(transparent)]
    Damaged(#[from] Damage),
}

/// Why a log cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system refused something.
    #[error("cannot read `{}`: {source}; look at the disk and the permissions", path.display())]
    Io {
        /// The segment's file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A segment is damaged.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// An intact frame holds what is no record.
    #[error("`{}`, in the frame at byte {at}: {source}", path.display())]
    Record {
        /// The segment's file.
        path: PathBuf,
        /// Where its frame begins.
        at: u64,
        /// What is wrong.
        source: BadRecord,
    },
    /// The store knows less than it once acknowledged, and that part is gone from here.
    #[error(
        "the store has this log up to {}, but here it begins at {first}: the store was set back to \
         an older state. Bring back its newer one, or accept the loss by setting its place to {first}",
        told.map_or("nowhere".to_owned(), |at| at.to_string())
    )]
    Forgotten {
        /// What the store knows.
        told: Option<Cursor>,
        /// The first place that there is.
        first: Cursor,
    },
    /// The store knows a place that is not in the log.
    #[error(
        "the store has this log up to {told}, which is no place in it: the log was set back to an \
         older state or its disk lost what it had synced. Bring back the newer one, or set the \
         store's place to {next} to go on with what came after"
    )]
    Ahead {
        /// What the store knows.
        told: Cursor,
        /// The place from which nothing is shipped twice and all that is still here is.
        next: Cursor,
    },
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            State::Writing => f.write_str("writing"),
            State::Refusing(why) => write!(f, "refusing: {why}"),
        }
    }
}
