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

/// Spreads what happens evenly from `start` on for `length` seconds; what lies outside is not kept.
fn spread(counts: Counts, start: i64, length: i64, grid: &Grid, sums: &mut [Counts]) -> Option<()> {
    let origin = grid.span.start().second();
    let last = start + length - 1 - origin;
    let (mut window, end) =
        ((start - origin).div_euclid(grid.window), last.div_euclid(grid.window));
    let mut before = Counts::default();
    while window <= end {
        let edge = (origin + (window + 1) * grid.window).min(start + length);
        let upto = part(counts, edge - start, length);
        let slice = Counts {
            requests: upto.requests - before.requests,
            input: upto.input - before.input,
            output: upto.output - before.output,
        };
        if let Some(sum) = usize::try_from(window).ok().and_then(|window| sums.get_mut(window)) {
            *sum = sum.plus(slice)?;
        }
        (before, window) = (upto, window + 1);
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
