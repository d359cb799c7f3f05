//! How an invoice is settled: by payments, credit notes, and money that was there before.

use leasehold_types::{BadAmount, Date, Money};
use serde::{Deserialize, Serialize};

use crate::event::EventKey;

use super::Invoice;

/// Something that settles part of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// When.
    pub date: Date,
    /// How much.
    pub amount: Money,
    /// By what.
    pub by: SettledBy,
}

/// What settles part of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettledBy {
    /// A payment.
    Payment(EventKey),
    /// Money on account: paid in excess before, or credited once paid.
    OnAccount,
    /// A prepayment, by its draw-down.
    Prepayment,
    /// The deposit, by an allocation.
    Deposit(EventKey),
    /// A credit note.
    CreditNote(String),
}

/// Where an invoice stands at the close of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingAt {
    /// The day.
    pub at: Date,
    /// What is still to be paid; not below zero.
    pub open: Money,
    /// In a word.
    pub standing: Standing,
}

/// Where an invoice stands, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing was settled, and it is not late.
    Open,
    /// Part was settled, and the rest is not late.
    PartlySettled,
    /// Something is open, and the due day is past by so many days.
    Overdue(u32),
    /// Nothing is open.
    Settled,
}

impl Invoice {
    /// Where the invoice stands at the close of `at`, given all that settled it.
    ///
    /// # Errors
    /// [`BadAmount`] where a sum does not fit.
    pub fn standing(&self, settled: &[Settlement], at: Date) -> Result<StandingAt, BadAmount> {
        let until = settled.iter().filter(|s| s.date <= at).map(|s| s.amount);
        let sum = Money::sum(self.currency, until)?;
        let open = self.total.checked_sub(sum)?;
        let late = leasehold_types::days_between(self.due, at);
        let standing = if open.is_zero() {
            Standing::Settled
        } else if late > 0 {
            Standing::Overdue(u32::try_from(late).unwrap_or(u32::MAX))
        } else if sum.is_zero() {
            Standing::Open
        } else {
            Standing::PartlySettled
        };
        Ok(StandingAt { at, open, standing })
    }
}
