//! A statement of account: what moved it, what is open, what is held.

use std::sync::Arc;

use leasehold_books::Books;
use leasehold_books::book::{AccountItem, AccountRow, OpenInvoice, TenantAccount};
use leasehold_books::invoice::Standing;
use leasehold_contract::Lease;
use leasehold_types::{BadAmount, Currency, Date, Money, TenantId};

use super::words::{amount, day};
use super::{Fact, Head, Headline, Paper, Party, country, fact, zero};
use crate::pdf::file::Metadata;

/// A statement of account in words.
pub(in crate::pdf) struct Statement {
    pub(in crate::pdf) head: Head,
    pub(in crate::pdf) tables: Vec<Table>,
    pub(in crate::pdf) paper: Paper,
    pub(in crate::pdf) metadata: Metadata,
}

/// A plain table.
pub(in crate::pdf) struct Table {
    pub(in crate::pdf) title: String,
    pub(in crate::pdf) columns: Vec<Column>,
    pub(in crate::pdf) rows: Vec<TableRow>,
}

/// A row, with a cell for each column.
pub(in crate::pdf) struct TableRow {
    pub(in crate::pdf) cells: Vec<String>,
    pub(in crate::pdf) strong: bool,
}

/// A column by its name: of words on one line, of the words that take the rest of the width, or of
/// amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pdf) enum Column {
    Words(&'static str),
    Rest(&'static str),
    Amounts(&'static str),
}

impl Column {
    pub(in crate::pdf) const fn name(self) -> &'static str {
        match self {
            Column::Words(name) | Column::Rest(name) | Column::Amounts(name) => name,
        }
    }
}

impl Statement {
    /// The statement of a tenant over `from..=through`; `terms` are those of its leases.
    pub(in crate::pdf) fn of(
        books: &Books,
        terms: &[Arc<Lease>],
        tenant: &TenantId,
        currency: Currency,
        (from, through): (Date, Date),
    ) -> Result<Option<Statement>, BadAmount> {
        let Some(latest) = terms.last() else { return Ok(None) };
        let account = books.tenant_account(tenant, currency, from, through)?;
        let mut open = books.open_invoices(through)?;
        open.retain(|i| i.tenant == *tenant && i.total.currency() == currency);
        let overdue = open.iter().filter(|i| matches!(i.standing.standing, Standing::Overdue(_)));
        let overdue = Money::sum(currency, overdue.map(|i| i.standing.open))?;
        let mut facts = vec![
            fact("From", day(from)),
            fact("Through", day(through)),
            fact("Currency", currency.to_string()),
            fact("Leases", leases(terms)),
        ];
        facts.extend(held(&account));
        let head = Head {
            title: "Statement of account",
            number: format!("as of {}", day(through)),
            issued: day(through),
            foot: day(through),
            addressed: "For",
            seller: Party::of(&latest.owner),
            buyer: Party::of(&latest.tenant),
            facts,
            headline: headline(account.closing, overdue),
            remark: None,
        };
        let metadata = Metadata {
            title: format!("Statement of account as of {}", day(through)),
            author: latest.owner.name.clone(),
            subject: format!("{}, {currency}, from {}", latest.tenant.name, day(from)),
            issued: through,
        };
        let mut tables = vec![movements(&account)?];
        if !open.is_empty() {
            tables.push(open_invoices(&open));
        }
        let paper = Paper::of_country(country(&latest.tenant));
        Ok(Some(Statement { head, tables, paper, metadata }))
    }
}

fn leases(terms: &[Arc<Lease>]) -> String {
    terms.iter().map(|lease| lease.id.to_string()).collect::<Vec<_>>().join(", ")
}

fn headline(closing: Money, overdue: Money) -> Headline {
    let owes = !closing.is_negative();
    let label = if owes { "Balance to be paid" } else { "Balance in your favour" };
    let shown = if owes { closing.to_string() } else { closing.to_string().replacen('-', "", 1) };
    let beside = if overdue.is_zero() {
        "nothing is overdue".to_owned()
    } else {
        format!("{overdue} overdue")
    };
    Headline { label: label.to_owned(), amount: shown, beside }
}

fn movements(account: &TenantAccount) -> Result<Table, BadAmount> {
    let strong = |what: &str, on: String, balance: Money| TableRow {
        cells: vec![
            on,
            what.to_owned(),
            String::new(),
            String::new(),
            String::new(),
            amount(balance),
        ],
        strong: true,
    };
    let mut rows = vec![strong("Opening balance", day(account.from), account.opening)];
    for row in &account.rows {
        rows.push(movement(row, account.currency)?);
    }
    rows.push(strong("Closing balance", day(account.through), account.closing));
    Ok(Table {
        title: "Movements".to_owned(),
        columns: vec![
            Column::Words("Date"),
            Column::Rest("What"),
            Column::Words("Due"),
            Column::Amounts("Charged"),
            Column::Amounts("Credited or paid"),
            Column::Amounts("Balance"),
        ],
        rows,
    })
}

fn movement(row: &AccountRow, currency: Currency) -> Result<TableRow, BadAmount> {
    let (charged, credited) = if row.amount.is_negative() {
        (String::new(), amount(zero(currency).checked_sub(row.amount)?))
    } else {
        (amount(row.amount), String::new())
    };
    let due = row.due.map(day).unwrap_or_default();
    let cells = vec![day(row.date), what(row), due, charged, credited, amount(row.balance)];
    Ok(TableRow { cells, strong: false })
}

fn what(row: &AccountRow) -> String {
    match &row.item {
        AccountItem::Invoice(number) => format!("Invoice {number}, lease {}", row.lease),
        AccountItem::CreditNote(number) => format!("Credit note {number}, lease {}", row.lease),
        AccountItem::Settlement(number) => {
            format!("Prepayment or deposit put against invoice {number}")
        }
        AccountItem::Money(key) if row.amount.is_negative() => {
            format!("Payment, {} {}", key.source, key.id)
        }
        AccountItem::Money(key) => {
            format!("Refund, or payment taken back, {} {}", key.source, key.id)
        }
    }
}

fn open_invoices(open: &[OpenInvoice]) -> Table {
    let row = |invoice: &OpenInvoice| TableRow {
        cells: vec![
            invoice.number.clone(),
            standing(invoice.standing.standing),
            day(invoice.due),
            amount(invoice.total),
            amount(invoice.standing.open),
        ],
        strong: false,
    };
    Table {
        title: "Open invoices".to_owned(),
        columns: vec![
            Column::Words("Invoice"),
            Column::Rest("Standing"),
            Column::Words("Due"),
            Column::Amounts("Total"),
            Column::Amounts("Open"),
        ],
        rows: open.iter().map(row).collect(),
    }
}

fn standing(standing: Standing) -> String {
    match standing {
        Standing::Open => "open".to_owned(),
        Standing::PartlySettled => "settled in part".to_owned(),
        Standing::Overdue(1) => "overdue by 1 day".to_owned(),
        Standing::Overdue(days) => format!("overdue by {days} days"),
        Standing::Settled => "settled".to_owned(),
    }
}

/// What is held beside the balance: security, prepayments, and credits before tax.
fn held(account: &TenantAccount) -> Vec<Fact> {
    let held = [
        ("Held as security", account.deposits),
        ("Left of prepayments", account.prepayments),
        ("Unused credits", account.credits),
    ];
    let said = held.into_iter().filter(|(_, sum)| !sum.is_zero());
    said.map(|(what, sum)| fact(what, amount(sum))).collect()
}
