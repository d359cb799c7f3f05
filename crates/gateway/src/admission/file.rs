//! The last good table on disk: written whole, read back only if it is whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Terms;

/// Largest file of a table, in bytes.
pub const TABLE_BYTES_MAX: u64 = 4 << 30;

/// A table that cannot be read back.
#[derive(Debug, thiserror::Error)]
pub enum BadFile {
    /// The file cannot be read.
    #[error("the admission table cannot be read: look at the file and its directory")]
    Io(#[from] io::Error),
    /// It is not what was written.
    #[error("the admission table on disk is damaged ({0}): remove it and wait for the desk's next")]
    Damaged(String),
}

/// Writes `terms` to `path`: it is there whole or not at all, also after a power cut.
///
/// # Errors
/// What the system says; an older table then stays.
pub fn write(path: &Path, terms: &Terms) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(terms)?;
    let digest: [u8; 32] = Sha256::digest(&bytes).into();
    bytes.push(b'\n');
    bytes.extend(digest.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()));
    bytes.push(b'\n');
    let fresh = path.with_extension("new");
    let mut file = File::create(&fresh)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => Ok(()),
    }
}

/// Reads what [`write()`] wrote; `None` where there is no file.
///
/// # Errors
/// [`BadFile`].
pub fn read(path: &Path) -> Result<Option<Terms>, BadFile> {
    let length = match fs::metadata(path) {
        Ok(found) => found.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if length > TABLE_BYTES_MAX {
        return Err(BadFile::Damaged(format!("it has {length} bytes")));
    }
    let bytes = fs::read(path)?;
    let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
    let (body, rest) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let digest: [u8; 32] = Sha256::digest(body).into();
    let mut hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    hex.push('\n');
    if rest != hex.as_bytes() {
        return Err(BadFile::Damaged("its digest is another".to_owned()));
    }
    let terms = serde_json::from_slice(body);
    terms.map(Some).map_err(|error| BadFile::Damaged(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::terms;
    use super::*;

    #[test]
    fn a_table_comes_back_and_every_damage_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("table.json");
        assert!(read(&path).unwrap().is_none());
        write(&path, &terms()).unwrap();
        assert_eq!(read(&path).unwrap(), Some(terms()));
        let bytes = fs::read(&path).unwrap();
        for at in (0..bytes.len()).step_by(7) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            fs::write(&path, &damaged).unwrap();
            assert!(read(&path).is_err(), "a flipped bit at {at}");
            fs::write(&path, &bytes[..at]).unwrap();
            assert!(read(&path).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_failed_write_leaves_the_older_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("table.json");
        write(&path, &terms()).unwrap();
        fs::create_dir(dir.path().join("table.new")).unwrap();
        assert!(write(&path, &Terms::default()).is_err());
        assert_eq!(read(&path).unwrap(), Some(terms()));
    }
}
