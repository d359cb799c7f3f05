//! The terms that the books need: the sides' details, commitments, taxes, documents.

use super::terms::Terms;
use crate::explain::{billing, words};
use crate::lease::{Lease, PartyDetails};

/// What is known of a side, under its heading.
pub(super) fn details(details: &PartyDetails, terms: &mut Terms) {
    terms.maybe("address", "address", details.address.as_ref().map(billing::address));
    terms.maybe("vat_id", "VAT identifier", details.vat_id.as_ref());
    let registration = details.registration.as_ref().map(billing::identifier);
    terms.maybe("registration", "registration", registration);
    let endpoint = details.endpoint.as_ref().map(billing::identifier);
    terms.maybe("endpoint", "electronic address", endpoint);
    terms.maybe("contact", "contact", details.contact.as_ref().map(billing::contact));
    terms.maybe("bank", "where to pay", details.bank.as_ref().map(billing::bank));
}

pub(super) fn commitments(lease: &Lease, terms: &mut Terms) {
    for commitment in &lease.commitments {
        let name = &commitment.name;
        terms.under(format!("commitment.{name}"), format!("commitment {name}"));
        terms.say("amount", "at least", commitment.amount);
        terms.say("every_months", "charged", billing::every(commitment.every_months));
        terms.say("from", "first day", commitment.from);
        let until = commitment.until.unwrap_or(lease.term.end);
        terms.say("until", "last day", words::last_day(until));
        terms.say("counts", "what counts", billing::counts(commitment.counts));
    }
}

pub(super) fn taxes(lease: &Lease, terms: &mut Terms) {
    for (i, rule) in lease.taxes.iter().enumerate() {
        terms.under(format!("tax.{}", i + 1), format!("tax rule {}", i + 1));
        terms.say("from", "first day of supply", rule.from);
        terms.say("on", "on", billing::taxed(rule.on));
        terms.say("category", "charges", billing::tax_class(&rule.class));
    }
}

pub(super) fn invoicing(lease: &Lease, terms: &mut Terms) {
    let invoicing = &lease.invoicing;
    terms.under("invoicing", "documents");
    terms.say("invoice_prefix", "numbers of invoices begin with", &invoicing.invoice_prefix);
    let notes = &invoicing.credit_note_prefix;
    terms.say("credit_note_prefix", "numbers of credit notes begin with", notes);
    terms.maybe("buyer_reference", "the tenant's reference", invoicing.buyer_reference.as_ref());
    terms.maybe("purchase_order", "purchase order", invoicing.purchase_order.as_ref());
    let payment = invoicing.payment_terms.as_ref().map(|text| text.trim());
    terms.maybe("payment_terms", "terms of payment", payment);
    terms.maybe("note", "note", invoicing.note.as_ref().map(|text| text.trim()));
}
