//! Generators of demand, fitted to the traces, so that the product needs no download.
//!
//! `jobs` makes the owner's jobs and `requests` a tenant's; their parameters are in the two TOML
//! files beside this one, which the scripts in `bench/fit` write, and any of them can be set in a
//! scenario. How well they fit is in docs/demand.md. A seed means the same demand on every machine:
//! see `draw`.

mod draw;
mod job_model;
mod jobs;
mod request_model;
mod requests;

pub use job_model::{JobClass, JobLength, JobModel};
pub use request_model::{RequestModel, RequestProfile};

pub(super) use jobs::jobs;
pub(super) use request_model::chat_hours;
pub(super) use requests::requests;

use leasehold_types::Ratio;

use draw::{exp, normal};
use leasehold_types::Random;

const HOUR: i64 = 3_600;

/// Hours of a day and days of a week, as factors with mean 1.
#[derive(Debug, Clone, PartialEq)]
struct Profile {
    hours: [f64; 24],
    weekdays: [f64; 7],
}

#[allow(clippy::float_arithmetic, reason = "statistics: no money, date or entitlement is here")]
impl Profile {
    fn new(hours: [u32; 24], weekdays: [u32; 7]) -> Self {
        Profile { hours: with_mean_one(hours), weekdays: with_mean_one(weekdays) }
    }

    /// The factor at a second since 1970, a Thursday; between the middles of two hours on the line
    /// that joins them.
    fn at(&self, second: i64) -> f64 {
        let since_middle = second - HOUR / 2;
        let before = since_middle.div_euclid(HOUR);
        let share = since_middle.rem_euclid(HOUR) as f64 / HOUR as f64;
        let hour = |i: i64| pick(&self.hours, i.rem_euclid(24));
        let weekday = (second.div_euclid(24 * HOUR) + 3).rem_euclid(7);
        (hour(before) * (1.0 - share) + hour(before + 1) * share) * pick(&self.weekdays, weekday)
    }
}

fn pick(list: &[f64], i: i64) -> f64 {
    usize::try_from(i).ok().and_then(|i| list.get(i)).copied().unwrap_or(1.0)
}

#[allow(clippy::float_arithmetic, reason = "statistics: no money, date or entitlement is here")]
fn with_mean_one<const N: usize>(parts: [u32; N]) -> [f64; N] {
    let sum: f64 = parts.iter().map(|part| f64::from(*part)).sum();
    parts.map(|part| f64::from(part) * N as f64 / sum)
}

/// A factor with mean 1 that wanders: the exponential of an autoregressive normal.
#[derive(Debug, Clone)]
struct Wander {
    spread: f64,
    keeps: f64,
    now: f64,
}

#[allow(clippy::float_arithmetic, reason = "statistics: no money, date or entitlement is here")]
impl Wander {
    /// Steps of `step_hours` with time constant `hours`, begun in its long-run law.
    fn new(random: &mut Random, spread: f64, hours: f64, step_hours: f64) -> Self {
        let keeps = if hours > 0.0 { exp(-step_hours / hours) } else { 0.0 };
        Wander { spread, keeps, now: normal(random) }
    }

    /// The factor of this step; moves to the next.
    fn next(&mut self, random: &mut Random) -> f64 {
        let factor = exp(self.spread * self.now - self.spread * self.spread / 2.0);
        self.now = self.keeps * self.now + (1.0 - self.keeps * self.keeps).sqrt() * normal(random);
        factor
    }
}

/// As the nearest double.
#[allow(clippy::float_arithmetic, reason = "statistics: no money, date or entitlement is here")]
fn float(ratio: Ratio) -> f64 {
    ratio.numerator() as f64 / ratio.denominator() as f64
}

#[cfg(test)]
mod tests {
    use leasehold_types::Seed;

    use super::*;

    #[test]
    fn profiles_have_mean_one_and_begin_on_a_monday() {
        let mut hours = [1; 24];
        hours[0] = 25;
        let profile = Profile::new(hours, [7, 0, 0, 0, 0, 0, 0]);
        // 2026-03-02 is a Monday.
        let monday = 1_772_409_600;
        assert_eq!(profile.at(monday + 1_800), 12.5 * 7.0);
        assert_eq!(profile.at(monday + 3_600), (12.5 + 0.5) / 2.0 * 7.0);
        assert_eq!(profile.at(monday + 5_400), 0.5 * 7.0);
        assert_eq!(profile.at(monday - 1), 0.0);
        let week: f64 = (0..1_008).map(|i| profile.at(monday + 300 + i * 600)).sum();
        assert!((week / 1_008.0 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_wandering_factor_has_mean_one_and_remembers() {
        let mut random = Seed(5).stream("wander");
        let mut wander = Wander::new(&mut random, 0.2, 10.0, 1.0);
        let found: Vec<f64> = (0..200_000).map(|_| wander.next(&mut random)).collect();
        let mean = found.iter().sum::<f64>() / found.len() as f64;
        assert!((mean - 1.0).abs() < 0.02, "{mean}");
        let product = |lag: usize| {
            let pairs = found.iter().zip(&found[lag..]);
            pairs.map(|(a, b)| (a - 1.0) * (b - 1.0)).sum::<f64>() / found.len() as f64
        };
        assert!((product(10) / product(0) - exp(-1.0)).abs() < 0.05);
    }
}
