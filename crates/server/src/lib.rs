//! The live desk.
//!
//! A leader process holds the whole truth in memory, and one journal holds how it came about. The
//! order in which to read this crate:
//!
//! 1. [`live`]: the state machine over everything that the server holds: desk, books, people,
//!    quotes, approvals. Pure: no IO, no clock, no randomness.

pub mod id;
pub mod live;
