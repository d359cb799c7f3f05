//! Invoices: how they are named, what they say, how they are taxed.

use crate::explain::{Section, billing};
use crate::lease::{Invoicing, Lease, Side, TaxRule};

pub(in crate::explain) fn section(lease: &Lease) -> Section {
    let mut section = Section::new("Invoices and taxes");
    let invoicing = &lease.invoicing;
    section.text(format!(
        "Numbers of invoices begin with {}, those of credit notes with {}.",
        invoicing.invoice_prefix, invoicing.credit_note_prefix
    ));
    for said in quoted(invoicing) {
        section.item(said);
    }
    for side in Side::BOTH {
        if let Some(bank) = &lease.party(side).details.bank {
            section.item(format!("What is paid to the {side} goes to {}.", billing::bank(bank)));
        }
    }
    match lease.taxes.as_slice() {
        [] => section.text("No tax is charged: the term sheet has no rule for one."),
        rules => {
            section.text(
                "A line is taxed by the rule in force on the last day that it covers; a rule for \
                 some lines goes before one for all.",
            );
            for rule in rules {
                section.item(tax(rule));
            }
        }
    }
    section.assumed(lease, &["tax", "invoicing"])
}

/// What documents say besides amounts.
fn quoted(invoicing: &Invoicing) -> Vec<String> {
    let parts = [
        ("the tenant's reference", &invoicing.buyer_reference),
        ("the purchase order", &invoicing.purchase_order),
        ("the terms of payment", &invoicing.payment_terms),
        ("the note", &invoicing.note),
    ];
    let said = parts.into_iter().filter_map(|(what, text)| text.as_ref().map(|text| (what, text)));
    said.map(|(what, text)| format!("They quote {what}: {}", text.trim())).collect()
}

fn tax(rule: &TaxRule) -> String {
    format!(
        "From {} on {} on {}.",
        rule.from,
        billing::tax_class(&rule.class),
        billing::taxed(rule.on)
    )
}
