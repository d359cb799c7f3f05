//! Small helpers for exact fractions and civil days, shared by the evaluation.

use jiff::Span;
use leasehold_types::{Date, Instant, Overflow, Ratio, Zone, days_between};

/// Seconds in an hour, for prices by the hour.
pub(crate) const SECONDS_PER_HOUR: i128 = 3_600;

/// `numerator / denominator`.
pub(crate) fn fraction(numerator: i128, denominator: i128) -> Result<Ratio, Overflow> {
    Ratio::new(numerator, denominator).map_err(|_| Overflow::of("a fraction"))
}

/// A count as a fraction.
pub(crate) fn count(value: u128) -> Result<Ratio, Overflow> {
    let value = i128::try_from(value).map_err(|_| Overflow::of("a count"))?;
    fraction(value, 1)
}

/// The negative.
pub(crate) fn negative(value: Ratio) -> Result<Ratio, Overflow> {
    Ratio::ZERO.checked_sub(value)
}

/// The smaller.
pub(crate) fn smaller(left: Ratio, right: Ratio) -> Ratio {
    left.min(right)
}

/// The date `days` civil days later.
pub(crate) fn add_days(date: Date, days: i64) -> Result<Date, Overflow> {
    let span = Span::new().try_days(days).map_err(|_| Overflow::of("a date"))?;
    date.checked_add(span).map_err(|_| Overflow::of("a date"))
}

/// The next civil day.
pub(crate) fn next_day(date: Date) -> Date {
    date.tomorrow().unwrap_or(Date::MAX)
}

/// The civil day that holds `instant`: the one whose first instant is the last at or before it.
///
/// That is the date on the clock, but where clocks go back over midnight: then the new day has
/// already begun, although the clock shows the old date once more.
pub(crate) fn day_of(zone: &Zone, instant: Instant) -> Date {
    let date = zone.date_of(instant);
    let next = next_day(date);
    if next > date && instant >= zone.start_of(next) { next } else { date }
}

/// Civil days from `from` to `until`, none where `until` is earlier.
pub(crate) fn days(from: Date, until: Date) -> i64 {
    days_between(from, until).max(0)
}

/// A span of civil days; empty where `until` is not after `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Days {
    pub(crate) from: Date,
    pub(crate) until: Date,
}

impl Days {
    pub(crate) fn new(from: Date, until: Date) -> Self {
        Days { from, until: until.max(from) }
    }

    pub(crate) fn count(self) -> i64 {
        days(self.from, self.until)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.from >= self.until
    }

    pub(crate) fn within(self, other: Days) -> Days {
        Days::new(self.from.max(other.from), self.until.min(other.until))
    }

    pub(crate) fn contains(self, date: Date) -> bool {
        self.from <= date && date < self.until
    }
}

/// The civil day before.
pub(crate) fn previous_day(date: Date) -> Date {
    date.yesterday().unwrap_or(Date::MIN)
}

/// Whether `value` has at most `places` decimals.
pub(crate) fn is_decimal(value: Ratio, places: u32) -> bool {
    10_i128.checked_pow(places).is_some_and(|scale| scale % value.denominator() == 0)
}

/// `value` to at most `places` decimals, thousands grouped, for people; never for arithmetic.
pub(crate) fn decimal(value: Ratio, places: u32) -> String {
    let scale = 10_i128.pow(places.min(18));
    let Ok(scaled) = fraction(scale, 1).and_then(|scale| value.checked_mul(scale)) else {
        return value.to_string();
    };
    let scaled = scaled.round(leasehold_types::Rounding::HalfAway);
    let (whole, part) = (
        scaled.unsigned_abs() / scale.unsigned_abs(),
        scaled.unsigned_abs() % scale.unsigned_abs(),
    );
    let sign = if scaled < 0 { "-" } else { "" };
    let part = format!("{part:0>width$}", width = places as usize);
    let part = part.trim_end_matches('0');
    let dot = if part.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{part}", grouped(whole))
}

/// A whole number with its thousands apart.
pub(crate) fn grouped(value: u128) -> String {
    let digits = value.to_string();
    let mut said = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}
