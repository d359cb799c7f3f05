//! What is owed: phases, deposits, prepayments.

use leasehold_types::{Date, Money, Ratio, TrancheId};
use serde::{Deserialize, Serialize};

/// A price from a date on, until the next phase of the same cover or the lease's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeePhase {
    /// What people call it: `ramp`, `full`.
    pub name: String,
    /// The first day on which it applies.
    pub from: Date,
    /// What it charges for.
    pub covers: Covers,
    /// The price.
    pub price: Price,
    /// When it is invoiced.
    pub timing: FeeTiming,
    /// Days from the invoice to its due date.
    pub days_to_pay: u16,
}

/// What a phase charges for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Covers {
    /// All tranches together.
    Whole,
    /// One tranche.
    Tranche(TrancheId),
}

/// A price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Price {
    /// A fixed amount a month, and the share of it that this phase charges (a ramp step of 50 %).
    Monthly {
        /// The whole amount.
        amount: Money,
        /// The share charged; 1 outside a ramp.
        share: Ratio,
    },
    /// An amount for each committed and delivered accelerator-hour, in minor units, exact.
    PerAcceleratorHour {
        /// Minor units an accelerator-hour.
        minor: Ratio,
    },
    /// A fee is owed but its amount is not known (a ramp that the parties did not disclose). It is
    /// left out of every sum, and every sum that leaves it out says so.
    Undisclosed,
}

/// When a phase is invoiced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeTiming {
    /// As the billing period begins.
    InAdvance,
    /// As it ends.
    #[default]
    InArrears,
}

/// Money held as security and given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// How much.
    pub amount: Money,
    /// When it is due.
    pub due: Date,
    /// Days after the lease's end within which it is given back.
    pub returned_within_days: u16,
}

/// Money paid ahead and used up against invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepayment {
    /// How much.
    pub amount: Money,
    /// When it is due.
    pub due: Date,
    /// The first day whose fees it pays.
    pub draw_from: Date,
    /// How it is used up.
    pub draw_down: DrawDown,
}

/// How a prepayment is used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawDown {
    /// Each invoice in full, until nothing is left.
    InFull,
    /// This share of each invoice.
    Share(Ratio),
    /// At most this much of each invoice.
    UpTo(Money),
}
