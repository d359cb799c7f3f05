//! Invoices and credit notes as PDF: for people, and for archives.
//!
//! The pages are tagged, their text can be selected and searched, and everything that is needed to
//! show them is inside: PDF/A-2a and PDF/UA-1. The same document gives the same bytes; the only
//! date in it is that of its issue. An issued document never changes, so what is paid after it was
//! issued is not on it: that is what a [`statement`] is for.
//!
//! The way through: `sheet` puts what the books say into the words of a document, `layout` places
//! them on pages, `draw` is what it places them with, `file` writes the pages.

mod draw;
mod error;
mod file;
mod layout;
mod sheet;

use std::sync::Arc;

use leasehold_books::Books;
use leasehold_books::explain::{self, DocumentKind, Explanation};
use leasehold_books::invoice::{CreditNote, Invoice, Settlement};
use leasehold_contract::Lease;
use leasehold_types::{Currency, Date, TenantId};

pub use draw::Paper;
pub use error::PdfError;

use sheet::{Sheet, Statement};

/// Most lines that a document is printed with.
pub const LINES_MAX: usize = 20_000;

/// The invoice or credit note of that number, for paper that is usual in the buyer's country where
/// none is named.
///
/// # Errors
/// [`PdfError`] where there is no such document, or it cannot be printed.
pub fn document(books: &Books, number: &str, paper: Option<Paper>) -> Result<Vec<u8>, PdfError> {
    let explanation = explain::document(books, number, None)?;
    if let Some(found) = books.invoice(number) {
        return invoice(found, books.settled(found), &explanation, paper);
    }
    let note = books.credit_notes().iter().find(|note| note.number == number);
    let original = note.and_then(|note| books.invoice_of(&note.lease, &note.invoice));
    match (note, original) {
        (Some(note), Some(original)) => credit_note(note, original, &explanation, paper),
        _ => {
            let hint = "the invoice that it credits is missing".to_owned();
            let number = number.to_owned();
            Err(explain::ExplainError::Unknown { number, hint }.into())
        }
    }
}

/// An invoice, with what had been paid when it was issued, out of `settled`, and how each of its
/// lines was computed.
///
/// # Errors
/// [`PdfError`] where the explanation is of another document, or it cannot be printed.
pub fn invoice(
    invoice: &Invoice,
    settled: &[Settlement],
    explanation: &Explanation,
    paper: Option<Paper>,
) -> Result<Vec<u8>, PdfError> {
    let document = format!("invoice {}", invoice.number);
    let name = (document.as_str(), invoice.number.as_str());
    check(name, DocumentKind::Invoice, explanation, invoice.lines.len())?;
    let sheet = Sheet::invoice(invoice, settled, explanation)
        .map_err(|bad| PdfError::Amount { document, bad })?;
    print(&sheet, paper)
}

/// A credit note on `original`, the invoice that it names, and how each of its lines was computed.
///
/// # Errors
/// As [`invoice`], and where it names another invoice.
pub fn credit_note(
    note: &CreditNote,
    original: &Invoice,
    explanation: &Explanation,
    paper: Option<Paper>,
) -> Result<Vec<u8>, PdfError> {
    let document = format!("credit note {}", note.number);
    let name = (document.as_str(), note.number.as_str());
    check(name, DocumentKind::CreditNote, explanation, note.lines.len())?;
    if note.invoice != original.number {
        return Err(PdfError::OtherInvoice {
            note: note.number.clone(),
            named: note.invoice.clone(),
            given: original.number.clone(),
        });
    }
    let sheet = Sheet::credit_note(note, original, explanation)
        .map_err(|bad| PdfError::Amount { document, bad })?;
    print(&sheet, paper)
}

/// The statement of account of a tenant over `from..=through`, over all its leases in one currency:
/// what moved its balance, what is open and how late it is, what is held beside.
///
/// # Errors
/// [`PdfError`] where no lease of these books has that tenant and currency, where its leases have
/// several owners, or a sum does not fit.
pub fn statement(
    books: &Books,
    tenant: &TenantId,
    currency: Currency,
    (from, through): (Date, Date),
    paper: Option<Paper>,
) -> Result<Vec<u8>, PdfError> {
    let of_it = books.leases().filter(|book| {
        let lease = book.signed();
        lease.tenant.id == *tenant && lease.currency == currency
    });
    let terms: Vec<Arc<Lease>> = of_it.map(|book| book.version_on(through)).collect();
    if let Some(other) = terms.iter().find(|terms_of| terms_of.owner.id != terms[0].owner.id) {
        let owners = (terms[0].owner.id.to_string(), other.owner.id.to_string());
        return Err(PdfError::SeveralOwners(tenant.to_string(), owners.0, owners.1));
    }
    let statement = Statement::of(books, &terms, tenant, currency, (from, through));
    let document = || format!("the statement of account of {tenant}");
    let statement = statement.map_err(|bad| PdfError::Amount { document: document(), bad })?;
    let Some(statement) = statement else {
        return Err(PdfError::NoTenant(tenant.to_string(), currency.to_string()));
    };
    let lines = statement.tables.iter().map(|table| table.rows.len()).sum();
    if lines > LINES_MAX {
        return Err(PdfError::TooLong { document: document(), lines, most: LINES_MAX });
    }
    let canvas = layout::lay_out_statement(&statement, paper.unwrap_or(statement.paper))?;
    file::write(&canvas, &statement.metadata)
}

/// Whether the explanation is of this document, and the document is not too long.
fn check(
    (document, number): (&str, &str),
    kind: DocumentKind,
    explanation: &Explanation,
    lines: usize,
) -> Result<(), PdfError> {
    let explained = &explanation.document;
    if explained.kind != kind || explained.number != number {
        let (document, given) = (document.to_owned(), explained.number.clone());
        return Err(PdfError::OtherExplanation { document, given });
    }
    if lines > LINES_MAX {
        let (document, most) = (document.to_owned(), LINES_MAX);
        return Err(PdfError::TooLong { document, lines, most });
    }
    Ok(())
}

fn print(sheet: &Sheet, paper: Option<Paper>) -> Result<Vec<u8>, PdfError> {
    let canvas = layout::lay_out(sheet, paper.unwrap_or(sheet.paper))?;
    file::write(&canvas, &sheet.metadata)
}
