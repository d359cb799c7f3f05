//! Parameters of the job generator, as a scenario may set them, with the fitted ones as defaults.

use leasehold_types::Ratio;
use serde::Deserialize;

use super::{Profile, float};
use crate::demand::DemandError;
use crate::demand::check::Check;

const FITTED: &str = include_str!("jobs.toml");
/// Most classes of size, and most parts of a class's lengths.
pub const CLASSES_MAX: usize = 64;
/// Most jobs of one burst.
pub const BURST_MAX: u32 = 10_000;
/// Longest job, in seconds: 180 days, which the generator must look back.
pub const LENGTH_MAX_SECONDS: u32 = 180 * 86_400;

/// What a scenario may set, `model = { ... }`; what it leaves out is as fitted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobModel {
    /// Weight of each hour of the day (UTC) in the rate of bursts.
    #[serde(default)]
    pub hours: Option<[u32; 24]>,
    /// Weight of each day of the week, from Monday.
    #[serde(default)]
    pub weekdays: Option<[u32; 7]>,
    /// Spread, in logarithm, of the factor on the rate by which busy and quiet times differ beyond
    /// hours and weekdays.
    #[serde(default)]
    pub activity_spread: Option<Ratio>,
    /// Its time constant in hours.
    #[serde(default)]
    pub activity_hours: Option<Ratio>,
    /// Shorter jobs become this long.
    #[serde(default)]
    pub shortest_seconds: Option<u32>,
    /// Longer jobs become this long.
    #[serde(default)]
    pub longest_seconds: Option<u32>,
    /// Jobs by size.
    #[serde(default)]
    pub classes: Option<Vec<JobClass>>,
}

/// Jobs of one size. They come in bursts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobClass {
    /// Units of a job.
    pub units: u32,
    /// Weight of this size among all bursts.
    pub bursts: u32,
    /// A burst has `ceil(X)` jobs with X lognormal: its median ...
    pub burst_median: Ratio,
    /// ... its spread in logarithm ...
    pub burst_spread: Ratio,
    /// ... and the most jobs that it has.
    pub burst_longest: u32,
    /// Mean time between two jobs of a burst.
    pub gap_seconds: u32,
    /// Share of a burst's jobs that run as long as its first, nearly.
    pub alike: Ratio,
    /// Spread, in logarithm, of "nearly".
    pub alike_spread: Ratio,
    /// How long jobs run: a mixture of lognormals.
    pub durations: Vec<JobLength>,
}

/// One part of a mixture.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobLength {
    /// Its weight.
    pub weight: u32,
    /// Its median.
    pub median_seconds: u32,
    /// Its spread in logarithm.
    pub spread: Ratio,
}

/// The model as numbers to draw with.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub profile: Profile,
    pub activity_spread: f64,
    pub activity_hours: f64,
    pub shortest: f64,
    pub longest: u32,
    pub classes: Vec<Class>,
}

/// One class as numbers to draw with.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub units: u64,
    /// Share of all bursts.
    pub share: f64,
    pub burst_median_log: f64,
    pub burst_spread: f64,
    pub burst_longest: u32,
    pub gap: f64,
    pub alike: f64,
    pub alike_spread: f64,
    /// Cumulative share, median in logarithm, spread.
    pub lengths: Vec<(f64, f64, f64)>,
}

impl JobModel {
    /// The fitted parameters.
    pub(super) fn fitted(label: &str) -> Result<JobModel, DemandError> {
        toml::from_str(FITTED).map_err(|error| {
            let rule = format!("the fitted model must be readable: {}", error.message());
            Check { label }.refuse("model", "fitted", rule)
        })
    }

    /// Checks what is set, fills in the rest.
    pub(super) fn resolve(given: Option<&JobModel>, label: &str) -> Result<Model, DemandError> {
        let check = Check { label };
        let fitted = Self::fitted(label)?;
        let given = given.cloned().unwrap_or_default();
        let hours = given.hours.or(fitted.hours).unwrap_or([1; 24]);
        let weekdays = given.weekdays.or(fitted.weekdays).unwrap_or([1; 7]);
        check_weights(&hours, "model.hours", check)?;
        check_weights(&weekdays, "model.weekdays", check)?;
        let zero = Ratio::ZERO;
        let spread = given.activity_spread.or(fitted.activity_spread).unwrap_or(zero);
        let constant = given.activity_hours.or(fitted.activity_hours).unwrap_or(zero);
        check_within("model.activity_spread", spread, 3, check)?;
        check_within("model.activity_hours", constant, 10_000, check)?;
        let shortest = given.shortest_seconds.or(fitted.shortest_seconds).unwrap_or(1);
        let longest = given.longest_seconds.or(fitted.longest_seconds).unwrap_or(shortest);
        if shortest == 0 || shortest > longest || longest > LENGTH_MAX_SECONDS {
            let value = format!("{shortest} to {longest}");
            let rule = format!("lengths must be from 1 to {LENGTH_MAX_SECONDS} s, in order");
            return Err(check.refuse("model.shortest_seconds", value, rule));
        }
        let classes = given.classes.or(fitted.classes).unwrap_or_default();
        Ok(Model {
            profile: Profile::new(hours, weekdays),
            activity_spread: float(spread),
            activity_hours: float(constant),
            shortest: f64::from(shortest),
            longest,
            classes: resolve_classes(&classes, check)?,
        })
    }
}

#[allow(clippy::float_arithmetic, reason = "statistics: no money, date or entitlement is here")]
fn resolve_classes(classes: &[JobClass], check: Check<'_>) -> Result<Vec<Class>, DemandError> {
    let bursts: f64 = classes.iter().map(|class| f64::from(class.bursts)).sum();
    if classes.len() > CLASSES_MAX || bursts <= 0.0 {
        let rule = format!("there must be 1 to {CLASSES_MAX} classes, one of them with bursts");
        return Err(check.refuse("model.classes", classes.len(), rule));
    }
    let resolve = |class: &JobClass| {
        class.check(check)?;
        Ok(Class {
            units: u64::from(class.units),
            share: f64::from(class.bursts) / bursts,
            burst_median_log: super::draw::ln(float(class.burst_median)),
            burst_spread: float(class.burst_spread),
            burst_longest: class.burst_longest,
            gap: f64::from(class.gap_seconds),
            alike: float(class.alike),
            alike_spread: float(class.alike_spread),
            lengths: resolve_lengths(&class.durations),
        })
    };
    classes.iter().map(resolve).collect()
}

#[allow(clippy::float_arithmetic, reason = "statistics: no money, date or entitlement is here")]
fn resolve_lengths(parts: &[JobLength]) -> Vec<(f64, f64, f64)> {
    let total: f64 = parts.iter().map(|part| f64::from(part.weight)).sum();
    let mut upto = 0.0;
    let resolve = |part: &JobLength| {
        upto += f64::from(part.weight) / total;
        (upto, super::draw::ln(f64::from(part.median_seconds)), float(part.spread))
    };
    parts.iter().map(resolve).collect()
}

impl JobClass {
    fn check(&self, check: Check<'_>) -> Result<(), DemandError> {
        if self.units == 0 {
            return Err(check.refuse("model.classes.units", 0, "a job has at least 1 unit"));
        }
        check.factor("model.classes.burst_median", self.burst_median, i64::from(BURST_MAX))?;
        check_within("model.classes.burst_spread", self.burst_spread, 5, check)?;
        check_within("model.classes.alike", self.alike, 1, check)?;
        check_within("model.classes.alike_spread", self.alike_spread, 5, check)?;
        if !(1..=BURST_MAX).contains(&self.burst_longest) {
            let rule = format!("a burst has 1 to {BURST_MAX} jobs");
            return Err(check.refuse("model.classes.burst_longest", self.burst_longest, rule));
        }
        let weights: Vec<u32> = self.durations.iter().map(|part| part.weight).collect();
        check_weights(&weights, "model.classes.durations", check)?;
        if self.durations.len() > CLASSES_MAX {
            let rule = format!("a mixture has at most {CLASSES_MAX} parts");
            return Err(check.refuse("model.classes.durations", self.durations.len(), rule));
        }
        for part in &self.durations {
            check_within("model.classes.durations.spread", part.spread, 5, check)?;
            if part.median_seconds == 0 {
                let rule = "a median is at least 1 s";
                return Err(check.refuse("model.classes.durations.median_seconds", 0, rule));
            }
        }
        Ok(())
    }
}

pub(super) fn check_weights(
    weights: &[u32],
    key: &'static str,
    check: Check<'_>,
) -> Result<(), DemandError> {
    if weights.iter().all(|weight| *weight == 0) {
        return Err(check.refuse(key, "all 0", "at least one weight must be above 0"));
    }
    Ok(())
}

pub(super) fn check_within(
    key: &'static str,
    value: Ratio,
    most: i64,
    check: Check<'_>,
) -> Result<(), DemandError> {
    if value >= Ratio::ZERO && value <= Ratio::whole(most) {
        return Ok(());
    }
    Err(check.refuse(key, value, format!("it must be from 0 to {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fitted_model_is_readable_and_sound() {
        let model = JobModel::resolve(None, "jobs[0]").unwrap();
        assert_eq!(model.classes.len(), 7);
        let shares: f64 = model.classes.iter().map(|class| class.share).sum();
        assert!((shares - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_set_replaces_what_was_fitted_and_is_checked() {
        let given: JobModel =
            toml::from_str("shortest_seconds = 60\nactivity_spread = '0'").unwrap();
        let model = JobModel::resolve(Some(&given), "jobs[0]").unwrap();
        assert_eq!((model.shortest, model.activity_spread), (60.0, 0.0));
        for bad in [
            "hours = [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]",
            "activity_spread = '-1'",
            "longest_seconds = 100",
            "classes = []",
        ] {
            let given: JobModel = toml::from_str(bad).unwrap();
            assert!(JobModel::resolve(Some(&given), "jobs[0]").is_err(), "{bad}");
        }
        assert!(toml::from_str::<JobModel>("burst = 3").is_err());
    }
}
