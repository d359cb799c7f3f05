//! The tables of a desk that people may query: declared here, described in docs/store.md, and filled
//! by the server from the entries of the journal.
//!
//! Amounts are whole minor units of the currency beside them. Instants and dates are texts in ISO 8601.
//! `seq` is the entry of the journal that changed the row last, so each row leads to who changed it.

mod audit;
mod books;
mod desk;

use super::rows::{Projection, Row};

pub use audit::ActRow;
pub use books::{DocumentRow, PaymentRow, PostingRow};
pub use desk::{JobRow, LeaseRow, RecallRow, TrancheRow};

/// What the desk knows: leases and their tranches, jobs, recalls.
pub static DESK: Projection = Projection {
    name: "desk",
    version: 1,
    tables: &[LeaseRow::TABLE, TrancheRow::TABLE, JobRow::TABLE, RecallRow::TABLE],
};

/// What the books say: invoices and credit notes, postings, payments.
pub static BOOKS: Projection = Projection {
    name: "books",
    version: 1,
    tables: &[DocumentRow::TABLE, PostingRow::TABLE, PaymentRow::TABLE],
};

/// Who did what: one row an entry.
pub static AUDIT: Projection = Projection { name: "audit", version: 1, tables: &[ActRow::TABLE] };

/// All of them.
pub static ALL: [&Projection; 3] = [&DESK, &BOOKS, &AUDIT];
