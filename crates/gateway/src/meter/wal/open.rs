//! What is found as a log is opened: the chain of its segments, and a tail that a crash tore.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::frame::Stamp;
use super::place::sync_directory;
use super::segment::{self, FRESH_SUFFIX, Head, SEGMENT_HEAD_BYTES, Scan};
use super::shared::Segment;
use super::{Damage, OpenError};
use crate::meter::LogId;

/// What is in a directory.
pub(super) struct Opened {
    /// Held while the log is open.
    pub lock: File,
    /// Which log it is; none in a new one.
    pub log: Option<LogId>,
    /// In order; the last one's tail is cut.
    pub segments: VecDeque<Segment>,
    /// Bytes of a torn write that were cut.
    pub cut: u64,
}

/// Opens `dir`, makes it where it is not there, and puts in order what a crash left.
pub(super) fn open(dir: &Path) -> Result<Opened, OpenError> {
    let lock = locked(dir)?;
    let heads = heads(dir)?;
    let log = heads.values().next_back().map(|(head, _)| head.log);
    let mut segments = chain(dir, &heads)?;
    let mut cut = 0;
    if let Some(last) = segments.back_mut() {
        let length = cut_torn(dir, log, *last)?;
        cut = last.end - length;
        last.end = length;
    }
    Ok(Opened { lock, log, segments, cut })
}

/// Takes the directory for this process.
pub(super) fn locked(dir: &Path) -> Result<File, OpenError> {
    let doing = "open the directory of the meter's log";
    make(dir).map_err(io_error(doing, dir))?;
    let path = dir.join("lock");
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
    let lock = lock.map_err(io_error("open", &path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::Busy(dir.to_path_buf())),
        Err(TryLockError::Error(error)) => Err(io_error("lock", &path)(error)),
    }
}

/// Makes the directory and those above it, each durable in the one above.
fn make(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let above = match dir.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    };
    make(above)?;
    match fs::create_dir(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    sync_directory(above)
}

/// The head and length of every segment, by its number. What was begun and never became one goes.
fn heads(dir: &Path) -> Result<BTreeMap<u64, (Head, u64)>, OpenError> {
    let mut heads: BTreeMap<u64, (Head, u64)> = BTreeMap::new();
    let doing = "read the directory of the meter's log";
    for entry in fs::read_dir(dir).map_err(io_error(doing, dir))? {
        let name = entry.map_err(io_error(doing, dir))?.file_name();
        let path = dir.join(&name);
        let name = name.to_string_lossy();
        if name.ends_with(FRESH_SUFFIX) {
            fs::remove_file(&path).map_err(io_error("remove", &path))?;
        } else if let Some(number) = segment::number(&name) {
            heads.insert(number, head(&path, number)?);
        }
    }
    let log = heads.values().next_back().map(|(head, _)| head.log);
    for (number, (head, _)) in &heads {
        if Some(head.log) != log {
            let why = format!("it is of log {}", head.log);
            return Err(OpenError::Foreign { path: segment::path(dir, *number), why });
        }
    }
    Ok(heads)
}

fn head(path: &PathBuf, number: u64) -> Result<(Head, u64), OpenError> {
    let file = File::open(path).map_err(io_error("open", path))?;
    let length = file.metadata().map_err(io_error("open", path))?.len();
    let foreign = |why: String| OpenError::Foreign { path: path.clone(), why };
    let head = Head::read(&file).map_err(io_error("read", path))?;
    let head = head.map_err(|why| foreign(why.to_owned()))?;
    if head.number == number {
        Ok((head, length))
    } else {
        Err(foreign(format!("it is segment {}", head.number)))
    }
}

/// The segments, from the last one back to the first that names one before it that is gone. One
/// without frames that its successor leaves out goes: no record was ever in it.
fn chain(dir: &Path, heads: &BTreeMap<u64, (Head, u64)>) -> Result<VecDeque<Segment>, OpenError> {
    let mut segments = VecDeque::new();
    let mut wanted = heads.keys().next_back().copied();
    for (number, (head, length)) in heads.iter().rev() {
        if Some(*number) == wanted {
            let Head { number, previous, .. } = *head;
            segments.push_front(Segment { number, previous, end: *length });
            wanted = Some(previous);
        } else if *length == SEGMENT_HEAD_BYTES && wanted.is_some_and(|wanted| *number > wanted) {
            let path = segment::path(dir, *number);
            fs::remove_file(&path).map_err(io_error("remove", &path))?;
        } else {
            let missing = segment::path(dir, wanted.unwrap_or_default());
            return Err(OpenError::Missing(missing));
        }
    }
    Ok(segments)
}

/// Cuts what a crash tore off the end of the last segment; gives the length that is left.
fn cut_torn(dir: &Path, log: Option<LogId>, last: Segment) -> Result<u64, OpenError> {
    let path = segment::path(dir, last.number);
    let file = OpenOptions::new().read(true).write(true).open(&path);
    let file = file.map_err(io_error("open", &path))?;
    let stamp = Stamp::new(log.unwrap_or(LogId(0)), last.number);
    let scan = Scan::read(&file, &stamp, last.end).map_err(io_error("read", &path))?;
    if let Some((from, to)) = scan.damaged {
        return Err(Damage { path, from, to }.into());
    }
    if scan.end < last.end {
        let cut = file.set_len(scan.end).and_then(|()| file.sync_all());
        cut.map_err(io_error("cut the torn end of", &path))?;
    }
    Ok(scan.end)
}

/// An error of the system, with what was being done.
pub(super) fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_path_buf();
    move |source| OpenError::Io { doing, path, source }
}
