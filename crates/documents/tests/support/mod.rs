//! Books for tests: those of one rich lease, and what its documents need.
//!
//! The helpers of the books' own tests are used as they are, by their path.

#![allow(dead_code, unused_imports, reason = "not every format uses all of it")]

#[path = "../../../books/tests/support/mod.rs"]
mod plain;
mod python;
mod rich;

pub use plain::*;
pub use python::*;
pub use rich::*;
