//! What must hold of every term sheet, events file and history of a lease, whatever bytes they come
//! from. Each module has a `check` that panics where it does not; a target calls it.
//!
//! libFuzzer looks for bytes that reach code that no others reached. It sees whole words only where
//! `dictionaries/` has them.

#![forbid(unsafe_code)]

pub mod books;
mod bytes;
pub mod events;
pub mod sheet;
