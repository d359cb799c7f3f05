//! Ways of computing that known billing systems are guilty of, each written out here, with a case
//! on which it goes wrong. Each test shows that the wrong way gives another answer and that the
//! books give the right one; so a change that falls into one of them fails by its name.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use std::collections::BTreeSet;

use leasehold_books::event::*;
use leasehold_books::ledger::{Account, Cause};
use leasehold_contract::Lease;
use leasehold_contract::facts::UnitRange;
use leasehold_contract::lease::*;
use leasehold_types::{
    AcceleratorSeconds, Date, Money, Ratio, Rounding, Seconds, Tokens, Zone, days_between,
    months_boundary,
};
use support::*;

#[test]
#[allow(clippy::float_arithmetic, reason = "the wrong way, to show that it is one")]
#[allow(clippy::cast_possible_truncation, reason = "the wrong way, to show that it is one")]
fn floating_point_proration() {
    let share = 17.0_f64 / 28.0;
    let wrong = (42.0 * share).round() as i128;
    let mut lease = lease("2027-02-12", "2027-03-01", "1.00");
    lease.currency = currency("JPY");
    let amount = Money::new(42, currency("JPY"));
    lease.fees[0].price = Price::Monthly { amount, share: Ratio::ONE };
    let right = books(lease, vec![], "2027-03-01").invoices()[0].total.minor();
    assert_eq!((wrong, right), (25, 26));
}

#[test]
fn months_counted_from_the_month_before() {
    let mut wrong = vec![day("2027-01-31")];
    for _ in 0..3 {
        let last = *wrong.last().unwrap();
        wrong.push(months_boundary(last, 1).unwrap());
    }
    let mut lease = lease("2027-01-31", "2027-04-30", "100.00");
    lease.rules.billing.align = Alignment::Anchor;
    let books = books(lease, vec![], "2027-04-30");
    let right: Vec<Date> = books.invoices().iter().map(|invoice| invoice.issued).collect();
    assert_eq!(wrong[1..], [day("2027-02-28"), day("2027-03-28"), day("2027-04-28")]);
    assert_eq!(right, [day("2027-02-28"), day("2027-03-31"), day("2027-04-30")]);
}

#[test]
fn proration_by_elapsed_time() {
    let zone = Zone::named("America/New_York").unwrap();
    let seconds = |from: &str, until: &str| {
        i128::from(zone.start_of(day(until)).since(zone.start_of(day(from))).0)
    };
    let share =
        Ratio::new(seconds("2027-03-16", "2027-04-01"), seconds("2027-03-01", "2027-04-01"));
    let exact = Ratio::whole(3_100_000).checked_mul(share.unwrap()).unwrap();
    let wrong = Money::from_exact(exact, currency("USD"), Rounding::HalfAway);
    let mut lease = lease("2027-03-16", "2027-04-01", "31000.00");
    lease.zone = zone;
    let right = books(lease, vec![], "2027-04-01").invoices()[0].total;
    assert_eq!((wrong, right), (usd("16021.53"), usd("16000.00")));
}

fn by_token() -> Lease {
    let mut lease = lease("2027-03-01", "2027-04-01", "0.00");
    let price = Ratio::whole(100);
    let tokens = TokenPrices { input: price, cached: price, output: price };
    lease.overage =
        Some(Overage { minor_per_accelerator_hour: None, tokens: Some(tokens), up_to: None });
    lease
}

fn used(source: &str, id: &str, millions: u64) -> Event {
    let usage = Usage {
        from: at("2027-03-10T00:00:00Z"),
        until: at("2027-03-10T01:00:00Z"),
        accelerator_seconds: AcceleratorSeconds::ZERO,
        tokens: TokenUse { input: Tokens(millions * 1_000_000), ..TokenUse::default() },
        model: None,
    };
    event(source, id, "2027-03-10T02:00:00Z", usage)
}

#[test]
fn deduplication_by_joined_texts() {
    let events = vec![used("a-b", "c", 5), used("a", "b-c", 5)];
    let joined: BTreeSet<String> =
        events.iter().map(|e| format!("{}-{}", e.key.source, e.key.id)).collect();
    let right = books(by_token(), events, "2027-04-01").invoices()[0].total;
    assert_eq!((joined.len(), right), (1, usd("10.00")));
}

#[test]
fn credit_and_charge_rounded_apart() {
    let third = |amount: i64| {
        let exact = Ratio::whole(amount).checked_mul(ratio("10/30")).unwrap();
        Money::from_exact(exact, currency("USD"), Rounding::HalfAway)
    };
    let wrong = third(20_000).checked_sub(third(10_000)).unwrap();
    let in_advance = |amount: &str, version| {
        let mut lease = lease("2027-06-01", "2027-07-01", amount);
        lease.fees[0].timing = FeeTiming::InAdvance;
        lease.version = version;
        lease
    };
    let mut dearer = in_advance("200.00", 2);
    dearer.effective = day("2027-06-21");
    let amended = Amendment { sheet: None, version: Some(Box::new(dearer)) };
    let events = vec![event("desk", "1", "2027-06-20T12:00:00Z", amended)];
    let books = books(in_advance("100.00", 1), events, "2027-07-31");
    assert_eq!((wrong, books.invoices()[1].total), (usd("33.34"), usd("33.33")));
}

#[test]
fn the_total_rounded_apart_from_its_lines() {
    let mut lease = lease("2027-01-16", "2027-04-01", "100000.00");
    lease.fees = vec![
        step("first", "2027-01-16", "100000.00", "50%"),
        step("second", "2027-02-16", "100000.00", "75%"),
        monthly("full", "2027-03-16", "100000.00"),
    ];
    let books = books(lease, vec![], "2027-04-01");
    let march = &books.invoices()[2];
    let exact = march.lines.iter().try_fold(Ratio::ZERO, |sum, line| sum.checked_add(line.exact));
    let wrong = Money::from_exact(exact.unwrap(), currency("USD"), Rounding::HalfAway);
    assert_eq!((wrong, march.total), (usd("87903.23"), usd("87903.22")));
}

#[test]
fn recalls_summed_instead_of_united() {
    let recalls = [((0, 40), "2027-04-10", "2027-04-20"), ((20, 30), "2027-04-15", "2027-04-25")];
    let unit_days: i64 =
        recalls.iter().map(|((_, n), from, to)| n * days_between(day(from), day(to))).sum();
    let exact = Ratio::new(10_000_000 * i128::from(unit_days), 100 * 30).unwrap();
    let wrong = Money::from_exact(exact, currency("USD"), Rounding::HalfAway);
    let mut lease = lease("2027-04-01", "2027-05-01", "100000.00");
    lease.recall = Some(recall_clause("1", None));
    let events = recalls.iter().enumerate().map(|(i, ((first, count), from, until))| {
        let recall = Recalled {
            tranche: tranche_id("main"),
            from: at(&format!("{from}T00:00:00Z")),
            until: at(&format!("{until}T00:00:00Z")),
            class: "standard".to_owned(),
            units: None,
            numbered: Some(vec![UnitRange {
                first: *first,
                count: u64::try_from(*count).unwrap(),
            }]),
            within_clause: true,
        };
        event("desk", &i.to_string(), "2027-04-26T00:00:00Z", recall)
    });
    let books = books(lease, events.collect(), "2027-05-01");
    let credit = books.invoices()[0].lines[1].amount;
    assert_eq!((wrong, credit), (usd("23333.33"), usd("-20000.00")));
}

#[test]
fn a_void_by_deletion() {
    let void = InvoiceVoided { invoice: "INV-000001".to_owned(), reason: "address".to_owned() };
    let lease = lease("2027-01-01", "2027-04-01", "100.00");
    let events = vec![event("clerk", "1", "2027-02-20T12:00:00Z", void)];
    let books = books(lease, events, "2027-04-30");
    let owed = |date: &str, deleted: bool| -> i128 {
        let about = Cause::Invoice("INV-000001".to_owned());
        let entries = books.journal().entries().iter();
        let kept = entries.filter(|e| e.date() <= day(date) && !(deleted && *e.cause() == about));
        let postings = kept.flat_map(|entry| entry.postings());
        let of_it = postings.filter(|posting| posting.account == Account::Receivable);
        of_it.map(|posting| posting.amount.minor()).sum()
    };
    // What was reported for 15 February would change, and a number would be missing.
    assert_eq!((owed("2027-02-15", true), owed("2027-02-15", false)), (0, 10_000));
    let numbers: Vec<&str> = books.invoices().iter().map(|i| i.number.as_str()).collect();
    assert_eq!(numbers, ["INV-000001", "INV-000002", "INV-000003"]);
    assert_eq!(books.credit_notes()[0].total, usd("100.00"));
    // The next invoice bills January again, with February.
    assert_eq!(books.invoices()[1].total, usd("200.00"));
    assert_eq!(owed("2027-04-30", false), 30_000);
}

/// What is learnt late counts as if it had been known: a system that rounds each correction by
/// itself drifts by a cent for each.
#[test]
fn corrections_rounded_one_by_one() {
    let third = Ratio::new(100, 3).unwrap();
    let mut lease = by_token();
    lease.overage.as_mut().unwrap().tokens =
        Some(TokenPrices { input: third, cached: third, output: third });
    let late = |n: i64| Event {
        at: at("2027-04-02T00:00:00Z").saturating_add(Seconds::from_days(n * 31)),
        ..used("meter", &n.to_string(), 1)
    };
    let alone = Money::from_exact(third, currency("USD"), Rounding::HalfAway);
    let wrong: i128 = (0..3).map(|_| alone.minor()).sum();
    let books = books(lease, (0..3).map(late).collect(), "2027-09-30");
    let right: i128 = books.invoices().iter().map(|invoice| invoice.total.minor()).sum();
    assert_eq!((wrong, right), (99, 100));
}
