//! `requests.csv`.

use leasehold_sim::figures::{Figures, RequestRow};

use super::sheet::Sheet;
use super::{File, REQUESTS};
use crate::report::ReportError;

/// One row a policy, lease and quarter.
pub fn requests(figures: &Figures) -> Result<File, ReportError> {
    let columns = [
        "lease",
        "quarter",
        "arrived",
        "served",
        "queued",
        "turned_away",
        "waiting",
        "input_tokens",
        "output_tokens",
        "granted_accelerator_seconds",
        "busy_accelerator_seconds",
    ];
    let mut sheet = Sheet::new(REQUESTS, figures, &columns)?;
    for policy in &figures.policies {
        for row in &policy.requests.rows {
            sheet.row(policy, request_row(row))?;
        }
    }
    sheet.finish()
}

fn request_row(row: &RequestRow) -> [String; 11] {
    [
        row.lease.clone(),
        row.quarter.clone(),
        row.arrived.to_string(),
        row.served.to_string(),
        row.queued.to_string(),
        row.turned_away.to_string(),
        row.waiting.to_string(),
        row.input.to_string(),
        row.output.to_string(),
        row.granted.to_string(),
        row.busy.to_string(),
    ]
}
