//! Jobs drawn from the fitted model.
//!
//! People submit in bursts: one size, many jobs, seconds apart, often with one length. Bursts of
//! each size come as a Poisson process whose rate follows the hour, the weekday and a wandering
//! factor that all sizes share. The rate is set so that mean demand is the stated load, in
//! expectation; what a span really gets varies, for a few long jobs of many units carry much of it.
//!
//! Drawing begins the longest job's length before the span, so that the span begins as full as it
//! goes on: what then still runs is carried in with what is left of it.

#![allow(clippy::float_arithmetic, reason = "statistics: no money, date or entitlement is here")]

use leasehold_types::{AcceleratorSeconds, Random, Seed, Units};

use super::draw::{exp, exponential, normal, poisson, uniform};
use super::job_model::{Class, JobModel, Model};
use super::{Wander, float};
use crate::demand::check::{Check, SCALE_MAX};
use crate::demand::report::Step;
use crate::demand::shape::{JOBS_MAX, JobShaper};
use crate::demand::spec::GeneratedJobs;
use crate::demand::{DemandError, ReadReport};

const HOUR: i64 = 3_600;
const LOAD_MAX: i64 = 10;
const UNITS_MAX: u64 = 100_000_000;

/// Draws the jobs of a source.
pub(in crate::demand) fn jobs(
    spec: &GeneratedJobs,
    seed: Seed,
    index: usize,
    mut shaper: JobShaper<'_>,
    report: &mut ReadReport,
) -> Result<(), DemandError> {
    let label = report.label.clone();
    let check = Check { label: &label };
    check.factor("load", spec.load, LOAD_MAX)?;
    if !(1..=UNITS_MAX).contains(&spec.units.0) {
        return Err(check.refuse("units", spec.units, format!("it must be 1 to {UNITS_MAX}")));
    }
    let model = JobModel::resolve(spec.model.as_deref(), &label)?;
    let bursts_per_hour = rate(spec, &model, &shaper) * HOUR as f64;
    check_count(spec, bursts_per_hour, &model, &shaper, check)?;
    let first_job = shaper.jobs.len();
    draw(&model, bursts_per_hour, seed, index, &mut shaper)?;
    report.steps.extend(shaper.done.steps());
    note_load(spec, &shaper, first_job, report);
    Ok(())
}

/// Bursts a second at which mean demand is the load.
fn rate(spec: &GeneratedJobs, model: &Model, shaper: &JobShaper<'_>) -> f64 {
    let work = |class: &Class| {
        let (units, _) = shaper.scaled(class.units);
        class.share * class.mean_jobs() * class.mean_length(model) * units.0 as f64
    };
    let per_burst: f64 = model.classes.iter().map(work).sum();
    float(spec.load) * spec.units.0 as f64 / per_burst
}

fn check_count(
    spec: &GeneratedJobs,
    bursts_per_hour: f64,
    model: &Model,
    shaper: &JobShaper<'_>,
    check: Check<'_>,
) -> Result<(), DemandError> {
    let jobs_per_burst: f64 = model.classes.iter().map(|c| c.share * c.mean_jobs()).sum();
    let hours = shaper.span.length().0 as f64 / HOUR as f64;
    let expected = bursts_per_hour * hours * jobs_per_burst;
    if expected <= JOBS_MAX as f64 {
        return Ok(());
    }
    let times = (expected / JOBS_MAX as f64).ceil();
    let rule = format!(
        "this load means {expected:.0} jobs, at most {JOBS_MAX} are kept: set `scale_units` to \
         {times} or more (up to {SCALE_MAX}), for fewer and larger jobs"
    );
    Err(check.refuse("load", spec.load, rule))
}

fn draw(
    model: &Model,
    bursts_per_hour: f64,
    seed: Seed,
    index: usize,
    shaper: &mut JobShaper<'_>,
) -> Result<(), DemandError> {
    let stream = |what: &str| seed.stream(&format!("jobs/{index}/{what}"));
    let mut activity = stream("activity");
    let mut wander = Wander::new(&mut activity, model.activity_spread, model.activity_hours, 1.0);
    let name = |i: usize| format!("class/{i}");
    let mut randoms: Vec<Random> = (0..model.classes.len()).map(|i| stream(&name(i))).collect();
    let begin = shaper.span.start().second() - i64::from(model.longest);
    let mut hour = begin.div_euclid(HOUR) * HOUR;
    while hour < shaper.span.end().second() {
        let factor = model.profile.at(hour + HOUR / 2) * wander.next(&mut activity);
        for (class, random) in model.classes.iter().zip(&mut randoms) {
            let bursts = poisson(random, bursts_per_hour * class.share * factor);
            for _ in 0..bursts {
                let at = hour as f64 + uniform(random) * HOUR as f64;
                class.burst(at, model, random, shaper)?;
            }
        }
        hour += HOUR;
    }
    Ok(())
}

impl Class {
    fn burst(
        &self,
        at: f64,
        model: &Model,
        random: &mut Random,
        shaper: &mut JobShaper<'_>,
    ) -> Result<(), DemandError> {
        let count = exp(self.burst_median_log + self.burst_spread * normal(random)).ceil();
        let count = count.clamp(1.0, f64::from(self.burst_longest)) as u32;
        let common = self.length(random);
        let mut at = at;
        for i in 0..count {
            let length = match i > 0 && uniform(random) > self.alike {
                true => self.length(random),
                false if i == 0 => common,
                false => {
                    let spread = self.alike_spread;
                    common * exp(spread * normal(random) - spread * spread / 2.0)
                }
            };
            let length = length.clamp(model.shortest, f64::from(model.longest)).round();
            place(at as i64, length as i64, self.units, shaper)?;
            at += self.gap * exponential(random);
        }
        Ok(())
    }

    fn length(&self, random: &mut Random) -> f64 {
        let u = uniform(random);
        let part = self.lengths.iter().find(|(upto, ..)| u <= *upto).or(self.lengths.last());
        let (_, median, spread) = part.copied().unwrap_or((1.0, 0.0, 0.0));
        exp(median + spread * normal(random))
    }

    /// Mean jobs of a burst.
    fn mean_jobs(&self) -> f64 {
        let most = f64::from(self.burst_longest);
        normal_mean(|z| exp(self.burst_median_log + self.burst_spread * z).ceil().clamp(1.0, most))
    }

    /// Mean length of a job, in seconds.
    fn mean_length(&self, model: &Model) -> f64 {
        let (mut before, mut sum) = (0.0, 0.0);
        for (upto, median, spread) in &self.lengths {
            let mean = normal_mean(|z| {
                exp(median + spread * z).clamp(model.shortest, f64::from(model.longest))
            });
            sum += (upto - before) * mean;
            before = *upto;
        }
        sum
    }
}

/// Carried in where it begins before the span and reaches into it.
fn place(at: i64, length: i64, units: u64, shaper: &mut JobShaper<'_>) -> Result<(), DemandError> {
    let (start, end) = (shaper.span.start().second(), shaper.span.end().second());
    let late = (start - at).max(0);
    if at >= end || late >= length {
        return Ok(());
    }
    if late > 0 {
        shaper.done.note_carried_in();
    }
    shaper.place(at + late, length - late, units)
}

/// The mean of `f` over a standard normal, by the midpoint rule from -9 to 9.
fn normal_mean(f: impl Fn(f64) -> f64) -> f64 {
    const STEPS: i32 = 9_000;
    const WIDTH: f64 = 18.0 / STEPS as f64;
    let (mut sum, mut weights) = (0.0, 0.0);
    for i in 0..STEPS {
        let z = -9.0 + (f64::from(i) + 0.5) * WIDTH;
        let weight = exp(-z * z / 2.0);
        sum += weight * f(z);
        weights += weight;
    }
    sum / weights
}

/// Says what mean demand the span really got.
fn note_load(
    spec: &GeneratedJobs,
    shaper: &JobShaper<'_>,
    first_job: usize,
    report: &mut ReadReport,
) {
    let mut work = AcceleratorSeconds::ZERO;
    for job in shaper.jobs.iter().skip(first_job) {
        let left = shaper.span.end().since(job.submitted);
        work.0 += job.units.over(job.duration.min(left)).0;
    }
    let all: AcceleratorSeconds = Units(spec.units.0).over(shaper.span.length());
    let share = (work.0 * 1_000).checked_div(all.0).unwrap_or(0);
    report.steps.push(Step {
        what: "mean demand of the span, in thousandths of `units`".to_owned(),
        count: u64::try_from(share).unwrap_or(u64::MAX),
    });
}
