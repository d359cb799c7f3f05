//! Roll-forward of contract assets and liabilities between two dates.

use std::collections::BTreeMap;

use leasehold_types::{BadAmount, Currency, Date, Money};
use serde::{Deserialize, Serialize};

use crate::ledger::{Account, Cause, Entry, Journal};

/// How a balance moved from the close of one day to that of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollForward {
    /// Which account; liabilities are shown above zero.
    pub account: Account,
    /// The day at whose close the opening balance stands.
    pub from: Date,
    /// The day at whose close the closing balance stands.
    pub through: Date,
    /// The balance at the close of `from`.
    pub opening: Money,
    /// What moved it, by cause; those of nothing are left out.
    pub lines: Vec<RollForwardLine>,
    /// The balance at the close of `through`: the opening and the lines.
    pub closing: Money,
}

/// What moved a balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollForwardLine {
    /// What it is, in words.
    pub label: String,
    /// How much.
    pub amount: Money,
}

/// The roll-forward of `account` over the entries that `which` picks.
///
/// # Errors
/// [`BadAmount`] where a sum does not fit.
pub fn roll_forward(
    journal: &Journal,
    account: Account,
    currency: Currency,
    from: Date,
    through: Date,
    which: impl Fn(&Entry) -> bool,
) -> Result<RollForward, BadAmount> {
    let zero = Money::zero(currency);
    let is_liability = account.class() == crate::ledger::AccountClass::Liability;
    let mut opening = zero;
    let mut moved: BTreeMap<usize, Money> = BTreeMap::new();
    for entry in journal.entries().iter().filter(|e| e.date() <= through && which(e)) {
        for posting in entry.postings() {
            if posting.account != account || posting.amount.currency() != currency {
                continue;
            }
            let amount =
                if is_liability { zero.checked_sub(posting.amount)? } else { posting.amount };
            if entry.date() <= from {
                opening = opening.checked_add(amount)?;
            } else {
                let sum = moved.entry(cause(entry.cause())).or_insert(zero);
                *sum = sum.checked_add(amount)?;
            }
        }
    }
    let closing = moved.values().try_fold(opening, |sum, amount| sum.checked_add(*amount))?;
    let lines = moved.into_iter().filter(|(_, amount)| !amount.is_zero());
    let lines = lines.map(|(i, amount)| RollForwardLine { label: CAUSES[i].to_owned(), amount });
    Ok(RollForward { account, from, through, opening, lines: lines.collect(), closing })
}

const CAUSES: [&str; 4] = ["invoices issued", "credit notes issued", "revenue recognised", "other"];

const fn cause(cause: &Cause) -> usize {
    match cause {
        Cause::Invoice(_) => 0,
        Cause::CreditNote(_) => 1,
        Cause::MonthClosed(_) => 2,
        Cause::Event(_) | Cause::Settlement(_) => 3,
    }
}
