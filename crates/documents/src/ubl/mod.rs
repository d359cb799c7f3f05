//! Invoices and credit notes as UBL 2.1 documents that follow EN 16931 and Peppol BIS Billing 3.
//!
//! The way through: `source` takes from the books what both kinds of document have in common;
//! `document` checks it, with `parties`, `taxes` and `lines`, against every rule that a document can
//! break, and says all that is missing at once; `write` then only writes, in the order of the
//! schema. Nothing is rounded, left out or made up on the way.
//!
//! `docs/ubl.md` says how the books are said in this format, why, and which rules are claimed.

mod document;
mod error;
mod lines;
mod parties;
mod source;
mod taxes;
mod write;
mod xml;

use leasehold_books::invoice::{CreditNote, Invoice, Settlement};

pub use error::{Problem, UblError};

use document::Document;
use source::{Kind, Source};

/// An invoice (type 380), with what was paid before it was issued: prepayments drawn and money on
/// account, out of `settled`. What was paid later is not of the document.
///
/// # Errors
/// [`UblError`] with everything that is missing or cannot be said.
pub fn invoice(invoice: &Invoice, settled: &[Settlement]) -> Result<String, UblError> {
    finish(Kind::Invoice, &invoice.number, Source::invoice(invoice, settled))
}

/// A credit note (type 381) on `original`, the invoice that it names.
///
/// # Errors
/// [`UblError`] with everything that is missing or cannot be said.
pub fn credit_note(note: &CreditNote, original: &Invoice) -> Result<String, UblError> {
    finish(Kind::CreditNote, &note.number, Source::credit_note(note, original))
}

fn finish(
    kind: Kind,
    number: &str,
    source: Result<Source<'_>, Problem>,
) -> Result<String, UblError> {
    let source = source.map_err(|problem| UblError {
        document: source::name(kind, number),
        problems: vec![problem],
    })?;
    Document::check(source).map(|document| write::write(&document))
}
