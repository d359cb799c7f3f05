//! Where segments are written. A test puts in a disk that fails.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::segment::{self, FRESH_SUFFIX, Head};

/// A directory of segments.
pub(super) trait Place: Send {
    /// Begins a segment: after this its head and its name are durable.
    fn create(&mut self, head: Head) -> io::Result<Box<dyn Medium>>;
    /// Removes a segment.
    fn remove(&mut self, segment: u64) -> io::Result<()>;
    /// What it is called in messages.
    fn path(&self, segment: u64) -> PathBuf;
}

/// A segment that is being written.
pub(super) trait Medium: Send {
    /// Writes `bytes` at `at`.
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()>;
    /// Makes durable what was written.
    fn sync(&mut self) -> io::Result<()>;
}

/// A directory of the file system.
pub(super) struct Directory(pub PathBuf);

impl Place for Directory {
    fn create(&mut self, head: Head) -> io::Result<Box<dyn Medium>> {
        let path = segment::path(&self.0, head.number);
        let fresh = path.with_extension(FRESH_SUFFIX.trim_start_matches('.'));
        let begun = begin(&fresh, head).and_then(|file| {
            fs::rename(&fresh, &path)?;
            sync_directory(&self.0)?;
            Ok(file)
        });
        if begun.is_err() {
            // What is left would only take space; open() removes it too.
            let _ = fs::remove_file(&fresh);
        }
        Ok(Box::new(begun?))
    }

    fn remove(&mut self, segment: u64) -> io::Result<()> {
        fs::remove_file(self.path(segment))
    }

    fn path(&self, segment: u64) -> PathBuf {
        segment::path(&self.0, segment)
    }
}

fn begin(path: &Path, head: Head) -> io::Result<File> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    file.write_all(&head.to_bytes())?;
    file.sync_all()?;
    Ok(file)
}

impl Medium for File {
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(at))?;
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Makes the names in a directory durable.
pub(super) fn sync_directory(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
