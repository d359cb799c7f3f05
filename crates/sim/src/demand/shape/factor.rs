//! Factors on counts: exact, or fixed at a stated precision, and applied without losing a request.
//!
//! Counts are multiplied and rounded so that the running total is never off by one: what is cut
//! off one window is carried to the next. Growth compounds by whole months from the span's start;
//! each month's factor is rounded to nine places, because exact powers outgrow 128 bits.

use jiff::tz::TimeZone;
use leasehold_types::{Instant, Overflow, Period, Ratio, Rounding, months_boundary};

/// One, in the fixed precision of a factor that compounds.
pub const UNIT: u128 = 1_000_000_000;

/// Factors by time: from each instant on, the numerator over [`UNIT`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factors {
    steps: Vec<(Instant, u128)>,
}

impl Factors {
    /// The factor at `instant`, over [`UNIT`].
    pub fn at(&self, instant: Instant) -> u128 {
        let after = self.steps.partition_point(|(from, _)| *from <= instant);
        after.checked_sub(1).and_then(|i| self.steps.get(i)).map_or(UNIT, |(_, factor)| *factor)
    }
}

/// The factor of each month of `span` under growth of `rate` a month.
///
/// # Errors
/// [`Overflow`] where growth over the span goes past 128 bits.
pub fn growth_factors(rate: Ratio, span: Period) -> Result<Factors, Overflow> {
    if rate.is_zero() {
        return Ok(Factors { steps: Vec::new() });
    }
    let start = TimeZone::UTC.to_datetime(span.start().timestamp());
    let by = Ratio::ONE.checked_add(rate)?;
    let unit = Ratio::new(UNIT as i128, 1).map_err(|_| Overflow::of("a factor"))?;
    let (mut factor, mut steps) = (unit, Vec::new());
    for month in 1.. {
        factor = factor.checked_mul(by)?;
        let whole = factor.round(Rounding::HalfAway);
        factor = Ratio::new(whole, 1).map_err(|_| Overflow::of("a growth factor"))?;
        let boundary = months_boundary(start.date(), month)?.to_datetime(start.time());
        let boundary = TimeZone::UTC.to_timestamp(boundary).map_err(|_| Overflow::of("a date"))?;
        let boundary = Instant::from_second(boundary.as_second());
        if boundary >= span.end() {
            break;
        }
        steps.push((boundary, whole.unsigned_abs()));
    }
    Ok(Factors { steps })
}

/// Multiplies counts, carrying what is cut off.
#[derive(Debug, Clone, Copy)]
pub struct Carry {
    denominator: u128,
    rest: u128,
}

impl Carry {
    /// For numerators over `denominator`.
    pub fn over(denominator: u128) -> Self {
        Carry { denominator: denominator.max(1), rest: 0 }
    }

    /// `count * numerator / denominator`, rounded so that the running total is rounded down.
    ///
    /// # Errors
    /// [`Overflow`] past 64 bits.
    pub fn next(&mut self, count: u64, numerator: u128) -> Result<u64, Overflow> {
        let overflow = Overflow::of("a scaled count");
        let exact = u128::from(count).checked_mul(numerator).ok_or(overflow)?;
        let sum = exact.checked_add(self.rest).ok_or(overflow)?;
        self.rest = sum % self.denominator;
        u64::try_from(sum / self.denominator).map_err(|_| overflow)
    }
}

#[cfg(test)]
mod tests {
    use leasehold_types::Seconds;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn growth_steps_at_months_from_the_start() {
        let start: Instant = "2026-01-31T06:00:00Z".parse().unwrap();
        let span = Period::new(start, start.saturating_add(Seconds::from_days(100)));
        let factors = growth_factors("0.1".parse().unwrap(), span).unwrap();
        let at = |text: &str| factors.at(text.parse().unwrap());
        assert_eq!(at("2026-02-28T05:59:59Z"), UNIT);
        assert_eq!(at("2026-02-28T06:00:00Z"), UNIT / 10 * 11);
        assert_eq!(at("2026-03-31T05:59:59Z"), UNIT / 10 * 11);
        assert_eq!(at("2026-03-31T06:00:00Z"), UNIT / 100 * 121);
        assert_eq!(at("2026-05-11T00:00:00Z"), UNIT / 1_000 * 1_331);
    }

    #[test]
    fn no_growth_is_exactly_one_and_absurd_growth_is_an_error() {
        let start = Instant::EPOCH;
        let span = Period::new(start, start.saturating_add(Seconds::from_days(4_000)));
        assert_eq!(growth_factors(Ratio::ZERO, span).unwrap().at(span.end()), UNIT);
        assert!(growth_factors(Ratio::whole(9), span).is_err());
    }

    proptest! {
        #[test]
        fn scaling_keeps_the_running_total(
            counts in prop::collection::vec(0u64..1_000_000, 1..200), top in 0u64..5_000, bottom in 1u64..5_000,
        ) {
            let mut carry = Carry::over(u128::from(bottom));
            let (mut before, mut after) = (0u128, 0u128);
            for count in counts {
                before += u128::from(count);
                after += u128::from(carry.next(count, u128::from(top)).unwrap());
                prop_assert_eq!(after, before * u128::from(top) / u128::from(bottom));
            }
        }
    }
}
