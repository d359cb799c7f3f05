//! The money of a replay: the books that it keeps, and what they say by quarter.
//!
//! Every lease is signed in the books as the desk signs it; what the desk then decides reaches the
//! books as it would live, at the instants at which it would be known. At the end the books are
//! closed through the replay's last day, which counts as the end of a month for revenue. Nothing
//! here works out an amount: figures are sums over the books' postings and documents, but for what
//! recalls took off by the days on which they fell, which the lease itself says.

use std::collections::BTreeMap;

use leasehold_books::book::{Deliveries, Policy as Assumed};
use leasehold_books::invoice::{CreditNote, Invoice};
use leasehold_books::ledger::{Account, Entry};
use leasehold_books::rating::HourUse;
use leasehold_books::{Books, BooksError};
use leasehold_contract::schedule::LineKind;
use leasehold_contract::{EvalError, Facts, Lease, NoticeBook};
use leasehold_desk::{Event, EventKind, Feed, State};
use leasehold_types::{AcceleratorSeconds, BadAmount, Date, Instant, Money};

use super::steps::{Grid, Quarter};
use crate::figures::{DocumentKind, DocumentRow, LeaseMoney, QuarterLines, QuarterMoney};

/// What can go wrong: a lease that cannot be evaluated or booked, or a sum that does not fit.
#[derive(Debug, thiserror::Error)]
pub enum MoneyError {
    /// The lease or its facts.
    #[error(transparent)]
    Evaluation(#[from] EvalError),
    /// The books.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// A sum.
    #[error(transparent)]
    Amount(#[from] BadAmount),
    /// Quantities that do not fit.
    #[error(transparent)]
    Overflow(#[from] leasehold_types::Overflow),
}

/// The books of one policy while it is replayed.
#[derive(Debug)]
pub struct Keeper {
    books: Books,
    feed: Feed,
}

impl Keeper {
    /// Empty books.
    pub fn new() -> Self {
        let assumed = Assumed { deliveries: Deliveries::Recorded, cut_off: None };
        Keeper { books: Books::new(assumed), feed: Feed::new("desk") }
    }

    /// Takes note of an event of the desk, of which `state` is the state just after it.
    ///
    /// # Errors
    /// [`MoneyError::Books`].
    pub fn note(&mut self, state: &State, event: &Event) -> Result<(), MoneyError> {
        if let EventKind::LeaseSigned { lease } = &event.kind {
            self.books.add_lease(Lease::clone(lease))?;
        }
        for told in self.feed.note(state, event) {
            self.books.record(told)?;
        }
        Ok(())
    }

    /// Counts tokens of requests that began in the window from `at`, where the lease prices them.
    ///
    /// # Errors
    /// [`MoneyError::Books`].
    pub fn tokens(
        &mut self,
        lease: &Lease,
        at: Instant,
        input: u64,
        output: u64,
    ) -> Result<(), MoneyError> {
        let priced = lease.overage.as_ref().is_some_and(|overage| overage.tokens.is_some());
        if !priced || (input == 0 && output == 0) {
            return Ok(());
        }
        let tokens = leasehold_books::event::TokenUse {
            input: leasehold_types::Tokens(input),
            output: leasehold_types::Tokens(output),
            ..Default::default()
        };
        let used = HourUse { accelerator_seconds: AcceleratorSeconds::ZERO, tokens };
        Ok(self.books.add_hour(&lease.id, at, used)?)
    }

    /// Closes the books through `last`.
    ///
    /// # Errors
    /// [`MoneyError::Books`] for the first lease that cannot be booked.
    pub fn close(mut self, last: Date) -> Result<Books, MoneyError> {
        self.books.cut_off(last);
        self.books.close(last);
        match self.books.parked().values().next() {
            Some(parked) => Err(parked.because.clone().into()),
            None => Ok(self.books),
        }
    }
}

/// The four lines of `lease` as a quarter closes.
///
/// # Errors
/// [`MoneyError`].
pub fn lines(
    lease: &Lease,
    facts: &Facts,
    book: &NoticeBook,
    quarter: &Quarter,
) -> Result<QuarterLines, MoneyError> {
    let last_day = quarter.until.yesterday().unwrap_or(quarter.until);
    let expected = facts.expecting_deliveries(lease, quarter.until);
    let four = lease.four_lines(&expected, book, lease.close_of(last_day))?;
    Ok(QuarterLines {
        quarter: quarter.name.clone(),
        as_of: last_day,
        headline_value: four.headline_value,
        non_cancellable_value: four.non_cancellable_value,
        rpo: four.rpo,
        run_rate_month: four.run_rate_month,
        term_end: four.term_end(),
    })
}

/// The money of every lease in the books by quarter; `lines` has their four lines.
///
/// # Errors
/// [`MoneyError`].
pub fn by_quarter(
    books: &Books,
    facts: &BTreeMap<String, (Facts, Vec<QuarterLines>)>,
    grid: &Grid,
) -> Result<Vec<LeaseMoney>, MoneyError> {
    let mut rows = Vec::new();
    for book in books.leases() {
        let lease = book.signed();
        let (facts, lines) = facts.get(lease.id.as_str()).cloned().unwrap_or_default();
        let mut quarters = Vec::with_capacity(grid.quarters.len());
        for quarter in &grid.quarters {
            quarters.push(of_quarter(books, lease, &facts, quarter)?);
        }
        rows.push(LeaseMoney {
            lease: lease.id.to_string(),
            tenant: lease.tenant.name.clone(),
            quarters,
            lines,
        });
    }
    Ok(rows)
}

fn of_quarter(
    books: &Books,
    lease: &Lease,
    facts: &Facts,
    quarter: &Quarter,
) -> Result<QuarterMoney, MoneyError> {
    let zero = Money::zero(lease.currency);
    let within = |date: Date| quarter.from <= date && date < quarter.until;
    let entries = books.journal().entries().iter();
    let entries = entries.filter(|e| *e.lease() == lease.id && within(e.date()));
    let schedule = lease.evaluate(facts)?.schedule(quarter.from, quarter.until)?;
    let off = |kind: LineKind| -> Result<Money, BadAmount> {
        let lines = schedule.periods.iter().flat_map(|p| &p.lines).filter(|l| l.kind == kind);
        zero.checked_sub(Money::sum(lease.currency, lines.map(|l| l.amount))?)
    };
    Ok(QuarterMoney {
        quarter: quarter.name.clone(),
        recognised: zero.checked_sub(earned(entries, zero)?)?,
        billed: billed(books, lease, &within)?,
        abatement: off(LineKind::RecallAbatement)?,
        compensation: off(LineKind::RecallCompensation)?,
        undisclosed_months: schedule.undisclosed.iter().map(|u| u.months).sum(),
    })
}

/// Invoices less credit notes of a lease, before tax, whose day of issue is `within`.
fn billed(books: &Books, lease: &Lease, within: &dyn Fn(Date) -> bool) -> Result<Money, BadAmount> {
    let of_it =
        |invoice: &&Invoice| invoice.draft.lease == lease.id && within(invoice.draft.issued);
    let invoices = books.invoices().iter().filter(of_it).map(|invoice| invoice.draft.net);
    let notes = books.credit_notes().iter().filter(|n| n.lease == lease.id && within(n.issued));
    let credited = Money::sum(lease.currency, notes.map(|note| note.net))?;
    Money::sum(lease.currency, invoices)?.checked_sub(credited)
}

/// What was posted to revenue; debits are positive.
fn earned<'a>(entries: impl Iterator<Item = &'a Entry>, zero: Money) -> Result<Money, BadAmount> {
    let postings = entries.flat_map(Entry::postings);
    let revenue = postings.filter(|posting| matches!(posting.account, Account::Revenue(_)));
    revenue.into_iter().try_fold(zero, |sum, posting| sum.checked_add(posting.amount))
}

/// Every invoice and credit note, in the order of their days, invoices first.
pub fn documents(books: &Books) -> Vec<DocumentRow> {
    let invoices = books.invoices().iter().map(of_invoice);
    let notes = books.credit_notes().iter().map(of_note);
    let mut rows: Vec<DocumentRow> = invoices.chain(notes).collect();
    rows.sort_by(|a, b| (a.issued, a.kind, &a.number).cmp(&(b.issued, b.kind, &b.number)));
    rows
}

fn of_invoice(invoice: &Invoice) -> DocumentRow {
    let draft = &invoice.draft;
    DocumentRow {
        kind: DocumentKind::Invoice,
        number: invoice.number.clone(),
        lease: draft.lease.to_string(),
        tenant: draft.terms.tenant.name.clone(),
        issued: draft.issued,
        due: Some(draft.due),
        credits: None,
        net: draft.net,
        tax: draft.tax,
        total: draft.total,
        undisclosed: draft.lines.iter().any(|line| !line.disclosed),
    }
}

fn of_note(note: &CreditNote) -> DocumentRow {
    DocumentRow {
        kind: DocumentKind::CreditNote,
        number: note.number.clone(),
        lease: note.lease.to_string(),
        tenant: note.terms.tenant.name.clone(),
        issued: note.issued,
        due: None,
        credits: Some(note.invoice.clone()),
        net: note.net,
        tax: note.tax,
        total: note.total,
        undisclosed: note.lines.iter().any(|line| !line.disclosed),
    }
}
