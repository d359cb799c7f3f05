//! The report of a replay: four ways of showing the same [`Figures`].
//!
//! None of them computes a figure of its own. What they add are sums over rows and shares of two
//! figures beside each other, exact, rounded once where they are shown. A run that was stopped
//! says so at the top of each.
//!
//! The tables of the terminal and of the page are the same values (`tables`), drawn twice
//! (`terminal`, `page`); the CSV files and the JSON (`files`) have every figure unrounded.

mod chart;
mod error;
mod files;
mod notes;
mod page;
mod shown;
mod sums;
mod table;
mod tables;
mod terminal;
mod write;

pub use error::ReportError;
pub use files::File;
pub use page::paper_name;
pub(crate) use shown::printable;
pub use terminal::Screen;
pub(crate) use write::write_all as write_files;

use std::path::{Path, PathBuf};

use leasehold_sim::figures::Figures;

/// Writes the whole report into `dir`: `index.html`, the CSV files, `figures.json`, and `papers`,
/// which are the invoices and credit notes that the page links to.
///
/// The files are first written to a temporary directory beside their place and then moved, so that
/// a failure leaves nothing half-written. Files in `dir` that are no part of a report stay.
/// Returns the paths written, `index.html` first.
///
/// # Errors
/// [`ReportError`] where `dir` cannot be written, which names the path and what to do.
pub fn write(
    dir: &Path,
    figures: &Figures,
    papers: Vec<File>,
) -> Result<Vec<PathBuf>, ReportError> {
    let mut all = files::all(figures, &papers)?;
    all.extend(papers);
    write::write_all(dir, &all)
}

/// The report as tables for a terminal `width` columns wide, without colour.
///
/// The comparison of the policies comes first; with `detail`, each policy's own tables follow. Long
/// tables are shortened and name the file that has all their rows.
pub fn terminal(figures: &Figures, width: u16, detail: bool) -> String {
    Screen { width, detail, colour: false }.show(figures)
}
