//! A lease as it is known at a close: versions, facts, notices, health.

use std::sync::Arc;

use leasehold_contract::lease::TaxRule;
use leasehold_contract::{Lease, NoticeBook};
use leasehold_types::{Date, Instant, Period, TrancheId};
use serde::{Deserialize, Serialize};

use crate::dates::previous_day;
use crate::event::ExcusedBecause;
use crate::rating::{RatedLine, TaxClass, TrancheHistory, class_on};

use super::Finding;
use super::versions::Span;

/// Everything that is known of a lease but its use.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Known {
    /// The versions in order, adjacent; at least one.
    pub(crate) spans: Vec<Span>,
    pub(crate) notices: NoticeBook,
    /// The day on which notices, elections or causes end it.
    pub(crate) ends: Option<Date>,
    /// Tax rules that events added.
    pub(crate) taxes: Vec<TaxRule>,
    pub(crate) health: Vec<(TrancheId, TrancheHistory)>,
    pub(crate) excusals: Vec<Excusal>,
    pub(crate) findings: Vec<Finding>,
    /// The first day on which time alone changes what is known.
    pub(crate) valid_until: Date,
}

/// Time that does not count against the owner, if the lease accepts the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Excusal {
    pub(crate) tranche: Option<TrancheId>,
    pub(crate) period: Period,
    pub(crate) units: Option<u64>,
    pub(crate) because: ExcusedBecause,
}

impl Known {
    pub(crate) fn of(spans: Vec<Span>) -> Self {
        Known {
            spans,
            notices: NoticeBook::default(),
            ends: None,
            taxes: Vec::new(),
            health: Vec::new(),
            excusals: Vec::new(),
            findings: Vec::new(),
            valid_until: Date::MAX,
        }
    }

    /// Time alone changes what is known on `date`.
    pub(crate) fn changes_on(&mut self, date: Date) {
        self.valid_until = self.valid_until.min(date);
    }

    /// The version in force on `date`.
    pub(crate) fn span_on(&self, date: Date) -> &Span {
        let next = self.spans.partition_point(|span| span.from <= date);
        &self.spans[next.saturating_sub(1)]
    }

    /// The version in force at `at`.
    pub(crate) fn span_at(&self, at: Instant) -> &Span {
        let next = self.spans.partition_point(|span| span.start <= at);
        &self.spans[next.saturating_sub(1)]
    }

    /// The version in force on `date`.
    pub(crate) fn lease_on(&self, date: Date) -> &Arc<Lease> {
        &self.span_on(date).lease
    }

    /// The version in force at `at`.
    pub(crate) fn lease_at(&self, at: Instant) -> &Arc<Lease> {
        &self.span_at(at).lease
    }

    /// The civil day that holds `at`.
    pub(crate) fn day_of(&self, at: Instant) -> Date {
        self.span_at(at).day_of(at)
    }

    /// The first instant of `date`: where the zone changes with it, in the zone before.
    pub(crate) fn start_of(&self, date: Date) -> Instant {
        self.lease_on(previous_day(date)).start_of(date)
    }

    /// The civil days as a period.
    pub(crate) fn period(&self, from: Date, until: Date) -> Period {
        Period::new(self.start_of(from), self.start_of(until))
    }

    /// How `line` is taxed: by the rules in force on the last day that it covers.
    pub(crate) fn class_of(&self, line: &RatedLine) -> TaxClass {
        let last = line.until.yesterday().unwrap_or(line.until).max(line.from);
        let rules = self.lease_on(line.from).taxes.iter().chain(&self.taxes);
        class_on(rules, line.head.kind, last)
    }

    /// The day since which the versions up to the one in force on `date` have asked for the same
    /// units of `tranche`; the first day there is where all of them have.
    pub(crate) fn asked_since(&self, date: Date, tranche: &TrancheId) -> Date {
        let asked = |span: &Span| {
            let found = span.lease.tranches.iter().find(|t| t.id == *tranche);
            found.map(|t| (t.units, t.pool.clone()))
        };
        let next = self.spans.partition_point(|span| span.from <= date).max(1);
        let spans = self.spans.get(..next).unwrap_or_default();
        let Some(now) = spans.last().and_then(asked) else { return date };
        let same = spans.iter().rev().take_while(|span| asked(span).as_ref() == Some(&now));
        same.last().map_or(date, |span| span.from)
    }

    /// What happened to the units of `tranche`.
    pub(crate) fn health_of(&mut self, tranche: &TrancheId) -> &mut TrancheHistory {
        let found = self.health.iter().position(|(id, _)| id == tranche);
        let i = found.unwrap_or_else(|| {
            self.health.push((tranche.clone(), TrancheHistory::default()));
            self.health.len() - 1
        });
        &mut self.health[i].1
    }

    /// The first day on which `self` and `other` may say something else; `None` where they say the
    /// same.
    pub(crate) fn differs_from(&self, other: &Known) -> Option<Date> {
        let days = [
            self.versions_differ(other),
            self.facts_differ(other),
            self.health_differs(other),
            differ(&self.taxes, &other.taxes, |rule| rule.from),
        ];
        days.into_iter().flatten().min()
    }

    fn versions_differ(&self, other: &Known) -> Option<Date> {
        let pairs = self.spans.iter().zip(&other.spans);
        let first = pairs.into_iter().find(|(a, b)| a.lease != b.lease || a.from != b.from);
        let same = self.spans.len() == other.spans.len();
        match first {
            Some((a, b)) => Some(a.from.min(b.from)),
            None if same => None,
            None => {
                let shorter = self.spans.len().min(other.spans.len());
                let next = |spans: &[Span]| spans.get(shorter).map(|span| span.from);
                next(&self.spans).or(next(&other.spans))
            }
        }
    }

    fn facts_differ(&self, other: &Known) -> Option<Date> {
        let mut days = Vec::new();
        for (a, b) in self.spans.iter().zip(&other.spans) {
            let delivery = |tranche: &TrancheId| {
                let of_it = a.lease.tranches.iter().find(|t| t.id == *tranche);
                of_it.map_or(Date::MIN, |t| t.delivery)
            };
            days.push(differ(&a.facts.deliveries, &b.facts.deliveries, |d| {
                d.on.min(delivery(&d.tranche))
            }));
            days.push(differ(&a.facts.reductions, &b.facts.reductions, |r| r.from));
            days.push(differ(&a.facts.takings, &b.facts.takings, |t| a.day_of(t.period.start())));
            if a.facts.ends != b.facts.ends || a.facts.extension_days != b.facts.extension_days {
                let stated = |span: &Span| span.facts.ends.unwrap_or(span.lease.term.end);
                days.push(Some(stated(a).min(stated(b)).min(a.lease.term.end)));
            }
        }
        days.into_iter().flatten().min()
    }

    fn health_differs(&self, other: &Known) -> Option<Date> {
        let mut days =
            vec![differ(&self.excusals, &other.excusals, |e| self.day_of(e.period.start()))];
        let none = TrancheHistory::default();
        let ids = self.health.iter().chain(&other.health).map(|(id, _)| id);
        for id in ids {
            let of = |known: &Known| -> TrancheHistory {
                let found = known.health.iter().find(|(other, _)| other == id);
                found.map_or_else(|| none.clone(), |(_, history)| history.clone())
            };
            let (a, b) = (of(self), of(other));
            days.push(differ(&a.outages, &b.outages, |o| self.day_of(o.0.start())));
            days.push(differ(&a.spares, &b.spares, |s| self.day_of(s.0.start())));
        }
        days.into_iter().flatten().min()
    }
}

/// The first day that an item is about which only one of the two lists has.
fn differ<T: PartialEq>(a: &[T], b: &[T], day: impl Fn(&T) -> Date) -> Option<Date> {
    if a == b {
        return None;
    }
    // Both are in one order, so what they share at their beginnings and ends need not be compared
    // with everything else.
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - back], &b[..b.len() - back]);
    a.iter().chain(b).map(day).min()
}
