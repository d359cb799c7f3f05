//! Four numbers that are never shown apart: headline value, non-cancellable value, remaining
//! performance obligations (RPO), run rate. Arithmetic on stated judgements, not accounting advice.

use leasehold_types::{Date, Instant, Money};
use serde::{Deserialize, Serialize};

use crate::lease::Expedient;
use crate::schedule::Undisclosed;
use crate::term::Enforceable;

mod lines;
mod recognised;
mod reconcile;

pub(crate) use reconcile::name as expedient_name;

/// The four lines at the close of a reporting date, and what stands behind them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FourLines {
    /// The close of the reporting date.
    pub as_of: Instant,
    /// Fees from `as_of` to the stated end.
    pub headline_value: Money,
    /// Fees from `as_of` to the end of the enforceable term.
    pub non_cancellable_value: Money,
    /// Consideration to the end of the enforceable term that is not recognised yet, after the
    /// expedients.
    pub rpo: Money,
    /// A month's fee at the terms in force at `as_of`.
    pub run_rate_month: Money,
    /// Fees over the whole stated term.
    pub contract_value: Money,
    /// The enforceable term, and why.
    pub enforceable: Enforceable,
    /// Spans that are in no sum, from `as_of` on, because their fee is not disclosed.
    pub undisclosed: Vec<Undisclosed>,
    /// The expedients applied, and what each left out.
    pub expedients: Vec<ExpedientUsed>,
    /// How one line becomes the next; each block adds up.
    pub reconciliation: Vec<ReconciliationLine>,
}

/// An expedient that was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpedientUsed {
    /// Which.
    pub expedient: Expedient,
    /// What it left out of RPO.
    pub left_out: Money,
    /// Why it applies, or why it left out nothing.
    pub reason: String,
}

/// A line of the reconciliation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconciliationLine {
    /// What it is, in words.
    pub label: String,
    /// Its amount; below zero where it is taken off.
    pub amount: Money,
    /// Whether it is the sum of the lines since the last one that was.
    pub is_sum: bool,
}

impl FourLines {
    /// The first day after the last enforceable one.
    pub fn term_end(&self) -> Date {
        self.enforceable.term_end
    }

    /// The earliest end that either side could bring about.
    pub fn earliest_exit(&self) -> Option<Date> {
        self.enforceable.earliest_exit
    }
}
