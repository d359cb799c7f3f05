//! The files of a report and what is in them.

mod capacity;
mod jobs;
mod money;
mod recalls;
mod requests;
mod sheet;

use std::borrow::Cow;

use leasehold_sim::figures::Figures;

use super::{ReportError, page};

/// The page for people.
pub const PAGE: &str = "index.html";
/// Capacity by quarter and pool.
pub const CAPACITY: &str = "capacity.csv";
/// Capacity by step of the series and pool.
pub const SERIES: &str = "series.csv";
/// Money by lease and quarter.
pub const MONEY: &str = "money.csv";
/// Tenants at or above a tenth of revenue.
pub const CONCENTRATION: &str = "concentration.csv";
/// The four lines by lease and quarter's end.
pub const LINES: &str = "lines.csv";
/// Invoices and credit notes one by one.
pub const DOCUMENTS: &str = "documents.csv";
/// Recalls one by one.
pub const RECALLS: &str = "recalls.csv";
/// Recalls by lease and quarter.
pub const RECALL_TOTALS: &str = "recall_totals.csv";
/// Why waiting jobs could not be helped by a recall.
pub const RECALL_REFUSALS: &str = "recall_refusals.csv";
/// The owner's jobs by policy.
pub const JOBS: &str = "jobs.csv";
/// Requests by lease and quarter.
pub const REQUESTS: &str = "requests.csv";
/// All figures.
pub const JSON: &str = "figures.json";

/// The files beside the page and what is in them.
pub const LISTED: [(&str, &str); 12] = [
    (CAPACITY, "accelerator-seconds by quarter, site and pool"),
    (SERIES, "accelerator-seconds and waiting jobs by step and pool"),
    (MONEY, "revenue, billing and what recalls cost, by lease and quarter"),
    (CONCENTRATION, "tenants at or above a tenth of revenue"),
    (LINES, "the four lines at each quarter's end, by lease"),
    (DOCUMENTS, "invoices and credit notes one by one"),
    (RECALLS, "recalls one by one"),
    (RECALL_TOTALS, "recalls by lease and quarter"),
    (RECALL_REFUSALS, "why waiting jobs could not be helped by a recall"),
    (JOBS, "the owner's jobs by policy"),
    (REQUESTS, "requests by lease and quarter"),
    (JSON, "every figure"),
];

/// A file's name, which may be in a directory of its own (`invoices/a.pdf`), and its bytes.
pub type File = (Cow<'static, str>, Vec<u8>);

/// Every file of the report, the page first.
///
/// # Errors
/// [`ReportError::Encode`] where an encoder refuses, which none does for figures.
pub fn all(figures: &Figures, papers: &[File]) -> Result<Vec<File>, ReportError> {
    Ok(vec![
        (PAGE.into(), page::render(figures, papers).into_bytes()),
        capacity::capacity(figures)?,
        capacity::series(figures)?,
        money::money(figures)?,
        money::concentration(figures)?,
        money::lines(figures)?,
        money::documents(figures)?,
        recalls::recalls(figures)?,
        recalls::totals(figures)?,
        recalls::refusals(figures)?,
        jobs::jobs(figures)?,
        requests::requests(figures)?,
        json(figures)?,
    ])
}

fn json(figures: &Figures) -> Result<File, ReportError> {
    let mut text = serde_json::to_vec_pretty(figures)
        .map_err(|source| ReportError::Encode { format: JSON, source: source.into() })?;
    text.push(b'\n');
    Ok((JSON.into(), text))
}
