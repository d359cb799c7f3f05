//! What adds up: costs by document, by line, by commitment; capacity by day.

use std::collections::BTreeMap;

use leasehold_books::{Books, Policy, run};
use leasehold_documents::focus::{self, ChargeCategory, Decimal, Range};
use leasehold_types::{Money, Ratio};
use proptest::prelude::*;

use crate::support::story::{Kinds, Plan, plans};
use crate::support::*;

/// Events in a story at most.
const EVENTS_MAX: usize = 12;

/// The books of a random story.
pub fn books_of(plan: &Plan) -> Books {
    let story = plan.build("test", Kinds::All);
    run(vec![story.lease], story.events, story.through, Policy::default()).unwrap()
}

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_sums_hold_over_random_books(plan in plans(EVENTS_MAX)) {
        check(&books_of(&plan));
    }

    /// What is exported of two adjacent ranges is what is exported of both together.
    #[test]
    fn ranges_are_additive(plan in plans(EVENTS_MAX), cut in 0_usize..40) {
        let books = books_of(&plan);
        let issued: Vec<_> = books.invoices().iter().map(|invoice| invoice.issued).collect();
        let cut = issued.get(cut).copied().unwrap_or(day("2001-01-01"));
        let all = Range::ALL;
        let before = Range { until: cut, ..all };
        let after = Range { from: cut, ..all };
        let count = |range| focus::invoice_detail(&books, range).rows().count();
        prop_assert_eq!(count(before) + count(after), count(all));
        let count = |range| focus::cost_and_usage(&books, range).rows().count();
        prop_assert_eq!(count(before) + count(after), count(all));
    }
}

/// A void takes everything back: what was billed, what it cost by day, and the tax.
#[test]
fn a_void_is_the_mirror_image_of_its_invoice() {
    let books = rich_books();
    let void = books.credit_notes().iter().find(|note| note.invoice == "INV-000003").unwrap();
    let of = |number: &str, sign: &str| {
        let mut sums = BTreeMap::new();
        for row in focus::cost_and_usage(&books, Range::ALL).rows() {
            let row = row.unwrap();
            if row.document.number == number && !value(row.effective).is_zero() {
                let (start, sign) = (row.period.start(), ratio(sign));
                let day = format!("{:?} {:?} {start}", row.category, row.extra.kind);
                let signed = |cost| value(cost).checked_mul(sign).unwrap();
                add(&mut sums, format!("{day} billed"), signed(row.billed));
                add(&mut sums, format!("{day} effective"), signed(row.effective));
            }
        }
        // The tax of a note stands in the billing period in which it was issued.
        sums.retain(|day, _| !day.starts_with("Tax"));
        sums
    };
    let invoice = of("INV-000003", "1");
    assert!(invoice.len() > 60, "{invoice:?}");
    assert_eq!(invoice, of(&void.number, "-1"));
    let original = books.invoice("INV-000003").unwrap();
    assert_eq!(original.total, void.total);
}

/// By FOCUS the days of a purchase share its cost: equal weights, largest remainder, the earlier
/// day first, signs mirrored.
#[test]
fn a_fee_is_shared_out_by_days() {
    let mut lease = lease("2027-03-01", "2027-06-01", "100.00");
    lease.zone = leasehold_types::Zone::named("Europe/Berlin").unwrap();
    let books = books(lease, Vec::new(), "2027-06-30");
    let days: Vec<(String, String)> = focus::cost_and_usage(&books, Range::ALL)
        .rows()
        .map(|row| row.unwrap())
        .filter(|row| row.category == ChargeCategory::Usage)
        .filter(|row| row.document.number == "INV-000001")
        .map(|row| (row.period.start().to_string(), row.effective.to_string()))
        .collect();
    assert_eq!(days.len(), 31);
    // 100.00 over 31 days: 322 each, 18 left over, which the first 18 days have.
    assert!(days[..18].iter().all(|(_, cost)| cost == "3.23"), "{days:?}");
    assert!(days[18..].iter().all(|(_, cost)| cost == "3.22"), "{days:?}");
    // The day on which clocks go forward has 23 hours, and is a day.
    assert_eq!(days[27].0, "2027-03-27T23:00:00Z");
    assert_eq!(days[28].0, "2027-03-28T22:00:00Z");
}

/// The quantities of a day add up to what the tenant may use, and a day of 23 hours has 23.
#[test]
fn quantities_are_the_entitlement() {
    let mut lease = lease("2027-03-01", "2027-06-01", "100.00");
    lease.zone = leasehold_types::Zone::named("Europe/Berlin").unwrap();
    lease.recall = Some(recall_clause("1", None));
    let recalled = leasehold_books::event::Recalled {
        tranche: tranche_id("main"),
        from: at("2027-03-28T10:00:00Z"),
        until: at("2027-03-28T20:00:00Z"),
        class: "standard".to_owned(),
        units: Some(leasehold_types::Units(40)),
        numbered: None,
        within_clause: true,
    };
    let recall = event("desk", "r1", "2027-03-28T08:00:00Z", recalled);
    let books = books(lease, vec![recall], "2027-06-30");
    let rows: Vec<_> =
        focus::cost_and_usage(&books, Range::ALL).rows().map(|row| row.unwrap()).collect();
    let start = at("2027-03-27T23:00:00Z");
    let day = rows.iter().find(|row| row.period.start() == start && row.consumed.is_some());
    let day = day.unwrap();
    assert_eq!(day.consumed.unwrap().0.to_string(), (23 * 100 - 10 * 40).to_string());
    assert_eq!(day.extra.committed.unwrap().0, 23 * 100 * 3_600);
    assert_eq!(day.extra.recalled.unwrap().0, 10 * 40 * 3_600);
    let credit = rows.iter().find(|row| row.extra.kind == Some("recall_abatement")).unwrap();
    assert_eq!(credit.category, ChargeCategory::Credit);
    assert_eq!(credit.extra.recalled.unwrap().0, 10 * 40 * 3_600);
    assert_eq!(credit.extra.recalls.as_deref(), Some(r#"[["desk","r1"]]"#));
    assert_eq!(credit.extra.notice_classes.as_deref(), Some(r#"["standard"]"#));
}
