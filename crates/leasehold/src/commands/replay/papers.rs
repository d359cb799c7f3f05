//! The invoices and credit notes of a replay's books, as the files that its report links to.

use leasehold_documents::pdf;
use leasehold_sim::replay::Replayed;

use crate::report::{File, ReportError, paper_name};

/// Every document of every policy.
///
/// # Errors
/// [`ReportError::Encode`] where one cannot be drawn: a name in letters that the font lacks.
pub(super) fn of(replayed: &Replayed) -> Result<Vec<File>, ReportError> {
    let mut files = Vec::new();
    for (policy, books) in &replayed.books {
        let invoices = books.invoices().iter().map(|invoice| &invoice.number);
        let notes = books.credit_notes().iter().map(|note| &note.number);
        for number in invoices.chain(notes) {
            let bytes = pdf::document(books, number, None)
                .map_err(|source| ReportError::Encode { format: "PDF", source: source.into() })?;
            files.push((paper_name(policy.name(), number).into(), bytes));
        }
    }
    Ok(files)
}
