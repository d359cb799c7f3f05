//! What is durable: the journal of a desk in a database, and the books' logs in files.
//!
//! [`journal`] is one chain of entries, with projections, an outbox and answers that are committed
//! with them, on SQLite or PostgreSQL.
//!
//! [`log`] is the ground of the books: append-only files of checksummed frames, one flush to disk a
//! batch. [`postings`] keeps entries of a ledger, each once by its id. [`usage`] keeps usage records, each
//! once by source and id, and sums them up by lease and hour as they come. [`directory`] joins them
//! with the term sheets and the events into a directory of books, and [`close`] closes it, a part
//! of the leases at a time, so that a run that is killed goes on where it was and ends in the same
//! bytes.
//!
//! Nothing here decides over money: what is owed is worked out by the books crate. SQL is in
//! [`journal`] only.

pub mod close;
mod codec;
pub mod directory;
mod error;
mod files;
pub mod journal;
pub mod log;
pub mod postings;
pub mod usage;

pub use error::StoreError;
