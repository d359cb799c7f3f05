//! Stacked shares over time, and one quantity over time.

use leasehold_sim::figures::{Capacity, SeriesRow};
use leasehold_types::Date;
use maud::{Markup, html};

use super::axis::{self, Range};
use super::{Fill, Plot, Tenths, at, rule, scaled, svg, text};
use crate::report::shown::count;
use crate::report::sums;

/// Most steps that a chart draws; a longer series is summed over equal numbers of its steps.
pub const STEPS_MAX: usize = 120;

const HEIGHT: Tenths = 1_400;
const PLOT: Plot = Plot { left: 420, right: 3_190, top: 70, bottom: 1_200 };

/// A part of the accelerator-time: its name, its fill, and how much of it there was.
pub type Part = (&'static str, Fill, fn(&Capacity) -> u128);

/// The parts from the bottom up: the owner's use, what it took back, the tenants', what is left.
pub const PARTS: [Part; 6] = [
    ("owner's jobs", Fill::JOBS, |c| c.jobs.0),
    ("recalled from tenants", Fill::RECALLED, |c| c.recalled.0),
    ("sold and busy", Fill::BUSY, |c| c.busy.0),
    ("sold and quiet", Fill::QUIET, |c| c.quiet.0),
    ("idle", Fill::IDLE, |c| c.idle.0),
    ("down", Fill::DOWN, |c| c.down.0),
];

/// Several steps of the series drawn as one.
struct Step {
    from: Date,
    until: Date,
    capacity: Capacity,
    /// The most units that jobs waited for at the end of any step, over all pools together.
    waiting_units: u64,
}

/// The rows, which are in the order of time, joined by day and then into at most [`STEPS_MAX`].
fn steps<'a>(rows: impl Iterator<Item = &'a SeriesRow>) -> Vec<Step> {
    let mut days: Vec<Step> = Vec::new();
    for row in rows {
        match days.last_mut() {
            Some(day) if day.from == row.from => {
                day.capacity = sums::capacity([&day.capacity, &row.capacity]);
                day.waiting_units = day.waiting_units.saturating_add(row.waiting_units);
            }
            _ => days.push(Step {
                from: row.from,
                until: row.until,
                capacity: row.capacity,
                waiting_units: row.waiting_units,
            }),
        }
    }
    let each = days.len().div_ceil(STEPS_MAX).max(1);
    days.chunks(each).filter_map(join).collect()
}

fn join(days: &[Step]) -> Option<Step> {
    Some(Step {
        from: days.first()?.from,
        until: days.last()?.until,
        capacity: sums::capacity(days.iter().map(|day| &day.capacity)),
        waiting_units: days.iter().map(|day| day.waiting_units).max()?,
    })
}

/// Where the accelerator-time went, as shares of what was owned in each step. The rows are of one
/// pool, or of all pools by day.
pub fn area<'a>(rows: impl Iterator<Item = &'a SeriesRow>, words: &str) -> Markup {
    let steps = steps(rows);
    svg(
        HEIGHT,
        words,
        html! {
            @for (nth, (name, fill, _)) in PARTS.iter().enumerate() {
                (fill.path(&outline(&steps, nth), Some(*name)))
            }
            @for (per_cent, y) in [("100 %", PLOT.top), ("50 %", PLOT.top + PLOT.height() / 2), ("0", PLOT.bottom)] {
                (rule((PLOT.left - 30, y), (PLOT.left, y), "zero"))
                (text(PLOT.left - 50, y + 40, "end", "tick", per_cent))
            }
            (rule((PLOT.left, PLOT.bottom), (PLOT.right, PLOT.bottom), "zero"))
            (below(&steps))
        },
    )
}

fn below(steps: &[Step]) -> Markup {
    let first_days: Vec<Date> = steps.iter().map(|step| step.from).collect();
    let last = steps.last().map(|step| step.until.yesterday().unwrap_or(step.until));
    html! { @if let Some(last) = last { (axis::days(PLOT, &first_days, last)) } }
}

/// The band of the `nth` part: along its upper edge, and back along its lower.
fn outline(steps: &[Step], nth: usize) -> String {
    let edge = |step: &Step, parts: usize| {
        let below = PARTS.iter().take(parts).map(|(_, _, part)| part(&step.capacity));
        let sum = below.fold(0_u128, u128::saturating_add);
        PLOT.bottom - scaled(sum, step.capacity.owned.0, PLOT.height())
    };
    let mut path = format!("M{} {}", at(PLOT.left), at(PLOT.bottom));
    let mut last = None;
    for (at_step, step) in steps.iter().enumerate() {
        across(&mut path, &mut last, edge(step, nth + 1), PLOT.step(at_step + 1, steps.len()));
    }
    let mut last = None;
    for (at_step, step) in steps.iter().enumerate().rev() {
        across(&mut path, &mut last, edge(step, nth), PLOT.step(at_step, steps.len()));
    }
    path.push('Z');
    path
}

/// Goes to the height `y` where that is new, and on to `x`.
fn across(path: &mut String, last: &mut Option<Tenths>, y: Tenths, x: Tenths) {
    if *last != Some(y) {
        path.push_str(&format!("V{}", at(y)));
        *last = Some(y);
    }
    path.push_str(&format!("H{}", at(x)));
}

/// The accelerators that jobs waited for, over all pools; the most in each step.
pub fn waiting<'a>(rows: impl Iterator<Item = &'a SeriesRow>, highest: u64, words: &str) -> Markup {
    let steps = steps(rows);
    let range = Range::of(0, i128::from(highest));
    let mut path = format!("M{} {}", at(PLOT.left), at(PLOT.bottom));
    let mut last = None;
    for (nth, step) in steps.iter().enumerate() {
        let y = PLOT.height_of(i128::from(step.waiting_units), range.low, range.high);
        across(&mut path, &mut last, y, PLOT.step(nth + 1, steps.len()));
    }
    path.push_str(&format!("V{}Z", at(PLOT.bottom)));
    let most = steps.iter().map(|step| step.waiting_units).max().unwrap_or(0);
    svg(
        HEIGHT,
        words,
        html! {
            (axis::numbers(PLOT, range))
            (Fill::PLAIN.path(&path, Some(&format!("at most {} accelerators", count(most)))))
            (below(&steps))
        },
    )
}

/// The most accelerators that jobs waited for at the end of any step.
pub fn most_waiting<'a>(rows: impl Iterator<Item = &'a SeriesRow>) -> u64 {
    steps(rows).iter().map(|step| step.waiting_units).max().unwrap_or(0)
}

/// In what the numbers of [`waiting`] are written.
pub fn waiting_unit(highest: u64) -> &'static str {
    Range::of(0, i128::from(highest)).scale().name
}
