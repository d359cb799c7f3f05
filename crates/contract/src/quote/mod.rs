//! What a step would cost both sides, before it is confirmed.

use leasehold_types::{Currency, Date, Instant, Money};
use serde::{Deserialize, Serialize};

use crate::Lease;
use crate::exact::{day_of, next_day};
use crate::lease::Side;
use crate::recall::Violation;

mod amendment;
mod exit;
mod recall;

pub use amendment::amendment;
pub use exit::exit;
pub use recall::recall;

/// What a step would cost both sides. Good until `expires_at`: the same step taken later may cost
/// something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The step, in words.
    pub step: String,
    /// When the quote was made.
    pub at: Instant,
    /// The first instant at which it no longer holds.
    pub expires_at: Instant,
    /// What moves, who bears it, and how it came about.
    pub lines: Vec<QuoteLine>,
    /// The first day after the lease's last, where the step ends it.
    pub ends: Option<Date>,
    /// Why the step is not allowed, where it is not: the quote then shows what it would cost.
    pub objections: Vec<String>,
    /// Rules of the recall clause that the step breaks.
    pub violations: Vec<Violation>,
}

/// One consequence of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// Who bears it.
    pub borne_by: Side,
    /// Whether it is paid, or merely no longer earned or received.
    pub nature: CostNature,
    /// How much; never below zero.
    pub amount: Money,
    /// What it is, in words.
    pub label: String,
}

/// How a cost is borne.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostNature {
    /// It is paid, or credited, to the other side.
    Paid,
    /// It is no longer earned: fees that will not be charged.
    Forgone,
    /// It was held for the other side and is given back.
    Returned,
}

impl Quote {
    fn new(step: String, at: Instant, expires_at: Instant) -> Self {
        Quote {
            step,
            at,
            expires_at: expires_at.max(at),
            lines: Vec::new(),
            ends: None,
            objections: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// Adds a line, unless it is about nothing.
    fn push(&mut self, borne_by: Side, nature: CostNature, amount: Money, label: String) {
        if !amount.is_zero() {
            self.lines.push(QuoteLine { borne_by, nature, amount, label });
        }
    }

    /// What `side` bears in one way.
    ///
    /// # Errors
    /// [`leasehold_types::BadAmount`] where the sum does not fit.
    pub fn borne_by(
        &self,
        side: Side,
        nature: CostNature,
        currency: Currency,
    ) -> Result<Money, leasehold_types::BadAmount> {
        let lines = self.lines.iter().filter(|l| l.borne_by == side && l.nature == nature);
        Money::sum(currency, lines.map(|line| line.amount))
    }
}

/// The first instant of the next civil day: until then a notice is received on the same date.
fn end_of_day(lease: &Lease, now: Instant) -> Instant {
    lease.start_of(next_day(day_of(&lease.zone, now)))
}
