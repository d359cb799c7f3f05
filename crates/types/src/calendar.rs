//! Civil arithmetic: months counted from an anchor, days between dates.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::Overflow;

/// The date `months` after `anchor`, clamped to the end of its month.
///
/// Always counted from the anchor, never from the previous boundary: 31 January, 28 February,
/// 31 March. Source of the rule: DESIGN, section 5.
///
/// # Errors
/// [`Overflow`] past the years that a date can hold (-9999 to 9999).
pub fn months_boundary(anchor: Date, months: i32) -> Result<Date, Overflow> {
    anchor.checked_add(months.months()).map_err(|_| Overflow::of("a date"))
}

/// The corresponding date `months` after `date`, clamped: 31 January + 1 month = 28 February.
///
/// # Errors
/// As [`months_boundary`].
pub fn add_months(date: Date, months: i32) -> Result<Date, Overflow> {
    months_boundary(date, months)
}

/// Civil days from `start` to `end`, negative where `end` is earlier.
pub fn days_between(start: Date, end: Date) -> i64 {
    i64::from(start.until(end).map_or(0, |span| span.get_days()))
}

/// The date `days` civil days after `start`, before it where `days` is negative.
///
/// # Errors
/// [`Overflow`] outside the dates that can be written.
pub fn days_after(start: Date, days: i64) -> Result<Date, Overflow> {
    let over = |_| Overflow::of("a date");
    let span = jiff::Span::new().try_days(days).map_err(over)?;
    start.checked_add(span).map_err(over)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn boundaries_are_counted_from_the_anchor() {
        let anchor = date(2027, 1, 31);
        let found: Vec<Date> = (1..=4).map(|n| months_boundary(anchor, n).unwrap()).collect();
        assert_eq!(
            found,
            [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]
        );
    }

    #[test]
    fn corresponding_dates_clamp() {
        assert_eq!(add_months(date(2027, 2, 28), 1).unwrap(), date(2027, 3, 28));
        assert_eq!(add_months(date(2027, 11, 29), 3).unwrap(), date(2028, 2, 29));
        assert_eq!(add_months(date(2027, 11, 30), 3).unwrap(), date(2028, 2, 29));
        assert!(add_months(date(9999, 12, 1), 1).is_err());
    }

    #[test]
    fn days_are_civil() {
        assert_eq!(days_between(date(2027, 1, 31), date(2027, 3, 2)), 30);
        assert_eq!(days_between(date(2027, 3, 2), date(2027, 1, 31)), -30);
        assert_eq!(days_after(date(2027, 1, 31), 30), Ok(date(2027, 3, 2)));
        assert_eq!(days_after(date(2027, 3, 2), -30), Ok(date(2027, 1, 31)));
    }
}
