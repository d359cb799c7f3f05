//! Exit rights: windows that open, and before the stated end.

use leasehold_types::Date;

use crate::sheet::codes;
use crate::sheet::draft::{Draft, ExitDraft};
use crate::sheet::sink::Sink;

use super::Bounds;

pub(super) fn check(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    for exit in &draft.term.exits {
        after_signing(exit, draft, sink);
        usable(exit, draft, bounds, sink);
    }
}

fn after_signing(exit: &ExitDraft, draft: &Draft, sink: &Sink<'_>) {
    let Some(signed) = draft.head.signed else { return };
    let dates = [
        (exit.earliest_notice_served, "notice may be served"),
        (exit.earliest_effective, "the lease may end"),
    ];
    for (date, what) in dates {
        if let Some(date) = date.filter(|date| date.value < signed.value) {
            let fault = codes::EXIT_BEFORE_SIGNED
                .at(date.span, format!("by `{}` {what} before signing", exit.path))
                .label("before signing")
                .also(signed.span, "signed")
                .remedy("check the date, or leave it out");
            sink.report(fault);
        }
    }
}

fn usable(exit: &ExitDraft, draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    let (Some(signed), Some(end)) = (draft.head.signed, bounds.end) else { return };
    let served = exit.earliest_notice_served.map_or(signed.value, |at| at.value.max(signed.value));
    let Some(by_notice) = exit.notice_end(served) else { return };
    let effective = exit.earliest_effective.map(|at| at.value);
    let initial = draft.term.initial_period_end.map(|at| at.value);
    let earliest = [effective, initial].into_iter().flatten().fold(by_notice, Date::max);
    if earliest >= end {
        let fault = codes::EXIT_NEVER_USABLE
            .at(exit.span, format!("by `{}` nobody can ever leave early", exit.path))
            .label(format!("the earliest end is {earliest}, the stated one {end}"));
        sink.report(fault.remedy("remove this table, or let notice be served earlier"));
    } else if let Some(idle) = exit.earliest_effective.filter(|at| at.value <= by_notice) {
        let message = format!("`{}` never binds", idle_path(exit));
        let fault = codes::EXIT_BOUND_IDLE
            .at(idle.span, message)
            .label(format!("a notice of {served} ends the lease on {by_notice}"));
        sink.report(fault.remedy("remove it, or check that notice may be served so early"));
    }
}

fn idle_path(exit: &ExitDraft) -> String {
    format!("{}.earliest_effective", exit.path)
}
