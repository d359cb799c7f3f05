//! Opening a log: every frame is checked, a torn tail is cut, damage is refused.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::StoreError;
use crate::files::make_dir;

use super::frame::{
    FRAME_BYTES_MAX, FRAME_HEADER_BYTES, FRAME_MARK, FrameHeader, NoHeader, SEGMENT_HEADER_BYTES,
    SegmentHeader,
};
use super::{
    Log, Mount, Place, SEGMENT_BYTES_MAX, SEGMENTS_MAX, create_segment, plain, segment_path,
};

/// What was found when a log was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opened {
    /// Frames that it holds.
    pub frames: u64,
    /// Bytes of all its segments.
    pub bytes: u64,
    /// Bytes of a torn tail that were cut off. None of them was ever acknowledged.
    pub cut: u64,
}

/// Takes each frame: its place, its number and what it holds.
pub type Sink<'a> = &'a mut dyn FnMut(Place, u64, &[u8]) -> Result<(), StoreError>;

impl Log {
    /// Opens the log `name` in `dir`, made where there is none; `sink` is given each frame in order.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be read or is damaged, or `sink` refuses a frame.
    pub fn open(
        dir: &Path,
        name: &'static str,
        sink: Sink<'_>,
    ) -> Result<(Log, Opened), StoreError> {
        Log::open_on(dir, name, plain, sink)
    }

    /// The same, writing to what `mount` makes of the file.
    ///
    /// # Errors
    /// As [`Log::open`].
    pub fn open_on(
        dir: &Path,
        name: &'static str,
        mount: Mount,
        sink: Sink<'_>,
    ) -> Result<(Log, Opened), StoreError> {
        make_dir(dir)?;
        let count = count_segments(dir, name)?;
        let mut scan = Scan { next: 1, previous: 0, opened: Opened::default(), buffer: Vec::new() };
        for segment in 0..count {
            scan.segment(dir, name, segment, segment + 1 == count, sink)?;
        }
        let last = count.saturating_sub(1);
        let (file, length) = scan.last(dir, name, last, count == 0)?;
        let log = Log {
            dir: dir.to_owned(),
            name,
            mount,
            medium: mount(file),
            segment: last,
            length,
            full: SEGMENT_BYTES_MAX,
            next: scan.next,
            previous: scan.previous,
            batch: Vec::new(),
            done: true,
            broken: false,
        };
        Ok((log, scan.opened))
    }
}

/// How many segments there are: they are numbered without a gap.
fn count_segments(dir: &Path, name: &str) -> Result<u32, StoreError> {
    let mut found = 0;
    for entry in fs::read_dir(dir).map_err(StoreError::io(dir, "list"))? {
        let entry = entry.map_err(StoreError::io(dir, "list"))?;
        let file = entry.file_name();
        let text = file.to_string_lossy();
        let digits = text.strip_prefix(name).and_then(|t| t.strip_prefix('-'));
        let digits = digits.and_then(|t| t.strip_suffix(".log"));
        if digits.is_some_and(|d| d.len() >= 6 && d.bytes().all(|b| b.is_ascii_digit())) {
            found += 1;
        }
    }
    let missing = (0..found).find(|segment| !segment_path(dir, name, *segment).exists());
    match missing {
        Some(segment) => {
            let path = segment_path(dir, name, segment);
            Err(StoreError::damaged(&path, 0, "the segment is missing and later ones are there"))
        }
        None if found > SEGMENTS_MAX => Err(StoreError::Limit {
            what: format!("{found} segments of `{name}`"),
            limit: SEGMENTS_MAX.into(),
            unit: "segments",
            remedy: "begin a new directory of books",
        }),
        None => Ok(found),
    }
}

impl super::Segments {
    /// Gives each frame of the log to `sink`, from the first; the log may be open for appending.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be read or is damaged, or `sink` refuses a frame.
    pub fn visit(&self, sink: Sink<'_>) -> Result<(), StoreError> {
        let (dir, name) = self.of();
        let mut scan = Scan { next: 1, previous: 0, opened: Opened::default(), buffer: Vec::new() };
        for segment in 0..count_segments(dir, name)? {
            scan.segment(dir, name, segment, false, sink)?;
        }
        Ok(())
    }
}

struct Scan {
    next: u64,
    previous: u32,
    opened: Opened,
    buffer: Vec<u8>,
}

impl Scan {
    fn segment(
        &mut self,
        dir: &Path,
        name: &str,
        segment: u32,
        last: bool,
        sink: Sink<'_>,
    ) -> Result<(), StoreError> {
        let path = segment_path(dir, name, segment);
        let mut file = File::open(&path).map_err(StoreError::io(&path, "open"))?;
        let length = file.metadata().map_err(StoreError::io(&path, "open"))?.len();
        if !self.header(&path, &mut file, segment, last, length)? {
            return Ok(());
        }
        let mut at = SEGMENT_HEADER_BYTES as u64;
        while at < length {
            let room = usize::try_from(length - at).unwrap_or(usize::MAX);
            match self.frame(&path, &mut file, room)? {
                Some((header, bytes)) => {
                    sink(
                        Place::new(segment, at)?,
                        header.number,
                        &self.buffer[FRAME_HEADER_BYTES..],
                    )?;
                    self.next += 1;
                    self.previous = header.checksum;
                    self.opened.frames += 1;
                    at += bytes as u64;
                }
                None => return self.tail(&path, at, length, last),
            }
        }
        self.opened.bytes += at;
        Ok(())
    }

    /// Checks the header; says whether there is one. A crash while the last segment was made leaves
    /// it without.
    fn header(
        &mut self,
        path: &Path,
        file: &mut File,
        segment: u32,
        last: bool,
        length: u64,
    ) -> Result<bool, StoreError> {
        let expected = SegmentHeader { segment, previous: self.previous, first: self.next };
        let mut bytes = [0; SEGMENT_HEADER_BYTES];
        let whole = length >= SEGMENT_HEADER_BYTES as u64;
        if whole {
            file.read_exact(&mut bytes).map_err(StoreError::io(path, "read"))?;
        }
        if last && length <= SEGMENT_HEADER_BYTES as u64 && bytes != expected.write() {
            fs::remove_file(path).map_err(StoreError::io(path, "remove"))?;
            create_segment_at(path, expected)?;
            self.opened.cut += length;
            self.opened.bytes += SEGMENT_HEADER_BYTES as u64;
            return Ok(false);
        }
        let foreign = |found: String| {
            let expected = "a segment of a log that this reads";
            Err(StoreError::Foreign { path: path.to_owned(), expected, found })
        };
        match SegmentHeader::read(if whole { &bytes } else { &[] }) {
            Ok(header) if header == expected => Ok(true),
            Ok(header) => {
                let what = format!(
                    "it goes on from frame {} where frame {} is next, or after another frame than \
                     the one before it",
                    header.first, self.next
                );
                Err(StoreError::damaged(path, 0, what))
            }
            Err(NoHeader::Mark) => foreign("it begins otherwise; check the directory".to_owned()),
            Err(NoHeader::Version(found)) => foreign(format!(
                "it has format {found}, and this reads format 1; use the release that wrote it, or \
                 a later one"
            )),
            Err(NoHeader::Short | NoHeader::Checksum) => {
                Err(StoreError::damaged(path, 0, "its header is not as it was written"))
            }
        }
    }

    /// Reads the next frame into the buffer; `None` where there is no sound one.
    fn frame(
        &mut self,
        path: &Path,
        file: &mut File,
        room: usize,
    ) -> Result<Option<(FrameHeader, usize)>, StoreError> {
        if room < FRAME_HEADER_BYTES {
            return Ok(None);
        }
        self.buffer.resize(FRAME_HEADER_BYTES, 0);
        file.read_exact(&mut self.buffer).map_err(StoreError::io(path, "read"))?;
        let Some(header) = FrameHeader::read(&self.buffer) else { return Ok(None) };
        if header.bytes() > room || header.number != self.next || header.previous != self.previous {
            return Ok(None);
        }
        self.buffer.resize(header.bytes(), 0);
        file.read_exact(&mut self.buffer[FRAME_HEADER_BYTES..])
            .map_err(StoreError::io(path, "read"))?;
        Ok(header.is_of(&self.buffer).then_some((header, header.bytes())))
    }

    /// What follows the last sound frame: torn where nothing sound comes after, damage otherwise.
    fn tail(&mut self, path: &Path, at: u64, length: u64, last: bool) -> Result<(), StoreError> {
        let number = self.next;
        if !last {
            let what = format!("frame {number} is not as it was written");
            return Err(StoreError::damaged(path, at, what));
        }
        if let Some(later) = later_frame(path, at)? {
            let what = format!("frame {number} is not as it was written, and frame {later} is");
            return Err(StoreError::damaged(path, at, what));
        }
        let cut = || -> std::io::Result<()> {
            let file = OpenOptions::new().write(true).open(path)?;
            file.set_len(at)?;
            file.sync_all()
        };
        cut().map_err(StoreError::io(path, "cut the torn tail of"))?;
        self.opened.cut += length - at;
        self.opened.bytes += at;
        Ok(())
    }

    /// The last segment, open for appending, and its length.
    fn last(
        &mut self,
        dir: &Path,
        name: &str,
        segment: u32,
        none: bool,
    ) -> Result<(File, u64), StoreError> {
        if none {
            let header = SegmentHeader { segment, previous: self.previous, first: self.next };
            self.opened.bytes += SEGMENT_HEADER_BYTES as u64;
            return Ok((create_segment(dir, name, header)?, SEGMENT_HEADER_BYTES as u64));
        }
        let path = segment_path(dir, name, segment);
        let open = || -> std::io::Result<(File, u64)> {
            let mut file = OpenOptions::new().write(true).open(&path)?;
            let length = file.seek(SeekFrom::End(0))?;
            Ok((file, length))
        };
        open().map_err(StoreError::io(&path, "open"))
    }
}

fn create_segment_at(path: &Path, header: SegmentHeader) -> Result<(), StoreError> {
    let write = || -> std::io::Result<()> {
        let mut file = File::create(path)?;
        std::io::Write::write_all(&mut file, &header.write())?;
        file.sync_all()
    };
    write().map_err(StoreError::io(path, "create"))?;
    path.parent().map_or(Ok(()), crate::files::sync_dir)
}

/// The number of a sound frame anywhere after byte `at`: one was acknowledged after it.
fn later_frame(path: &Path, at: u64) -> Result<Option<u64>, StoreError> {
    let mut file = File::open(path).map_err(StoreError::io(path, "open"))?;
    file.seek(SeekFrom::Start(at + 1)).map_err(StoreError::io(path, "read"))?;
    let mut rest = Vec::new();
    file.take(2 * FRAME_BYTES_MAX as u64 + super::SEGMENT_BYTES_MAX)
        .read_to_end(&mut rest)
        .map_err(StoreError::io(path, "read"))?;
    let mark = FRAME_MARK.to_le_bytes();
    let places = (0..rest.len().saturating_sub(FRAME_HEADER_BYTES - 1))
        .filter(|i| rest[*i] == mark[0] && rest[*i..].starts_with(&mark));
    for i in places {
        let Some(header) = FrameHeader::read(&rest[i..]) else { continue };
        if rest.get(i..i + header.bytes()).is_some_and(|frame| header.is_of(frame)) {
            return Ok(Some(header.number));
        }
    }
    Ok(None)
}
