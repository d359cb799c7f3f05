//! A row of Cost and Usage as data; what the columns are called is in `columns`.

use std::sync::Arc;

use leasehold_types::{AcceleratorSeconds, Currency, LeaseId, Period};

use crate::focus::cell::Decimal;
use crate::focus::document::Words;

/// A row of Cost and Usage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostRow {
    /// What all rows of the document share.
    pub document: Arc<DocumentRow>,
    /// What sort of charge it is.
    pub category: ChargeCategory,
    /// Whether it corrects what was billed for an earlier period.
    pub correction: bool,
    /// What it is, in words.
    pub description: String,
    /// How often it comes.
    pub frequency: Frequency,
    /// The time that it is for.
    pub period: Period,
    /// What is billed.
    pub billed: Decimal,
    /// What it costs where use is charged with the purchase that covers it.
    pub effective: Decimal,
    /// Quantity times price, before rounding; what is billed where there is no price.
    pub contracted: Decimal,
    /// Quantity and price, where there is one.
    pub pricing: Option<Pricing>,
    /// What was consumed, and in which unit.
    pub consumed: Option<(Decimal, &'static str)>,
    /// The commitment that was purchased or used.
    pub commitment: Option<CommitmentDiscount>,
    /// The contract commitments that it counts towards, as JSON.
    pub applied: Option<String>,
    /// The line of Invoice Detail that bills it.
    pub detail_id: Option<String>,
    /// The tranche that it is about, as `lease/tranche` and by its name.
    pub resource: Option<(String, String)>,
    /// The site, where it is at one.
    pub region: Option<String>,
    /// The service: its name and its part of FOCUS's category.
    pub service: (&'static str, &'static str),
    /// Names and values for whoever groups by them, as JSON.
    pub tags: String,
    /// What FOCUS has no word for.
    pub extra: Extra,
}

/// What all rows of a document share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// Which lease.
    pub lease: LeaseId,
    /// What people call it.
    pub title: String,
    /// The version of the lease in force on the day of issue.
    pub version: u32,
    /// The zone of its civil dates.
    pub zone: String,
    /// The issuer's id.
    pub issuer_id: String,
    /// The issuer's name.
    pub issuer: String,
    /// The tenant's id.
    pub tenant_id: String,
    /// The tenant's name.
    pub tenant: String,
    /// The currency of every amount.
    pub currency: Currency,
    /// Invoice or credit note.
    pub kind: DocumentKind,
    /// Its number.
    pub number: String,
    /// The invoice that a credit note credits.
    pub credits: Option<String>,
    /// Why a credit note was issued.
    pub reason: Option<String>,
    /// The billing period, from civil day to civil day.
    pub billing: Period,
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// An invoice.
    Invoice,
    /// A credit note.
    CreditNote,
}

/// FOCUS's categories of charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChargeCategory {
    /// Use, and days of capacity.
    Usage,
    /// Fees and true-ups.
    Purchase,
    /// Tax.
    Tax,
    /// What is taken off.
    Credit,
    /// What moves between invoices by the credit balance.
    Adjustment,
}

/// How often a charge comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// Once.
    OneTime,
    /// Every period.
    Recurring,
    /// With use.
    UsageBased,
}

/// Quantity and price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pricing {
    /// FOCUS's category of prices: `Standard`, or `Committed` for what a purchase covers.
    pub category: &'static str,
    /// How much.
    pub quantity: Decimal,
    /// Of what.
    pub unit: &'static str,
    /// Of one, not below zero.
    pub price: Decimal,
    /// What is sold.
    pub sku: String,
    /// At which price.
    pub sku_price: String,
    /// What is metered.
    pub meter: &'static str,
    /// What sets the price apart, as JSON.
    pub details: String,
}

/// A commitment that was purchased or used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitmentDiscount {
    /// Its id: `lease/capacity` or `lease/commitment/name`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `Usage` for capacity, `Spend` for money.
    pub category: &'static str,
    /// `Capacity` or `Minimum commitment`.
    pub kind: &'static str,
    /// Whether it was used; none for its purchase.
    pub status: Option<&'static str>,
    /// How much of it.
    pub quantity: Option<(Decimal, String)>,
}

/// What FOCUS has no word for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extra {
    /// The line of the document.
    pub line: Option<u32>,
    /// What the line is for, by the books' word.
    pub kind: Option<&'static str>,
    /// Major units before rounding, exact.
    pub exact: Option<String>,
    /// The tranche.
    pub tranche: Option<String>,
    /// The fee phase.
    pub phase: Option<String>,
    /// The tax category, by the code of EN 16931.
    pub tax_category: Option<&'static str>,
    /// The tax rate, as a fraction.
    pub tax_rate: Option<String>,
    /// Accelerator-seconds committed.
    pub committed: Option<AcceleratorSeconds>,
    /// Of them, not delivered.
    pub undelivered: Option<AcceleratorSeconds>,
    /// Of them, recalled.
    pub recalled: Option<AcceleratorSeconds>,
    /// The recalls that overlap the charge: `[["source","id"], …]`.
    pub recalls: Option<String>,
    /// Their notice classes: `["standard", …]`.
    pub notice_classes: Option<String>,
    /// The invoices that a line corrects: `["INV-000001", …]`.
    pub corrects: Option<String>,
    /// False where a fee is owed but its amount is not disclosed.
    pub disclosed: Option<bool>,
}

impl ChargeCategory {
    /// FOCUS's word.
    pub const fn word(self) -> &'static str {
        match self {
            ChargeCategory::Usage => "Usage",
            ChargeCategory::Purchase => "Purchase",
            ChargeCategory::Tax => "Tax",
            ChargeCategory::Credit => "Credit",
            ChargeCategory::Adjustment => "Adjustment",
        }
    }
}

impl Frequency {
    /// FOCUS's word.
    pub const fn word(self) -> &'static str {
        match self {
            Frequency::OneTime => "One-Time",
            Frequency::Recurring => "Recurring",
            Frequency::UsageBased => "Usage-Based",
        }
    }
}

impl DocumentKind {
    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            DocumentKind::Invoice => "invoice",
            DocumentKind::CreditNote => "credit_note",
        }
    }
}

impl DocumentRow {
    /// The id of one of its lines, among those of all issuers.
    pub(in crate::focus) fn detail_id(&self, line: &str) -> String {
        format!("{}/{}/{line}", self.issuer_id, self.number)
    }

    /// What it is and its number, for messages.
    pub(in crate::focus) fn place(&self) -> String {
        Words(self.kind, &self.number).to_string()
    }
}
