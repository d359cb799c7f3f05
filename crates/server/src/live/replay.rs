//! Going on: what is due and what is asked, applied as it is decided; and a journal read again.

use leasehold_types::Instant;

use super::{Act, BadEntry, Body, Entry, Foreign, Live, Refusal, Who};

/// Why an act did not go through.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// It was refused; nothing has changed but what was due by the clock.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// An entry did not fit. This is a fault of this program: report it with the journal.
    #[error(transparent)]
    Foreign(#[from] Foreign),
}

impl Live {
    /// Does everything that is due up to and including `now`, in order; pushes its entries.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn advance(&mut self, now: Instant, entries: &mut Vec<Entry>) -> Result<(), Stopped> {
        while self.next_due().is_some_and(|due| due <= now) {
            let due = self.decide_due(now)?;
            if due.is_empty() {
                // What is due cannot be done: the next look would find the same.
                let why = "what is due leads to nothing".to_owned();
                return Err(Foreign { seq: self.seq().saturating_add(1), why }.into());
            }
            self.make(due, entries)?;
        }
        Ok(())
    }

    /// Does what is due, then `act`, then what is due because of it; pushes the entries. Where the
    /// act is refused, the entries of what was due are pushed all the same.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn handle(
        &mut self,
        act: &Act,
        now: Instant,
        entries: &mut Vec<Entry>,
    ) -> Result<(), Stopped> {
        self.advance(now, entries)?;
        let decided = self.decide(act, now)?;
        self.make(decided, entries)?;
        self.advance(now, entries)
    }

    fn make(&mut self, decided: Vec<Entry>, entries: &mut Vec<Entry>) -> Result<(), Stopped> {
        for entry in decided {
            self.apply(&entry)?;
            entries.push(entry);
        }
        Ok(())
    }
}

impl Entry {
    /// Entry `seq` as it stands in the journal.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub fn read(
        seq: u64,
        at: Instant,
        actor: &str,
        kind: &str,
        version: u32,
        body: &[u8],
    ) -> Result<Self, ReplayError> {
        let body = Body::decode(kind, version, body)
            .map_err(|source| ReplayError::Entry { seq, source })?;
        let by: Who = actor.parse().map_err(|why| ReplayError::Who { seq, why })?;
        Ok(Entry { at, by, body })
    }
}

/// A journal on its way to a state.
#[derive(Debug, Default)]
pub struct Replay {
    live: Option<Live>,
}

/// Why a journal cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// An entry cannot be read.
    #[error("entry {seq} of the journal cannot be read")]
    Entry {
        /// Which.
        seq: u64,
        /// Why.
        source: BadEntry,
    },
    /// Who acted cannot be read.
    #[error("entry {seq} of the journal: {why}")]
    Who {
        /// Which.
        seq: u64,
        /// Why.
        why: String,
    },
    /// An entry does not fit.
    #[error(transparent)]
    Foreign(#[from] Foreign),
    /// The first entry does not found the desk.
    #[error("the journal does not begin with the founding of a desk; give the journal of one")]
    NotFounded,
    /// Its fleet cannot be read.
    #[error("the fleet in the journal's first entry is not sound: {0}")]
    Fleet(String),
}

impl Replay {
    /// Goes on from a state.
    pub const fn from(live: Live) -> Self {
        Replay { live: Some(live) }
    }

    /// How many entries it has taken.
    pub fn seq(&self) -> u64 {
        self.live.as_ref().map_or(0, Live::seq)
    }

    /// Takes the next entry of the journal, as it stands there.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub fn take(
        &mut self,
        at: Instant,
        actor: &str,
        kind: &str,
        version: u32,
        body: &[u8],
    ) -> Result<(), ReplayError> {
        let seq = self.seq().saturating_add(1);
        self.apply(&Entry::read(seq, at, actor, kind, version, body)?)
    }

    /// Applies the next entry.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub fn apply(&mut self, entry: &Entry) -> Result<(), ReplayError> {
        match (&mut self.live, &entry.body) {
            (Some(live), _) => Ok(live.apply(entry)?),
            (None, Body::Founded(founded)) => {
                let live = Live::found(founded, entry.at);
                let live = live.map_err(|faults| ReplayError::Fleet(faults.to_string()))?;
                self.live = Some(live);
                Ok(())
            }
            (None, _) => Err(ReplayError::NotFounded),
        }
    }

    /// The state so far; `None` before the first entry.
    pub fn into_live(self) -> Option<Live> {
        self.live
    }
}
