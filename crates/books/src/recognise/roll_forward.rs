//! Roll-forward of contract assets and liabilities, quarter by quarter.

use std::collections::BTreeMap;

use leasehold_types::{BadAmount, Currency, Date, LeaseId, Money};
use serde::{Deserialize, Serialize};

use crate::ledger::{Account, AccountClass, Cause, Entry, Journal};

/// The accounts that hold the difference of billing and recognition.
pub const POSITIONS: [Account; 4] = [
    Account::ContractAsset,
    Account::ContractLiability,
    Account::AccruedRent,
    Account::DeferredRevenue,
];

/// How a balance moved over some days. Balances of liabilities are shown above zero, and what
/// lowers a balance below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollForward {
    /// Which account.
    pub account: Account,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub through: Date,
    /// The balance before the first day.
    pub opening: Money,
    /// By invoices.
    pub invoices: Money,
    /// By credit notes.
    pub credit_notes: Money,
    /// By revenue recognised.
    pub recognised: Money,
    /// By anything else.
    pub other: Money,
    /// The balance at the close of the last day: the opening and what moved it.
    pub closing: Money,
    /// Of the revenue recognised, what the opening balance of a liability held: for each lease the
    /// lesser of the two, for what was billed first is earned first. Nothing for assets.
    pub recognised_from_opening: Money,
}

/// What moved one balance.
#[derive(Debug, Clone, Copy)]
struct Moved {
    invoices: Money,
    credit_notes: Money,
    recognised: Money,
    other: Money,
}

type Moves = BTreeMap<(Account, LeaseId), BTreeMap<usize, Moved>>;

/// The roll-forwards of every position account that the entries that `which` picks have used, over
/// adjacent spans of days in order: first and last day of each. Costs one pass over the journal.
/// What is booked after the last span is left out.
///
/// # Errors
/// [`BadAmount`] where a sum does not fit.
pub fn roll_forwards(
    journal: &Journal,
    currency: Currency,
    spans: &[(Date, Date)],
    which: impl Fn(&Entry) -> bool,
) -> Result<Vec<RollForward>, BadAmount> {
    let moves = moves(journal, currency, spans, which)?;
    let zero = Money::zero(currency);
    let mut sums: BTreeMap<(Account, usize), RollForward> = BTreeMap::new();
    for ((account, _), by_span) in &moves {
        let mut opening = match by_span.get(&0) {
            Some(before) => before.sum()?,
            None => zero,
        };
        for (i, (from, through)) in spans.iter().enumerate() {
            let moved = by_span.get(&(i + 1)).copied().unwrap_or(Moved::none(zero));
            let sum = sums.entry((*account, i)).or_insert_with(|| RollForward {
                account: *account,
                from: *from,
                through: *through,
                opening: zero,
                invoices: zero,
                credit_notes: zero,
                recognised: zero,
                other: zero,
                closing: zero,
                recognised_from_opening: zero,
            });
            opening = sum.add(opening, moved)?;
        }
    }
    Ok(sums.into_values().collect())
}

/// What moved each balance: before the first span under 0, then span by span.
fn moves(
    journal: &Journal,
    currency: Currency,
    spans: &[(Date, Date)],
    which: impl Fn(&Entry) -> bool,
) -> Result<Moves, BadAmount> {
    let zero = Money::zero(currency);
    let mut moves = Moves::new();
    for entry in journal.entries().iter().filter(|entry| which(entry)) {
        let place = spans.partition_point(|(from, _)| *from <= entry.date());
        if place == spans.len() && spans.last().is_some_and(|(_, last)| entry.date() > *last) {
            continue;
        }
        for posting in entry.postings() {
            if !POSITIONS.contains(&posting.account) || posting.amount.currency() != currency {
                continue;
            }
            let amount = match posting.account.class() {
                AccountClass::Liability => zero.checked_sub(posting.amount)?,
                _ => posting.amount,
            };
            let by_span = moves.entry((posting.account, entry.lease().clone())).or_default();
            by_span.entry(place).or_insert(Moved::none(zero)).add(entry.cause(), amount)?;
        }
    }
    Ok(moves)
}

impl Moved {
    const fn none(zero: Money) -> Self {
        Moved { invoices: zero, credit_notes: zero, recognised: zero, other: zero }
    }

    fn add(&mut self, cause: &Cause, amount: Money) -> Result<(), BadAmount> {
        let sum = match cause {
            Cause::Invoice(_) => &mut self.invoices,
            Cause::CreditNote(_) => &mut self.credit_notes,
            Cause::MonthClosed(_) => &mut self.recognised,
            Cause::Event(_) | Cause::Settlement(_) => &mut self.other,
        };
        *sum = sum.checked_add(amount)?;
        Ok(())
    }

    fn sum(self) -> Result<Money, BadAmount> {
        let parts = [self.invoices, self.credit_notes, self.recognised, self.other];
        Money::sum(self.invoices.currency(), parts)
    }
}

impl RollForward {
    /// Adds a lease that opened with `opening`; gives what it closed with.
    fn add(&mut self, opening: Money, moved: Moved) -> Result<Money, BadAmount> {
        let zero = Money::zero(opening.currency());
        let closing = opening.checked_add(moved.sum()?)?;
        let earned = zero.checked_sub(moved.recognised)?;
        let from_opening = if earned.minor() < opening.minor() { earned } else { opening };
        let is_liability = self.account.class() == AccountClass::Liability;
        if is_liability && !from_opening.is_negative() {
            self.recognised_from_opening =
                self.recognised_from_opening.checked_add(from_opening)?;
        }
        for (sum, part) in [
            (&mut self.opening, opening),
            (&mut self.invoices, moved.invoices),
            (&mut self.credit_notes, moved.credit_notes),
            (&mut self.recognised, moved.recognised),
            (&mut self.other, moved.other),
            (&mut self.closing, closing),
        ] {
            *sum = sum.checked_add(part)?;
        }
        Ok(closing)
    }
}
