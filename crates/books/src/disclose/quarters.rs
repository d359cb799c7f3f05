//! Fiscal quarters, and the periods of which they are made.
//!
//! A year is called by the calendar year in which it ends: with years that start in July, the
//! quarter from July 2026 on is the first of fiscal 2027.

use leasehold_types::{Date, Overflow, months_boundary};
use serde::{Deserialize, Serialize};

use crate::dates::{next_day, previous_day};

use super::DisclosureError;

/// Most quarters of one disclosure: a thousand years of them.
pub const QUARTERS_MAX: usize = 4_000;

/// Months of a quarter.
const QUARTER_MONTHS: i32 = 3;
/// Months of a year.
const YEAR_MONTHS: i32 = 12;

/// A span of days by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// `2026 Q2`, `FY2027 Q1`, `year to date`.
    pub label: String,
    /// The first day.
    pub from: Date,
    /// The last day: not after the reporting date.
    pub through: Date,
    /// Whether the reporting date cuts it off.
    pub is_partial: bool,
}

impl Span {
    /// Whether it holds `date`.
    pub(super) fn holds(&self, date: Date) -> bool {
        self.from <= date && date <= self.through
    }

    /// The first day after.
    pub(super) fn until(&self) -> Date {
        next_day(self.through)
    }
}

/// The first day of the quarter that holds `date`.
fn quarter_start(date: Date, year_starts: i8) -> Result<Date, Overflow> {
    let passed = (i32::from(date.month()) - i32::from(year_starts)).rem_euclid(QUARTER_MONTHS);
    months_boundary(date.first_of_month(), -passed)
}

/// The first day of the fiscal year that holds `date`.
fn year_start(date: Date, year_starts: i8) -> Result<Date, Overflow> {
    let passed = (i32::from(date.month()) - i32::from(year_starts)).rem_euclid(YEAR_MONTHS);
    months_boundary(date.first_of_month(), -passed)
}

/// `2026 Q2`, or `FY2027 Q1` where the year does not start in January.
fn label(start: Date, year_starts: i8) -> Result<String, Overflow> {
    let year = year_start(start, year_starts)?;
    let passed = i32::from(start.month()) - i32::from(year.month());
    let number = passed.rem_euclid(YEAR_MONTHS) / QUARTER_MONTHS + 1;
    Ok(if year_starts == 1 {
        format!("{} Q{number}", year.year())
    } else {
        format!("FY{} Q{number}", i32::from(year.year()) + 1)
    })
}

fn quarter(start: Date, at: Date, year_starts: i8) -> Result<Span, Overflow> {
    let last = previous_day(months_boundary(start, QUARTER_MONTHS)?);
    let label = label(start, year_starts)?;
    Ok(Span { label, from: start, through: last.min(at), is_partial: last > at })
}

/// The quarters from the one that holds `first` to the one that holds `at`.
pub(super) fn quarters(
    first: Date,
    at: Date,
    year_starts: i8,
) -> Result<Vec<Span>, DisclosureError> {
    let mut quarters = Vec::new();
    let mut start = quarter_start(first.min(at), year_starts)?;
    while start <= at {
        if quarters.len() == QUARTERS_MAX {
            return Err(Overflow::of("disclosures of more than 4,000 quarters").into());
        }
        quarters.push(quarter(start, at, year_starts)?);
        start = months_boundary(start, QUARTER_MONTHS)?;
    }
    Ok(quarters)
}

/// The periods over which tenants are compared: the quarter, the year to date, twelve months.
pub(super) fn periods(at: Date, year_starts: i8) -> Result<Vec<Span>, Overflow> {
    let quarter = quarter(quarter_start(at, year_starts)?, at, year_starts)?;
    let label = "year to date".to_owned();
    let year = year_start(at, year_starts)?;
    let is_partial = next_day(at) < months_boundary(year, YEAR_MONTHS)?;
    let to_date = Span { label, from: year, through: at, is_partial };
    let from = months_boundary(next_day(at), -YEAR_MONTHS)?;
    let label = "trailing 12 months".to_owned();
    let trailing = Span { label, from, through: at, is_partial: false };
    Ok(vec![quarter, to_date, trailing])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn said(spans: &[Span]) -> Vec<String> {
        let said = |s: &Span| format!("{} {} {} {}", s.label, s.from, s.through, s.is_partial);
        spans.iter().map(said).collect()
    }

    #[test]
    fn calendar_quarters() {
        let found = quarters(day("2026-05-15"), day("2026-08-10"), 1).unwrap();
        assert_eq!(
            said(&found),
            ["2026 Q2 2026-04-01 2026-06-30 false", "2026 Q3 2026-07-01 2026-08-10 true"]
        );
    }

    #[test]
    fn fiscal_years_are_called_by_the_year_in_which_they_end() {
        let found = quarters(day("2026-06-30"), day("2026-12-31"), 7).unwrap();
        let labels: Vec<&str> = found.iter().map(|span| span.label.as_str()).collect();
        assert_eq!(labels, ["FY2026 Q4", "FY2027 Q1", "FY2027 Q2"]);
        // February begins the year: its quarters begin in February, May, August, November.
        let found = quarters(day("2026-01-31"), day("2026-02-01"), 2).unwrap();
        assert_eq!(
            said(&found),
            ["FY2026 Q4 2025-11-01 2026-01-31 false", "FY2027 Q1 2026-02-01 2026-02-01 true"]
        );
    }

    #[test]
    fn periods_end_on_the_reporting_date() {
        assert_eq!(
            said(&periods(day("2026-09-30"), 1).unwrap()),
            [
                "2026 Q3 2026-07-01 2026-09-30 false",
                "year to date 2026-01-01 2026-09-30 true",
                "trailing 12 months 2025-10-01 2026-09-30 false",
            ]
        );
        assert_eq!(periods(day("2028-02-29"), 1).unwrap()[2].from, day("2027-03-01"));
    }

    #[test]
    fn the_limit_is_the_limit() {
        assert!(quarters(day("0001-01-01"), day("2026-01-01"), 1).is_err());
    }
}
