//! The binary's parts, as a library so that tests can reach them.

pub mod report;
