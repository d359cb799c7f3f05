//! What was earned, billed and committed.

use leasehold_types::{Date, Money, Ratio};
use serde::{Deserialize, Serialize};

/// The money of one lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseMoney {
    /// The lease.
    pub lease: String,
    /// The tenant's name.
    pub tenant: String,
    /// By quarter, in order.
    pub quarters: Vec<QuarterMoney>,
    /// The four lines at each quarter's end, in order.
    pub lines: Vec<QuarterLines>,
}

/// One quarter of one lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarterMoney {
    /// `2026-Q3`.
    pub quarter: String,
    /// Revenue recognised, after credits: what the books posted to revenue in the quarter.
    pub recognised: Money,
    /// Billed: invoices less credit notes dated in the quarter, before tax.
    pub billed: Money,
    /// Taken off for recalls that fell in the quarter (positive).
    pub abatement: Money,
    /// Paid besides for recalls that fell in the quarter (positive).
    pub compensation: Money,
    /// Months of the quarter for which a fee is owed whose amount is not known; it is in none of
    /// the sums.
    pub undisclosed_months: u32,
}

/// Headline, non-cancellable, RPO and run rate as a quarter closes: always together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarterLines {
    /// `2026-Q3`.
    pub quarter: String,
    /// The quarter's last day, at whose close they hold.
    pub as_of: Date,
    /// Fees to the stated end.
    pub headline_value: Money,
    /// Fees to the end of the enforceable term.
    pub non_cancellable_value: Money,
    /// Remaining performance obligations, after the expedients in use.
    pub rpo: Money,
    /// A month's fee as now in force.
    pub run_rate_month: Money,
    /// The first day after the enforceable term.
    pub term_end: Date,
}

/// An invoice or a credit note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRow {
    /// Which of the two.
    pub kind: DocumentKind,
    /// Its number.
    pub number: String,
    /// The lease.
    pub lease: String,
    /// The tenant's name.
    pub tenant: String,
    /// The day of issue.
    pub issued: Date,
    /// The day by which it is to be paid; invoices only.
    pub due: Option<Date>,
    /// The invoice that it credits; credit notes only.
    pub credits: Option<String>,
    /// Before tax. What a credit note credits is above zero.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// Net and tax.
    pub total: Money,
    /// Whether a fee on it is owed but not disclosed, and so in none of the sums.
    pub undisclosed: bool,
}

/// An invoice or a credit note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// An invoice.
    Invoice,
    /// A credit note.
    CreditNote,
}

/// Tenants at or above a tenth of revenue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concentration {
    /// `2026-Q3`, or `all`.
    pub quarter: String,
    /// Revenue of all tenants together; one entry a currency.
    pub revenue: Money,
    /// Tenants at or above a tenth of it, largest first: name and exact share.
    pub tenants: Vec<(String, Ratio)>,
}
