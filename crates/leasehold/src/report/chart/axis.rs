//! Axes: round numbers to the left, time below.

use leasehold_types::Date;
use maud::{Markup, html};

use super::{Plot, Tenths, rule, text};
use crate::report::shown::Scale;

/// Most steps between round numbers.
const STEPS_MAX: u128 = 4;

/// Round numbers that hold every value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Between two numbers of the axis.
    step: i128,
    /// The lowest, zero or below.
    pub low: i128,
    /// The highest, above zero.
    pub high: i128,
}

impl Range {
    /// The range for values from `low` to `high`; it holds zero.
    pub fn of(low: i128, high: i128) -> Range {
        let (low, high) = (low.min(0), high.max(0));
        let span = high.unsigned_abs().max(low.unsigned_abs()).max(1);
        let step = i128::try_from(round_above(span.div_ceil(STEPS_MAX))).unwrap_or(i128::MAX);
        let upper = step.saturating_mul(high.saturating_add(step - 1) / step);
        let lower = step.saturating_mul(low.saturating_sub(step - 1) / step);
        Range { step, low: lower, high: if upper == lower { step } else { upper } }
    }

    /// The numbers of the axis and how they are written.
    fn numbers(self) -> Vec<(i128, String)> {
        let scale = self.scale();
        let mut numbers = Vec::new();
        let mut number = self.low;
        while number <= self.high {
            let sign = if number < 0 { "\u{2212}" } else { "" };
            numbers.push((number, format!("{sign}{}", scale.number(number.unsigned_abs()))));
            number = number.saturating_add(self.step);
        }
        numbers
    }

    /// In what the numbers are written: whole at every step.
    pub fn scale(self) -> Scale {
        let step = self.step.unsigned_abs();
        let whole = |scale: &Scale| step.is_multiple_of(scale.divisor());
        Scale::ALL.into_iter().rev().find(whole).unwrap_or(Scale::ONE)
    }
}

/// The smallest of 1, 2, 5, 10, 20, … that is not below `number`.
fn round_above(number: u128) -> u128 {
    let mut power: u128 = 1;
    loop {
        for leading in [1, 2, 5] {
            let round = power.saturating_mul(leading);
            if round >= number {
                return round;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// The numbers to the left of `plot`, each with its line across.
pub fn numbers(plot: Plot, range: Range) -> Markup {
    html! {
        @for (number, words) in range.numbers() {
            @let y = plot.height_of(number, range.low, range.high);
            (rule((plot.left, y), (plot.right, y), if number == 0 { "zero" } else { "grid" }))
            (text(plot.left - 50, y + 40, "end", "tick", &words))
        }
    }
}

/// The width of a digit of the axis, in most fonts.
const DIGIT: Tenths = 68;

/// Whether each of `words` fits the width of one of `steps`.
pub fn have_room<'a>(plot: Plot, steps: usize, words: impl Iterator<Item = &'a str>) -> bool {
    let room = plot.width() / Tenths::try_from(steps.max(1)).unwrap_or(Tenths::MAX);
    let longest = words.map(|word| word.chars().count()).max().unwrap_or(0);
    room >= Tenths::try_from(longest).unwrap_or(Tenths::MAX).saturating_mul(DIGIT)
}

/// Names below the steps of `plot`: each where there is room, else the first of each year.
pub fn names(plot: Plot, names: &[&str]) -> Markup {
    let all = have_room(plot, names.len(), names.iter().copied());
    html! {
        @for (nth, name) in names.iter().enumerate() {
            @if all {
                (text(plot.middle(nth, names.len()), plot.bottom + 150, "middle", "tick", name))
            } @else if let Some(year) = starts_year(names, nth) {
                @let x = plot.step(nth, names.len());
                (rule((x, plot.bottom), (x, plot.bottom + 50), "zero"))
                @if x < plot.right - 300 {
                    (text(x + 20, plot.bottom + 150, "start", "tick", year))
                }
            }
        }
    }
}

/// The year of `names[nth]`, where it is the first of that year and the year has room for its name.
fn starts_year<'a>(names: &[&'a str], nth: usize) -> Option<&'a str> {
    let year = |at: usize| names.get(at).and_then(|name| name.split('-').next());
    let first = nth == 0 || year(nth) != year(nth - 1);
    let roomy = nth > 0 || year(0) == year(2.min(names.len().saturating_sub(1)));
    if first && roomy { year(nth) } else { None }
}

/// The first and the last day below `plot`, or its years where it spans several.
pub fn days(plot: Plot, first_days: &[Date], last: Date) -> Markup {
    let count = first_days.len();
    let starts: Vec<(usize, i16)> = (1..count)
        .filter(|nth| first_days[*nth].year() != first_days[nth - 1].year())
        .map(|nth| (nth, first_days[nth].year()))
        .collect();
    let y = plot.bottom + 150;
    html! {
        @if starts.len() > 1 {
            @for (nth, year) in starts {
                @let x = plot.step(nth, count);
                (rule((x, plot.bottom), (x, plot.bottom + 50), "zero"))
                @if x < plot.right - 300 { (text(x + 20, y, "start", "tick", &year.to_string())) }
            }
        } @else if let Some(first) = first_days.first() {
            (text(plot.left, y, "start", "tick", &first.to_string()))
            (text(plot.right, y, "end", "tick", &last.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers_of(low: i128, high: i128) -> Vec<String> {
        Range::of(low, high).numbers().into_iter().map(|(_, words)| words).collect()
    }

    #[test]
    fn numbers_are_round_and_hold_all_values() {
        assert_eq!(numbers_of(0, 6_954_967_901), ["0", "2", "4", "6", "8"]);
        assert_eq!(numbers_of(0, 1_200), ["0", "500", "1,000", "1,500"]);
        assert_eq!(numbers_of(0, 0), ["0", "1"]);
        assert_eq!(numbers_of(-300, 900), ["\u{2212}500", "0", "500", "1,000"]);
        assert_eq!(numbers_of(-7, 0), ["\u{2212}8", "\u{2212}6", "\u{2212}4", "\u{2212}2", "0"]);
        assert_eq!(Range::of(0, 6_954_967_901).scale().name, "billion ");
        assert_eq!(Range::of(0, 1_200).scale(), Scale::ONE);
    }

    #[test]
    fn years_are_named_where_they_begin_and_have_room() {
        let names = ["2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2"];
        let years: Vec<_> = (0..5).map(|nth| starts_year(&names, nth)).collect();
        assert_eq!(years, [Some("2026"), None, None, Some("2027"), None]);
        assert_eq!(starts_year(&["2026-Q4", "2027-Q1", "2027-Q2"], 0), None);
        assert_eq!(starts_year(&["2026-Q4"], 0), Some("2026"));
    }
}
