//! A billed lease as JSON: amounts are decimal strings in major units.

use leasehold_books::book::{Finding, LeaseBook};
use leasehold_books::event::Conflict;
use leasehold_books::ledger::{Entry, Posting};
use leasehold_types::{BadAmount, Currency, Date, Instant, Money};
use serde::Serialize;

use crate::commands::books::{Run, Told};
use crate::commands::invoice::{Document, DocumentEntry};

/// The result for machines.
#[derive(Serialize)]
pub(super) struct Answer<'a> {
    lease: &'a str,
    version: u32,
    title: String,
    owner: String,
    tenant: String,
    currency: Currency,
    through: Date,
    events: Told,
    parked: Option<Parked<'a>>,
    invoices: Vec<DocumentEntry<'a>>,
    credit_notes: Vec<DocumentEntry<'a>>,
    held: Held,
    findings: Vec<Found<'a>>,
    conflicts: Vec<Conflicting<'a>>,
    entries: Vec<EntryAnswer<'a>>,
    balances: Vec<Balance>,
}

#[derive(Serialize)]
struct Parked<'a> {
    since: Date,
    line: &'a str,
    because: String,
}

/// What the owner holds for the tenant.
#[derive(Serialize)]
struct Held {
    on_account: String,
    deposit: String,
    prepayments: String,
    credit_balance: String,
}

#[derive(Serialize)]
struct Found<'a> {
    source: Option<&'a str>,
    id: Option<&'a str>,
    message: &'a str,
}

#[derive(Serialize)]
struct Conflicting<'a> {
    source: &'a str,
    id: &'a str,
    at: Instant,
    second: &'a str,
}

#[derive(Serialize)]
struct EntryAnswer<'a> {
    entry: u64,
    date: Date,
    effective: Date,
    cause: &'a leasehold_books::ledger::Cause,
    memo: &'a str,
    postings: Vec<PostingAnswer>,
}

/// One side is above zero, the other is absent.
#[derive(Serialize)]
struct PostingAnswer {
    account: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    debit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit: Option<String>,
}

#[derive(Serialize)]
struct Balance {
    account: &'static str,
    debit: String,
    credit: String,
}

impl<'a> Answer<'a> {
    /// What became of `lease`, the only one of the books.
    pub(super) fn of(run: &'a Run, lease: &'a LeaseBook) -> Result<Self, BadAmount> {
        let terms = lease.version_on(run.through);
        let (mut invoices, mut credit_notes) = (Vec::new(), Vec::new());
        for document in Document::all(&run.books) {
            let list = match document {
                Document::Invoice(_) => &mut invoices,
                Document::CreditNote(_) => &mut credit_notes,
            };
            list.push(DocumentEntry::of(document, &run.books, run.through)?);
        }
        let balance = run.books.journal().trial_balance(run.through)?;
        Ok(Answer {
            lease: lease.signed().id.as_str(),
            version: terms.version,
            title: terms.title.clone(),
            owner: terms.owner.id.to_string(),
            tenant: terms.tenant.id.to_string(),
            currency: terms.currency,
            through: run.through,
            events: run.told,
            parked: lease.parked().map(|parked| Parked {
                since: parked.since,
                line: &parked.because.line,
                because: parked.because.trouble.to_string(),
            }),
            invoices,
            credit_notes,
            held: Held::of(lease)?,
            findings: run.books.findings().into_iter().map(Found::of).collect(),
            conflicts: run.conflicts().into_iter().map(Conflicting::of).collect(),
            entries: super::text::entries(run).into_iter().map(EntryAnswer::of).collect(),
            balances: balance
                .rows
                .iter()
                .map(|row| Balance {
                    account: row.account.path(),
                    debit: row.debit.to_decimal(),
                    credit: row.credit.to_decimal(),
                })
                .collect(),
        })
    }
}

impl Held {
    fn of(lease: &LeaseBook) -> Result<Self, BadAmount> {
        let credits = lease.credit_balance().map(|(_, money)| money);
        Ok(Held {
            on_account: lease.on_account().to_decimal(),
            deposit: lease.deposit().to_decimal(),
            prepayments: lease.prepaid().to_decimal(),
            credit_balance: Money::sum(lease.signed().currency, credits)?.to_decimal(),
        })
    }
}

impl<'a> Found<'a> {
    fn of(finding: &'a Finding) -> Self {
        let event = finding.event.as_ref();
        Found {
            source: event.map(|key| &*key.source),
            id: event.map(|key| &*key.id),
            message: &finding.message,
        }
    }
}

impl<'a> Conflicting<'a> {
    fn of(conflict: &'a Conflict) -> Self {
        let (source, id) = (&*conflict.key.source, &*conflict.key.id);
        Conflicting { source, id, at: conflict.at, second: &conflict.second }
    }
}

impl<'a> EntryAnswer<'a> {
    fn of(entry: &'a Entry) -> Self {
        EntryAnswer {
            entry: entry.id().0,
            date: entry.date(),
            effective: entry.effective(),
            cause: entry.cause(),
            memo: entry.memo(),
            postings: entry.postings().iter().map(PostingAnswer::of).collect(),
        }
    }
}

impl PostingAnswer {
    fn of(posting: &Posting) -> Self {
        let (account, amount) = (posting.account.path(), posting.amount);
        let decimal = amount.to_decimal();
        match decimal.strip_prefix('-') {
            Some(credit) => PostingAnswer { account, debit: None, credit: Some(credit.to_owned()) },
            None => PostingAnswer { account, debit: Some(decimal), credit: None },
        }
    }
}
