//! One `[[requests]]` table: checked, read or drawn, counted by window.

use std::path::Path;

use leasehold_types::{Instant, Seconds};

use super::Loading;
use super::job_source::UNKNOWN_EPOCH;
use crate::demand::check::{Check, SCALE_MAX};
use crate::demand::read::{self, Counts, Reading, Series, Servegen};
use crate::demand::report::Step;
use crate::demand::shape::{Grid, Placement, Wish, bin, growth_factors, note_request_silences};
use crate::demand::shape::{place, scale};
use crate::demand::spec::{Align, Profile, RequestTrace};
use crate::demand::{DemandError, ReadReport, RequestSource, Window, generate};

const DAY: i64 = 86_400;
const HOLE_DEFAULT_SECONDS: i64 = DAY;
const SERVEGEN_HOLE_SECONDS: i64 = 600;
const ROW_DEFAULT_SECONDS: u32 = 600;
const ROW_MAX_SECONDS: u32 = 86_400;

impl Loading<'_> {
    /// Loads the source as windows of `grid`.
    pub fn requests(
        &mut self,
        index: usize,
        source: &RequestSource,
        grid: &Grid,
    ) -> Result<(Vec<Window>, ReadReport), DemandError> {
        let mut report = ReadReport::default();
        let windows = match source {
            RequestSource::Generated(spec) => {
                report.label = format!("requests[{index}] {}", source.kind());
                generate::requests(spec, self.seed, index, grid, &mut report)?
            }
            RequestSource::Azure(trace)
            | RequestSource::Mooncake(trace)
            | RequestSource::Csv(trace)
            | RequestSource::Servegen(trace) => {
                let path = trace.path.display();
                report.label = format!("requests[{index}] {} {path}", source.kind());
                self.request_trace(source, trace, grid, &mut report)?
            }
        };
        Ok((windows, report))
    }

    fn request_trace(
        &mut self,
        source: &RequestSource,
        spec: &RequestTrace,
        grid: &Grid,
        report: &mut ReadReport,
    ) -> Result<Vec<Window>, DemandError> {
        let label = report.label.clone();
        let check = Check { label: &label };
        check_keys(source, spec, check)?;
        let base = self.base;
        let mut reading = Reading {
            kind: source.kind(),
            path: &spec.path,
            base,
            skip_bad_rows: spec.skip_bad_rows,
            report,
            progress: &mut *self.progress,
        };
        let Trace { series, epoch, gaps } = read_series(source, spec, grid, &mut reading)?;
        let placement = place_series(source, spec, &series, epoch, grid, check)?;
        let threshold = hole_threshold(source, spec);
        match source {
            RequestSource::Servegen(_) => read::note_holes(report, &gaps, placement.window),
            _ => note_request_silences(&series, &placement, threshold, report),
        }
        read::check_holes(report, Seconds(threshold), spec.allow_holes)?;
        let (sums, outside) =
            bin(&series, &placement, grid).map_err(|error| check.overflow(error))?;
        let windows = scaled(spec, &sums, grid, check)?;
        let placed = sums.iter().map(|sum| sum.requests).fold(0, u64::saturating_add);
        let made = windows.iter().map(|window| window.requests).fold(0, u64::saturating_add);
        note_steps(report, &series, [outside, placed, made]);
        if made == 0 {
            return Err(nothing_left(&label));
        }
        Ok(windows)
    }
}

fn scaled(
    spec: &RequestTrace,
    sums: &[Counts],
    grid: &Grid,
    check: Check<'_>,
) -> Result<Vec<Window>, DemandError> {
    let daily = match spec.profile {
        Some(Profile::Daily) => Some((generate::chat_hours(check.label)?, spec.shift_seconds)),
        _ => None,
    };
    growth_factors(spec.growth_per_month, grid.span)
        .and_then(|growth| scale(sums, grid, spec.scale, &growth, daily))
        .map_err(|error| check.overflow(error))
}

/// What a file gives.
struct Trace {
    series: Series,
    /// The second that the trace's 0 stands for, where its rows do not say their date.
    epoch: Option<i64>,
    /// Holes that the reader found; elsewhere they show in the series.
    gaps: Vec<(i64, i64)>,
}

fn read_series(
    source: &RequestSource,
    spec: &RequestTrace,
    grid: &Grid,
    reading: &mut Reading<'_>,
) -> Result<Trace, DemandError> {
    let given = spec.epoch.map(Instant::second);
    let epoch = given.unwrap_or(match source {
        RequestSource::Csv(_) => grid.span.start().second(),
        _ => UNKNOWN_EPOCH,
    });
    let relative = |series| Trace { series, epoch: Some(epoch), gaps: Vec::new() };
    let dated = |series| Trace { series, epoch: given, gaps: Vec::new() };
    match source {
        RequestSource::Azure(_) => read::azure(reading).map(dated),
        RequestSource::Mooncake(_) => read::mooncake(reading, epoch).map(relative),
        RequestSource::Csv(_) => {
            let bin = spec.row_seconds.unwrap_or(ROW_DEFAULT_SECONDS);
            read::window_list(reading, epoch, i64::from(bin)).map(dated)
        }
        RequestSource::Servegen(_) => {
            let how = Servegen {
                tokens: spec.tokens.as_deref().unwrap_or(Path::new("")),
                only: spec.only_clients.as_ref(),
                epoch,
                hole: hole_threshold(source, spec),
            };
            let (series, gaps) = read::servegen(reading, &how)?;
            Ok(Trace { series, epoch: Some(epoch), gaps })
        }
        RequestSource::Generated(_) => Ok(relative(Series::new(1))),
    }
}

/// Places the series; users of another time zone are part of its shift.
fn place_series(
    source: &RequestSource,
    spec: &RequestTrace,
    series: &Series,
    epoch: Option<i64>,
    grid: &Grid,
    check: Check<'_>,
) -> Result<Placement, DemandError> {
    let Some(extent) = series.extent() else {
        return Err(nothing_left(check.label));
    };
    let below_a_day = extent.1 - extent.0 < DAY;
    match (spec.tile && below_a_day, spec.profile) {
        (true, None) => {
            let rule = "a trace of less than a day says nothing about the other hours: set \
                        `profile = \"flat\"` or `profile = \"daily\"`";
            return Err(check.refuse("tile", true, rule));
        }
        (false, Some(_)) => {
            let rule = "only a tiled trace of less than a day takes a profile: remove it";
            return Err(check.refuse("profile", "…", rule));
        }
        _ => {}
    }
    let wish = Wish {
        window_days: spec.window_days,
        tile: spec.tile,
        align: spec.align.or((spec.tile && below_a_day).then_some(Align::None)),
        align_untiled: match source {
            RequestSource::Csv(_) => Align::Absolute,
            _ => Align::None,
        },
        day_zero: epoch.unwrap_or(extent.0.div_euclid(DAY) * DAY),
    };
    let placement = place(&wish, extent, grid.span)
        .map_err(|(key, value, rule)| check.refuse(key, value, rule))?;
    Ok(Placement { shift: placement.shift + spec.shift_seconds, ..placement })
}

fn check_keys(
    source: &RequestSource,
    spec: &RequestTrace,
    check: Check<'_>,
) -> Result<(), DemandError> {
    check.factor("scale", spec.scale, SCALE_MAX)?;
    check.growth(spec.growth_per_month)?;
    check.hole_hours(spec.hole_hours)?;
    check.shift(spec.shift_seconds)?;
    if !matches!(source, RequestSource::Servegen(_)) {
        check.only_for("tokens", spec.tokens.is_some(), "servegen")?;
        check.only_for("only_clients", spec.only_clients.is_some(), "servegen")?;
    } else if spec.tokens.is_none() {
        let rule = "kind servegen needs the file of token means that belongs to `clients`";
        return Err(check.refuse("tokens", "nothing", rule));
    }
    let is_csv = matches!(source, RequestSource::Csv(_));
    check.only_for("row_seconds", spec.row_seconds.is_some() && !is_csv, "csv")?;
    match spec.row_seconds {
        Some(row) if !(1..=ROW_MAX_SECONDS).contains(&row) => {
            let rule = format!("it must be from 1 to {ROW_MAX_SECONDS}");
            Err(check.refuse("row_seconds", row, rule))
        }
        _ => Ok(()),
    }
}

fn hole_threshold(source: &RequestSource, spec: &RequestTrace) -> i64 {
    match (spec.hole_hours, source) {
        (Some(hours), _) => i64::from(hours) * 3_600,
        (None, RequestSource::Servegen(_)) => SERVEGEN_HOLE_SECONDS,
        (None, _) => HOLE_DEFAULT_SECONDS,
    }
}

fn note_steps(report: &mut ReadReport, series: &Series, [outside, placed, made]: [u64; 3]) {
    let total = |of: fn(&Counts) -> u64| series.bins.values().map(of).fold(0, u64::saturating_add);
    let all = [
        ("requests of the trace", total(|counts| counts.requests)),
        ("input tokens of the trace", total(|counts| counts.input)),
        ("output tokens of the trace", total(|counts| counts.output)),
        ("requests of the trace outside its window", outside),
        ("requests placed in the span, repeats counted", placed),
        ("requests after scale and growth", made),
    ];
    let step = |(what, count): (&str, u64)| Step { what: what.to_owned(), count };
    report.steps.extend(all.into_iter().filter(|(_, count)| *count > 0).map(step));
}

fn nothing_left(label: &str) -> DemandError {
    DemandError::NothingLeft {
        label: label.to_owned(),
        what: "requests",
        step: "placing them in the span".to_owned(),
        remedy: "look at `window_days`, `align` and `scale`",
    }
}
