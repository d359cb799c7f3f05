//! Random books: whatever is written keeps every rule, and what is refused is refused rightly.

use leasehold_books::event::*;
use leasehold_books::{Books, Policy, run};
use leasehold_contract::Lease;
use leasehold_contract::lease::*;
use leasehold_documents::ubl::{self, UblError};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{others, rules};
use crate::support::story::{Kinds, Plan, Story, plans};
use crate::support::*;

/// Events in a story at most.
const EVENTS_MAX: usize = 12;

/// Random stories that others check in the one run of their programs.
const STORIES_FOR_OTHERS: usize = 200;

/// What parties say of themselves. Where `taxed`, every line has a rate; else some lines are
/// outside the scope of the tax.
fn complete(lease: &mut Lease, taxed: bool) {
    lease.owner.details = owner_details();
    lease.tenant.details = tenant_details();
    lease.invoicing.buyer_reference = Some("4711".to_owned());
    if taxed {
        for rule in &mut lease.taxes {
            inside_scope(&mut rule.class);
        }
        let from = day("2000-01-01");
        let class = TaxClass::standard(ratio("19.5%"));
        lease.taxes.insert(0, TaxRule { from, on: Taxed::All, class });
    }
}

fn inside_scope(class: &mut TaxClass) {
    if class.category == TaxCategory::OutOfScope {
        *class = TaxClass { category: TaxCategory::Zero, exemption: None, ..class.clone() };
    }
}

fn books_of(plan: &Plan, taxed: bool) -> Books {
    let Story { mut lease, mut events, through } = plan.build("test", Kinds::All);
    complete(&mut lease, taxed);
    for event in &mut events {
        match &mut event.kind {
            EventKind::Amendment(Amendment { version: Some(version), .. }) => {
                complete(version, taxed);
            }
            EventKind::TaxChange(change) if taxed => inside_scope(&mut change.class),
            _ => {}
        }
    }
    run(vec![lease], events, through, Policy::default()).unwrap()
}

fn decimals(books: &Books) -> u8 {
    books.leases().next().unwrap().signed().currency.decimals()
}

/// Every document of the books with its number, written or refused.
fn written(books: &Books) -> Vec<(String, Result<String, UblError>)> {
    let invoices = books.invoices().iter().map(|invoice| {
        let settled = books.settlements(&invoice.number);
        (invoice.number.clone(), ubl::invoice(invoice, settled))
    });
    let notes = books.credit_notes().iter().map(|note| {
        let original = books.invoice(&note.invoice).unwrap();
        (note.number.clone(), ubl::credit_note(note, original))
    });
    invoices.chain(notes).collect()
}

/// The rules by which documents of a currency may be refused.
fn may_be_refused(decimals: u8, taxed: bool, rule: &str) -> bool {
    match rule {
        "BR-DEC-23" => decimals == 3,
        "BR-O-11" => !taxed,
        "BR-CO-17" => decimals == 0,
        "BR-24" => true,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn every_rule_holds_in_random_books(plan in plans(EVENTS_MAX), taxed in any::<bool>()) {
        let books = books_of(&plan, taxed);
        let decimals = decimals(&books);
        for (number, document) in written(&books) {
            match document {
                Ok(text) => {
                    let faults = rules::faults(&text);
                    prop_assert!(faults.is_empty(), "{number}: {faults:?}\n{text}");
                }
                Err(error) => for problem in &error.problems {
                    let right = may_be_refused(decimals, taxed, problem.rule);
                    prop_assert!(right, "{error}");
                }
            }
        }
    }
}

/// A sample of the same, by the programs of others. How many are refused is said, so that the
/// sample is not empty without anybody knowing.
#[test]
fn others_find_no_fault_with_random_books() {
    let mut runner = TestRunner::deterministic();
    let (mut documents, mut refused) = (Vec::new(), 0_usize);
    for story in 0..STORIES_FOR_OTHERS {
        let plan = plans(EVENTS_MAX).new_tree(&mut runner).unwrap().current();
        // The other reading of the rules wants hundredths of every currency.
        let books = books_of(&plan, story % 3 > 0);
        if decimals(&books) != 2 {
            continue;
        }
        for (number, document) in written(&books) {
            match document {
                Ok(text) => documents.push((format!("{story}-{number}"), text)),
                Err(_) => refused += 1,
            }
        }
    }
    assert!(
        documents.len() > 100 && refused * 4 < documents.len(),
        "{} written, {refused} refused",
        documents.len()
    );
    others::find_no_fault("random", &documents);
}
