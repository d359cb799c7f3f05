//! What the writer needs of a journal, so that a test can let it fail.

use std::sync::Arc;
use std::time::Duration;

use leasehold_store::journal::{Answer, Batch, Head, JournalError, Lead, Writer};
use leasehold_types::Clock;

/// A clock that threads share.
pub type SharedClock = Arc<dyn Clock + Send + Sync>;

/// A place from which the journal is written.
pub trait Log: Send {
    /// Where the journal ends.
    fn head(&self) -> Head;
    /// Commits a batch; see [`Writer::commit`].
    ///
    /// # Errors
    /// [`JournalError`].
    fn commit(&mut self, batch: &Batch) -> Result<Head, JournalError>;
    /// Finds out where the journal ends; see [`Writer::resync`].
    ///
    /// # Errors
    /// [`JournalError`].
    fn resync(&mut self) -> Result<Head, JournalError>;
    /// Leads for longer.
    ///
    /// # Errors
    /// [`JournalError`].
    fn renew(&mut self, ttl: Duration) -> Result<(), JournalError>;
    /// Leads no more.
    ///
    /// # Errors
    /// [`JournalError`].
    fn resign(self: Box<Self>) -> Result<(), JournalError>;
}

impl Log for Writer {
    fn head(&self) -> Head {
        Writer::head(self)
    }

    fn commit(&mut self, batch: &Batch) -> Result<Head, JournalError> {
        Writer::commit(self, batch)
    }

    fn resync(&mut self) -> Result<Head, JournalError> {
        Writer::resync(self)
    }

    fn renew(&mut self, ttl: Duration) -> Result<(), JournalError> {
        Writer::renew(self, ttl)
    }

    fn resign(self: Box<Self>) -> Result<(), JournalError> {
        Writer::resign(*self)
    }
}

/// Where the journal is read, and the place from which it is written is asked for.
pub(super) trait Source: Send + Sync {
    /// Asks to lead; gives the place, or who leads.
    fn lead(
        &self,
        holder: &str,
        ttl: Duration,
    ) -> Result<Result<Box<dyn Log>, String>, JournalError>;
    /// The answer that is kept for a key.
    fn answer(&self, scope: &str, key: &str) -> Result<Option<Answer>, JournalError>;
}

impl Source for leasehold_store::journal::Journal {
    fn lead(
        &self,
        holder: &str,
        ttl: Duration,
    ) -> Result<Result<Box<dyn Log>, String>, JournalError> {
        Ok(match leasehold_store::journal::Journal::lead(self, holder, ttl)? {
            Lead::Won(writer) => Ok(writer as Box<dyn Log>),
            Lead::Held { holder, .. } => Err(holder),
        })
    }

    fn answer(&self, scope: &str, key: &str) -> Result<Option<Answer>, JournalError> {
        leasehold_store::journal::Journal::answer(self, scope, key)
    }
}
