//! What recalled units take off the fee: abatement by the month, compensation by the lease year.
//!
//! Both are computed from pieces that overlap nowhere, so what is counted is the union. Sums are
//! kept as whole accelerator-seconds for as long as they share a price.

use std::collections::BTreeMap;

use leasehold_types::{Date, Instant, Overflow, Period, Ratio, Units};

use crate::entitlement::timeline::Standing;
use crate::exact::{Days, SECONDS_PER_HOUR, count, fraction, smaller};
use crate::schedule::evaluation::{Evaluation, hours_at, promised};
use crate::schedule::months::{lease_year, lease_year_days};
use crate::schedule::segment::{Rate, Segment};
use crate::schedule::taken::{Piece, pieces_of_one};
use crate::{EvalError, Problem};

/// A fee month's number, its days, and the pieces that lie in it.
type OfMonth<'p> = (i32, Days, &'p [Piece]);

/// An amount by tranche, exact minor units.
#[derive(Debug, Clone, Default)]
pub(crate) struct ByTranche {
    pub(crate) minor: BTreeMap<usize, Ratio>,
    /// Accelerator-seconds behind it.
    pub(crate) accelerator_seconds: BTreeMap<usize, u128>,
    /// Whether some of it has no disclosed price.
    pub(crate) undisclosed: bool,
    /// Whether a cap or a stop-loss made it smaller.
    pub(crate) limited: bool,
}

impl ByTranche {
    pub(crate) fn total(&self) -> Result<Ratio, Overflow> {
        self.minor.values().try_fold(Ratio::ZERO, |sum, part| sum.checked_add(*part))
    }

    /// Every part in the same proportion, so that they add up to `total`.
    fn scaled_to(mut self, total: Ratio) -> Result<Self, Overflow> {
        let before = self.total()?;
        if before == total {
            return Ok(self);
        }
        self.limited = true;
        if let [part] = self.minor.values_mut().collect::<Vec<_>>().as_mut_slice() {
            **part = total;
            return Ok(self);
        }
        let scale = total.checked_div(before)?;
        for part in self.minor.values_mut() {
            *part = part.checked_mul(scale)?;
        }
        Ok(self)
    }

    pub(crate) fn add(&mut self, other: ByTranche) -> Result<(), Overflow> {
        for (tranche, part) in other.minor {
            let sum = self.minor.entry(tranche).or_insert(Ratio::ZERO);
            *sum = sum.checked_add(part)?;
        }
        for (tranche, part) in other.accelerator_seconds {
            *self.accelerator_seconds.entry(tranche).or_insert(0) += part;
        }
        self.undisclosed |= other.undisclosed;
        self.limited |= other.limited;
        Ok(())
    }
}

/// What has one price: unit-seconds of it are summed before they are priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Priced {
    tranche: usize,
    segment: usize,
    /// Units among which a day's fee is shared, times that day's seconds; 0 for a price by the
    /// hour.
    shares: u128,
}

impl Priced {
    /// The key of `piece` in `segment`, and the seconds of it before `limit`.
    fn of(
        piece: &Piece,
        segment: usize,
        of: &Segment,
        standings: &[Standing],
        limit: Instant,
    ) -> Option<(Self, u64)> {
        let tranche = piece.tranche;
        match of.rate {
            Rate::Undisclosed => None,
            Rate::Hourly(_) => {
                let seconds = piece.seconds_before(limit).unsigned_abs();
                Some((Priced { tranche, segment, shares: 0 }, seconds))
            }
            Rate::Daily(_) => {
                let (seconds, day) = piece.share_before(limit);
                let shares = promised(of, standings) * u128::from(day.unsigned_abs());
                Some((Priced { tranche, segment, shares }, seconds.unsigned_abs()))
            }
        }
    }

    fn value(self, rate: Rate, taken: u128) -> Result<Ratio, Overflow> {
        match rate {
            Rate::Undisclosed => Ok(Ratio::ZERO),
            Rate::Hourly(hourly) => hours_at(hourly, taken),
            Rate::Daily(daily) => {
                daily.checked_mul(count(taken)?)?.checked_div(count(self.shares)?)
            }
        }
    }
}

impl Evaluation<'_> {
    /// The abatement of `days`, each day's on that day, after the caps of its months. Where a cap
    /// binds, what is taken first abates first.
    pub(crate) fn abatement(&self, days: Days) -> Result<ByTranche, EvalError> {
        let mut sum = ByTranche::default();
        for (k, month, _) in self.by_month(self.pieces_of(days))? {
            let part = days.within(month);
            let until = self.abated_before(k, month, self.lease.start_of(part.until))?;
            let part = if part.from > month.from {
                let before = self.abated_before(k, month, self.lease.start_of(part.from))?;
                self.ok("recall abatement", difference(until, before))?
            } else {
                until
            };
            self.ok("recall abatement", sum.add(part))?;
        }
        Ok(sum)
    }

    /// The abatement of month `k` up to `limit`, after the cap of the whole month.
    pub(crate) fn abated_before(
        &self,
        k: i32,
        month: Days,
        limit: Instant,
    ) -> Result<ByTranche, EvalError> {
        let Some(clause) = &self.lease.recall else { return Ok(ByTranche::default()) };
        if clause.abatement.multiple.is_zero() {
            return Ok(ByTranche::default());
        }
        let line = |month: Days| format!("recall abatement, {} to {}", month.from, month.until);
        let segments = self.segments(k)?;
        let pieces = self.pieces_of(month);
        let full = self
            .value_of(&segments, pieces, limit, clause.abatement.multiple)
            .map_err(|e| Problem::from(e).at(&self.lease.id, line(month)))?;
        let Some(cap) = clause.abatement.cap else { return Ok(full) };
        let due = self.fee_due(month.from, month.until)?;
        let capped = || full.total().and_then(|total| Ok(smaller(total, due.checked_mul(cap)?)));
        let capped = capped().and_then(|total| full.clone().scaled_to(total));
        capped.map_err(|e| Problem::from(e).at(&self.lease.id, line(month)))
    }

    /// The fee of `pieces` before `limit`, times `multiple`, by tranche.
    fn value_of(
        &self,
        segments: &[Segment],
        pieces: &[Piece],
        limit: Instant,
        multiple: Ratio,
    ) -> Result<ByTranche, Overflow> {
        let mut sum = ByTranche::default();
        let mut taken: BTreeMap<Priced, u128> = BTreeMap::new();
        for piece in pieces.iter().filter(|p| p.period.start() < limit || p.period.end() <= limit) {
            let real = piece.seconds_before(limit).unsigned_abs();
            let units = u128::from(piece.units);
            *sum.accelerator_seconds.entry(piece.tranche).or_insert(0) += units * u128::from(real);
            for (i, segment) in segments.iter().enumerate() {
                if !segment.charges(piece.date, piece.tranche) {
                    continue;
                }
                sum.undisclosed |= matches!(segment.rate, Rate::Undisclosed);
                let standings = self.stages.at(piece.date);
                if let Some((key, seconds)) = Priced::of(piece, i, segment, standings, limit) {
                    *taken.entry(key).or_insert(0) += units * u128::from(seconds);
                }
                sum.minor.entry(piece.tranche).or_insert(Ratio::ZERO);
            }
        }
        for (key, taken) in taken {
            let value = key.value(segments[key.segment].rate, taken)?.checked_mul(multiple)?;
            let entry = sum.minor.entry(key.tranche).or_insert(Ratio::ZERO);
            *entry = entry.checked_add(value)?;
        }
        Ok(sum)
    }

    /// The fee of one unit of `tranche` for an hour of `date`, exact, and whether some of it is
    /// not disclosed.
    pub(crate) fn unit_hour(&self, tranche: usize, date: Date) -> Result<(Ratio, bool), EvalError> {
        let month = self.ok("fee of an accelerator-hour", self.months.index_of(date))?;
        let segments = self.segments(month)?;
        let day = self.lease.zone.day(date).length().0.max(1);
        let sum = || -> Result<(Ratio, bool), Overflow> {
            let (mut fee, mut undisclosed) = (Ratio::ZERO, false);
            for segment in segments.iter().filter(|segment| segment.charges(date, tranche)) {
                let part = match segment.rate {
                    Rate::Undisclosed => {
                        undisclosed = true;
                        Ratio::ZERO
                    }
                    Rate::Hourly(hourly) => hourly,
                    Rate::Daily(daily) => {
                        let promised = promised(segment, self.stages.at(date)).max(1);
                        let shares = promised * u128::from(day.unsigned_abs());
                        let hour = fraction(SECONDS_PER_HOUR, 1)?.checked_div(count(shares)?)?;
                        daily.checked_mul(hour)?
                    }
                };
                fee = fee.checked_add(part)?;
            }
            Ok((fee, undisclosed))
        };
        self.ok("fee of an accelerator-hour", sum())
    }

    /// Abatement and compensation if `units` of `tranche` are out during `period`, before the cap
    /// and the stop-loss; `None` where the tenant does not have that many throughout.
    pub(crate) fn recall_cost(
        &self,
        tranche: usize,
        units: Units,
        multiplier: Ratio,
        period: Period,
    ) -> Result<Option<(Ratio, Ratio)>, EvalError> {
        let Some(clause) = &self.lease.recall else { return Ok(None) };
        let timeline = &self.timelines[tranche];
        let Ok(pieces) = pieces_of_one(self.lease, tranche, timeline, period, multiplier, units)
        else {
            return Ok(None);
        };
        let mut abatement = Ratio::ZERO;
        for (k, _, pieces) in self.by_month(&pieces)? {
            let segments = self.segments(k)?;
            let value = self.value_of(&segments, pieces, Instant::MAX, clause.abatement.multiple);
            let sum = value.and_then(|value| abatement.checked_add(value.total()?));
            abatement = self.ok("recall, cost", sum)?;
        }
        let hourly = clause.compensation.minor_per_accelerator_hour;
        let compensation = compensation_of(&pieces, Instant::MIN, Instant::MAX, hourly)
            .and_then(|sum| sum.total());
        Ok(Some((abatement, self.ok("recall, cost", compensation)?)))
    }

    /// The compensation of `days`, after the stop-loss of its lease years. Where it binds, what is
    /// taken first is compensated first.
    pub(crate) fn compensation(&self, days: Days) -> Result<ByTranche, EvalError> {
        let mut sum = ByTranche::default();
        let pieces = self.pieces_of(days);
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return Ok(sum) };
        let years = lease_year(self.lease.anchor, first.date)
            .and_then(|first| Ok(first..=lease_year(self.lease.anchor, last.date)?));
        for n in self.ok("recall compensation", years)? {
            let year = self.ok("recall compensation", lease_year_days(self.lease.anchor, n))?;
            let part = days.within(year);
            let (from, until) = (self.lease.start_of(part.from), self.lease.start_of(part.until));
            let part = self.ok("recall compensation", self.compensated(year, from, until))?;
            self.ok("recall compensation", sum.add(part))?;
        }
        Ok(sum)
    }

    /// The compensation from `from` to `until`, both within `year`, after the year's stop-loss.
    pub(crate) fn compensated(
        &self,
        year: Days,
        from: Instant,
        until: Instant,
    ) -> Result<ByTranche, Overflow> {
        let Some(clause) = &self.lease.recall else { return Ok(ByTranche::default()) };
        let hourly = clause.compensation.minor_per_accelerator_hour;
        if hourly.is_zero() {
            return Ok(ByTranche::default());
        }
        let pieces = self.pieces_of(year);
        let between = compensation_of(pieces, from, until, hourly)?;
        let Some(stop) = clause.compensation.stop_loss_per_year else { return Ok(between) };
        let before = compensation_of(pieces, Instant::MIN, from, hourly)?.total()?;
        let after = before.checked_add(between.total()?)?;
        let stop = stop.exact()?;
        let paid = smaller(after, stop).checked_sub(smaller(before, stop))?;
        between.scaled_to(paid)
    }

    /// `pieces` by the fee month in which they lie: its number and its days.
    pub(crate) fn by_month<'p>(&self, pieces: &'p [Piece]) -> Result<Vec<OfMonth<'p>>, EvalError> {
        let mut months = Vec::new();
        let mut rest = pieces;
        while let Some(first) = rest.first() {
            let k = self.ok("recall abatement", self.months.index_of(first.date))?;
            let month = self.ok("recall abatement", self.months.month(k))?;
            let (of_it, later) = rest.split_at(rest.partition_point(|p| p.date < month.until));
            months.push((k, month, of_it));
            rest = later;
        }
        Ok(months)
    }
}

fn compensation_of(
    pieces: &[Piece],
    from: Instant,
    until: Instant,
    hourly: Ratio,
) -> Result<ByTranche, Overflow> {
    let mut sum = ByTranche::default();
    let mut parts: BTreeMap<(usize, Ratio), u128> = BTreeMap::new();
    for piece in pieces {
        let seconds = piece.seconds_before(until) - piece.seconds_before(from);
        let taken = u128::from(piece.units) * u128::from(seconds.max(0).unsigned_abs());
        if taken > 0 {
            *parts.entry((piece.tranche, piece.multiplier)).or_insert(0) += taken;
            *sum.accelerator_seconds.entry(piece.tranche).or_insert(0) += taken;
        }
    }
    for ((tranche, multiplier), taken) in parts {
        let value = hours_at(hourly, taken)?.checked_mul(multiplier)?;
        let entry = sum.minor.entry(tranche).or_insert(Ratio::ZERO);
        *entry = entry.checked_add(value)?;
    }
    Ok(sum)
}

/// What came after `before`.
fn difference(until: ByTranche, before: ByTranche) -> Result<ByTranche, Overflow> {
    let mut rest = until;
    for (tranche, part) in before.minor {
        let sum = rest.minor.entry(tranche).or_insert(Ratio::ZERO);
        *sum = sum.checked_sub(part)?;
    }
    for (tranche, part) in before.accelerator_seconds {
        let sum = rest.accelerator_seconds.entry(tranche).or_insert(0);
        *sum = sum.saturating_sub(part);
    }
    Ok(rest)
}
