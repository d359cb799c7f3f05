//! Cost and Usage: a row for each line and each tax of a document, and for each day of a purchase.

mod columns;
mod context;
mod lines;
mod purchase;
mod row;
mod usage;

use leasehold_books::Books;

use super::Range;
use super::document::{Document, documents};
use super::error::FocusError;
use super::table::Rows;

pub use row::{
    ChargeCategory, CommitmentDiscount, CostRow, DocumentKind, DocumentRow, Extra, Frequency,
    Pricing,
};

pub(super) use context::{document_row, hours};
pub(super) use lines::{category, quoted};
pub(super) use purchase::capacity_id;
pub(super) use usage::spend_id;

use context::Context;

/// The rows of the documents issued within `range`.
pub(super) fn rows(books: &Books, range: Range) -> Rows<'_, CostRow> {
    Box::new(documents(books, range).flat_map(|document| {
        match document.and_then(|document| of_document(&document)) {
            Ok(rows) => rows.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        }
    }))
}

fn of_document(document: &Document<'_>) -> Result<Vec<CostRow>, FocusError> {
    let context = Context::of(document)?;
    let mut rows = Vec::new();
    for line in document.source.lines() {
        lines::push(&context, line, &mut rows)?;
    }
    for (number, tax) in (1_u32..).zip(document.source.taxes()) {
        if !tax.tax.is_zero() {
            rows.push(lines::tax_row(&context, number, tax)?);
        }
    }
    Ok(rows)
}
