//! What can go wrong with stored books: always the place, the rule and what to do.

use std::io;
use std::path::{Path, PathBuf};

use leasehold_books::BooksError;

/// Stored books cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refuses.
    #[error("cannot {doing} `{}`: {}", path.display(), next_step(source))]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// A file whose bytes are not those that were written.
    #[error(
        "`{}` is damaged at byte {offset}: {what}; nothing was changed: restore the file from a \
         copy, or ask for help with the directory as it is", path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first byte at fault.
        offset: u64,
        /// What is wrong there.
        what: String,
    },
    /// A file that is not one of these, or of another version.
    #[error("`{}` is not {expected}: {found}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// An earlier write failed in a way that leaves open what is on the disk.
    #[error(
        "`{}` takes no more: an earlier write failed and it is not known what the disk holds; \
         close it and open it again", path.display()
    )]
    Uncertain {
        /// The file.
        path: PathBuf,
    },
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
    /// Another process has the directory.
    #[error(
        "`{}` is in use by another process; wait for it to end, or name another directory", path.display()
    )]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// Something was asked that cannot be.
    #[error("{0}")]
    Refused(String),
    /// The books refuse.
    #[error(transparent)]
    Books(#[from] BooksError),
}

impl StoreError {
    /// The system refused to do `doing` with `path`.
    pub(crate) fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> StoreError {
        let path = path.to_owned();
        move |source| StoreError::Io { path, doing, source }
    }

    /// `path` is not as it was written.
    pub(crate) fn damaged(path: &Path, offset: u64, what: impl Into<String>) -> StoreError {
        StoreError::Damaged { path: path.to_owned(), offset, what: what.into() }
    }
}

fn next_step(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::NotFound => "there is no such file; check the path".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not; check its permissions".to_owned(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full; free some space and repeat: what was acknowledged is kept".to_owned()
        }
        _ => format!("{source}; what was acknowledged is kept"),
    }
}
