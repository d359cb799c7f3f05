//! Tenants at or above a tenth of revenue.

use leasehold_types::Money;

use super::money::MoneyError;
use crate::figures::{Concentration, LeaseMoney};

/// Tenants at or above a tenth of revenue, by quarter and over all of them, a row a currency.
///
/// # Errors
/// [`MoneyError`] where a sum does not fit.
pub fn of_all(leases: &[LeaseMoney]) -> Result<Vec<Concentration>, MoneyError> {
    let mut names: Vec<String> = Vec::new();
    for quarter in leases.iter().flat_map(|l| &l.quarters) {
        if !names.contains(&quarter.quarter) {
            names.push(quarter.quarter.clone());
        }
    }
    names.push("all".into());
    let mut rows = Vec::new();
    for name in &names {
        concentration_of(leases, name, &mut rows)?;
    }
    Ok(rows)
}

fn concentration_of(
    leases: &[LeaseMoney],
    name: &str,
    rows: &mut Vec<Concentration>,
) -> Result<(), MoneyError> {
    let mut by_currency: std::collections::BTreeMap<_, Vec<(String, Money)>> = Default::default();
    for lease in leases {
        for quarter in lease.quarters.iter().filter(|q| name == "all" || q.quarter == name) {
            let currency = quarter.recognised.currency();
            let tenants: &mut Vec<(String, Money)> = by_currency.entry(currency).or_default();
            match tenants.iter_mut().find(|(tenant, _)| *tenant == lease.tenant) {
                Some((_, sum)) => *sum = sum.checked_add(quarter.recognised)?,
                None => tenants.push((lease.tenant.clone(), quarter.recognised)),
            }
        }
    }
    for (currency, tenants) in by_currency {
        let revenue = Money::sum(currency, tenants.iter().map(|(_, sum)| *sum))?;
        let mut large: Vec<_> = tenants
            .into_iter()
            .filter(|(_, sum)| sum.minor() > 0 && sum.minor().saturating_mul(10) >= revenue.minor())
            .filter_map(|(tenant, sum)| {
                leasehold_types::Ratio::new(sum.minor(), revenue.minor())
                    .ok()
                    .map(|share| (tenant, share))
            })
            .collect();
        large.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        rows.push(Concentration { quarter: name.to_owned(), revenue, tenants: large });
    }
    Ok(())
}
