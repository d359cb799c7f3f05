//! The journals of a replay: written beside their place, moved there when they are whole.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use leasehold_sim::figures::Policy;
use tempfile::NamedTempFile;

use super::place::nearest;
use crate::report::ReportError;
use crate::terminal::Interrupt;

/// The journals of one replay. What is not moved to its place vanishes when this is dropped.
pub(super) struct Journals {
    /// Where the report goes.
    dir: PathBuf,
    interrupt: Interrupt,
    written: Vec<(String, NamedTempFile)>,
}

impl Journals {
    /// Journals for the report in `dir`.
    pub(super) fn new(dir: &Path, interrupt: &Interrupt) -> Self {
        Journals { dir: dir.to_owned(), interrupt: interrupt.clone(), written: Vec::new() }
    }

    /// Begins the journal of a policy.
    pub(super) fn begin(&mut self, policy: Policy) -> io::Result<Box<dyn Write>> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".leasehold-journal-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As readable as any file; the system takes off what the user does not want.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(nearest(&self.dir))?;
        self.interrupt.remove_at_end(file.path());
        let writer: BufWriter<File> = BufWriter::new(file.reopen()?);
        self.written.push((format!("journal-{}.jsonl", policy.name()), file));
        Ok(Box::new(writer))
    }

    /// Moves the journals into the report's directory, which is there by now; gives their paths.
    ///
    /// # Errors
    /// [`ReportError`] where one cannot be written or moved.
    pub(super) fn keep(self) -> Result<Vec<PathBuf>, ReportError> {
        let mut kept = Vec::new();
        for (name, file) in self.written {
            let path = self.dir.join(name);
            let io = |action, source| ReportError::Io { action, path: path.clone(), source };
            file.as_file().sync_all().map_err(|source| io("write", source))?;
            file.persist(&path).map_err(|error| io("replace", error.error))?;
            kept.push(path);
        }
        Ok(kept)
    }
}
