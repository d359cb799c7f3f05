//! Giving up damaged bytes, and no others.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use super::frame::{FRAME_HEAD_BYTES, Stamp};
use super::open::{io_error, locked};
use super::segment::{self, Head, SEGMENT_HEAD_BYTES};
use super::{Damage, OpenError};

/// Writes gaps over what is damaged in `segment` of the log in `dir`, which must not be open, and
/// gives the places of the bytes that were given up. Everything else stays where it is, so that what
/// the store knows of the log stays right. What was in the gaps is lost, and it is for people to say
/// so to those whom it concerns.
///
/// # Errors
/// [`OpenError`]; then nothing else was given up than what is intact again as a gap.
pub fn mend(dir: &Path, segment: u64) -> Result<Vec<Range<u64>>, OpenError> {
    let _lock = locked(dir)?;
    let path = segment::path(dir, segment);
    let file = OpenOptions::new().read(true).write(true).open(&path);
    let file = file.map_err(io_error("open", &path))?;
    let head = Head::read(&file).map_err(io_error("read", &path))?;
    let head =
        head.map_err(|why| OpenError::Foreign { path: path.clone(), why: why.to_owned() })?;
    let stamp = Stamp::new(head.log, head.number);
    let given_up = gaps(&file, &stamp).map_err(io_error("mend", &path))?;
    match given_up.last() {
        // Shorter than any frame: it is not of our making.
        Some(last) if last.end - last.start < FRAME_HEAD_BYTES as u64 => {
            Err(Damage { path, from: last.start, to: last.end }.into())
        }
        _ => Ok(given_up),
    }
}

fn gaps(file: &File, stamp: &Stamp) -> io::Result<Vec<Range<u64>>> {
    let (mut given_up, mut buffer) = (Vec::new(), Vec::new());
    let (mut at, end) = (SEGMENT_HEAD_BYTES, file.metadata()?.len());
    while at < end {
        if let Some(frame) = stamp.read(file, at, end, &mut buffer)? {
            at += frame.bytes;
            continue;
        }
        let next = segment::next_frame(file, stamp, at, end)?.unwrap_or(end);
        given_up.push(at..next);
        if next - at >= FRAME_HEAD_BYTES as u64 {
            let mut writable = file;
            writable.seek(SeekFrom::Start(at))?;
            writable.write_all(&stamp.gap(at, next - at))?;
            writable.sync_data()?;
        }
        at = next;
    }
    Ok(given_up)
}
