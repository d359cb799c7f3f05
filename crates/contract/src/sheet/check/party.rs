//! Two sides, reachable, related or not.

use crate::sheet::codes;
use crate::sheet::draft::{Draft, PartyDraft};
use crate::sheet::sink::Sink;

pub(super) fn check(draft: &Draft, sink: &Sink<'_>) {
    two_sides(draft, sink);
    let exit_of = |owners: bool| draft.term.exits.iter().any(|exit| exit.is_owners == owners);
    if let Some(tenant) = draft.tenant.as_ref() {
        if exit_of(true) || draft.has_recall {
            reachable(tenant, "tenant", "the owner may end the lease or recall units", sink);
        }
        related(tenant, sink);
    }
    if let Some(owner) = draft.owner.as_ref().filter(|_| exit_of(false)) {
        reachable(owner, "owner", "the tenant may end the lease", sink);
    }
}

fn two_sides(draft: &Draft, sink: &Sink<'_>) {
    let id = |party: &Option<PartyDraft>| party.as_ref().and_then(|party| party.id.clone());
    let (Some(owner), Some(tenant)) = (id(&draft.owner), id(&draft.tenant)) else { return };
    if owner.value == tenant.value {
        let fault = codes::OWNER_IS_TENANT
            .at(tenant.span, format!("owner and tenant are both `{}`", tenant.value))
            .label("the tenant")
            .also(owner.span, "the owner")
            .remedy("give each side its own id");
        sink.report(fault);
    }
}

fn reachable(party: &PartyDraft, side: &str, why: &str, sink: &Sink<'_>) {
    if !party.has_notices {
        let fault = codes::NO_NOTICE_ADDRESS
            .at(party.span, format!("{why}, but the {side} has no address for notices"))
            .label("no `notices`")
            .remedy(format!("add `notices = [\"mailto:\u{2026}\"]` to [{side}]"));
        sink.report(fault);
    }
}

fn related(tenant: &PartyDraft, sink: &Sink<'_>) {
    let mut spans = Vec::new();
    for related in tenant.related.iter().map(|related| &related.value) {
        let Some(from) = related.from else { continue };
        if related.has_until && related.until.is_none() {
            continue;
        }
        if let Some(until) = related.until.filter(|until| until.value <= from.value) {
            let fault = codes::RELATED_SPAN_INVERTED
                .at(until.span, format!("the span from {} ends on {}", from.value, until.value))
                .label("not after its beginning")
                .also(from.span, "its beginning")
                .remedy("write the first day after the relation, or leave `until` out");
            sink.report(fault);
            continue;
        }
        spans.push((from, related.until));
    }
    spans.sort_by_key(|(from, _)| from.value);
    for pair in spans.windows(2) {
        let ((first, until), (second, _)) = (pair[0], pair[1]);
        if until.is_none_or(|until| until.value > second.value) {
            let fault = codes::RELATED_SPANS_OVERLAP
                .at(second.span, "two spans of being a related party overlap")
                .label("begins before the other ends")
                .also(first.span, "the other begins here")
                .remedy("end the first before the second begins, or make one span of both");
            sink.report(fault);
        }
    }
}
