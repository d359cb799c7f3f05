//! Why there are no disclosures.

use leasehold_types::{BadAmount, Date, Overflow};

use crate::{BooksError, Trouble};

/// Why there are no disclosures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// The books are not closed on the reporting date.
    #[error(
        "disclosures at {at} need books that are closed on that day, and these are closed \
         {}; run them through {at}", closed.map_or("on no day".to_owned(), |day| format!("on {day}"))
    )]
    NotClosed {
        /// The reporting date.
        at: Date,
        /// The last day that was closed.
        closed: Option<Date>,
    },
    /// An option that breaks its rule.
    #[error("{0}")]
    Option(String),
    /// A sum over leases does not fit.
    #[error("a sum of the disclosures: {0}")]
    Sum(Trouble),
    /// A lease.
    #[error(transparent)]
    Lease(#[from] BooksError),
}

impl From<BadAmount> for DisclosureError {
    fn from(bad: BadAmount) -> Self {
        DisclosureError::Sum(bad.into())
    }
}

impl From<Overflow> for DisclosureError {
    fn from(overflow: Overflow) -> Self {
        DisclosureError::Sum(overflow.into())
    }
}
