//! What a tenant sees of the books: its statement of account, and what is open and how late it is.
//!
//! Both are functions of the journal, the documents and a date; nothing is kept for them.

use std::collections::BTreeSet;

use leasehold_types::{BadAmount, Currency, Date, LeaseId, Money, TenantId};
use serde::{Deserialize, Serialize};

use crate::event::EventKey;
use crate::invoice::StandingAt;
use crate::ledger::{Account, Cause, Entry};

use super::Books;

/// The statement of account of one tenant over all its leases, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantAccount {
    /// Whose.
    pub tenant: TenantId,
    /// The currency of every amount.
    pub currency: Currency,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub through: Date,
    /// What the tenant owed before the first day; below zero where it had paid more.
    pub opening: Money,
    /// Documents and payments, in the order of their days, then of booking.
    pub rows: Vec<AccountRow>,
    /// What it owes at the close of the last day: the opening and the rows.
    pub closing: Money,
    /// Security held at the close of the last day; no part of the balance.
    pub deposits: Money,
    /// What is left of prepayments then; no part of the balance until invoices draw on it.
    pub prepayments: Money,
    /// Credits, before tax, that no invoice could use by then; no part of the balance.
    pub credits: Money,
}

/// A movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// When it was booked.
    pub date: Date,
    /// Which lease.
    pub lease: LeaseId,
    /// What it is.
    pub item: AccountItem,
    /// The day by which it is to be paid, of an invoice.
    pub due: Option<Date>,
    /// What it adds to what the tenant owes.
    pub amount: Money,
    /// What the tenant owes after it.
    pub balance: Money,
}

/// What moved the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountItem {
    /// An invoice, by its number.
    Invoice(String),
    /// A credit note, by its number.
    CreditNote(String),
    /// A prepayment or a deposit put against this invoice.
    Settlement(String),
    /// A payment, a refund, or one that was taken back; by its event.
    Money(EventKey),
}

/// An invoice on which something is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInvoice {
    /// Its number.
    pub number: String,
    /// Which lease.
    pub lease: LeaseId,
    /// Who owes it.
    pub tenant: TenantId,
    /// The day by which it is to be paid.
    pub due: Date,
    /// What it came to.
    pub total: Money,
    /// Where it stands.
    pub standing: StandingAt,
}

impl Books {
    /// The statement of account of `tenant` over `from..=through`.
    ///
    /// # Errors
    /// [`BadAmount`] where a sum does not fit.
    pub fn tenant_account(
        &self,
        tenant: &TenantId,
        currency: Currency,
        from: Date,
        through: Date,
    ) -> Result<TenantAccount, BadAmount> {
        let mut moves = self.moves(tenant, currency, through)?;
        moves.sort_by_key(|row| row.date);
        let mut balance = Money::zero(currency);
        let mut opening = balance;
        let mut rows = Vec::new();
        for row in moves {
            balance = balance.checked_add(row.amount)?;
            if row.date < from {
                opening = balance;
            } else {
                rows.push(AccountRow { balance, ..row });
            }
        }
        let of_it = |entry: &Entry| entry.tenant() == tenant;
        let balances = self.journal().balances(through, of_it)?;
        let zero = Money::zero(currency);
        let held = |account| {
            let held = balances.get(&(account, currency)).copied().unwrap_or(zero);
            zero.checked_sub(held)
        };
        Ok(TenantAccount {
            tenant: tenant.clone(),
            currency,
            from,
            through,
            opening,
            rows,
            closing: balance,
            deposits: held(Account::DepositsHeld)?,
            prepayments: held(Account::Prepayments)?,
            credits: held(Account::CustomerCredit)?,
        })
    }

    /// Everything that moved what the tenant owes through a day, without balances; documents that
    /// came to nothing stand there too.
    fn moves(
        &self,
        tenant: &TenantId,
        currency: Currency,
        through: Date,
    ) -> Result<Vec<AccountRow>, BadAmount> {
        let zero = Money::zero(currency);
        let mut rows = Vec::new();
        let mut seen: BTreeSet<(LeaseId, String)> = BTreeSet::new();
        let entries = self.journal().entries().iter();
        for entry in entries.filter(|e| e.tenant() == tenant && e.date() <= through) {
            let owed = entry.postings().iter().filter(|p| {
                let account = matches!(p.account, Account::Receivable | Account::OnAccount);
                account && p.amount.currency() == currency
            });
            let amount = Money::sum(currency, owed.map(|posting| posting.amount))?;
            if amount.is_zero() {
                continue;
            }
            let item = match entry.cause() {
                Cause::Invoice(number) => AccountItem::Invoice(number.clone()),
                Cause::CreditNote(number) => AccountItem::CreditNote(number.clone()),
                Cause::Settlement(number) => AccountItem::Settlement(number.clone()),
                Cause::Event(key) => AccountItem::Money(key.clone()),
                Cause::MonthClosed(_) => continue,
            };
            if let AccountItem::Invoice(number) | AccountItem::CreditNote(number) = &item {
                seen.insert((entry.lease().clone(), number.clone()));
            }
            let (date, lease) = (entry.date(), entry.lease().clone());
            rows.push(AccountRow { date, lease, item, due: None, amount, balance: zero });
        }
        let mut document = |lease: &LeaseId, date, item: AccountItem, number: &String| {
            if !seen.contains(&(lease.clone(), number.clone())) {
                let lease = lease.clone();
                rows.push(AccountRow { date, lease, item, due: None, amount: zero, balance: zero });
            }
        };
        for invoice in self.invoices() {
            let of_it =
                invoice.currency == currency && self.tenant_of(&invoice.lease) == Some(tenant);
            if of_it && invoice.issued <= through {
                let item = AccountItem::Invoice(invoice.number.clone());
                document(&invoice.lease, invoice.issued, item, &invoice.number);
            }
        }
        for note in self.credit_notes() {
            let of_it = note.currency == currency && self.tenant_of(&note.lease) == Some(tenant);
            if of_it && note.issued <= through {
                let item = AccountItem::CreditNote(note.number.clone());
                document(&note.lease, note.issued, item, &note.number);
            }
        }
        for row in &mut rows {
            if let AccountItem::Invoice(number) = &row.item {
                row.due = self.invoice_of(&row.lease, number).map(|invoice| invoice.due);
            }
        }
        Ok(rows)
    }

    fn tenant_of(&self, lease: &LeaseId) -> Option<&TenantId> {
        self.lease(lease).map(|book| &book.first.tenant.id)
    }

    /// Every invoice on which something is open at the close of `at`, the longest due first.
    ///
    /// # Errors
    /// [`BadAmount`] where a sum does not fit.
    pub fn open_invoices(&self, at: Date) -> Result<Vec<OpenInvoice>, BadAmount> {
        let mut open = Vec::new();
        for invoice in self.invoices().iter().filter(|invoice| invoice.issued <= at) {
            let standing = invoice.standing(self.settled(invoice), at)?;
            if standing.open.is_zero() {
                continue;
            }
            let tenant = self.tenant_of(&invoice.lease).unwrap_or(&invoice.terms.tenant.id);
            open.push(OpenInvoice {
                number: invoice.number.clone(),
                lease: invoice.lease.clone(),
                tenant: tenant.clone(),
                due: invoice.due,
                total: invoice.total,
                standing,
            });
        }
        open.sort_by_key(|invoice| invoice.due);
        Ok(open)
    }
}
