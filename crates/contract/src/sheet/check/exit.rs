//! Exit rights: windows that open, and before the stated end.

use leasehold_types::Date;

use crate::Lease;
use crate::lease::Side;
use crate::sheet::codes;
use crate::sheet::draft::{Draft, ExitDraft};
use crate::sheet::sink::Sink;

pub(super) fn check(draft: &Draft, sink: &Sink<'_>) {
    for exit in &draft.term.exits {
        after_signing(exit, draft, sink);
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

/// Whether each right can be used, and each of its bounds binds; asked of the lease itself, so
/// that no date is computed in two places.
pub(super) fn usable(draft: &Draft, lease: &Lease, sink: &Sink<'_>) {
    for exit in &draft.term.exits {
        let side = if exit.is_owners { Side::Owner } else { Side::Tenant };
        let Some(earliest) = earliest(lease, side) else { continue };
        let end = lease.term.end;
        if earliest >= end {
            let fault = codes::EXIT_NEVER_USABLE
                .at(exit.span, format!("by `{}` nobody can ever leave early", exit.path))
                .label(format!("the earliest end is {earliest}, the stated one {end}"));
            sink.report(fault.remedy("remove this table, or let notice be served earlier"));
        } else if let Some(bound) = exit.earliest_effective {
            let mut unbound = lease.clone();
            if let Some(right) = unbound.term.exit_mut(side) {
                right.earliest_effective = None;
            }
            if self::earliest(&unbound, side) == Some(earliest) {
                let fault = codes::EXIT_BOUND_IDLE
                    .at(bound.span, format!("`{}.earliest_effective` never binds", exit.path))
                    .label(format!("the lease ends on {earliest} at the earliest without it"));
                let remedy = "remove it, or check that notice may be served so early";
                sink.report(fault.remedy(remedy));
            }
        }
    }
}

/// The earliest end by a notice of `side`, were there no stated end.
fn earliest(lease: &Lease, side: Side) -> Option<Date> {
    let mut endless = lease.clone();
    endless.term.end = Date::MAX;
    endless.earliest_exit(side, lease.start_of(lease.signed))
}
