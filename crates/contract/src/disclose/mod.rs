//! Four numbers that are never shown apart: headline value, non-cancellable value, remaining
//! performance obligations (RPO), run rate. Arithmetic on stated judgements, not accounting advice.

use leasehold_types::{BadAmount, Date, Instant, Money, Ratio};
use serde::{Deserialize, Serialize};

use crate::lease::Expedient;
use crate::schedule::Undisclosed;
use crate::term::Enforceable;

mod horizon;
mod lines;
mod maturity;
mod recognised;
mod reconcile;

pub use horizon::{Horizon, Version};

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
    /// How the run rate becomes the non-cancellable value.
    pub bridge: RunRateBridge,
}

/// How the run rate becomes the non-cancellable value: so many months of it, and what is left over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRateBridge {
    /// Months to the end of the enforceable term; a part of one by its days.
    pub months: Ratio,
    /// The run rate for that long.
    pub at_run_rate: Money,
    /// What the non-cancellable value has besides: phases with other prices, what was delivered
    /// late or recalled.
    pub difference: Money,
}

/// What falls due between two days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// The first day.
    pub from: Date,
    /// The first day after; absent for the last band, which is open.
    pub until: Option<Date>,
    /// Of the non-cancellable value.
    pub non_cancellable_value: Money,
    /// Of the RPO.
    pub rpo: Money,
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
    /// Which step it is, whatever the dates.
    pub step: ReconciliationStep,
    /// What it is, in words.
    pub label: String,
    /// Its amount; below zero where it is taken off.
    pub amount: Money,
    /// Whether it is the sum of the lines since the last one that was.
    pub is_sum: bool,
}

/// A step of the reconciliation, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReconciliationStep {
    /// The headline value.
    HeadlineValue,
    /// Off: fees after the end of the enforceable term.
    AfterTerm,
    /// Off: recallable units that the owner could take for good.
    Recallable,
    /// The non-cancellable value.
    NonCancellableValue,
    /// What was delivered and is recognised later, or the other way round.
    Timing,
    /// Off: what this expedient leaves out.
    Expedient(Expedient),
    /// The RPO.
    Rpo,
}

impl FourLines {
    /// What was delivered so far and is recognised later; below zero where it is the other way
    /// round.
    ///
    /// # Errors
    /// [`BadAmount`] where a sum does not fit.
    pub fn timing(&self) -> Result<Money, BadAmount> {
        let steps = self.reconciliation.iter();
        let timing = steps.filter(|line| line.step == ReconciliationStep::Timing);
        Money::sum(self.rpo.currency(), timing.map(|line| line.amount))
    }

    /// The first day after the last enforceable one.
    pub fn term_end(&self) -> Date {
        self.enforceable.term_end
    }

    /// The earliest end that either side could bring about.
    pub fn earliest_exit(&self) -> Option<Date> {
        self.enforceable.earliest_exit
    }
}
