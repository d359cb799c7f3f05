//! The log on the local disk: group commit, so that many records share one sync.
//!
//! ```text
//! directory   `lock`, and segments `0000000000000001.meter`, …
//! segment     a head (48 bytes), then frames
//! frame       a head (16 bytes) with a checksum, then encoded records
//! ```
//!
//! Callers reserve room at admission and hand their record over at the end; a thread owns the file.
//! While it syncs, the next frame gathers: nobody sleeps, and a frame is as large as a sync is long.
//! Each frame is written and synced before the next one is written. So bytes that are no frame are a
//! write that a crash tore where nothing follows them, and damage where a frame does; a clean close
//! leaves an empty frame behind, so that damage to the last one shows too. The checksum knows the
//! log, the segment and the place: a frame that a file system put elsewhere is none.
//!
//! An open log always begins a new segment. Where a disk lost what it had said was synced, the store
//! then knows a place that no longer is, instead of taking new records for old ones.
//!
//! A failed write or sync turns the log to [`State::Refusing`]: what waits is told, nobody is let
//! in, and the thread keeps what it was given and tries again until it succeeds.

mod error;
mod frame;
mod limits;
mod log;
mod mend;
mod open;
mod place;
mod queue;
mod read;
mod segment;
mod shared;
mod tail;
mod writer;

#[cfg(test)]
pub(crate) mod tests;

pub use error::{Damage, NoRoom, NotDurable, OpenError, ReadError, Unwritten};
pub use limits::{FRAME_BYTES_MAX, Limits, SEGMENT_BYTES_MAX};
pub use log::{Found, Log, Room, State};
pub use mend::mend;
pub use queue::Done;
pub use read::{ReadThrough, read_through};
pub use tail::{Cursor, Tail};
