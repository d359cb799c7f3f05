//! What an amendment changes in money, period by period.

use leasehold_types::{Date, Money, TrancheId};

use super::PeriodDelta;
use crate::exact::Days;
use crate::schedule::Evaluation;
use crate::{EvalError, Facts, Lease, Problem};

/// The periods whose totals differ.
pub(crate) struct MoneyChanges {
    pub(crate) periods: Vec<PeriodDelta>,
    pub(crate) total: Money,
    /// Whether a fee that is not disclosed is left out.
    pub(crate) undisclosed: bool,
}

/// Compares the schedules of both versions from `new.effective` on, cut wherever a billing period
/// of either begins.
pub(crate) fn money(old: &Lease, new: &Lease, facts: &Facts) -> Result<MoneyChanges, EvalError> {
    if old.currency != new.currency {
        let message = format!(
            "the versions are in {} and {}; end the lease and sign a new one instead",
            old.currency, new.currency
        );
        return Err(Problem::NotComparable(message).at(&new.id, "currency"));
    }
    let (old_facts, new_facts) = (facts.carried_to(old), facts.carried_to(new));
    let new_facts = new_facts.expecting_deliveries(new, new.effective);
    let (before, after) = (old.evaluate(&old_facts)?, new.evaluate(&new_facts)?);
    let mut changes =
        MoneyChanges { periods: Vec::new(), total: Money::zero(new.currency), undisclosed: false };
    for days in cuts(&before, &after, new.effective)? {
        let (was, is) =
            (before.schedule(days.from, days.until)?, after.schedule(days.from, days.until)?);
        changes.undisclosed |= !was.undisclosed.is_empty() || !is.undisclosed.is_empty();
        let delta = after.ok("amendment", is.total.checked_sub(was.total))?;
        if !delta.is_zero() {
            changes.total = after.ok("amendment", changes.total.checked_add(delta))?;
            let (from, until) = (days.from, days.until);
            let (before, after) = (was.total, is.total);
            changes.periods.push(PeriodDelta { from, until, before, after, delta });
        }
    }
    Ok(changes)
}

fn cuts(
    before: &Evaluation<'_>,
    after: &Evaluation<'_>,
    effective: Date,
) -> Result<Vec<Days>, EvalError> {
    let mut dates = before.billing_boundaries()?;
    dates.extend(after.billing_boundaries()?);
    dates.retain(|date| *date > effective);
    dates.push(effective);
    dates.sort();
    dates.dedup();
    Ok(dates.windows(2).map(|pair| Days::new(pair[0], pair[1])).collect())
}

impl Facts {
    /// These facts as far as they are about what `lease` has: other tranches left out, deliveries
    /// beyond its units too. For a version that has other tranches than the one they come from.
    #[must_use]
    pub fn carried_to(&self, lease: &Lease) -> Facts {
        let units = |id: &TrancheId| lease.tranches.iter().find(|t| t.id == *id).map(|t| t.units);
        let mut carried = self.clone();
        carried.takings.retain(|taking| units(&taking.tranche).is_some());
        carried.reductions.retain(|r| units(&r.tranche).is_some_and(|units| r.keeps <= units));
        carried.deliveries.sort_by_key(|delivery| delivery.on);
        let mut delivered = std::collections::BTreeMap::new();
        for delivery in &mut carried.deliveries {
            let sum = delivered.entry(delivery.tranche.clone()).or_insert(0_u64);
            let most = units(&delivery.tranche).map_or(0, |units| units.0.saturating_sub(*sum));
            delivery.units.0 = delivery.units.0.min(most);
            *sum = sum.saturating_add(delivery.units.0);
        }
        carried.deliveries.retain(|delivery| !delivery.units.is_zero());
        carried
    }
}
