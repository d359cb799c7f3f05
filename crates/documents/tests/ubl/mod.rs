//! UBL: what is written, what is refused, and what others say of it.

mod others;

use leasehold_books::Books;
use leasehold_documents::ubl;

use crate::support::*;

/// Every document of the books under its number.
fn documents(books: &Books) -> Vec<(String, String)> {
    let invoices = books.invoices().iter().map(|invoice| {
        let written = ubl::invoice(invoice, books.settlements(&invoice.number));
        (invoice.number.clone(), written.unwrap_or_else(|error| panic!("{error}")))
    });
    let notes = books.credit_notes().iter().map(|note| {
        let original = books.invoice(&note.invoice).unwrap();
        let written = ubl::credit_note(note, original);
        (note.number.clone(), written.unwrap_or_else(|error| panic!("{error}")))
    });
    invoices.chain(notes).collect()
}

#[test]
fn others_find_no_fault_with_the_rich_books() {
    others::find_no_fault("rich", &documents(&rich_books()));
}
