//! Requests drawn from the fitted model, window by window.
//!
//! The rate is the stated mean, times growth, the hour, the weekday and a wandering factor. The
//! count of a window is Poisson around the rate times a gamma factor of its own, which makes it
//! negative binomial. Tokens of its requests are one gamma number each way, with the mean and the
//! variance that the sum of so many requests has.

#![allow(clippy::float_arithmetic, reason = "statistics: no money, date or entitlement is here")]

use leasehold_types::{Random, Seed, Tokens};

use super::draw::{gamma, poisson};
use super::request_model::RequestModel;
use super::{Wander, float};
use crate::demand::check::Check;
use crate::demand::report::Step;
use crate::demand::shape::{Grid, UNIT, growth_factors};
use crate::demand::spec::GeneratedRequests;
use crate::demand::{DemandError, ReadReport, Window};

/// Most requests a second, before growth.
const MEAN_MAX: i64 = 10_000_000;
/// Most requests that a window may expect: a million times a busy day of all public services.
const WINDOW_MEAN_MAX: f64 = 1e15;

/// Draws a tenant's requests by window.
pub(in crate::demand) fn requests(
    spec: &GeneratedRequests,
    seed: Seed,
    index: usize,
    grid: &Grid,
    report: &mut ReadReport,
) -> Result<Vec<Window>, DemandError> {
    let label = report.label.clone();
    let check = Check { label: &label };
    check.factor("mean_requests_per_second", spec.mean_requests_per_second, MEAN_MAX)?;
    check.growth(spec.growth_per_month)?;
    check.shift(spec.shift_seconds)?;
    let model = RequestModel::resolve(spec.model.as_deref(), spec.profile, &label)?;
    let growth =
        growth_factors(spec.growth_per_month, grid.span).map_err(|error| check.overflow(error))?;
    let mut random = seed.stream(&format!("requests/{index}"));
    let step_hours = grid.window as f64 / 3_600.0;
    let mut wander = Wander::new(&mut random, model.slow_spread, model.slow_hours, step_hours);
    let mean = float(spec.mean_requests_per_second);
    let mut windows = Vec::with_capacity(grid.len());
    for i in 0..grid.len() {
        let start = grid.start(i);
        let length = grid.window.min(grid.span.end().since(start).0);
        let grown = growth.at(start) as f64 / UNIT as f64;
        let profile = model.profile.at(start.second() + length / 2 - spec.shift_seconds);
        let expected = mean * length as f64 * grown * profile * wander.next(&mut random);
        let expected = (expected * fast(&mut random, model.fast_spread)).min(WINDOW_MEAN_MAX);
        let requests = poisson(&mut random, expected);
        windows.push(Window {
            start,
            requests,
            input_tokens: tokens(&mut random, requests, model.input),
            output_tokens: tokens(&mut random, requests, model.output),
        });
    }
    let made = windows.iter().map(|window| window.requests).fold(0, u64::saturating_add);
    report.steps.push(Step { what: "requests drawn".to_owned(), count: made });
    Ok(windows)
}

/// A gamma factor with mean 1.
fn fast(random: &mut Random, spread: f64) -> f64 {
    if spread <= 0.0 {
        return 1.0;
    }
    let shape = 1.0 / (spread * spread);
    gamma(random, shape) / shape
}

/// The sum of the tokens of `requests` requests with this mean and relative standard deviation.
fn tokens(random: &mut Random, requests: u64, (mean, variation): (f64, f64)) -> Tokens {
    let expected = requests as f64 * mean;
    if requests == 0 || variation <= 0.0 {
        return Tokens(expected.round() as u64);
    }
    let shape = requests as f64 / (variation * variation);
    Tokens((gamma(random, shape) / shape * expected).round() as u64)
}
