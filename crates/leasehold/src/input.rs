//! Reads the small text files that a command names, within a limit, and says what is wrong.
//!
//! A term sheet, a fleet or a scenario is written by people; a file of a gigabyte is a mistake and
//! is refused by its size, before it is read.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Largest term sheet, fleet or scenario that is read, in bytes.
pub(crate) const TEXT_MAX_BYTES: u64 = 1 << 20;

/// Largest snapshot of a fleet that is read, in bytes: that of forty thousand nodes has some four
/// million.
pub(crate) const SNAPSHOT_MAX_BYTES: u64 = 64 << 20;

/// The name that stands for standard input.
pub(crate) const STDIN: &str = "-";

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    /// The system refuses.
    #[error("cannot read `{}`: {}", path.display(), next_step(source))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Larger than any file of its kind should be.
    #[error(
        "`{}` has more than {TEXT_MAX_BYTES} bytes: {what} is a text that people write, and at \
         most that much is read; check that it is the right file", path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// What was expected.
        what: &'static str,
    },
    /// A snapshot that is larger than any fleet's.
    #[error(
        "`{}` has more than {SNAPSHOT_MAX_BYTES} bytes, and at most that much of a snapshot is \
         read; check that it is the right file", path.display()
    )]
    LargeSnapshot {
        /// The file.
        path: PathBuf,
    },
    /// Bytes that are no text.
    #[error(
        "`{}` is not UTF-8 text: byte {offset} (line {line}) is none; {what} is UTF-8, so save \
         it in that encoding, or check that it is the right file", path.display()
    )]
    NotText {
        /// The file.
        path: PathBuf,
        /// What was expected.
        what: &'static str,
        /// The first byte at fault, from 0.
        offset: usize,
        /// Its line, from 1.
        line: usize,
    },
}

/// The name by which messages call a file.
pub(crate) fn name_of(path: &Path) -> String {
    if path.as_os_str() == STDIN { "<stdin>".to_owned() } else { path.display().to_string() }
}

fn next_step(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::NotFound => "there is no such file; check the path",
        io::ErrorKind::PermissionDenied => "it may not be read by this user; check its permissions",
        io::ErrorKind::IsADirectory => "it is a directory; name a file in it",
        _ => "a command reads each file that it names; check that one",
    }
}

/// Reads `path` whole (`-` is standard input); `what` names what it should be: "a term sheet".
///
/// # Errors
/// [`InputError`], which names the file, the rule and the next step.
pub(crate) fn read_text(path: &Path, what: &'static str) -> Result<String, InputError> {
    let large = || InputError::TooLarge { path: path.to_owned(), what };
    read_within(path, what, TEXT_MAX_BYTES, large)
}

/// Reads a snapshot of a fleet whole.
///
/// # Errors
/// As [`read_text`].
pub(crate) fn read_snapshot(path: &Path) -> Result<String, InputError> {
    let large = || InputError::LargeSnapshot { path: path.to_owned() };
    read_within(path, "a snapshot", SNAPSHOT_MAX_BYTES, large)
}

fn read_within(
    path: &Path,
    what: &'static str,
    most: u64,
    large: impl Fn() -> InputError,
) -> Result<String, InputError> {
    let unreadable = |source| InputError::Unreadable { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    if path.as_os_str() == STDIN {
        read_some(io::stdin().lock(), most, &mut bytes).map_err(unreadable)?;
    } else {
        let file = File::open(path).map_err(unreadable)?;
        let about = file.metadata().map_err(unreadable)?;
        if about.is_dir() {
            return Err(unreadable(io::ErrorKind::IsADirectory.into()));
        }
        if about.len() > most {
            return Err(large());
        }
        read_some(file, most, &mut bytes).map_err(unreadable)?;
    }
    if bytes.len() as u64 > most {
        return Err(large());
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1;
        InputError::NotText { path: path.to_owned(), what, offset, line }
    })
}

/// Reads at most one byte more than the limit, so that an endless source ends, too.
fn read_some(source: impl Read, most: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    source.take(most + 1).read_to_end(bytes).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn not_text_is_placed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("latin.toml");
        fs::write(&path, b"a = 1\nname = \"caf\xe9\"\n").unwrap();
        let error = read_text(&path, "a term sheet").unwrap_err();
        assert!(matches!(error, InputError::NotText { offset: 17, line: 2, .. }), "{error}");
    }

    #[test]
    fn the_limit_is_the_limit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("large.toml");
        let limit = usize::try_from(TEXT_MAX_BYTES).unwrap();
        fs::write(&path, " ".repeat(limit)).unwrap();
        assert_eq!(read_text(&path, "a term sheet").unwrap().len(), limit);
        fs::write(&path, " ".repeat(limit + 1)).unwrap();
        let error = read_text(&path, "a term sheet").unwrap_err();
        assert!(matches!(error, InputError::TooLarge { .. }), "{error}");
    }

    #[test]
    fn an_endless_file_ends() {
        let error = read_text(Path::new("/dev/zero"), "a term sheet").unwrap_err();
        assert!(matches!(error, InputError::TooLarge { .. }), "{error}");
    }
}
