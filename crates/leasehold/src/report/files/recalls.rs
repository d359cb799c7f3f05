//! `recalls.csv`, `recall_totals.csv` and `recall_refusals.csv`.

use leasehold_sim::figures::{Figures, RecallRow, RecallTotals};

use super::sheet::{Sheet, known};
use super::{File, RECALL_REFUSALS, RECALL_TOTALS, RECALLS};
use crate::report::ReportError;

/// One row a policy and recall.
pub fn recalls(figures: &Figures) -> Result<File, ReportError> {
    let columns = [
        "recall",
        "lease",
        "pool",
        "class",
        "units",
        "ordered",
        "released",
        "returned",
        "state",
        "job",
        "currency",
        "compensation",
    ];
    let mut sheet = Sheet::new(RECALLS, figures, &columns)?;
    for policy in &figures.policies {
        for row in &policy.recalls.rows {
            sheet.row(policy, recall_row(row))?;
        }
    }
    sheet.finish()
}

fn recall_row(row: &RecallRow) -> [String; 12] {
    [
        row.recall.to_string(),
        row.lease.clone(),
        row.pool.clone(),
        row.class.clone(),
        row.units.to_string(),
        row.ordered.to_string(),
        known(row.released),
        known(row.returned),
        row.state.clone(),
        known(row.job),
        known(row.compensation.map(|money| money.currency())),
        known(row.compensation.map(|money| money.to_decimal())),
    ]
}

/// One row a policy, lease and quarter; they hold all recalls.
pub fn totals(figures: &Figures) -> Result<File, ReportError> {
    let columns = [
        "lease",
        "quarter",
        "ordered",
        "withdrawn",
        "notice_kept",
        "breaches",
        "units",
        "taken_accelerator_seconds",
    ];
    let mut sheet = Sheet::new(RECALL_TOTALS, figures, &columns)?;
    for policy in &figures.policies {
        for row in &policy.recalls.totals {
            sheet.row(policy, totals_row(row))?;
        }
    }
    sheet.finish()
}

fn totals_row(row: &RecallTotals) -> [String; 8] {
    [
        row.lease.clone(),
        row.quarter.clone(),
        row.ordered.to_string(),
        row.withdrawn.to_string(),
        row.notice_kept.to_string(),
        row.breaches.to_string(),
        row.units.to_string(),
        row.taken.to_string(),
    ]
}

/// One row a policy and reason for which a waiting job could not be helped.
pub fn refusals(figures: &Figures) -> Result<File, ReportError> {
    let mut sheet = Sheet::new(RECALL_REFUSALS, figures, &["reason", "times"])?;
    for policy in &figures.policies {
        for (reason, times) in &policy.recalls.refused {
            sheet.row(policy, [reason.clone(), times.to_string()])?;
        }
    }
    sheet.finish()
}
