//! What adds up: costs by document, by line, by commitment; capacity by day.

use std::collections::BTreeMap;

use leasehold_books::Books;
use leasehold_documents::focus::{self, ChargeCategory, Decimal, Range};
use leasehold_types::{Money, Ratio};

use crate::support::*;

/// The exact value of a decimal.
fn value(decimal: Decimal) -> Ratio {
    decimal.to_string().parse().unwrap()
}

fn add(sums: &mut BTreeMap<String, Ratio>, key: impl Into<String>, much: Ratio) {
    let sum = sums.entry(key.into()).or_insert(Ratio::ZERO);
    *sum = sum.checked_add(much).unwrap();
}

fn major(money: Money) -> Ratio {
    money.to_decimal().parse().unwrap()
}

/// What each document comes to, by its number; credit notes below zero.
fn totals(books: &Books) -> BTreeMap<String, Ratio> {
    let invoices = books.invoices().iter().map(|i| (i.number.clone(), major(i.total)));
    let zero = Ratio::ZERO;
    let notes = books.credit_notes().iter();
    let notes = notes.map(|n| (n.number.clone(), zero.checked_sub(major(n.total)).unwrap()));
    invoices.chain(notes).collect()
}

/// Checks every sum of the books' exports that must hold.
pub fn check(books: &Books) {
    let totals = totals(books);
    let mut billed = BTreeMap::new();
    let mut effective = BTreeMap::new();
    let mut by_detail = BTreeMap::new();
    let mut purchased = BTreeMap::new();
    let mut used = BTreeMap::new();
    for row in focus::cost_and_usage(books, Range::ALL).rows() {
        let row = row.unwrap_or_else(|error| panic!("{error}"));
        let number = row.document.number.clone();
        add(&mut billed, number.clone(), value(row.billed));
        add(&mut effective, number, value(row.effective));
        if let Some(id) = &row.detail_id {
            add(&mut by_detail, id.clone(), value(row.billed));
        }
        let Some(commitment) = &row.commitment else { continue };
        match row.category {
            ChargeCategory::Purchase => {
                assert_eq!(value(row.effective), Ratio::ZERO);
                add(&mut purchased, commitment.id.clone(), value(row.billed));
            }
            _ => {
                assert_eq!(value(row.billed), Ratio::ZERO);
                add(&mut used, commitment.id.clone(), value(row.effective));
            }
        }
    }
    assert_eq!(billed, totals, "billed cost by document");
    assert_eq!(effective, totals, "effective cost by document");
    let covered = purchased.iter().filter(|(id, cost)| !cost.is_zero() || used.contains_key(*id));
    let covered: BTreeMap<String, Ratio> = covered.map(|(id, c)| (id.clone(), *c)).collect();
    assert_eq!(used, covered, "effective cost of use by commitment");

    let mut detail = BTreeMap::new();
    let mut by_line = BTreeMap::new();
    for row in focus::invoice_detail(books, Range::ALL).rows() {
        let row = row.unwrap_or_else(|error| panic!("{error}"));
        add(&mut detail, row.document.number.clone(), value(row.billed));
        let id = format!("{}/{}/{}", row.document.issuer_id, row.document.number, row.line);
        assert!(by_line.insert(id, value(row.billed)).is_none(), "an id of a line comes twice");
    }
    assert_eq!(detail, totals, "invoice details by document");
    assert_eq!(by_line, by_detail, "billed cost by line of an invoice");
}

#[test]
fn the_sums_hold_over_the_rich_books() {
    check(&rich_books());
}
