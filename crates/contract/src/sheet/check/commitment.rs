//! Commitments: named once, within the lease, one at a time, to something that has a price.

use std::collections::BTreeMap;

use leasehold_types::Date;

use crate::lease::CommitmentCounts;
use crate::sheet::codes;
use crate::sheet::draft::{CommitmentDraft, Draft};
use crate::sheet::section::At;
use crate::sheet::sink::Sink;

use super::Bounds;

pub(super) fn check(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    names(draft, sink);
    let mut spans = Vec::new();
    for commitment in &draft.commitments {
        within_term(commitment, draft, bounds, sink);
        counts_something(commitment, draft, sink);
        spans.extend(span(commitment, bounds, sink));
    }
    spans.sort_by_key(|span| span.from.value);
    overlaps(&spans, sink);
}

/// From when until when a commitment holds.
struct Held {
    path: String,
    from: At<Date>,
    until: Date,
}

fn names(draft: &Draft, sink: &Sink<'_>) {
    let mut seen = BTreeMap::new();
    for name in draft.commitments.iter().filter_map(|commitment| commitment.name.as_ref()) {
        if let Some(first) = seen.insert(&name.value, name.span) {
            let fault = codes::DUPLICATE_COMMITMENT
                .at(name.span, format!("two commitments are called `{}`", name.value))
                .label("again")
                .also(first, "first")
                .remedy("rename one of them");
            sink.report(fault);
        }
    }
}

fn within_term(commitment: &CommitmentDraft, draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    let path = &commitment.path;
    let outside = |at, message: String, label: String, remedy: &str| {
        sink.report(codes::COMMITMENT_OUTSIDE_TERM.at(at, message).label(label).remedy(remedy));
    };
    if let (Some(from), Some(end)) = (commitment.from, bounds.end)
        && from.value >= end
    {
        let message = format!("`{path}` begins after the lease has ended");
        let label = format!("the lease ends as {end} begins");
        outside(from.span, message, label, "write a day within the lease");
    }
    let anchor = draft.head.anchor.map(|anchor| anchor.value);
    let start = bounds.first.map(|first| anchor.map_or(first, |anchor| anchor.min(first)));
    if let (Some(from), Some(start)) = (commitment.from, start)
        && from.value < start
    {
        let message = format!("`{path}` begins before the lease does");
        let label = "nothing is delivered yet".to_owned();
        outside(from.span, message, label, &format!("write {start} or later"));
    }
    if let (Some(until), Some(end)) = (commitment.until, bounds.end)
        && until.value > end
    {
        let message = format!("`{path}` ends after the lease");
        let label = format!("the lease ends as {end} begins");
        outside(until.span, message, label, "leave `until` out: it ends with the lease");
    }
}

fn counts_something(commitment: &CommitmentDraft, draft: &Draft, sink: &Sink<'_>) {
    let Some(amount) = commitment.amount else { return };
    let of_use = commitment.counts.is_some_and(|at| at.value == CommitmentCounts::Usage);
    if of_use && !draft.has_overage {
        let message = format!("use counts towards `{}`, and use has no price", commitment.path);
        let fault = codes::COMMITMENT_WITHOUT_USAGE.at(amount.span, message);
        let remedy = "add prices in [overage], or write `counts = \"everything\"`";
        sink.report(fault.label("always charged in full").remedy(remedy));
    }
}

/// When it holds, where that can be known and makes sense.
fn span(commitment: &CommitmentDraft, bounds: Bounds, sink: &Sink<'_>) -> Option<Held> {
    let from = commitment.from?;
    if commitment.has_until && commitment.until.is_none() {
        return None;
    }
    if let Some(until) = commitment.until.filter(|until| until.value <= from.value) {
        let message = format!("`{}` ends on {} or before", commitment.path, from.value);
        let fault = codes::COMMITMENT_INVERTED
            .at(until.span, message)
            .label("not after its beginning")
            .also(from.span, "its beginning")
            .remedy("write the first day after it, or leave `until` out");
        sink.report(fault);
        return None;
    }
    let end = bounds.end.filter(|end| from.value < *end)?;
    let until = commitment.until.map_or(end, |until| until.value.min(end));
    Some(Held { path: commitment.path.clone(), from, until })
}

/// `spans` are in order of their beginning.
fn overlaps(spans: &[Held], sink: &Sink<'_>) {
    let mut longest: Option<&Held> = None;
    for span in spans {
        if let Some(other) = longest.filter(|other| other.until > span.from.value) {
            let message = format!("`{}` and `{}` hold at once", other.path, span.path);
            let fault = codes::COMMITMENTS_OVERLAP
                .at(span.from.span, message)
                .label("begins before the other ends")
                .also(other.from.span, "the other begins here")
                .remedy("end the first as the second begins, if one follows the other");
            sink.report(fault);
        }
        longest = longest.filter(|other| other.until > span.until).or(Some(span));
    }
}
