//! From the journal to a state: the newest snapshot that can be read, then the entries after it.

use leasehold_store::journal::{ENTRIES_MAX, Entry, Journal, JournalError};

use crate::live::{self, Live, Replay, ReplayError, SNAPSHOT_FORMAT};

/// Why no state can be made of a journal.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal does not make a state.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// There is nothing in the journal.
    #[error("the journal has no entry yet: found a desk first")]
    Empty,
    /// What is due cannot be done. This is a fault of this program.
    #[error("{0}; this is a fault of leasehold, please report it with the journal")]
    Fault(String),
}

/// The state that the whole journal amounts to. A snapshot that cannot be read is passed over.
pub(super) fn load(journal: &Journal) -> Result<Live, LoadError> {
    let snapshot = journal.snapshot(u64::MAX)?.filter(|kept| kept.version == SNAPSHOT_FORMAT);
    let live = snapshot.and_then(|kept| {
        let live = Live::from_snapshot(&kept.body).ok()?;
        (live.seq() == kept.seq).then_some(live)
    });
    let mut replay = live.map_or_else(Replay::default, Replay::from);
    let mut after = replay.seq();
    loop {
        let entries = journal.entries(after, ENTRIES_MAX)?;
        let Some(last) = entries.last() else { break };
        after = last.seq;
        for entry in &entries {
            replay.apply(&read(entry)?)?;
        }
    }
    replay.into_live().ok_or(LoadError::Empty)
}

/// An entry as the journal keeps it, read.
pub(super) fn read(entry: &Entry) -> Result<live::Entry, ReplayError> {
    let Entry { seq, at, actor, kind, version, body, .. } = entry;
    live::Entry::read(*seq, *at, actor, kind, *version, body)
}
