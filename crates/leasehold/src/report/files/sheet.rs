//! A CSV file under construction.
//!
//! RFC 4180 with `\n` line ends, UTF-8, a header line, and in every row first the policy and then
//! the instant at which the run was stopped (empty where it ran to its end): a part of a replay
//! must not pass for the whole of it, also where only the CSV files are passed on.

use leasehold_sim::figures::{Figures, PolicyFigures};

use super::File;
use crate::report::ReportError;

/// A CSV file with a fixed header.
pub struct Sheet {
    name: &'static str,
    writer: csv::Writer<Vec<u8>>,
    stopped_at: String,
}

impl Sheet {
    /// An empty file with the columns `policy`, `stopped_at` and then `columns`.
    pub fn new(
        name: &'static str,
        figures: &Figures,
        columns: &[&str],
    ) -> Result<Self, ReportError> {
        let writer = csv::Writer::from_writer(Vec::new());
        let stopped_at = figures.stopped_at.map(|at| at.to_string()).unwrap_or_default();
        let mut sheet = Sheet { name, writer, stopped_at };
        sheet.record(["policy", "stopped_at"].iter().chain(columns).copied())?;
        Ok(sheet)
    }

    /// Adds a row of `policy`.
    pub fn row(
        &mut self,
        policy: &PolicyFigures,
        cells: impl IntoIterator<Item = String>,
    ) -> Result<(), ReportError> {
        let stopped_at = self.stopped_at.clone();
        let names = [policy.policy.name().to_owned(), stopped_at];
        self.record(names.into_iter().chain(cells))
    }

    /// The file.
    pub fn finish(self) -> Result<File, ReportError> {
        let name = self.name;
        let bytes = self.writer.into_inner();
        bytes.map(|bytes| (name.into(), bytes)).map_err(|error| encode(name, error.into_error()))
    }

    fn record<T: AsRef<[u8]>>(
        &mut self,
        cells: impl IntoIterator<Item = T>,
    ) -> Result<(), ReportError> {
        self.writer.write_record(cells).map_err(|error| encode(self.name, error))
    }
}

fn encode(
    format: &'static str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> ReportError {
    ReportError::Encode { format, source: source.into() }
}

/// What is known, or nothing.
pub fn known(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
