//! What is owed: billing periods and their lines.
//!
//! Every amount is computed as an exact fraction of minor units and rounded once, at its line. The
//! total of a period is the sum of its lines. Source of the rules: DESIGN, section 5.

use leasehold_types::{Currency, Date, Instant, LeaseId, Money, Ratio, TrancheId};
use serde::{Deserialize, Serialize};

use crate::lease::FeeTiming;
use crate::{EvalError, Facts, Lease};

mod accrual;
pub(crate) mod evaluation;
mod lines;
pub(crate) mod months;
mod recalls;
pub(crate) mod segment;
mod taken;
pub(crate) mod words;

pub use accrual::Accrued;
pub use evaluation::Evaluation;
pub use lines::{SCHEDULE_PERIODS_MAX, next_bill};

/// The billing periods of a span, and what could not be priced in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Which lease.
    pub lease: LeaseId,
    /// Which version of it.
    pub version: u32,
    /// The currency of every amount.
    pub currency: Currency,
    /// In order; adjacent.
    pub periods: Vec<BillingPeriod>,
    /// The sum of the periods' totals.
    pub total: Money,
    /// Spans for which a fee is owed whose amount is not disclosed; no sum contains it.
    pub undisclosed: Vec<Undisclosed>,
}

/// One billing period, or the part of it that lies in the span asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingPeriod {
    /// The first day.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// Fees first, then what is taken off, each by phase and tranche.
    pub lines: Vec<Line>,
    /// The exact sum of the lines' amounts; below zero where more is taken off than is owed.
    pub total: Money,
}

/// One line of a billing period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is for.
    pub kind: LineKind,
    /// The fee phase that prices it, where one does.
    pub phase: Option<String>,
    /// The tranche that it is about, where it is about one.
    pub tranche: Option<TrancheId>,
    /// The first day that it covers.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// Minor units before rounding.
    pub exact: Ratio,
    /// Rounded once.
    pub amount: Money,
    /// False where a fee is owed but not disclosed: the amount then holds only what is known.
    pub disclosed: bool,
    /// Whether it is invoiced as its period begins or as it ends.
    pub timing: FeeTiming,
    /// The day on which it is invoiced.
    pub invoiced_on: Date,
    /// The day by which it is to be paid.
    pub due_on: Date,
    /// How the amount came about, for people.
    pub working: String,
}

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// The fee of a phase, for all units promised (or by the hour for those delivered).
    Fee,
    /// A fee that is owed but whose amount is not disclosed.
    FeeUndisclosed,
    /// Off the fee: units that are no longer committed.
    CommitmentReduction,
    /// Off the fee: units that are not delivered.
    UndeliveredReduction,
    /// Off the fee: the discount for each day of late delivery after the grace.
    LateDiscount,
    /// Off the fee: units recalled.
    RecallAbatement,
    /// Off the fee: compensation for units recalled.
    RecallCompensation,
}

/// A span for which a fee is owed whose amount is not disclosed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undisclosed {
    /// The phase.
    pub phase: String,
    /// The first day.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// Months or parts of months of the schedule that it touches.
    pub months: u32,
}

impl Lease {
    /// Prepares this lease and `facts` for many questions; costs one sweep over the takings.
    ///
    /// # Errors
    /// [`EvalError`] where the facts contradict the lease or a number does not fit.
    pub fn evaluate<'a>(&'a self, facts: &Facts) -> Result<Evaluation<'a>, EvalError> {
        Evaluation::of(self, facts)
    }

    /// As [`Evaluation::schedule`], for one question.
    ///
    /// # Errors
    /// As [`Lease::evaluate`].
    pub fn schedule(&self, facts: &Facts, from: Date, until: Date) -> Result<Schedule, EvalError> {
        self.evaluate(facts)?.schedule(from, until)
    }

    /// As [`Evaluation::fee_due`], for one question.
    ///
    /// # Errors
    /// As [`Lease::evaluate`].
    pub fn fee_due(&self, facts: &Facts, from: Date, until: Date) -> Result<Ratio, EvalError> {
        self.evaluate(facts)?.fee_due(from, until)
    }

    /// As [`Evaluation::day_fee`], for one question.
    ///
    /// # Errors
    /// As [`Lease::evaluate`].
    pub fn day_fee(&self, facts: &Facts, date: Date) -> Result<Ratio, EvalError> {
        self.evaluate(facts)?.day_fee(date)
    }

    /// As [`Evaluation::accrued`], for one question.
    ///
    /// # Errors
    /// As [`Lease::evaluate`].
    pub fn accrued(&self, facts: &Facts, from: Instant, to: Instant) -> Result<Ratio, EvalError> {
        self.evaluate(facts)?.accrued(from, to)
    }
}
