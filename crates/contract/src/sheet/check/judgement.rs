//! Expedients under their conditions.

use leasehold_types::add_months;

use crate::diagnostic::Span;
use crate::lease::{Expedient, Recognition, Standard};
use crate::sheet::codes;
use crate::sheet::draft::Draft;
use crate::sheet::sink::Sink;

use super::Bounds;

pub(super) fn check(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    let accounting = &draft.accounting;
    let report =
        |span: Span, message: &str, label: &str, also: Option<(Span, &str)>, remedy: &str| {
            let mut fault = codes::EXPEDIENT_DOES_NOT_APPLY.at(span, message).label(label);
            if let Some((span, label)) = also {
                fault = fault.also(span, label);
            }
            sink.report(fault.remedy(remedy));
        };
    for expedient in &accounting.expedients {
        if accounting.value.standard == Standard::Lease {
            let also = accounting.standard_span.map(|span| (span, "this is a lease"));
            let message = "RPO and its expedients belong to ASC 606, this lease to ASC 842";
            report(expedient.span, message, "no effect", also, "remove it, or check `standard`");
            continue;
        }
        match expedient.value {
            Expedient::OneYearOrLess if never_short(draft, bounds) => report(
                expedient.span,
                "the term is longer than a year, and nobody may end it early",
                "does not apply",
                None,
                "remove it",
            ),
            Expedient::RightToInvoice
                if accounting.value.recognition != Recognition::AsInvoiced =>
            {
                report(
                    expedient.span,
                    "revenue is not recognised as invoiced",
                    "does not apply",
                    accounting.recognition_span.map(|span| (span, "recognised like this")),
                    "remove it, or write `recognition = \"as_invoiced\"`",
                );
            }
            Expedient::VariableUsage if !draft.has_usage_price() => report(
                expedient.span,
                "nothing in this lease is priced by use",
                "does not apply",
                None,
                "remove it",
            ),
            _ => {}
        }
    }
}

/// Whether the term is longer than a year with nobody able to shorten it.
fn never_short(draft: &Draft, bounds: Bounds) -> bool {
    let (Some(first), Some(end)) = (bounds.first, bounds.end) else { return false };
    draft.term.exits.is_empty() && add_months(first, 12).is_ok_and(|year| end > year)
}
