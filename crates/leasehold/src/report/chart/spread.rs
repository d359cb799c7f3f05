//! Quantiles of a length of time, one row a policy, on a logarithmic axis.

use leasehold_sim::figures::Quantiles;
use maud::{Markup, html};

use super::{Plot, Tenths, at, rule, svg, text};
use crate::report::shown::length;

const ROW: Tenths = 420;
const TOP: Tenths = 60;
const LEFT: Tenths = 60;
const RIGHT: Tenths = 3_120;
const BELOW: Tenths = 220;

/// The numbers of the axis, in seconds.
const NUMBERS: [(u64, &str); 7] = [
    (0, "0"),
    (60, "1 min"),
    (3_600, "1 h"),
    (86_400, "1 d"),
    (864_000, "10 d"),
    (8_640_000, "100 d"),
    (86_400_000, "1,000 d"),
];

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// What it is of.
    pub name: String,
    /// Its quantiles.
    pub quantiles: Quantiles,
}

/// A thick bar from p50 to p95, a thinner one to p99, a hair to the longest, marks at each.
pub fn spreads(all: &[Spread], words: &str) -> Markup {
    let longest = all.iter().map(|spread| spread.quantiles.max).max().unwrap_or(0);
    let rows = Tenths::try_from(all.len()).unwrap_or(0);
    let plot = Plot { left: LEFT, right: RIGHT, top: TOP, bottom: TOP + ROW * rows };
    let x = |seconds: u64| plot.left + place(seconds, longest, plot.width());
    svg(
        plot.bottom + BELOW,
        words,
        html! {
            @for (seconds, name) in NUMBERS.iter().filter(|(seconds, _)| *seconds <= longest.max(60)) {
                (rule((x(*seconds), plot.top), (x(*seconds), plot.bottom), "grid"))
                @if x(*seconds) < RIGHT - 150 {
                (text(x(*seconds), plot.bottom + 150, "middle", "tick", name))
            } @else {
                (text(RIGHT + 60, plot.bottom + 150, "end", "tick", name))
            }
            }
            @for (nth, spread) in all.iter().enumerate() {
                (row(spread, plot.top + ROW * Tenths::try_from(nth).unwrap_or(0), &x))
            }
        },
    )
}

fn row(spread: &Spread, top: Tenths, x: &impl Fn(u64) -> Tenths) -> Markup {
    let q = spread.quantiles;
    let middle = top + 280;
    let bar = |from: u64, to: u64, half: Tenths| {
        let (from, to) = (x(from), x(to).max(x(from) + 5));
        format!(
            "M{} {}H{}V{}H{}Z",
            at(from),
            at(middle - half),
            at(to),
            at(middle + half),
            at(from)
        )
    };
    let values = format!(
        "{}: half {}, p95 {}, p99 {}, longest {}",
        spread.name,
        length(q.p50),
        length(q.p95),
        length(q.p99),
        length(q.max)
    );
    html! {
        (text(LEFT, top + 150, "start", "row-name", &spread.name))
        g {
            title { (values) }
            path d=(bar(q.p50, q.max, 6)) class="spread" {}
            path d=(bar(q.p50, q.p99, 25)) class="spread" {}
            path d=(bar(q.p50, q.p95, 60)) class="spread" {}
            (rule((x(q.max), middle - 50), (x(q.max), middle + 50), "spread-end"))
            circle cx=(at(x(q.p50))) cy=(at(middle)) r="5" class="spread-half" {}
        }
    }
}

/// Where `seconds` stands on an axis that ends at `longest`: by its logarithm, with nothing at the
/// very start. Between powers of two the logarithm is taken as straight, which no eye can tell.
fn place(seconds: u64, longest: u64, length: Tenths) -> Tenths {
    let end = logarithm(longest.max(60)).max(1);
    super::scaled(logarithm(seconds).into(), end.into(), length).min(length)
}

/// 1,024 times the binary logarithm of `seconds + 1`.
fn logarithm(seconds: u64) -> u64 {
    let number = u128::from(seconds) + 1;
    let whole = number.ilog2();
    let part = ((number << 10) >> whole) - 1_024;
    u64::from(whole) * 1_024 + u64::try_from(part).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_rise() {
        assert_eq!([logarithm(0), logarithm(1), logarithm(3)], [0, 1_024, 2_048]);
        assert_eq!(logarithm(2), 1_024 + 512);
        assert!((0..10_000).all(|seconds| logarithm(seconds) < logarithm(seconds * 2 + 1)));
        assert_eq!(place(u64::MAX, u64::MAX, 1_000), 1_000);
        assert_eq!(place(0, 0, 1_000), 0);
    }
}
