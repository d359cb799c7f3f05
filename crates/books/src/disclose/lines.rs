//! The four lines: of each lease, of each tenant, and in sum.

use std::collections::BTreeMap;

use leasehold_contract::disclose::{Band, FourLines};
use leasehold_contract::lease::Standard;
use leasehold_types::{BadAmount, Currency, Date, Money, Ratio, TenantId};
use serde::{Deserialize, Serialize};

use super::error::DisclosureError;
use super::leases::{Leases, LeftOut, Prepared, UndisclosedFee};
use super::names::Named;
use super::options::DisclosureOptions;
use super::sums::sum;

/// The four lines of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// Of each lease that is not left out, by id; in the order of the labels where anonymous.
    pub leases: Vec<LeaseLines>,
    /// Of each tenant.
    pub tenants: Vec<TenantLines>,
    /// Of all together.
    pub total: LinesSum,
}

/// Four numbers that are never shown apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Fees from the reporting date to the stated end.
    pub headline_value: Money,
    /// Fees from the reporting date to the end of the enforceable term.
    pub non_cancellable_value: Money,
    /// What of it is not recognised yet, after the expedients.
    pub rpo: Money,
    /// A month's fee at the terms in force as the reporting date has closed.
    pub run_rate_month: Money,
}

/// The lines of one lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseLines {
    /// Which lease.
    pub lease: Named,
    /// Whose.
    pub tenant: Named,
    /// The first day after the last of its stated term.
    pub stated_end: Date,
    /// The first day after the last enforceable one.
    pub term_end: Date,
    /// What decides that day, in words.
    pub because: String,
    /// The earliest end that either side could bring about.
    pub earliest_exit: Option<Date>,
    /// The four lines.
    pub figures: Figures,
    /// How one becomes the next.
    pub reconciliation: Vec<Step>,
    /// By which standard it is accounted for.
    pub standard: Standard,
    /// Months at the run rate to the end of the enforceable term.
    pub months: Ratio,
    /// How the run rate becomes the non-cancellable value.
    pub run_rate_reconciliation: Vec<Step>,
    /// When they fall due.
    pub bands: Vec<BandLine>,
    /// What is in no line.
    pub undisclosed: Vec<UndisclosedFee>,
}

/// The lines of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantLines {
    /// Which tenant.
    pub tenant: Named,
    /// Whether it is a related party of the owner's on the reporting date.
    pub is_related: bool,
    /// Its leases together.
    pub sum: LinesSum,
}

/// The lines of several leases together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinesSum {
    /// How many leases are in it.
    pub leases: usize,
    /// The four lines.
    pub figures: Figures,
    /// Of the RPO, rent of leases under ASC 842: that standard discloses it apart.
    pub rpo_of_leases: Money,
    /// How one becomes the next.
    pub reconciliation: Vec<Step>,
    /// How the run rate becomes the non-cancellable value.
    pub run_rate_reconciliation: Vec<Step>,
    /// When they fall due.
    pub bands: Vec<BandLine>,
    /// What is in no line because it is not disclosed.
    pub undisclosed: Vec<UndisclosedFee>,
    /// Leases that are in no line, and why.
    pub left_out: Vec<LeftOut>,
}

/// A line of a reconciliation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it is and why, in words.
    pub label: String,
    /// Its amount; below zero where it is taken off.
    pub amount: Money,
    /// Whether it is the sum of the lines since the last one that was.
    pub is_sum: bool,
}

/// What falls due within a band.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BandLine {
    /// `within 12 months`, `12 to 36 months`, `after 36 months`.
    pub label: String,
    /// The first day.
    pub from: Date,
    /// The first day after; absent for the last band.
    pub until: Option<Date>,
    /// Of the non-cancellable value.
    pub non_cancellable_value: Money,
    /// Of the RPO.
    pub rpo: Money,
}

/// The four lines of `currency`.
pub(super) fn lines(
    leases: &Leases,
    options: &DisclosureOptions,
    currency: Currency,
) -> Result<Lines, DisclosureError> {
    let mut rows = Vec::new();
    let mut by_tenant: BTreeMap<&TenantId, Vec<&Prepared>> = BTreeMap::new();
    let all: Vec<&Prepared> = leases.in_currency(currency).collect();
    for lease in &all {
        by_tenant.entry(&lease.tenant).or_default().push(lease);
        if let Some((four, bands)) = &lease.ahead {
            rows.push(lease_lines(leases, lease, four, bands, options)?);
        }
    }
    let mut tenants = Vec::with_capacity(by_tenant.len());
    for (id, own) in by_tenant {
        tenants.push(TenantLines {
            tenant: leases.names.tenant(id),
            is_related: own.iter().any(|lease| lease.is_related(leases.at, leases.at)),
            sum: sum(leases, &own, options, currency)?,
        });
    }
    tenants.sort_by_key(|row| (row.tenant.label.len(), row.tenant.label.clone()));
    Ok(Lines { leases: rows, tenants, total: sum(leases, &all, options, currency)? })
}

fn lease_lines(
    leases: &Leases,
    lease: &Prepared,
    four: &FourLines,
    bands: &[Band],
    options: &DisclosureOptions,
) -> Result<LeaseLines, DisclosureError> {
    let named = leases.names.lease(&lease.id);
    let fee = |found: &_| UndisclosedFee::of(named.clone(), Clone::clone(found));
    let steps = four.reconciliation.iter().map(|line| Step {
        label: line.label.clone(),
        amount: line.amount,
        is_sum: line.is_sum,
    });
    let how_long = format!("run rate for {} months", two_places(four.bridge.months));
    Ok(LeaseLines {
        tenant: leases.names.tenant(&lease.tenant),
        stated_end: four.enforceable.stated_end,
        term_end: four.term_end(),
        because: four.enforceable.because.to_string(),
        earliest_exit: four.earliest_exit(),
        figures: figures(four),
        reconciliation: steps.collect(),
        standard: lease.standard(),
        months: four.bridge.months,
        run_rate_reconciliation: bridge(
            &how_long,
            four.bridge.at_run_rate,
            four.bridge.difference,
        )?,
        bands: bands.iter().enumerate().map(|(i, band)| band_line(i, band, options)).collect(),
        undisclosed: four.undisclosed.iter().map(fee).collect(),
        lease: named,
    })
}

const fn figures(four: &FourLines) -> Figures {
    Figures {
        headline_value: four.headline_value,
        non_cancellable_value: four.non_cancellable_value,
        rpo: four.rpo,
        run_rate_month: four.run_rate_month,
    }
}

pub(super) fn bridge(how_long: &str, at: Money, difference: Money) -> Result<Vec<Step>, BadAmount> {
    let step = |label: &str, amount, is_sum| Step { label: label.to_owned(), amount, is_sum };
    Ok(vec![
        step(&format!("{how_long}, to the end of the enforceable term"), at, false),
        step(
            "fees at another rate (ramps, later prices, late units, recalls), rounding",
            difference,
            false,
        ),
        step("non-cancellable value", at.checked_add(difference)?, true),
    ])
}

pub(super) fn band_line(place: usize, band: &Band, options: &DisclosureOptions) -> BandLine {
    let months = &options.bands_months;
    let label =
        match (place.checked_sub(1).and_then(|before| months.get(before)), months.get(place)) {
            (None, None) => "all".to_owned(),
            (None, Some(to)) => format!("within {to} months"),
            (Some(from), Some(to)) => format!("{from} to {to} months"),
            (Some(from), None) => format!("after {from} months"),
        };
    let Band { from, until, non_cancellable_value, rpo } = band.clone();
    BandLine { label, from, until, non_cancellable_value, rpo }
}

/// To two places, for people.
pub(super) fn two_places(value: Ratio) -> String {
    let Ok(scaled) = value.checked_mul(Ratio::whole(100)) else { return value.to_string() };
    let scaled = scaled.round(leasehold_types::Rounding::HalfAway);
    let (whole, part) = (scaled / 100, (scaled % 100).unsigned_abs());
    let sign = if scaled < 0 && whole == 0 { "-" } else { "" };
    if part == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part:02}") }
}
