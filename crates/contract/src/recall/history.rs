//! The recalls of a lease so far, as far as they bind the next one.
//!
//! What is over is kept as counts and accelerator-seconds by civil day, so the history stays small
//! however many recalls there were: recording costs a logarithm, and a question looks only at what
//! is open, resting or in the year asked about. The owner of the journal records each event once,
//! in order; an id that is not current is ignored.

use std::collections::{BTreeMap, BTreeSet};

use leasehold_types::{
    AcceleratorSeconds, Date, Instant, Period, RecallId, Seconds, TrancheId, Units,
};
use serde::{Deserialize, Serialize};

use crate::Lease;
use crate::exact::{day_of, next_day};
use crate::recall::calendar::next_civil_day;

/// A recall that was ordered and still matters: not yet back, or back and resting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallRecord {
    /// Its number.
    pub id: RecallId,
    /// From which tranche.
    pub tranche: TrancheId,
    /// By which class.
    pub class: String,
    /// How many units.
    pub units: Units,
    /// When its notice was served.
    pub served: Instant,
    /// When the units are released; the real instant once they are.
    pub release: Instant,
    /// When they are to come back; the real instant once they have.
    pub returns: Instant,
    /// Whether they have come back.
    pub returned: bool,
}

/// The recalls of a lease so far.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RecallHistory {
    current: Vec<RecallRecord>,
    ordered_by_day: BTreeMap<Date, u32>,
    releases: BTreeSet<(Instant, RecallId)>,
    taken_by_day: BTreeMap<Date, AcceleratorSeconds>,
}

impl RecallRecord {
    /// Until when its units rest with the tenant, where they have come back.
    pub fn rests_until(&self, lease: &Lease) -> Option<Instant> {
        self.returned.then(|| rest_end(lease, self.returns))
    }

    /// While the units are out; without end where they are overdue at `now`.
    pub(crate) fn out(&self, now: Instant) -> Period {
        let overdue = !self.returned && self.returns <= now;
        Period::new(self.release, if overdue { Instant::MAX } else { self.returns })
    }

    /// While the units cannot be taken again: out, then at rest with the tenant.
    pub(crate) fn held(&self, lease: &Lease, now: Instant) -> Period {
        let out = self.out(now);
        Period::new(out.start(), rest_end(lease, out.end()))
    }
}

/// Until when units that come back at `returns` rest: the clause's time, and in any case until the
/// next civil day begins.
pub(crate) fn rest_end(lease: &Lease, returns: Instant) -> Instant {
    if returns >= Instant::MAX {
        return Instant::MAX;
    }
    let rest = lease.recall.as_ref().map_or(Seconds::ZERO, |c| c.limits.rest_after_return);
    returns.saturating_add(rest).max(next_civil_day(lease, returns))
}

impl RecallHistory {
    /// A recall was ordered: it counts from now on. Drills are never recorded.
    pub fn order(&mut self, lease: &Lease, record: RecallRecord) {
        let now = record.served;
        self.current.retain(|r| !r.returned || rest_end(lease, r.returns) > now);
        *self.ordered_by_day.entry(day_of(&lease.zone, now)).or_insert(0) += 1;
        self.releases.insert((record.release, record.id));
        self.current.push(record);
    }

    /// The units of recall `id` were released at `at`.
    pub fn release(&mut self, id: RecallId, at: Instant) {
        if let Some(record) = self.current.iter_mut().find(|r| r.id == id) {
            self.releases.remove(&(record.release, id));
            self.releases.insert((at, id));
            record.release = at;
            record.returns = record.returns.max(at);
        }
    }

    /// The return of recall `id` is now expected at `at`.
    pub fn expect_return(&mut self, id: RecallId, at: Instant) {
        if let Some(record) = self.current.iter_mut().find(|r| r.id == id && !r.returned) {
            record.returns = at.max(record.release);
        }
    }

    /// Recall `id` takes `units` from now on: its nodes hold so many under a new version.
    pub fn recount(&mut self, id: RecallId, units: Units) {
        if let Some(record) = self.current.iter_mut().find(|r| r.id == id) {
            record.units = units;
        }
    }

    /// The units of recall `id` came back at `at`.
    pub fn give_back(&mut self, lease: &Lease, id: RecallId, at: Instant) {
        let Some(record) = self.current.iter_mut().find(|r| r.id == id && !r.returned) else {
            return;
        };
        record.returns = at.max(record.release);
        record.returned = true;
        let (out, units) = (Period::new(record.release, record.returns), record.units);
        for (date, seconds) in by_day(lease, out) {
            let day = self.taken_by_day.entry(date).or_default();
            day.0 = day.0.saturating_add(units.over(seconds).0);
        }
    }

    /// Recall `id` was withdrawn before its release. It still counts as ordered, for the notice
    /// disturbed the tenant; it took nothing and leaves no gap behind.
    pub fn withdraw(&mut self, id: RecallId) {
        if let Some(at) = self.current.iter().position(|r| r.id == id) {
            let record = self.current.remove(at);
            self.releases.remove(&(record.release, id));
        }
    }

    /// Recalls that are not over: ordered, out, or back and resting.
    pub fn current(&self) -> &[RecallRecord] {
        &self.current
    }

    /// Recalls ordered on `from <= day < until`.
    pub fn ordered(&self, from: Date, until: Date) -> u32 {
        self.ordered_by_day.range(from..until).map(|(_, n)| n).sum()
    }

    /// Accelerator-seconds taken on `from <= day < until`, what is out counted to its expected
    /// return, or to `now` where that is past.
    pub fn taken(
        &self,
        lease: &Lease,
        from: Date,
        until: Date,
        now: Instant,
    ) -> AcceleratorSeconds {
        let over: u128 = self.taken_by_day.range(from..until).map(|(_, day)| day.0).sum();
        let span = Period::new(lease.start_of(from), lease.start_of(until));
        let open = self.current.iter().filter(|record| !record.returned);
        let open = open.map(|record| {
            let out = Period::new(record.release, record.returns.max(now));
            record.units.over(out.intersection(span).length()).0
        });
        AcceleratorSeconds(over + open.sum::<u128>())
    }

    /// The last release less than `gap` before or after `at`. One at `at` itself is no other
    /// interruption: what is released together is felt once.
    pub(crate) fn release_near(&self, at: Instant, gap: Seconds) -> Option<Instant> {
        let from = at.saturating_add(Seconds(1 - gap.0));
        let until = at.saturating_add(gap);
        if gap.0 <= 0 {
            return None;
        }
        let range = (from, RecallId(0))..(until, RecallId(0));
        self.releases.range(range).rev().map(|(release, _)| *release).find(|r| *r != at)
    }

    /// The most units held at one instant of `span`, over the records that `of` accepts.
    pub(crate) fn most_held(
        &self,
        span: Period,
        of: impl Fn(&RecallRecord) -> Option<Period>,
    ) -> u64 {
        let mut changes: Vec<(Instant, bool, u64)> = Vec::new();
        for record in &self.current {
            let held = of(record)
                .map_or(Period::new(span.start(), span.start()), |held| held.intersection(span));
            if !held.is_empty() {
                changes.push((held.start(), true, record.units.0));
                changes.push((held.end(), false, record.units.0));
            }
        }
        // Where one ends as another begins, the end comes first.
        changes.sort();
        let (mut held, mut most) = (0_u64, 0);
        for (_, begins, units) in changes {
            held = if begins { held.saturating_add(units) } else { held.saturating_sub(units) };
            most = most.max(held);
        }
        most
    }
}

/// The civil days that `period` touches, with its seconds in each.
pub(crate) fn by_day(lease: &Lease, period: Period) -> Vec<(Date, Seconds)> {
    let mut days = Vec::new();
    let mut date = day_of(&lease.zone, period.start());
    let mut day = lease.zone.day(date);
    while day.start() < period.end() {
        days.push((date, day.intersection(period).length()));
        date = next_day(date);
        day = Period::new(day.end(), lease.start_of(next_day(date)));
    }
    days
}
