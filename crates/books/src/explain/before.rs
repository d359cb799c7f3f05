//! What other documents billed under the same head before.

use crate::Books;
use crate::invoice::{BilledLine, CreditReason};
use crate::rating::Head;
use leasehold_types::{Date, LeaseId, Money};

use super::Before;

/// When a document was issued within the books: on a day, corrections before the invoice, what was
/// decided by people after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    date: Date,
    order: u8,
}

impl Moment {
    pub(super) fn of_invoice(date: Date) -> Self {
        Moment { date, order: 1 }
    }

    pub(super) fn of_note(date: Date, reason: &CreditReason) -> Self {
        let order = if *reason == CreditReason::Correction { 0 } else { 2 };
        Moment { date, order }
    }
}

/// All that was billed or credited under `head` in the tax class of `line` before `moment`.
pub(super) fn billed(
    books: &Books,
    lease: &LeaseId,
    line: &BilledLine,
    moment: Moment,
) -> Vec<Before> {
    let Some(head) = &line.head else { return Vec::new() };
    let mut found: Vec<(Moment, Before)> = Vec::new();
    for invoice in books.invoices().iter().filter(|invoice| invoice.lease == *lease) {
        let at = Moment::of_invoice(invoice.issued);
        let of_it = matching(&invoice.lines, head, line).filter(|_| at < moment);
        found.extend(of_it.map(|other| {
            let document = invoice.number.clone();
            (at, Before { document, line: other.number, issued: at.date, amount: other.amount })
        }));
    }
    for note in books.credit_notes().iter().filter(|note| note.lease == *lease) {
        let at = Moment::of_note(note.issued, &note.reason);
        let of_it = matching(&note.lines, head, line).filter(|_| at < moment);
        found.extend(of_it.map(|other| {
            let amount = Money::new(-other.amount.minor(), other.amount.currency());
            let document = note.number.clone();
            (at, Before { document, line: other.number, issued: at.date, amount })
        }));
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, before)| before).collect()
}

fn matching<'l>(
    lines: &'l [BilledLine],
    head: &Head,
    line: &BilledLine,
) -> impl Iterator<Item = &'l BilledLine> {
    lines.iter().filter(move |other| other.head.as_ref() == Some(head) && other.tax == line.tax)
}
