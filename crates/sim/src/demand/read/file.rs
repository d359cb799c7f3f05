//! A text file, plain or gzipped, line by line: bounded memory, every line numbered, hashed as it
//! lies on disk.
//!
//! Whether a file is gzipped shows in its first two bytes, not in its name.

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use crate::demand::DemandError;

/// Longest line, in bytes. The longest in the traces, a prompt of 128,000 tokens with its list of
/// prefix blocks, is under 4,000.
pub const LINE_MAX_BYTES: usize = 1 << 20;

const BUFFER_BYTES: usize = 1 << 16;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A file being read.
pub(super) struct Lines {
    reader: BufReader<Box<dyn Read>>,
    digest: Rc<RefCell<Sha256>>,
    path: PathBuf,
    kind: &'static str,
    line: u64,
    text: Vec<u8>,
}

/// Passes bytes on and hashes them on the way.
struct Hashed {
    file: File,
    digest: Rc<RefCell<Sha256>>,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.digest.borrow_mut().update(&buffer[..n]);
        Ok(n)
    }
}

impl Lines {
    /// Opens `path`, said to be of `kind`.
    pub fn open(path: &Path, kind: &'static str) -> Result<Self, DemandError> {
        let open_error = |source| DemandError::Open { path: path.to_owned(), source };
        let file = File::open(path).map_err(open_error)?;
        let digest = Rc::new(RefCell::new(Sha256::new()));
        let hashed = Hashed { file, digest: Rc::clone(&digest) };
        let mut raw = BufReader::with_capacity(BUFFER_BYTES, hashed);
        // A read may return one byte; only an interrupted pipe would, and paths name files.
        let gzipped = raw.fill_buf().map_err(open_error)?.starts_with(&GZIP_MAGIC);
        let plain: Box<dyn Read> =
            if gzipped { Box::new(MultiGzDecoder::new(raw)) } else { Box::new(raw) };
        let reader = BufReader::with_capacity(BUFFER_BYTES, plain);
        Ok(Lines { reader, digest, path: path.to_owned(), kind, line: 0, text: Vec::new() })
    }

    /// Moves to the next line that is not blank; `false` at the end.
    pub fn advance(&mut self) -> Result<bool, DemandError> {
        loop {
            self.text.clear();
            let limit = LINE_MAX_BYTES as u64 + 1;
            let read = (&mut self.reader).take(limit).read_until(b'\n', &mut self.text);
            if read.map_err(|source| self.broken(source))? == 0 {
                return Ok(false);
            }
            self.line += 1;
            if self.line == 1 && self.text.starts_with(BYTE_ORDER_MARK) {
                self.text.drain(..BYTE_ORDER_MARK.len());
            }
            if self.text.len() > LINE_MAX_BYTES {
                return Err(self.too_long());
            }
            let end = self.text.trim_ascii_end().len();
            self.text.truncate(end);
            if end > 0 {
                return Ok(true);
            }
        }
    }

    /// The line, without its end and trailing blanks.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Its number, from 1.
    pub fn number(&self) -> u64 {
        self.line
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// SHA-256 of what was read from disk: of the whole file once [`advance`](Self::advance) has
    /// returned `false`.
    pub fn sha256(&self) -> String {
        let hash = self.digest.borrow().clone().finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn broken(&self, source: std::io::Error) -> DemandError {
        let what = match source.kind() {
            ErrorKind::UnexpectedEof => {
                "the compressed file ends too early; fetch it again and compare its size"
            }
            ErrorKind::InvalidInput | ErrorKind::InvalidData => {
                "the compressed file is damaged; fetch it again and compare its checksum"
            }
            _ => "reading failed; check the disk and the file's permissions",
        };
        DemandError::Broken { path: self.path.clone(), line: self.line, what, source }
    }

    fn too_long(&self) -> DemandError {
        DemandError::LineTooLong {
            path: self.path.clone(),
            line: self.line,
            most: LINE_MAX_BYTES,
            kind: self.kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> Result<(Vec<(u64, String)>, String), DemandError> {
        let file = file(bytes);
        let mut lines = Lines::open(file.path(), "test")?;
        let mut found = Vec::new();
        while lines.advance()? {
            found.push((lines.number(), String::from_utf8_lossy(lines.text()).into_owned()));
        }
        Ok((found, lines.sha256()))
    }

    #[test]
    fn line_ends_blank_lines_and_the_byte_order_mark() {
        let (found, _) = read("\u{feff}a,b\r\n\r\n1,2  \r\n\n3,4".as_bytes()).unwrap();
        let expected = [(1, "a,b"), (3, "1,2"), (5, "3,4")];
        assert_eq!(found, expected.map(|(n, text)| (n, text.to_owned())));
        assert_eq!(read(b"").unwrap().0, []);
    }

    #[test]
    fn gzip_reads_the_same_and_the_hash_is_of_the_file_on_disk() {
        let text = b"a\n1\n2\n";
        let packed = gzip(text);
        // Two members one after the other are one file, as gzip has it.
        let twice = [packed.clone(), packed.clone()].concat();
        assert_eq!(read(&packed).unwrap().0, read(text).unwrap().0);
        assert_eq!(read(&twice).unwrap().0.len(), 6);
        let sha = "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7";
        assert_eq!(read(b"a\n").unwrap().1, sha);
    }

    #[test]
    fn a_truncated_gzip_is_named() {
        let mut text = Vec::new();
        for i in 0..50_000u32 {
            text.extend(format!("{},{}\n", i, i.wrapping_mul(2_654_435_761)).into_bytes());
        }
        let packed = gzip(&text);
        for cut in [packed.len() / 2, packed.len() - 4, 12] {
            let error = read(&packed[..cut]).unwrap_err().to_string();
            assert!(error.contains("ends too early"), "{error}");
        }
        let mut damaged = packed.clone();
        let last = damaged.len() - 6;
        damaged[last] ^= 1;
        let error = read(&damaged).unwrap_err().to_string();
        assert!(error.contains("damaged"), "{error}");
    }

    #[test]
    fn an_endless_line_is_refused_without_being_kept() {
        let error = read(&vec![b'1'; 3 * LINE_MAX_BYTES]).unwrap_err().to_string();
        assert!(error.contains("line 1 is longer than 1048576 bytes"), "{error}");
    }

    #[test]
    fn a_missing_file_says_where_paths_start() {
        let error = Lines::open(Path::new("no/such.csv"), "test").err().unwrap();
        insta::assert_snapshot!(error, @"cannot open `no/such.csv`: a path is relative to the scenario file's directory");
    }
}
