//! Account statements: opening balance, movements, closing balance.

use leasehold_types::{BadAmount, Currency, Date, LeaseId, Money};
use serde::{Deserialize, Serialize};

use super::{Account, Cause, EntryId, Journal};

/// One account of one lease over a span of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountStatement {
    /// Which lease.
    pub lease: LeaseId,
    /// Which account.
    pub account: Account,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub through: Date,
    /// The balance before the first day; debits are positive.
    pub opening: Money,
    /// The movements, in the order of their dates, then of posting.
    pub rows: Vec<StatementRow>,
    /// The balance at the close of the last day: the opening and the movements.
    pub closing: Money,
}

/// One movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementRow {
    /// The entry.
    pub entry: EntryId,
    /// When it was booked.
    pub date: Date,
    /// What caused it.
    pub cause: Cause,
    /// What it is, in words.
    pub memo: String,
    /// How much; debits are positive.
    pub amount: Money,
    /// The balance after it.
    pub balance: Money,
}

impl Journal {
    /// The statement of one account of one lease over `from..=through`.
    ///
    /// # Errors
    /// [`BadAmount`] where a sum does not fit.
    pub fn statement(
        &self,
        lease: &LeaseId,
        account: Account,
        currency: Currency,
        from: Date,
        through: Date,
    ) -> Result<AccountStatement, BadAmount> {
        let of_it = self.entries().iter().filter(|e| e.lease() == lease && e.date() <= through);
        let mut moves: Vec<_> = of_it
            .flat_map(|e| e.postings().iter().map(move |p| (e, p)))
            .filter(|(_, p)| p.account == account && p.amount.currency() == currency)
            .collect();
        moves.sort_by_key(|(entry, _)| (entry.date(), entry.id()));
        let mut balance = Money::zero(currency);
        let mut opening = balance;
        let mut rows = Vec::new();
        for (entry, posting) in moves {
            balance = balance.checked_add(posting.amount)?;
            if entry.date() < from {
                opening = balance;
                continue;
            }
            rows.push(StatementRow {
                entry: entry.id(),
                date: entry.date(),
                cause: entry.cause().clone(),
                memo: entry.memo().to_owned(),
                amount: posting.amount,
                balance,
            });
        }
        let lease = lease.clone();
        Ok(AccountStatement { lease, account, from, through, opening, rows, closing: balance })
    }
}
