//! A lease and its facts, prepared once for many questions.

use leasehold_types::{Date, Instant, Overflow, Ratio};

use crate::entitlement::timeline::{Stages, Standing, Timeline, lease_end, timelines};
use crate::exact::{Days, SECONDS_PER_HOUR, add_days, count, fraction, negative};
use crate::facts::Facts;
use crate::lease::Lease;
use crate::schedule::months::FeeMonths;
use crate::schedule::segment::{Cover, Rate, Segment, covers};
use crate::schedule::taken::{Piece, pieces};
use crate::schedule::{LineKind, Undisclosed};
use crate::{EvalError, Problem};

/// A lease and its facts, prepared once for many questions.
///
/// Preparing costs one pass over the fee months of the lease and one sweep over the takings; a
/// question then costs what it returns.
#[derive(Debug, Clone)]
pub struct Evaluation<'a> {
    pub(crate) lease: &'a Lease,
    pub(crate) end: Date,
    pub(crate) months: FeeMonths,
    pub(crate) timelines: Vec<Timeline>,
    pub(crate) stages: Stages,
    covers: Vec<Cover>,
    pub(crate) pieces: Vec<Piece>,
}

/// Part of a fee, or of what is taken off it because units are missing.
pub(crate) struct FeePart<'s> {
    pub(crate) segment: &'s Segment,
    pub(crate) kind: LineKind,
    pub(crate) tranche: Option<usize>,
    pub(crate) days: Days,
    /// Minor units; below zero for what is taken off.
    pub(crate) minor: Ratio,
    /// For a price by the hour, the accelerator-seconds charged.
    pub(crate) accelerator_seconds: u128,
    /// For what is taken off, the units that it is about.
    pub(crate) units: u64,
}

impl<'a> Evaluation<'a> {
    pub(crate) fn of(lease: &'a Lease, facts: &Facts) -> Result<Self, EvalError> {
        let mut prepared = Self::without_takings(lease, facts)?;
        prepared.pieces = pieces(lease, facts, &prepared.timelines)?;
        Ok(prepared)
    }

    /// As [`Evaluation::of`], as if nothing had been taken: for prices and units, cheaply.
    pub(crate) fn without_takings(lease: &'a Lease, facts: &Facts) -> Result<Self, EvalError> {
        let end = lease_end(lease, facts)?;
        let timelines = timelines(lease, facts)?;
        let spans: Vec<Days> = timelines.iter().map(|t| t.span).collect();
        Ok(Evaluation {
            lease,
            end,
            months: FeeMonths::of(lease),
            stages: Stages::of(&timelines),
            covers: covers(lease, &spans, end),
            timelines,
            pieces: Vec::new(),
        })
    }

    /// From the first day on which anything is charged or delivered to the end.
    pub(crate) fn life(&self) -> Days {
        let charged = self.covers.iter().map(Cover::days).filter(|d| !d.is_empty());
        let delivered = self.timelines.iter().map(|t| t.span).filter(|d| !d.is_empty());
        let first = charged.chain(delivered).map(|days| days.from).min();
        Days::new(first.unwrap_or(self.end), self.end)
    }

    /// The segments of fee month `k`, cover by cover.
    pub(crate) fn segments(&self, k: i32) -> Result<Vec<Segment>, EvalError> {
        let mut segments = Vec::new();
        for cover in &self.covers {
            cover.cut(self.lease, &self.months, k, &mut segments).map_err(|(phase, problem)| {
                Problem::from(problem).at(&self.lease.id, self.fee_place(phase, k))
            })?;
        }
        Ok(segments)
    }

    /// Every part of the fee of `span`, month by month, in no stated order within a month.
    pub(crate) fn visit_fees(
        &self,
        span: Days,
        visit: &mut dyn FnMut(&FeePart<'_>) -> Result<(), Overflow>,
    ) -> Result<(), EvalError> {
        let span = span.within(self.life());
        for k in self.ok("dates of the fee", self.months.touched(span))? {
            for segment in self.segments(k)? {
                let days = segment.days.within(span);
                if !days.is_empty() {
                    self.visit_segment(&segment, days, visit).map_err(|problem| {
                        Problem::from(problem).at(&self.lease.id, self.fee_place(segment.phase, k))
                    })?;
                }
            }
        }
        Ok(())
    }

    fn visit_segment(
        &self,
        segment: &Segment,
        days: Days,
        visit: &mut dyn FnMut(&FeePart<'_>) -> Result<(), Overflow>,
    ) -> Result<(), Overflow> {
        let part = |kind, minor| FeePart {
            segment,
            kind,
            tranche: segment.tranche,
            days,
            minor,
            accelerator_seconds: 0,
            units: 0,
        };
        match segment.rate {
            Rate::Undisclosed => visit(&part(LineKind::FeeUndisclosed, Ratio::ZERO)),
            Rate::Daily(daily) => {
                let gross = daily.checked_mul(count(days.count().unsigned_abs().into())?)?;
                visit(&part(LineKind::Fee, gross))?;
                for (days, standings) in self.stages.within(days) {
                    self.visit_missing(segment, days, standings, visit)?;
                }
                Ok(())
            }
            Rate::Hourly(hourly) => {
                for (days, standings) in self.stages.within(days) {
                    self.visit_hours(segment, hourly, days, standings, visit)?;
                }
                Ok(())
            }
        }
    }

    /// What a fixed fee loses because units are given up, undelivered or late.
    fn visit_missing(
        &self,
        segment: &Segment,
        days: Days,
        standings: &[Standing],
        visit: &mut dyn FnMut(&FeePart<'_>) -> Result<(), Overflow>,
    ) -> Result<(), Overflow> {
        let promised = promised(segment, standings);
        for (tranche, standing) in covered(segment, standings) {
            let mut take_off = |kind, units: u64, share: Ratio| {
                if units == 0 || share.is_zero() {
                    return Ok(());
                }
                let value = self.unit_days(segment, days, units, promised)?.checked_mul(share)?;
                visit(&FeePart {
                    segment,
                    kind,
                    tranche: Some(tranche),
                    days,
                    minor: negative(value)?,
                    accelerator_seconds: 0,
                    units,
                })
            };
            take_off(LineKind::CommitmentReduction, standing.given_up(), Ratio::ONE)?;
            take_off(LineKind::UndeliveredReduction, standing.undelivered(), Ratio::ONE)?;
            if standing.late {
                let share = self.lease.tranches[tranche].late.discount_per_day;
                take_off(LineKind::LateDiscount, standing.undelivered(), share)?;
            }
        }
        Ok(())
    }

    /// The fixed fee of `units` of `promised` over `days`.
    fn unit_days(
        &self,
        segment: &Segment,
        days: Days,
        units: u64,
        promised: u128,
    ) -> Result<Ratio, Overflow> {
        let Rate::Daily(daily) = segment.rate else { return Ok(Ratio::ZERO) };
        let part = u128::from(units) * u128::from(days.count().unsigned_abs());
        daily.checked_mul(count(part)?)?.checked_div(count(promised)?)
    }

    /// A fee by the hour: what is delivered is charged, what is late is discounted.
    fn visit_hours(
        &self,
        segment: &Segment,
        hourly: Ratio,
        days: Days,
        standings: &[Standing],
        visit: &mut dyn FnMut(&FeePart<'_>) -> Result<(), Overflow>,
    ) -> Result<(), Overflow> {
        let seconds = self.seconds(days);
        for (tranche, standing) in covered(segment, standings) {
            let accelerator_seconds = u128::from(standing.delivered) * seconds;
            if accelerator_seconds > 0 {
                visit(&FeePart {
                    segment,
                    kind: LineKind::Fee,
                    tranche: segment.tranche,
                    days,
                    minor: hours_at(hourly, accelerator_seconds)?,
                    accelerator_seconds,
                    units: 0,
                })?;
            }
            let share = self.lease.tranches[tranche].late.discount_per_day;
            if standing.late && !share.is_zero() {
                let late = u128::from(standing.undelivered()) * seconds;
                visit(&FeePart {
                    segment,
                    kind: LineKind::LateDiscount,
                    tranche: Some(tranche),
                    days,
                    minor: negative(hours_at(hourly, late)?.checked_mul(share)?)?,
                    accelerator_seconds: late,
                    units: standing.undelivered(),
                })?;
            }
        }
        Ok(())
    }

    /// Real seconds of `days`.
    pub(crate) fn seconds(&self, days: Days) -> u128 {
        let from = self.lease.start_of(days.from);
        self.lease.start_of(days.until).since(from).0.max(0).unsigned_abs().into()
    }

    /// The fee owed for `from <= day < until`, exact minor units: fees less undelivered and
    /// reduced units, before discounts, abatement and compensation. What is not disclosed is left
    /// out.
    ///
    /// # Errors
    /// [`EvalError`] where a number does not fit.
    pub fn fee_due(&self, from: Date, until: Date) -> Result<Ratio, EvalError> {
        self.fees(Days::new(from, until), |kind| {
            matches!(
                kind,
                LineKind::Fee | LineKind::CommitmentReduction | LineKind::UndeliveredReduction
            )
        })
    }

    /// [`Evaluation::fee_due`] of one civil day.
    ///
    /// # Errors
    /// As [`Evaluation::fee_due`].
    pub fn day_fee(&self, date: Date) -> Result<Ratio, EvalError> {
        let next = self.ok("dates of the fee", add_days(date, 1))?;
        self.fee_due(date, next)
    }

    /// The sum of the fee parts of some kinds.
    pub(crate) fn fees(
        &self,
        span: Days,
        wanted: impl Fn(LineKind) -> bool,
    ) -> Result<Ratio, EvalError> {
        let mut sum = Ratio::ZERO;
        self.visit_fees(span, &mut |part| {
            if wanted(part.kind) {
                sum = sum.checked_add(part.minor)?;
            }
            Ok(())
        })?;
        Ok(sum)
    }

    /// The spans of `days` whose fee is not disclosed, by phase.
    pub(crate) fn undisclosed(&self, days: Days) -> Result<Vec<Undisclosed>, EvalError> {
        let mut found: Vec<(usize, Undisclosed)> = Vec::new();
        self.visit_fees(days, &mut |part| {
            if part.kind != LineKind::FeeUndisclosed {
                return Ok(());
            }
            match found.iter_mut().find(|(phase, _)| *phase == part.segment.phase) {
                Some((_, span)) => {
                    span.until = part.days.until;
                    span.months += 1;
                }
                None => {
                    let phase = self.lease.fees[part.segment.phase].name.clone();
                    let (from, until) = (part.days.from, part.days.until);
                    let span = Undisclosed { phase, from, until, months: 1 };
                    found.push((part.segment.phase, span));
                }
            }
            Ok(())
        })?;
        Ok(found.into_iter().map(|(_, span)| span).collect())
    }

    /// The pieces of `days`.
    pub(crate) fn pieces_of(&self, days: Days) -> &[Piece] {
        let from = self.pieces.partition_point(|p| p.date < days.from);
        let until = self.pieces.partition_point(|p| p.date < days.until);
        &self.pieces[from.min(until)..until]
    }

    /// Units of `tranche` out at `at`.
    pub(crate) fn taken_at(&self, tranche: usize, date: Date, at: Instant) -> u64 {
        let day = Days::new(date, crate::exact::next_day(date));
        let out = self.pieces_of(day).iter();
        out.filter(|p| p.tranche == tranche && p.period.contains(at)).map(|p| p.units).sum()
    }

    /// Names the place where a number did not fit.
    pub(crate) fn ok<T>(
        &self,
        line: &str,
        result: Result<T, impl Into<Problem>>,
    ) -> Result<T, EvalError> {
        result.map_err(|problem| problem.into().at(&self.lease.id, line))
    }

    fn fee_place(&self, phase: usize, month: i32) -> String {
        let name = self.lease.fees.get(phase).map_or("?", |phase| phase.name.as_str());
        match self.months.month(month) {
            Ok(days) => format!("fee `{name}`, {} to {}", days.from, days.until),
            Err(_) => format!("fee `{name}`"),
        }
    }
}

/// Units promised by all that a segment covers.
pub(crate) fn promised(segment: &Segment, standings: &[Standing]) -> u128 {
    covered(segment, standings).map(|(_, standing)| u128::from(standing.promised)).sum()
}

/// The tranches that a segment covers.
pub(crate) fn covered<'s>(
    segment: &Segment,
    standings: &'s [Standing],
) -> impl Iterator<Item = (usize, Standing)> + use<'s> {
    let only = segment.tranche;
    let all = standings.iter().copied().enumerate();
    all.filter(move |(i, _)| only.is_none_or(|tranche| tranche == *i))
}

/// A price by the hour over accelerator-seconds.
pub(crate) fn hours_at(hourly: Ratio, accelerator_seconds: u128) -> Result<Ratio, Overflow> {
    let seconds =
        i128::try_from(accelerator_seconds).map_err(|_| Overflow::of("accelerator-hours"))?;
    hourly.checked_mul(fraction(seconds, SECONDS_PER_HOUR)?)
}
