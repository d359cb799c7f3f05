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
