//! Charts as inline SVG.
//!
//! Every chart is drawn 320 units wide: on a phone it is shown at about that size, so that its
//! words stay legible, and beside others on a desk. Geometry is in whole tenths of a unit, so that
//! equal figures give equal pages on every machine; what is drawn is rounded, what is printed is
//! not taken from it. Nothing is told by colour alone: fills differ by pattern too, lines by dashes
//! and marks, and every chart says in words what it shows.

mod area;
mod axis;
mod bars;
mod fill;
mod lines;
mod spread;

pub use area::{PARTS, Part, area, most_waiting, waiting, waiting_unit};
pub use axis::Range;
pub use bars::{Bar, Segment, bars, range_of};
pub use fill::{Fill, bar, patterns, swatch};
pub use lines::{Line, lines, sample};
pub use spread::{Spread, spreads};

use maud::{Markup, html};

/// Tenths of a unit of the drawing.
type Tenths = i64;

/// The width of every chart.
const WIDTH: Tenths = 3_200;

/// The part of a chart in which values are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plot {
    left: Tenths,
    right: Tenths,
    top: Tenths,
    bottom: Tenths,
}

impl Plot {
    fn width(self) -> Tenths {
        self.right - self.left
    }

    fn height(self) -> Tenths {
        self.bottom - self.top
    }

    /// The left edge of the `nth` of `count` equal steps.
    fn step(self, nth: usize, count: usize) -> Tenths {
        self.left + scaled(nth as u128, count as u128, self.width())
    }

    /// The middle of the `nth` of `count` equal steps.
    fn middle(self, nth: usize, count: usize) -> Tenths {
        self.left + scaled(2 * nth as u128 + 1, 2 * count as u128, self.width())
    }

    /// How high `value` is drawn between `low` and `high`.
    fn height_of(self, value: i128, low: i128, high: i128) -> Tenths {
        let above = u128::try_from(value.saturating_sub(low)).unwrap_or(0);
        let whole = u128::try_from(high.saturating_sub(low)).unwrap_or(0);
        self.bottom - scaled(above.min(whole), whole, self.height())
    }
}

/// `part / whole` of `length`, rounded down; nothing of a whole that is nothing.
fn scaled(part: u128, whole: u128, length: Tenths) -> Tenths {
    let length = u128::from(length.unsigned_abs());
    // Halving both alike loses nothing that could be seen.
    let spare = 128 - part.max(whole).leading_zeros();
    let shift = spare.saturating_sub(100);
    let (part, whole) = (part >> shift, whole >> shift);
    let product = part.saturating_mul(length).checked_div(whole).unwrap_or(0);
    Tenths::try_from(product).unwrap_or(0)
}

/// Tenths as SVG writes them: `12`, `12.5`.
fn at(tenths: Tenths) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, part) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    if part == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// A chart of `height`, with `words` for who cannot see it.
fn svg(height: Tenths, words: &str, content: Markup) -> Markup {
    html! {
        svg viewBox=(format!("0 0 {} {}", at(WIDTH), at(height))) role="img" aria-label=(words) {
            (content)
        }
    }
}

/// Words in a chart. `anchor` is `start`, `middle` or `end`.
fn text(x: Tenths, y: Tenths, anchor: &str, class: &str, words: &str) -> Markup {
    html! { text x=(at(x)) y=(at(y)) text-anchor=(anchor) class=(class) { (words) } }
}

/// A straight line.
fn rule(from: (Tenths, Tenths), to: (Tenths, Tenths), class: &str) -> Markup {
    html! { line x1=(at(from.0)) y1=(at(from.1)) x2=(at(to.0)) y2=(at(to.1)) class=(class) {} }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_are_written_shortly() {
        assert_eq!([at(0), at(120), at(125), at(-5)], ["0", "12", "12.5", "-0.5"]);
    }

    #[test]
    fn scaling_stands_large_and_empty_wholes() {
        assert_eq!(scaled(1, 2, 1_000), 500);
        assert_eq!(scaled(u128::MAX / 2, u128::MAX, 1_000), 499);
        assert_eq!(scaled(5, 0, 1_000), 0);
        let plot = Plot { left: 0, right: 100, top: 0, bottom: 100 };
        assert_eq!(plot.height_of(-5, -5, 5), 100);
        assert_eq!(plot.height_of(0, -5, 5), 50);
        assert_eq!(plot.height_of(9, -5, 5), 0);
    }
}
