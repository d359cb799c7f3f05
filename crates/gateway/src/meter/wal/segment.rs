//! Segments: the files of a log, each with a head that says which it is.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::frame::Stamp;
use super::limits::SEGMENT_BYTES_MAX;
use crate::meter::LogId;

/// Bytes of a segment's head: what it is (8), the log (16), its number, that of the segment before
/// it, zeros (4), checksum (4).
pub(super) const SEGMENT_HEAD_BYTES: u64 = 48;
const MAGIC: [u8; 8] = *b"LHMETER\x01";
const SUFFIX: &str = ".meter";
/// Of a file that is no segment yet.
pub(super) const FRESH_SUFFIX: &str = ".fresh";

/// Which segment a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub log: LogId,
    pub number: u64,
    /// The segment before it; 0 where there never was one.
    pub previous: u64,
}

/// What the frames of a segment are like.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scan {
    /// Records in intact frames.
    pub records: u64,
    /// Where the last intact frame ends.
    pub end: u64,
    /// Bytes that are no frame, with a frame behind them; up to its first byte.
    pub damaged: Option<(u64, u64)>,
}

/// The file of a segment.
pub(super) fn path(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("{number:016}{SUFFIX}"))
}

/// The number of the segment of that name, where it is one's.
pub(super) fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    let plain = digits.len() >= 16 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

impl Head {
    /// As it is written.
    pub fn to_bytes(self) -> [u8; SEGMENT_HEAD_BYTES as usize] {
        let mut bytes = [0; SEGMENT_HEAD_BYTES as usize];
        let mut put = |from: usize, part: &[u8]| {
            if let Some(place) = bytes.get_mut(from..from + part.len()) {
                place.copy_from_slice(part);
            }
        };
        put(0, &MAGIC);
        put(8, &self.log.0.to_be_bytes());
        put(24, &self.number.to_le_bytes());
        put(32, &self.previous.to_le_bytes());
        let checksum = crc32fast::hash(bytes.get(..44).unwrap_or_default());
        if let Some(place) = bytes.last_chunk_mut() {
            *place = checksum.to_le_bytes();
        }
        bytes
    }

    /// From the beginning of `file`, or what is wrong with it.
    pub fn read(file: &File) -> io::Result<Result<Head, &'static str>> {
        let mut file = file;
        let mut bytes = [0; SEGMENT_HEAD_BYTES as usize];
        file.seek(SeekFrom::Start(0))?;
        match file.read_exact(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Ok(Err("it is shorter than a segment's head"));
            }
            other => other?,
        }
        Ok(Head::parse(&bytes))
    }

    fn parse(bytes: &[u8; SEGMENT_HEAD_BYTES as usize]) -> Result<Head, &'static str> {
        let word = |from: usize| {
            let part = bytes.get(from..from + 8).and_then(|part| part.try_into().ok());
            u64::from_le_bytes(part.unwrap_or_default())
        };
        let log = bytes.get(8..24).and_then(|part| part.try_into().ok()).unwrap_or_default();
        let head =
            Head { log: LogId(u128::from_be_bytes(log)), number: word(24), previous: word(32) };
        if !bytes.starts_with(&MAGIC) {
            Err("it does not begin like one; a newer release may have written it")
        } else if head.to_bytes() != *bytes {
            Err("its head was damaged")
        } else {
            Ok(head)
        }
    }
}

impl Scan {
    /// Reads all of `file`, which is `length` bytes long.
    pub fn read(file: &File, stamp: &Stamp, length: u64) -> io::Result<Scan> {
        let mut scan = Scan { records: 0, end: SEGMENT_HEAD_BYTES, damaged: None };
        let mut buffer = Vec::new();
        while scan.end < length {
            match stamp.read(file, scan.end, length, &mut buffer)? {
                Some(frame) => {
                    scan.records += u64::from(frame.records);
                    scan.end += frame.bytes;
                }
                None => {
                    let next = next_frame(file, stamp, scan.end, length)?;
                    scan.damaged = next.map(|next| (scan.end, next));
                    return Ok(scan);
                }
            }
        }
        Ok(scan)
    }
}

/// The place of the first intact frame of `file` from `at` on.
pub(super) fn next_frame(
    file: &File,
    stamp: &Stamp,
    at: u64,
    length: u64,
) -> io::Result<Option<u64>> {
    let mut file = file;
    let mut rest = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.take((length - at).min(SEGMENT_BYTES_MAX)).read_to_end(&mut rest)?;
    Ok(stamp.find(at, &rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        let path = path(Path::new("/log"), 42);
        assert_eq!(path, Path::new("/log/0000000000000042.meter"));
        assert_eq!(number("0000000000000042.meter"), Some(42));
        assert_eq!(number(&format!("{}.meter", u64::MAX)), Some(u64::MAX));
        for other in ["lock", "42.meter", "000000000000004x.meter", "0000000000000042.fresh"] {
            assert_eq!(number(other), None, "{other}");
        }
    }

    #[test]
    fn a_head_comes_back_and_every_changed_byte_is_seen() {
        let head = Head { log: LogId(9 << 100), number: 42, previous: 41 };
        let bytes = head.to_bytes();
        assert_eq!(Head::parse(&bytes), Ok(head));
        for at in 0..bytes.len() {
            let mut damaged = bytes;
            damaged[at] ^= 1;
            assert!(Head::parse(&damaged).is_err(), "byte {at}");
        }
    }
}
