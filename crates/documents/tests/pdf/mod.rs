//! Invoices, credit notes and statements as pages, read back by programs of others.

mod cases;
mod tools;

use std::collections::BTreeSet;

use leasehold_books::Books;
use leasehold_books::explain;
use leasehold_documents::pdf::{self, Paper, PdfError};
use leasehold_types::Money;

use crate::support::{currency, day, rich_books, run_python};
use tools::{Files, first_page, info, text, words};

/// The numbers of all documents of the books.
fn numbers(books: &Books) -> Vec<String> {
    let invoices = books.invoices().iter().map(|invoice| invoice.number.clone());
    invoices.chain(books.credit_notes().iter().map(|note| note.number.clone())).collect()
}

fn printed(books: &Books, number: &str) -> Vec<u8> {
    pdf::document(books, number, None).unwrap()
}

#[test]
fn an_invoice_in_full() {
    let files = Files::new();
    let file = files.write("invoice", &printed(&rich_books(), "INV-000006"));
    insta::assert_snapshot!(text(&file));
}

#[test]
fn a_credit_note_in_full() {
    let files = Files::new();
    let file = files.write("note", &printed(&rich_books(), "CN-000003"));
    insta::assert_snapshot!(text(&file));
}

#[test]
fn a_void() {
    let files = Files::new();
    let file = files.write("void", &printed(&rich_books(), "CN-000002"));
    insta::assert_snapshot!(first_page(&file));
}

#[test]
fn a_billion_on_letter_paper() {
    let files = Files::new();
    let file = files.write("one", &printed(&cases::one(), "INV-000001"));
    insta::assert_snapshot!(text(&file));
    assert_eq!(info(&file, "Page size"), "612 x 792 pts (letter)");
    let a4 = pdf::document(&cases::one(), "INV-000001", Some(Paper::A4)).unwrap();
    assert!(info(&files.write("a4", &a4), "Page size").ends_with("(A4)"));
}

#[test]
fn yen_have_no_decimals_and_dinars_three() {
    let files = Files::new();
    let yen = files.write("yen", &printed(&cases::yen(), "INV-000001"));
    let dinar = files.write("dinar", &printed(&cases::dinar(), "INV-000001"));
    insta::assert_snapshot!(format!("{}\n{}", first_page(&yen), first_page(&dinar)));
}

#[test]
fn a_fee_that_is_not_disclosed_is_said_to_be_so() {
    let files = Files::new();
    let file = files.write("hidden", &printed(&cases::hidden(), "INV-000002"));
    insta::assert_snapshot!(text(&file));
}

#[test]
fn names_in_four_scripts_one_of_which_the_typeface_lacks() {
    let files = Files::new();
    let file = files.write("names", &printed(&cases::names(), "INV-000001"));
    let said = first_page(&file);
    insta::assert_snapshot!(said);
    // What is copied is the name; what is seen in its place is the codes of its characters.
    assert!(said.contains("株式会社計算"), "{said}");
}

#[test]
fn a_long_table_goes_on_with_its_head_and_its_sum() {
    let books = cases::many();
    let files = Files::new();
    let file = files.write("many", &printed(&books, "INV-000001"));
    let said = text(&file);
    let pages: Vec<&str> = said.split('\u{c}').collect();
    let last = pages.iter().rposition(|page| page.contains("Brought forward")).unwrap();
    assert!(last >= 3, "sixty lines do not fit on {} pages", last + 1);
    let mut carried: Option<String> = None;
    let sum_in = |page: &str, label: &str| {
        let line = page.lines().find(|line| line.trim_start().starts_with(label))?;
        line.split_whitespace().last().map(str::to_owned)
    };
    let mut seen = 0_i128;
    for (i, page) in pages[..=last].iter().enumerate() {
        assert!(page.contains("Description") && page.contains("Amount (USD)"), "page {}", i + 1);
        assert_eq!(sum_in(page, "Brought forward from page"), carried, "page {}", i + 1);
        let rows = page.lines().filter(|line| line.contains("tranche “rack-")).count();
        seen += i128::try_from(rows).unwrap();
        let sum = Money::new(8_363_201 * seen, currency("USD")).to_string();
        if i < last {
            carried = sum_in(page, "Carried forward");
            assert_eq!(carried.as_deref(), sum.strip_prefix("USD "));
        }
    }
    assert_eq!(seen, 60);
    let count = info(&file, "Pages");
    assert!(said.contains(&format!("page 1 of {count}")));
    assert!(said.contains(&format!("page {count} of {count}")));
}

fn stated(from: &str, through: &str) -> Vec<u8> {
    let books = rich_books();
    let tenant = books.invoices()[0].terms.tenant.id.clone();
    let span = (day(from), day(through));
    pdf::statement(&books, &tenant, currency("EUR"), span, None).unwrap()
}

#[test]
fn a_statement_of_account() {
    let files = Files::new();
    let file = files.write("statement", &stated("2027-04-01", "2027-08-10"));
    insta::assert_snapshot!(text(&file));
    assert_eq!(stated("2027-04-01", "2027-08-10"), stated("2027-04-01", "2027-08-10"));
}

#[test]
fn every_amount_of_a_document_stands_on_it() {
    let files = Files::new();
    for (name, books) in cases::all() {
        for number in numbers(&books) {
            let file = files.write(&format!("{name}-{number}"), &printed(&books, &number));
            let words = words(&file);
            for amount in amounts(&books, &number) {
                let said = amount.to_string();
                let said = said.split_once(' ').unwrap().1.to_owned();
                assert!(words.contains(&said), "{name} {number}: {said} is missing");
            }
        }
    }
}

/// Every amount that a document must show.
fn amounts(books: &Books, number: &str) -> Vec<Money> {
    let of = |lines: &[leasehold_books::invoice::BilledLine]| -> Vec<Money> {
        lines.iter().filter(|line| line.disclosed).map(|line| line.amount).collect()
    };
    let mut amounts = match books.invoice(number) {
        Some(i) => [of(&i.lines), vec![i.net, i.total]].concat(),
        None => {
            let note = books.credit_notes().iter().find(|note| note.number == number).unwrap();
            [of(&note.lines), vec![note.net, note.total]].concat()
        }
    };
    let taxes = match books.invoice(number) {
        Some(invoice) => &invoice.taxes,
        None => &books.credit_notes().iter().find(|n| n.number == number).unwrap().taxes,
    };
    amounts.extend(taxes.iter().flat_map(|total| [total.net, total.tax]));
    amounts
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let (one, other) = (rich_books(), rich_books());
    for number in numbers(&one) {
        assert_eq!(printed(&one, &number), printed(&other, &number), "{number}");
    }
    let a4 = pdf::document(&one, "INV-000001", Some(Paper::A4)).unwrap();
    let letter = pdf::document(&one, "INV-000001", Some(Paper::Letter)).unwrap();
    assert_ne!(a4, letter);
}

#[test]
fn what_is_paid_later_is_not_on_the_invoice() {
    let books = rich_books();
    let invoice = books.invoice("INV-000004").unwrap();
    let explanation = explain::invoice(&books, invoice).unwrap();
    let settled = books.settlements("INV-000004");
    assert!(settled.len() > 1);
    let with_all = pdf::invoice(invoice, settled, &explanation, None).unwrap();
    let then: Vec<_> = settled.iter().filter(|s| s.date <= invoice.issued).cloned().collect();
    assert!(then.len() < settled.len());
    assert_eq!(with_all, pdf::invoice(invoice, &then, &explanation, None).unwrap());
}

#[test]
fn programs_of_others_find_no_fault() {
    let files = Files::new();
    let mut documents = BTreeSet::new();
    for (name, books) in cases::all() {
        for number in numbers(&books) {
            documents.insert(files.write(&format!("{name}-{number}"), &printed(&books, &number)));
        }
    }
    documents.insert(files.write("statement", &stated("2027-01-01", "2027-10-31")));
    for file in &documents {
        tools::qpdf(file);
    }
    let paths: Vec<&str> = documents.iter().map(|file| file.to_str().unwrap()).collect();
    let found = run_python("pdf_check.py", &paths);
    let lines: Vec<serde_json::Value> =
        found.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), documents.len());
    for line in lines {
        assert_eq!(line["faults"], serde_json::json!([]), "{}", line["document"]);
    }
}

#[test]
fn what_cannot_be_printed_is_refused_in_words() {
    let books = rich_books();
    let unknown = pdf::document(&books, "INV-9", None).unwrap_err();
    let (one, two) = (books.invoice("INV-000001").unwrap(), books.invoice("INV-000002").unwrap());
    let explanation = explain::invoice(&books, two).unwrap();
    let other = pdf::invoice(one, &[], &explanation, None).unwrap_err();
    let note = &books.credit_notes()[0];
    let explanation = explain::credit_note(&books, note).unwrap();
    let wrong: PdfError = pdf::credit_note(note, one, &explanation, None).unwrap_err();
    let (tenant, yen) = (one.terms.tenant.id.clone(), currency("JPY"));
    let span = (day("2027-01-01"), day("2027-12-31"));
    let none = pdf::statement(&books, &tenant, yen, span, None).unwrap_err();
    insta::assert_snapshot!(format!("{unknown}\n{other}\n{wrong}\n{none}"));
}
