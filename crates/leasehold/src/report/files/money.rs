//! `money.csv`, `concentration.csv`, `lines.csv` and `documents.csv`.

use leasehold_sim::figures::{
    Concentration, DocumentKind, DocumentRow, Figures, LeaseMoney, QuarterLines, QuarterMoney,
};

use super::sheet::{Sheet, known};
use super::{CONCENTRATION, DOCUMENTS, File, LINES, MONEY};
use crate::report::ReportError;

/// One row a policy, lease and quarter.
pub fn money(figures: &Figures) -> Result<File, ReportError> {
    let columns = [
        "lease",
        "tenant",
        "quarter",
        "currency",
        "recognised",
        "billed",
        "abatement",
        "compensation",
        "undisclosed_months",
    ];
    let mut sheet = Sheet::new(MONEY, figures, &columns)?;
    for policy in &figures.policies {
        for lease in &policy.money {
            for quarter in &lease.quarters {
                sheet.row(policy, money_row(lease, quarter))?;
            }
        }
    }
    sheet.finish()
}

fn money_row(lease: &LeaseMoney, quarter: &QuarterMoney) -> [String; 9] {
    [
        lease.lease.clone(),
        lease.tenant.clone(),
        quarter.quarter.clone(),
        quarter.recognised.currency().to_string(),
        quarter.recognised.to_decimal(),
        quarter.billed.to_decimal(),
        quarter.abatement.to_decimal(),
        quarter.compensation.to_decimal(),
        quarter.undisclosed_months.to_string(),
    ]
}

/// One row a policy, quarter, currency and tenant; one without a tenant where none has a tenth.
pub fn concentration(figures: &Figures) -> Result<File, ReportError> {
    let columns = ["quarter", "currency", "revenue", "tenant", "share"];
    let mut sheet = Sheet::new(CONCENTRATION, figures, &columns)?;
    for policy in &figures.policies {
        for entry in &policy.concentration {
            if entry.tenants.is_empty() {
                sheet.row(policy, concentration_row(entry, "", String::new()))?;
            }
            for (tenant, share) in &entry.tenants {
                sheet.row(policy, concentration_row(entry, tenant, share.to_string()))?;
            }
        }
    }
    sheet.finish()
}

fn concentration_row(entry: &Concentration, tenant: &str, share: String) -> [String; 5] {
    let currency = entry.revenue.currency().to_string();
    [entry.quarter.clone(), currency, entry.revenue.to_decimal(), tenant.to_owned(), share]
}

/// One row a policy, lease and quarter's end.
pub fn lines(figures: &Figures) -> Result<File, ReportError> {
    let columns = [
        "lease",
        "tenant",
        "quarter",
        "as_of",
        "currency",
        "headline_value",
        "non_cancellable_value",
        "rpo",
        "run_rate_month",
        "term_end",
    ];
    let mut sheet = Sheet::new(LINES, figures, &columns)?;
    for policy in &figures.policies {
        for lease in &policy.money {
            for lines in &lease.lines {
                sheet.row(policy, lines_row(lease, lines))?;
            }
        }
    }
    sheet.finish()
}

fn lines_row(lease: &LeaseMoney, lines: &QuarterLines) -> [String; 10] {
    [
        lease.lease.clone(),
        lease.tenant.clone(),
        lines.quarter.clone(),
        lines.as_of.to_string(),
        lines.headline_value.currency().to_string(),
        lines.headline_value.to_decimal(),
        lines.non_cancellable_value.to_decimal(),
        lines.rpo.to_decimal(),
        lines.run_rate_month.to_decimal(),
        lines.term_end.to_string(),
    ]
}

/// One row an invoice or credit note. What a credit note credits is above zero.
pub fn documents(figures: &Figures) -> Result<File, ReportError> {
    let columns = [
        "kind",
        "number",
        "lease",
        "tenant",
        "issued",
        "due",
        "credits",
        "currency",
        "net",
        "tax",
        "total",
        "undisclosed",
    ];
    let mut sheet = Sheet::new(DOCUMENTS, figures, &columns)?;
    for policy in &figures.policies {
        for document in &policy.documents {
            sheet.row(policy, document_row(document))?;
        }
    }
    sheet.finish()
}

fn document_row(document: &DocumentRow) -> [String; 12] {
    let kind = match document.kind {
        DocumentKind::Invoice => "invoice",
        DocumentKind::CreditNote => "credit_note",
    };
    [
        kind.to_owned(),
        document.number.clone(),
        document.lease.clone(),
        document.tenant.clone(),
        document.issued.to_string(),
        known(document.due),
        known(document.credits.as_ref()),
        document.net.currency().to_string(),
        document.net.to_decimal(),
        document.tax.to_decimal(),
        document.total.to_decimal(),
        document.undisclosed.to_string(),
    ]
}
