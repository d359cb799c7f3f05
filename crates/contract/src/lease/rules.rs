//! How amounts are computed: each rule a named field with a default.

use leasehold_types::Rounding;
use serde::{Deserialize, Serialize};

/// The arithmetic of a lease. Source of the defaults: DESIGN, section 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rules {
    /// How part of a period is counted.
    pub proration: DayCount,
    /// How a line is rounded.
    pub rounding: Rounding,
    /// Which periods are invoiced.
    pub billing: Billing,
}

/// How part of a period is counted against the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DayCount {
    /// Civil days over the civil days of that whole period.
    #[default]
    #[serde(rename = "actual/actual")]
    ActualActual,
    /// Months of 30 days by the European rule: day 31 counts as day 30.
    #[serde(rename = "30E/360")]
    ThirtyE360,
    /// Civil days times twelve over 365.
    #[serde(rename = "actual/365F")]
    Actual365Fixed,
    /// A part is charged like the whole.
    #[serde(rename = "none")]
    None,
}

/// Which periods are invoiced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billing {
    /// Length of a billing period in months; at least 1.
    pub every_months: u16,
    /// Where the months begin.
    pub align: Alignment,
}

impl Default for Billing {
    fn default() -> Self {
        Billing { every_months: 1, align: Alignment::Calendar }
    }
}

/// Where the months of billing begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alignment {
    /// On the first of the calendar month.
    #[default]
    Calendar,
    /// On the anchor's day, clamped to the month's end.
    Anchor,
}
