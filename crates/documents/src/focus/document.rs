//! Invoices and credit notes seen alike: a credit note's amounts below zero where they credit.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use leasehold_books::Books;
use leasehold_books::book::LeaseBook;
use leasehold_books::invoice::{
    BilledLine, CreditNote, CreditReason, Invoice, LineNature, TaxTotal,
};
use leasehold_contract::Lease;
use leasehold_types::{Date, LeaseId, Money, Overflow, Ratio};

use super::Range;
use super::cost::DocumentKind;
use super::error::{FocusError, FocusProblem};

/// An invoice or a credit note.
pub(super) struct Document<'a> {
    pub(super) source: Source<'a>,
    /// The lease, with what is known of it.
    pub(super) book: Cow<'a, LeaseBook>,
    /// The billing period, in civil days.
    pub(super) billing: (Date, Date),
    /// The invoice that a credit note credits.
    pub(super) credited: Option<&'a Invoice>,
    /// Whether a credit note voided the invoice, and when.
    pub(super) voided: Option<Date>,
}

/// What a document is made of.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    Invoice(&'a Invoice),
    CreditNote(&'a CreditNote),
}

/// What a document is, and its number.
pub(super) struct Words<'a>(pub(super) DocumentKind, pub(super) &'a str);

/// The billing periods of a lease's invoices and the days on which they were issued, in order.
type Periods = BTreeMap<LeaseId, Vec<(Date, (Date, Date))>>;

/// Every document that was issued within `range`: invoices, then credit notes, as they were issued.
pub(super) fn documents(
    books: &Books,
    range: Range,
) -> impl Iterator<Item = Result<Document<'_>, FocusError>> {
    let mut periods = Periods::new();
    let mut numbered: BTreeMap<(LeaseId, &str), &Invoice> = BTreeMap::new();
    for invoice in books.invoices() {
        numbered.insert((invoice.lease.clone(), invoice.number.as_str()), invoice);
        if let Some(period) = regular_period(&invoice.lines) {
            periods.entry(invoice.lease.clone()).or_default().push((invoice.issued, period));
        }
    }
    let mut voided: BTreeMap<(LeaseId, &str), Date> = BTreeMap::new();
    for note in books.credit_notes() {
        if matches!(note.reason, CreditReason::Voided(_)) {
            voided.insert((note.lease.clone(), note.invoice.as_str()), note.issued);
        }
    }
    let invoices = books.invoices().iter().map(Source::Invoice);
    let notes = books.credit_notes().iter().map(Source::CreditNote);
    let issued = invoices.chain(notes).filter(move |source| range.holds(source.issued()));
    issued.map(move |source| {
        let Some(book) = books.lease(source.lease()) else {
            let problem = FocusProblem::UnknownLease;
            return Err(FocusError::new(source.lease(), source.place(), "SubAccountId", problem));
        };
        let book = book
            .with_known()
            .map_err(|error| FocusError::books(&error, source.place(), "ChargePeriodStart"))?;
        let key = (source.lease().clone(), source.number());
        let is_invoice = matches!(source, Source::Invoice(_));
        let voided = voided.get(&key).copied().filter(|_| is_invoice);
        let credited = source.credits().map(|number| (source.lease().clone(), number));
        let credited = credited.and_then(|key| numbered.get(&key).copied());
        let billing = billing_period(source, &periods);
        Ok(Document { source, book, billing, credited, voided })
    })
}

/// The billing period of a document: the latest of those that its regular lines are for; else that
/// of the lease's last invoice until then; else the days that its lines cover.
fn billing_period(source: Source<'_>, periods: &Periods) -> (Date, Date) {
    let own = match source {
        Source::Invoice(invoice) => regular_period(&invoice.lines),
        Source::CreditNote(_) => None,
    };
    let before = || {
        let of_lease = periods.get(source.lease())?;
        of_lease.iter().rev().find(|(issued, _)| *issued <= source.issued()).map(|(_, days)| *days)
    };
    own.or_else(before).unwrap_or_else(|| {
        let lines = source.lines();
        let from = lines.iter().map(|line| line.from).min().unwrap_or(source.issued());
        let until = lines.iter().map(|line| line.until).max().unwrap_or(source.issued());
        (from, until.max(from.tomorrow().unwrap_or(from)))
    })
}

/// The latest billing period that regular lines are for, as far as they cover it.
fn regular_period(lines: &[BilledLine]) -> Option<(Date, Date)> {
    let regular = || {
        let of_it = lines.iter().filter(|line| line.nature == LineNature::Regular);
        of_it.filter_map(|line| line.head.as_ref().map(|head| (head.period, line)))
    };
    let latest = regular().map(|(period, _)| period).max()?;
    let of_latest = regular().filter(|(period, _)| *period == latest);
    let until = of_latest.map(|(_, line)| line.until).max()?;
    Some((latest, until)).filter(|(from, until)| from < until)
}

impl Document<'_> {
    /// The days that a line covers. A line that credits another covers its days; one that covers
    /// none, its first.
    pub(super) fn days_of(&self, line: &BilledLine) -> (Date, Date) {
        let credited = || {
            let lines = self.credited?.draft.lines.iter();
            let same = lines.filter(|other| line.head.is_some() && other.head == line.head);
            let days = same.map(|other| (other.from, other.until));
            days.reduce(|(from, until), (a, b)| (from.min(a), until.max(b)))
        };
        let own = (line.from, line.until);
        let days = if own.0 < own.1 { own } else { credited().unwrap_or(own) };
        (days.0, days.1.max(days.0.tomorrow().unwrap_or(days.0)))
    }
}

impl<'a> Source<'a> {
    pub(super) fn kind(self) -> DocumentKind {
        match self {
            Source::Invoice(_) => DocumentKind::Invoice,
            Source::CreditNote(_) => DocumentKind::CreditNote,
        }
    }

    pub(super) fn lease(self) -> &'a LeaseId {
        match self {
            Source::Invoice(invoice) => &invoice.draft.lease,
            Source::CreditNote(note) => &note.lease,
        }
    }

    pub(super) fn terms(self) -> &'a Arc<Lease> {
        match self {
            Source::Invoice(invoice) => &invoice.draft.terms,
            Source::CreditNote(note) => &note.terms,
        }
    }

    pub(super) fn number(self) -> &'a str {
        match self {
            Source::Invoice(invoice) => &invoice.number,
            Source::CreditNote(note) => &note.number,
        }
    }

    pub(super) fn issued(self) -> Date {
        match self {
            Source::Invoice(invoice) => invoice.issued,
            Source::CreditNote(note) => note.issued,
        }
    }

    /// The day by which it is to be paid; none for a credit note.
    pub(super) fn due(self) -> Option<Date> {
        match self {
            Source::Invoice(invoice) => Some(invoice.due),
            Source::CreditNote(_) => None,
        }
    }

    pub(super) fn lines(self) -> &'a [BilledLine] {
        match self {
            Source::Invoice(invoice) => &invoice.draft.lines,
            Source::CreditNote(note) => &note.lines,
        }
    }

    pub(super) fn taxes(self) -> &'a [TaxTotal] {
        match self {
            Source::Invoice(invoice) => &invoice.draft.taxes,
            Source::CreditNote(note) => &note.taxes,
        }
    }

    /// The invoice that it credits.
    pub(super) fn credits(self) -> Option<&'a str> {
        match self {
            Source::Invoice(_) => None,
            Source::CreditNote(note) => Some(&note.invoice),
        }
    }

    /// Why it was issued, where a credit note has a reason in words.
    pub(super) fn reason(self) -> Option<&'a str> {
        match self {
            Source::Invoice(_) => None,
            Source::CreditNote(note) => Some(match &note.reason {
                CreditReason::Correction => "correction",
                CreditReason::Granted(why) | CreditReason::Voided(why) => why,
            }),
        }
    }

    /// Whether `line` corrects what was billed for an earlier period. A credit by a decision does
    /// not: it is a credit of its own.
    pub(super) fn corrects(self, line: &BilledLine) -> bool {
        match self {
            Source::Invoice(_) => matches!(line.nature, LineNature::Correction(_)),
            Source::CreditNote(_) => self.is_correction(),
        }
    }

    /// Whether it credits by a decision.
    pub(super) fn grants(self) -> bool {
        matches!(self, Source::CreditNote(note) if matches!(note.reason, CreditReason::Granted(_)))
    }

    /// Whether all of it corrects what was billed before.
    pub(super) fn is_correction(self) -> bool {
        matches!(self, Source::CreditNote(_)) && !self.grants()
    }

    /// The amount as it adds to what is payable.
    pub(super) fn signed(self, money: Money) -> Result<Money, Overflow> {
        match self {
            Source::Invoice(_) => Ok(money),
            Source::CreditNote(_) => {
                let zero = Money::zero(money.currency());
                zero.checked_sub(money).map_err(|_| Overflow::of("an amount"))
            }
        }
    }

    /// As [`Source::signed`], before rounding.
    pub(super) fn signed_exact(self, exact: Ratio) -> Result<Ratio, Overflow> {
        match self {
            Source::Invoice(_) => Ok(exact),
            Source::CreditNote(_) => Ratio::ZERO.checked_sub(exact),
        }
    }

    /// What it is and its number, for messages.
    pub(super) fn place(self) -> String {
        Words(self.kind(), self.number()).to_string()
    }
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            DocumentKind::Invoice => write!(f, "invoice {}", self.1),
            DocumentKind::CreditNote => write!(f, "credit note {}", self.1),
        }
    }
}
