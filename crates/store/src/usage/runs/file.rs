//! A run: its mark, the blocks, the list of leases, and at its end where that list begins.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::codec::Bytes;

use super::super::LeaseNo;
use super::super::cells::{CellKey, Sums};
use super::block::{self, Cell};

/// What a run begins with: its name and its version.
const MARK: &[u8; 8] = b"LHSUMS\x01\0";

/// Bytes of the end: where the list begins (u64), the count of leases (u32), the list's checksum.
const END_BYTES: usize = 16;

/// Bytes that a writer holds before it writes them out.
const BUFFER_BYTES: usize = 1 << 20;

/// Most bytes that are read at once.
const READ_BYTES_MAX: u64 = 16 << 20;

/// A run that is open for reading.
#[derive(Debug)]
pub(super) struct Run {
    path: PathBuf,
    bytes: Source,
    /// Each lease and where its block begins; the last entry is where the list begins.
    index: Vec<(LeaseNo, u64)>,
    end: u64,
}

#[derive(Debug)]
enum Source {
    File(File),
    Memory(Vec<u8>),
}

impl Run {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(StoreError::io(path, "open"))?;
        let length = file.metadata().map_err(StoreError::io(path, "open"))?.len();
        let bytes = Source::File(file);
        Run::of(path.to_owned(), bytes, length)
    }

    fn of(path: PathBuf, bytes: Source, length: u64) -> Result<Self, StoreError> {
        let damaged = |at: u64| StoreError::damaged(&path, at, "the list of leases is not sound");
        let mut mark = [0; 8];
        let mut end = [0; END_BYTES];
        let end_at = length.checked_sub(END_BYTES as u64).ok_or_else(|| damaged(0))?;
        bytes.read(&path, 0, &mut mark)?;
        if mark != *MARK {
            let (expected, found) = ("a run of sums that this reads", "it begins otherwise".into());
            return Err(StoreError::Foreign { path, expected, found });
        }
        bytes.read(&path, end_at, &mut end)?;
        let mut read = Bytes(&end);
        let fields = (|| Ok((read.u64()?, read.u32()?, read.u32()?)))();
        let (begins, count, checksum) = fields.map_err(|crate::codec::Short| damaged(end_at))?;
        let list_bytes = end_at.checked_sub(begins).filter(|b| *b == u64::from(count) * 12);
        let list_bytes = list_bytes.ok_or_else(|| damaged(end_at))?;
        let mut list = vec![0; usize::try_from(list_bytes).map_err(|_| damaged(end_at))?];
        bytes.read(&path, begins, &mut list)?;
        if crc32fast::hash(&list) != checksum {
            return Err(damaged(begins));
        }
        let mut index = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
        let mut read = Bytes(&list);
        while let (Ok(lease), Ok(at)) = (read.u32(), read.u64()) {
            index.push((LeaseNo(lease), at));
        }
        Ok(Run { path, bytes, index, end: begins })
    }

    pub(super) fn leases(&self) -> impl Iterator<Item = LeaseNo> + '_ {
        self.index.iter().map(|(lease, _)| *lease)
    }

    /// Adds the sums of the leases, which come in order, each to its own.
    pub(super) fn read(
        &self,
        leases: &[LeaseNo],
        into: &mut [super::LeaseUse],
    ) -> Result<(), StoreError> {
        let mut wanted: Vec<(usize, u64, u64)> = Vec::with_capacity(leases.len());
        let mut from = 0;
        for (place, lease) in leases.iter().enumerate() {
            from += self.index[from..].partition_point(|(other, _)| other < lease);
            match self.index.get(from) {
                Some((other, at)) if other == lease => {
                    let next = self.index.get(from + 1).map_or(self.end, |(_, at)| *at);
                    wanted.push((place, *at, next));
                }
                _ => {}
            }
        }
        let mut buffer = Vec::new();
        let mut rest = wanted.as_slice();
        while let Some((_, begins, first_end)) = rest.first() {
            // Blocks that stand side by side are read together.
            let mut ends = *first_end;
            let mut count = 1;
            for (_, at, next) in &rest[1..] {
                if *at != ends || next - begins > READ_BYTES_MAX {
                    break;
                }
                (ends, count) = (*next, count + 1);
            }
            buffer.resize(usize::try_from(ends - begins).unwrap_or(0), 0);
            self.bytes.read(&self.path, *begins, &mut buffer)?;
            for (place, at, next) in &rest[..count] {
                let within = |at: u64| usize::try_from(at - begins).unwrap_or(0);
                let cells = &mut into[*place].cells;
                block::read(&buffer[within(*at)..within(*next)], cells).map_err(|_| {
                    StoreError::damaged(&self.path, *at, "a lease's sums are not sound")
                })?;
            }
            rest = &rest[count..];
        }
        Ok(())
    }
}

impl Source {
    fn read(&self, path: &Path, at: u64, buffer: &mut [u8]) -> Result<(), StoreError> {
        match self {
            Source::File(file) => {
                file.read_exact_at(buffer, at).map_err(StoreError::io(path, "read"))
            }
            Source::Memory(bytes) => {
                let from = usize::try_from(at).unwrap_or(usize::MAX);
                let found = bytes.get(from..from.saturating_add(buffer.len()));
                let short = || StoreError::damaged(path, at, "sums in memory end before");
                buffer.copy_from_slice(found.ok_or_else(short)?);
                Ok(())
            }
        }
    }
}

/// Writes a run from sums that come in the order of their keys.
pub(super) struct RunWriter {
    path: PathBuf,
    file: Option<File>,
    buffer: Vec<u8>,
    written: u64,
    index: Vec<(LeaseNo, u64)>,
    lease: Option<LeaseNo>,
    cells: Vec<Cell>,
}

impl RunWriter {
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        let file = File::options().read(true).write(true).create(true).truncate(true).open(path);
        Ok(RunWriter::to(path, Some(file.map_err(StoreError::io(path, "create"))?)))
    }

    pub(super) fn in_memory() -> Self {
        RunWriter::to(Path::new("sums in memory"), None)
    }

    fn to(path: &Path, file: Option<File>) -> Self {
        RunWriter {
            path: path.to_owned(),
            file,
            buffer: MARK.to_vec(),
            written: 0,
            index: Vec::new(),
            lease: None,
            cells: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, key: CellKey, sums: Sums) -> Result<(), StoreError> {
        if self.lease != Some(key.lease) {
            self.end_block()?;
            self.lease = Some(key.lease);
        }
        self.cells.push((key.counted_on, key.slot, sums));
        Ok(())
    }

    /// Ends the run, durably where it is a file.
    pub(super) fn finish(mut self) -> Result<Run, StoreError> {
        self.end_block()?;
        let begins = self.written + self.buffer.len() as u64;
        let mut list = Vec::with_capacity(self.index.len() * 12);
        for (lease, at) in &self.index {
            list.extend_from_slice(&lease.0.to_le_bytes());
            list.extend_from_slice(&at.to_le_bytes());
        }
        self.buffer.extend_from_slice(&list);
        self.buffer.extend_from_slice(&begins.to_le_bytes());
        let count = u32::try_from(self.index.len()).unwrap_or(u32::MAX);
        self.buffer.extend_from_slice(&count.to_le_bytes());
        self.buffer.extend_from_slice(&crc32fast::hash(&list).to_le_bytes());
        let (path, index) = (self.path.clone(), std::mem::take(&mut self.index));
        let bytes = match &self.file {
            None => Source::Memory(std::mem::take(&mut self.buffer)),
            Some(_) => {
                self.write_out()?;
                let Some(file) = self.file.take() else {
                    return Err(StoreError::Refused("a run without its file".to_owned()));
                };
                file.sync_all().map_err(StoreError::io(&path, "make durable"))?;
                path.parent().map_or(Ok(()), crate::files::sync_dir)?;
                Source::File(file)
            }
        };
        Ok(Run { path, bytes, index, end: begins })
    }

    fn end_block(&mut self) -> Result<(), StoreError> {
        if let (Some(lease), false) = (self.lease, self.cells.is_empty()) {
            self.index.push((lease, self.written + self.buffer.len() as u64));
            block::write(&self.cells, &mut self.buffer);
            self.cells.clear();
            if self.file.is_some() && self.buffer.len() >= BUFFER_BYTES {
                self.write_out()?;
            }
        }
        Ok(())
    }

    fn write_out(&mut self) -> Result<(), StoreError> {
        if let Some(file) = &mut self.file {
            file.write_all(&self.buffer).map_err(StoreError::io(&self.path, "write"))?;
            self.written += self.buffer.len() as u64;
            self.buffer.clear();
        }
        Ok(())
    }
}
