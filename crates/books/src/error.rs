//! What can go wrong in the books: never a zero, never a clip, always the lease and the line.

use leasehold_contract::EvalError;
use leasehold_types::{BadAmount, Currency, LeaseId, Overflow};

/// The books could not say something. Names the lease, the line of it, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[error("lease `{lease}`, {line}: {trouble}")]
pub struct BooksError {
    /// Which lease.
    pub lease: LeaseId,
    /// Which line of it, of its events or of its invoices, in words.
    pub line: String,
    /// What is wrong.
    pub trouble: Trouble,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// A number does not fit.
    #[error(
        "the result of {0} is too large to represent; check the amounts and rates of this line"
    )]
    Overflow(String),
    /// The contract cannot be evaluated with what is known; says which line of it and why.
    #[error("{0}")]
    Contract(String),
    /// Something is priced by a rate that the lease does not have.
    #[error("the lease has no price for {0}; add one to the term sheet or correct the record")]
    MissingRate(String),
    /// A price is changed that the lease does not have.
    #[error("the lease has no fee phase `{0}`; name one of its phases")]
    UnknownPhase(String),
    /// A fact is about a tranche that no version of the lease has.
    #[error("the lease has no tranche `{0}`; name one of its tranches")]
    UnknownTranche(String),
    /// An amount is of another currency than the lease.
    #[error("an amount of {found} where the lease is in {expected}; convert it outside")]
    OtherCurrency {
        /// The currency of the lease.
        expected: Currency,
        /// The currency of the amount.
        found: Currency,
    },
    /// An invoice that does not exist, or not for this lease.
    #[error("the lease has no invoice `{0}`; name one that was issued before")]
    UnknownInvoice(String),
    /// More would be credited than was billed.
    #[error("{asked} would be credited where {left} are left; credit at most what is left")]
    CreditTooMuch {
        /// What was asked for.
        asked: String,
        /// What can still be credited.
        left: String,
    },
    /// More would be paid out or used than is there.
    #[error("{asked} would be taken from {account} where {left} are there; take at most that")]
    TooLittle {
        /// From where.
        account: String,
        /// What was asked for.
        asked: String,
        /// What is there.
        left: String,
    },
    /// An amendment names a term sheet that nobody has read.
    #[error("the term sheet `{0}` of an amendment was not read; resolve amendments before the run")]
    UnreadSheet(String),
    /// An event is about a lease that nobody knows, or an amendment about another lease.
    #[error("{0}")]
    Impossible(String),
}

impl Trouble {
    /// With the place where it arose.
    pub fn at(self, lease: &LeaseId, line: impl Into<String>) -> BooksError {
        BooksError { lease: lease.clone(), line: line.into(), trouble: self }
    }
}

impl From<Overflow> for Trouble {
    fn from(overflow: Overflow) -> Self {
        Trouble::Overflow(overflow.operation.to_owned())
    }
}

impl From<BadAmount> for Trouble {
    fn from(bad: BadAmount) -> Self {
        match bad {
            BadAmount::Mixed { left, right } => {
                Trouble::OtherCurrency { expected: left, found: right }
            }
            BadAmount::Overflow(overflow) => overflow.into(),
            BadAmount::Text { .. } => Trouble::Impossible(bad.to_string()),
        }
    }
}

impl From<EvalError> for BooksError {
    fn from(error: EvalError) -> Self {
        Trouble::Contract(error.problem.to_string()).at(&error.lease, error.line)
    }
}
