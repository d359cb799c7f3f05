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
    /// Revenue recognised, after credits.
    pub recognised: Money,
    /// Billed: invoices dated in the quarter, after credits.
    pub billed: Money,
    /// Taken off for recalls (positive).
    pub abatement: Money,
    /// Paid besides for recalls (positive).
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
