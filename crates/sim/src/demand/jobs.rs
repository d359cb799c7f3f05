//! One piece of the owner's own work, small enough that a million of them fit in 40 MB.

use std::io::{self, Write};

use leasehold_types::{AcceleratorSeconds, Instant, JobId, Seconds, Units};

/// A gang of units that the owner wants for a time, from when it is submitted.
///
/// Jobs are numbered in the order in which they are submitted; those of one instant in the order
/// of their sources, then of their rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// Its number: the place in that order, from 0.
    pub id: JobId,
    /// When it is submitted.
    pub submitted: Instant,
    /// How long it runs once all its units are granted; at least one second.
    pub duration: Seconds,
    /// How many units it needs at once; at least one.
    pub units: Units,
    /// Which pool it asks, as an index into [`LoadedJobs::pools`](super::LoadedJobs::pools).
    pub pool: u16,
    /// Which source it comes from, as an index into the scenario's list of sources.
    pub source: u16,
}

const _: () = assert!(size_of::<Job>() <= 40);

impl Job {
    /// What it uses if it runs to its end.
    pub const fn work(&self) -> AcceleratorSeconds {
        self.units.over(self.duration)
    }
}

/// Writes jobs as the kind `csv` reads them: `submitted,duration,units`.
///
/// # Errors
/// What the writer says.
pub fn write_csv(jobs: &[Job], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "submitted,duration,units")?;
    for job in jobs {
        writeln!(out, "{},{},{}", job.submitted, job.duration.0, job.units)?;
    }
    out.flush()
}
