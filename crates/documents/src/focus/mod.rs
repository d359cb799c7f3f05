//! FOCUS 1.4: Cost and Usage, Contract Commitment and Invoice Detail; as CSV and as Parquet.
//!
//! FOCUS is the FinOps Foundation's form for what cloud services cost and what was used. What it
//! has no word for (recalls, tranches, exact fractions) stands in columns that begin with `x_`.
//! `docs/focus.md` says of each column where it comes from, when it is null and what adds up.

mod cell;
mod column;
mod commitment;
mod cost;
mod csv;
mod document;
mod error;
mod invoice;
#[cfg(feature = "parquet")]
mod parquet;
mod table;

use leasehold_books::Books;
use leasehold_types::Date;

pub use cell::{Cell, Decimal};
pub use column::{Column, Kind};
pub use commitment::{CommitmentRow, Committed};
pub use cost::{
    ChargeCategory, CommitmentDiscount, CostRow, DocumentKind, DocumentRow, Extra, Frequency,
    Pricing,
};
pub use error::{ExportError, FocusError, FocusProblem};
pub use invoice::{InvoiceRow, Payment};
#[cfg(feature = "parquet")]
pub use parquet::ROWS_PER_GROUP;
pub use table::{Row, Table};

/// Days of issue, `from <= day < until`: which documents an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first day.
    pub from: Date,
    /// The first day after.
    pub until: Date,
}

impl Range {
    /// Every document.
    pub const ALL: Range = Range { from: Date::MIN, until: Date::MAX };

    pub(crate) fn holds(self, date: Date) -> bool {
        self.from <= date && date < self.until
    }
}

/// Cost and Usage: a row for each line and each tax of the documents issued within `range`, and a
/// row for each day that a purchase covers. The billed costs of a document add up to its total.
pub fn cost_and_usage(books: &Books, range: Range) -> Table<'_, CostRow> {
    Table::new(move || cost::rows(books, range))
}

/// Contract Commitment: the capacity of each tranche and each minimum commitment that overlaps
/// `range`, as it is known at the last close.
pub fn contract_commitment(books: &Books, range: Range) -> Table<'_, CommitmentRow> {
    Table::new(move || commitment::rows(books, range))
}

/// Invoice Detail: a row for each line and each tax of the documents issued within `range`. The
/// billed costs of a document add up to its total, and to those of its rows in Cost and Usage.
pub fn invoice_detail(books: &Books, range: Range) -> Table<'_, InvoiceRow> {
    Table::new(move || invoice::rows(books, range))
}
