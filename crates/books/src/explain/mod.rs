//! How an invoice or a credit note came about, line by line, in words and as data.
//!
//! Nothing here computes an amount that is billed: an explanation repeats what the rating kept with
//! each line, quotes the clauses of the term sheet that priced it, and adds what other documents
//! billed for the same thing before. So whoever checks an invoice by hand finds every number that
//! is needed for it, and the exact fraction just before it was rounded.

mod before;
mod clause;
mod document;
mod line;
mod tax;
mod text;
pub(crate) mod words;

use leasehold_types::{Date, LeaseId, Money, Ratio, TrancheId};
use serde::{Deserialize, Serialize};

use crate::Books;
use crate::invoice::{CreditNote, Invoice, Tables};
use crate::rating::{ChargeKind, Input, TaxClass};

/// Columns of an explanation as text.
pub const TEXT_WIDTH: usize = 88;

/// How a document came about, or one line of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// What it explains.
    pub document: Explained,
    /// The lines, in the order of the document; one where one was asked for.
    pub lines: Vec<ExplainedLine>,
    /// Its taxes; none where one line was asked for.
    pub taxes: Vec<ExplainedTax>,
    /// How lines and taxes make the total; absent where one line was asked for.
    pub total: Option<ExplainedTotal>,
    /// The tables that dates and currencies were read by.
    pub tables: Tables,
}

/// Which document is explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// Invoice or credit note.
    pub kind: DocumentKind,
    /// Its number.
    pub number: String,
    /// Why there is such a document, in a sentence.
    pub because: String,
    /// The invoice that it credits, where it is a credit note.
    pub credits: Option<String>,
    /// Which lease.
    pub lease: LeaseId,
    /// The version of the lease in force on the day of issue.
    pub version: u32,
    /// The day of issue.
    pub issued: Date,
    /// The day by which it is to be paid, where it is an invoice.
    pub due: Option<Date>,
    /// Its total with tax.
    pub total: Money,
}

/// Invoice or credit note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// An invoice.
    Invoice,
    /// A credit note.
    CreditNote,
}

/// How a line came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedLine {
    /// Its number on the document, from 1.
    pub number: u32,
    /// What it is, in a few words.
    pub label: String,
    /// What it is for; absent for what only moves a credit balance.
    pub kind: Option<ChargeKind>,
    /// The tranche that it is about, where it is about one.
    pub tranche: Option<TrancheId>,
    /// The fee phase that prices it, where one does.
    pub phase: Option<String>,
    /// The first day that it covers.
    pub from: Date,
    /// The last day that it covers.
    pub to: Date,
    /// The rule, in a sentence or two.
    pub rule: String,
    /// Where the rule stands in the term sheet, and what it says there.
    pub clauses: Vec<Clause>,
    /// What went in besides.
    pub inputs: Vec<Input>,
    /// The arithmetic in words.
    pub working: String,
    /// The amount before rounding.
    pub exact: Exact,
    /// How it was rounded.
    pub rounding: String,
    /// The invoices that it corrects.
    pub corrects: Vec<String>,
    /// What was billed under the same head before this document, oldest first.
    pub before: Vec<Before>,
    /// False where a fee is owed but its amount is not disclosed.
    pub disclosed: bool,
    /// What is billed, before tax.
    pub amount: Money,
}

/// A clause of the term sheet that a line follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// Its key in the term sheet: `recall.abatement.multiple`.
    pub path: String,
    /// What it says.
    pub says: String,
    /// The version of the lease that was read.
    pub version: u32,
}

/// An amount before rounding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exact {
    /// Minor units, as a fraction in lowest terms.
    pub minor: Ratio,
    /// The same as people read it, in major units.
    pub text: String,
}

/// Something that was billed, or credited, before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The number of the invoice or credit note.
    pub document: String,
    /// The line of it.
    pub line: u32,
    /// When it was issued.
    pub issued: Date,
    /// How much, before tax; below zero where it was credited.
    pub amount: Money,
}

/// How the tax of one class came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedTax {
    /// The class.
    pub class: TaxClass,
    /// What is charged and why, in a sentence or two.
    pub rule: String,
    /// What is taxed.
    pub net: Money,
    /// Net times rate, before rounding.
    pub exact: Exact,
    /// The arithmetic in words.
    pub working: String,
    /// The tax.
    pub tax: Money,
}

/// How lines and taxes make the total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedTotal {
    /// The sum of the lines.
    pub net: Money,
    /// The sum of the taxes.
    pub tax: Money,
    /// Net and tax.
    pub total: Money,
    /// How that is done, in a sentence.
    pub rule: String,
}

/// What cannot be explained, because it is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// No document has that number.
    #[error("there is no invoice or credit note `{number}` in these books; {hint}")]
    Unknown {
        /// The number that was asked for.
        number: String,
        /// Which numbers there are.
        hint: String,
    },
    /// The document has fewer lines.
    #[error("{document} has no line {line}: its lines are numbered from 1 to {lines}")]
    NoLine {
        /// The document: `invoice INV-000001`.
        document: String,
        /// The line that was asked for.
        line: u32,
        /// How many it has.
        lines: usize,
    },
    /// An amount does not fit.
    #[error("{document}: {overflow}; report this, with the term sheet and the events")]
    Overflow {
        /// The document.
        document: String,
        /// What does not fit.
        overflow: String,
    },
}

/// A number as people read it: decimal where it ends, otherwise its fraction and about what it is.
pub fn number(value: Ratio) -> String {
    words::number(value)
}

/// Explains the invoice or credit note of that number, or one of its lines.
///
/// # Errors
/// [`ExplainError`] where there is no such document, or no such line of it.
pub fn document(
    books: &Books,
    number: &str,
    line: Option<u32>,
) -> Result<Explanation, ExplainError> {
    document::explain(books, number, line)
}

/// Explains an invoice of these books.
///
/// # Errors
/// [`ExplainError`] where an amount does not fit.
pub fn invoice(books: &Books, invoice: &Invoice) -> Result<Explanation, ExplainError> {
    document::of_invoice(books, invoice, None)
}

/// Explains a credit note of these books.
///
/// # Errors
/// [`ExplainError`] where an amount does not fit.
pub fn credit_note(books: &Books, note: &CreditNote) -> Result<Explanation, ExplainError> {
    document::of_credit_note(books, note, None)
}

impl Explanation {
    /// In words, at most `width` columns wide where words allow it.
    pub fn to_text(&self, width: usize) -> String {
        text::write(self, width)
    }
}
