//! One record for each admitted request, durable before the last byte of its answer.
//!
//! A request reserves room as it is admitted ([`wal::Log::reserve`]), so that its [`Record`] always
//! finds some. At its end the record goes into a log on the local disk ([`wal`]), where many share
//! one sync, and a shipper ([`ship`]) hands the log to the store in order, exactly once: the store
//! remembers how far it has taken it in the transaction that takes it. A log that cannot be written
//! forgets nothing: it keeps what it was given, says so, and lets nobody in until it can.
//!
//! What a record costs: an encoding of some 100 bytes under one lock, and its share of a sync.

mod binary;
mod id;
mod json;
mod keep;
mod record;
pub mod ship;
pub mod wal;

pub use binary::{BadRecord, RECORD_BYTES_MAX, RECORD_FORMAT};
pub use id::{LogId, RecordId};
pub use keep::{Keeper, Told};
pub use record::{
    BadLabel, Counted, LABEL_BYTES_MAX, Label, Micros, Outcome, Record, Unreceived, WhoCut,
};
