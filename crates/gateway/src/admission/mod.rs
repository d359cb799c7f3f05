//! Who may come in: keys, what each lease may have under way, and who waits.
//!
//! The desk pushes a [`Table`]: keys by their digests, leases with this gateway's share of their
//! entitlement, models and their replicas. It is never changed, only replaced, and kept on disk, so
//! that a gateway starts with the last good one. What is under way belongs to the [`Gate`]s, which
//! outlive a table: a new table gives them new limits.

mod bucket;
mod file;
mod gate;
mod key;
mod table;

pub use bucket::Bucket;
pub use file::{BadFile, TABLE_BYTES_MAX, read, write};
pub use gate::{Admitted, Gate, Limits, Standing, Turned, Waiter};
pub use key::{KeyDigest, presented};
pub use table::{
    BadTable, Holder, KeyTerms, LeaseTerms, MODELS_MAX, ModelTerms, REPLICAS_MAX, ReplicaTerms,
    TABLE_FORMAT, Table, Terms,
};
