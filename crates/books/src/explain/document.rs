//! Whole documents: which one, its lines, its taxes, its total.

use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_types::{LeaseId, Money};

use crate::invoice::{BilledLine, CreditNote, CreditReason, Invoice, TaxTotal};
use crate::{Books, Trouble};

use super::before::{Moment, billed};
use super::line::{Context, explain as explain_line, last_day};
use super::words::day;
use super::{
    DocumentKind, ExplainError, Explained, ExplainedLine, ExplainedTotal, Explanation, tax,
};

const INVOICE_TOTAL: &str = "The lines add up to the net amount, which is never rounded apart from \
    them; tax is computed once for each class.";
const NOTE_TOTAL: &str = "The lines add up to the net amount. The notes on one invoice, in any \
    order, add up to its tax.";

pub(super) fn explain(
    books: &Books,
    number: &str,
    line: Option<u32>,
) -> Result<Explanation, ExplainError> {
    if let Some(invoice) = books.invoice(number) {
        return of_invoice(books, invoice, line);
    }
    match books.credit_notes().iter().find(|note| note.number == number) {
        Some(note) => of_credit_note(books, note, line),
        None => {
            let hint = hint(books);
            Err(ExplainError::Unknown { number: number.chars().take(80).collect(), hint })
        }
    }
}

/// Which numbers there are.
fn hint(books: &Books) -> String {
    let span = |first: Option<&str>, last: Option<&str>, what: &str| {
        let (first, last) = (first?, last?);
        Some(if first == last {
            format!("{what} {first}")
        } else {
            format!("{what}s {first} to {last}")
        })
    };
    let (invoices, notes) = (books.invoices(), books.credit_notes());
    let number = |invoice: Option<&'_ Invoice>| invoice.map(|i| i.number.clone());
    let note = |note: Option<&'_ CreditNote>| note.map(|n| n.number.clone());
    let (first, last) = (number(invoices.first()), number(invoices.last()));
    let (first_note, last_note) = (note(notes.first()), note(notes.last()));
    let there: Vec<String> = [
        span(first.as_deref(), last.as_deref(), "invoice"),
        span(first_note.as_deref(), last_note.as_deref(), "credit note"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if there.is_empty() {
        "nothing was issued by the day through which they are closed".to_owned()
    } else {
        format!("there are {}", there.join(" and "))
    }
}

pub(super) fn of_invoice(
    books: &Books,
    invoice: &Invoice,
    line: Option<u32>,
) -> Result<Explanation, ExplainError> {
    let name = format!("invoice {}", invoice.number);
    let whole = line.is_none();
    let at = Place {
        books,
        lease: &invoice.lease,
        terms: &invoice.terms,
        reason: None,
        moment: Moment::of_invoice(invoice.issued),
    };
    let taxed = |total: &TaxTotal| tax::of_invoice(total, invoice.terms.rules.rounding);
    let taxes = if whole { &invoice.taxes[..] } else { &[] };
    let because = format!(
        "What is due for {} to {} and was not billed before.",
        day(invoice.from),
        day(last_day(invoice.from, invoice.until))
    );
    Ok(Explanation {
        document: Explained {
            kind: DocumentKind::Invoice,
            number: invoice.number.clone(),
            because,
            credits: None,
            lease: invoice.lease.clone(),
            version: invoice.terms.version,
            issued: invoice.issued,
            due: Some(invoice.due),
            total: invoice.total,
        },
        lines: at.lines(&invoice.lines, line, &name)?,
        taxes: taxes.iter().map(taxed).collect::<Result<_, _>>().map_err(overflow(&name))?,
        total: whole.then(|| total((invoice.net, invoice.tax, invoice.total), INVOICE_TOTAL)),
        tables: invoice.tables.clone(),
    })
}

pub(super) fn of_credit_note(
    books: &Books,
    note: &CreditNote,
    line: Option<u32>,
) -> Result<Explanation, ExplainError> {
    let name = format!("credit note {}", note.number);
    let whole = line.is_none();
    let at = Place {
        books,
        lease: &note.lease,
        terms: &note.terms,
        reason: Some(&note.reason),
        moment: Moment::of_note(note.issued, &note.reason),
    };
    // The notes on an invoice are rounded as the invoice was.
    let original = books.invoice_of(&note.lease, &note.invoice);
    let rule = original.map_or(note.terms.rules.rounding, |i| i.terms.rules.rounding);
    let taxed = |total: &TaxTotal| tax::of_note(total, credited_before(books, note, total)?, rule);
    let taxes = if whole { &note.taxes[..] } else { &[] };
    Ok(Explanation {
        document: Explained {
            kind: DocumentKind::CreditNote,
            number: note.number.clone(),
            because: because(note),
            credits: Some(note.invoice.clone()),
            lease: note.lease.clone(),
            version: note.terms.version,
            issued: note.issued,
            due: None,
            total: note.total,
        },
        lines: at.lines(&note.lines, line, &name)?,
        taxes: taxes.iter().map(taxed).collect::<Result<_, _>>().map_err(overflow(&name))?,
        total: whole.then(|| total((note.net, note.tax, note.total), NOTE_TOTAL)),
        tables: note.tables.clone(),
    })
}

fn overflow(document: &str) -> impl FnOnce(Trouble) -> ExplainError {
    let document = document.to_owned();
    move |trouble| ExplainError::Overflow { document, overflow: trouble.to_string() }
}

fn total((net, tax, total): (Money, Money, Money), rule: &str) -> ExplainedTotal {
    ExplainedTotal { net, tax, total, rule: rule.to_owned() }
}

/// Why a credit note was issued, in a sentence.
fn because(note: &CreditNote) -> String {
    let invoice = &note.invoice;
    match &note.reason {
        CreditReason::Correction => {
            format!("Less is owed than invoice {invoice} billed.")
        }
        CreditReason::Granted(why) => {
            format!("A decision credits part of invoice {invoice}: {}.", why.trim_end_matches('.'))
        }
        CreditReason::Voided(why) => {
            format!("Invoice {invoice} is void: {}.", why.trim_end_matches('.'))
        }
    }
}

/// Net and tax that earlier notes credited of the class on the same invoice.
fn credited_before(
    books: &Books,
    note: &CreditNote,
    total: &TaxTotal,
) -> Result<(Money, Money), Trouble> {
    let zero = Money::zero(note.currency);
    let earlier = books
        .credit_notes()
        .iter()
        .take_while(|other| other.number != note.number || other.sequence != note.sequence)
        .filter(|other| other.lease == note.lease && other.invoice == note.invoice)
        .flat_map(|other| &other.taxes)
        .filter(|other| other.class == total.class);
    earlier.into_iter().try_fold((zero, zero), |(net, tax), other| {
        Ok((net.checked_add(other.net)?, tax.checked_add(other.tax)?))
    })
}

/// Where lines stand.
struct Place<'a> {
    books: &'a Books,
    lease: &'a LeaseId,
    terms: &'a Arc<Lease>,
    reason: Option<&'a CreditReason>,
    moment: Moment,
}

impl Place<'_> {
    fn lines(
        &self,
        lines: &[BilledLine],
        asked: Option<u32>,
        document: &str,
    ) -> Result<Vec<ExplainedLine>, ExplainError> {
        let found: Vec<ExplainedLine> = lines
            .iter()
            .filter(|line| asked.is_none_or(|number| number == line.number))
            .map(|line| self.line(line))
            .collect();
        match asked {
            Some(line) if found.is_empty() => Err(ExplainError::NoLine {
                document: document.to_owned(),
                line,
                lines: lines.len(),
            }),
            _ => Ok(found),
        }
    }

    fn line(&self, line: &BilledLine) -> ExplainedLine {
        let before = billed(self.books, self.lease, line, self.moment);
        explain_line(line, Context { terms: self.terms_of(line), reason: self.reason, before })
    }

    /// The version that governs what the line covers: that of the day of issue, or an earlier one.
    fn terms_of(&self, line: &BilledLine) -> Arc<Lease> {
        if self.terms.version <= 1 || self.terms.effective <= line.from {
            return self.terms.clone();
        }
        match self.books.lease(self.lease) {
            Some(book) => book.version_on(line.from),
            None => self.terms.clone(),
        }
    }
}
