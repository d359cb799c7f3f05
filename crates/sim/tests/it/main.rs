//! Whole replays of small scenarios, checked against what must hold, and demand from whole traces.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod bench;
mod random;
mod replay;
mod shipped;
mod traces;
