//! How an amount came about, in words.

use leasehold_types::Money;

use crate::lease::{DayCount, FeePhase, Lease, Price};
use crate::schedule::LineKind;
use crate::schedule::evaluation::FeePart;
use crate::schedule::lines::Sum;
use crate::schedule::recalls::ByTranche;

/// Days of one fee month that a line charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    month: i32,
    days: i64,
    /// The days that make the whole, by the lease's day count.
    whole: i64,
    is_whole: bool,
}

/// Notes the days that `part` charges.
pub(crate) fn note(parts: &mut Vec<Part>, part: &FeePart<'_>) {
    let (segment, days) = (part.segment, part.days.count());
    let counted = segment.counted;
    let all = part.days == segment.days;
    let days_counted = if all { counted.part } else { days };
    let is_whole = all && counted.part == counted.whole;
    match parts.last_mut().filter(|last| last.month == segment.month) {
        Some(last) => {
            last.days += days_counted;
            last.is_whole = last.days == last.whole;
        }
        None => {
            let month = segment.month;
            parts.push(Part { month, days: days_counted, whole: counted.whole, is_whole });
        }
    }
}

/// So many units on so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    units: u64,
    days: i64,
}

/// Stretches that are said one by one; what follows them is said as a number of stretches.
const STRETCHES_SAID_MAX: usize = 6;

/// Notes the units that `part` takes off, where it takes some.
pub(crate) fn note_units(stretches: &mut Vec<Stretch>, part: &FeePart<'_>) {
    if part.units == 0 {
        return;
    }
    let days = part.days.count();
    match stretches.iter_mut().find(|stretch| stretch.units == part.units) {
        Some(stretch) => stretch.days += days,
        None => stretches.push(Stretch { units: part.units, days }),
    }
}

/// "20 units on 10 days and 8 units on 20 days".
fn units_and_days(stretches: &[Stretch]) -> String {
    let one = |stretch: &Stretch| {
        let units = if stretch.units == 1 { "unit" } else { "units" };
        let days = if stretch.days == 1 { "day" } else { "days" };
        format!("{} {units} on {} {days}", stretch.units, stretch.days)
    };
    let mut said: Vec<String> = stretches.iter().take(STRETCHES_SAID_MAX).map(one).collect();
    match stretches.len().saturating_sub(STRETCHES_SAID_MAX) {
        0 => {}
        more => said.push(format!("{more} more stretches")),
    }
    match said.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// The working of a fee line, or of what is taken off a fee.
pub(crate) fn of_fee(
    lease: &Lease,
    kind: LineKind,
    phase: &FeePhase,
    tranche: Option<usize>,
    sum: &Sum,
) -> String {
    let units = units_and_days(&sum.stretches);
    let of_tranche =
        tranche.map_or(String::new(), |i| format!(" of tranche {}", lease.tranches[i].id));
    match kind {
        LineKind::FeeUndisclosed => "owed, amount not disclosed; in no total".to_owned(),
        LineKind::CommitmentReduction => {
            format!("{units}{of_tranche} given up: their share of each day's fee")
        }
        LineKind::UndeliveredReduction => {
            format!("{units}{of_tranche} not delivered: their share of each day's fee")
        }
        LineKind::LateDiscount => {
            let share = tranche.map(|i| lease.tranches[i].late.discount_per_day);
            let share = share.map_or(String::new(), |share| format!("{} ", percent(share)));
            format!("{share}of each day's fee of {units}{of_tranche} late after the grace")
        }
        _ => of_price(lease, phase, sum),
    }
}

fn of_price(lease: &Lease, phase: &FeePhase, sum: &Sum) -> String {
    match &phase.price {
        Price::Undisclosed => String::new(),
        Price::PerAcceleratorHour { minor } => format!(
            "{} an accelerator-hour, {} accelerator-hours",
            major(lease, *minor),
            hours(sum.accelerator_seconds)
        ),
        Price::Monthly { amount, share } => {
            let part = if *share == leasehold_types::Ratio::ONE {
                String::new()
            } else {
                format!("{} of ", percent(*share))
            };
            format!("{part}{amount} a month, {}", months(lease, &sum.parts))
        }
    }
}

/// "2 months and 15 of 31 days".
fn months(lease: &Lease, parts: &[Part]) -> String {
    let rule = match lease.rules.proration {
        DayCount::ActualActual => "",
        DayCount::ThirtyE360 => " (30E/360)",
        DayCount::Actual365Fixed => " (actual/365F, days times 12)",
        DayCount::None => " (a part counts as the whole)",
    };
    let whole = parts.iter().filter(|part| part.is_whole).count();
    let mut said: Vec<String> = Vec::new();
    match whole {
        0 => {}
        1 => said.push("1 month".to_owned()),
        n => said.push(format!("{n} months")),
    }
    let partial = parts.iter().filter(|part| !part.is_whole);
    said.extend(partial.map(|part| format!("{} of {} days{rule}", part.days, part.whole)));
    said.join(" and ")
}

/// The working of an abatement or a compensation.
pub(crate) fn of_recall(lease: &Lease, kind: LineKind, taken: u128, credits: &ByTranche) -> String {
    let Some(clause) = &lease.recall else { return String::new() };
    let hours = hours(taken);
    let mut said = match kind {
        LineKind::RecallCompensation => format!(
            "{hours} accelerator-hours recalled at {}, times the multiplier of their class",
            major(lease, clause.compensation.minor_per_accelerator_hour)
        ),
        _ => format!(
            "{hours} accelerator-hours recalled, each day at that day's fee, times {}",
            clause.abatement.multiple
        ),
    };
    if credits.limited {
        said.push_str(match kind {
            LineKind::RecallCompensation => "; the year's stop-loss binds",
            _ => "; the month's cap binds",
        });
    }
    if credits.undisclosed {
        said.push_str("; part of the fee is not disclosed and is left out");
    }
    said
}

/// Accelerator-hours from accelerator-seconds: whole, or with a fraction.
pub(crate) fn hours(accelerator_seconds: u128) -> String {
    let hours = i128::try_from(accelerator_seconds)
        .ok()
        .and_then(|seconds| leasehold_types::Ratio::new(seconds, 3_600).ok());
    let Some(hours) = hours else { return accelerator_seconds.to_string() };
    let rounded = crate::exact::decimal(hours, 2);
    if hours.denominator() == 1 || crate::exact::is_decimal(hours, 2) {
        rounded
    } else {
        format!("about {rounded}")
    }
}

/// A share as a percentage.
pub(crate) fn percent(share: leasehold_types::Ratio) -> String {
    match share.checked_mul(leasehold_types::Ratio::whole(100)) {
        Ok(share) => format!("{share} %"),
        Err(_) => share.to_string(),
    }
}

/// An exact number of minor units as an amount, with as many decimals as it needs.
pub(crate) fn major(lease: &Lease, minor: leasehold_types::Ratio) -> String {
    let currency = lease.currency;
    if minor.denominator() == 1 {
        return Money::new(minor.numerator(), currency).to_string();
    }
    let per = leasehold_types::Ratio::whole(currency.minor_per_major());
    match minor.checked_div(per) {
        Ok(major) => format!("{currency} {major}"),
        Err(_) => format!("{minor} minor units of {currency}"),
    }
}
