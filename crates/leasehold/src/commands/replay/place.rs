//! Whether a report can be written where it is to go, found out before a long replay.

use std::path::{Path, PathBuf};

use crate::report::ReportError;

/// Tries to write where `dir` is or will be; leaves nothing there.
///
/// # Errors
/// [`ReportError`], as writing the report would give.
pub(super) fn try_out(dir: &Path) -> Result<(), ReportError> {
    let there = nearest(dir);
    if !there.is_dir() {
        return Err(ReportError::NotADirectory(there));
    }
    let probe = tempfile::Builder::new().prefix(".leasehold-probe-").tempdir_in(&there);
    // The probe has a name of its own in the system's message, which is of no use to anybody.
    let io = |error: std::io::Error| ReportError::Io {
        action: "write into",
        path: there.clone(),
        source: error.kind().into(),
    };
    probe.and_then(tempfile::TempDir::close).map_err(io)
}

/// The directory itself, or the nearest one above it that is there.
pub(super) fn nearest(dir: &Path) -> PathBuf {
    let there = dir.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
    if there.as_os_str().is_empty() { PathBuf::from(".") } else { there.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_directory() {
        let temp = tempfile::tempdir().unwrap();
        assert_eq!(nearest(&temp.path().join("a/b")), temp.path());
        assert_eq!(nearest(Path::new("surely-not-there/b")), Path::new("."));
        try_out(&temp.path().join("a/b")).unwrap();
        assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_the_way() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("file");
        std::fs::write(&file, "mine").unwrap();
        for dir in [file.clone(), file.join("report")] {
            assert!(matches!(try_out(&dir), Err(ReportError::NotADirectory(path)) if path == file));
        }
    }
}
