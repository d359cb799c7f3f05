//! Reading traces: the one place in this crate that touches files.
//!
//! `file` gives lines, `table` rows and the books that are kept over them, and one file a
//! format turns rows into what the rest works on: `RawJob`s or `Series` of requests, on the
//! trace's own calendar. The format is what the scenario says; the header is checked against it.

mod azure;
mod civil;
mod file;
mod helios;
mod job_lists;
mod mooncake;
mod number;
mod series;
mod servegen;
mod servegen_means;
mod table;
mod window_list;

pub use file::LINE_MAX_BYTES;
pub use series::BINS_MAX;
pub use table::ROWS_MAX;

pub(super) use azure::azure;
pub(super) use helios::{Helios, Minutes, helios};
pub(super) use job_lists::{elasticflow, kalos, openb, plain};
pub(super) use mooncake::mooncake;
pub(super) use series::{Counts, Series};
pub(super) use servegen::{Servegen, servegen};
pub(super) use table::Reading;
pub(super) use window_list::window_list;

use super::report::{HOLES_MAX, Hole};
use super::{DemandError, ReadReport};
use leasehold_types::{Instant, Seconds};

/// A job on its trace's calendar; 16 bytes, for files may hold [`ROWS_MAX`] of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RawJob {
    /// Seconds since 1970 on the trace's calendar.
    pub submitted: i64,
    /// Seconds, at least 1.
    pub duration: u32,
    /// Accelerators, at least 1.
    pub units: u32,
}

/// Notes a gap in a trace.
pub(super) fn note_hole(report: &mut ReadReport, from: i64, length: i64) {
    report.hole_count += 1;
    if report.holes.len() < HOLES_MAX {
        report.holes.push(Hole { from: Instant::from_second(from), length: Seconds(length) });
    }
}

/// Notes those of `gaps` that touch the window.
pub(super) fn note_holes(report: &mut ReadReport, gaps: &[(i64, i64)], window: (i64, i64)) {
    for (from, length) in gaps {
        if *from < window.1 && from + length > window.0 {
            note_hole(report, *from, *length);
        }
    }
}

/// An error where there are holes and the scenario did not allow them.
pub(super) fn check_holes(
    report: &ReadReport,
    threshold: Seconds,
    allowed: bool,
) -> Result<(), DemandError> {
    match report.holes.first() {
        Some(Hole { from, length }) if !allowed => Err(DemandError::Holes {
            label: report.label.clone(),
            from: *from,
            length: *length,
            count: report.hole_count,
            threshold,
        }),
        _ => Ok(()),
    }
}
