//! Lines over quarters, told apart by dashes and marks.

use maud::{Markup, html};

use super::axis::{self, Range};
use super::{Plot, Tenths, at, svg};

const HEIGHT: Tenths = 1_900;
const PLOT: Plot = Plot { left: 420, right: 3_150, top: 70, bottom: 1_700 };

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place among the lines, which gives its dashes and marks.
    pub nth: usize,
    /// Its values, one a quarter; `None` where there is none.
    pub values: Vec<Option<i128>>,
    /// What each value says when pointed at.
    pub titles: Vec<String>,
}

/// Lines on one axis from `range`.
pub fn lines(names: &[&str], all: &[Line], range: Range, words: &str) -> Markup {
    svg(
        HEIGHT,
        words,
        html! {
            (axis::numbers(PLOT, range))
            @for line in all { (one(line, range)) }
            (axis::names(PLOT, names))
        },
    )
}

fn one(line: &Line, range: Range) -> Markup {
    let count = line.values.len();
    let point = |(nth, value): (usize, &Option<i128>)| {
        let y = PLOT.height_of((*value)?, range.low, range.high);
        Some((nth, PLOT.middle(nth, count), y))
    };
    let points: Vec<(usize, Tenths, Tenths)> =
        line.values.iter().enumerate().filter_map(point).collect();
    let places: Vec<String> =
        points.iter().map(|(_, x, y)| format!("{},{}", at(*x), at(*y))).collect();
    html! {
        polyline points=(places.join(" ")) class=(format!("line line-{}", line.nth)) {}
        @for (nth, x, y) in points {
            path d=(mark(line.nth, x, y)) class=(format!("mark line-{}", line.nth)) {
                @if let Some(title) = line.titles.get(nth) { title { (title) } }
            }
        }
    }
}

/// A mark around a point: a disc, a square, a triangle or a diamond.
pub fn mark(nth: usize, x: Tenths, y: Tenths) -> String {
    let r = 27;
    match nth % 4 {
        0 => format!("M{} {}a2.7 2.7 0 1 0 5.4 0a2.7 2.7 0 1 0 -5.4 0Z", at(x - r), at(y)),
        1 => format!("M{} {}h5v5h-5Z", at(x - 25), at(y - 25)),
        2 => format!("M{} {}l3.2 5.6h-6.4Z", at(x), at(y - 34)),
        _ => format!("M{} {}l3.4 3.4l-3.4 3.4l-3.4 -3.4Z", at(x), at(y - 34)),
    }
}

/// A sample of a line for a legend.
pub fn sample(nth: usize) -> Markup {
    html! {
        svg.swatch.wide viewBox="0 0 28 12" aria-hidden="true" {
            polyline points="1,6 27,6" class=(format!("line line-{nth}")) {}
            path d=(mark(nth, 140, 60)) class=(format!("mark line-{nth}")) {}
        }
    }
}
