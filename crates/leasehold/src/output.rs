//! Files in a directory of the user's choice: whole or not at all.
//!
//! Whether the directory can be written is found out before long work begins. A file is written
//! under a name of its own first, on the same file system, and moved to its place when all of them
//! are whole.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::report::ReportError;
use crate::terminal::Interrupt;

/// Tries to write where `dir` is or will be; leaves nothing there.
///
/// # Errors
/// [`ReportError`], as writing the report would give.
pub(crate) fn try_out(dir: &Path) -> Result<(), ReportError> {
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
fn nearest(dir: &Path) -> PathBuf {
    let there = dir.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
    if there.as_os_str().is_empty() { PathBuf::from(".") } else { there.to_owned() }
}

/// Files that are being written. What is not kept vanishes when this is dropped.
pub(crate) struct Staged {
    /// Where they go.
    dir: PathBuf,
    interrupt: Interrupt,
    files: Vec<(String, NamedTempFile)>,
}

impl Staged {
    /// Files for `dir`, which need not be there yet.
    pub(crate) fn new(dir: &Path, interrupt: &Interrupt) -> Self {
        Staged { dir: dir.to_owned(), interrupt: interrupt.clone(), files: Vec::new() }
    }

    /// Begins a file.
    ///
    /// # Errors
    /// What the system says, or that there is one of that name already.
    pub(crate) fn begin(&mut self, name: String) -> io::Result<BufWriter<File>> {
        if self.files.iter().any(|(other, _)| *other == name) {
            return Err(io::Error::other("two files would have this name"));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".leasehold-unfinished-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As readable as any file; the system takes off what the user does not want.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(nearest(&self.dir))?;
        self.interrupt.remove_at_end(file.path());
        let writer = BufWriter::new(file.reopen()?);
        self.files.push((name, file));
        Ok(writer)
    }

    /// Moves the files to their places, once all have been written; gives their paths.
    ///
    /// # Errors
    /// [`ReportError`] where one cannot be written or moved.
    pub(crate) fn keep(self) -> Result<Vec<PathBuf>, ReportError> {
        for (name, file) in &self.files {
            file.as_file().sync_all().map_err(failed("write", &self.dir.join(name)))?;
        }
        fs::create_dir_all(&self.dir).map_err(failed("create", &self.dir))?;
        let mut kept = Vec::new();
        for (name, file) in self.files {
            let path = self.dir.join(name);
            file.persist(&path).map_err(|error| failed("replace", &path)(error.error))?;
            kept.push(path);
        }
        Ok(kept)
    }
}

/// An error about `path`.
pub(crate) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ReportError {
    move |source| ReportError::Io { action, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_nearest_directory() {
        let temp = tempfile::tempdir().unwrap();
        assert_eq!(nearest(&temp.path().join("a/b")), temp.path());
        assert_eq!(nearest(Path::new("surely-not-there/b")), Path::new("."));
        try_out(&temp.path().join("a/b")).unwrap();
        assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 0);
    }

    #[test]
    fn files_are_there_whole_or_not_at_all() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("a/b");
        let names = |dir: &Path| {
            let entries = fs::read_dir(dir).unwrap();
            entries.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>()
        };
        let mut staged = Staged::new(&dir, &Interrupt::default());
        writeln!(staged.begin("x.csv".into()).unwrap(), "a,b").unwrap();
        assert_eq!(names(temp.path()).len(), 1);
        drop(staged);
        assert_eq!(names(temp.path()).len(), 0);
        let mut staged = Staged::new(&dir, &Interrupt::default());
        writeln!(staged.begin("x.csv".into()).unwrap(), "a,b").unwrap();
        assert_eq!(staged.keep().unwrap(), [dir.join("x.csv")]);
        assert_eq!(names(temp.path()), ["a"]);
        assert_eq!(fs::read_to_string(dir.join("x.csv")).unwrap(), "a,b\n");
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
