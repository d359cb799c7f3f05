//! Taxes as data: what is charged on which lines, from when, and why nothing where nothing is.

use leasehold_types::{Date, Ratio};
use serde::{Deserialize, Serialize};

/// A tax from a day of supply on, until the next rule for the same lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRule {
    /// The first day of supply under this rule. A line is supplied on the last day that it covers.
    pub from: Date,
    /// Which lines.
    pub on: Taxed,
    /// What is charged.
    pub class: TaxClass,
}

/// Which lines a tax rule is about. A rule for some lines goes before one for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taxed {
    /// Every line.
    #[default]
    All,
    /// Fees, and what is taken off them.
    Fees,
    /// Use above the commitment, and what a minimum commitment adds to it.
    Usage,
}

/// What is charged on a line, and why. Lines of one class are taxed together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxClass {
    /// The category.
    pub category: TaxCategory,
    /// The share of the net amount; zero in every category but the standard one.
    pub rate: Ratio,
    /// Why nothing is charged, in words; EN 16931 asks for it where nothing is but at a zero rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption: Option<String>,
    /// The same as a code of the VATEX list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption_code: Option<String>,
}

/// A tax category of EN 16931 (UNTDID 5305).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxCategory {
    /// S: a rate above zero.
    Standard,
    /// Z: a rate of zero.
    Zero,
    /// E: exempt.
    Exempt,
    /// AE: the tenant accounts for it.
    ReverseCharge,
    /// K: supply to another member state.
    IntraCommunity,
    /// G: export.
    Export,
    /// O: outside the scope of the tax.
    OutOfScope,
}

impl TaxCategory {
    /// Its code in UNTDID 5305.
    pub const fn code(self) -> &'static str {
        match self {
            TaxCategory::Standard => "S",
            TaxCategory::Zero => "Z",
            TaxCategory::Exempt => "E",
            TaxCategory::ReverseCharge => "AE",
            TaxCategory::IntraCommunity => "K",
            TaxCategory::Export => "G",
            TaxCategory::OutOfScope => "O",
        }
    }
}

impl TaxClass {
    /// Outside the scope of any tax: what holds where a lease says nothing.
    pub fn none() -> Self {
        TaxClass {
            category: TaxCategory::OutOfScope,
            rate: Ratio::ZERO,
            exemption: Some("not subject to tax".to_owned()),
            exemption_code: None,
        }
    }

    /// The standard category at `rate`.
    pub const fn standard(rate: Ratio) -> Self {
        TaxClass { category: TaxCategory::Standard, rate, exemption: None, exemption_code: None }
    }
}
