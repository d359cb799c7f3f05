//! The report of a replay, from the outside: what people see, what programs read.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fixture;
mod page;
mod terminal;
