//! The civil grid of a report: steps of its series and quarters, in the scenario's zone.

use leasehold_types::{Date, Instant, Zone, days_between};

/// One step of the series: a run of civil days that never crosses a quarter's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The first day.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// The first instant after.
    pub end: Instant,
    /// Which quarter, as an index into [`Grid::quarters`].
    pub quarter: usize,
}

/// One civil quarter, cut to the span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarter {
    /// `2026-Q3`.
    pub name: String,
    /// The first day within the span.
    pub from: Date,
    /// The first day after, within the span.
    pub until: Date,
    /// The first instant after.
    pub end: Instant,
}

/// Steps and quarters of a span.
#[derive(Debug, Clone)]
pub struct Grid {
    /// The steps, in order; they cover the span.
    pub steps: Vec<Step>,
    /// The quarters, in order; they cover the span.
    pub quarters: Vec<Quarter>,
}

impl Grid {
    /// The grid of the civil days `from` to before `until`, with steps of `step_days`.
    pub fn new(zone: &Zone, from: Date, until: Date, step_days: u32) -> Self {
        let mut grid = Grid { steps: Vec::new(), quarters: Vec::new() };
        let mut start = from;
        while start < until {
            let end = quarter_end(start).min(until);
            let name = format!("{}-Q{}", start.year(), (start.month() + 2) / 3);
            let quarter = grid.quarters.len();
            grid.push_steps(zone, quarter, start, end, step_days);
            grid.quarters.push(Quarter { name, from: start, until: end, end: zone.start_of(end) });
            start = end;
        }
        grid
    }

    fn push_steps(&mut self, zone: &Zone, quarter: usize, from: Date, until: Date, days: u32) {
        let mut start = from;
        while start < until {
            let length = i64::from(days.max(1)).min(days_between(start, until));
            let end = start.saturating_add(jiff::Span::new().days(length));
            self.steps.push(Step { from: start, until: end, end: zone.start_of(end), quarter });
            start = end;
        }
    }

    /// Which quarter an instant falls in; the last one for what lies after all.
    pub fn quarter_of(&self, instant: Instant) -> usize {
        let after = self.quarters.partition_point(|q| q.end <= instant);
        after.min(self.quarters.len().saturating_sub(1))
    }

    /// The same grid, cut off where `at` closes a step; for a run that was stopped there.
    #[must_use]
    pub fn until(&self, at: Instant) -> Grid {
        let mut grid = self.clone();
        grid.steps.retain(|step| step.end <= at);
        let Some(last) = grid.steps.last() else {
            grid.quarters.clear();
            return grid;
        };
        grid.quarters.truncate(last.quarter + 1);
        if let Some(quarter) = grid.quarters.last_mut() {
            (quarter.until, quarter.end) = (last.until, last.end);
        }
        grid
    }
}

/// The first day of the quarter after the one that `date` falls in.
fn quarter_end(date: Date) -> Date {
    let month = (date.month() - 1) / 3 * 3 + 4;
    if month > 12 {
        Date::new(date.year() + 1, 1, 1).unwrap_or(Date::MAX)
    } else {
        Date::new(date.year(), month, 1).unwrap_or(Date::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn steps_and_quarters_cover_the_span_without_gaps() {
        let zone = Zone::named("America/Chicago").unwrap();
        for days in [1, 7, 30, 400] {
            let grid = Grid::new(&zone, date(2026, 5, 3), date(2027, 2, 10), days);
            let names: Vec<&str> = grid.quarters.iter().map(|q| q.name.as_str()).collect();
            assert_eq!(names, ["2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1"]);
            assert_eq!(grid.steps.first().unwrap().from, date(2026, 5, 3));
            assert_eq!(grid.steps.last().unwrap().until, date(2027, 2, 10));
            assert!(grid.steps.windows(2).all(|w| w[0].until == w[1].from));
            for step in &grid.steps {
                let quarter = &grid.quarters[step.quarter];
                assert!(quarter.from <= step.from && step.until <= quarter.until);
            }
        }
    }

    #[test]
    fn an_instant_on_the_boundary_is_the_later_quarter_s() {
        let grid = Grid::new(&Zone::UTC, date(2026, 1, 1), date(2026, 7, 1), 1);
        let boundary: Instant = "2026-04-01T00:00:00Z".parse().unwrap();
        assert_eq!(grid.quarter_of(boundary), 1);
        assert_eq!(grid.quarter_of(boundary.saturating_add(leasehold_types::Seconds(-1))), 0);
    }
}
