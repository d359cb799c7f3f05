//! Documents of whole books, checked by programs of others.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod csv;
mod focus;
mod hledger;
mod pdf;
mod support;
mod ubl;
