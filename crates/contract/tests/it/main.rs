//! Tests of the crate from outside: the example leases, the reference of the term sheet, and
//! whatever else somebody may hand to the compiler.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

mod examples;
mod reference;
mod robust;
mod support;
mod words;
