//! A rated line: the amount, exact and rounded, and how it came about.

use leasehold_types::{Date, Money, Ratio};
use serde::{Deserialize, Serialize};

use super::Head;

/// Something that is owed, or taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatedLine {
    /// Under what it is billed.
    pub head: Head,
    /// The fee phase that prices it, where one does.
    pub phase: Option<String>,
    /// The first day that it covers.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// Minor units before rounding; below zero where it is taken off.
    pub exact: Ratio,
    /// Rounded once.
    pub amount: Money,
    /// How much of what.
    pub quantity: Quantity,
    /// Minor units for one of the quantity, exact, where there is one price: then the amount is
    /// the quantity times the price, rounded.
    pub price: Option<Ratio>,
    /// False where a fee is owed but not disclosed.
    pub disclosed: bool,
    /// The day on which it is invoiced.
    pub invoiced_on: Date,
    /// The day by which it is to be paid, where the contract's schedule says so.
    pub due_on: Option<Date>,
    /// How it came about.
    pub working: Working,
}

/// How much of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// How much.
    pub value: Ratio,
    /// Of what.
    pub unit: QuantityUnit,
}

/// What a quantity counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuantityUnit {
    /// The thing itself, once.
    One,
    /// Accelerator-hours.
    AcceleratorHour,
    /// Millions of tokens.
    MillionTokens,
}

/// How an amount came about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Working {
    /// The rule, by name and place in the term sheet.
    pub rule: String,
    /// What went in.
    pub inputs: Vec<Input>,
    /// The arithmetic in words.
    pub text: String,
}

/// Something that went into an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// What it is.
    pub name: String,
    /// Its value, with its unit.
    pub value: String,
}

impl Quantity {
    /// The thing itself, once.
    pub const ONE: Quantity = Quantity { value: Ratio::ONE, unit: QuantityUnit::One };
}

impl Working {
    /// With one more input.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.inputs.push(Input { name: name.to_owned(), value: value.to_string() });
        self
    }

    /// By the rule of that name.
    pub fn by(rule: impl Into<String>) -> Self {
        Working { rule: rule.into(), ..Working::default() }
    }

    /// In words.
    #[must_use]
    pub fn saying(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }
}
