//! An obvious and slow evaluation: one civil day after another, one minute after another.

use std::collections::BTreeMap;

use leasehold_types::{Date, Instant, Ratio, Seconds, months_boundary};

use crate::facts::{Facts, TakenUnits};
use crate::lease::*;

pub(crate) fn whole(value: impl Into<i128>) -> Ratio {
    Ratio::new(value.into(), 1).unwrap()
}

pub(crate) fn sum(values: impl IntoIterator<Item = Ratio>) -> Ratio {
    values.into_iter().fold(Ratio::ZERO, |sum, value| sum.checked_add(value).unwrap())
}

pub(crate) fn times(a: Ratio, b: Ratio) -> Ratio {
    a.checked_mul(b).unwrap()
}

pub(crate) fn next(date: Date) -> Date {
    date.tomorrow().unwrap()
}

pub(crate) fn days(from: Date, until: Date) -> Vec<Date> {
    let mut dates = Vec::new();
    let mut date = from;
    while date < until {
        dates.push(date);
        date = next(date);
    }
    dates
}

pub(crate) fn end(lease: &Lease, facts: &Facts) -> Date {
    facts.ends.unwrap_or(lease.term.end).min(lease.term.end)
}

/// Units of a tranche promised, committed, delivered on a day.
pub(crate) fn units(lease: &Lease, facts: &Facts, i: usize, date: Date) -> (u64, u64, u64) {
    let tranche = &lease.tranches[i];
    if date < tranche.delivery || date >= tranche.until || date >= end(lease, facts) {
        return (0, 0, 0);
    }
    let mut committed = tranche.units.0;
    for reduction in &facts.reductions {
        if reduction.tranche == tranche.id && reduction.from <= date {
            committed = committed.min(reduction.keeps.0);
        }
    }
    let mut delivered = 0;
    for delivery in &facts.deliveries {
        if delivery.tranche == tranche.id && delivery.on <= date {
            delivered += delivery.units.0;
        }
    }
    (tranche.units.0, committed, delivered.min(committed))
}

/// The phase that applies on a day, of those of one cover.
fn phase_on<'l>(
    lease: &'l Lease,
    facts: &Facts,
    covers: &Covers,
    date: Date,
) -> Option<&'l FeePhase> {
    if date >= end(lease, facts) {
        return None;
    }
    if let Covers::Tranche(id) = covers {
        let tranche = lease.tranches.iter().find(|t| t.id == *id).unwrap();
        if date < tranche.delivery || date >= tranche.until {
            return None;
        }
    }
    let phases = lease.fees.iter().filter(|fee| fee.covers == *covers && fee.from <= date);
    phases.max_by_key(|fee| fee.from)
}

/// The fee month that holds a day, found by walking.
pub(crate) fn month_of(lease: &Lease, date: Date) -> (Date, Date) {
    let base = match lease.rules.billing.align {
        Alignment::Calendar => lease.anchor.first_of_month(),
        Alignment::Anchor => lease.anchor,
    };
    let mut k = -60;
    loop {
        let from = months_boundary(base, k).unwrap();
        let until = months_boundary(base, k + 1).unwrap();
        if from <= date && date < until {
            return (from, until);
        }
        k += 1;
    }
}

fn number_360(date: Date) -> i128 {
    i128::from(date.year()) * 360 + i128::from(date.month()) * 30 + i128::from(date.day().min(30))
}

/// The share of a month's amount that a day of a phase carries.
fn day_share(lease: &Lease, facts: &Facts, covers: &Covers, date: Date) -> Ratio {
    let (from, until) = month_of(lease, date);
    let month = days(from, until);
    let covered: Vec<&Date> =
        month.iter().filter(|d| phase_on(lease, facts, covers, **d).is_some()).collect();
    let phase = phase_on(lease, facts, covers, date).unwrap();
    let same = |d: &Date| phase_on(lease, facts, covers, *d).is_some_and(|p| p.name == phase.name);
    let of_phase: Vec<&Date> = month.iter().filter(|d| same(d)).collect();
    let (month, covered) = (month.len() as i128, covered.len() as i128);
    match lease.rules.proration {
        DayCount::ActualActual => Ratio::new(1, month).unwrap(),
        DayCount::Actual365Fixed if covered == month => Ratio::new(1, month).unwrap(),
        DayCount::Actual365Fixed => Ratio::new(12, 365).unwrap(),
        DayCount::None => Ratio::new(1, covered).unwrap(),
        DayCount::ThirtyE360 => {
            let first = **of_phase.first().unwrap();
            let after = next(**of_phase.last().unwrap());
            let part = number_360(after) - number_360(first);
            let whole = number_360(until) - number_360(from);
            Ratio::new(part, whole * of_phase.len() as i128).unwrap()
        }
    }
}

/// What a day costs.
#[derive(Debug, Clone)]
pub(crate) struct DayCost {
    /// The fee due: less what is given up and undelivered.
    pub(crate) due: Ratio,
    /// The discount for lateness.
    pub(crate) late: Ratio,
    /// The fee of one unit of each tranche for this day, whether delivered or not.
    pub(crate) unit: Vec<Ratio>,
    pub(crate) undisclosed: bool,
}

fn all_covers(lease: &Lease) -> Vec<Covers> {
    let tranches = lease.tranches.iter().map(|t| Covers::Tranche(t.id.clone()));
    std::iter::once(Covers::Whole).chain(tranches).collect()
}

pub(crate) fn day_cost(lease: &Lease, facts: &Facts, date: Date) -> DayCost {
    let n = lease.tranches.len();
    let seconds = lease.zone.day(date).length().0;
    let mut cost = DayCost {
        due: Ratio::ZERO,
        late: Ratio::ZERO,
        unit: vec![Ratio::ZERO; n],
        undisclosed: false,
    };
    for covers in all_covers(lease) {
        let Some(phase) = phase_on(lease, facts, &covers, date) else { continue };
        let covered: Vec<usize> = (0..n)
            .filter(|i| match &covers {
                Covers::Whole => true,
                Covers::Tranche(id) => lease.tranches[*i].id == *id,
            })
            .collect();
        let promised: u64 = covered.iter().map(|i| units(lease, facts, *i, date).0).sum();
        let unit = match &phase.price {
            Price::Undisclosed => {
                cost.undisclosed = true;
                continue;
            }
            Price::PerAcceleratorHour { minor } => {
                times(*minor, Ratio::new(seconds.into(), 3_600).unwrap())
            }
            Price::Monthly { amount, share } => {
                let day = times(times(whole(amount.minor()), *share), {
                    day_share(lease, facts, &covers, date)
                });
                if promised == 0 {
                    cost.due = sum([cost.due, day]);
                    continue;
                }
                day.checked_div(whole(promised)).unwrap()
            }
        };
        for i in covered {
            let (promised, committed, delivered) = units(lease, facts, i, date);
            if promised == 0 {
                continue;
            }
            cost.unit[i] = sum([cost.unit[i], unit]);
            cost.due = sum([cost.due, times(unit, whole(delivered))]);
            let tranche = &lease.tranches[i];
            let passed = days(tranche.delivery, date).len();
            if passed >= usize::from(tranche.late.grace_days) {
                let missing = times(unit, whole(committed - delivered));
                cost.late = sum([cost.late, times(missing, tranche.late.discount_per_day)]);
            }
        }
    }
    cost
}

/// The civil day of an instant: the last whose first instant is not after it.
pub(crate) fn civil_day(lease: &Lease, at: Instant) -> Date {
    let mut date = lease.zone.date_of(at).yesterday().unwrap();
    while lease.start_of(next(date)) <= at {
        date = next(date);
    }
    date
}

/// Units of tranche `i` out at `at`, by multiplier, each at its highest.
pub(crate) fn out_at(lease: &Lease, facts: &Facts, i: usize, at: Instant) -> BTreeMap<Ratio, u64> {
    let tranche = &lease.tranches[i];
    let mut by_unit: Vec<Option<Ratio>> = vec![None; usize::try_from(tranche.units.0).unwrap() + 1];
    let mut out: BTreeMap<Ratio, u64> = BTreeMap::new();
    if at >= lease.start_of(tranche.until.min(end(lease, facts))) {
        return out;
    }
    let clause = lease.recall.as_ref().unwrap();
    for taking in facts.takings.iter().filter(|t| t.tranche == tranche.id) {
        if !taking.period.contains(at) {
            continue;
        }
        let class = clause.classes.iter().find(|c| c.name == taking.class).unwrap();
        match &taking.units {
            TakenUnits::Counted(units) => *out.entry(class.multiplier).or_default() += units.0,
            TakenUnits::Numbered(ranges) => {
                for range in ranges {
                    for unit in range.first..range.first + range.count {
                        let unit = &mut by_unit[usize::try_from(unit).unwrap()];
                        *unit = Some(unit.map_or(class.multiplier, |m| m.max(class.multiplier)));
                    }
                }
            }
        }
    }
    for multiplier in by_unit.into_iter().flatten() {
        *out.entry(multiplier).or_default() += 1;
    }
    out.retain(|_, units| *units > 0);
    out
}

/// Abatement by fee month and compensation by lease year, after cap and stop-loss.
#[derive(Debug, Default)]
pub(crate) struct Credits {
    pub(crate) abatement: BTreeMap<Date, Ratio>,
    pub(crate) compensation: BTreeMap<i32, Ratio>,
}

pub(crate) fn credits(lease: &Lease, facts: &Facts) -> Credits {
    let clause = lease.recall.as_ref().unwrap();
    let (first, last) = (lease.tranches.iter().map(|t| t.delivery).min().unwrap(), lease.term.end);
    let mut full: BTreeMap<Date, Ratio> = BTreeMap::new();
    let mut compensation: BTreeMap<i32, Ratio> = BTreeMap::new();
    for date in days(first, last) {
        let day = lease.zone.day(date);
        let cost = day_cost(lease, facts, date);
        for i in 0..lease.tranches.len() {
            let (seconds, weighted) = out_on(lease, facts, i, date);
            if day.is_empty() {
                // The zone skips this day: who is out in the last minute before is out on it.
                let before = day.start().saturating_add(Seconds(-60));
                let units: u64 = out_at(lease, facts, i, before).values().sum();
                add(&mut full, month_of(lease, date).0, times(cost.unit[i], whole(units)));
                continue;
            }
            if seconds == 0 {
                continue;
            }
            let share = Ratio::new(seconds.into(), day.length().0.into()).unwrap();
            add(&mut full, month_of(lease, date).0, times(cost.unit[i], share));
            let hours = weighted.checked_div(whole(3_600_i64)).unwrap();
            let paid = times(clause.compensation.minor_per_accelerator_hour, hours);
            add(&mut compensation, lease_year(lease, date), paid);
        }
    }
    let mut credits = Credits::default();
    for (month, fee) in full {
        let until = month_of(lease, month).1;
        let due = sum(days(month, until).into_iter().map(|d| day_cost(lease, facts, d).due));
        let abated = times(fee, clause.abatement.multiple);
        let capped = clause.abatement.cap.map_or(abated, |cap| abated.min(times(due, cap)));
        credits.abatement.insert(month, capped);
    }
    for (year, paid) in compensation {
        let stop = clause.compensation.stop_loss_per_year.map(|stop| whole(stop.minor()));
        credits.compensation.insert(year, stop.map_or(paid, |stop| paid.min(stop)));
    }
    credits
}

fn add<K: Ord>(sums: &mut BTreeMap<K, Ratio>, key: K, value: Ratio) {
    let entry = sums.entry(key).or_insert(Ratio::ZERO);
    *entry = sum([*entry, value]);
}

pub(crate) fn lease_year(lease: &Lease, date: Date) -> i32 {
    let mut n = -5;
    while months_boundary(lease.anchor, (n + 1) * 12).unwrap() <= date {
        n += 1;
    }
    n
}

/// Unit-seconds of tranche `i` out on a day, and the same times their multipliers, minute by
/// minute.
fn out_on(lease: &Lease, facts: &Facts, i: usize, date: Date) -> (i64, Ratio) {
    let day = lease.zone.day(date);
    let relevant = facts.takings.iter().any(|t| t.period.overlaps(day));
    let (mut seconds, mut weighted) = (0, Ratio::ZERO);
    let mut at = day.start();
    while relevant && at < day.end() {
        for (multiplier, units) in out_at(lease, facts, i, at) {
            let units = i64::try_from(units).unwrap() * 60;
            seconds += units;
            weighted = sum([weighted, times(multiplier, whole(units))]);
        }
        at = at.saturating_add(Seconds::from_minutes(1));
    }
    (seconds, weighted)
}
