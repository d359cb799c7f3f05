//! Stacked bars by quarter.

use maud::{Markup, html};

use super::axis::{self, Range};
use super::{Fill, Plot, Tenths, at, svg, text};

const HEIGHT: Tenths = 1_800;
const PLOT: Plot = Plot { left: 420, right: 3_130, top: 170, bottom: 1_600 };

/// Widest that a bar is drawn.
const BAR_MAX: Tenths = 360;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Its quarter.
    pub name: String,
    /// From zero outwards; what is negative goes down.
    pub segments: Vec<Segment>,
    /// What stands above it.
    pub above: Option<String>,
}

/// A part of a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its size.
    pub value: i128,
    /// How it is filled.
    pub fill: Fill,
    /// What it says when pointed at.
    pub title: String,
}

impl Bar {
    fn reach(&self, part: fn(i128) -> i128) -> i128 {
        self.segments.iter().map(|segment| part(segment.value)).fold(0, i128::saturating_add)
    }

    /// How far it goes up.
    pub fn high(&self) -> i128 {
        self.reach(|value| value.max(0))
    }

    /// How far it goes down; zero or less.
    pub fn low(&self) -> i128 {
        self.reach(|value| value.min(0))
    }
}

/// The axis that holds all of `bars`.
pub fn range_of<'a>(bars: impl IntoIterator<Item = &'a Bar>) -> Range {
    let reach = |(low, high): (i128, i128), bar: &Bar| (low.min(bar.low()), high.max(bar.high()));
    let (low, high) = bars.into_iter().fold((0, 0), reach);
    Range::of(low, high)
}

/// Bars on an axis from `range`, which several charts beside each other share.
pub fn bars(bars: &[Bar], range: Range, words: &str) -> Markup {
    let names: Vec<&str> = bars.iter().map(|bar| bar.name.as_str()).collect();
    let above = bars.iter().filter_map(|bar| bar.above.as_deref());
    let roomy = axis::have_room(PLOT, bars.len(), above);
    svg(
        HEIGHT,
        words,
        html! {
            (axis::numbers(PLOT, range))
            @for (nth, bar) in bars.iter().enumerate() {
                (one(bar, PLOT.middle(nth, bars.len()), width(bars.len()), range))
            @if roomy { (above_of(bar, PLOT.middle(nth, bars.len()), range)) }
            }
            (axis::names(PLOT, &names))
        },
    )
}

fn width(bars: usize) -> Tenths {
    let room = PLOT.width() / Tenths::try_from(bars.max(1)).unwrap_or(Tenths::MAX);
    (room * 7 / 10).clamp(5, BAR_MAX)
}

fn one(bar: &Bar, middle: Tenths, width: Tenths, range: Range) -> Markup {
    let (left, right) = (middle - width / 2, middle + width / 2);
    let (mut up, mut down) = (0_i128, 0_i128);
    let mut boxes = Vec::new();
    for segment in &bar.segments {
        let from = if segment.value < 0 { &mut down } else { &mut up };
        let start = PLOT.height_of(*from, range.low, range.high);
        *from = from.saturating_add(segment.value);
        let end = PLOT.height_of(*from, range.low, range.high);
        if start != end {
            boxes.push((rectangle(left, right, start, end), segment));
        }
    }
    html! {
        @for (path, segment) in boxes { (segment.fill.path(&path, Some(&segment.title))) }
    }
}

fn above_of(bar: &Bar, middle: Tenths, range: Range) -> Markup {
    let top = PLOT.height_of(bar.high(), range.low, range.high);
    html! {
        @if let Some(above) = &bar.above {
            (text(middle, top - 40, "middle", "tick over", above))
        }
    }
}

fn rectangle(left: Tenths, right: Tenths, from: Tenths, to: Tenths) -> String {
    format!("M{} {}H{}V{}H{}Z", at(left), at(from), at(right), at(to), at(left))
}
