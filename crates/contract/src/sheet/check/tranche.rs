//! Tranches: names, dates within the lease, recallable units with a clause.

use std::collections::BTreeMap;

use leasehold_types::Date;

use crate::sheet::codes;
use crate::sheet::draft::{Draft, TrancheDraft};
use crate::sheet::sink::Sink;

use super::Bounds;

pub(super) fn check(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    names(draft, sink);
    for tranche in &draft.tranches {
        dates(tranche, draft, bounds, sink);
        grace(tranche, bounds.end, sink);
        clause(tranche, draft, sink);
    }
}

fn names(draft: &Draft, sink: &Sink<'_>) {
    let mut seen = BTreeMap::new();
    for id in draft.tranches.iter().filter_map(|tranche| tranche.id.as_ref()) {
        if let Some(first) = seen.insert(&id.value, id.span) {
            let fault = codes::DUPLICATE_TRANCHE
                .at(id.span, format!("two tranches are called `{}`", id.value))
                .label("again")
                .also(first, "first")
                .remedy("rename one of them");
            sink.report(fault);
        }
    }
}

fn dates(tranche: &TrancheDraft, draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    let path = &tranche.path;
    if let Some((delivery, until)) = tranche.delivery.zip(tranche.until)
        && until.value <= delivery.value
    {
        let fault = codes::TRANCHE_INVERTED
            .at(until.span, format!("`{path}` ends on {} or before", delivery.value))
            .label("not after the delivery")
            .also(delivery.span, "delivered")
            .remedy("write the first day after the tranche, or leave `until` out");
        sink.report(fault);
    }
    let late = |at: Date, end: Date, is_end: bool| at > end || (at == end && !is_end);
    for (date, is_end, what) in
        [(tranche.delivery, false, "is delivered"), (tranche.until, true, "ends")]
    {
        let (Some(date), Some(end)) = (date, bounds.end) else { continue };
        if late(date.value, end, is_end) {
            let fault = codes::TRANCHE_AFTER_END
                .at(date.span, format!("`{path}` {what} after the lease"))
                .label(format!("the lease ends as {end} begins"));
            sink.report(fault.remedy("check this date and the end in [term]"));
        }
    }
    if let Some((delivery, signed)) = tranche.delivery.zip(draft.head.signed)
        && delivery.value < signed.value
    {
        let fault = codes::DELIVERY_BEFORE_SIGNED
            .at(delivery.span, format!("`{path}` is delivered before the lease is signed"))
            .label("before signing")
            .also(signed.span, "signed")
            .remedy("check both dates");
        sink.report(fault);
    }
}

fn grace(tranche: &TrancheDraft, end: Option<Date>, sink: &Sink<'_>) {
    let (Some(grace), Some(delivery)) = (tranche.grace, tranche.delivery) else { return };
    let over = delivery.value.checked_add(jiff::Span::new().days(i64::from(grace.value)));
    let (Ok(over), Some(last)) = (over, tranche.last(end)) else { return };
    if last > delivery.value && over >= last {
        let fault = codes::GRACE_AFTER_END
            .at(grace.span, format!("the grace of `{}` outlasts it", tranche.path))
            .label(format!("over on {over}, the tranche on {last}"));
        sink.report(fault.remedy("shorten the grace"));
    }
}

fn clause(tranche: &TrancheDraft, draft: &Draft, sink: &Sink<'_>) {
    let Some(recallable) = tranche.recallable.filter(|at| !at.value.is_zero()) else { return };
    if !draft.has_recall {
        let message = format!("{} units of `{}` are recallable", recallable.value, tranche.path);
        let fault =
            codes::RECALLABLE_WITHOUT_CLAUSE.at(recallable.span, message).label("by no clause");
        sink.report(fault.remedy("add a [recall] clause, or leave this out: all units are firm"));
    }
}
