//! Postings and balances.

use leasehold_books::ledger::{
    Account, AccountClass, Cause, Entry, Journal, Posting, TrialBalance,
};
use leasehold_types::{Date, Money};

use super::write::{Cell, Sheet};

pub(super) fn postings(journal: &Journal, through: Date) -> String {
    let mut sheet = Sheet::new(&[
        "entry",
        "date",
        "effective",
        "lease",
        "tenant",
        "cause",
        "source",
        "reference",
        "memo",
        "account",
        "class",
        "amount",
        "debit",
        "credit",
        "currency",
    ]);
    let mut entries: Vec<&Entry> =
        journal.entries().iter().filter(|entry| entry.date() <= through).collect();
    entries.sort_by_key(|entry| (entry.date(), entry.id()));
    for entry in entries {
        for posting in entry.postings() {
            sheet.row(entry_cells(entry).into_iter().chain(posting_cells(posting)));
        }
    }
    sheet.finish()
}

/// What all postings of an entry begin with.
fn entry_cells(entry: &Entry) -> [Cell; 9] {
    let [cause, source, reference] = cause(entry.cause());
    [
        Cell::own(entry.id().0),
        Cell::own(entry.date()),
        Cell::own(entry.effective()),
        Cell::own(entry.lease()),
        Cell::own(entry.tenant()),
        cause,
        source,
        reference,
        Cell::text(entry.memo()),
    ]
}

fn posting_cells(posting: &Posting) -> [Cell; 6] {
    let (debit, credit) = sides(posting.amount);
    [
        Cell::own(posting.account),
        Cell::own(class(posting.account)),
        Cell::own(posting.amount.to_decimal()),
        debit,
        credit,
        Cell::own(posting.amount.currency()),
    ]
}

pub(super) fn trial_balance(balance: &TrialBalance) -> String {
    let mut sheet = Sheet::new(&["at", "account", "class", "debit", "credit", "currency"]);
    for row in &balance.rows {
        sheet.row([
            Cell::own(balance.at),
            Cell::own(row.account),
            Cell::own(class(row.account)),
            Cell::own(row.debit.to_decimal()),
            Cell::own(row.credit.to_decimal()),
            Cell::own(row.debit.currency()),
        ]);
    }
    sheet.finish()
}

/// What caused an entry: in a word, whose event it was, which event or document or month.
fn cause(cause: &Cause) -> [Cell; 3] {
    match cause {
        Cause::Event(key) => [Cell::own("event"), Cell::text(&key.source), Cell::text(&key.id)],
        Cause::Invoice(number) => [Cell::own("invoice"), Cell::Empty, Cell::text(number)],
        Cause::CreditNote(number) => [Cell::own("credit_note"), Cell::Empty, Cell::text(number)],
        Cause::Settlement(number) => [Cell::own("settlement"), Cell::Empty, Cell::text(number)],
        Cause::MonthClosed(day) => [Cell::own("month_closed"), Cell::Empty, Cell::own(day)],
    }
}

const fn class(account: Account) -> &'static str {
    match account.class() {
        AccountClass::Asset => "asset",
        AccountClass::Liability => "liability",
        AccountClass::Revenue => "revenue",
        AccountClass::ContraRevenue => "contra_revenue",
    }
}

fn sides(amount: Money) -> (Cell, Cell) {
    let decimal = amount.to_decimal();
    match decimal.strip_prefix('-') {
        Some(credit) => (Cell::Empty, Cell::own(credit)),
        None => (Cell::Own(decimal), Cell::Empty),
    }
}
