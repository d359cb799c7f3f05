//! Frames: what is written and synced at once.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crc32fast::Hasher;

use super::FRAME_BYTES_MAX;
use crate::meter::LogId;

/// Bytes of a frame's head: what it is (4), bytes that follow, records in them, checksum.
pub(super) const FRAME_HEAD_BYTES: usize = 16;

/// What both kinds of frames begin with. No label or name can hold its first byte.
const MARK: [u8; 3] = [0x1e, b'L', b'H'];
const RECORDS: [u8; 4] = [0x1e, b'L', b'H', b'R'];
/// Bytes that were given up.
const GAP: [u8; 4] = [0x1e, b'L', b'H', b'G'];

/// What checksums of a segment's frames begin with.
#[derive(Clone)]
pub(super) struct Stamp(Hasher);

/// A frame that was found to be intact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// Records in it; none in a mark of a clean close, and none in a gap.
    pub records: u32,
    /// Bytes, with the head.
    pub bytes: u64,
}

impl Stamp {
    /// For the frames of `segment` of `log`.
    pub fn new(log: LogId, segment: u64) -> Self {
        let mut hasher = Hasher::new();
        hasher.update(&log.0.to_be_bytes());
        hasher.update(&segment.to_le_bytes());
        Stamp(hasher)
    }

    fn checksum(&self, at: u64, head: &[u8], payload: &[u8]) -> u32 {
        let mut hasher = self.0.clone();
        hasher.update(&at.to_le_bytes());
        hasher.update(head);
        hasher.update(payload);
        hasher.finalize()
    }

    /// Writes the head of a frame of `records` at `at` into the room that `frame` has for it.
    pub fn seal(&self, at: u64, records: u32, frame: &mut [u8]) {
        let Some((head, payload)) = frame.split_at_mut_checked(FRAME_HEAD_BYTES) else { return };
        // A frame is at most FRAME_BYTES_MAX long.
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        head.copy_from_slice(&self.head(at, RECORDS, length, records, payload));
    }

    /// The head of a gap at `at` that is `bytes` long in all.
    pub fn gap(&self, at: u64, bytes: u64) -> [u8; FRAME_HEAD_BYTES] {
        let length = bytes.saturating_sub(FRAME_HEAD_BYTES as u64);
        self.head(at, GAP, u32::try_from(length).unwrap_or(u32::MAX), 0, &[])
    }

    fn head(
        &self,
        at: u64,
        kind: [u8; 4],
        length: u32,
        records: u32,
        payload: &[u8],
    ) -> [u8; FRAME_HEAD_BYTES] {
        let mut head = [0; FRAME_HEAD_BYTES];
        let (fields, checksum) = head.split_at_mut(12);
        let parts = [kind, length.to_le_bytes(), records.to_le_bytes()];
        fields.copy_from_slice(parts.as_flattened());
        checksum.copy_from_slice(&self.checksum(at, fields, payload).to_le_bytes());
        head
    }

    /// The frame at `at`, whose bytes and more begin `bytes`; `None` where they are no frame.
    pub fn check(&self, at: u64, bytes: &[u8]) -> Option<Frame> {
        let head = bytes.first_chunk::<FRAME_HEAD_BYTES>()?;
        let Head { gap, length, records } = Head::read(head)?;
        let payload = if gap { 0 } else { length };
        let payload = bytes.get(FRAME_HEAD_BYTES..FRAME_HEAD_BYTES + payload)?;
        let (fields, stated) = head.split_last_chunk()?;
        let right = u32::from_le_bytes(*stated) == self.checksum(at, fields, payload);
        right.then_some(Frame { records, bytes: (FRAME_HEAD_BYTES + length) as u64 })
    }

    /// Reads the frame at `at` of a file of `end` bytes into `buffer`, head and records; of a gap the
    /// head alone. `None` where there is no intact frame.
    pub fn read(
        &self,
        file: &File,
        at: u64,
        end: u64,
        buffer: &mut Vec<u8>,
    ) -> io::Result<Option<Frame>> {
        let mut file = file;
        buffer.clear();
        if at + FRAME_HEAD_BYTES as u64 > end {
            return Ok(None);
        }
        buffer.resize(FRAME_HEAD_BYTES, 0);
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(buffer)?;
        let Some(Head { gap, length, .. }) = buffer.first_chunk().and_then(Head::read) else {
            return Ok(None);
        };
        if at + (FRAME_HEAD_BYTES + length) as u64 > end {
            return Ok(None);
        }
        if !gap {
            buffer.resize(FRAME_HEAD_BYTES + length, 0);
            file.read_exact(buffer.get_mut(FRAME_HEAD_BYTES..).unwrap_or_default())?;
        }
        Ok(self.check(at, buffer))
    }

    /// The place of the first intact frame within `bytes`, which lie at `at`.
    pub fn find(&self, at: u64, bytes: &[u8]) -> Option<u64> {
        let mut places = memchr::memmem::find_iter(bytes, &MARK);
        places.find_map(|place| {
            let here = at + place as u64;
            let frame = self.check(here, bytes.get(place..)?)?;
            (here + frame.bytes <= at + bytes.len() as u64).then_some(here)
        })
    }
}

struct Head {
    gap: bool,
    length: usize,
    records: u32,
}

impl Head {
    /// What a head says, where that can be.
    fn read(head: &[u8; FRAME_HEAD_BYTES]) -> Option<Head> {
        let (kind, rest) = head.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (records, _) = rest.split_first_chunk::<4>()?;
        let gap = *kind == GAP;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let known = gap || (*kind == RECORDS && length <= FRAME_BYTES_MAX);
        known.then_some(Head { gap, length, records: u32::from_le_bytes(*records) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp() -> Stamp {
        Stamp::new(LogId(7), 3)
    }

    fn frame(at: u64, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; FRAME_HEAD_BYTES];
        bytes.extend_from_slice(payload);
        stamp().seal(at, 2, &mut bytes);
        bytes
    }

    #[test]
    fn a_frame_is_one_only_in_its_place() {
        let bytes = frame(48, b"records");
        let whole = Some(Frame { records: 2, bytes: 23 });
        assert_eq!(stamp().check(48, &bytes), whole);
        assert_eq!(stamp().check(49, &bytes), None);
        assert_eq!(Stamp::new(LogId(7), 4).check(48, &bytes), None);
        assert_eq!(Stamp::new(LogId(8), 3).check(48, &bytes), None);
        assert_eq!(stamp().check(48, &bytes[..22]), None);
    }

    #[test]
    fn a_frame_is_found_behind_what_is_none() {
        let mut bytes = b"\x1eLHR\x1eLHGrubbish".to_vec();
        let at = 48 + bytes.len() as u64;
        bytes.extend(frame(at, b"records"));
        assert_eq!(stamp().find(48, &bytes), Some(at));
        assert_eq!(stamp().find(47, &bytes), None);
        let gap = stamp().gap(48, 30);
        assert_eq!(stamp().check(48, &gap), Some(Frame { records: 0, bytes: 30 }));
        // A gap that would end behind the bytes is none.
        assert_eq!(stamp().find(48, &gap), None);
    }
}
