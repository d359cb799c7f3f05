//! The sites at which a lease's revenue is earned.
//!
//! The journal knows leases, not sites. Where all tranches of a lease stand at one site, all of its
//! revenue is earned there. Where they stand at several, each kind of revenue of a quarter is split
//! by largest remainder, ties by the site's name:
//!
//! - fees, use and everything else by the fees of the quarter: those of one tranche go to its site,
//!   those of all tranches together by the units delivered at each, over time;
//! - credits for late delivery and for recalls by the tranches that were late or recalled.
//!
//! Where a quarter has no such fees or credits, the units committed decide. All of this as the lease
//! is known on the reporting date.

use std::collections::BTreeMap;

use leasehold_contract::{Evaluation, LineKind};
use leasehold_types::{Date, Money, Overflow, Period, PoolId, TrancheId, allocate};

use crate::book::Rater;
use crate::ledger::RevenueKind;
use crate::{BooksError, Trouble};

use super::quarters::Span;
use super::view::View;

/// Parts of a minor unit that keys are counted in, so that a fee of all tranches that is split
/// month by month is not rounded to whole units each time.
const KEY_PARTS: i128 = 1_000;

/// Amounts by site.
pub(super) type BySite = BTreeMap<String, Money>;

/// What decides how a quarter is split, by site.
#[derive(Debug, Default)]
struct Keys {
    fees: BTreeMap<String, i128>,
    late: BTreeMap<String, i128>,
    recalls: BTreeMap<String, i128>,
    /// Every site of the lease, with the units committed there.
    units: BTreeMap<String, i128>,
}

/// Splits a quarter's revenue over the sites of a lease.
pub(super) fn split(
    view: &View,
    quarter: &Span,
    revenue: &BTreeMap<RevenueKind, Money>,
) -> Result<BySite, BooksError> {
    let keys = Keys::of(view, quarter)?;
    let mut sums = BySite::new();
    for (kind, amount) in revenue {
        let mut add = || -> Result<(), Trouble> {
            for (site, part) in keys.split(*kind, *amount)? {
                let sum = sums.entry(site).or_insert(Money::zero(amount.currency()));
                *sum = sum.checked_add(part)?;
            }
            Ok(())
        };
        add().map_err(|trouble| {
            trouble.at(&view.signed().id, format!("revenue of {} by site", quarter.label))
        })?;
    }
    Ok(sums)
}

/// The site of a pool: what stands before the first `/` of its name.
fn site_of(pool: &PoolId) -> String {
    pool.as_str().split('/').next().unwrap_or_default().to_owned()
}

impl Keys {
    fn of(view: &View, quarter: &Span) -> Result<Self, BooksError> {
        let mut keys = Keys::default();
        let Some(known) = view.book.known() else {
            keys.commit(view.signed());
            return Ok(keys);
        };
        for span in &known.spans {
            keys.commit(&span.lease);
        }
        if keys.units.len() > 1
            && let Some(rater) = view.rater()?
        {
            keys.add_quarter(&rater, quarter)?;
        }
        Ok(keys)
    }

    fn commit(&mut self, lease: &leasehold_contract::Lease) {
        for tranche in &lease.tranches {
            let units = self.units.entry(site_of(&tranche.pool)).or_default();
            *units = (*units).max(0).saturating_add(tranche.units.0.into());
        }
    }

    fn add_quarter(&mut self, rater: &Rater<'_>, quarter: &Span) -> Result<(), BooksError> {
        for (span, evaluation) in rater.known.spans.iter().zip(&rater.evaluations) {
            let (from, until) = (quarter.from.max(span.from), quarter.until().min(span.until));
            if from < until {
                let days = Period::new(rater.start_of(from), rater.start_of(until));
                let site = |id: &TrancheId| {
                    let tranche = span.lease.tranches.iter().find(|tranche| tranche.id == *id);
                    tranche.map(|tranche| site_of(&tranche.pool)).unwrap_or_default()
                };
                let there = delivered(evaluation, days, &site);
                self.add_lines(evaluation, (from, until), &site, &there)?;
            }
        }
        Ok(())
    }

    fn add_lines(
        &mut self,
        evaluation: &Evaluation<'_>,
        days: (Date, Date),
        site: &impl Fn(&TrancheId) -> String,
        there: &BTreeMap<String, i128>,
    ) -> Result<(), BooksError> {
        let schedule = evaluation.schedule(days.0, days.1)?;
        for line in schedule.periods.iter().flat_map(|period| &period.lines) {
            let sums = match line.kind {
                LineKind::LateDiscount => &mut self.late,
                LineKind::RecallAbatement | LineKind::RecallCompensation => &mut self.recalls,
                _ => &mut self.fees,
            };
            let mut add = |site: String, minor: i128| {
                let sum = sums.entry(site).or_default();
                *sum = sum.saturating_add(minor);
            };
            let minor = line.amount.minor().saturating_mul(KEY_PARTS);
            match &line.tranche {
                Some(tranche) => add(site(tranche), minor),
                None => {
                    let at = |e: Overflow| {
                        Trouble::from(e).at(&schedule.lease, "fees of all tranches by site")
                    };
                    let parts = allocate(minor, &weights(there.values()).map_err(at)?);
                    for (site, part) in there.keys().zip(parts.map_err(at)?) {
                        add(site.clone(), part);
                    }
                }
            }
        }
        Ok(())
    }

    /// The parts of `amount` by site.
    fn split(&self, kind: RevenueKind, amount: Money) -> Result<Vec<(String, Money)>, Trouble> {
        let own = match kind {
            RevenueKind::LateCredits => &self.late,
            RevenueKind::RecallCredits => &self.recalls,
            _ => &self.fees,
        };
        let sized = |keys: &BTreeMap<String, i128>, sign: i128| -> BTreeMap<String, i128> {
            self.units
                .keys()
                .map(|site| (site.clone(), keys.get(site).map_or(0, |key| (key * sign).max(0))))
                .collect()
        };
        let candidates = [sized(own, if kind.is_contra() { -1 } else { 1 }), sized(&self.fees, 1)];
        let weighs = |keys: &&BTreeMap<String, i128>| keys.values().any(|key| *key > 0);
        let keys = candidates.iter().find(weighs).unwrap_or(&self.units);
        let parts = allocate(amount.minor(), &weights(keys.values())?)?;
        let part =
            |(site, minor): (&String, i128)| (site.clone(), Money::new(minor, amount.currency()));
        Ok(keys.keys().zip(parts).map(part).collect())
    }
}

/// Accelerator-seconds delivered within `days`, by site.
fn delivered(
    evaluation: &Evaluation<'_>,
    days: Period,
    site: &impl Fn(&TrancheId) -> String,
) -> BTreeMap<String, i128> {
    let changes = evaluation.commitment_changes(days);
    let mut sums: BTreeMap<String, i128> = BTreeMap::new();
    for (i, change) in changes.iter().enumerate() {
        let next = changes[i + 1..].iter().find(|later| later.tranche == change.tranche);
        let until = next.map_or(days.end(), |later| later.at);
        let seconds = i128::from(until.since(change.at).0.max(0));
        let sum = sums.entry(site(&change.tranche)).or_default();
        *sum = sum.saturating_add(i128::from(change.delivered.0).saturating_mul(seconds));
    }
    sums
}

fn weights<'a>(keys: impl Iterator<Item = &'a i128>) -> Result<Vec<u64>, Overflow> {
    let weight =
        |key: &i128| u64::try_from((*key).max(0)).map_err(|_| Overflow::of("a share of a site"));
    keys.map(weight).collect()
}
