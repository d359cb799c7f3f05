//! The months by which fees are counted, and the billing periods made of them.
//!
//! Month `k` begins `k` months after the base, always counted from the base and clamped to the
//! month's end. The base is the anchor, or the first of its month where billing is by calendar.

use leasehold_types::{Date, Overflow, Ratio, months_boundary};

use crate::exact::{Days, fraction};
use crate::lease::{Alignment, DayCount, Lease};

/// Months and billing periods of a lease.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FeeMonths {
    base: Date,
    every: i32,
    count: DayCount,
}

/// A part of a fee month, counted by the lease's day count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Days counted…
    pub(crate) part: i64,
    /// …of so many that make the whole.
    pub(crate) whole: i64,
}

impl FeeMonths {
    pub(crate) fn of(lease: &Lease) -> Self {
        let base = match lease.rules.billing.align {
            Alignment::Calendar => lease.anchor.first_of_month(),
            Alignment::Anchor => lease.anchor,
        };
        let every = i32::from(lease.rules.billing.every_months.max(1));
        FeeMonths { base, every, count: lease.rules.proration }
    }

    /// The number of the month that holds `date`.
    pub(crate) fn index_of(&self, date: Date) -> Result<i32, Overflow> {
        let years = i32::from(date.year()) - i32::from(self.base.year());
        let months = years * 12 + i32::from(date.month()) - i32::from(self.base.month());
        Ok(if months_boundary(self.base, months)? > date { months - 1 } else { months })
    }

    /// Month `k`.
    pub(crate) fn month(&self, k: i32) -> Result<Days, Overflow> {
        Ok(Days::new(months_boundary(self.base, k)?, months_boundary(self.base, k + 1)?))
    }

    /// The number of the billing period that holds `date`.
    pub(crate) fn period_index_of(&self, date: Date) -> Result<i32, Overflow> {
        Ok(self.index_of(date)?.div_euclid(self.every))
    }

    /// Billing period `j`.
    pub(crate) fn period(&self, j: i32) -> Result<Days, Overflow> {
        let first = j.checked_mul(self.every).ok_or(Overflow::of("a date"))?;
        let next = first.checked_add(self.every).ok_or(Overflow::of("a date"))?;
        Ok(Days::new(months_boundary(self.base, first)?, months_boundary(self.base, next)?))
    }

    /// The months that `span` touches, by number.
    pub(crate) fn touched(&self, span: Days) -> Result<std::ops::Range<i32>, Overflow> {
        if span.is_empty() {
            return Ok(0..0);
        }
        let last = span.until.yesterday().map_err(|_| Overflow::of("a date"))?;
        Ok(self.index_of(span.from)?..self.index_of(last)? + 1)
    }

    /// How `part` of `month` counts, when fees of one cover run over `covered` of it.
    ///
    /// - `actual/actual`: civil days over the civil days of the month.
    /// - `30E/360`: days by the European rule over those of the month (30 for a calendar month).
    /// - `actual/365F`: a month that is covered throughout counts whole, its parts by civil days;
    ///   of any other, civil days times twelve over 365.
    /// - `none`: what is covered counts as the whole, its parts by civil days.
    pub(crate) fn counted(&self, month: Days, covered: Days, part: Days) -> Counted {
        match self.count {
            DayCount::ThirtyE360 => Counted { part: thirty_e(part), whole: thirty_e(month) },
            DayCount::Actual365Fixed if covered != month => {
                Counted { part: part.count() * 12, whole: 365 }
            }
            DayCount::None => Counted { part: part.count(), whole: covered.count() },
            DayCount::ActualActual | DayCount::Actual365Fixed => {
                Counted { part: part.count(), whole: month.count() }
            }
        }
    }
}

impl Counted {
    /// As a fraction of a month.
    pub(crate) fn fraction(self) -> Result<Ratio, Overflow> {
        fraction(i128::from(self.part), i128::from(self.whole))
    }
}

/// Days by the European rule for months of 30: day 31 counts as day 30.
fn thirty_e(span: Days) -> i64 {
    let number = |date: Date| {
        i64::from(date.year()) * 360 + i64::from(date.month()) * 30 + i64::from(date.day().min(30))
    };
    number(span.until) - number(span.from)
}

/// The year of `anchor` that holds `date`: the number of whole years since it.
pub(crate) fn lease_year(anchor: Date, date: Date) -> Result<i32, Overflow> {
    let years = i32::from(date.year()) - i32::from(anchor.year());
    Ok(if months_boundary(anchor, years * 12)? > date { years - 1 } else { years })
}

/// Year `n` of `anchor`.
pub(crate) fn lease_year_days(anchor: Date, n: i32) -> Result<Days, Overflow> {
    Ok(Days::new(months_boundary(anchor, n * 12)?, months_boundary(anchor, (n + 1) * 12)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn months(base: Date, every: i32, count: DayCount) -> FeeMonths {
        FeeMonths { base, every, count }
    }

    #[test]
    fn months_are_counted_from_the_base() {
        let from_31st = months(date(2027, 1, 31), 1, DayCount::ActualActual);
        assert_eq!(from_31st.month(1).unwrap(), Days::new(date(2027, 2, 28), date(2027, 3, 31)));
        assert_eq!(from_31st.index_of(date(2027, 2, 27)).unwrap(), 0);
        assert_eq!(from_31st.index_of(date(2027, 2, 28)).unwrap(), 1);
        assert_eq!(from_31st.index_of(date(2027, 1, 30)).unwrap(), -1);
        assert_eq!(from_31st.period_index_of(date(2026, 12, 31)).unwrap(), -1);
    }

    #[test]
    fn a_month_by_the_european_rule_has_thirty_days() {
        for month in [date(2027, 1, 1), date(2027, 2, 1), date(2028, 2, 1)] {
            let whole = Days::new(month, month.last_of_month().tomorrow().unwrap());
            assert_eq!(thirty_e(whole), 30);
        }
        assert_eq!(thirty_e(Days::new(date(2027, 1, 30), date(2027, 1, 31))), 0);
        assert_eq!(thirty_e(Days::new(date(2027, 1, 16), date(2027, 2, 1))), 15);
    }
}
