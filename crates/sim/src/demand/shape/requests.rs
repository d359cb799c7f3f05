//! From a trace's requests to the scenario's windows: placed in time, added up, scaled.
//!
//! A bin of the trace is taken as spread evenly over its length; where a window's edge cuts it, the
//! parts are whole requests that add up to it.

use leasehold_types::{Instant, Overflow, Period, Ratio, Tokens};

use super::Placement;
use super::factor::{Carry, Factors, UNIT};
use crate::demand::read::{Counts, Series, note_hole};
use crate::demand::{ReadReport, Window};

/// The windows of a span.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    /// The span.
    pub span: Period,
    /// Length of a window, in seconds; at least 1.
    pub window: i64,
}

impl Grid {
    /// How many windows there are; the last may be shorter.
    pub fn len(&self) -> usize {
        let length = self.span.length().0;
        usize::try_from(-(-length).div_euclid(self.window)).unwrap_or(0)
    }

    /// When window `i` begins.
    pub fn start(&self, i: usize) -> Instant {
        let offset = i64::try_from(i).unwrap_or(i64::MAX).saturating_mul(self.window);
        Instant::from_second(self.span.start().second().saturating_add(offset))
    }
}

/// Adds up a series over the grid. Also says how many requests fell outside the window.
pub fn bin(
    series: &Series,
    placement: &Placement,
    grid: &Grid,
) -> Result<(Vec<Counts>, u64), Overflow> {
    let mut sums = vec![Counts::default(); grid.len()];
    let mut outside = 0u64;
    let (from, to) = placement.window;
    for (at, counts) in &series.bins {
        if *at < from || *at >= to {
            outside = outside.saturating_add(counts.requests);
            continue;
        }
        for start in placement.occurrences(*at, series.bin, grid.span) {
            spread(*counts, start, series.bin, grid, &mut sums)
                .ok_or(Overflow::of("a count of requests or tokens"))?;
        }
    }
    Ok((sums, outside))
}

/// Spreads what happens evenly from `start` on for `length` seconds; what lies outside the span is
/// not kept.
fn spread(counts: Counts, start: i64, length: i64, grid: &Grid, sums: &mut [Counts]) -> Option<()> {
    let start = start - grid.span.start().second();
    let end = (start + length).min(grid.span.length().0);
    let mut at = start.max(0);
    let mut before = part(counts, at - start, length);
    while at < end {
        let window = at / grid.window;
        at = ((window + 1) * grid.window).min(end);
        let upto = part(counts, at - start, length);
        let slice = Counts {
            requests: upto.requests - before.requests,
            input: upto.input - before.input,
            output: upto.output - before.output,
        };
        let sum = usize::try_from(window).ok().and_then(|window| sums.get_mut(window))?;
        *sum = sum.plus(slice)?;
        before = upto;
    }
    Some(())
}

/// What has happened after `passed` of `length` seconds, rounded down.
fn part(counts: Counts, passed: i64, length: i64) -> Counts {
    if passed >= length {
        return counts;
    }
    let (passed, length) = (u128::from(passed.unsigned_abs()), u128::from(length.unsigned_abs()));
    let of = |count: u64| u64::try_from(u128::from(count) * passed / length).unwrap_or(count);
    Counts { requests: of(counts.requests), input: of(counts.input), output: of(counts.output) }
}

/// Multiplies the sums by `scale`, by growth and, where there is one, by the day's hours (in
/// thousandths, hour 0 beginning at midnight of UTC plus `shift` seconds).
pub fn scale(
    sums: &[Counts],
    grid: &Grid,
    scale: Ratio,
    growth: &Factors,
    hours: Option<([u32; 24], i64)>,
) -> Result<Vec<Window>, Overflow> {
    const THOUSAND: u128 = 1_000;
    let by = Overflow::of("a scale");
    let (top, bottom) = (scale.numerator().unsigned_abs(), scale.denominator().unsigned_abs());
    let per_hour = hours.map_or(1, |_| THOUSAND);
    let denominator = bottom.checked_mul(UNIT * per_hour).ok_or(by)?;
    let mut carries = [Carry::over(denominator); 3];
    let mut windows = Vec::with_capacity(sums.len());
    for (i, counts) in sums.iter().enumerate() {
        let start = grid.start(i);
        let hour = hours.map_or(1, |(hours, shift)| {
            let hour = (start.second() - shift).rem_euclid(86_400) / 3_600;
            usize::try_from(hour)
                .ok()
                .and_then(|hour| hours.get(hour))
                .map_or(0, |m| u128::from(*m))
        });
        let factor =
            top.checked_mul(growth.at(start)).and_then(|f| f.checked_mul(hour)).ok_or(by)?;
        let [requests, input, output] = &mut carries;
        windows.push(Window {
            start,
            requests: requests.next(counts.requests, factor)?,
            input_tokens: Tokens(input.next(counts.input, factor)?),
            output_tokens: Tokens(output.next(counts.output, factor)?),
        });
    }
    Ok(windows)
}

/// Notes silences between bins longer than `threshold` seconds inside the window.
pub fn note_request_silences(
    series: &Series,
    placement: &Placement,
    threshold: i64,
    report: &mut ReadReport,
) {
    let mut last: Option<i64> = None;
    for at in series.bins.range(placement.window.0..placement.window.1).map(|(at, _)| *at) {
        if let Some(before) = last.replace(at)
            && at - before - series.bin > threshold
        {
            note_hole(report, before + series.bin, at - before - series.bin);
        }
    }
}

#[cfg(test)]
mod tests {
    use leasehold_types::Seconds;
    use proptest::prelude::*;

    use super::*;
    use crate::demand::shape::growth_factors;

    fn grid(length: i64, window: i64) -> Grid {
        let start = Instant::from_second(1_000_000);
        Grid { span: Period::new(start, start.saturating_add(Seconds(length))), window }
    }

    fn sum(all: &[Counts]) -> Counts {
        all.iter().try_fold(Counts::default(), |sum, counts| sum.plus(*counts)).unwrap()
    }

    prop_compose! {
        fn series()(
            bin in 1i64..900,
            bins in prop::collection::btree_map(0i64..200, (0u64..1_000, 0u64..1_000_000, 0u64..1_000_000), 1..60),
        ) -> Series {
            let counts = |(requests, input, output)| Counts { requests, input, output };
            let bins = bins.into_iter().map(|(i, all)| (i * bin, counts(all))).collect();
            Series { bin, bins }
        }
    }

    proptest! {
        #[test]
        fn counting_by_window_loses_nothing_at_any_grid_and_phase(
            series in series(), window in 1i64..2_000, phase in 0i64..2_000,
        ) {
            let (from, to) = series.extent().unwrap();
            let grid = grid(to - from + phase, window);
            let shift = grid.span.start().second() - from + phase;
            let placement = Placement { window: (from, to), shift, tile: None };
            let (sums, outside) = bin(&series, &placement, &grid).unwrap();
            let all: Vec<Counts> = series.bins.values().copied().collect();
            prop_assert_eq!((sum(&sums), outside), (sum(&all), 0));
        }

        #[test]
        fn whole_tiles_hold_the_trace_so_many_times(
            series in series(), window in 1i64..2_000, tiles in 1i64..6, lead in 0i64..5_000,
        ) {
            let (from, to) = series.extent().unwrap();
            let grid = grid((to - from) * tiles, window);
            // Wherever the first tile begins, a span of whole tiles holds each bin so many times:
            // what one edge cuts off a bin, the other edge adds.
            let shift = grid.span.start().second() - from - lead;
            let placement = Placement { window: (from, to), shift, tile: Some(to - from) };
            let (sums, _) = bin(&series, &placement, &grid).unwrap();
            let all: Vec<Counts> = series.bins.values().copied().collect();
            let (found, one) = (sum(&sums), sum(&all));
            let expected = one.requests * tiles.unsigned_abs();
            prop_assert!(found.requests.abs_diff(expected) <= 1, "{} {expected}", found.requests);
        }

        #[test]
        fn scaling_is_exact_in_total_and_monotone_in_time(
            counts in prop::collection::vec(0u64..1_000_000, 1..60), top in 1i128..10_000, bottom in 1i128..10_000,
        ) {
            let by = Ratio::new(top, bottom).unwrap();
            let grid = grid(600 * counts.len() as i64, 600);
            let counts: Vec<Counts> =
                counts.iter().map(|n| Counts { requests: *n, input: n * 7, output: n * 3 }).collect();
            let growth = growth_factors(Ratio::ZERO, grid.span).unwrap();
            let windows = scale(&counts, &grid, by, &growth, None).unwrap();
            let total = u128::from(sum(&counts).requests) * top.unsigned_abs() / bottom.unsigned_abs();
            prop_assert_eq!(windows.iter().map(|w| u128::from(w.requests)).sum::<u128>(), total);
            let identity = scale(&counts, &grid, Ratio::ONE, &growth, None).unwrap();
            prop_assert!(identity.iter().zip(&counts).all(|(w, c)| w.requests == c.requests));
        }

        #[test]
        fn hours_keep_the_mean_of_a_day(count in 1u64..100_000) {
            let grid = grid(86_400, 600);
            let counts = vec![Counts { requests: count, input: 0, output: 0 }; 144];
            let mut hours = [0u32; 24];
            hours.iter_mut().zip(1..).for_each(|(hour, i)| *hour = i * 80);
            let growth = growth_factors(Ratio::ZERO, grid.span).unwrap();
            let windows = scale(&counts, &grid, Ratio::ONE, &growth, Some((hours, 0))).unwrap();
            // 1 + 2 + ... + 24 = 300, times 80 thousandths, is 24: the mean is one.
            let total: u64 = windows.iter().map(|w| w.requests).sum();
            prop_assert!(total.abs_diff(count * 144) <= 1);
        }
    }
}
