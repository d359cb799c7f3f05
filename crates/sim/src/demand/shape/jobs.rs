//! From a trace's jobs to the scenario's: placed in time, thinned or multiplied, scaled, cut.
//!
//! In this order, for each occurrence of each job: carry in, rate, units, largest. Nothing changes
//! how long a job runs, except that one carried in has already run for a while.

use leasehold_types::{Instant, JobId, Period, Random, Ratio, Rounding, Seconds, Units};
use rand::Rng;

use super::Placement;
use crate::demand::read::{RawJob, note_hole};
use crate::demand::report::Step;
use crate::demand::{DemandError, Job, ReadReport};

/// Most jobs of a scenario.
pub const JOBS_MAX: usize = 10_000_000;
/// How far a copy made by `scale_rate` lies from its original, at most, in seconds: copies at one
/// instant would make bursts that no trace shows.
pub const COPY_JITTER_SECONDS: u64 = 1_800;

/// Puts jobs into the scenario's list by one source's rules.
pub struct JobShaper<'a> {
    /// The list that all sources share.
    pub jobs: &'a mut Vec<Job>,
    /// The span.
    pub span: Period,
    /// The source's pool, by index.
    pub pool: u16,
    /// The source, by index.
    pub source: u16,
    /// Factor on units.
    pub scale_units: Ratio,
    /// Factor on the number of jobs.
    pub scale_rate: Ratio,
    /// Most units of a job.
    pub largest: Option<Units>,
    /// Draws for the factor on the number.
    pub random: Random,
    /// What was done.
    pub done: Done,
}

/// What a shaper did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Done {
    outside_window: u64,
    outside_span: u64,
    carried_in: u64,
    placed: u64,
    thinned: u64,
    copied: u64,
    raised_to_one: u64,
    cut_to_largest: u64,
}

/// Places the jobs of a trace, sorted by submission, and shapes each.
pub fn shape_jobs(
    trace: &[RawJob],
    placement: &Placement,
    carry_in: bool,
    shaper: &mut JobShaper<'_>,
) -> Result<(), DemandError> {
    let (from, to) = placement.window;
    for job in trace {
        let length = i64::from(job.duration);
        let before = placement.tile.is_none() && job.submitted < from;
        let runs_into = carry_in && before && job.submitted + length > from;
        if job.submitted >= to || (job.submitted < from && !runs_into) {
            shaper.done.outside_window += 1;
            continue;
        }
        let window_start = from + placement.shift;
        let start = match placement.tile {
            Some(_) => shaper.span.start().second(),
            None => window_start.max(shaper.span.start().second()),
        };
        let reach = if carry_in { length } else { 1 };
        let mut occurs = false;
        for at in placement.occurrences(job.submitted, reach, shaper.span) {
            occurs = true;
            let late = (start - at).max(0);
            if late > 0 {
                shaper.done.note_carried_in();
            }
            if late < length {
                shaper.place(at + late, length - late, u64::from(job.units))?;
            }
        }
        shaper.done.outside_span += u64::from(!occurs);
    }
    Ok(())
}

/// Notes silences between submissions longer than `threshold` seconds inside the window; its edges
/// count only where the scenario stated it.
pub fn note_silences(
    trace: &[RawJob],
    placement: &Placement,
    edges: bool,
    threshold: i64,
    report: &mut ReadReport,
) {
    let (from, to) = placement.window;
    let mut last = edges.then_some(from);
    let inside = trace.iter().map(|job| job.submitted).filter(|at| (from..to).contains(at));
    for at in inside.chain(edges.then_some(to)) {
        if let Some(before) = last.replace(at)
            && at - before > threshold
        {
            note_hole(report, before, at - before);
        }
    }
}

impl JobShaper<'_> {
    /// One occurrence: as many jobs as the rate makes of it.
    pub fn place(&mut self, at: i64, length: i64, units: u64) -> Result<(), DemandError> {
        self.done.placed += 1;
        let copies = self.copies();
        self.done.thinned += u64::from(copies == 0);
        self.done.copied += copies.saturating_sub(1);
        for copy in 0..copies {
            let at = if copy == 0 { at } else { self.jittered(at) };
            self.push(at, length, units)?;
        }
        Ok(())
    }

    fn copies(&mut self) -> u64 {
        if self.scale_rate == Ratio::ONE {
            return 1;
        }
        let whole = self.scale_rate.floor();
        let rest = self.scale_rate.numerator() - whole * self.scale_rate.denominator();
        let bound = u64::try_from(self.scale_rate.denominator()).unwrap_or(u64::MAX);
        let extra = i128::from(below(&mut self.random, bound)) < rest;
        u64::try_from(whole).unwrap_or(0) + u64::from(extra)
    }

    fn jittered(&mut self, at: i64) -> i64 {
        let jitter = below(&mut self.random, 2 * COPY_JITTER_SECONDS + 1);
        let moved = at.saturating_sub_unsigned(COPY_JITTER_SECONDS).saturating_add_unsigned(jitter);
        moved.clamp(self.span.start().second(), self.span.end().second() - 1)
    }

    fn push(&mut self, at: i64, length: i64, units: u64) -> Result<(), DemandError> {
        let (units, [raised, cut]) = self.scaled(units);
        self.done.raised_to_one += u64::from(raised);
        self.done.cut_to_largest += u64::from(cut);
        if self.jobs.len() >= JOBS_MAX {
            return Err(DemandError::TooMany {
                label: format!("jobs[{}]", self.source),
                most: JOBS_MAX as u64,
                what: "jobs in the scenario",
                remedy: "shorten the span, lower `scale_rate`, or raise `scale_units` instead",
            });
        }
        self.jobs.push(Job {
            // A number within the list so far: sources and rows in order, until all are merged.
            id: JobId(self.jobs.len() as u64),
            submitted: Instant::from_second(at),
            duration: Seconds(length),
            units,
            pool: self.pool,
            source: self.source,
        });
        Ok(())
    }

    /// Units after scaling, and whether they were raised to 1 and cut to the largest.
    pub fn scaled(&self, units: u64) -> (Units, [bool; 2]) {
        let units = match self.scale_units == Ratio::ONE {
            true => units,
            false => {
                // The checked bounds of factor and units keep this far below 128 bits.
                let top = self.scale_units.numerator().saturating_mul(i128::from(units));
                let exact = Ratio::new(top, self.scale_units.denominator()).unwrap_or(Ratio::ZERO);
                u64::try_from(exact.round(Rounding::HalfAway)).unwrap_or(u64::MAX)
            }
        };
        let most = self.largest.map_or(u64::MAX, |largest| largest.0).max(1);
        (Units(units.clamp(1, most)), [units == 0, units > most])
    }
}

/// A number below `bound`, evenly but for 2^-64 of the bound.
pub fn below(random: &mut Random, bound: u64) -> u64 {
    let product = u128::from(random.next_u64()) * u128::from(bound);
    u64::try_from(product >> 64).unwrap_or(0)
}

impl Done {
    /// A job under way when the span begins.
    pub fn note_carried_in(&mut self) {
        self.carried_in += 1;
    }

    /// As steps of a report, those that touched something.
    pub fn steps(&self) -> Vec<Step> {
        let all = [
            ("jobs of the trace outside its window", self.outside_window),
            ("jobs of the window that fall outside the span", self.outside_span),
            ("jobs placed in the span, repeats counted", self.placed),
            ("of them under way when it begins, carried in", self.carried_in),
            ("jobs left out by scale_rate", self.thinned),
            ("copies made by scale_rate", self.copied),
            ("jobs raised to 1 unit after scaling", self.raised_to_one),
            ("jobs cut to the largest size", self.cut_to_largest),
        ];
        let step = |(what, count): (&str, u64)| Step { what: what.to_owned(), count };
        all.into_iter().filter(|(_, count)| *count > 0).map(step).collect()
    }
}

#[cfg(test)]
mod tests {
    use leasehold_types::Seed;
    use proptest::prelude::*;

    use super::*;

    fn shaper(jobs: &mut Vec<Job>, length: i64) -> JobShaper<'_> {
        let span = Period::new(Instant::from_second(5_000), Instant::from_second(5_000 + length));
        JobShaper {
            jobs,
            span,
            pool: 0,
            source: 0,
            scale_units: Ratio::ONE,
            scale_rate: Ratio::ONE,
            largest: None,
            random: Seed(1).stream("test"),
            done: Done::default(),
        }
    }

    /// Units wanted at a second.
    fn demand(jobs: &[Job], at: i64) -> u64 {
        let holds = |job: &&Job| {
            (job.submitted.second()..job.submitted.second() + job.duration.0).contains(&at)
        };
        jobs.iter().filter(holds).map(|job| job.units.0).sum()
    }

    prop_compose! {
        fn trace()(
            all in prop::collection::vec((0i64..1_000, 1u32..1_500, 1u32..100), 1..40),
        ) -> Vec<RawJob> {
            let job = |(submitted, duration, units)| RawJob { submitted, duration, units };
            let mut trace: Vec<RawJob> = all.into_iter().map(job).collect();
            trace.sort_by_key(|job| job.submitted);
            trace
        }
    }

    proptest! {
        #[test]
        fn tiled_demand_repeats_from_the_first_second_on(trace in trace(), phase in -900i64..900) {
            let mut jobs = Vec::new();
            let mut shaper = shaper(&mut jobs, 4_000);
            let placement = Placement { window: (0, 1_000), shift: 5_000 + phase, tile: Some(1_000) };
            shape_jobs(&trace, &placement, true, &mut shaper).unwrap();
            for at in (5_000..6_000).step_by(37) {
                let first = demand(&jobs, at);
                // The trace wrapped around on itself, by brute force.
                let wrapped: u64 = (-10..10)
                    .map(|n| n * 1_000 + at - placement.shift)
                    .flat_map(|second| trace.iter().filter(move |job| {
                        (job.submitted..job.submitted + i64::from(job.duration)).contains(&second)
                    }))
                    .map(|job| u64::from(job.units))
                    .sum();
                prop_assert_eq!(first, wrapped);
                for tile in 1..4 {
                    prop_assert_eq!(demand(&jobs, at + tile * 1_000), first);
                }
            }
        }

        #[test]
        fn an_untiled_window_shows_the_trace_second_by_second(
            trace in trace(), from in 0i64..600, length in 1i64..400,
        ) {
            let mut jobs = Vec::new();
            let mut shaper = shaper(&mut jobs, 4_000);
            let placement = Placement { window: (from, from + length), shift: 5_000 - from, tile: None };
            shape_jobs(&trace, &placement, true, &mut shaper).unwrap();
            for second in from..from + length {
                let expected: u64 = trace
                    .iter()
                    .filter(|job| (job.submitted..job.submitted + i64::from(job.duration)).contains(&second))
                    .map(|job| u64::from(job.units))
                    .sum();
                prop_assert_eq!(demand(&jobs, second + placement.shift), expected);
            }
        }

        #[test]
        fn a_rate_makes_as_many_jobs_in_the_mean(top in 1i128..400) {
            let mut jobs = Vec::new();
            let mut shaper = shaper(&mut jobs, 100_000);
            shaper.scale_rate = Ratio::new(top, 100).unwrap();
            for at in 0..20_000 {
                shaper.place(5_000 + at, 10, 1).unwrap();
            }
            let expected = 200 * top;
            let found = jobs.len() as i128;
            // Six standard deviations of so many coin flips are 424.
            prop_assert!((found - expected).abs() <= 430, "{found} {expected}");
            prop_assert!(jobs.iter().all(|job| job.submitted.second() >= 5_000));
        }
    }

    #[test]
    fn scaled_units_round_half_away_and_stay_within_one_and_the_largest() {
        let mut jobs = Vec::new();
        let mut shaper = shaper(&mut jobs, 10);
        shaper.scale_units = "2.5".parse().unwrap();
        shaper.largest = Some(Units(20));
        let found = [1, 2, 3, 8, 9].map(|units| shaper.scaled(units).0.0);
        assert_eq!(found, [3, 5, 8, 20, 20]);
        shaper.scale_units = "1/1000".parse().unwrap();
        assert_eq!(shaper.scaled(3), (Units(1), [true, false]));
    }
}
