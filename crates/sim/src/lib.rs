//! Replay: drives the desk with traces, models and generated demand. Pure but for reading files.

pub mod demand;
