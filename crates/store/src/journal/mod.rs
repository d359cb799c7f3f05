//! The durable journal: one chain of entries, and all that is committed with it.
//!
//! Everything that changes the state of a desk is an entry of one append-only journal, chained by
//! hashes ([`Entry`]). A [`Batch`] holds entries and all that must follow from them: items of the
//! outbox, answers to requests by their idempotency key, rows of projections, a snapshot. It is
//! committed in one transaction, or not at all. Nothing here knows what an entry says: entries are
//! bytes of a kind.
//!
//! [`Journal`] is the database: SQLite or PostgreSQL, by its URL ([`Address`]), with the same tables
//! and the same statements on both. It is cheap to clone and answers all questions. [`Journal::lead`]
//! makes the one [`Writer`]: its token is checked in each of its transactions, so that a writer whose
//! place was taken is refused and does no harm, however late it wakes.
//!
//! All calls block. They must not be made where asynchronous tasks run: use a thread, or a pool of
//! blocking ones. No clock is read here but the database's, for how long a leader leads.

pub mod backup;
mod batch;
mod cells;
mod database;
mod digest;
mod entry;
mod error;
mod open;
mod outbox;
mod pool;
mod read;
pub mod rows;
mod schema;
mod snapshot;
mod standing;
mod steps;
pub mod tables;
mod writer;

pub use batch::{
    Answer, BATCH_MAX_BYTES, BATCH_MAX_ITEMS, BATCH_MAX_ROWS, Batch, KEY_MAX_BYTES,
    SNAPSHOT_MAX_BYTES, Snapshot,
};
pub use database::{Address, BadAddress, Value};
pub use digest::{BadDigest, DIGEST_BYTES, Digest};
pub use entry::{BODY_MAX_BYTES, ChainFault, Draft, Entry, FORMAT, Head, Header, TEXT_MAX_BYTES};
pub use error::{DatabaseFault, FaultKind, JournalError};
pub use open::Journal;
pub use outbox::{
    BadOutboxId, FAILURE_MAX_BYTES, ITEM_MAX_BYTES, OutboxId, OutboxItem, OutboxState, Outcome,
    Post,
};
pub use pool::READERS_MAX;
pub use read::{ENTRIES_MAX, ENTRIES_MAX_BYTES, Leader, OUTBOX_MAX_ITEMS};
pub use schema::SCHEMA_VERSION;
pub use standing::Standing;
pub use writer::{Lead, PRUNE_MAX_ROWS, Pruned, Retention, Writer};
