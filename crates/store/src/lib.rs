//! What makes the books durable: logs of use, of events and of postings, and the close of many
//! leases over them.
//!
//! [`log`] is the ground: append-only files of checksummed frames, one flush to disk a batch.
//! [`postings`] keeps entries of a ledger, each once by its id. [`usage`] keeps usage records, each
//! once by source and id, and sums them up by lease and hour as they come. [`directory`] joins them
//! with the term sheets and the events into a directory of books, and [`close`] closes it, a part
//! of the leases at a time, so that a run that is killed goes on where it was and ends in the same
//! bytes.
//!
//! Nothing here decides over money: what is owed is worked out by the books crate. Databases may
//! come to stand beside these files; there is no SQL here.

pub mod close;
mod codec;
pub mod directory;
mod error;
mod files;
pub mod log;
pub mod postings;
pub mod usage;

pub use error::StoreError;
