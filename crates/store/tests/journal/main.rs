//! The journal from the outside, on both databases: one binary for all tests of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by a panic")]

#[path = "../support/mod.rs"]
mod support;

mod backup;
mod leader;
mod migration;
mod outage;
mod properties;
mod story;
mod tables;
