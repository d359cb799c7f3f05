//! Where to pay, and what has to be said besides the lines.

use leasehold_books::invoice::{BilledLine, CreditNote, LineNature};
use leasehold_contract::Lease;
use leasehold_types::Money;

use super::words::account;
use super::{Fact, fact};

/// Where and how to pay; nothing where nothing is due.
pub(super) fn payment(terms: &Lease, number: &str, due: Money) -> Vec<Fact> {
    if due.is_zero() {
        return Vec::new();
    }
    let mut facts = Vec::new();
    if let Some(bank) = &terms.owner.details.bank {
        let holder = bank.holder.as_ref().unwrap_or(&terms.owner.name);
        facts.push(fact("Account holder", holder));
        facts.push(fact("Account", account(&bank.account)));
        facts.extend(bank.bank.iter().map(|code| fact("Bank", code)));
    }
    facts.push(fact("Reference", number));
    facts.extend(terms.invoicing.payment_terms.iter().map(|text| fact("Terms", text)));
    facts
}

/// Which earlier invoices this one corrects.
pub(super) fn corrections(lines: &[BilledLine]) -> Option<String> {
    let mut numbers: Vec<&str> = Vec::new();
    for line in lines {
        if let LineNature::Correction(invoices) = &line.nature {
            numbers.extend(invoices.iter().map(String::as_str));
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    (!numbers.is_empty()).then(|| {
        format!("This invoice also corrects {}; those lines are marked.", numbers.join(", "))
    })
}

pub(super) fn of_document(terms: &Lease, lines: &[BilledLine]) -> Vec<String> {
    let mut notes: Vec<String> = terms.invoicing.note.iter().cloned().collect();
    if lines.iter().any(|line| !line.disclosed) {
        notes.push(
            "A fee that is owed but whose amount the parties did not disclose is listed without \
             an amount and is in no total."
                .to_owned(),
        );
    }
    notes.extend(terms.assumptions.iter().map(|a| {
        format!("Assumed for `{}`: {}.", a.about, a.text.trim_end_matches('.')).replace('`', "")
    }));
    notes
}

pub(super) fn of_credit_note(note: &CreditNote, terms: &Lease) -> Vec<String> {
    let mut notes = vec![format!(
        "What is credited is set off against invoice {}; what exceeds its open amount is held on \
         account.",
        note.invoice
    )];
    if note.lines.iter().any(|line| line.amount.is_negative()) {
        notes.push("A line below zero is charged rather than credited.".to_owned());
    }
    notes.extend(of_document(terms, &note.lines));
    notes
}
