//! Exact sums over the rows of the figures, in their own order.
//!
//! Sums stop at the end of 128 bits rather than wrap; no fleet and no fee comes near it.

use std::collections::{BTreeMap, BTreeSet};

use leasehold_sim::figures::{
    Capacity, CapacityRow, Figures, LeaseMoney, PolicyFigures, QuarterMoney, RecallTotals,
    RequestRow,
};
use leasehold_types::{AcceleratorSeconds, Currency, Money};

/// The sum of capacities, part by part.
pub fn capacity<'a>(rows: impl IntoIterator<Item = &'a Capacity>) -> Capacity {
    rows.into_iter().fold(Capacity::default(), |sum, row| Capacity {
        owned: add(sum.owned, row.owned),
        down: add(sum.down, row.down),
        jobs: add(sum.jobs, row.jobs),
        busy: add(sum.busy, row.busy),
        quiet: add(sum.quiet, row.quiet),
        recalled: add(sum.recalled, row.recalled),
        idle: add(sum.idle, row.idle),
    })
}

fn add(a: AcceleratorSeconds, b: AcceleratorSeconds) -> AcceleratorSeconds {
    AcceleratorSeconds(a.0.saturating_add(b.0))
}

/// All that one policy's pools amount to.
pub fn policy_capacity(policy: &PolicyFigures) -> Capacity {
    capacity(policy.capacity.iter().map(|row| &row.capacity))
}

/// Capacity rows summed by a key, the keys in the order in which they first come.
pub fn capacity_by<'a, K: PartialEq>(
    rows: &'a [CapacityRow],
    key: impl Fn(&'a CapacityRow) -> K,
) -> Vec<(K, Capacity)> {
    let mut sums: Vec<(K, Capacity)> = Vec::new();
    for row in rows {
        let key = key(row);
        match sums.iter_mut().find(|(known, _)| *known == key) {
            Some((_, sum)) => *sum = capacity([&*sum, &row.capacity]),
            None => sums.push((key, row.capacity)),
        }
    }
    sums
}

/// Amounts, apart by currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Amounts(BTreeMap<Currency, i128>);

impl Amounts {
    /// The sums of `amounts`.
    pub fn of(amounts: impl IntoIterator<Item = Money>) -> Self {
        let mut sums = Amounts::default();
        for amount in amounts {
            let sum = sums.0.entry(amount.currency()).or_default();
            *sum = sum.saturating_add(amount.minor());
        }
        sums
    }

    /// What there is of `currency`, if any was added.
    pub fn get(&self, currency: Currency) -> Option<Money> {
        self.0.get(&currency).map(|minor| Money::new(*minor, currency))
    }

    /// One amount a currency, by its code.
    pub fn iter(&self) -> impl Iterator<Item = Money> + '_ {
        self.0.iter().map(|(currency, minor)| Money::new(*minor, *currency))
    }
}

/// The quarters of one lease's money that fit `take`, summed by currency over all leases.
pub fn money(policy: &PolicyFigures, take: impl Fn(&QuarterMoney) -> Money) -> Amounts {
    Amounts::of(policy.money.iter().flat_map(|lease| &lease.quarters).map(take))
}

/// Months of leases for which a fee is owed that is not known.
pub fn undisclosed_months(policy: &PolicyFigures) -> u64 {
    let quarters = policy.money.iter().flat_map(|lease| &lease.quarters);
    quarters.map(|quarter| u64::from(quarter.undisclosed_months)).sum()
}

/// Every currency in which any policy has money, by its code.
pub fn currencies(figures: &Figures) -> BTreeSet<Currency> {
    figures.policies.iter().flat_map(policy_currencies).collect()
}

/// Every currency in which `policy` has money.
pub fn policy_currencies(policy: &PolicyFigures) -> BTreeSet<Currency> {
    policy.money.iter().flat_map(lease_currencies).collect()
}

fn lease_currencies(lease: &LeaseMoney) -> impl Iterator<Item = Currency> + '_ {
    let quarters = lease.quarters.iter().map(|quarter| quarter.recognised.currency());
    quarters.chain(lease.lines.iter().map(|lines| lines.headline_value.currency()))
}

/// The quarters of `policy`, in order.
pub fn quarters(policy: &PolicyFigures) -> BTreeSet<&str> {
    let capacity = policy.capacity.iter().map(|row| row.quarter.as_str());
    let money = policy.money.iter().flat_map(|lease| &lease.quarters);
    let recalls = policy.recalls.totals.iter().map(|row| row.quarter.as_str());
    let requests = policy.requests.rows.iter().map(|row| row.quarter.as_str());
    capacity
        .chain(money.map(|quarter| quarter.quarter.as_str()))
        .chain(recalls)
        .chain(requests)
        .collect()
}

/// Recalls over all rows.
pub fn recalls<'a>(rows: impl IntoIterator<Item = &'a RecallTotals>) -> RecallTotals {
    let none = RecallTotals {
        lease: String::new(),
        quarter: String::new(),
        ordered: 0,
        withdrawn: 0,
        notice_kept: 0,
        breaches: 0,
        units: 0,
        taken: AcceleratorSeconds::ZERO,
    };
    rows.into_iter().fold(none, |sum, row| RecallTotals {
        ordered: sum.ordered.saturating_add(row.ordered),
        withdrawn: sum.withdrawn.saturating_add(row.withdrawn),
        notice_kept: sum.notice_kept.saturating_add(row.notice_kept),
        breaches: sum.breaches.saturating_add(row.breaches),
        units: sum.units.saturating_add(row.units),
        taken: add(sum.taken, row.taken),
        ..sum
    })
}

/// Requests over all rows. What waits at the end is what waits in each lease's last row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestSums {
    /// Requests that came.
    pub arrived: u128,
    /// Requests answered.
    pub served: u128,
    /// Of these, that waited for capacity first.
    pub queued: u128,
    /// Requests turned away.
    pub turned_away: u128,
    /// Requests still waiting after the last quarter.
    pub waiting: u128,
    /// Input tokens served.
    pub input: u128,
    /// Output tokens served.
    pub output: u128,
    /// Accelerator-seconds granted.
    pub granted: u128,
    /// Of it, serving.
    pub busy: u128,
}

impl RequestSums {
    /// Sums `rows`, which are in the order of their quarters within each lease.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a RequestRow>) -> Self {
        let mut sums = RequestSums::default();
        let mut last: BTreeMap<&str, u64> = BTreeMap::new();
        for row in rows {
            sums.arrived += u128::from(row.arrived);
            sums.served += u128::from(row.served);
            sums.queued += u128::from(row.queued);
            sums.turned_away += u128::from(row.turned_away);
            sums.input += u128::from(row.input.0);
            sums.output += u128::from(row.output.0);
            sums.granted = sums.granted.saturating_add(row.granted.0);
            sums.busy = sums.busy.saturating_add(row.busy.0);
            last.insert(&row.lease, row.waiting);
        }
        sums.waiting = last.values().map(|waiting| u128::from(*waiting)).sum();
        sums
    }
}

/// How the figures name the whole span where a quarter would stand.
pub const WHOLE_SPAN: &str = "all";
