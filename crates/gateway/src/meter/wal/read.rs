//! Reading the log of a gateway from beside it, whether it runs or not.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::frame::{FRAME_HEAD_BYTES, Stamp};
use super::segment::{self, Head, SEGMENT_HEAD_BYTES};
use super::{Cursor, Damage, ReadError};
use crate::meter::Record;

/// What reading a log gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadThrough {
    /// Records.
    pub records: u64,
    /// Up to where; what a gateway that runs writes next begins there.
    pub upto: Cursor,
}

/// Gives every record of the log in `dir`, in order. Nothing is locked and nothing is changed. Of a
/// gateway that runs, what it has written and not yet synced may be among them.
///
/// # Errors
/// [`ReadError`], after what came before was given. What `each` says ends it, too.
pub fn read_through<E: From<ReadError>>(
    dir: &Path,
    mut each: impl FnMut(Record) -> Result<(), E>,
) -> Result<ReadThrough, E> {
    let numbers = numbers(dir)?;
    let last = numbers.last().copied().unwrap_or(0);
    let mut through =
        ReadThrough { records: 0, upto: Cursor { segment: last, offset: SEGMENT_HEAD_BYTES } };
    for number in numbers {
        read_segment(dir, number, number == last, &mut through, &mut each)?;
    }
    Ok(through)
}

/// The numbers of the segments that are there.
fn numbers(dir: &Path) -> Result<BTreeSet<u64>, ReadError> {
    let of_io = |source| ReadError::Io { path: dir.to_owned(), source };
    let mut numbers = BTreeSet::new();
    for entry in fs::read_dir(dir).map_err(of_io)? {
        let name = entry.map_err(of_io)?.file_name();
        numbers.extend(segment::number(&name.to_string_lossy()));
    }
    Ok(numbers)
}

fn read_segment<E: From<ReadError>>(
    dir: &Path,
    number: u64,
    is_last: bool,
    through: &mut ReadThrough,
    each: &mut impl FnMut(Record) -> Result<(), E>,
) -> Result<(), E> {
    let path = segment::path(dir, number);
    let of_io = |source| ReadError::Io { path: path.clone(), source };
    let file = match File::open(&path) {
        Ok(file) => file,
        // It was shipped meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(of_io(error).into()),
    };
    let head = Head::read(&file).map_err(of_io)?;
    let head = head.map_err(|why| of_io(io::Error::other(why)))?;
    let stamp = Stamp::new(head.log, number);
    let end = file.metadata().map_err(of_io)?.len();
    let (mut at, mut buffer) = (SEGMENT_HEAD_BYTES, Vec::new());
    while at < end {
        let Some(frame) = stamp.read(&file, at, end, &mut buffer).map_err(of_io)? else {
            let next = segment::next_frame(&file, &stamp, at, end).map_err(of_io)?;
            if is_last && next.is_none() {
                // It is being written, or a crash tore it.
                break;
            }
            let to = next.unwrap_or(end);
            return Err(ReadError::from(Damage { path, from: at, to }).into());
        };
        let mut records = buffer.get(FRAME_HEAD_BYTES..).unwrap_or_default();
        while !records.is_empty() {
            let (record, length) = Record::decode(records).map_err(|source| ReadError::Record {
                path: path.clone(),
                at,
                source,
            })?;
            each(record)?;
            through.records += 1;
            records = records.get(length..).unwrap_or_default();
        }
        at += frame.bytes;
    }
    through.upto = Cursor { segment: number, offset: at };
    Ok(())
}
