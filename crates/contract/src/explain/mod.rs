//! The term sheet in plain words, and as JSON for machines.

use leasehold_types::{Date, Instant, Ratio};
use serde::{Deserialize, Serialize};

use crate::notice::NoticeBook;
use crate::{EvalError, Facts, Lease};

pub(crate) mod billing;
mod json;
mod sections;
mod text;
pub(crate) mod words;

pub use json::explain_json;

/// A lease in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The lease's title.
    pub title: String,
    /// In order of reading.
    pub sections: Vec<Section>,
}

/// A part of an explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Its paragraphs: sentences, or rows of a table.
    pub blocks: Vec<Block>,
}

/// A block of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A sentence or several.
    Text(String),
    /// One item of a list.
    Item(String),
    /// Something that is assumed, not known.
    Assumption(String),
    /// A table: its head, then its rows, all of the same width.
    Table {
        /// Column heads.
        head: Vec<String>,
        /// Rows.
        rows: Vec<Vec<String>>,
    },
}

/// What `lease explain --format json` prints. Amounts are decimal strings in major units with the
/// currency's own decimals; dates are ISO 8601; an end is the first day after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainJson {
    /// The lease's id.
    pub lease: String,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// The currency of every amount.
    pub currency: String,
    /// The zone of every date.
    pub zone: String,
    /// The close of the reporting date.
    pub as_of: Instant,
    /// Fees from `as_of` to the stated end.
    pub headline_value: String,
    /// Fees from `as_of` to `term_end`.
    pub non_cancellable_value: String,
    /// Remaining performance obligations after the expedients.
    pub rpo: String,
    /// A month's fee at the terms in force.
    pub run_rate_month: String,
    /// Fees over the whole stated term.
    pub contract_value: String,
    /// The first day after the last enforceable one.
    pub term_end: Date,
    /// The stated end: the first day after the last.
    pub stated_end: Date,
    /// The earliest end that either side could bring about.
    pub earliest_exit: Option<Date>,
    /// The billing periods of the whole stated term.
    pub schedule: Vec<PeriodJson>,
    /// The fees of the whole stated term that are in no sum.
    pub undisclosed: Vec<crate::schedule::Undisclosed>,
    /// Expedients applied, by name.
    pub expedients: Vec<String>,
    /// What is assumed, not known.
    pub assumptions: Vec<crate::lease::Assumption>,
    /// Who leases out.
    pub owner: crate::lease::Party,
    /// Who leases.
    pub tenant: crate::lease::Party,
    /// What is charged at least.
    pub commitments: Vec<CommitmentJson>,
    /// How lines are taxed; outside the scope of any tax where empty.
    pub taxes: Vec<TaxJson>,
    /// How documents are named and what they say besides.
    pub invoicing: crate::lease::Invoicing,
    /// The version of the time-zone tables.
    pub time_zone_tables: String,
    /// The edition of the currency table.
    pub currency_table: String,
}

/// A commitment in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitmentJson {
    /// Its name.
    pub name: String,
    /// The first day.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// How much in each period.
    pub amount: String,
    /// Length of a period in months.
    pub every_months: u16,
    /// What counts towards it.
    pub counts: crate::lease::CommitmentCounts,
}

/// A tax rule in JSON, in the words of the term sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxJson {
    /// The first day of supply under it.
    pub from: Date,
    /// Which lines.
    pub on: crate::lease::Taxed,
    /// The category of EN 16931: `S`, `AE`.
    pub category: String,
    /// The share of the net amount, exact: `0.19`.
    pub rate: Ratio,
    /// Why nothing is charged.
    pub exemption: Option<String>,
    /// The same as a code of the VATEX list.
    pub exemption_code: Option<String>,
}

/// A billing period in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodJson {
    /// The first day.
    pub period_start: Date,
    /// The first day after.
    pub period_end: Date,
    /// Its lines.
    pub lines: Vec<LineJson>,
    /// The sum of the lines' amounts.
    pub total: String,
}

/// A line in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineJson {
    /// What it is for.
    pub kind: crate::schedule::LineKind,
    /// The fee phase, where one prices it.
    pub phase: Option<String>,
    /// The tranche, where it is about one.
    pub tranche: Option<String>,
    /// The first day that it covers.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// The amount; only what is known where `disclosed` is false.
    pub amount: String,
    /// False where a fee is owed whose amount is not disclosed.
    pub disclosed: bool,
    /// How the amount came about.
    pub working: String,
}

/// The lease in plain words: what it says, what either side may do from `as_of`, what that would
/// cost, the schedule and the four lines. What is assumed stands beside what it is about.
///
/// # Errors
/// [`EvalError`] where the facts contradict the lease or a number does not fit.
pub fn explain(
    lease: &Lease,
    facts: &Facts,
    book: &NoticeBook,
    as_of: Instant,
) -> Result<Explanation, EvalError> {
    let schedule = lease.schedule(facts, Date::MIN, Date::MAX)?;
    let four = lease.four_lines(facts, book, as_of)?;
    Ok(Explanation {
        title: lease.title.clone(),
        sections: vec![
            sections::parties::section(lease),
            sections::capacity::section(lease),
            sections::fees::section(lease),
            sections::documents::section(lease),
            sections::ending::section(lease),
            sections::recall::section(lease),
            sections::service::section(lease),
            sections::rights::section(lease, facts, book, as_of)?,
            sections::figures::schedule(lease, &schedule)?,
            sections::figures::four_lines(lease, &four),
            sections::accounting::section(lease),
        ],
    })
}
