//! What can go wrong while a report is written.

use std::io;
use std::path::{Path, PathBuf};

/// A report that could not be written. Nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file or directory could not be made, written or moved into place.
    #[error(
        "cannot {action} `{}`: a report is written whole or not at all, so nothing of this one \
         was kept; {}", path.display(), next_step(source)
    )]
    Io {
        /// What was tried, as a verb: "write", "create".
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The place for the report is taken by something that is not a directory.
    #[error(
        "`{}` is not a directory: a report is a directory of files; name another one with \
         `--out DIR`, or move this file away", .0.display()
    )]
    NotADirectory(PathBuf),
    /// The figures could not be put into words of a format.
    #[error(
        "cannot write the figures as {format}: every figure has a place in every file of a \
         report; this is a fault of Leasehold's, so please report it with the scenario"
    )]
    Encode {
        /// The file's name.
        format: &'static str,
        /// What the encoder said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ReportError {
    /// An [`ReportError::Io`] for `path`, to be used with `map_err`.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| ReportError::Io { action, path: path.to_owned(), source }
    }
}

fn next_step(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full: free some space there, or choose another place with `--out DIR`"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "choose a place that you may write to with `--out DIR`"
        }
        _ => "mend that, or choose another place with `--out DIR`",
    }
}
