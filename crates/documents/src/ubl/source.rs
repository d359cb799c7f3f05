//! What an invoice and a credit note have in common, as the document needs it.

use leasehold_books::invoice::{
    BilledLine, CreditNote, CreditReason, Invoice, LineNature, SettledBy, Settlement, TaxTotal,
};
use leasehold_books::rating::tax_on;
use leasehold_contract::Lease;
use leasehold_types::{Currency, Date, Money};

use super::error::Problem;

/// Invoice or credit note: they differ in names and in the order of a few elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Invoice,
    CreditNote,
}

/// An earlier invoice that this document corrects (BG-3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Preceding {
    pub(super) number: String,
    pub(super) issued: Option<Date>,
}

/// What the books say.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) kind: Kind,
    pub(super) number: &'a str,
    pub(super) terms: &'a Lease,
    pub(super) issued: Date,
    pub(super) due: Option<Date>,
    pub(super) currency: Currency,
    pub(super) lines: &'a [BilledLine],
    pub(super) taxes: &'a [TaxTotal],
    pub(super) net: Money,
    pub(super) tax: Money,
    pub(super) total: Money,
    /// What was paid before the document was issued.
    pub(super) prepaid: Money,
    /// First day and first day after, where no line says its own.
    pub(super) period: (Date, Date),
    /// Sentences for the one note that Peppol allows (R002).
    pub(super) notes: Vec<String>,
    pub(super) payment_terms: Option<String>,
    pub(super) preceding: Vec<Preceding>,
}

impl<'a> Source<'a> {
    pub(super) fn invoice(invoice: &'a Invoice, settled: &[Settlement]) -> Result<Self, Problem> {
        let terms: &Lease = &invoice.terms;
        let prepaid = settled.iter().filter(|s| is_before(s, invoice.issued)).map(|s| s.amount);
        let prepaid = Money::sum(invoice.currency, prepaid)
            .map_err(|error| Problem::new("BR-CO-16", error.to_string()))?;
        Ok(Source {
            kind: Kind::Invoice,
            number: &invoice.number,
            terms,
            issued: invoice.issued,
            due: Some(invoice.due),
            currency: invoice.currency,
            lines: &invoice.lines,
            taxes: &invoice.taxes,
            net: invoice.net,
            tax: invoice.tax,
            total: invoice.total,
            prepaid,
            period: (invoice.from, invoice.until),
            notes: terms.invoicing.note.iter().cloned().collect(),
            payment_terms: terms.invoicing.payment_terms.clone(),
            preceding: corrected(&invoice.lines),
        })
    }

    pub(super) fn credit_note(note: &'a CreditNote, original: &Invoice) -> Result<Self, Problem> {
        if note.invoice != original.number {
            let (named, given) = (&note.invoice, &original.number);
            let message = format!(
                "the note credits invoice {named}, but invoice {given} was given with it (BG-3); \
                 give the invoice that it names"
            );
            return Err(Problem::new("BR-55", message));
        }
        let terms: &Lease = &note.terms;
        let set_off = format!(
            "Set off against invoice {}; what exceeds the open amount is held on account.",
            note.invoice
        );
        Ok(Source {
            kind: Kind::CreditNote,
            number: &note.number,
            terms,
            issued: note.issued,
            due: None,
            currency: note.currency,
            lines: &note.lines,
            taxes: &note.taxes,
            net: note.net,
            tax: note.tax,
            total: note.total,
            prepaid: Money::zero(note.currency),
            period: (original.from, original.until),
            notes: notes(note),
            payment_terms: Some(set_off),
            preceding: vec![Preceding {
                number: original.number.clone(),
                issued: Some(original.issued),
            }],
        })
    }

    /// What people call it.
    pub(super) fn name(&self) -> String {
        name(self.kind, self.number)
    }
}

/// What people call a document.
pub(super) fn name(kind: Kind, number: &str) -> String {
    match kind {
        Kind::Invoice => format!("invoice {number}"),
        Kind::CreditNote => format!("credit note {number}"),
    }
}

/// Whether money was there before the invoice: drawn from a prepayment, or held on account. What
/// is paid later, were it on the same day, is not of the document, which never changes.
fn is_before(settlement: &Settlement, issued: Date) -> bool {
    settlement.date <= issued
        && matches!(settlement.by, SettledBy::Prepayment | SettledBy::OnAccount)
}

/// Why it was issued, how its tax was rounded where that shows, and what every document says.
fn notes(note: &CreditNote) -> Vec<String> {
    let rounding = note.terms.rules.rounding;
    let rounded_apart = |total: &TaxTotal| {
        tax_on(total.net, &total.class, rounding).is_ok_and(|tax| tax == total.tax)
    };
    let how = format!(
        "The tax is that on all that was credited of invoice {} to date, rounded, less what was \
         credited before: so the notes on an invoice add up to it.",
        note.invoice
    );
    let how = (!note.taxes.iter().all(rounded_apart)).then_some(how);
    std::iter::once(why(note)).chain(how).chain(note.terms.invoicing.note.clone()).collect()
}

fn why(note: &CreditNote) -> String {
    let invoice = &note.invoice;
    match &note.reason {
        CreditReason::Correction => {
            format!("Correction of invoice {invoice}: less is owed than it billed.")
        }
        CreditReason::Granted(why) => format!("Credit on invoice {invoice}: {why}."),
        CreditReason::Voided(why) => {
            format!("Invoice {invoice} is void: {why}. What is owed is billed again.")
        }
    }
}

/// The invoices that lines correct, each once, in order.
fn corrected(lines: &[BilledLine]) -> Vec<Preceding> {
    let mut numbers: Vec<&String> = Vec::new();
    for line in lines {
        if let LineNature::Correction(invoices) = &line.nature {
            numbers.extend(invoices);
        }
    }
    numbers.sort();
    numbers.dedup();
    let preceding = |number: &String| Preceding { number: number.clone(), issued: None };
    numbers.into_iter().map(preceding).collect()
}
