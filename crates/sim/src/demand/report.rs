//! What was read, what was kept, what was left out and why; printed beside every result.

use std::collections::BTreeMap;

use leasehold_types::{Instant, Seconds};
use serde::Serialize;

/// Bad rows that a report quotes; more are only counted.
pub const EXAMPLES_MAX: usize = 5;
/// Holes that a report lists; more are only counted.
pub const HOLES_MAX: usize = 20;

/// How reading goes, for a progress bar.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// What is being read or drawn.
    pub label: &'a str,
    /// Rows so far.
    pub rows: u64,
}

/// What became of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReadReport {
    /// Which source: its place in the scenario, its kind and its file.
    pub label: String,
    /// Rows in the file, without the header; 0 for a generator.
    pub rows: u64,
    /// Rows that were understood.
    pub kept: u64,
    /// Rows that were left out, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// The first of them.
    pub examples: Vec<SkippedRow>,
    /// The first gaps longer than the source's threshold.
    pub holes: Vec<Hole>,
    /// All such gaps.
    pub hole_count: u64,
    /// What shaping did, in order.
    pub steps: Vec<Step>,
    /// SHA-256 of each file as it lies on disk, by file name; empty for a generator.
    pub files: Vec<FileDigest>,
}

/// A row that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkippedRow {
    /// Line in the file, from 1.
    pub line: u64,
    /// Column in the file, from 1.
    pub column: u64,
    /// What stands there.
    pub value: String,
    /// Which rule it breaks.
    pub rule: String,
}

/// A gap in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Hole {
    /// Where it begins, on the trace's own calendar.
    pub from: Instant,
    /// How long it is.
    pub length: Seconds,
}

/// One step of shaping and how many jobs or windows it left, added or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What was done, in words.
    pub what: String,
    /// How many it touched.
    pub count: u64,
}

/// A file and what its bytes hash to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileDigest {
    /// The path as the scenario gives it.
    pub path: String,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}
