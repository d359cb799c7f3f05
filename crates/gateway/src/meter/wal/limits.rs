//! How much of everything there may be.

use std::time::Duration;

use super::frame::FRAME_HEAD_BYTES;
use super::segment::SEGMENT_HEAD_BYTES;
use crate::meter::RECORD_BYTES_MAX;

/// Most bytes of records in a frame, whatever [`Limits::frame_bytes`] is: what a reader holds.
pub const FRAME_BYTES_MAX: usize = 1 << 20;
/// Most bytes of a segment, whatever [`Limits::segment_bytes`] is: what a search for intact records
/// behind damage holds.
pub const SEGMENT_BYTES_MAX: u64 = 256 << 20;

/// What one reserved record may take on the disk, in bytes.
pub(super) const ROOM_BYTES: u64 =
    RECORD_BYTES_MAX as u64 + FRAME_HEAD_BYTES as u64 + SEGMENT_HEAD_BYTES;

/// The limits of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Records reserved or waiting to be written. In bytes at most so many times
    /// [`RECORD_BYTES_MAX`], and usually a tenth of that.
    pub rooms: usize,
    /// Bytes of records in a frame.
    pub frame_bytes: usize,
    /// Bytes of a segment.
    pub segment_bytes: u64,
    /// Bytes on the disk. Where the store is away for so long that this is reached, nobody is let in.
    pub log_bytes: u64,
    /// How long a record that nobody waits for may stay in memory.
    pub idle: Duration,
    /// After which time a log that refuses tries again.
    pub retry: Duration,
}

impl Default for Limits {
    /// 65,536 rooms, frames of 1 MiB, segments of 64 MiB, 8 GiB in all (some 80 million records),
    /// 200 ms, 250 ms.
    fn default() -> Self {
        Limits {
            rooms: 65_536,
            frame_bytes: FRAME_BYTES_MAX,
            segment_bytes: 64 << 20,
            log_bytes: 8 << 30,
            idle: Duration::from_millis(200),
            retry: Duration::from_millis(250),
        }
    }
}

impl Limits {
    /// What is wrong with them; `None` where nothing is.
    pub(crate) fn fault(&self) -> Option<String> {
        let frame = RECORD_BYTES_MAX..=FRAME_BYTES_MAX;
        if self.rooms == 0 {
            return Some("`rooms` must be at least 1".to_owned());
        }
        if !frame.contains(&self.frame_bytes) {
            let (least, most) = (frame.start(), frame.end());
            return Some(format!("`frame_bytes` must be between {least} and {most}"));
        }
        let least = SEGMENT_HEAD_BYTES + (FRAME_HEAD_BYTES + self.frame_bytes) as u64;
        if !(least..=SEGMENT_BYTES_MAX).contains(&self.segment_bytes) {
            return Some(format!(
                "`segment_bytes` must be between {least} and {SEGMENT_BYTES_MAX}"
            ));
        }
        // With less, a log that the store has taken whole could still let nobody in.
        let rooms = (self.rooms as u64).saturating_mul(ROOM_BYTES);
        let least = self.segment_bytes.saturating_mul(2).saturating_add(rooms);
        if self.log_bytes < least {
            return Some(format!(
                "`log_bytes` must be at least {least}: two segments and {ROOM_BYTES} bytes a room"
            ));
        }
        None
    }
}
