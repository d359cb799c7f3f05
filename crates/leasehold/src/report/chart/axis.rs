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

/// The room that the name of a year takes.
const YEAR: Tenths = 340;

/// Whether each of `words` fits the width of one of `steps`.
pub fn have_room<'a>(plot: Plot, steps: usize, words: impl Iterator<Item = &'a str>) -> bool {
    let room = plot.width() / Tenths::try_from(steps.max(1)).unwrap_or(Tenths::MAX);
    let longest = words.map(|word| word.chars().count()).max().unwrap_or(0);
    room >= Tenths::try_from(longest).unwrap_or(Tenths::MAX).saturating_mul(DIGIT)
}

/// Names below the steps of `plot`: each where there is room, else the years where they begin.
pub fn names(plot: Plot, names: &[&str]) -> Markup {
    let count = names.len();
    if !have_room(plot, count, names.iter().copied()) {
        return years(plot, &starts(names.iter().map(|name| name.split('-').next())), count);
    }
    html! {
        @for (nth, name) in names.iter().enumerate() {
            (text(plot.middle(nth, count), plot.bottom + 150, "middle", "tick", name))
        }
    }
}

/// Below `plot`, the years where they begin, or the first and the last day of a short span.
pub fn days(plot: Plot, first_days: &[Date], last: Date) -> Markup {
    let texts: Vec<String> = first_days.iter().map(|day| day.year().to_string()).collect();
    let starts = starts(texts.iter().map(|year| Some(year.as_str())));
    if starts.len() > 2 {
        return years(plot, &starts, first_days.len());
    }
    let y = plot.bottom + 150;
    html! {
        @if let Some(first) = first_days.first() {
            (text(plot.left, y, "start", "tick", &first.to_string()))
            (text(plot.right, y, "end", "tick", &last.to_string()))
        }
    }
}

/// Which steps begin a year.
fn starts<'a>(years: impl Iterator<Item = Option<&'a str>>) -> Vec<(usize, &'a str)> {
    let mut starts: Vec<(usize, &str)> = Vec::new();
    for (nth, year) in years.enumerate() {
        if let Some(year) = year
            && starts.last().is_none_or(|(_, last)| *last != year)
        {
            starts.push((nth, year));
        }
    }
    starts
}

/// A mark where each year begins, and its name where there is room before the next one's.
fn years(plot: Plot, starts: &[(usize, &str)], count: usize) -> Markup {
    let x = |nth: usize| plot.step(nth, count);
    // A first year that is cut short gives way to the second.
    let room = |nth: usize| Some(x(starts.get(nth + 1)?.0) - x(starts.get(nth)?.0));
    let short =
        room(0).is_some_and(|first| first < YEAR && room(1).is_none_or(|next| next >= YEAR));
    let mut free = if short { plot.left + 1 } else { plot.left };
    let mut named = Vec::new();
    for (nth, year) in starts {
        if x(*nth) >= free && x(*nth) + YEAR <= plot.right + 50 {
            named.push((x(*nth), *year));
            free = x(*nth) + YEAR;
        }
    }
    html! {
        @for (nth, _) in starts {
            (rule((x(*nth), plot.bottom), (x(*nth), plot.bottom + 50), "zero"))
        }
        @for (x, year) in named { (text(x + 20, plot.bottom + 150, "start", "tick", year)) }
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
        let plot = Plot { left: 0, right: 3_000, top: 0, bottom: 0 };
        let named = |quarters: &[&str]| {
            let drawn = names(plot, quarters).into_string();
            let texts = drawn.split("class=\"tick\">").skip(1);
            texts.map(|text| text[..4].to_owned()).collect::<Vec<_>>()
        };
        let quarters = |from: i32, to: i32| -> Vec<String> {
            let each = (from..to).map(|nth| format!("{}-Q{}", 2_026 + nth / 4, nth % 4 + 1));
            each.collect()
        };
        let named_of = |from, to| {
            let all = quarters(from, to);
            named(&all.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_eq!(named_of(1, 13), ["2026", "2027", "2028"]);
        assert_eq!(named_of(3, 24), ["2027", "2028", "2029", "2030", "2031"]);
        assert_eq!(named_of(0, 48), ["2026", "2028", "2030", "2032", "2034", "2036"]);
        assert_eq!(named(&["2026-Q4"]), ["2026"]);
    }
}
