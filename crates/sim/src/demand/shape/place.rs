//! Where a trace's window lands in the scenario's span.
//!
//! A trace is moved by one distance, `shift`; where it is tiled, what happens at `s` in the window
//! happens at `s + shift + n * tile` for every whole `n`, before and after. So a tile's seam is
//! invisible to what crosses it: a job keeps its length and meets the next tile's beginning, as it
//! met the window's end. A tile aligned by week or day is cut down to whole weeks or days, so that
//! Mondays stay Mondays, and the first one begins before the span where that is needed.

use leasehold_types::Period;

use crate::demand::spec::Align;

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

/// What the scenario asks.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// Days of the trace, from its day 0.
    pub window_days: Option<[u32; 2]>,
    /// Whether to repeat.
    pub tile: bool,
    /// What keeps its place.
    pub align: Option<Align>,
    /// What that is where the scenario does not say and nothing is tiled.
    pub align_untiled: Align,
    /// The trace's day 0, in seconds of its own calendar.
    pub day_zero: i64,
}

/// Where it lands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// First second of the trace that is used, and the first after.
    pub window: (i64, i64),
    /// How far the trace is moved.
    pub shift: i64,
    /// How often it repeats, in seconds; a whole number of windows.
    pub tile: Option<i64>,
}

/// A key, its value and the rule that it breaks.
pub type Refusal = (&'static str, String, String);

/// Places a trace that runs from `extent.0` to before `extent.1`.
pub fn place(wish: &Wish, extent: (i64, i64), span: Period) -> Result<Placement, Refusal> {
    let (from, mut to) = window(wish, extent)?;
    let align = match (wish.align, wish.tile) {
        (Some(align), _) => align,
        (None, true) => Align::Week,
        (None, false) => wish.align_untiled,
    };
    let grain = match align {
        Align::Week => WEEK,
        Align::Day => DAY,
        Align::None | Align::Absolute => 1,
    };
    if wish.tile {
        to = from + (to - from) / grain * grain;
        if to <= from {
            return Err(too_short(grain));
        }
    }
    let exact = span.start().second() - from;
    let shift = match (align, wish.tile) {
        (Align::Absolute, _) => 0,
        (_, true) => exact.div_euclid(grain) * grain,
        (_, false) => -(-exact).div_euclid(grain) * grain,
    };
    Ok(Placement { window: (from, to), shift, tile: wish.tile.then_some(to - from) })
}

/// The stated days, or all: whole days where the trace has more than one.
fn window(wish: &Wish, extent: (i64, i64)) -> Result<(i64, i64), Refusal> {
    let day = |days: u32| wish.day_zero + i64::from(days) * DAY;
    let Some([from, to]) = wish.window_days else {
        let (first, end) = (extent.0 - wish.day_zero, extent.1 - wish.day_zero);
        if end - first < DAY {
            return Ok(extent);
        }
        let (first, end) = (first.div_euclid(DAY) * DAY, -(-end).div_euclid(DAY) * DAY);
        return Ok((wish.day_zero + first, wish.day_zero + end));
    };
    let refuse = |rule: String| ("window_days", format!("[{from}, {to}]"), rule);
    if from >= to {
        return Err(refuse("write the first day and the first day after, like [7, 53]".to_owned()));
    }
    if day(to) <= extent.0 || day(from) >= extent.1 {
        let days = |second: i64| (second - wish.day_zero).div_euclid(DAY);
        let (first, last) = (days(extent.0), days(extent.1 - 1));
        return Err(refuse(format!("the trace runs from day {first} to day {last}")));
    }
    Ok((day(from), day(to)))
}

fn too_short(grain: i64) -> Refusal {
    let (needed, other) = match grain {
        WEEK => ("seven days", "`align = \"day\"` or `align = \"none\"`"),
        _ => ("a day", "`align = \"none\"`"),
    };
    let rule =
        format!("a tile so aligned needs {needed} of trace: widen the window or set {other}");
    ("tile", "true".to_owned(), rule)
}

impl Placement {
    /// The moments at which something that lasts `length` from `at` happens so that a part of it
    /// lies in `span`; `at` is in the window, except that without a tile it may lie before it.
    pub fn occurrences(
        &self,
        at: i64,
        length: i64,
        span: Period,
    ) -> impl Iterator<Item = i64> + use<> {
        let first = at + self.shift;
        let (start, end) = (span.start().second(), span.end().second());
        let (tile, from, to) = match self.tile {
            // The least n with first + n * tile + length > start; all n with a start before end.
            Some(tile) => {
                let from = -(first + length - 1 - start).div_euclid(tile);
                (tile, from, (end - 1 - first).div_euclid(tile))
            }
            None if first < end && first + length > start => (0, 0, 0),
            None => (0, 0, -1),
        };
        (from..=to).map(move |n| first + n * tile)
    }
}

#[cfg(test)]
mod tests {
    use leasehold_types::Instant;
    use proptest::prelude::*;

    use super::*;

    fn span(start: &str, days: i64) -> Period {
        let start: Instant = start.parse().unwrap();
        Period::new(start, Instant::from_second(start.second() + days * DAY))
    }

    fn wish(tile: bool, align: Option<Align>) -> Wish {
        Wish { window_days: None, tile, align, align_untiled: Align::None, day_zero: 0 }
    }

    const MARCH: &str = "2026-03-03T00:00:00Z";

    #[test]
    fn an_untiled_window_begins_where_the_span_begins() {
        let span = span(MARCH, 60);
        let placed = place(&wish(false, None), (DAY + 5, 20 * DAY - 7), span).unwrap();
        assert_eq!(placed.window, (DAY, 20 * DAY));
        assert_eq!(DAY + placed.shift, span.start().second());
        let found: Vec<i64> = placed.occurrences(DAY + 5, 10, span).collect();
        assert_eq!(found, [span.start().second() + 5]);
    }

    #[test]
    fn an_untiled_window_aligned_by_week_waits_for_its_weekday() {
        let span = span(MARCH, 60);
        let placed = place(&wish(false, Some(Align::Week)), (DAY, 20 * DAY), span).unwrap();
        assert_eq!(placed.shift % WEEK, 0);
        let begins = placed.window.0 + placed.shift - span.start().second();
        assert!((0..WEEK).contains(&begins), "{begins}");
    }

    #[test]
    fn a_tile_is_whole_weeks_and_keeps_weekdays() {
        let wish = Wish { window_days: Some([7, 53]), ..wish(true, None) };
        let placed = place(&wish, (100, 60 * DAY), span(MARCH, 300)).unwrap();
        assert_eq!(placed.window, (7 * DAY, 49 * DAY));
        assert_eq!(placed.tile, Some(42 * DAY));
        assert_eq!(placed.shift % WEEK, 0);
    }

    #[test]
    fn refusals_say_what_would_do() {
        let span = span(MARCH, 60);
        let refused = |wish: Wish, extent| place(&wish, extent, span).unwrap_err();
        let (key, value, rule) = refused(wish(true, None), (0, 5 * DAY));
        insta::assert_snapshot!(format!("{key} = {value}: {rule}"), @r#"tile = true: a tile so aligned needs seven days of trace: widen the window or set `align = "day"` or `align = "none"`"#);
        let (key, value, rule) =
            refused(Wish { window_days: Some([53, 7]), ..wish(false, None) }, (0, 60 * DAY));
        insta::assert_snapshot!(format!("{key} = {value}: {rule}"), @"window_days = [53, 7]: write the first day and the first day after, like [7, 53]");
        let (key, value, rule) =
            refused(Wish { window_days: Some([70, 80]), ..wish(false, None) }, (0, 60 * DAY));
        insta::assert_snapshot!(format!("{key} = {value}: {rule}"), @"window_days = [70, 80]: the trace runs from day 0 to day 59");
    }

    proptest! {
        #[test]
        fn tiling_fills_the_span_with_one_copy_a_tile(
            at in 0i64..(14 * DAY), length in 1i64..(40 * DAY), start in 0i64..(30 * DAY), days in 1i64..100,
        ) {
            let start = Instant::from_second(1_772_496_000 + start);
            let span = Period::new(start, Instant::from_second(start.second() + days * DAY));
            let placed = place(&wish(true, None), (0, 14 * DAY), span).unwrap();
            let found: Vec<i64> = placed.occurrences(at, length, span).collect();
            // Brute force: every copy in a wide range, and whether a second of it lies in the span.
            let expected: Vec<i64> = (-3_000..3_000)
                .map(|n| at + placed.shift + n * 14 * DAY)
                .filter(|t| *t < span.end().second() && t + length > span.start().second())
                .collect();
            prop_assert_eq!(&found, &expected);
            prop_assert!(found.iter().all(|t| (t - at).rem_euclid(WEEK) == 0));
        }
    }
}
