//! The live desk from the outside: its API over a journal in SQLite.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on says where, and may read insta's own variable"
)]

mod document;
mod isolation;
mod story;
mod support;
