//! Fee phases: on each day each tranche is charged once.

use std::collections::BTreeMap;

use leasehold_types::{Date, TrancheId, days_between};

use crate::diagnostic::Span;
use crate::lease::Covers;
use crate::sheet::codes;
use crate::sheet::draft::{Draft, FeeDraft, TrancheDraft};
use crate::sheet::nearest::{nearest, one_of};
use crate::sheet::sink::Sink;

use super::{Bounds, days};

pub(super) fn check(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    let known = known_tranches(draft, sink);
    let mut by_cover: BTreeMap<&Covers, Vec<Dated<'_>>> = BTreeMap::new();
    for fee in &draft.fees {
        let (Some(covers), Some(from)) = (&fee.covers, fee.from) else { continue };
        let dated = Dated { fee, from: from.value, span: from.span };
        within_term(&dated, &covers.value, draft, bounds, sink);
        by_cover.entry(&covers.value).or_default().push(dated);
    }
    for phases in by_cover.values_mut() {
        phases.sort_by_key(|phase| phase.from);
        overlaps(phases, sink);
        names(phases, sink);
    }
    let all_known =
        known && draft.fees.iter().all(|fee| fee.covers.is_some() && fee.from.is_some());
    if all_known && !draft.fees.is_empty() && covered_once(draft, &by_cover, bounds, sink) {
        gaps(draft, &by_cover, sink);
    }
}

/// A phase whose first day is known.
struct Dated<'d> {
    fee: &'d FeeDraft,
    from: Date,
    span: Span,
}

/// Whether every tranche that a phase names is there.
fn known_tranches(draft: &Draft, sink: &Sink<'_>) -> bool {
    if draft.tranches.iter().any(|tranche| tranche.id.is_none()) {
        return false;
    }
    let mut all = true;
    for covers in draft.fees.iter().filter_map(|fee| fee.covers.as_ref()) {
        let Covers::Tranche(id) = &covers.value else { continue };
        if tranche_of(draft, id).is_some() {
            continue;
        }
        let ids =
            || draft.tranches.iter().filter_map(|t| t.id.as_ref()).map(|id| id.value.as_str());
        let fault = codes::UNKNOWN_TRANCHE.at(covers.span, format!("there is no tranche `{id}`"));
        let fault = match nearest(id.as_str(), ids()) {
            Some(near) => fault.label(format!("did you mean `{near}`?")),
            None => fault.label("unknown"),
        };
        sink.report(fault.remedy(format!("write {}, or leave `tranche` out", one_of(ids()))));
        all = false;
    }
    all
}

fn tranche_of<'d>(draft: &'d Draft, id: &TrancheId) -> Option<&'d TrancheDraft> {
    draft.tranches.iter().find(|tranche| tranche.id.as_ref().is_some_and(|at| at.value == *id))
}

fn within_term(phase: &Dated<'_>, covers: &Covers, draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    let tranche = match covers {
        Covers::Whole => None,
        Covers::Tranche(id) => tranche_of(draft, id),
    };
    let end = tranche.and_then(|tranche| tranche.last(bounds.end)).or(bounds.end);
    let delivery = match tranche {
        Some(tranche) => tranche.delivery.map(|delivery| delivery.value),
        None => bounds.first,
    };
    let anchor = draft.head.anchor.map(|anchor| anchor.value);
    let start = bounds.first.map(|first| anchor.map_or(first, |anchor| anchor.min(first)));
    let path = &phase.fee.path;
    if end.is_some_and(|end| phase.from >= end) {
        let what = if tranche.is_some() { "its tranche" } else { "the lease" };
        let fault = codes::PHASE_OUTSIDE_TERM
            .at(phase.span, format!("`{path}` begins on {}, after {what} has ended", phase.from))
            .label("never charged");
        sink.report(fault.remedy("check this date and the end, or remove the phase"));
    } else if let Some(start) = start.filter(|start| phase.from < *start) {
        let fault = codes::PHASE_OUTSIDE_TERM
            .at(phase.span, format!("`{path}` begins on {}, before the lease does", phase.from))
            .label("nothing is delivered yet")
            .remedy(format!("write {start} or later, or deliver earlier"));
        sink.report(fault);
    } else if let Some(delivery) = delivery.filter(|delivery| phase.from < *delivery) {
        let fault = codes::PHASE_BEFORE_DELIVERY
            .at(phase.span, format!("`{path}` begins before what it covers is delivered"))
            .label(format!("charges nothing before {delivery}"))
            .remedy(format!("write {delivery} to say what is charged"));
        sink.report(fault);
    }
}

/// `phases` are of one cover, in order.
fn overlaps(phases: &[Dated<'_>], sink: &Sink<'_>) {
    for pair in phases.windows(2) {
        if pair[0].from == pair[1].from {
            let (first, second) = (&pair[0].fee.path, &pair[1].fee.path);
            let fault = codes::PHASES_OVERLAP
                .at(
                    pair[1].span,
                    format!("`{first}` and `{second}` both begin on {}", pair[1].from),
                )
                .label("begins on the same day")
                .also(pair[0].span, "the other begins here")
                .remedy("change one of the two dates, or remove one of the phases");
            sink.report(fault);
        }
    }
}

/// `phases` are of one cover.
fn names(phases: &[Dated<'_>], sink: &Sink<'_>) {
    let mut seen = BTreeMap::new();
    for name in phases.iter().filter_map(|phase| phase.fee.name.as_ref()) {
        if let Some(first) = seen.insert(&name.value, name.span) {
            let fault = codes::PHASE_NAMES_REPEAT
                .at(name.span, format!("two phases are called `{}`", name.value))
                .label("again")
                .also(first, "first")
                .remedy("rename one of them");
            sink.report(fault);
        }
    }
}

/// Whether no day has a phase of the whole lease and one of a tranche.
fn covered_once(
    draft: &Draft,
    by_cover: &BTreeMap<&Covers, Vec<Dated<'_>>>,
    bounds: Bounds,
    sink: &Sink<'_>,
) -> bool {
    let whole = by_cover.get(&Covers::Whole).and_then(|phases| phases.first());
    let Some(whole) = whole else { return true };
    let mut once = true;
    for (covers, phases) in by_cover {
        let (Covers::Tranche(id), Some(own)) = (covers, phases.first()) else { continue };
        let last = tranche_of(draft, id).and_then(|tranche| tranche.last(bounds.end));
        if last.is_none_or(|last| whole.from >= last) {
            continue;
        }
        let (later, earlier) = if own.from >= whole.from { (own, whole) } else { (whole, own) };
        let message = format!("from {} on, tranche `{id}` is charged twice", later.from);
        let fault = codes::COVERS_OVERLAP
            .at(later.span, message)
            .label(format!("`{}` begins", later.fee.path))
            .also(earlier.span, format!("`{}` goes on", earlier.fee.path))
            .remedy("write phases for each tranche, or for the whole lease, not both");
        sink.report(fault);
        once = false;
    }
    once
}

/// Days that are delivered but that no phase charges.
fn gaps(draft: &Draft, by_cover: &BTreeMap<&Covers, Vec<Dated<'_>>>, sink: &Sink<'_>) {
    let whole = by_cover.get(&Covers::Whole).and_then(|phases| phases.first());
    let mut told = false;
    for tranche in &draft.tranches {
        let (Some(id), Some(delivery)) = (&tranche.id, tranche.delivery) else { continue };
        let own =
            by_cover.get(&Covers::Tranche(id.value.clone())).and_then(|phases| phases.first());
        let Some(first) = own.or(whole) else {
            let fault = codes::FEE_GAP
                .at(tranche.span, format!("`{}` is never charged", tranche.path))
                .label("no phase covers it");
            sink.report(fault.remedy("add a phase; write `monthly = \"0\"` if it is free"));
            continue;
        };
        if first.from <= delivery.value || (own.is_none() && told) {
            continue;
        }
        told |= own.is_none();
        let count = days(days_between(delivery.value, first.from));
        let fault = codes::FEE_GAP
            .at(
                first.span,
                format!("`{}` is free for {count} before the first phase", tranche.path),
            )
            .label(format!("`{}` begins", first.fee.path))
            .also(delivery.span, "delivered")
            .remedy("begin a phase with the delivery; write `monthly = \"0\"` if it is free");
        sink.report(fault);
    }
}
