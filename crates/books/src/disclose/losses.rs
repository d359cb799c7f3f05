//! Notices of one side on all leases of a tenant, and of all tenants together.

use std::collections::BTreeMap;

use leasehold_contract::lease::Side;
use leasehold_types::{BadAmount, Currency, Date, Money, Ratio};
use serde::{Deserialize, Serialize};

use super::concentration::percent;
use super::error::DisclosureError;
use super::exposure::{LeaseExposure, Outlook, Possible};
use super::leases::share;
use super::names::Named;

/// Exposure under notice, of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exposure {
    /// What is assumed.
    pub base: String,
    /// By lease, the tenant's notice first.
    pub leases: Vec<LeaseExposure>,
    /// By tenant: if it, or the owner, gives notice on all of its leases.
    pub tenants: Vec<Loss>,
    /// If every tenant does, and if the owner does to all.
    pub all: Vec<Loss>,
    /// The run rate as leases fall away, if every tenant gives notice as soon as it may.
    pub run_rate: Vec<RunRateStep>,
}

/// What notices on several leases would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// Whose leases; absent for all tenants together.
    pub tenant: Option<Named>,
    /// Who gives notice.
    pub side: Side,
    /// Leases that go on.
    pub leases: usize,
    /// Of them, those that such a notice ends earlier than they end anyway.
    pub ended: usize,
    /// The first day on which one of them is over, and the last.
    pub ends: Option<(Date, Date)>,
    /// Fees that are no longer due.
    pub fees_lost: Money,
    /// What the side that leaves pays.
    pub penalties: Money,
    /// As things stand.
    pub before: Outlook,
    /// Under the notices.
    pub after: Outlook,
    /// The part of all tenants' run rate that is lost, exact; absent where there is none.
    pub run_rate_share: Option<Ratio>,
    /// The same in percent, to one place.
    pub run_rate_percent: Option<String>,
    /// Whether fees that are not disclosed are lost besides.
    pub is_undisclosed: bool,
}

/// The run rate from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRateStep {
    /// From this day on.
    pub from: Date,
    /// What is lost on it, a month.
    pub lost: Money,
    /// What is left, a month, at today's terms.
    pub left: Money,
}

/// Words on the base.
const BASE: &str = "Every lease runs to its stated end, or to the end that notices and causes have \
    already brought about; units that are still due come; nothing else happens. A notice is \
    received on the day after the reporting date, or on the first day on which it may be served.";

/// What the exposures of single leases come to together.
pub(super) fn exposure(
    leases: Vec<LeaseExposure>,
    currency: Currency,
) -> Result<Exposure, DisclosureError> {
    let tenant_side = leases.iter().filter(|row| row.side == Side::Tenant);
    let total = Money::sum(currency, tenant_side.map(|row| row.before.run_rate_month))?;
    let (mut tenants, mut all) = (Vec::new(), Vec::new());
    for side in [Side::Tenant, Side::Owner] {
        let own: Vec<&LeaseExposure> = leases.iter().filter(|row| row.side == side).collect();
        // In the order of the labels.
        let mut by_tenant: BTreeMap<(usize, &str), Vec<&LeaseExposure>> = BTreeMap::new();
        for row in &own {
            let label = row.tenant.label.as_str();
            by_tenant.entry((label.len(), label)).or_default().push(row);
        }
        for own in by_tenant.values() {
            tenants.push(loss(own.first().map(|row| row.tenant.clone()), side, own, total)?);
        }
        all.push(loss(None, side, &own, total)?);
    }
    let run_rate = falling(&leases, total)?;
    Ok(Exposure { base: BASE.to_owned(), leases, tenants, all, run_rate })
}

fn loss(
    tenant: Option<Named>,
    side: Side,
    own: &[&LeaseExposure],
    total: Money,
) -> Result<Loss, DisclosureError> {
    let sum = |of: &dyn Fn(&LeaseExposure) -> Money| {
        Money::sum(total.currency(), own.iter().map(|row| of(row)))
    };
    let zero = Money::zero(total.currency());
    let ended: Vec<Date> = own.iter().filter_map(|row| earlier(row)).collect();
    let before = together(own, |row| row.before, total.currency())?;
    let after = together(own, |row| row.after, total.currency())?;
    let lost = before.run_rate_month.checked_sub(after.run_rate_month)?;
    let run_rate_share = share(lost, total)?;
    Ok(Loss {
        tenant,
        side,
        leases: own.len(),
        ended: ended.len(),
        ends: ended.iter().min().copied().zip(ended.iter().max().copied()),
        fees_lost: sum(&|row| row.fees_lost)?,
        penalties: sum(&|row| row.penalty.as_ref().map_or(zero, |penalty| penalty.amount))?,
        before,
        after,
        run_rate_share,
        run_rate_percent: run_rate_share.map(percent),
        is_undisclosed: own.iter().any(|row| row.is_undisclosed),
    })
}

/// The day on which a notice ends a lease, where that is earlier than it ends anyway.
fn earlier(row: &LeaseExposure) -> Option<Date> {
    let can = !matches!(row.notice, Possible::Never(_));
    row.ends.filter(|ends| can && *ends < row.ends_now)
}

fn together(
    own: &[&LeaseExposure],
    of: impl Fn(&LeaseExposure) -> Outlook,
    currency: Currency,
) -> Result<Outlook, BadAmount> {
    let sum =
        |part: fn(Outlook) -> Money| Money::sum(currency, own.iter().map(|row| part(of(row))));
    Ok(Outlook {
        headline_value: sum(|outlook| outlook.headline_value)?,
        rpo: sum(|outlook| outlook.rpo)?,
        run_rate_month: sum(|outlook| outlook.run_rate_month)?,
    })
}

/// The run rate day by day, if every tenant leaves as soon as it may.
fn falling(leases: &[LeaseExposure], total: Money) -> Result<Vec<RunRateStep>, BadAmount> {
    let mut lost: BTreeMap<Date, Money> = BTreeMap::new();
    for row in leases.iter().filter(|row| row.side == Side::Tenant) {
        let from = earlier(row).unwrap_or(row.ends_now);
        let sum = lost.entry(from).or_insert(Money::zero(total.currency()));
        *sum = sum.checked_add(row.before.run_rate_month)?;
    }
    let mut left = total;
    let mut steps = Vec::with_capacity(lost.len());
    for (from, lost) in lost.into_iter().filter(|(_, lost)| !lost.is_zero()) {
        left = left.checked_sub(lost)?;
        steps.push(RunRateStep { from, lost, left });
    }
    Ok(steps)
}
