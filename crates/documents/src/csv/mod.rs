//! Plain CSV: one row a document, a line, a tax, a posting, a balance.
//!
//! UTF-8, commas, a head, lines that end with a line feed; cells are quoted where they must be
//! (RFC 4180). Amounts are decimals in major units with a currency beside them, dates ISO 8601, the
//! end of a span the first day after it. `docs/books.md` lists every column.
//!
//! Spreadsheets run a cell that begins with `=`, `+`, `-` or `@` as a formula. What comes from
//! people (labels, reasons, names, ids of events) could say anything, so such a text gets an
//! apostrophe before it; numbers of ours are written as they are.

mod papers;
mod postings;
mod write;

use leasehold_books::Books;
use leasehold_books::ledger::{Journal, TrialBalance};
use leasehold_types::{BadAmount, Date};

/// Invoices and credit notes, a row each, in the order of issue, with what is open at the close of
/// `at`.
///
/// # Errors
/// [`BadAmount`] where a sum does not fit.
pub fn documents(books: &Books, at: Date) -> Result<String, BadAmount> {
    papers::documents(books, at)
}

/// The lines of invoices and credit notes, a row each.
///
/// # Errors
/// [`BadAmount`] where an amount does not fit.
pub fn lines(books: &Books) -> Result<String, BadAmount> {
    papers::lines(books)
}

/// The taxes of invoices and credit notes, a row for each class of each.
pub fn taxes(books: &Books) -> String {
    papers::taxes(books)
}

/// The postings booked through `through`, a row each, in the order of their dates.
pub fn postings(journal: &Journal, through: Date) -> String {
    postings::postings(journal, through)
}

/// A trial balance, a row for each account and currency.
pub fn trial_balance(balance: &TrialBalance) -> String {
    postings::trial_balance(balance)
}
