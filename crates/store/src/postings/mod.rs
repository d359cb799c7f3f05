//! A durable ledger: entries of balanced postings, each once by its id.
//!
//! Entries come in batches; what a batch adds is one frame of the log, and so one flush. An id that
//! came before with the same content is already there; with another content it is a conflict, and
//! the first stays. That is exact and holds across restarts: contents are compared byte by byte
//! with what the log holds, not by a digest. Balances are in memory and rebuilt from the log when
//! it is opened.
//!
//! Memory: about 27 bytes for each entry, 100 for each account.

mod account;
mod entry;
#[cfg(test)]
mod tests;

use std::hash::{BuildHasher, RandomState};
use std::path::Path;

use hashbrown::HashTable;
use leasehold_types::Currency;

use crate::StoreError;
use crate::log::{Log, Mount, Opened, Place, Segments, plain};

pub use account::{ACCOUNT_NAME_BYTES_MAX, ACCOUNTS_MAX, AccountNo, Accounts, Balance};
pub use entry::{Leg, MINOR_MAX, NOTE_BYTES_MAX, PostingEntry};

/// Most entries of one batch.
pub const BATCH_ENTRIES_MAX: usize = 8_190;

/// Most postings of one entry.
pub const LEGS_MAX: usize = 255;

/// Most entries of one ledger: the index of their ids is held in memory, 27 bytes for each.
pub const ENTRIES_MAX: usize = 200_000_000;

/// The log's name in its directory.
const LOG: &str = "postings";

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// It is new, and posted.
    New,
    /// It was there, the same in every byte: it counts once.
    AlreadyThere,
    /// Its id was there with another content: the first stays, this one is not posted.
    Conflict,
    /// It breaks a rule and is not posted.
    Refused(Refusal),
}

/// Why an entry is not posted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its postings do not sum to zero.
    #[error("its postings leave {left} minor units of {currency}; every entry sums to zero")]
    Unbalanced {
        /// In which currency.
        currency: Currency,
        /// What they sum to.
        left: i128,
    },
    /// It has no postings, or too many.
    #[error("it has {0} postings; an entry has 2 to {LEGS_MAX}")]
    Legs(usize),
    /// Its note is too long.
    #[error("its note has {0} bytes; the most is {NOTE_BYTES_MAX}")]
    Note(usize),
    /// There is no such account.
    #[error("there is no account {0}; open it first")]
    NoAccount(u32),
    /// A sum does not fit.
    #[error("an amount is above 2^120 minor units, or a balance would not fit; check the amounts")]
    Overflow,
}

/// Where the content of an id stands.
#[derive(Debug, Clone, Copy)]
struct Known {
    id: [u64; 2],
    place: u64,
}

/// A durable ledger.
#[derive(Debug)]
pub struct Ledger {
    log: Log,
    segments: Segments,
    known: HashTable<Known>,
    hash: RandomState,
    accounts: Accounts,
}

impl Ledger {
    /// Opens the ledger in `dir`, made where there is none; `sink` sees every entry in order.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be read or is damaged, or `sink` refuses.
    pub fn open(
        dir: &Path,
        sink: &mut dyn FnMut(&Accounts, &PostingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(Self, Opened), StoreError> {
        Ledger::open_on(dir, plain, sink)
    }

    /// The same, writing to what `mount` makes of the file.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn open_on(
        dir: &Path,
        mount: Mount,
        sink: &mut dyn FnMut(&Accounts, &PostingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(Self, Opened), StoreError> {
        let (mut known, hash) = (HashTable::new(), RandomState::new());
        let mut accounts = Accounts::default();
        let (log, opened) = Log::open_on(dir, LOG, mount, &mut |place, number, frame| {
            let bad = || {
                let what = format!("what frame {number} holds cannot be read");
                StoreError::damaged(&dir.join(LOG), place.number() & 0xffff_ffff, what)
            };
            entry::read_frame(frame, &mut accounts, &mut |accounts, at, entry| {
                accounts.apply(entry.legs()).map_err(|_| bad())?;
                let place = place.inside().plus(at).number();
                insert(&mut known, &hash, Known { id: halves(entry.id), place });
                sink(accounts, entry)
            })
            .map_err(|error| error.unwrap_or_else(bad))
        })?;
        let segments = log.segments();
        Ok((Ledger { log, segments, known, hash, accounts }, opened))
    }

    /// Gives every entry to `sink`, in order. The ledger may be open for posting.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be read or is damaged, or `sink` refuses.
    pub fn visit(
        dir: &Path,
        sink: &mut dyn FnMut(&Accounts, &PostingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut accounts = Accounts::default();
        Segments::new(dir, LOG).visit(&mut |place, number, frame| {
            let read = entry::read_frame(frame, &mut accounts, &mut |accounts, _, entry| {
                sink(accounts, entry)
            });
            read.map_err(|error| {
                error.unwrap_or_else(|| {
                    let what = format!("what frame {number} holds cannot be read");
                    StoreError::damaged(&dir.join(LOG), place.number() & 0xffff_ffff, what)
                })
            })
        })
    }

    /// The account of that name and currency, opened where there is none.
    ///
    /// # Errors
    /// [`StoreError::Limit`] where there are too many, or the name is too long.
    pub fn account(&mut self, name: &str, currency: Currency) -> Result<AccountNo, StoreError> {
        self.accounts.open(name, currency)
    }

    /// The accounts.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Entries that are posted.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether nothing is posted.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Posts a batch: when it returns, everything new in it is on the disk. Says of each entry what
    /// became of it; a conflict or a refusal does not keep the others back.
    ///
    /// # Errors
    /// [`StoreError`] where the batch is too large or cannot be written: nothing of it is posted.
    pub fn post(&mut self, batch: &[PostingEntry<'_>]) -> Result<Vec<Posted>, StoreError> {
        self.check_limits(batch.len())?;
        let place = self.log.next_place()?;
        self.log.abandon();
        self.accounts.write_new(self.log.batch());
        let before = self.log.batch_bytes();
        let mut posted = Vec::with_capacity(batch.len());
        let mut applied: Vec<usize> = Vec::with_capacity(batch.len());
        for (i, entry) in batch.iter().enumerate() {
            let outcome = match self.stage(place, entry) {
                Ok(outcome) => outcome,
                Err(error) => {
                    self.take_back(batch, &applied);
                    return Err(error);
                }
            };
            if outcome == Posted::New {
                applied.push(i);
            }
            posted.push(outcome);
        }
        if self.log.batch_bytes() == before {
            self.log.abandon();
            return Ok(posted);
        }
        match self.log.commit() {
            Ok(_) => {
                self.accounts.written();
                Ok(posted)
            }
            Err(error) => {
                self.take_back(batch, &applied);
                Err(error)
            }
        }
    }

    /// What the account holds.
    pub fn balance(&self, account: AccountNo) -> Option<Balance> {
        self.accounts.balance(account)
    }

    fn check_limits(&self, entries: usize) -> Result<(), StoreError> {
        let limit = |what, limit: usize, remedy| {
            Err(StoreError::Limit { what, limit: limit as u64, unit: "entries", remedy })
        };
        if entries > BATCH_ENTRIES_MAX {
            let what = format!("a batch of {entries} entries");
            return limit(what, BATCH_ENTRIES_MAX, "post it in parts");
        }
        if self.known.len() + entries > ENTRIES_MAX {
            let what = format!("a ledger of {} entries", self.known.len() + entries);
            return limit(what, ENTRIES_MAX, "begin a new directory of books");
        }
        Ok(())
    }

    /// Puts an entry into the batch that is being made.
    fn stage(&mut self, frame: Place, entry: &PostingEntry<'_>) -> Result<Posted, StoreError> {
        if let Err(refusal) = entry.check(&self.accounts) {
            return Ok(Posted::Refused(refusal));
        }
        let id = halves(entry.id);
        let hash = self.hash.hash_one(id);
        let found = self.known.find(hash, |known| known.id == id).copied();
        if let Some(known) = found {
            return self.compare(frame, known, entry);
        }
        if self.accounts.apply(entry.legs()).is_err() {
            return Ok(Posted::Refused(Refusal::Overflow));
        }
        let at = u32::try_from(self.log.batch_bytes()).unwrap_or(u32::MAX);
        entry.write(self.log.batch());
        let place = frame.inside().plus(at).number();
        insert(&mut self.known, &self.hash, Known { id, place });
        Ok(Posted::New)
    }

    /// Compares with what stands under the id, in the log or in the batch that is being made.
    fn compare(
        &mut self,
        frame: Place,
        known: Known,
        entry: &PostingEntry<'_>,
    ) -> Result<Posted, StoreError> {
        let mut bytes = Vec::with_capacity(128);
        entry.write(&mut bytes);
        let here = known.place.checked_sub(frame.inside().number());
        let same = match here.and_then(|at| usize::try_from(at).ok()) {
            Some(at) => {
                let from = self.log.batch().len() - self.log.batch_bytes() + at;
                self.log.batch()[from..].starts_with(&bytes)
            }
            None => self.is_stored(Place::of_number(known.place), &bytes)?,
        };
        Ok(if same { Posted::AlreadyThere } else { Posted::Conflict })
    }

    /// Whether the entry at `place` is `bytes`: its length comes first, so one is never the
    /// beginning of another.
    fn is_stored(&self, place: Place, bytes: &[u8]) -> Result<bool, StoreError> {
        let mut length = [0; 4];
        self.segments.read(place, &mut length)?;
        if length != bytes[..4] {
            return Ok(false);
        }
        let mut stored = vec![0; bytes.len()];
        self.segments.read(place, &mut stored)?;
        Ok(stored == bytes)
    }

    /// Undoes what a batch that is not kept did in memory.
    fn take_back(&mut self, batch: &[PostingEntry<'_>], applied: &[usize]) {
        self.log.abandon();
        for entry in applied.iter().filter_map(|i| batch.get(*i)) {
            self.accounts.take_back(entry.legs());
            let id = halves(entry.id);
            let hash = self.hash.hash_one(id);
            if let Ok(found) = self.known.find_entry(hash, |known| known.id == id) {
                found.remove();
            }
        }
    }
}

fn insert(known: &mut HashTable<Known>, hash: &RandomState, new: Known) {
    known.insert_unique(hash.hash_one(new.id), new, |known| hash.hash_one(known.id));
}

const fn halves(id: u128) -> [u64; 2] {
    [(id >> 64) as u64, (id & u64::MAX as u128) as u64]
}
