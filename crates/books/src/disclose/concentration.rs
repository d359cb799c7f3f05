//! Tenants that bring a large share of revenue, over three periods.

use std::collections::BTreeMap;

use leasehold_types::{Currency, Money, Ratio, Rounding, TenantId};
use serde::{Deserialize, Serialize};

use super::booked::Booked;
use super::error::DisclosureError;
use super::leases::{Leases, UndisclosedFee, share};
use super::names::Named;
use super::options::DisclosureOptions;
use super::quarters::Span;

/// Whose revenue one period's revenue was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concentration {
    /// Which period.
    pub period: Span,
    /// All revenue of the period, credits off.
    pub revenue: Money,
    /// Tenants at or above the threshold, the largest first.
    pub tenants: Vec<TenantShare>,
    /// The others together.
    pub others: Others,
    /// Related parties among the others.
    pub related_others: Vec<TenantShare>,
    /// Fees of the period that are in no sum and no share because they are not disclosed.
    pub undisclosed: Vec<UndisclosedFee>,
}

/// The share of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantShare {
    /// Which tenant.
    pub tenant: Named,
    /// Its revenue.
    pub revenue: Money,
    /// Its share, exact; absent where there is no revenue to share.
    pub share: Option<Ratio>,
    /// The same in percent, to one place.
    pub percent: Option<String>,
    /// Whether it is a related party of the owner's on any day of the period.
    pub is_related: bool,
}

/// Tenants below the threshold together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Others {
    /// How many have any revenue.
    pub tenants: usize,
    /// Their revenue.
    pub revenue: Money,
    /// Their share, exact.
    pub share: Option<Ratio>,
    /// The same in percent, to one place.
    pub percent: Option<String>,
}

/// Whose revenue it was, for each of `periods`.
pub(super) fn concentration(
    leases: &Leases,
    booked: &Booked,
    periods: &[Span],
    options: &DisclosureOptions,
    currency: Currency,
) -> Result<Vec<Concentration>, DisclosureError> {
    let all = periods.iter().enumerate().map(|(i, period)| {
        let of_it = booked.periods.iter().filter(|((at, _), _)| *at == i);
        let revenue = of_it.map(|((_, tenant), revenue)| (tenant, *revenue)).collect();
        of_period(leases, period, &revenue, options, currency)
    });
    all.collect()
}

fn of_period(
    leases: &Leases,
    period: &Span,
    revenue: &BTreeMap<&TenantId, Money>,
    options: &DisclosureOptions,
    currency: Currency,
) -> Result<Concentration, DisclosureError> {
    let total = Money::sum(currency, revenue.values().copied())?;
    let (mut tenants, mut others) = (Vec::new(), Vec::new());
    for (id, revenue) in revenue.iter().filter(|(_, revenue)| !revenue.is_zero()) {
        let share = share(*revenue, total)?;
        let mut own = leases.of_tenant(id).filter(|lease| lease.currency == currency);
        let is_related = own.any(|lease| lease.is_related(period.from, period.through));
        let (tenant, percent) = (leases.names.tenant(id), share.map(percent));
        let row = TenantShare { tenant, revenue: *revenue, share, percent, is_related };
        match share.filter(|share| *share >= options.threshold) {
            Some(_) => tenants.push(row),
            None => others.push(row),
        }
    }
    tenants.sort_by(largest_first);
    others.sort_by(largest_first);
    let rest = Money::sum(currency, others.iter().map(|row| row.revenue))?;
    let rest_share = share(rest, total)?;
    let others_sum = Others {
        tenants: others.len(),
        revenue: rest,
        share: rest_share,
        percent: rest_share.map(percent),
    };
    others.retain(|row| row.is_related);
    Ok(Concentration {
        period: period.clone(),
        revenue: total,
        tenants,
        others: others_sum,
        related_others: others,
        undisclosed: leases.undisclosed_in(currency, period)?,
    })
}

/// By share, then by what does not tell the name.
fn largest_first(a: &TenantShare, b: &TenantShare) -> std::cmp::Ordering {
    let label = |row: &TenantShare| (row.tenant.label.len(), row.tenant.label.clone());
    b.share.cmp(&a.share).then_with(|| label(a).cmp(&label(b)))
}

/// A share in percent, to one place, rounded half away from zero; for people.
pub(super) fn percent(share: Ratio) -> String {
    let Ok(scaled) = share.checked_mul(Ratio::whole(1_000)) else { return share.to_string() };
    let scaled = scaled.round(Rounding::HalfAway);
    let sign = if scaled < 0 { "-" } else { "" };
    format!("{sign}{}.{}", scaled.unsigned_abs() / 10, scaled.unsigned_abs() % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_rounded_once() {
        for (n, d, said) in
            [(1, 10, "10.0"), (2, 3, "66.7"), (999, 10_000, "10.0"), (-1, 8, "-12.5")]
        {
            assert_eq!(percent(Ratio::new(n, d).unwrap()), said);
        }
    }
}
