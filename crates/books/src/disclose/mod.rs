//! Disclosures at a date: arithmetic on judgements that people made, not accounting advice.
//!
//! [`disclose`] reads the books as they are closed on the reporting date and gives plain data: the
//! four lines with how one becomes the next, when they fall due, whose revenue it was, how contract
//! assets and liabilities moved, revenue by quarter, what a notice would cost. Whoever prints it
//! computes nothing. Currencies are never added: everything is by currency.
//!
//! What lies ahead is the contract's answer, lease by lease; what lies behind is the journal's.
//! Nothing here works out a date or an amount of a lease. Fees that are not disclosed are in no sum,
//! and every sum says which ones; so are leases that cannot be computed.

mod anonymous;
mod booked;
mod concentration;
mod error;
mod exposure;
mod judgements;
mod leases;
mod lines;
mod losses;
mod names;
mod options;
mod quarters;
mod revenue;
mod sites;
mod sums;
mod view;

use std::collections::BTreeSet;

use leasehold_types::{Currency, Date};
use serde::{Deserialize, Serialize};

use crate::book::Books;
use crate::dates::next_day;
use crate::invoice::Tables;
use crate::recognise::{RollForward, roll_forwards};

pub use concentration::{Concentration, Others, TenantShare};
pub use error::DisclosureError;
pub use exposure::{LeaseExposure, Outlook, PenaltyDue, Possible};
pub use judgements::{LeaseJudgements, PenaltyJudgement, Relation};
pub use leases::{LeftOut, UndisclosedFee};
pub use lines::{BandLine, Figures, LeaseLines, Lines, LinesSum, Step, TenantLines};
pub use losses::{Exposure, Loss, RunRateStep};
pub use names::Named;
pub use options::{BAND_MONTHS_MAX, BANDS_MAX, DisclosureOptions};
pub use quarters::{QUARTERS_MAX, Span};
pub use revenue::{KindAmount, QuarterRevenue, Revenue, SiteAmount, TenantAmount};

use booked::Booked;
use leases::Leases;

/// What is disclosed at the close of a reporting date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosures {
    /// The reporting date: everything is as it was known at its close.
    pub at: Date,
    /// What the reader chose.
    pub options: DisclosureOptions,
    /// Whether tenants and leases are lettered.
    pub is_anonymous: bool,
    /// By currency.
    pub currencies: Vec<InCurrency>,
    /// The judgements on which all this rests, lease by lease.
    pub judgements: Vec<LeaseJudgements>,
    /// Leases that are in no sum of what lies ahead.
    pub left_out: Vec<LeftOut>,
    /// What all this is, and is not.
    pub advice: String,
    /// The tables by which it was computed.
    pub tables: Tables,
}

/// Everything of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InCurrency {
    /// Which currency.
    pub currency: Currency,
    /// The four lines.
    pub lines: Lines,
    /// Tenants that bring a large share of revenue: over the quarter, the year to date and twelve
    /// months.
    pub concentration: Vec<Concentration>,
    /// How contract assets and liabilities moved, and accrued and deferred rent: by account, then
    /// quarter.
    pub positions: Vec<RollForward>,
    /// Revenue by quarter.
    pub revenue: Revenue,
    /// What a notice would cost.
    pub exposure: Exposure,
}

/// What all this is, and is not.
const ADVICE: &str =
    "All this is arithmetic on judgements that people stated, not accounting advice.";

/// What is disclosed at the close of `at`, over all leases in the books. They must be closed on
/// that day, no less and no further: what was learnt later is not to be seen.
///
/// # Errors
/// [`DisclosureError`] where the books are not closed on that day, an option breaks its rule, or a
/// sum does not fit. A lease that cannot be computed is left out and listed instead.
pub fn disclose(
    books: &Books,
    at: Date,
    options: &DisclosureOptions,
) -> Result<Disclosures, DisclosureError> {
    options.check()?;
    if let Some(book) = books.leases().find(|book| book.closed != Some(at)) {
        return Err(DisclosureError::NotClosed { at, closed: book.closed });
    }
    let mut leases = Leases::of(books, at, &options.cuts(next_day(at))?);
    let first = [booked::first_day(books.journal()), leases.first_day()];
    let first = first.into_iter().flatten().min().unwrap_or(at);
    let quarters = quarters::quarters(first, at, options.year_starts)?;
    let periods = quarters::periods(at, options.year_starts)?;
    let booked = booked::booked(books.journal(), at, &quarters, &periods)?;
    leases.name(books, &booked)?;
    let all: BTreeSet<Currency> = leases.currencies().chain(booked.keys().copied()).collect();
    let mut currencies = Vec::with_capacity(all.len());
    let none = Booked::default();
    for currency in all {
        let booked = booked.get(&currency).unwrap_or(&none);
        let spans: Vec<(Date, Date)> = quarters.iter().map(|q| (q.from, q.through)).collect();
        let exposures = exposure::exposures(&leases, leases.in_currency(currency))?;
        currencies.push(InCurrency {
            currency,
            lines: lines::lines(&leases, options, currency)?,
            concentration: concentration::concentration(
                &leases, booked, &periods, options, currency,
            )?,
            positions: roll_forwards(books.journal(), currency, &spans, |_| true)?,
            revenue: revenue::revenue(&leases, booked, &quarters, currency)?,
            exposure: losses::exposure(exposures, currency)?,
        });
    }
    Ok(Disclosures {
        at,
        options: options.clone(),
        is_anonymous: false,
        currencies,
        judgements: judgements::judgements(&leases),
        left_out: leases.left_out(&leases.all),
        advice: ADVICE.to_owned(),
        tables: Tables::in_use(),
    })
}
