//! What can go wrong when a lease is evaluated: never a zero, never a clip, always the place.

use leasehold_types::{BadAmount, LeaseId, Overflow, TrancheId, Units};

/// A lease could not be evaluated. Names the lease, the line of it, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("lease `{lease}`, {line}: {problem}")]
pub struct EvalError {
    /// Which lease.
    pub lease: LeaseId,
    /// Which line of it or of its facts, in words: "fee `full`, 2027-02-01 to 2027-03-01".
    pub line: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A number does not fit.
    #[error("{0}; check the amounts and rates of this line")]
    Overflow(#[from] Overflow),
    /// An amount is of another currency or does not fit.
    #[error("{0}")]
    Amount(#[from] BadAmount),
    /// A fact is about a tranche that the lease does not have.
    #[error("the lease has no tranche `{0}`; name one of its tranches")]
    UnknownTranche(TrancheId),
    /// A taking is of a notice class that the clause does not have.
    #[error("the recall clause has no class `{0}`; name one of its classes")]
    UnknownClass(String),
    /// Units were taken from a lease that has no recall clause, so nothing says what they cost.
    #[error(
        "units were taken but the lease has no recall clause to price it; add one or settle it outside"
    )]
    NoRecallClause,
    /// More units were taken than the tenant had.
    #[error(
        "{taken} units are recorded as taken where the tenant had {had}; correct the takings or the deliveries"
    )]
    TakenTooMany {
        /// Units recorded as taken at one instant.
        taken: Units,
        /// Units delivered and still committed at that instant.
        had: Units,
    },
    /// More units were delivered than promised.
    #[error(
        "{delivered} units are recorded as delivered of {promised} promised; correct the deliveries"
    )]
    DeliveredTooMany {
        /// Units recorded as delivered.
        delivered: Units,
        /// Units of the tranche.
        promised: Units,
    },
    /// A reduction keeps more units than there were.
    #[error(
        "the reduction keeps {keeps} units where {committed} are committed; correct the election"
    )]
    ReducedUpwards {
        /// Units that the reduction keeps.
        keeps: Units,
        /// Units committed before it.
        committed: Units,
    },
    /// The two leases of a comparison cannot be compared.
    #[error("{0}")]
    NotComparable(String),
}

impl Problem {
    /// With the place where it arose.
    pub(crate) fn at(self, lease: &LeaseId, line: impl Into<String>) -> EvalError {
        EvalError { lease: lease.clone(), line: line.into(), problem: self }
    }
}
