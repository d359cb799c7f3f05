//! What each format makes of the books: files, and what could not be said in it.

use std::collections::BTreeSet;

use leasehold_books::Books;
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
            let of_it = |invoice: &&leasehold_books::invoice::Invoice| {
                invoice.number == note.invoice && invoice.lease == note.lease
            };
            books.invoices().iter().find(of_it).map(|original| ubl::credit_note(note, original))
        }
    }
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
