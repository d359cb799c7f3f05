//! A directory of books: what is durable of the books of many leases.
//!
//! ```text
//! books.json         the format and the policy
//! lock               held by the process that has the directory
//! leases/*.toml      term sheets as signed, written by people; read once
//! register-*.log     leases as they were compiled when they were first seen
//! events/*.log       everything that happened but use, each event once
//! usage/             usage records, each once, and their sums
//! postings/          the ledger
//! close/*.log        what closes produced: documents, and each lease as it then was
//! ```
//!
//! Everything is appended; nothing that was acknowledged is changed.

mod events;
mod ingest;
mod register;
mod whole;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use leasehold_books::Policy;
use leasehold_types::{Date, LeaseId};
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::close::Output;
use crate::files;
use crate::postings::Ledger;
use crate::usage::{LeaseNo, UsageLog};

pub use events::EVENT_BATCH_MAX;
pub use ingest::{Taken, Tally};
pub use register::{LEASES_MAX, Registered};

pub(crate) use events::Events;
pub(crate) use register::Register;

/// The version of the directory's format.
pub const BOOKS_FORMAT: u32 = 1;

/// Says that this is a directory of books.
const MARKER: &str = "books.json";

#[derive(Debug, Serialize, Deserialize)]
struct Marker {
    leasehold_books: u32,
    policy: Policy,
}

/// A directory of books, held by this process.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    pub(crate) policy: Policy,
    pub(crate) register: Register,
    pub(crate) events: Events,
    pub(crate) usage: UsageLog,
    pub(crate) ledger: Ledger,
    pub(crate) output: Output,
    /// The day to which the steps of a close that is under way have come.
    pub(crate) closed_step: Option<Date>,
    cut: u64,
    _lock: File,
}

impl Directory {
    /// Makes a directory of books at `path`, which may be there and empty of books.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written, or is one already.
    pub fn create(path: &Path, policy: Policy) -> Result<Self, StoreError> {
        let marker = path.join(MARKER);
        if marker.exists() {
            let told = format!("`{}` is a directory of books already; open it", path.display());
            return Err(StoreError::Refused(told));
        }
        files::make_dir(path)?;
        let written = serde_json::to_vec(&Marker { leasehold_books: BOOKS_FORMAT, policy });
        let bytes = written.map_err(|error| StoreError::Refused(error.to_string()))?;
        files::make_dir(&path.join("leases"))?;
        files::replace(&marker, &bytes)?;
        Directory::open(path)
    }

    /// Opens the directory of books at `path`: every file is checked.
    ///
    /// # Errors
    /// [`StoreError`] where it is none, is in use, cannot be read or is damaged.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let policy = read_marker(&path.join(MARKER))?;
        let lock = files::lock(path)?;
        let (register, first) = Register::open(path)?;
        let (mut usage, second) = UsageLog::open(&path.join("usage"), register.zones())?;
        let (mut events, third) = Events::open(&path.join("events"))?;
        let (output, fourth) = Output::open(&path.join("close"), register.len())?;
        let (ledger, fifth) = Ledger::open(&path.join("postings"), &mut |_, _| Ok(()))?;
        if let Some(closed) = output.closed() {
            usage.closed_through(closed);
        }
        for lease in register.numbers() {
            events.forget_read(lease, output.events_read(lease));
        }
        let cut = [first, second, third, fourth, fifth].iter().map(|opened| opened.cut).sum();
        let path = path.to_owned();
        Ok(Directory {
            path,
            policy,
            register,
            events,
            usage,
            ledger,
            output,
            closed_step: None,
            cut,
            _lock: lock,
        })
    }

    /// Whether `path` is a directory of books.
    pub fn is_one(path: &Path) -> bool {
        path.join(MARKER).is_file()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where people put term sheets.
    pub fn sheets(&self) -> PathBuf {
        self.path.join("leases")
    }

    /// Bytes of torn tails that opening cut off; none of them was ever acknowledged.
    pub const fn torn_bytes(&self) -> u64 {
        self.cut
    }

    /// The last day through which it is closed.
    pub fn closed(&self) -> Option<Date> {
        self.output.closed()
    }

    /// Every lease, by id.
    pub fn leases(&self) -> impl Iterator<Item = &LeaseId> {
        self.register.ids()
    }

    /// The number of a lease.
    pub fn number(&self, lease: &LeaseId) -> Option<LeaseNo> {
        self.register.number(lease)
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The usage.
    pub fn usage(&self) -> &UsageLog {
        &self.usage
    }

    /// The usage, for feeds too large to come as events. Their keys are not compared with those of
    /// other events.
    pub fn usage_mut(&mut self) -> &mut UsageLog {
        &mut self.usage
    }
}

fn read_marker(path: &Path) -> Result<Policy, StoreError> {
    let expected = "a directory of books";
    let foreign = |found| StoreError::Foreign { path: path.to_owned(), expected, found };
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(foreign(
                "there is no such file; `leasehold books ingest` makes one".into(),
            ));
        }
        Err(error) => return Err(StoreError::io(path, "read")(error)),
    };
    let marker: Marker =
        serde_json::from_slice(&bytes).map_err(|error| foreign(error.to_string()))?;
    match marker.leasehold_books {
        BOOKS_FORMAT => Ok(marker.policy),
        other => Err(foreign(format!(
            "it has format {other}, and this reads format {BOOKS_FORMAT}; use the release that \
             wrote it, or a later one"
        ))),
    }
}
