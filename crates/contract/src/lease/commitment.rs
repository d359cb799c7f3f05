//! Minimum commitments: what is charged at least, and trued up where less was used.

use leasehold_types::{Date, Money};
use serde::{Deserialize, Serialize};

/// At least this much is charged in each period; what falls short is charged as a true-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// Its name within the lease.
    pub name: String,
    /// The first day; periods are counted from it.
    pub from: Date,
    /// The first day after; the lease's end where absent.
    pub until: Option<Date>,
    /// How much in each period; a part of a period is prorated by civil days.
    pub amount: Money,
    /// Length of a period in months; at least 1.
    pub every_months: u16,
    /// What counts towards it.
    pub counts: CommitmentCounts,
}

/// What counts towards a commitment. Credits and taxes never do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitmentCounts {
    /// Use: accelerator-hours above the entitlement, and tokens.
    #[default]
    Usage,
    /// Use, and the fees of the phases.
    Everything,
}
