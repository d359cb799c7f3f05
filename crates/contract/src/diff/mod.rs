//! What an amendment changes, in money and in rights.

use leasehold_types::{Date, Instant, Money};
use serde::{Deserialize, Serialize};

use crate::disclose::FourLines;
use crate::notice::NoticeBook;
use crate::{EvalError, Facts, Lease};

mod clauses;
mod documents;
mod money;
mod terms;

pub(crate) use clauses::basis;
pub(crate) use money::money;

/// What changes from one version of a lease to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diff {
    /// The first day on which the new version governs.
    pub effective: Date,
    /// Billing periods from `effective` on whose totals differ.
    pub money: Vec<PeriodDelta>,
    /// The sum of the deltas.
    pub total_delta: Money,
    /// The four lines of the old version.
    pub before: FourLines,
    /// The four lines of the new version.
    pub after: FourLines,
    /// Every term that differs.
    pub rights: Vec<RightChange>,
}

/// A billing period whose total differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodDelta {
    /// The first day.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// The old version's total.
    pub before: Money,
    /// The new version's total.
    pub after: Money,
    /// After less before.
    pub delta: Money,
}

/// A term that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightChange {
    /// Where it stands in the term sheet: `term.tenant.notice_days`.
    pub about: String,
    /// What the old version says; absent where it says nothing.
    pub before: Option<String>,
    /// What the new version says; absent where it says nothing.
    pub after: Option<String>,
    /// The change in a sentence.
    pub words: String,
}

/// What changes from `old` to `new`, with the four lines at `as_of`. What the new version adds is
/// expected to be delivered on its day; the facts that it has no tranche for are left out.
///
/// # Errors
/// [`EvalError`] where the two cannot be compared (currencies differ), the facts contradict one of
/// them or a number does not fit.
pub fn diff(
    old: &Lease,
    new: &Lease,
    facts: &Facts,
    book: &NoticeBook,
    as_of: Instant,
) -> Result<Diff, EvalError> {
    let changes = money(old, new, facts)?;
    let new_facts = facts.carried_to(new).expecting_deliveries(new, new.effective);
    Ok(Diff {
        effective: new.effective,
        money: changes.periods,
        total_delta: changes.total,
        before: old.four_lines(&facts.carried_to(old), book, as_of)?,
        after: new.four_lines(&new_facts, book, as_of)?,
        rights: terms::changes(old, new),
    })
}
