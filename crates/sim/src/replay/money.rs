//! Money of one lease over the replay's quarters: asked of the contract, never computed here.

use leasehold_contract::schedule::{Evaluation, LineKind};
use leasehold_contract::{EvalError, Facts, Lease, NoticeBook};
use leasehold_types::{BadAmount, Money};

use super::steps::{Grid, Quarter};
use crate::figures::{Concentration, LeaseMoney, QuarterLines, QuarterMoney};

/// What can go wrong: a lease that cannot be evaluated, or a sum that does not fit.
#[derive(Debug, thiserror::Error)]
pub enum MoneyError {
    /// The lease or its facts.
    #[error(transparent)]
    Evaluation(#[from] EvalError),
    /// A sum.
    #[error(transparent)]
    Amount(#[from] BadAmount),
}

/// The four lines of `lease` as a quarter closes.
///
/// # Errors
/// [`MoneyError`].
pub fn lines(
    lease: &Lease,
    facts: &Facts,
    book: &NoticeBook,
    quarter: &Quarter,
) -> Result<QuarterLines, MoneyError> {
    let last_day = quarter.until.yesterday().unwrap_or(quarter.until);
    let expected = facts.expecting_deliveries(lease, quarter.until);
    let four = lease.four_lines(&expected, book, lease.close_of(last_day))?;
    Ok(QuarterLines {
        quarter: quarter.name.clone(),
        as_of: last_day,
        headline_value: four.headline_value,
        non_cancellable_value: four.non_cancellable_value,
        rpo: four.rpo,
        run_rate_month: four.run_rate_month,
        term_end: four.term_end(),
    })
}

/// Recognised and billed by quarter, from all that happened.
///
/// # Errors
/// [`MoneyError`].
pub fn quarters(
    lease: &Lease,
    facts: &Facts,
    book: &NoticeBook,
    grid: &Grid,
) -> Result<Vec<QuarterMoney>, MoneyError> {
    let evaluation = lease.evaluate(facts)?;
    let bounds = evaluation.billing_boundaries()?;
    let billing = match (bounds.first(), bounds.last()) {
        (Some(first), Some(last)) => Some(evaluation.schedule(*first, *last)?),
        _ => None,
    };
    let round = |to| -> Result<Money, MoneyError> {
        let exact = lease.recognised(facts, book, to)?;
        Ok(Money::from_exact(exact, lease.currency, lease.rules.rounding))
    };
    let mut rows = Vec::new();
    let mut so_far = match grid.quarters.first() {
        Some(first) => round(lease.start_of(first.from))?,
        None => Money::zero(lease.currency),
    };
    for quarter in &grid.quarters {
        let to_date = round(lease.start_of(quarter.until))?;
        let mut row = of_quarter(&evaluation, lease, quarter)?;
        row.recognised = to_date.checked_sub(so_far)?;
        so_far = to_date;
        let invoiced = billing.iter().flat_map(|s| &s.periods).flat_map(|p| &p.lines);
        let dated =
            invoiced.filter(|l| quarter.from <= l.invoiced_on && l.invoiced_on < quarter.until);
        row.billed = Money::sum(lease.currency, dated.map(|line| line.amount))?;
        rows.push(row);
    }
    Ok(rows)
}

/// What was taken off in a quarter; the rest is filled in by the caller.
fn of_quarter(
    evaluation: &Evaluation<'_>,
    lease: &Lease,
    quarter: &Quarter,
) -> Result<QuarterMoney, MoneyError> {
    let schedule = evaluation.schedule(quarter.from, quarter.until)?;
    let zero = Money::zero(lease.currency);
    let sum_of = |kind: LineKind| -> Result<Money, MoneyError> {
        let lines = schedule.periods.iter().flat_map(|p| &p.lines).filter(|l| l.kind == kind);
        Ok(zero.checked_sub(Money::sum(lease.currency, lines.map(|l| l.amount))?)?)
    };
    Ok(QuarterMoney {
        quarter: quarter.name.clone(),
        recognised: zero,
        billed: zero,
        abatement: sum_of(LineKind::RecallAbatement)?,
        compensation: sum_of(LineKind::RecallCompensation)?,
        undisclosed_months: schedule.undisclosed.iter().map(|u| u.months).sum(),
    })
}

/// Tenants at or above a tenth of revenue, by quarter and over all of them, a row a currency.
///
/// # Errors
/// [`MoneyError`] where a sum does not fit.
pub fn concentration(leases: &[LeaseMoney]) -> Result<Vec<Concentration>, MoneyError> {
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
