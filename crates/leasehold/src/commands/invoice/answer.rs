//! Documents as JSON. Amounts are decimal strings in major units.

use leasehold_books::Books;
use leasehold_books::invoice::{
    BilledLine, CreditReason, LineNature, SettledBy, Standing, TaxTotal,
};
use leasehold_books::rating::{ChargeKind, QuantityUnit};
use leasehold_types::{BadAmount, Currency, Date, Money};
use serde::Serialize;

use super::document::{Document, settled_by};

/// An invoice or a credit note.
#[derive(Serialize)]
pub(crate) struct DocumentEntry<'a> {
    kind: &'static str,
    number: &'a str,
    lease: &'a str,
    version: u32,
    owner: &'a str,
    tenant: &'a str,
    issued: Date,
    /// The day by which it is to be paid; of an invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Date>,
    /// The first day that it covers, and the first after; of an invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    period_start: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period_end: Option<Date>,
    /// Which invoice it credits; of a credit note.
    #[serde(skip_serializing_if = "Option::is_none")]
    credits: Option<&'a str>,
    /// `correction`, `granted` or `voided`; of a credit note.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    /// Why a person wanted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    currency: Currency,
    lines: Vec<LineEntry<'a>>,
    taxes: Vec<TaxEntry<'a>>,
    net: String,
    tax: String,
    total: String,
    /// What is still to be paid; of an invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<String>,
    /// `open`, `partly_settled`, `overdue` or `settled`; of an invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overdue_days: Option<u32>,
    settlements: Vec<SettlementEntry>,
    time_zone_tables: &'a str,
    currency_tables: &'a str,
}

#[derive(Serialize)]
struct LineEntry<'a> {
    line: u32,
    label: &'a str,
    kind: Option<ChargeKind>,
    /// `regular`, `correction`, `credit_carried` or `credit_applied`.
    nature: &'static str,
    corrects: &'a [String],
    tranche: Option<&'a str>,
    phase: Option<&'a str>,
    period_start: Date,
    period_end: Date,
    quantity: String,
    unit: QuantityUnit,
    /// Major units before rounding, as a fraction where it is no decimal.
    exact: String,
    amount: String,
    tax_category: &'static str,
    tax_rate: String,
    disclosed: bool,
}

#[derive(Serialize)]
struct TaxEntry<'a> {
    category: &'static str,
    rate: String,
    exemption: Option<&'a str>,
    net: String,
    tax: String,
}

#[derive(Serialize)]
struct SettlementEntry {
    date: Date,
    amount: String,
    by: &'static str,
    words: String,
}

impl<'a> DocumentEntry<'a> {
    /// The document as it stands at the close of `at`.
    pub(crate) fn of(
        document: Document<'a>,
        books: &'a Books,
        at: Date,
    ) -> Result<Self, BadAmount> {
        let standing = document.standing(books, at)?;
        let (invoice, note) = match document {
            Document::Invoice(invoice) => (Some(invoice), None),
            Document::CreditNote(note) => (None, Some(note)),
        };
        let tables = invoice.map(|i| &i.tables).or(note.map(|n| &n.tables));
        let [net, tax, total] = document.sums();
        let terms = document.terms();
        let settlements = document.settled(books, at).into_iter().map(|settled| SettlementEntry {
            date: settled.date,
            amount: settled.amount.to_decimal(),
            by: by(&settled.by),
            words: settled_by(&settled.by),
        });
        Ok(DocumentEntry {
            kind: if invoice.is_some() { "invoice" } else { "credit_note" },
            number: document.number(),
            lease: document.lease().as_str(),
            version: terms.version,
            owner: terms.owner.id.as_str(),
            tenant: terms.tenant.id.as_str(),
            issued: document.issued(),
            due: document.due(),
            period_start: invoice.map(|invoice| invoice.from),
            period_end: invoice.map(|invoice| invoice.until),
            credits: note.map(|note| note.invoice.as_str()),
            cause: note.map(|note| cause(&note.reason)),
            reason: document.reason(),
            currency: net.currency(),
            lines: document.lines().iter().map(LineEntry::of).collect::<Result<_, _>>()?,
            taxes: document.taxes().iter().map(TaxEntry::of).collect(),
            net: net.to_decimal(),
            tax: tax.to_decimal(),
            total: total.to_decimal(),
            open: standing.as_ref().map(|standing| standing.open.to_decimal()),
            standing: standing.as_ref().map(|standing| word(standing.standing)),
            overdue_days: standing.and_then(|standing| match standing.standing {
                Standing::Overdue(days) => Some(days),
                _ => None,
            }),
            settlements: settlements.collect(),
            time_zone_tables: tables.map_or("", |tables| &tables.time_zones),
            currency_tables: tables.map_or("", |tables| &tables.currencies),
        })
    }
}

impl<'a> LineEntry<'a> {
    fn of(line: &'a BilledLine) -> Result<Self, BadAmount> {
        let head = line.head.as_ref();
        let (nature, corrects): (_, &[String]) = match &line.nature {
            LineNature::Regular => ("regular", &[]),
            LineNature::Correction(of) => ("correction", of),
            LineNature::CreditCarried => ("credit_carried", &[]),
            LineNature::CreditApplied => ("credit_applied", &[]),
        };
        let major = leasehold_types::Ratio::whole(line.amount.currency().minor_per_major());
        Ok(LineEntry {
            line: line.number,
            label: &line.label,
            kind: head.map(|head| head.kind),
            nature,
            corrects,
            tranche: head.and_then(|head| head.tranche.as_ref()).map(|tranche| tranche.as_str()),
            phase: line.phase.as_deref(),
            period_start: line.from,
            period_end: line.until,
            quantity: line.quantity.value.to_string(),
            unit: line.quantity.unit,
            exact: line.exact.checked_div(major)?.to_string(),
            amount: line.amount.to_decimal(),
            tax_category: line.tax.category.code(),
            tax_rate: line.tax.rate.to_string(),
            disclosed: line.disclosed,
        })
    }
}

impl<'a> TaxEntry<'a> {
    fn of(tax: &'a TaxTotal) -> Self {
        let decimal = Money::to_decimal;
        TaxEntry {
            category: tax.class.category.code(),
            rate: tax.class.rate.to_string(),
            exemption: tax.class.exemption.as_deref(),
            net: decimal(tax.net),
            tax: decimal(tax.tax),
        }
    }
}

const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::PartlySettled => "partly_settled",
        Standing::Overdue(_) => "overdue",
        Standing::Settled => "settled",
    }
}

const fn cause(reason: &CreditReason) -> &'static str {
    match reason {
        CreditReason::Correction => "correction",
        CreditReason::Granted(_) => "granted",
        CreditReason::Voided(_) => "voided",
    }
}

const fn by(by: &SettledBy) -> &'static str {
    match by {
        SettledBy::Payment(_) => "payment",
        SettledBy::OnAccount => "on_account",
        SettledBy::Prepayment => "prepayment",
        SettledBy::Deposit(_) => "deposit",
        SettledBy::CreditNote(_) => "credit_note",
    }
}
