//! The term sheet: parse, check, compile, evaluate.
//!
//! A lease is written once, as a term sheet, and compiled once into a [`Lease`]: a value that
//! answers every question about it. Nothing here does IO or reads a clock.

pub mod codelist;
pub mod diagnostic;
pub mod diff;
pub mod disclose;
pub mod entitlement;
mod error;
mod exact;
pub mod explain;
pub mod facts;
pub mod lease;
pub mod notice;
pub mod quote;
pub mod recall;
pub mod schedule;
pub mod sheet;
pub mod term;

pub use error::{EvalError, Problem};
pub use facts::Facts;
pub use lease::Lease;
pub use notice::{LeaseStatus, NoticeBook};
pub use recall::{RecallHistory, RecallOrder};
pub use schedule::{Evaluation, Line, LineKind, Schedule};

#[cfg(test)]
mod tests;
