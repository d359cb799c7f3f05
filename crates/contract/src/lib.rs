//! The term sheet: parse, check, compile, evaluate.
//!
//! A lease is written once, as a term sheet, and compiled once into a [`Lease`]: a value that
//! answers every question about it. Nothing here does IO or reads a clock.

pub mod lease;

pub use lease::Lease;
