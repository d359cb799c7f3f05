//! Availability: healthy granted accelerator-time over committed accelerator-time less excused.
//!
//! Both are summed over intervals of a stated length, and in each interval what is healthy counts
//! at most as much as what was promised: a surplus in one interval never hides a deficit in
//! another. Within an interval they are sums, so only intervals in which something changes need to
//! be looked at one by one.

mod sweep;

use leasehold_types::{Instant, Overflow, Period, Ratio, Seconds};
use serde::{Deserialize, Serialize};

use super::steps::Steps;

use sweep::{Level, Sweep};

/// What happened to the units of one tranche, as far as availability is concerned.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TrancheHistory {
    /// Units that did not work, and on which node where that is known.
    pub outages: Vec<(Period, u64, Option<String>)>,
    /// Healthy units beyond the commitment.
    pub spares: Vec<(Period, u64)>,
    /// Units excused for a reason that the lease accepts; all where absent.
    pub excuses: Vec<(Period, Option<u64>)>,
}

/// Accelerator-seconds of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measured {
    /// Committed and delivered.
    pub committed: u128,
    /// Of it, excused.
    pub excused: u128,
    /// Healthy, each interval at most what was promised.
    pub healthy: u128,
}

impl Measured {
    /// The availability; `None` where nothing was promised.
    pub fn availability(self) -> Option<Ratio> {
        let promised = i128::try_from(self.committed.saturating_sub(self.excused)).ok()?;
        let healthy = i128::try_from(self.healthy).ok()?;
        if promised == 0 { None } else { Ratio::new(healthy, promised).ok() }
    }

    /// Both together.
    ///
    /// # Errors
    /// [`Overflow`] where a sum does not fit.
    pub fn plus(self, other: Measured) -> Result<Measured, Overflow> {
        let sum = |a: u128, b: u128| a.checked_add(b).ok_or(Overflow::of("accelerator-seconds"));
        Ok(Measured {
            committed: sum(self.committed, other.committed)?,
            excused: sum(self.excused, other.excused)?,
            healthy: sum(self.healthy, other.healthy)?,
        })
    }
}

/// One tranche of a measurement.
pub(crate) struct Watched<'a> {
    /// How it stands, with all recalls.
    pub(crate) steps: &'a Steps,
    /// How it stands with those recalls only that are excused.
    pub(crate) excused_recalls: Option<&'a Steps>,
    /// What happened to it.
    pub(crate) history: &'a TrancheHistory,
}

/// Measures plain histories of constant commitments: `committed` units each over `span`.
///
/// # Errors
/// [`Overflow`] where a sum does not fit.
pub fn measure(
    tranches: &[(u64, TrancheHistory)],
    span: Period,
    interval: Seconds,
) -> Result<Measured, Overflow> {
    use leasehold_contract::entitlement::Entitlement;
    use leasehold_types::{TrancheId, Units};
    let Ok(id) = TrancheId::new("plain") else { return Ok(Measured::default()) };
    let steps: Vec<Steps> = tranches
        .iter()
        .map(|(units, _)| {
            let units = Units(*units);
            let standing = Entitlement { committed: units, entitled: units, ..Default::default() };
            Steps { tranche: id.clone(), steps: vec![(span.start(), standing)] }
        })
        .collect();
    let watched: Vec<Watched<'_>> = tranches
        .iter()
        .zip(&steps)
        .map(|((_, history), steps)| Watched { steps, excused_recalls: None, history })
        .collect();
    measure_watched(&watched, span, span.start(), interval)
}

/// Measures `span`; intervals are counted from `origin`.
pub(crate) fn measure_watched(
    tranches: &[Watched<'_>],
    span: Period,
    origin: Instant,
    interval: Seconds,
) -> Result<Measured, Overflow> {
    let mut sum = Measured::default();
    let mut open = Interval { index: None, promised: 0, healthy: 0 };
    let mut sweeps: Vec<Sweep<'_>> = tranches.iter().map(|t| Sweep::new(t, span)).collect();
    for pair in cuts(tranches, span).windows(2) {
        let (from, until) = (pair[0], pair[1]);
        let level = sweeps.iter_mut().map(|s| s.level_at(from)).fold(Level::default(), Level::plus);
        let length = u128::from(until.since(from).0.unsigned_abs());
        sum.committed = add(sum.committed, times(level.committed, length)?)?;
        sum.excused = add(sum.excused, times(level.excused, length)?)?;
        for (index, length) in split(from, until, origin, interval) {
            sum.healthy = add(sum.healthy, open.next(index)?)?;
            open.promised = add(open.promised, times(level.committed - level.excused, length)?)?;
            open.healthy = add(open.healthy, times(level.healthy, length)?)?;
        }
    }
    sum.healthy = add(sum.healthy, open.next(None)?)?;
    Ok(sum)
}

/// Every instant of `span` at which a level may change, with both ends.
fn cuts(tranches: &[Watched<'_>], span: Period) -> Vec<Instant> {
    let mut cuts = vec![span.start(), span.end()];
    for tranche in tranches {
        cuts.extend(tranche.steps.steps.iter().map(|(at, _)| *at));
        cuts.extend(tranche.excused_recalls.into_iter().flat_map(|s| &s.steps).map(|(at, _)| *at));
        let history = tranche.history;
        let outages = history.outages.iter().map(|(span, ..)| *span);
        let spares = history.spares.iter().map(|(span, _)| *span);
        let excuses = history.excuses.iter().map(|(span, _)| *span);
        cuts.extend(outages.chain(spares).chain(excuses).flat_map(|s| [s.start(), s.end()]));
    }
    cuts.retain(|at| span.start() <= *at && *at <= span.end());
    cuts.sort();
    cuts.dedup();
    cuts
}

/// A constant stretch, cut at the ends of intervals: what lies in its first and in its last
/// interval, and between them all whole intervals together, for in those nothing changes.
fn split(
    from: Instant,
    until: Instant,
    origin: Instant,
    interval: Seconds,
) -> Vec<(Option<i64>, u128)> {
    let interval = interval.0.max(1);
    let index = |at: Instant| at.since(origin).0.div_euclid(interval);
    let begins = |index: i64| Instant::from_second(origin.second() + index * interval);
    let length = |from: Instant, until: Instant| u128::from(until.since(from).0.unsigned_abs());
    let (first, last) = (index(from), index(until));
    if first == last {
        return vec![(Some(first), length(from, until))];
    }
    let (next, begun) = (begins(first + 1), begins(last));
    let all = [
        (Some(first), length(from, next)),
        (None, length(next, begun)),
        (Some(last), length(begun, until)),
    ];
    all.into_iter().filter(|(_, length)| *length > 0).collect()
}

/// The interval that is being summed up; `None` stands for whole intervals without a change.
struct Interval {
    index: Option<i64>,
    promised: u128,
    healthy: u128,
}

impl Interval {
    /// Goes on to `index`; gives what counts of the one that it leaves.
    fn next(&mut self, index: Option<i64>) -> Result<u128, Overflow> {
        if self.index == index && index.is_some() {
            return Ok(0);
        }
        let counted = self.healthy.min(self.promised);
        *self = Interval { index, promised: 0, healthy: 0 };
        Ok(counted)
    }
}

fn times(units: u128, seconds: u128) -> Result<u128, Overflow> {
    units.checked_mul(seconds).ok_or(Overflow::of("accelerator-seconds"))
}

fn add(a: u128, b: u128) -> Result<u128, Overflow> {
    a.checked_add(b).ok_or(Overflow::of("accelerator-seconds"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    fn span(from: i64, until: i64) -> Period {
        Period::new(Instant::from_second(from), Instant::from_second(until))
    }

    #[test]
    fn a_surplus_never_hides_a_deficit_of_another_interval() {
        let history = TrancheHistory {
            outages: vec![(span(0, 300), 10, None)],
            spares: vec![(span(300, 600), 10)],
            ..TrancheHistory::default()
        };
        let measured = measure(&[(100, history)], span(0, 600), Seconds(300)).unwrap();
        assert_eq!(measured.healthy, 90 * 300 + 100 * 300);
        assert_eq!(measured.availability().unwrap().to_string(), "0.95");
    }

    #[test]
    fn within_an_interval_a_spare_covers_an_outage() {
        let history = TrancheHistory {
            outages: vec![(span(0, 100), 10, None)],
            spares: vec![(span(100, 200), 10)],
            ..TrancheHistory::default()
        };
        let measured = measure(&[(100, history)], span(0, 600), Seconds(300)).unwrap();
        assert_eq!(measured.availability().unwrap(), Ratio::ONE);
    }

    #[test]
    fn a_node_that_is_reported_twice_is_down_once() {
        let node = |s: Period| (s, 8, Some("n1".to_owned()));
        let history = TrancheHistory {
            outages: vec![node(span(0, 400)), node(span(200, 600)), (span(0, 100), 2, None)],
            ..TrancheHistory::default()
        };
        let measured = measure(&[(100, history)], span(0, 1_000), Seconds(60)).unwrap();
        assert_eq!(measured.healthy, 100 * 1_000 - 8 * 600 - 2 * 100);
    }

    #[test]
    fn what_is_excused_is_not_promised() {
        let history = TrancheHistory {
            outages: vec![(span(0, 500), 10, None)],
            excuses: vec![(span(0, 500), Some(10))],
            ..TrancheHistory::default()
        };
        let measured = measure(&[(100, history)], span(0, 1_000), Seconds(60)).unwrap();
        assert_eq!(measured.availability().unwrap(), Ratio::ONE);
        assert_eq!(measured.excused, 5_000);
        let nothing = TrancheHistory { excuses: vec![(span(0, 10), None)], ..Default::default() };
        let measured = measure(&[(1, nothing)], span(0, 10), Seconds(60)).unwrap();
        assert_eq!(measured.availability(), None);
    }

    /// Units down: those of a named node once, the others as a sum.
    fn down_at(history: &TrancheHistory, at: Instant) -> u64 {
        let mut nodes: BTreeMap<&str, u64> = BTreeMap::new();
        let mut sum = 0;
        for (_, units, node) in history.outages.iter().filter(|(span, ..)| span.contains(at)) {
            match node {
                None => sum += units,
                Some(node) => {
                    let most = nodes.entry(node).or_default();
                    *most = (*most).max(*units);
                }
            }
        }
        sum + nodes.values().sum::<u64>()
    }

    /// Second by second.
    fn slowly(units: u64, history: &TrancheHistory, whole: Period, interval: i64) -> (u128, u128) {
        let (mut promised, mut healthy) = (0, 0);
        let mut at = whole.start().second();
        while at < whole.end().second() {
            let (mut p, mut h) = (0, 0);
            for second in at..(at + interval).min(whole.end().second()) {
                let now = Instant::from_second(second);
                let on = |s: &Period| s.contains(now);
                let excused = history.excuses.iter().filter(|(s, _)| on(s));
                let excused: u64 = excused.map(|(_, u)| u.unwrap_or(units)).sum::<u64>().min(units);
                let down = down_at(history, now).min(units);
                let spare: u64 = history.spares.iter().filter(|(s, _)| on(s)).map(|s| s.1).sum();
                p += u128::from(units - excused);
                h += u128::from(units - down + spare);
            }
            promised += p;
            healthy += h.min(p);
            at += interval;
        }
        (promised, healthy)
    }

    fn spans() -> impl Strategy<Value = Period> {
        (0i64..200, 1i64..120).prop_map(|(from, length)| span(from, from + length))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn agrees_with_counting_every_second(
            outages in prop::collection::vec((spans(), 0u64..12, prop::option::of("[ab]")), 0..4),
            spares in prop::collection::vec((spans(), 0u64..12), 0..3),
            excuses in prop::collection::vec((spans(), prop::option::of(0u64..12)), 0..3),
            interval in 1i64..80,
        ) {
            let history = TrancheHistory { outages, spares, excuses };
            let whole = span(0, 200);
            let measured = measure(&[(10, history.clone())], whole, Seconds(interval)).unwrap();
            let (promised, healthy) = slowly(10, &history, whole, interval);
            prop_assert_eq!(measured.committed - measured.excused, promised);
            prop_assert_eq!(measured.healthy, healthy);
        }
    }
}
