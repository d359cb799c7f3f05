//! Revenue as delivered: what has accrued up to an instant, exactly.
//!
//! Everything is a difference of two running totals, so adjacent spans add up without residue.
//! Caps and stop-losses bind from the instant at which their running total reaches them.

use leasehold_types::{Date, Instant, Overflow, Ratio};

use crate::EvalError;
use crate::exact::{Days, day_of, fraction, negative};
use crate::schedule::LineKind;
use crate::schedule::evaluation::Evaluation;
use crate::schedule::months::{lease_year, lease_year_days};

/// What accrued, by what it is made of. Exact minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accrued {
    /// Fees less undelivered and reduced units.
    pub fees: Ratio,
    /// Discounts for late delivery; not above zero.
    pub late: Ratio,
    /// Abatement and compensation for recalls; not above zero.
    pub recalled: Ratio,
}

impl Evaluation<'_> {
    /// Revenue as delivered from `from` to before `to`, exact minor units: each day's fee on that
    /// day less its discounts, abatement and compensation; part of a day by its share of that
    /// day's seconds. Adjacent spans add up exactly. What is not disclosed is left out.
    ///
    /// # Errors
    /// [`EvalError`] where a number does not fit.
    pub fn accrued(&self, from: Instant, to: Instant) -> Result<Ratio, EvalError> {
        let to = to.max(from);
        let fees = self.fees_between(from, to, |kind| kind != LineKind::FeeUndisclosed)?;
        let off = self.credits_between(from, to)?;
        self.ok("revenue as delivered", fees.checked_sub(off))
    }

    /// As [`Evaluation::accrued`], by what it is made of: the three parts add up to it.
    ///
    /// # Errors
    /// [`EvalError`] where a number does not fit.
    pub fn accrued_parts(&self, from: Instant, to: Instant) -> Result<Accrued, EvalError> {
        let to = to.max(from);
        let is_fee = |kind| kind != LineKind::FeeUndisclosed && kind != LineKind::LateDiscount;
        let off = self.credits_between(from, to)?;
        Ok(Accrued {
            fees: self.fees_between(from, to, is_fee)?,
            late: self.fees_between(from, to, |kind| kind == LineKind::LateDiscount)?,
            recalled: self.ok("recall credits", negative(off))?,
        })
    }

    /// As [`Evaluation::accrued_parts`], over the civil days `from <= day < until`. A day that the
    /// zone skips passes as the one before it ends, so instants cannot tell the two apart: dates can.
    ///
    /// # Errors
    /// [`EvalError`] where a number does not fit.
    pub fn accrued_on_days(&self, from: Date, until: Date) -> Result<Accrued, EvalError> {
        let days = Days::new(from, until);
        let is_fee = |kind| kind != LineKind::FeeUndisclosed && kind != LineKind::LateDiscount;
        let (start, end) = (self.lease.start_of(from), self.lease.start_of(until));
        let off = self.credits_between(start, end.max(start))?;
        Ok(Accrued {
            fees: self.fees(days, is_fee)?,
            late: self.fees(days, |kind| kind == LineKind::LateDiscount)?,
            recalled: self.ok("recall credits", negative(off))?,
        })
    }

    /// Fee parts of some kinds that accrue from `from` to before `to`.
    pub(crate) fn fees_between(
        &self,
        from: Instant,
        to: Instant,
        wanted: impl Fn(LineKind) -> bool + Copy,
    ) -> Result<Ratio, EvalError> {
        let (first, last) = (day_of(&self.lease.zone, from), day_of(&self.lease.zone, to));
        let whole = self.fees(Days::new(first, last), wanted)?;
        let part = |date: Date, at: Instant| -> Result<Ratio, EvalError> {
            let day = self.lease.zone.day(date);
            let passed = at.since(day.start()).0;
            if passed <= 0 || day.is_empty() {
                return Ok(Ratio::ZERO);
            }
            let fee = self.fees(Days::new(date, crate::exact::next_day(date)), wanted)?;
            let share = fraction(passed.into(), day.length().0.into());
            self.ok("revenue as delivered", share.and_then(|share| fee.checked_mul(share)))
        };
        let (before, after) = (part(first, from)?, part(last, to)?);
        let sum = whole.checked_add(after).and_then(|sum| sum.checked_sub(before));
        self.ok("revenue as delivered", sum)
    }

    /// Abatement and compensation that accrue from `from` to before `to`.
    pub(crate) fn credits_between(&self, from: Instant, to: Instant) -> Result<Ratio, EvalError> {
        let abated = self.abated_between(from, to)?;
        let compensated = self.compensated_between(from, to)?;
        self.ok("recall credits", abated.checked_add(compensated))
    }

    fn abated_between(&self, from: Instant, to: Instant) -> Result<Ratio, EvalError> {
        let mut sum = Ratio::ZERO;
        for (k, month, _) in self.by_month(self.pieces_of(self.touched(from, to)))? {
            let until = self.abated_before(k, month, to)?.total();
            let before = self.abated_before(k, month, from)?.total();
            let grown = until.and_then(|until| until.checked_sub(before?));
            sum = self.ok("recall abatement", grown.and_then(|grown| sum.checked_add(grown)))?;
        }
        Ok(sum)
    }

    fn compensated_between(&self, from: Instant, to: Instant) -> Result<Ratio, EvalError> {
        let anchor = self.lease.anchor;
        let pieces = self.pieces_of(self.touched(from, to));
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
            return Ok(Ratio::ZERO);
        };
        let sum = || -> Result<Ratio, Overflow> {
            let mut sum = Ratio::ZERO;
            for n in lease_year(anchor, first.date)?..=lease_year(anchor, last.date)? {
                let year = lease_year_days(anchor, n)?;
                sum = sum.checked_add(self.compensated(year, from, to)?.total()?)?;
            }
            Ok(sum)
        };
        self.ok("recall compensation", sum())
    }

    /// The civil days that the span touches. The day before it is among them: a day that the zone
    /// skips passes as the next one begins.
    fn touched(&self, from: Instant, to: Instant) -> Days {
        let first = day_of(&self.lease.zone, from);
        let last = day_of(&self.lease.zone, to);
        Days::new(first.yesterday().unwrap_or(first), crate::exact::next_day(last))
    }
}
