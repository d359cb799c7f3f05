//! What a log writes to: a file, or in tests something that fails as disks do.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

/// Something that bytes are appended to.
pub trait Medium: Send + Sync + std::fmt::Debug {
    /// Appends all of `bytes`.
    ///
    /// # Errors
    /// As the system says; part of them may then be there.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Waits until everything that was appended is on the disk.
    ///
    /// # Errors
    /// As the system says; nobody then knows what is on the disk.
    fn flush(&mut self) -> io::Result<()>;

    /// Cuts it to `length` bytes.
    ///
    /// # Errors
    /// As the system says.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Medium for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.seek(SeekFrom::Start(length))?;
        self.sync_data()
    }
}

/// Turns an opened file into what the log writes to.
pub type Mount = fn(File) -> Box<dyn Medium>;

/// Writes to the file itself.
pub fn plain(file: File) -> Box<dyn Medium> {
    Box::new(file)
}
