//! One `[[jobs]]` table: checked, read or drawn, shaped into the list of all.

use leasehold_types::{Period, Ratio};

use super::Loading;
use crate::demand::check::{Check, RATE_MAX, SCALE_MAX};
use crate::demand::read::{self, Helios, Minutes, RawJob, Reading};
use crate::demand::shape::{JobShaper, Placement, Wish, note_silences, place, shape_jobs};
use crate::demand::spec::{Align, JobTrace};
use crate::demand::{DemandError, Job, JobSource, ReadReport, generate};
use leasehold_types::{Instant, Seconds};

const DAY: i64 = 86_400;
/// A silence in a job list that counts as a hole where the scenario does not say: seven days.
const HOLE_DEFAULT_SECONDS: i64 = 7 * DAY;
/// A gap in minutes that counts as one: more than the minute itself.
const HOLE_MINUTES_SECONDS: i64 = 60;
/// 2021-03-04T00:00:00Z, day 0 of the ITP trace.
const ITP_EPOCH: i64 = 1_614_816_000;
/// 1970-01-05T00:00:00Z, a Monday: day 0 of traces whose weekday is not known.
pub(super) const UNKNOWN_EPOCH: i64 = 345_600;

impl Loading<'_> {
    /// Loads the source into `jobs`.
    pub fn jobs(
        &mut self,
        index: usize,
        pool: u16,
        source: &JobSource,
        jobs: &mut Vec<Job>,
    ) -> Result<ReadReport, DemandError> {
        let label = match source.trace() {
            Some(trace) => format!("jobs[{index}] {} {}", source.kind(), trace.path.display()),
            None => format!("jobs[{index}] {}", source.kind()),
        };
        let mut report = ReadReport { label, ..ReadReport::default() };
        let shaper = JobShaper {
            jobs,
            span: self.span,
            pool,
            source: u16::try_from(index).unwrap_or(u16::MAX),
            scale_units: source.scale_units(),
            scale_rate: source.trace().map_or(Ratio::ONE, |trace| trace.scale_rate),
            largest: source.largest(),
            random: self.seed.stream(&format!("jobs/{index}/rate")),
            done: Default::default(),
        };
        check(source, &report.label)?;
        match source {
            JobSource::Generated(spec) => {
                generate::jobs(spec, self.seed, index, shaper, &mut report)?;
            }
            JobSource::Elasticflow(trace)
            | JobSource::Kalos(trace)
            | JobSource::Openb(trace)
            | JobSource::Helios(trace)
            | JobSource::Csv(trace) => self.trace(source, trace, shaper, &mut report)?,
        }
        Ok(report)
    }

    fn trace(
        &mut self,
        source: &JobSource,
        spec: &JobTrace,
        mut shaper: JobShaper<'_>,
        report: &mut ReadReport,
    ) -> Result<(), DemandError> {
        let base = self.base;
        let mut reading = Reading {
            kind: source.kind(),
            path: &spec.path,
            base,
            skip_bad_rows: spec.skip_bad_rows,
            report,
            progress: &mut *self.progress,
        };
        let mut trace = read_trace(source, spec, self.span, &mut reading)?;
        // Stable, so that jobs of one second keep the order of their rows.
        trace.jobs.sort_by_key(|job| job.submitted);
        let label = report.label.clone();
        let placement = place_trace(source, spec, &trace, self.span, &label)?;
        let threshold = hole_threshold(source, spec);
        let edges = spec.window_days.is_some();
        match source {
            JobSource::Helios(_) => read::note_holes(report, &trace.gaps, placement.window),
            _ => note_silences(&trace.jobs, &placement, edges, threshold, report),
        }
        read::check_holes(report, Seconds(threshold), spec.allow_holes)?;
        let before = shaper.jobs.len();
        shape_jobs(&trace.jobs, &placement, spec.carry_in, &mut shaper)?;
        report.steps.extend(shaper.done.steps());
        if shaper.jobs.len() == before {
            return Err(nothing_left(&label, "placing it in the span"));
        }
        Ok(())
    }
}

/// What a file gives.
struct Trace {
    jobs: Vec<RawJob>,
    /// The second that the trace's 0 stands for, where its rows do not say their date.
    epoch: Option<i64>,
    /// From when to before when it speaks, where that is not from the first job to the last.
    extent: Option<(i64, i64)>,
    /// Holes that the reader found; in lists they show only once the window is known.
    gaps: Vec<(i64, i64)>,
}

fn read_trace(
    source: &JobSource,
    spec: &JobTrace,
    span: Period,
    reading: &mut Reading<'_>,
) -> Result<Trace, DemandError> {
    let given = spec.epoch.map(Instant::second);
    let epoch = given.unwrap_or(match source {
        JobSource::Elasticflow(_) => ITP_EPOCH,
        JobSource::Csv(_) => span.start().second(),
        _ => UNKNOWN_EPOCH,
    });
    let relative = |jobs| Trace { jobs, epoch: Some(epoch), extent: None, gaps: Vec::new() };
    let dated = |jobs| Trace { jobs, epoch: given, extent: None, gaps: Vec::new() };
    match source {
        JobSource::Elasticflow(_) => read::elasticflow(reading, epoch).map(relative),
        JobSource::Kalos(_) => read::kalos(reading, epoch).map(relative),
        JobSource::Openb(_) => read::openb(reading, epoch).map(relative),
        JobSource::Csv(_) => read::plain(reading, epoch).map(dated),
        JobSource::Helios(_) => {
            let outages: Vec<Period> =
                spec.outages.iter().map(|outage| Period::new(outage.start, outage.end)).collect();
            let order = spec.block_order.unwrap_or_default();
            let how = Helios { outages: &outages, order, hole: hole_threshold(source, spec) };
            let Minutes { jobs, extent, gaps } = read::helios(reading, &how)?;
            Ok(Trace { jobs, epoch: given, extent, gaps })
        }
        JobSource::Generated(_) => Ok(relative(Vec::new())),
    }
}

fn place_trace(
    source: &JobSource,
    spec: &JobTrace,
    trace: &Trace,
    span: Period,
    label: &str,
) -> Result<Placement, DemandError> {
    let (Some(first), Some(last)) = (trace.jobs.first(), trace.jobs.last()) else {
        return Err(nothing_left(label, "reading"));
    };
    let extent = trace.extent.unwrap_or((first.submitted, last.submitted + 1));
    let wish = Wish {
        window_days: spec.window_days,
        tile: spec.tile,
        align: spec.align,
        align_untiled: match source {
            JobSource::Csv(_) => Align::Absolute,
            _ => Align::None,
        },
        day_zero: trace.epoch.unwrap_or(extent.0.div_euclid(DAY) * DAY),
    };
    place(&wish, extent, span)
        .map_err(|(key, value, rule)| Check { label }.refuse(key, value, rule))
}

fn hole_threshold(source: &JobSource, spec: &JobTrace) -> i64 {
    match (spec.hole_hours, source) {
        (Some(hours), _) => i64::from(hours) * 3_600,
        (None, JobSource::Helios(_)) => HOLE_MINUTES_SECONDS,
        (None, _) => HOLE_DEFAULT_SECONDS,
    }
}

fn check(source: &JobSource, label: &str) -> Result<(), DemandError> {
    let check = Check { label };
    check.factor("scale_units", source.scale_units(), SCALE_MAX)?;
    if source.largest().is_some_and(|largest| largest.is_zero()) {
        return Err(check.refuse("largest", 0, "it must be at least 1 unit"));
    }
    let Some(trace) = source.trace() else {
        return Ok(());
    };
    check.factor("scale_rate", trace.scale_rate, RATE_MAX)?;
    check.hole_hours(trace.hole_hours)?;
    if !matches!(source, JobSource::Helios(_)) {
        check.only_for("outages", !trace.outages.is_empty(), "helios")?;
        check.only_for("block_order", trace.block_order.is_some(), "helios")?;
    }
    match trace.outages.iter().find(|outage| outage.start >= outage.end) {
        Some(outage) => {
            let value = format!("{} to {}", outage.start, outage.end);
            Err(check.refuse("outages", value, "an outage must end after it starts"))
        }
        None => Ok(()),
    }
}

fn nothing_left(label: &str, step: &str) -> DemandError {
    DemandError::NothingLeft {
        label: label.to_owned(),
        what: "jobs",
        step: step.to_owned(),
        remedy: "look at `window_days`, `align` and `scale_rate`, and at what the report says was \
                 left out",
    }
}
