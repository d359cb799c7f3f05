//! The documents as data; how they look is for whoever prints them.

use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_types::{CURRENCY_TABLE, Currency, Date, LeaseId, Money, Ratio, TZDB_VERSION};
use serde::{Deserialize, Serialize};

use crate::rating::{Head, Quantity, TaxClass, Working};

/// An invoice before it has its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceDraft {
    /// Which lease.
    pub lease: LeaseId,
    /// The version in force on the day of issue: it names the parties and how documents are named.
    pub terms: Arc<Lease>,
    /// The day of issue.
    pub issued: Date,
    /// The day by which it is to be paid.
    pub due: Date,
    /// The first day that a line covers.
    pub from: Date,
    /// The first day after the last that a line covers.
    pub until: Date,
    /// The currency of every amount.
    pub currency: Currency,
    /// Its lines, numbered from 1; charges first.
    pub lines: Vec<BilledLine>,
    /// Tax by class. The net amounts add up to that of the lines, and none is below zero.
    pub taxes: Vec<TaxTotal>,
    /// The sum of the lines; not below zero.
    pub net: Money,
    /// The sum of the taxes.
    pub tax: Money,
    /// Net and tax.
    pub total: Money,
    /// The tables that dates and currencies were read by.
    pub tables: Tables,
}

/// An issued invoice. Nothing changes it; credit notes and payments stand beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// Its number: gapless for its issuer and prefix.
    pub number: String,
    /// Its place in that series, from 1.
    pub sequence: u64,
    /// What it says.
    pub draft: InvoiceDraft,
}

/// An issued credit note on one invoice. Its amounts are above zero where they are credited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNote {
    /// Its number: gapless for its issuer and prefix.
    pub number: String,
    /// Its place in that series, from 1.
    pub sequence: u64,
    /// The invoice that it credits.
    pub invoice: String,
    /// Why.
    pub reason: CreditReason,
    /// Which lease.
    pub lease: LeaseId,
    /// The version in force on the day of issue.
    pub terms: Arc<Lease>,
    /// The day of issue.
    pub issued: Date,
    /// The currency of every amount.
    pub currency: Currency,
    /// Its lines, numbered from 1. A line may be below zero where a correction raises one head as
    /// it lowers another; the sum is not.
    pub lines: Vec<BilledLine>,
    /// Tax by class: what was credited to date, rounded, less what was credited before.
    pub taxes: Vec<TaxTotal>,
    /// The sum of the lines.
    pub net: Money,
    /// The sum of the taxes.
    pub tax: Money,
    /// Net and tax.
    pub total: Money,
    /// The tables that dates and currencies were read by.
    pub tables: Tables,
}

/// Why a credit note was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditReason {
    /// Less was owed than was billed: late records, a backdated amendment.
    Correction,
    /// A decision, and why.
    Granted(String),
    /// The invoice is void, and why. What is owed is billed again by the next one.
    Voided(String),
}

/// A line of an invoice or a credit note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledLine {
    /// Its number on the document, from 1.
    pub number: u32,
    /// Why it is there.
    pub nature: LineNature,
    /// Under what it is billed; absent for what only moves a credit balance.
    pub head: Option<Head>,
    /// What it is, in a few words.
    pub label: String,
    /// The fee phase that prices it, where one does.
    pub phase: Option<String>,
    /// The first day that it covers.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// How much of what.
    pub quantity: Quantity,
    /// Minor units for one of the quantity, exact, where there is one price.
    pub price: Option<Ratio>,
    /// Minor units before rounding.
    pub exact: Ratio,
    /// Before tax.
    pub amount: Money,
    /// How it is taxed.
    pub tax: TaxClass,
    /// False where a fee is owed but not disclosed.
    pub disclosed: bool,
    /// How it came about.
    pub working: Working,
}

/// Why a line is on its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineNature {
    /// It is due by the schedule.
    Regular,
    /// It corrects what these invoices billed; none where that period was billed nothing.
    Correction(Vec<String>),
    /// Credits that exceed the charges, moved to the credit balance.
    CreditCarried,
    /// Credits of earlier invoices, used here.
    CreditApplied,
}

/// The tax of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxTotal {
    /// The class.
    pub class: TaxClass,
    /// What is taxed.
    pub net: Money,
    /// The tax: net times rate, rounded once.
    pub tax: Money,
}

/// The tables by which a document was computed, so that it can be reproduced elsewhere, later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tables {
    /// The version of the time-zone tables.
    pub time_zones: String,
    /// The edition of the currency table.
    pub currencies: String,
}

impl Tables {
    /// The tables inside this binary.
    pub fn in_use() -> Self {
        Tables { time_zones: TZDB_VERSION.to_owned(), currencies: CURRENCY_TABLE.to_owned() }
    }
}

impl std::ops::Deref for Invoice {
    type Target = InvoiceDraft;
    fn deref(&self) -> &InvoiceDraft {
        &self.draft
    }
}
