//! What it costs to amend a lease.

use leasehold_types::{Instant, Money};

use super::{CostNature, Quote, end_of_day};
use crate::diff::money;
use crate::lease::Side;
use crate::{EvalError, Facts, Lease};

/// What it costs to replace `old` by `new` from `new.effective` on: fees that rise are the
/// tenant's, fees that fall the owner's. What the new version adds is expected on its day.
///
/// # Errors
/// [`EvalError`] where the two cannot be compared, the facts contradict one of them or a number
/// does not fit.
pub fn amendment(
    old: &Lease,
    new: &Lease,
    facts: &Facts,
    now: Instant,
) -> Result<Quote, EvalError> {
    let step = format!("lease `{}` is amended from {} on", new.id, new.effective);
    let mut quote = Quote::new(step, now, end_of_day(new, now));
    if new.version <= old.version {
        quote.objections.push(format!(
            "version {} does not follow version {}; number it {}",
            new.version,
            old.version,
            old.version.saturating_add(1)
        ));
    }
    if new.start_of(new.effective) < now {
        quote.objections.push(format!(
            "it is backdated to {}: what was billed stays, and is corrected by credit notes and \
             new charges",
            new.effective
        ));
    }
    let changes = money(old, new, facts)?;
    let (mut more, mut less) = (Money::zero(new.currency), Money::zero(new.currency));
    for period in &changes.periods {
        let (sum, part) = if period.delta.is_negative() {
            (&mut less, period.before.checked_sub(period.after))
        } else {
            (&mut more, Ok(period.delta))
        };
        let sum_of = part.and_then(|part| sum.checked_add(part));
        *sum = sum_of.map_err(|e| crate::Problem::from(e).at(&new.id, "amendment"))?;
    }
    quote.push(Side::Tenant, CostNature::Paid, more, "periods whose fees rise".to_owned());
    quote.push(Side::Owner, CostNature::Forgone, less, "periods whose fees fall".to_owned());
    if changes.undisclosed {
        quote.objections.push("part of the fee is not disclosed and is left out".to_owned());
    }
    Ok(quote)
}
