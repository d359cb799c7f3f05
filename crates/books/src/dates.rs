//! Civil days.

use jiff::Span;
use leasehold_types::{Date, Overflow};

/// The date `days` civil days later.
pub(crate) fn add_days(date: Date, days: i64) -> Result<Date, Overflow> {
    let span = Span::new().try_days(days).map_err(|_| Overflow::of("a date"))?;
    date.checked_add(span).map_err(|_| Overflow::of("a date"))
}

/// The next civil day; the last one that can be written stays.
pub(crate) fn next_day(date: Date) -> Date {
    date.tomorrow().unwrap_or(Date::MAX)
}

/// The day before; the first one that can be written stays.
pub(crate) fn previous_day(date: Date) -> Date {
    date.yesterday().unwrap_or(Date::MIN)
}
