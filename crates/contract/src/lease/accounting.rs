//! Judgements that people made, with their references. The software never decides one.

use std::fmt;

use leasehold_types::Date;
use serde::{Deserialize, Serialize};

/// How the lease is accounted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounting {
    /// Which standard applies.
    pub standard: Standard,
    /// How revenue is spread.
    pub recognition: Recognition,
    /// Whether an exit that only the owner has shortens the enforceable term.
    pub owner_exit_shortens: bool,
    /// Expedients in use for the remaining performance obligations.
    pub expedients: Vec<Expedient>,
    /// Who judged all this, and where that is written.
    pub judgement: Judgement,
}

/// Service or lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standard {
    /// A service: ASC 606.
    #[default]
    Service,
    /// A lease: ASC 842.
    Lease,
}

/// How revenue is spread over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recognition {
    /// As capacity is delivered: each day's fee on that day.
    #[default]
    AsDelivered,
    /// Evenly by day over the enforceable term.
    StraightLine,
    /// As invoiced.
    AsInvoiced,
}

/// A practical expedient that leaves obligations out of RPO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expedient {
    /// Contracts whose enforceable term is one year or less (ASC 606-10-50-14(a)).
    OneYearOrLess,
    /// Revenue recognised as invoiced (ASC 606-10-50-14(b)).
    RightToInvoice,
    /// Usage-based amounts (ASC 606-10-50-14A): what is priced by the hour.
    VariableUsage,
}

/// Who judged, when, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Judgement {
    /// Who.
    pub by: String,
    /// When.
    pub on: Option<Date>,
    /// The memo or minute.
    pub reference: String,
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Standard::Service => "a service (ASC 606)",
            Standard::Lease => "a lease (ASC 842)",
        })
    }
}

impl fmt::Display for Recognition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Recognition::AsDelivered => "as delivered, each day's fee on that day",
            Recognition::StraightLine => "evenly by day over the enforceable term",
            Recognition::AsInvoiced => "as invoiced",
        })
    }
}

impl fmt::Display for Expedient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Expedient::OneYearOrLess => "contracts of a year or less (ASC 606-10-50-14(a))",
            Expedient::RightToInvoice => "right to invoice (ASC 606-10-50-14(b))",
            Expedient::VariableUsage => "usage-based amounts (ASC 606-10-50-14A)",
        })
    }
}

impl fmt::Display for Judgement {
    /// `by …, on …, see: …`, as far as it is said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = (!self.by.is_empty()).then(|| format!("by {}", self.by));
        let on = self.on.map(|date| format!("on {date}"));
        let reference = (!self.reference.is_empty()).then(|| format!("see: {}", self.reference));
        let parts: Vec<String> = by.into_iter().chain(on).chain(reference).collect();
        if parts.is_empty() { f.pad("nobody is named") } else { f.pad(&parts.join(", ")) }
    }
}
