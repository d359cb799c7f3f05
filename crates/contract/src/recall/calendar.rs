//! When units may be released: blackouts, the first day, the gap between recalls.

use leasehold_types::{Date, Instant, Period, Seconds, months_boundary};

use crate::exact::day_of;
use crate::lease::{Blackout, Lease, RecallClause};
use crate::recall::RecallHistory;

/// Most steps taken to find a lawful release; past it there is none worth naming.
const RELEASE_STEPS_MAX: usize = 10_000;

/// The occurrences of `blackout` that `span` touches, in order.
pub(crate) fn occurrences(lease: &Lease, blackout: &Blackout, span: Period) -> Vec<Period> {
    let occurrence = |years: i32| -> Option<Period> {
        let from = months_boundary(blackout.from, years * 12).ok()?;
        let until = months_boundary(blackout.until, years * 12).ok()?;
        Some(Period::new(lease.start_of(from), lease.start_of(until)))
    };
    if !blackout.yearly {
        return occurrence(0).filter(|period| touches(*period, span)).into_iter().collect();
    }
    let length = i32::from(blackout.until.year()) - i32::from(blackout.from.year());
    let year_of = |instant: Instant| i32::from(lease.zone.date_of(instant).year());
    let first = year_of(span.start()) - i32::from(blackout.from.year()) - length - 1;
    let last = year_of(span.end()) - i32::from(blackout.from.year()) + 1;
    let years = first.max(0)..=last;
    years.filter_map(occurrence).filter(|period| touches(*period, span)).collect()
}

/// Whether they share an instant; an empty span touches what contains its start.
fn touches(period: Period, span: Period) -> bool {
    period.overlaps(span) || period.contains(span.start())
}

/// The first blackout in force at some instant of `span`, and its reason.
pub(crate) fn blackout_in<'l>(
    lease: &Lease,
    clause: &'l RecallClause,
    span: Period,
) -> Option<(Period, &'l str)> {
    let all = clause.blackouts.iter().flat_map(|blackout| {
        let periods = occurrences(lease, blackout, span);
        periods.into_iter().map(|period| (period, blackout.reason.as_str()))
    });
    all.min_by_key(|(period, _)| *period)
}

/// The first instant of the first blackout that begins after `instant`.
pub(crate) fn next_blackout(
    lease: &Lease,
    clause: &RecallClause,
    instant: Instant,
) -> Option<Instant> {
    // A yearly blackout comes within a year and a day, any other once.
    let horizon = instant.saturating_add(Seconds::from_days(800));
    let begins = |blackout: &Blackout| {
        let until = if blackout.yearly { horizon } else { Instant::MAX };
        let periods = occurrences(lease, blackout, Period::new(instant, until));
        let first = lease.start_of(blackout.from);
        let later = Some(first).filter(|start| blackout.yearly && *start > instant);
        periods.into_iter().map(|p| p.start()).chain(later).filter(|start| *start > instant).min()
    };
    clause.blackouts.iter().filter_map(begins).min()
}

/// What binds a release besides the calendar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gaps<'h> {
    /// Other recalls.
    pub(crate) history: &'h RecallHistory,
    /// How far apart releases must be.
    pub(crate) least: Seconds,
    /// How long the units stay out, where that is known: no blackout may begin while they are.
    pub(crate) length: Option<Seconds>,
}

/// The earliest lawful release at or after `from`; `None` where there is none in sight.
pub(crate) fn earliest_release(
    lease: &Lease,
    clause: &RecallClause,
    from: Instant,
    gaps: Option<Gaps<'_>>,
) -> Option<Instant> {
    let first = clause.limits.first_not_before.map_or(Instant::MIN, |date| lease.start_of(date));
    let mut at = from.max(first);
    for _ in 0..RELEASE_STEPS_MAX {
        let length = gaps.and_then(|gaps| gaps.length).unwrap_or(Seconds::ZERO);
        let span = Period::new(at, at.saturating_add(length));
        if let Some((blackout, _)) = blackout_in(lease, clause, span) {
            at = blackout.end();
            continue;
        }
        let near = gaps.and_then(|gaps| gaps.history.release_near(at, gaps.least));
        match near.zip(gaps) {
            Some((near, gaps)) => at = near.checked_add(gaps.least).ok()?,
            None => return Some(at).filter(|at| *at < Instant::MAX),
        }
    }
    None
}

/// The first instant of the civil day after the one that holds `instant`.
pub(crate) fn next_civil_day(lease: &Lease, instant: Instant) -> Instant {
    lease.start_of(crate::exact::next_day(day_of(&lease.zone, instant)))
}

/// The first instant of the civil month after that of `date`.
pub(crate) fn next_month(lease: &Lease, date: Date) -> Instant {
    lease.start_of(crate::exact::next_day(date.last_of_month()))
}

/// The first instant of the civil year after that of `date`.
pub(crate) fn next_year(lease: &Lease, date: Date) -> Instant {
    lease.start_of(crate::exact::next_day(date.last_of_year()))
}
