//! Sums on disk: sorted files, read by lease.
//!
//! A run holds sums in the order of their keys: a block for each lease, and at its end a list of
//! the leases and where their blocks begin. A block holds its sums by column, each column as its
//! least value and the differences to it in as few bytes as they need, and a checksum. Several runs
//! may hold parts of one sum: they add up. `sums.json` says which runs count and how many frames of
//! the log are in them; what it does not name is left from a crash and is removed.

pub(super) mod block;
mod file;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use leasehold_books::event::TokenUse;
use leasehold_books::rating::{HourUse, UseChange};
use leasehold_types::{AcceleratorSeconds, Instant, Tokens};
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::files::replace;

use super::LeaseNo;
use super::cells::{CellKey, Cells, SLOT_S, Sums};

use file::{Run, RunWriter};

/// Most runs that are kept beside each other before they are joined into one.
pub const RUNS_MAX: usize = 8;

/// Sums up to which what is in memory stays there when it is settled; more goes to a run.
const CELLS_KEPT_MAX: usize = 65_536;

/// Says which runs count.
const MANIFEST: &str = "sums.json";

#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    /// Frames of the log whose records are in the runs.
    frames: u64,
    /// The runs, by number.
    runs: Vec<u64>,
    /// The next run's number.
    next: u64,
}

/// The runs of a log.
#[derive(Debug)]
pub(super) struct Runs {
    dir: PathBuf,
    manifest: Manifest,
    runs: Vec<Arc<Run>>,
    /// What is in memory, in the form of a run.
    memory: Option<Arc<Run>>,
}

/// Reads sums by lease, from any thread.
#[derive(Debug, Clone)]
pub struct UseOf {
    runs: Vec<Arc<Run>>,
}

/// The use of one lease.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeaseUse {
    cells: Vec<(i32, i32, Sums)>,
}

impl Runs {
    pub(super) fn open(dir: &Path) -> Result<Self, StoreError> {
        crate::files::make_dir(dir)?;
        let path = dir.join(MANIFEST);
        let manifest: Manifest = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| StoreError::damaged(&path, 0, error.to_string()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Manifest::default(),
            Err(error) => return Err(StoreError::io(&path, "read")(error)),
        };
        let open = |number: &u64| Run::open(&run_path(dir, *number)).map(Arc::new);
        let runs = manifest.runs.iter().map(open).collect::<Result<_, _>>()?;
        let runs = Runs { dir: dir.to_owned(), manifest, runs, memory: None };
        runs.sweep()?;
        Ok(runs)
    }

    /// Frames of the log whose records are in the runs.
    pub(super) fn frames(&self) -> u64 {
        self.manifest.frames
    }

    pub(super) fn settle(
        &mut self,
        dir: &Path,
        cells: &mut Cells,
        frames: u64,
    ) -> Result<(), StoreError> {
        if cells.len() <= CELLS_KEPT_MAX {
            let mut writer = RunWriter::in_memory();
            for (key, sums) in cells.sorted() {
                writer.add(key, sums)?;
            }
            self.memory = Some(Arc::new(writer.finish()?));
            return Ok(());
        }
        self.memory = None;
        self.write(dir, frames, |writer, _| {
            cells.sorted().into_iter().try_for_each(|(key, sums)| writer.add(key, sums))
        })?;
        cells.clear();
        if self.runs.len() > RUNS_MAX {
            self.join(dir)?;
        }
        Ok(())
    }

    /// Joins all runs into one.
    fn join(&mut self, dir: &Path) -> Result<(), StoreError> {
        let leases = self.reader().leases();
        let frames = self.manifest.frames;
        let old = std::mem::take(&mut self.manifest.runs);
        self.write(dir, frames, |writer, runs| {
            for part in leases.chunks(1_024) {
                for (lease, used) in part.iter().zip(runs.read(part)?) {
                    for (counted_on, slot, sums) in used.cells {
                        writer.add(CellKey { lease: *lease, counted_on, slot }, sums)?;
                    }
                }
            }
            Ok(())
        })?;
        self.runs.drain(..self.runs.len() - 1);
        for number in old {
            // What cannot be removed now is swept at the next open.
            let _ = fs::remove_file(run_path(dir, number));
        }
        Ok(())
    }

    fn write(
        &mut self,
        dir: &Path,
        frames: u64,
        fill: impl FnOnce(&mut RunWriter, &UseOf) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let number = self.manifest.next;
        let mut writer = RunWriter::create(&run_path(dir, number))?;
        fill(&mut writer, &self.reader())?;
        let run = writer.finish()?;
        self.manifest.next += 1;
        self.manifest.frames = frames;
        self.manifest.runs.push(number);
        let written = serde_json::to_vec(&self.manifest);
        let bytes = written.map_err(|error| StoreError::Refused(error.to_string()))?;
        replace(&dir.join(MANIFEST), &bytes)?;
        self.runs.push(Arc::new(run));
        Ok(())
    }

    pub(super) fn reader(&self) -> UseOf {
        UseOf { runs: self.runs.iter().chain(&self.memory).cloned().collect() }
    }

    pub(super) fn read(&self, leases: &[LeaseNo]) -> Result<Vec<LeaseUse>, StoreError> {
        self.reader().read(leases)
    }

    /// Removes runs that no manifest names: a crash left them.
    fn sweep(&self) -> Result<(), StoreError> {
        for entry in fs::read_dir(&self.dir).map_err(StoreError::io(&self.dir, "list"))? {
            let path = entry.map_err(StoreError::io(&self.dir, "list"))?.path();
            let is_run = path.extension().is_some_and(|extension| extension == "run");
            let named =
                self.manifest.runs.iter().any(|number| run_path(&self.dir, *number) == path);
            if is_run && !named {
                fs::remove_file(&path).map_err(StoreError::io(&path, "remove"))?;
            }
        }
        Ok(())
    }
}

fn run_path(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("sums-{number:06}.run"))
}

impl UseOf {
    /// The sums of each lease in `leases`, whose numbers come in order.
    ///
    /// # Errors
    /// [`StoreError`] where a file cannot be read or is damaged.
    pub fn read(&self, leases: &[LeaseNo]) -> Result<Vec<LeaseUse>, StoreError> {
        let mut all: Vec<LeaseUse> = vec![LeaseUse::default(); leases.len()];
        for run in &self.runs {
            run.read(leases, &mut all)?;
        }
        if self.runs.len() > 1 {
            all.iter_mut().for_each(LeaseUse::join);
        }
        Ok(all)
    }

    /// Every lease that has sums, in order.
    fn leases(&self) -> Vec<LeaseNo> {
        let mut leases: Vec<LeaseNo> = self.runs.iter().flat_map(|run| run.leases()).collect();
        leases.sort_unstable();
        leases.dedup();
        leases
    }
}

impl LeaseUse {
    /// Brings the parts of several runs into order and adds up what belongs together.
    fn join(&mut self) {
        self.cells.sort_by_key(|(counted_on, slot, _)| (*counted_on, *slot));
        self.cells.dedup_by(|next, last| {
            let same = (next.0, next.1) == (last.0, last.1);
            if same {
                last.2.iter_mut().zip(next.2).for_each(|(sum, part)| *sum += part);
            }
            same
        });
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Use that counts from the beginning, of the hours before `until`, in order.
    pub fn prompt(&self, until: Instant) -> impl Iterator<Item = (Instant, HourUse)> + '_ {
        let prompt = self.cells.iter().take_while(|(counted_on, ..)| *counted_on == i32::MIN);
        prompt
            .map(|(_, slot, sums)| (instant(*slot), change(*slot, *sums).add))
            .take_while(move |(at, _)| *at < until)
    }

    /// Use that counts from a day on: days since 1970-01-01, in order, with what is learnt on each.
    pub fn learnt(&self) -> impl Iterator<Item = (i32, UseChange)> + '_ {
        let later = self.cells.iter().filter(|(counted_on, ..)| *counted_on != i32::MIN);
        later.map(|(counted_on, slot, sums)| (*counted_on, change(*slot, *sums)))
    }
}

fn instant(slot: i32) -> Instant {
    Instant::from_second(i64::from(slot) * SLOT_S)
}

fn change(slot: i32, sums: Sums) -> UseChange {
    let part = |sign: i64| {
        let [time, input, cached, output] =
            sums.map(|sum| u64::try_from(sign * sum).unwrap_or_default());
        HourUse {
            accelerator_seconds: AcceleratorSeconds(time.into()),
            tokens: TokenUse {
                input: Tokens(input),
                cached: Tokens(cached),
                output: Tokens(output),
            },
        }
    };
    UseChange { at: instant(slot), add: part(1), take: part(-1) }
}
