//! What is written, as it is read by people and by programs; and that every checker can fail.

use leasehold_documents::ubl;

use proptest::prelude::*;

use super::{documents, others, rules, variants};
use crate::support::*;

fn one(documents: &[(String, String)], number: &str) -> String {
    documents.iter().find(|(found, _)| found == number).unwrap().1.clone()
}

#[test]
fn an_invoice_as_it_is_written() {
    insta::assert_snapshot!(one(&documents(&rich_books()), "INV-000005"));
}

#[test]
fn a_credit_note_as_it_is_written() {
    insta::assert_snapshot!(one(&documents(&rich_books()), "CN-000002"));
}

#[test]
fn the_same_books_give_the_same_bytes() {
    assert_eq!(documents(&rich_books()), documents(&rich_books()));
}

#[test]
fn what_was_measured_is_counted_exactly() {
    let documents = documents(&variants::by_the_hour());
    let counted: Vec<String> = documents
        .iter()
        .flat_map(|(_, text)| text.lines())
        .filter(|line| line.contains("Quantity unitCode") && !line.contains("\"C62\">1<"))
        .map(|line| line.trim().to_owned())
        .collect();
    assert_eq!(
        counted,
        [
            "<cbc:InvoicedQuantity unitCode=\"HUR\">7</cbc:InvoicedQuantity>",
            "<cbc:InvoicedQuantity unitCode=\"HUR\">0.5</cbc:InvoicedQuantity>",
            "<cbc:InvoicedQuantity unitCode=\"SEC\">1200</cbc:InvoicedQuantity>",
            "<cbc:BaseQuantity unitCode=\"SEC\">3600</cbc:BaseQuantity>",
        ]
    );
}

/// The notes add up to the invoice though one tax is a cent less than that of its own net amount;
/// that note says why.
#[test]
fn a_note_says_how_its_tax_was_rounded() {
    let books = variants::four_notes();
    let written = documents(&books);
    let says = |number: &str| one(&written, number).contains("to date, rounded, less what was");
    assert_eq!(
        ["CN-000001", "CN-000002", "CN-000003", "CN-000004"].map(says),
        [false, false, false, true]
    );
    assert!(one(&written, "CN-000004").contains("<cbc:TaxAmount currencyID=\"USD\">13.66<"));
    assert!(one(&written, "CN-000004").contains("<cbc:TaxableAmount currencyID=\"USD\">68.33<"));
}

proptest! {
    /// Whatever people write of themselves, the document is one, and reads as they wrote it.
    #[test]
    fn any_text_is_written_as_it_is(name in any::<String>(), note in "\\PC{0,40}") {
        let mut lease = variants::complete(lease("2027-04-01", "2027-05-01", "1000.00"));
        lease.tenant.name = format!("x{name}");
        lease.invoicing.note = Some(note.clone());
        let books = books(lease, vec![], "2027-05-31");
        let text = ubl::invoice(&books.invoices()[0], &[]).unwrap();
        prop_assert_eq!(rules::faults(&text), Vec::<String>::new());
        let read = roxmltree::Document::parse(&text).unwrap();
        let root = read.root_element();
        let path = "AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName";
        let allowed = |c: char| if c < ' ' && !"\t\n\r".contains(c) { '\u{FFFD}' } else { c };
        let allowed = |c: char| if "\u{FFFE}\u{FFFF}".contains(c) { '\u{FFFD}' } else { allowed(c) };
        let expected: String = format!("x{name}").trim().chars().map(allowed).collect();
        prop_assert_eq!(rules::text(root, path), expected);
        prop_assert_eq!(rules::text(root, "Note"), note.trim());
    }
}

/// What is paid or credited after the day of issue is not of the document: it never changes.
#[test]
fn only_money_that_was_there_before_is_prepaid() {
    let books = rich_books();
    let prepaid = |number: &str| {
        let invoice = books.invoice(number).unwrap();
        let text = ubl::invoice(invoice, books.settlements(number)).unwrap();
        let line = text.lines().find(|line| line.contains("PrepaidAmount")).map(str::trim);
        line.map(str::to_owned)
    };
    let amount =
        |text: &str| format!("<cbc:PrepaidAmount currencyID=\"EUR\">{text}</cbc:PrepaidAmount>");
    // The first was paid from the prepayment, later by transfer; the seventh by transfer alone.
    assert_eq!(prepaid("INV-000001"), Some(amount("23800.00")));
    assert_eq!(prepaid("INV-000005"), Some(amount("1469.14")));
    assert_eq!(prepaid("INV-000007"), None);
}

/// A checker that finds nothing proves something only if it finds this.
#[test]
fn every_checker_finds_what_is_wrong() {
    let right = one(&documents(&rich_books()), "INV-000005");
    let due = "<cbc:DueDate>2027-07-01</cbc:DueDate>";
    let issued = "<cbc:IssueDate>2027-06-01</cbc:IssueDate>";
    let faulty: [(&str, &str, String, &[&str]); 6] = [
        ("payable", "BR-CO-16", swap(&right, ">354335.86<", ">354336.86<"), &["en16931", "peppol"]),
        ("line", "BR-CO-10", swap(&right, ">1140.43<", ">1150.43<"), &["en16931", "peppol"]),
        ("tax", "BR-CO-14", swap(&right, ">56305.00<", ">56306.00<"), &["en16931", "peppol"]),
        ("address", "PEPPOL-EN16931-R020", without_endpoint(&right), &["xrechnung"]),
        ("decimals", "BR-DEC", swap(&right, ">350.00<", ">350.000<"), &["en16931"]),
        (
            "order",
            "",
            swap(&right, &format!("{issued}\n  {due}"), &format!("{due}\n  {issued}")),
            &["xsd"],
        ),
    ];
    let files: Vec<(String, String)> =
        faulty.iter().map(|(name, _, text, _)| ((*name).to_owned(), text.clone())).collect();
    let verdicts = others::check("faulty", &files);
    for ((name, rule, text, checkers), verdict) in faulty.iter().zip(verdicts) {
        assert_eq!(verdict.document, *name);
        let ours = rules::faults(text);
        assert!(rule.is_empty() || ours.iter().any(|it| it.starts_with(rule)), "{name}: {ours:?}");
        for checker in *checkers {
            let faults = &verdict.faults;
            assert!(faults.iter().any(|it| it.starts_with(checker)), "{name}: {faults:?}");
        }
    }
}

fn swap(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "there is no {from}");
    text.replacen(from, to, 1)
}

fn without_endpoint(text: &str) -> String {
    let kept = text.lines().filter(|line| !line.contains("schemeID=\"9930\""));
    kept.collect::<Vec<_>>().join("\n")
}
