//! Signing, effect, anchor, initial period, end: in an order that makes sense.

use crate::sheet::codes;
use crate::sheet::draft::Draft;
use crate::sheet::sink::Sink;

use super::Bounds;

/// Checks the order of the lease's own dates, and gives its bounds as far as they make sense.
pub(super) fn check(draft: &Draft, sink: &Sink<'_>) -> Bounds {
    let first = draft.first_delivery();
    let end = if end_after_start(draft, sink) { draft.end() } else { None };
    let bounds = Bounds { first, end };
    effective(draft, bounds, sink);
    anchor(draft, bounds, sink);
    initial_period(draft, bounds, sink);
    bounds
}

fn end_after_start(draft: &Draft, sink: &Sink<'_>) -> bool {
    let Some(end) = draft.term.end else { return false };
    let first = draft.tranches.iter().filter_map(|t| t.delivery).min_by_key(|at| at.value);
    let first = first.filter(|_| draft.first_delivery().is_some());
    let starts = [(draft.head.signed, "signed"), (first, "first delivered")];
    for (start, what) in starts {
        if let Some(start) = start.filter(|start| end.value <= start.value) {
            let message = format!("the lease ends before it is {what} on {}", start.value);
            let fault = codes::END_BEFORE_START
                .at(end.span, message)
                .label("the end")
                .also(start.span, what)
                .remedy("check the year of both dates");
            sink.report(fault);
            return false;
        }
    }
    true
}

fn effective(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    let Some(effective) = draft.head.effective else { return };
    if let Some(signed) = draft.head.signed.filter(|signed| effective.value < signed.value) {
        let fault = codes::EFFECTIVE_BEFORE_SIGNED
            .at(effective.span, "this version governs before the lease is signed")
            .label("too early")
            .also(signed.span, "signed")
            .remedy(format!("write {} or later", signed.value));
        sink.report(fault);
    }
    if bounds.end.is_some_and(|end| effective.value >= end) {
        let fault = codes::EFFECTIVE_AFTER_END
            .at(effective.span, "this version would govern only after the lease has ended")
            .label("too late");
        sink.report(fault.remedy("write a day before the end, or move the end"));
    }
}

fn anchor(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    let Some(anchor) = draft.head.anchor else { return };
    if bounds.end.is_some_and(|end| anchor.value >= end) {
        let fault = codes::ANCHOR_OUTSIDE_TERM
            .at(anchor.span, "lease months are counted from a day after the end")
            .label("after the end");
        sink.report(fault.remedy("leave `anchor` out to count from the first delivery"));
    }
}

fn initial_period(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    let Some(initial) = draft.term.initial_period_end else { return };
    if let Some(end) = bounds.end.filter(|end| initial.value > *end) {
        let fault = codes::INITIAL_PERIOD_AFTER_END
            .at(initial.span, "the initial period ends after the lease")
            .label("after the end")
            .remedy(format!("write {end} or earlier"));
        sink.report(fault);
    }
    if let Some(signed) = draft.head.signed.filter(|signed| initial.value <= signed.value) {
        let fault = codes::INITIAL_PERIOD_IDLE
            .at(initial.span, "the initial period is over when the lease is signed")
            .label("not after signing")
            .also(signed.span, "signed")
            .remedy("check the date, or leave `initial_period_end` out");
        sink.report(fault);
    }
}
