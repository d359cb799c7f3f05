//! The live desk.
//!
//! A leader process holds the whole truth in memory, and one journal holds how it came about. The
//! order in which to read this crate:
//!
//! 1. [`live`]: the state machine over everything that the server holds: desk, books, people,
//!    quotes, approvals. Pure: no IO, no clock, no randomness.
//! 2. [`writer`]: the one thread that decides and commits, and the followers that read along.
//! 3. [`http`]: the API.
//! 4. [`config`]: how a server is configured.

pub mod config;
pub mod http;
pub mod id;
pub mod live;
pub mod writer;
