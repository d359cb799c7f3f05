//! What documents need: numbers that never meet, identifiers that add up, and, where structured
//! invoices are meant, all that they ask for.

use crate::codelist;
use crate::diagnostic::Span;
use crate::lease::Invoicing;
use crate::sheet::codes;
use crate::sheet::draft::{Draft, PartyDraft};
use crate::sheet::nearest::quoted;
use crate::sheet::section::{At, Section};
use crate::sheet::sink::Sink;

/// The check digits of an identifier that has some.
pub(in crate::sheet) fn check_digit(
    id: Option<&At<String>>,
    scheme: Option<&At<String>>,
    sink: &Sink<'_>,
) {
    let (Some(id), Some(scheme)) = (id, scheme) else { return };
    if let Some((_, what)) = codelist::check_digit_fault(&scheme.value, &id.value) {
        let message = format!("`{}` is no {what}", quoted(&id.value));
        let fault = codes::WRONG_CHECK_DIGIT.at(id.span, message);
        let fault = fault.label("its digits do not fit").also(scheme.span, "its scheme");
        sink.report(fault.remedy("compare it with the register, or write another scheme"));
    }
}

/// The code of a bank beside an IBAN.
pub(in crate::sheet) fn bank_code(
    account: Option<&At<String>>,
    bank: Option<&At<String>>,
    sink: &Sink<'_>,
) {
    let (Some(account), Some(bank)) = (account, bank) else { return };
    if codelist::is_iban(&account.value) && !codelist::is_bic(&bank.value) {
        let message = format!("`{}` is no BIC", quoted(&bank.value));
        let fault = codes::BANK_CODE_DOUBTFUL.at(bank.span, message);
        let fault = fault.label("check it").also(account.span, "an IBAN");
        sink.report(fault.remedy("write it like \"DEUTDEFF\", or leave `bank` out"));
    }
}

/// Whether no number of an invoice can be that of a credit note: one beginning is not the other,
/// and not the other with digits behind it.
pub(in crate::sheet) fn prefixes(section: &Section<'_>, invoicing: &Invoicing) {
    let (invoices, notes) = (&invoicing.invoice_prefix, &invoicing.credit_note_prefix);
    let behind = invoices.strip_prefix(notes.as_str()).or(notes.strip_prefix(invoices.as_str()));
    if behind.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit())) {
        let key =
            if section.has("credit_note_prefix") { "credit_note_prefix" } else { "invoice_prefix" };
        let message =
            format!("numbers of invoices begin with `{invoices}`, of credit notes with `{notes}`");
        let fault = codes::PREFIXES_ALIKE.at(section.key_span(key), message);
        let remedy = "write two beginnings that differ by more than digits at the end";
        section.sink().report(fault.label("too alike").remedy(remedy));
    }
}

/// What is missing for structured invoices, where a side has an electronic address.
pub(super) fn check(draft: &Draft, sink: &Sink<'_>) {
    let (Some(owner), Some(tenant)) = (&draft.owner, &draft.tenant) else { return };
    if !owner.details.has("endpoint") && !tenant.details.has("endpoint") {
        return;
    }
    let missing = |at: Span, message: &str, remedy: &str| {
        let fault = codes::E_INVOICE_INCOMPLETE.at(at, message).label("incomplete");
        sink.report(fault.remedy(remedy));
    };
    for (party, side) in [(owner, "owner"), (tenant, "tenant")] {
        sides(party, side, missing);
    }
    let named = owner.details.has("vat_id") || owner.details.has("registration");
    if !named {
        let message = "the owner has neither a VAT identifier nor a registration";
        missing(owner.span, message, "add `vat_id = ` or [owner.registration]");
    }
    if !draft.invoicing.has_reference {
        let message = "there is neither a reference of the tenant's nor a purchase order";
        let at = draft.invoicing.span.unwrap_or(tenant.span);
        missing(at, message, "add `buyer_reference = ` or `purchase_order = ` to [invoicing]");
    }
}

fn sides(party: &PartyDraft, side: &str, missing: impl Fn(Span, &str, &str)) {
    let parts =
        [("address", "postal address", "country"), ("endpoint", "electronic address", "id")];
    for (key, what, first) in parts {
        if !party.details.has(key) {
            let message = format!("the {side} has no {what}");
            missing(party.span, &message, &format!("add [{side}.{key}] with its `{first}`"));
        }
    }
}
