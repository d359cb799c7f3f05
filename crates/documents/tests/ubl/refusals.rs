//! What cannot be said is refused, with the rule and the key of the term sheet that helps.

use leasehold_books::Books;
use leasehold_contract::Lease;
use leasehold_contract::lease::*;
use leasehold_documents::ubl;
use leasehold_types::Ratio;

use super::variants::{complete, in_currency, rule};
use crate::support::*;

/// Why the first invoice of the books cannot be written.
fn refused(books: &Books) -> String {
    let invoice = &books.invoices()[0];
    let error = ubl::invoice(invoice, books.settlements(&invoice.number));
    error.unwrap_err().to_string()
}

/// A month with every detail, changed.
fn changed(change: impl FnOnce(&mut Lease)) -> Books {
    let mut lease = complete(lease("2027-04-01", "2027-05-01", "1000.00"));
    change(&mut lease);
    books(lease, vec![], "2027-05-31")
}

#[test]
fn a_lease_that_says_nothing_of_its_parties_is_told_everything_at_once() {
    let bare = changed(|lease| {
        lease.owner.details = PartyDetails::default();
        lease.tenant.details = PartyDetails::default();
        lease.invoicing = Invoicing::default();
    });
    insta::assert_snapshot!(refused(&bare));
}

#[test]
fn wrong_codes_are_named() {
    let wrong = changed(|lease| {
        let (owner, tenant) = (&mut lease.owner.details, &mut lease.tenant.details);
        owner.address.as_mut().unwrap().country = "Germany".to_owned();
        owner.vat_id = Some("123456788".to_owned());
        owner.endpoint.as_mut().unwrap().scheme = Some("9906".to_owned());
        owner.bank.as_mut().unwrap().account = " ".to_owned();
        tenant.registration.as_mut().unwrap().scheme = Some("KVK".to_owned());
        let gln = Identifier { scheme: Some("0088".to_owned()), id: "4012345000008".to_owned() };
        tenant.endpoint = Some(gln);
    });
    insta::assert_snapshot!(refused(&wrong));
    let blank = changed(|lease| {
        lease.owner.details.endpoint.as_mut().unwrap().scheme = None;
        lease.tenant.details.endpoint.as_mut().unwrap().id = String::new();
        lease.tenant.details.address.as_mut().unwrap().country = String::new();
        lease.tenant.name = "\u{a0}".to_owned();
        lease.tenant.details.registration =
            Some(Identifier { scheme: Some("0208".to_owned()), id: "0202239952".to_owned() });
    });
    insta::assert_snapshot!(refused(&blank));
}

#[test]
fn a_right_gln_is_taken() {
    let books = changed(|lease| {
        let gln = Identifier { scheme: Some("0088".to_owned()), id: "4012345000009".to_owned() };
        lease.tenant.details.endpoint = Some(gln);
    });
    ubl::invoice(&books.invoices()[0], &[]).unwrap();
}

#[test]
fn currencies_that_the_standard_does_not_know_are_refused() {
    insta::assert_snapshot!(refused(&in_currency("KWD")));
    insta::assert_snapshot!(refused(&in_currency("XCG")));
    for code in ["USD", "JPY"] {
        let books = in_currency(code);
        ubl::invoice(&books.invoices()[0], &[]).unwrap();
    }
}

#[test]
fn a_fee_that_is_not_disclosed_has_no_amount() {
    let undisclosed = changed(|lease| {
        let ramp = FeePhase { price: Price::Undisclosed, ..monthly("ramp", "2027-04-01", "0.00") };
        lease.fees = vec![ramp, monthly("full", "2027-04-16", "1000.00")];
    });
    insta::assert_snapshot!(refused(&undisclosed));
}

fn of_class(category: TaxCategory, rate: &str, reason: Option<&str>, code: Option<&str>) -> Books {
    let (exemption, exemption_code) = (reason.map(str::to_owned), code.map(str::to_owned));
    let class = TaxClass { category, rate: ratio(rate), exemption, exemption_code };
    changed(|lease| lease.taxes = vec![rule("2027-01-01", Taxed::All, class)])
}

#[test]
fn taxes_that_contradict_themselves_are_refused() {
    let wrong = [
        of_class(TaxCategory::Standard, "0", None, None),
        of_class(TaxCategory::Exempt, "7%", Some("by law"), None),
        of_class(TaxCategory::Standard, "1/3", None, None),
        of_class(TaxCategory::Exempt, "0", None, None),
        of_class(TaxCategory::Exempt, "0", Some(" "), Some("EX-1")),
        of_class(TaxCategory::Export, "0", None, Some("VATEX-EU-AE")),
        of_class(TaxCategory::ReverseCharge, "0", Some("travel"), Some("VATEX-EU-D")),
    ];
    let said: Vec<String> = wrong.iter().map(refused).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn categories_ask_for_identifiers() {
    let nameless = |category| {
        let class = TaxClass {
            category,
            rate: Ratio::ZERO,
            exemption: Some("because".to_owned()),
            exemption_code: None,
        };
        let books = changed(|lease| {
            lease.taxes = vec![rule("2027-01-01", Taxed::All, class)];
            for details in [&mut lease.owner.details, &mut lease.tenant.details] {
                (details.vat_id, details.registration) = (None, None);
            }
        });
        refused(&books)
    };
    let categories = [
        TaxCategory::Zero,
        TaxCategory::ReverseCharge,
        TaxCategory::IntraCommunity,
        TaxCategory::OutOfScope,
    ];
    insta::assert_snapshot!(categories.map(nameless).join("\n"));
}

#[test]
fn a_document_is_inside_or_outside_the_scope_of_the_tax() {
    let mixed = changed(|lease| {
        lease.fees = vec![
            monthly("first", "2027-04-01", "1000.00"),
            monthly("second", "2027-04-16", "1000.00"),
        ];
        lease.taxes.push(rule("2027-04-20", Taxed::All, TaxClass::none()));
    });
    insta::assert_snapshot!(refused(&mixed));
}

#[test]
fn a_note_is_written_with_the_invoice_that_it_names() {
    let books = rich_books();
    let error = ubl::credit_note(&books.credit_notes()[0], &books.invoices()[0]).unwrap_err();
    insta::assert_snapshot!(error);
}

/// Sums that the books got wrong are found before they are sent.
#[test]
fn books_that_do_not_add_up_are_refused() {
    let books = changed(|_| {});
    let said = |change: fn(&mut leasehold_books::invoice::Invoice)| {
        let mut invoice = books.invoices()[0].clone();
        change(&mut invoice);
        ubl::invoice(&invoice, &[]).unwrap_err().to_string()
    };
    let found = [
        said(|invoice| invoice.draft.net = usd("1000.01")),
        said(|invoice| invoice.draft.tax = usd("200.01")),
        said(|invoice| invoice.draft.total = usd("1200.01")),
        said(|invoice| invoice.draft.taxes[0].tax = usd("200.02")),
        said(|invoice| {
            invoice.draft.lines[0].amount = usd("999.99");
            invoice.draft.net = usd("999.99");
            invoice.draft.total = usd("1199.99");
        }),
        said(|invoice| invoice.draft.lines[0].amount = usd("-1000.00")),
    ];
    insta::assert_snapshot!(found.join("\n"));
}
