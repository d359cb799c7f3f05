//! The one writer, and the followers that read along.
//!
//! One thread holds the place of the leader, or waits for it. As the leader it takes all acts that
//! wait, up to a limit, decides each in turn on its own state, and commits what follows from all of
//! them in one transaction; only then does it answer. Readers have a state of their own that only
//! ever holds what is committed: it takes the same entries after the commit, on a follower as they
//! appear in the journal. So nobody reads what may still be lost, no reader waits for a disk, and a
//! commit that fails is undone by going on from the readers' state. The price is that the state is
//! held twice, and each entry applied twice.
//!
//! A key of idempotency is looked up, and its answer kept, in that same transaction: a request that
//! is sent again gets the answer of the first one, byte for byte, and changes nothing.

mod ask;
mod batch;
mod found;
mod load;
mod log;
#[cfg(test)]
mod tests;
mod thread;

pub use ask::{Ask, Done, Idempotency, Reply, Work, WriteError};
pub use found::{FoundError, Founding, found};
pub use load::LoadError;
pub use log::{Log, SharedClock};
pub use thread::{
    ASKS_WAITING_MAX, BATCH_ASKS_MAX, Health, Running, SNAPSHOT_EVERY, Settings, Standing, start,
};
