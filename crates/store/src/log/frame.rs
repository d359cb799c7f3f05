//! The bytes of a segment: its header, then frames.
//!
//! Segment header, 32 bytes: `LHSEG`, version (1 byte), two zero bytes, the segment's number (u32),
//! the checksum of the last frame before (u32), the number of the first frame (u64), four zero
//! bytes, the checksum of all that (u32).
//!
//! Frame header, 28 bytes: mark (u32), the count of bytes that follow it (u32), the frame's number
//! from 1 (u64), the checksum of the frame before (u32), four zero bytes, then the checksum of the
//! header and of what follows it (u32). A frame is one batch: it is there whole or not at all.
//! Checksums are CRC-32. All numbers are little-endian.

use crate::codec::{Bytes, Short};

/// The version of the format.
const VERSION: u8 = 1;

/// What a segment begins with.
const MARK: &[u8; 5] = b"LHSEG";

/// What a frame begins with.
pub(super) const FRAME_MARK: u32 = 0x1EA5_E0F1;

/// Bytes of a segment's header.
pub(super) const SEGMENT_HEADER_BYTES: usize = 32;

/// Bytes of a frame's header.
pub(super) const FRAME_HEADER_BYTES: usize = 28;

/// Most bytes of one frame without its header: one batch.
pub const FRAME_BYTES_MAX: usize = 256 << 20;

/// A segment's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SegmentHeader {
    pub(super) segment: u32,
    pub(super) previous: u32,
    pub(super) first: u64,
}

/// A frame's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameHeader {
    pub(super) length: u32,
    pub(super) number: u64,
    pub(super) previous: u32,
    pub(super) checksum: u32,
}

/// Why bytes are no segment header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoHeader {
    Short,
    Mark,
    Version(u8),
    Checksum,
}

impl SegmentHeader {
    pub(super) fn write(self) -> [u8; SEGMENT_HEADER_BYTES] {
        let mut bytes = Vec::with_capacity(SEGMENT_HEADER_BYTES);
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(&[VERSION, 0, 0]);
        bytes.extend_from_slice(&self.segment.to_le_bytes());
        bytes.extend_from_slice(&self.previous.to_le_bytes());
        bytes.extend_from_slice(&self.first.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        let mut header = [0; SEGMENT_HEADER_BYTES];
        header.copy_from_slice(&bytes);
        header
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, NoHeader> {
        let body = bytes.get(..SEGMENT_HEADER_BYTES).ok_or(NoHeader::Short)?;
        let (told, checksum) = body.split_at(SEGMENT_HEADER_BYTES - 4);
        if !told.starts_with(MARK) {
            return Err(NoHeader::Mark);
        }
        if told[MARK.len()] != VERSION {
            return Err(NoHeader::Version(told[MARK.len()]));
        }
        if crc32fast::hash(told).to_le_bytes() != checksum {
            return Err(NoHeader::Checksum);
        }
        let mut read = Bytes(&told[8..]);
        let fields = || -> Result<Self, Short> {
            let (segment, previous) = (read.u32()?, read.u32()?);
            Ok(SegmentHeader { segment, previous, first: read.u64()? })
        };
        let mut fields = fields;
        fields().map_err(|Short| NoHeader::Short)
    }
}

impl FrameHeader {
    /// Puts the header of a frame before its bytes, which stand in `frame` after room for it.
    pub(super) fn seal(frame: &mut [u8], number: u64, previous: u32) -> u32 {
        let length = u32::try_from(frame.len() - FRAME_HEADER_BYTES).unwrap_or(u32::MAX);
        frame[..4].copy_from_slice(&FRAME_MARK.to_le_bytes());
        frame[4..8].copy_from_slice(&length.to_le_bytes());
        frame[8..16].copy_from_slice(&number.to_le_bytes());
        frame[16..20].copy_from_slice(&previous.to_le_bytes());
        frame[20..24].fill(0);
        let checksum = checksum(frame);
        frame[24..28].copy_from_slice(&checksum.to_le_bytes());
        checksum
    }

    /// The header at the front of `bytes`, if it can be one.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut read = Bytes(bytes);
        let mut fields = || -> Result<(u32, FrameHeader, u32), Short> {
            let mark = read.u32()?;
            let (length, number, previous) = (read.u32()?, read.u64()?, read.u32()?);
            let zero = read.u32()?;
            Ok((mark, FrameHeader { length, number, previous, checksum: read.u32()? }, zero))
        };
        let (mark, header, zero) = fields().ok()?;
        let fits = usize::try_from(header.length).is_ok_and(|length| length <= FRAME_BYTES_MAX);
        (mark == FRAME_MARK && zero == 0 && fits).then_some(header)
    }

    /// Whether `frame`, the header and what follows it, is what the header says.
    pub(super) fn is_of(self, frame: &[u8]) -> bool {
        checksum(frame) == self.checksum
    }

    /// Bytes with the header.
    pub(super) fn bytes(self) -> usize {
        FRAME_HEADER_BYTES + usize::try_from(self.length).unwrap_or(FRAME_BYTES_MAX)
    }
}

fn checksum(frame: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&frame[..24]);
    hasher.update(&frame[FRAME_HEADER_BYTES..]);
    hasher.finalize()
}
