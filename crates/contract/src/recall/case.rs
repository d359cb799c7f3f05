//! One lease, its history and an instant, with what recalls ask about them.

use leasehold_types::{Date, Instant, Period, Ratio, Seconds};

use crate::exact::day_of;
use crate::facts::Facts;
use crate::lease::{NoticeClass, RecallClause, RecallLimits, Trigger};
use crate::recall::calendar::{Gaps, earliest_release, next_civil_day, next_month, next_year};
use crate::recall::{RecallHistory, RecallRule};
use crate::schedule::Evaluation;
use crate::{EvalError, Lease};

/// One lease with a recall clause, its history and an instant.
pub(crate) struct Case<'a> {
    pub(crate) lease: &'a Lease,
    pub(crate) clause: &'a RecallClause,
    pub(crate) history: &'a RecallHistory,
    pub(crate) evaluation: Evaluation<'a>,
    pub(crate) now: Instant,
    /// The civil day of `now`.
    pub(crate) today: Date,
}

/// A cap on recalls ordered that is reached.
pub(crate) struct CapReached {
    pub(crate) rule: RecallRule,
    pub(crate) most: u32,
    /// "on 2027-04-10", "in 2027".
    pub(crate) when: String,
    /// The first instant at which another may be ordered.
    pub(crate) next: Instant,
}

impl<'a> Case<'a> {
    /// `None` where the lease has no recall clause.
    pub(crate) fn of(
        lease: &'a Lease,
        facts: &Facts,
        history: &'a RecallHistory,
        now: Instant,
    ) -> Result<Option<Self>, EvalError> {
        let Some(clause) = &lease.recall else { return Ok(None) };
        let evaluation = Evaluation::without_takings(lease, facts)?;
        let today = day_of(&lease.zone, now);
        Ok(Some(Case { lease, clause, history, evaluation, now, today }))
    }

    pub(crate) fn limits(&self) -> &'a RecallLimits {
        &self.clause.limits
    }

    /// Whether `class` may be used for `trigger`.
    pub(crate) fn allows(&self, class: &NoticeClass, trigger: Trigger) -> bool {
        self.clause.triggers.contains(&trigger)
            && (class.triggers.is_empty() || class.triggers.contains(&trigger))
    }

    /// The caps on recalls ordered that are reached today.
    pub(crate) fn caps_reached(&self) -> Vec<CapReached> {
        let (today, limits) = (self.today, self.limits());
        let month = today.first_of_month();
        let year = today.first_of_year();
        let tomorrow = crate::exact::next_day(today);
        let caps = [
            (
                RecallRule::MostEventsPerDay,
                limits.most_events_per_day,
                today,
                format!("on {today}"),
                next_civil_day(self.lease, self.now),
            ),
            (
                RecallRule::MostEventsPerMonth,
                limits.most_events_per_month,
                month,
                format!("in {}", today.strftime("%Y-%m")),
                next_month(self.lease, today),
            ),
            (
                RecallRule::MostEventsPerYear,
                limits.most_events_per_year,
                year,
                format!("in {}", today.year()),
                next_year(self.lease, today),
            ),
        ];
        let reached = caps.into_iter().filter_map(|(rule, most, from, when, next)| {
            let most = most.filter(|most| self.history.ordered(from, tomorrow) >= *most)?;
            Some(CapReached { rule, most, when, next })
        });
        reached.collect()
    }

    /// The earliest lawful release at or after `from` for units that stay out for `length`.
    pub(crate) fn earliest_release(
        &self,
        from: Instant,
        length: Option<Seconds>,
    ) -> Option<Instant> {
        let least = self.limits().least_gap.unwrap_or(Seconds::ZERO);
        let gaps = Gaps { history: self.history, least, length };
        earliest_release(self.lease, self.clause, from, Some(gaps))
    }

    /// The days of `tranche`, as instants.
    pub(crate) fn span_of(&self, tranche: usize) -> Period {
        let days = self.evaluation.timelines[tranche].span;
        Period::new(self.lease.start_of(days.from), self.lease.start_of(days.until))
    }

    /// The fewest units of `tranche` recallable at an instant of `span`, which lies in its days.
    pub(crate) fn recallable(&self, tranche: usize, span: Period) -> u64 {
        let timeline = &self.evaluation.timelines[tranche];
        let first = day_of(&self.lease.zone, span.start());
        let last = day_of(&self.lease.zone, span.end().saturating_add(Seconds(-1)));
        let changes = timeline.changes().filter(|date| *date > first && *date <= last);
        let least = changes.map(|date| timeline.at(date).recallable).min();
        let at_first = timeline.at(first).recallable;
        least.map_or(at_first, |least| least.min(at_first))
    }

    /// The most units of `tranche` out at an instant of `span`.
    pub(crate) fn most_out(&self, tranche: usize, span: Period) -> u64 {
        let id = &self.lease.tranches[tranche].id;
        self.history.most_held(span, |r| (r.tranche == *id).then(|| r.out(self.now)))
    }

    /// The most units of `tranche` out or resting at an instant of `span`.
    pub(crate) fn most_held(&self, tranche: usize, span: Period) -> u64 {
        let id = &self.lease.tranches[tranche].id;
        self.history.most_held(span, |r| (r.tranche == *id).then(|| r.held(self.lease, self.now)))
    }

    /// The most units out by `class` at an instant of `span`, over all tranches.
    pub(crate) fn most_by_class(&self, class: &str, span: Period) -> u64 {
        self.history.most_held(span, |r| (r.class == class).then(|| r.out(self.now)))
    }

    /// Accelerator-seconds that the clause still allows in the civil year of `date`.
    pub(crate) fn seconds_left(&self, date: Date) -> Option<u128> {
        let cap = u128::from(self.limits().most_accelerator_hours_per_year?) * 3_600;
        let from = date.first_of_year();
        let until = crate::exact::next_day(date.last_of_year());
        Some(cap.saturating_sub(self.history.taken(self.lease, from, until, self.now).0))
    }

    /// Abatement and compensation of one unit and hour on `date`, exact, and whether some of the
    /// fee is not disclosed.
    pub(crate) fn unit_hour(
        &self,
        tranche: usize,
        class: &NoticeClass,
        date: Date,
    ) -> Result<(Ratio, bool), EvalError> {
        let (fee, undisclosed) = self.evaluation.unit_hour(tranche, date)?;
        let hourly = self.clause.compensation.minor_per_accelerator_hour;
        let cost = fee
            .checked_mul(self.clause.abatement.multiple)
            .and_then(|fee| fee.checked_add(hourly.checked_mul(class.multiplier)?));
        Ok((self.evaluation.ok("recall, cost of an accelerator-hour", cost)?, undisclosed))
    }
}
