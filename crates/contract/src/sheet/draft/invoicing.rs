//! `[invoicing]`: how documents are named and what they say besides.

use crate::diagnostic::Span;
use crate::lease::Invoicing;
use crate::sheet::section::Section;
use crate::sheet::{check, schema, value};

/// What documents say, as written.
#[derive(Default)]
pub(in crate::sheet) struct InvoicingDraft {
    pub value: Invoicing,
    /// Where the table begins, if it is written.
    pub span: Option<Span>,
    /// Whether the tenant's reference or its purchase order is written, right or wrong.
    pub has_reference: bool,
}

/// Reads `[invoicing]`; what it leaves out has its default.
pub(in crate::sheet) fn read(root: &Section<'_>) -> InvoicingDraft {
    let invoicing = root.table(&schema::INVOICING, |section| Some(read_section(&section)));
    super::or_default(invoicing)
}

fn read_section(section: &Section<'_>) -> InvoicingDraft {
    let default = Invoicing::default();
    let said = |key| section.may(key, value::text).map(|at| at.value);
    let prose = |key| section.may(key, value::prose).map(|at| at.value);
    let invoices = section.may("invoice_prefix", value::prefix);
    let notes = section.may("credit_note_prefix", value::prefix);
    let value = Invoicing {
        invoice_prefix: invoices.map_or(default.invoice_prefix, |at| at.value),
        credit_note_prefix: notes.map_or(default.credit_note_prefix, |at| at.value),
        buyer_reference: said("buyer_reference"),
        purchase_order: said("purchase_order"),
        payment_terms: prose("payment_terms"),
        note: prose("note"),
    };
    check::prefixes(section, &value);
    InvoicingDraft {
        value,
        span: Some(section.span),
        has_reference: section.has("buyer_reference") || section.has("purchase_order"),
    }
}
