//! Judgements that people made, with their references. The software never decides one.

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
