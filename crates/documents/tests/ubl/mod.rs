//! UBL: what is written, what is refused, and what others say of it.

mod others;
mod random;
mod refusals;
mod rules;
mod sums;
mod variants;
mod written;

use std::collections::BTreeSet;

use leasehold_books::Books;
use leasehold_documents::ubl;
use leasehold_types::Rounding;

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

/// The documents of all sample books; numbers are preceded by the name of their books.
fn samples() -> Vec<(String, String)> {
    let mut books = vec![
        ("rich", rich_books()),
        ("two-exemptions", variants::two_exemptions()),
        ("four-notes", variants::four_notes()),
        ("by-the-hour", variants::by_the_hour()),
    ];
    books.extend(variants::categories());
    let named = books.iter().flat_map(|(name, books)| {
        let documents = documents(books).into_iter();
        documents.map(move |(number, text)| (format!("{name}-{number}"), text))
    });
    named.collect()
}

#[test]
fn others_find_no_fault_with_any_sample() {
    let samples = samples();
    assert!(samples.len() > 80, "{} samples", samples.len());
    others::find_no_fault("samples", &samples);
}

/// Whole yen: the Schematron leaves room for them, the other reading of BR-CO-17 wants hundredths.
#[test]
fn taxes_in_yen_are_whole() {
    for rounding in [Rounding::HalfAway, Rounding::HalfEven] {
        let documents = documents(&variants::yen(rounding));
        assert_eq!(documents.len(), 5);
        for (number, text) in &documents {
            assert_eq!(rules::faults(text), Vec::<String>::new(), "{number}:\n{text}");
        }
        for verdict in others::check(&format!("yen-{rounding:?}"), &documents) {
            let known = |fault: &String| fault.starts_with("peppol BR-CO-17");
            assert!(verdict.faults.iter().all(known), "{:?}", verdict.faults);
        }
    }
}

#[test]
fn every_rule_holds_in_every_sample() {
    for (number, text) in samples() {
        assert_eq!(rules::faults(&text), Vec::<String>::new(), "{number}:\n{text}");
    }
}

/// What `docs/ubl.md` claims is checked on some sample, and what is checked is claimed there.
#[test]
fn the_rules_that_are_claimed_are_those_that_are_checked() {
    let page = std::fs::read_to_string(root().join("docs/ubl.md")).unwrap();
    let names = ["S", "Z", "E", "AE", "IC", "G", "O"];
    let rows = page.lines().skip_while(|line| !line.starts_with("## Which rules"));
    let rows = rows.take_while(|line| !line.starts_with("## Who else"));
    let claimed: BTreeSet<String> = rows
        .filter_map(|row| row.strip_prefix("| ")?.split(" | ").next())
        .flat_map(|rules| rules.split(", "))
        .filter(|rule| rule.starts_with("BR-") || rule.starts_with("PEPPOL-"))
        .flat_map(|rule| names.map(|name| rule.replace("-Tax-", &format!("-{name}-"))))
        .collect();
    let checked = samples().into_iter().flat_map(|(_, text)| rules::checked(&text).1).collect();
    assert_eq!(claimed, checked);
}
