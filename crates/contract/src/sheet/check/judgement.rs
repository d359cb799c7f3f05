//! Expedients under their conditions.

use leasehold_types::add_months;

use crate::diagnostic::Span;
use crate::lease::{Expedient, Recognition, Standard};
use crate::sheet::codes;
use crate::sheet::draft::Draft;
use crate::sheet::sink::Sink;

use super::Bounds;

pub(super) fn check(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    for expedient in &draft.accounting.expedients {
        let Some(doubt) = doubt(expedient.value, draft, bounds) else { continue };
        let fault = codes::EXPEDIENT_DOES_NOT_APPLY
            .at(expedient.span, doubt.message)
            .label("does not apply")
            .remedy(doubt.remedy);
        sink.report(match doubt.also {
            Some(span) => fault.also(span, "by this"),
            None => fault,
        });
    }
}

/// Why an expedient does not apply.
struct Doubt {
    message: &'static str,
    /// What in the sheet says otherwise.
    also: Option<Span>,
    remedy: &'static str,
}

fn doubt(expedient: Expedient, draft: &Draft, bounds: Bounds) -> Option<Doubt> {
    let accounting = &draft.accounting;
    if accounting.value.standard == Standard::Lease {
        return Some(Doubt {
            message: "RPO and its expedients belong to ASC 606, this lease to ASC 842",
            also: accounting.standard_span,
            remedy: "remove it, or check `standard`",
        });
    }
    match expedient {
        Expedient::OneYearOrLess => never_short(draft, bounds).then_some(Doubt {
            message: "the term is longer than a year, and nobody may end it early",
            also: None,
            remedy: "remove it",
        }),
        Expedient::RightToInvoice => {
            let as_invoiced = accounting.value.recognition == Recognition::AsInvoiced;
            (!as_invoiced).then_some(Doubt {
                message: "revenue is not recognised as invoiced",
                also: accounting.recognition_span,
                remedy: "remove it, or write `recognition = \"as_invoiced\"`",
            })
        }
        Expedient::VariableUsage => (!draft.has_usage_price()).then_some(Doubt {
            message: "nothing in this lease is priced by use",
            also: None,
            remedy: "remove it",
        }),
    }
}

/// Whether the term is longer than a year with nobody able to shorten it.
fn never_short(draft: &Draft, bounds: Bounds) -> bool {
    let (Some(first), Some(end)) = (bounds.first, bounds.end) else { return false };
    draft.term.exits.is_empty() && add_months(first, 12).is_ok_and(|year| end > year)
}
