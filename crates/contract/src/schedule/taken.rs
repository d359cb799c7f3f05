//! What was taken, as pieces that overlap neither in time nor in units.
//!
//! A sweep over the takings of each tranche: between two changes the set of units out is constant,
//! so it is counted once, by the multiplier of its class (the highest where a unit is in several
//! takings), and cut at civil days. Costs n log n for n takings that rarely overlap; nothing walks
//! by the second.

use leasehold_types::{Date, Instant, Period, Ratio, Units};

use crate::entitlement::timeline::Timeline;
use crate::exact::{day_of, next_day};
use crate::facts::{Facts, TakenUnits, UnitRange};
use crate::lease::Lease;
use crate::{EvalError, Problem};

/// Units of one tranche out at one multiplier, within one civil day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The civil day.
    pub(crate) date: Date,
    /// Where in it.
    pub(crate) period: Period,
    /// How long that day is, in seconds.
    pub(crate) day_seconds: i64,
    /// The tranche, by its place in the lease.
    pub(crate) tranche: usize,
    /// The class's multiplier.
    pub(crate) multiplier: Ratio,
    /// How many units.
    pub(crate) units: u64,
}

impl Piece {
    /// Seconds of the piece before `limit`.
    pub(crate) fn seconds_before(&self, limit: Instant) -> i64 {
        self.period.end().min(limit).since(self.period.start()).0.max(0)
    }

    /// The share of its civil day before `limit`, as seconds of seconds. A day that the zone skips
    /// altogether has no seconds: it counts whole for whoever is out as it passes.
    pub(crate) fn share_before(&self, limit: Instant) -> (i64, i64) {
        match self.day_seconds {
            0 => (i64::from(self.period.end() <= limit), 1),
            day => (self.seconds_before(limit), day),
        }
    }
}

/// One taking, ready for the sweep.
struct Out<'a> {
    period: Period,
    multiplier: Ratio,
    units: &'a TakenUnits,
}

/// All pieces of `facts`, by date, then by tranche.
pub(crate) fn pieces(
    lease: &Lease,
    facts: &Facts,
    timelines: &[Timeline],
) -> Result<Vec<Piece>, EvalError> {
    let mut out: Vec<Vec<Out<'_>>> = lease.tranches.iter().map(|_| Vec::new()).collect();
    for (i, taking) in facts.takings.iter().enumerate() {
        let line = || format!("facts, taking {} ({})", i + 1, taking.period);
        let tranche = lease.tranches.iter().position(|t| t.id == taking.tranche);
        let tranche = tranche
            .ok_or_else(|| Problem::UnknownTranche(taking.tranche.clone()).at(&lease.id, line()))?;
        let multiplier = multiplier(lease, &taking.class).map_err(|p| p.at(&lease.id, line()))?;
        let end = lease.start_of(timelines[tranche].span.until);
        let period = Period::new(taking.period.start(), taking.period.end().min(end));
        if !period.is_empty() {
            out[tranche].push(Out { period, multiplier, units: &taking.units });
        }
    }
    let mut pieces = Vec::new();
    for (tranche, takings) in out.iter().enumerate() {
        sweep(lease, tranche, &timelines[tranche], takings, &mut pieces)?;
    }
    pieces.sort_by_key(|p| (p.date, p.period.start(), p.tranche, std::cmp::Reverse(p.multiplier)));
    Ok(pieces)
}

/// The pieces of a single taking that is not recorded.
pub(crate) fn pieces_of_one(
    lease: &Lease,
    tranche: usize,
    timeline: &Timeline,
    period: Period,
    multiplier: Ratio,
    units: Units,
) -> Result<Vec<Piece>, EvalError> {
    let mut pieces = Vec::new();
    if !period.is_empty() {
        let levels = [(multiplier, u128::from(units.0))];
        cut_by_day(lease, tranche, timeline, period, &levels, &mut pieces)?;
    }
    Ok(pieces)
}

fn multiplier(lease: &Lease, class: &str) -> Result<Ratio, Problem> {
    let clause = lease.recall.as_ref().ok_or(Problem::NoRecallClause)?;
    let found = clause.classes.iter().find(|c| c.name == class);
    found.map(|c| c.multiplier).ok_or_else(|| Problem::UnknownClass(class.to_owned()))
}

/// Counts the units out between each two changes.
fn sweep(
    lease: &Lease,
    tranche: usize,
    timeline: &Timeline,
    takings: &[Out<'_>],
    into: &mut Vec<Piece>,
) -> Result<(), EvalError> {
    let starts = takings.iter().enumerate().map(|(i, out)| (out.period.start(), true, i));
    let ends = takings.iter().enumerate().map(|(i, out)| (out.period.end(), false, i));
    let mut events: Vec<(Instant, bool, usize)> = starts.chain(ends).collect();
    events.sort();
    let mut active: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < events.len() {
        let instant = events[at].0;
        while let Some((_, begins, i)) = events.get(at).filter(|event| event.0 == instant) {
            if *begins {
                active.push(*i);
            } else {
                active.retain(|other| other != i);
            }
            at += 1;
        }
        let Some((next, ..)) = events.get(at) else { break };
        if !active.is_empty() {
            let levels = levels(active.iter().map(|i| &takings[*i]));
            let span = Period::new(instant, *next);
            cut_by_day(lease, tranche, timeline, span, &levels, into)?;
        }
    }
    Ok(())
}

/// Units out by multiplier, the highest first; a unit counts at its highest.
fn levels<'a>(active: impl Iterator<Item = &'a Out<'a>>) -> Vec<(Ratio, u128)> {
    let mut active: Vec<&Out<'_>> = active.collect();
    active.sort_by_key(|out| std::cmp::Reverse(out.multiplier));
    let mut levels: Vec<(Ratio, u128)> = Vec::new();
    let mut ranges: Vec<UnitRange> = Vec::new();
    let (mut numbered_before, mut i) = (0, 0);
    while let Some(first) = active.get(i) {
        let level = active[i..].iter().take_while(|out| out.multiplier == first.multiplier);
        let mut counted = 0;
        for out in level {
            match out.units {
                TakenUnits::Numbered(more) => ranges.extend(more),
                TakenUnits::Counted(units) => counted += u128::from(units.0),
            }
            i += 1;
        }
        ranges = merged(ranges);
        let numbered: u128 = ranges.iter().map(|r| u128::from(r.count)).sum();
        levels.push((first.multiplier, counted + numbered - numbered_before));
        numbered_before = numbered;
    }
    levels.retain(|(_, units)| *units > 0);
    levels
}

/// The same units as disjoint ranges in order.
fn merged(mut ranges: Vec<UnitRange>) -> Vec<UnitRange> {
    ranges.retain(|range| range.count > 0);
    ranges.sort();
    let mut union: Vec<UnitRange> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match union.last_mut() {
            Some(last) if range.first <= last.first.saturating_add(last.count) => {
                let end = range.first.saturating_add(range.count);
                last.count = last.count.max(end - last.first);
            }
            _ => union.push(range),
        }
    }
    union
}

fn cut_by_day(
    lease: &Lease,
    tranche: usize,
    timeline: &Timeline,
    span: Period,
    levels: &[(Ratio, u128)],
    into: &mut Vec<Piece>,
) -> Result<(), EvalError> {
    let total: u128 = levels.iter().map(|(_, units)| units).sum();
    let mut date = day_of(&lease.zone, span.start());
    let mut day = lease.zone.day(date);
    loop {
        let had = timeline.at(date).delivered;
        if total > u128::from(had) && day.is_empty() && day.start() == span.end() {
            // The lease ended with the day before the skipped one; so did the taking.
            return Ok(());
        }
        if total > u128::from(had) {
            let taken = Units(u64::try_from(total).unwrap_or(u64::MAX));
            let problem = Problem::TakenTooMany { taken, had: Units(had) };
            let line = format!("facts, takings of tranche `{}`", lease.tranches[tranche].id);
            return Err(problem.at(&lease.id, format!("{line} on {date}")));
        }
        let period = span.intersection(day);
        let day_seconds = day.length().0;
        for (multiplier, units) in levels {
            let (multiplier, units) = (*multiplier, u64::try_from(*units).unwrap_or(u64::MAX));
            into.push(Piece { date, period, day_seconds, tranche, multiplier, units });
        }
        date = next_day(date);
        day = Period::new(day.end(), lease.start_of(next_day(date)));
        // A day that the zone skips passes as the one before it ends.
        if day.start() >= span.end() && !(day.is_empty() && day.start() == span.end()) {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_merge() {
        let range = |first, count| UnitRange { first, count };
        assert_eq!(merged(vec![range(20, 30), range(0, 40), range(60, 0)]), [range(0, 50)]);
        assert_eq!(merged(vec![range(5, 1), range(0, 5)]), [range(0, 6)]);
        assert_eq!(merged(vec![range(0, 10), range(2, 3), range(11, 1)]).len(), 2);
    }

    #[test]
    fn a_unit_counts_at_its_highest_multiplier() {
        let period = Period::new(Instant::EPOCH, Instant::from_second(10));
        let out = |first, count, multiplier: i64| {
            let units = TakenUnits::Numbered(vec![UnitRange { first, count }]);
            (units, Ratio::whole(multiplier))
        };
        let takings = [out(0, 40, 1), out(20, 30, 3)];
        let outs: Vec<Out<'_>> = takings
            .iter()
            .map(|(units, multiplier)| Out { period, multiplier: *multiplier, units })
            .collect();
        assert_eq!(levels(outs.iter()), [(Ratio::whole(3), 30), (Ratio::whole(1), 20)]);
    }
}
