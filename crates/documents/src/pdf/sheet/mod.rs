//! A document in the words in which it is printed: every amount as text, every line with its notes.
//! What is said here is the books'; nothing is computed but sums that carry over to the next page.

mod appendix;
mod notes;
mod party;
mod rows;
mod statement;
mod sums;
mod words;

use leasehold_books::explain::Explanation;
use leasehold_books::invoice::{CreditNote, CreditReason, Invoice, Settlement};
use leasehold_contract::Lease;
use leasehold_types::{BadAmount, Currency, Money};

use super::draw::Paper;
use super::file::Metadata;

pub(super) use appendix::{Entry, entries};
pub(super) use rows::Row;
pub(super) use statement::{Column, Statement, Table, TableRow};
pub(super) use sums::{Rank, Sum, TaxRow};
pub(super) use words::{amount, day};

use party::country;

/// A label and what stands beside it.
pub(super) type Fact = (String, String);

/// What stands at the head of a document.
pub(super) struct Head {
    /// `Invoice`, `Credit note` or `Statement of account`.
    pub(super) title: &'static str,
    /// Its number, or the day that it is of.
    pub(super) number: String,
    pub(super) issued: String,
    /// What stands at the foot of every page.
    pub(super) foot: String,
    pub(super) seller: Party,
    /// What stands above the buyer: `Billed to`.
    pub(super) addressed: &'static str,
    pub(super) buyer: Party,
    pub(super) facts: Vec<Fact>,
    pub(super) headline: Headline,
    /// Why there is this document, where that is not plain.
    pub(super) remark: Option<String>,
}

/// An invoice or a credit note in words.
pub(super) struct Sheet {
    pub(super) head: Head,
    pub(super) currency: Currency,
    pub(super) rows: Vec<Row>,
    pub(super) sums: Vec<Sum>,
    pub(super) taxes: Vec<TaxRow>,
    /// Why nothing is charged where nothing is.
    pub(super) tax_notes: Vec<String>,
    /// Where and how to pay.
    pub(super) payment: Vec<Fact>,
    pub(super) notes: Vec<String>,
    pub(super) appendix: Vec<Entry>,
    /// By which tables and terms it was computed.
    pub(super) basis: String,
    pub(super) paper: Paper,
    pub(super) metadata: Metadata,
}

/// A party as its block of address shows it.
pub(super) struct Party {
    pub(super) name: String,
    pub(super) lines: Vec<String>,
    /// One line for the foot of every page.
    pub(super) short: String,
}

/// What a reader looks for first.
pub(super) struct Headline {
    pub(super) label: String,
    pub(super) amount: String,
    pub(super) beside: String,
}

impl Sheet {
    pub(super) fn invoice(
        invoice: &Invoice,
        settled: &[Settlement],
        explanation: &Explanation,
    ) -> Result<Sheet, BadAmount> {
        let terms: &Lease = &invoice.terms;
        let (sums, due) = sums::of_invoice(invoice, settled)?;
        let mut facts = vec![
            fact("Invoice number", &invoice.number),
            fact("Date of issue", day(invoice.issued)),
            fact("Period of supply", words::period(invoice.from, invoice.until)),
            fact("Due date", day(invoice.due)),
        ];
        facts.extend(references(terms));
        let beside = if due.is_zero() {
            "nothing is to be paid".to_owned()
        } else {
            format!("due {}", day(invoice.due))
        };
        let headline = Headline { label: "Amount due".to_owned(), amount: due.to_string(), beside };
        Ok(Sheet {
            payment: notes::payment(terms, &invoice.number, due),
            notes: notes::of_document(terms, &invoice.lines),
            ..Sheet::common(Common {
                title: "Invoice",
                number: &invoice.number,
                terms,
                facts,
                headline,
                remark: notes::corrections(&invoice.lines),
                currency: invoice.currency,
                issued: invoice.issued,
                rows: rows::of(&invoice.lines),
                sums,
                taxes: &invoice.taxes,
                explanation,
            })
        })
    }

    pub(super) fn credit_note(
        note: &CreditNote,
        original: &Invoice,
        explanation: &Explanation,
    ) -> Result<Sheet, BadAmount> {
        let terms: &Lease = &note.terms;
        let mut facts = vec![
            fact("Credit note number", &note.number),
            fact("Date of issue", day(note.issued)),
            fact("Credits invoice", format!("{} of {}", original.number, day(original.issued))),
            fact("Period of supply", words::period(original.from, original.until)),
        ];
        facts.extend(references(terms));
        let headline = Headline {
            label: "Amount credited".to_owned(),
            amount: note.total.to_string(),
            beside: format!("on invoice {}", original.number),
        };
        Ok(Sheet {
            notes: notes::of_credit_note(note, terms),
            ..Sheet::common(Common {
                title: "Credit note",
                number: &note.number,
                terms,
                facts,
                headline,
                remark: Some(because(note)),
                currency: note.currency,
                issued: note.issued,
                rows: rows::of(&note.lines),
                sums: sums::of_credit_note(note),
                taxes: &note.taxes,
                explanation,
            })
        })
    }

    /// What invoices and credit notes say alike.
    fn common(common: Common<'_>) -> Sheet {
        let Common { title, number, terms, explanation, .. } = common;
        let metadata = Metadata {
            title: format!("{title} {number}"),
            author: terms.owner.name.clone(),
            subject: format!("Lease {} of {}, {}", terms.id, terms.tenant.name, terms.title),
            issued: common.issued,
        };
        let head = Head {
            title: common.title,
            number: number.to_owned(),
            issued: day(common.issued),
            foot: format!("{number} \u{00B7} {}", day(common.issued)),
            addressed: "Billed to",
            seller: Party::of(&terms.owner),
            buyer: Party::of(&terms.tenant),
            facts: common.facts,
            headline: common.headline,
            remark: common.remark,
        };
        Sheet {
            head,
            currency: common.currency,
            rows: common.rows,
            sums: common.sums,
            taxes: sums::tax_rows(common.taxes),
            tax_notes: sums::tax_notes(common.taxes),
            payment: Vec::new(),
            notes: Vec::new(),
            appendix: entries(explanation),
            basis: appendix::basis(terms, explanation),
            paper: Paper::of_country(country(&terms.tenant)),
            metadata,
        }
    }
}

/// What [`Sheet::common`] needs.
struct Common<'a> {
    title: &'static str,
    number: &'a str,
    terms: &'a Lease,
    facts: Vec<Fact>,
    headline: Headline,
    remark: Option<String>,
    currency: Currency,
    issued: leasehold_types::Date,
    rows: Vec<Row>,
    sums: Vec<Sum>,
    taxes: &'a [leasehold_books::invoice::TaxTotal],
    explanation: &'a Explanation,
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    (label.to_owned(), value.into())
}

/// What the tenant asked to be quoted, and the lease.
fn references(terms: &Lease) -> Vec<Fact> {
    let invoicing = &terms.invoicing;
    let mut facts = Vec::new();
    facts.extend(invoicing.buyer_reference.iter().map(|text| fact("Your reference", text)));
    facts.extend(invoicing.purchase_order.iter().map(|text| fact("Purchase order", text)));
    facts.push(fact("Lease", format!("{}, version {}", terms.id, terms.version)));
    facts.push(fact("", &terms.title));
    facts
}

fn because(note: &CreditNote) -> String {
    let invoice = &note.invoice;
    match &note.reason {
        CreditReason::Correction => {
            format!("Correction of invoice {invoice}: less is owed than it billed.")
        }
        CreditReason::Granted(why) => {
            format!("Credit on invoice {invoice}: {}.", why.trim_end_matches('.'))
        }
        CreditReason::Voided(why) => format!(
            "Invoice {invoice} is void: {}. What is owed is billed again.",
            why.trim_end_matches('.')
        ),
    }
}

/// Nothing, in a currency.
fn zero(currency: Currency) -> Money {
    Money::zero(currency)
}
