//! Blackouts: spans that exist, touch the term, and leave some of it.

use leasehold_types::Date;

use crate::sheet::codes;
use crate::sheet::draft::{BlackoutDraft, RecallDraft};
use crate::sheet::section::At;
use crate::sheet::sink::Sink;

use super::Bounds;

/// Most years of the term over which yearly blackouts are laid out; a longer term is not covered.
const YEARS_MAX: i16 = 100;

pub(super) fn check(recall: &RecallDraft, bounds: Bounds, sink: &Sink<'_>) {
    let mut spans = Vec::new();
    let mut all_known = true;
    for blackout in &recall.blackouts {
        let (Some(from), Some(until)) = (blackout.from, blackout.until) else {
            all_known = false;
            continue;
        };
        if !is_span(blackout, from, until, sink) {
            all_known = false;
            continue;
        }
        let (Some(first), Some(end)) = (bounds.first, bounds.end) else { continue };
        let laid_out = lay_out(from.value, until.value, blackout.yearly, first, end);
        if laid_out.is_empty() && end.year() - first.year() < YEARS_MAX {
            let fault = codes::BLACKOUT_OUTSIDE_TERM
                .at(from.span, format!("`{}` never falls in the term", blackout.path))
                .label("outside the term");
            sink.report(fault.remedy("check its dates, or remove it"));
        }
        spans.extend(laid_out);
    }
    if all_known {
        covered(recall, spans, bounds, sink);
    }
}

fn is_span(blackout: &BlackoutDraft, from: At<Date>, until: At<Date>, sink: &Sink<'_>) -> bool {
    let path = &blackout.path;
    if until.value <= from.value {
        let fault = codes::BLACKOUT_INVERTED
            .at(until.span, format!("`{path}` ends on {}, not after {}", until.value, from.value))
            .label("its end")
            .also(from.span, "its beginning")
            .remedy("write the first day after it; over the turn of a year that is the next year");
        sink.report(fault);
        return false;
    }
    if !blackout.yearly {
        return true;
    }
    if let Some(leap) =
        [from, until].into_iter().find(|d| (d.value.month(), d.value.day()) == (2, 29))
    {
        let fault = codes::BLACKOUT_ON_LEAP_DAY
            .at(leap.span, format!("`{path}` would come only every fourth year"))
            .label("29 February");
        sink.report(fault.remedy("write 28 February or 1 March"));
        return false;
    }
    let next = moved(from.value, from.value.year().saturating_add(1));
    if next.is_some_and(|next| until.value >= next) {
        let fault = codes::BLACKOUT_TOO_LONG
            .at(until.span, format!("`{path}` comes back each year and never ends"))
            .label("a year or more after it begins")
            .also(from.span, "its beginning");
        sink.report(fault.remedy("shorten it, or write `yearly = false`"));
        return false;
    }
    true
}

/// The same day in another year.
fn moved(date: Date, year: i16) -> Option<Date> {
    Date::new(year, date.month(), date.day()).ok()
}

/// The spans of a blackout that touch the term from `first` to before `end`.
fn lay_out(from: Date, until: Date, yearly: bool, first: Date, end: Date) -> Vec<(Date, Date)> {
    let touches = |(from, until): &(Date, Date)| *from < end && *until > first;
    if !yearly {
        return Some((from, until)).filter(touches).into_iter().collect();
    }
    let later = until.year() - from.year();
    let years = first.year() - 1..=end.year().min(first.year().saturating_add(YEARS_MAX));
    let in_year = |year: i16| Some((moved(from, year)?, moved(until, year.checked_add(later)?)?));
    years.filter(|year| *year >= from.year()).filter_map(in_year).filter(touches).collect()
}

/// Whether the spans leave no day on which a recall may be in force.
fn covered(recall: &RecallDraft, mut spans: Vec<(Date, Date)>, bounds: Bounds, sink: &Sink<'_>) {
    let (Some(first), Some(end)) = (bounds.first, bounds.end) else { return };
    let first = recall.first_not_before.map_or(first, |at| at.value.max(first));
    spans.sort_unstable();
    let mut free = first;
    for (from, until) in spans {
        if from > free {
            break;
        }
        free = free.max(until);
    }
    if free >= end && first < end {
        let fault = codes::BLACKOUTS_COVER_TERM
            .at(recall.span, "blackouts cover every day on which a recall could be in force")
            .label("allows no recall");
        sink.report(fault.remedy("shorten the blackouts, or remove the clause"));
    }
}
