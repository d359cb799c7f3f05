//! Reading what a log holds: by place, while it is being written, and from front to back.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::StoreError;

use super::segment_path;

/// Where something stands in a log: the segment and the byte in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    segment: u32,
    offset: u32,
}

/// The files of a log, opened as they are read. Cheap to clone; clones share the open files.
#[derive(Debug, Clone)]
pub struct Segments {
    dir: PathBuf,
    name: &'static str,
    open: Arc<Mutex<Vec<Option<Arc<File>>>>>,
}

impl Place {
    pub(super) fn new(segment: u32, offset: u64) -> Result<Place, StoreError> {
        let what = || format!("byte {offset} of a segment");
        let offset = u32::try_from(offset).map_err(|_| StoreError::Limit {
            what: what(),
            limit: u32::MAX.into(),
            unit: "bytes",
            remedy: "this is a fault of leasehold, please report it",
        })?;
        Ok(Place { segment, offset })
    }

    /// The place `bytes` further on in the same segment.
    #[must_use]
    pub const fn plus(self, bytes: u32) -> Place {
        Place { segment: self.segment, offset: self.offset.saturating_add(bytes) }
    }

    /// The place of the first byte of what a frame at `self` holds.
    #[must_use]
    pub const fn inside(self) -> Place {
        self.plus(super::FRAME_HEADER_BYTES as u32)
    }

    /// As one number, in the order of the log.
    pub const fn number(self) -> u64 {
        (self.segment as u64) << 32 | self.offset as u64
    }

    /// The place of that number.
    pub const fn of_number(number: u64) -> Place {
        Place { segment: (number >> 32) as u32, offset: (number & 0xffff_ffff) as u32 }
    }
}

impl Segments {
    pub(crate) fn new(dir: &Path, name: &'static str) -> Self {
        Segments { dir: dir.to_owned(), name, open: Arc::default() }
    }

    /// Reads `buffer` full from `place`.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read or ends before.
    pub fn read(&self, place: Place, buffer: &mut [u8]) -> Result<(), StoreError> {
        let file = self.file(place.segment)?;
        let path = || segment_path(&self.dir, self.name, place.segment);
        file.read_exact_at(buffer, place.offset.into())
            .map_err(|source| StoreError::io(&path(), "read")(source))
    }

    pub(super) fn of(&self) -> (&Path, &'static str) {
        (&self.dir, self.name)
    }

    fn file(&self, segment: u32) -> Result<Arc<File>, StoreError> {
        let index = usize::try_from(segment).unwrap_or(usize::MAX);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() <= index {
            open.resize(index + 1, None);
        }
        if let Some(file) = &open[index] {
            return Ok(file.clone());
        }
        let path = segment_path(&self.dir, self.name, segment);
        let file = Arc::new(File::open(&path).map_err(StoreError::io(&path, "open"))?);
        open[index] = Some(file.clone());
        Ok(file)
    }
}
