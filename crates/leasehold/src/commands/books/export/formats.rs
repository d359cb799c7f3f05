//! What each format makes of the books: files, and what could not be said in it.

use std::collections::BTreeSet;

use leasehold_books::invoice::{CreditNote, Invoice};
use leasehold_books::{Books, explain};
use leasehold_documents::focus::{self, ExportError};
use leasehold_documents::pdf::{self, PdfError};
use leasehold_documents::ubl::{self, UblError};
use leasehold_documents::{csv, hledger};
use leasehold_types::{BadAmount, Date};

use crate::commands::books::Run;
use crate::commands::invoice::Document;
use crate::report::File;

/// Most problems that are told of documents that cannot be written.
const PROBLEMS_TOLD_MAX: usize = 20;

/// The name of hledger's journal among other files.
const JOURNAL: &str = "books.journal";

/// The journal for hledger.
pub(crate) fn hledger(run: &Run) -> Result<String, BadAmount> {
    hledger::journal(run.books.journal(), run.through)
}

/// The same as a file beside others.
pub(crate) fn hledger_file(run: &Run) -> Result<File, BadAmount> {
    Ok((JOURNAL.into(), hledger(run)?.into_bytes()))
}

/// The sheets of plain CSV.
pub(crate) fn csv(run: &Run) -> Result<Vec<File>, BadAmount> {
    let (books, through): (&Books, Date) = (&run.books, run.through);
    let balance = books.journal().trial_balance(through)?;
    Ok([
        ("documents.csv", csv::documents(books, through)?),
        ("lines.csv", csv::lines(books)?),
        ("taxes.csv", csv::taxes(books)),
        ("postings.csv", csv::postings(books.journal(), through)),
        ("trial_balance.csv", csv::trial_balance(&balance)),
    ]
    .map(|(name, text)| (name.into(), text.into_bytes()))
    .into())
}

/// Documents as UBL, and what stands in the way of those that cannot be written.
pub(crate) fn ubl(run: &Run) -> (Vec<File>, Vec<UblError>) {
    let (mut files, mut refused) = (Vec::new(), Vec::new());
    for document in Document::all(&run.books) {
        match as_ubl(document, &run.books) {
            Some(Ok(text)) => files.push((name(document, "xml").into(), text.into_bytes())),
            Some(Err(error)) => refused.push(error),
            None => {}
        }
    }
    (files, refused)
}

fn as_ubl(document: Document<'_>, books: &Books) -> Option<Result<String, UblError>> {
    match document {
        Document::Invoice(invoice) => Some(ubl::invoice(invoice, books.settled(invoice))),
        Document::CreditNote(note) => {
            original(books, note).map(|original| ubl::credit_note(note, original))
        }
    }
}

/// The invoice that a credit note credits.
fn original<'a>(books: &'a Books, note: &CreditNote) -> Option<&'a Invoice> {
    let of_it = |i: &&Invoice| i.number == note.invoice && i.lease == note.lease;
    books.invoices().iter().find(of_it)
}

/// Documents as PDF.
///
/// # Errors
/// [`PdfError`] where one cannot be printed.
pub(crate) fn pdf(run: &Run) -> Result<Vec<File>, PdfError> {
    let mut files = Vec::new();
    for document in Document::all(&run.books) {
        if let Some(bytes) = as_pdf(document, &run.books) {
            files.push((name(document, "pdf").into(), bytes?));
        }
    }
    Ok(files)
}

fn as_pdf(document: Document<'_>, books: &Books) -> Option<Result<Vec<u8>, PdfError>> {
    let print = || match document {
        Document::Invoice(invoice) => {
            let explanation = explain::invoice(books, invoice)?;
            Ok(Some(pdf::invoice(invoice, books.settled(invoice), &explanation, None)?))
        }
        Document::CreditNote(note) => {
            let explanation = explain::credit_note(books, note)?;
            let original = original(books, note);
            let print = |of| pdf::credit_note(note, of, &explanation, None);
            original.map(print).transpose()
        }
    };
    print().transpose()
}

/// The three datasets of FOCUS.
///
/// # Errors
/// [`ExportError`] where a row cannot be said.
pub(crate) fn focus(run: &Run) -> Result<Vec<File>, ExportError> {
    let all = focus::Range::ALL;
    let mut files = Vec::new();
    dataset(&mut files, "cost_and_usage", &focus::cost_and_usage(&run.books, all))?;
    dataset(&mut files, "contract_commitment", &focus::contract_commitment(&run.books, all))?;
    dataset(&mut files, "invoice_detail", &focus::invoice_detail(&run.books, all))?;
    Ok(files)
}

fn dataset<R: focus::Row>(
    files: &mut Vec<File>,
    name: &str,
    table: &focus::Table<'_, R>,
) -> Result<(), ExportError> {
    let mut bytes = Vec::new();
    table.to_csv(&mut bytes)?;
    files.push((format!("focus_{name}.csv").into(), bytes));
    #[cfg(feature = "parquet")]
    {
        let mut bytes = Vec::new();
        table.to_parquet(&mut bytes)?;
        files.push((format!("focus_{name}.parquet").into(), bytes));
    }
    Ok(())
}

/// Why documents cannot be written as UBL, each reason once.
pub(crate) fn refusal(refused: &[UblError]) -> String {
    let numbers: Vec<&str> = refused.iter().map(|error| error.document.as_str()).collect();
    let problems: BTreeSet<String> =
        refused.iter().flat_map(|error| &error.problems).map(ToString::to_string).collect();
    let mut words = match numbers.as_slice() {
        [one] => format!("{one} cannot be written as UBL:"),
        [first, .., last] => {
            format!("{} documents cannot be written as UBL, {first} to {last}:", numbers.len())
        }
        [] => String::new(),
    };
    for problem in problems.iter().take(PROBLEMS_TOLD_MAX) {
        words += &format!("\n  {problem}");
    }
    if problems.len() > PROBLEMS_TOLD_MAX {
        words += &format!("\n  and {} more", problems.len() - PROBLEMS_TOLD_MAX);
    }
    words + "\ndocs/ubl.md says what a term sheet needs for it"
}

/// The file of a document: its number, of which only what every file system allows is kept. Several
/// issuers may use one number, so their documents have directories of their own.
pub(crate) fn name(document: Document<'_>, extension: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' };
    let number: String = document.number().chars().map(plain).collect();
    format!("{}/{number}.{extension}", document.terms().owner.id)
}
