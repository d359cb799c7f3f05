//! The disclosed leases and the three readings of one clause: DESIGN, section 9, exactly.

use leasehold_types::Date;

use super::build::*;
use crate::disclose::FourLines;
use crate::lease::*;
use crate::notice::NoticeBook;
use crate::sheet::compile;
use crate::term::EndsBecause;
use crate::{Facts, Lease};

fn example(text: &str) -> Lease {
    compile(text).unwrap().lease
}

fn anthropic() -> Lease {
    example(include_str!("../../../../examples/leases/anthropic.toml"))
}

fn google() -> Lease {
    example(include_str!("../../../../examples/leases/google.toml"))
}

fn reflection() -> Lease {
    example(include_str!("../../../../examples/leases/reflection.toml"))
}

fn at_close(lease: &Lease, date: &str) -> FourLines {
    let facts = Facts::as_promised(lease);
    lease.four_lines(&facts, &NoticeBook::default(), lease.close_of(day(date))).unwrap()
}

#[test]
fn anthropic_at_the_close_of_june_2026() {
    let four = at_close(&anthropic(), "2026-06-30");
    assert_eq!(four.headline_value, usd("43750000000.00"));
    assert_eq!(four.non_cancellable_value, usd("5000000000.00"));
    assert_eq!(four.rpo, usd("5000000000.00"));
    assert_eq!(four.term_end(), day("2026-11-01"));
    assert_eq!(four.earliest_exit(), Some(day("2026-11-01")));
    assert_eq!(four.run_rate_month, usd("1250000000.00"));
    assert!(four.undisclosed.is_empty());
}

#[test]
fn anthropic_has_35_full_months_and_two_undisclosed() {
    let lease = anthropic();
    let facts = Facts::as_promised(&lease);
    let schedule = lease.schedule(&facts, Date::MIN, Date::MAX).unwrap();
    assert_eq!(schedule.total, usd("43750000000.00"));
    let full = schedule.periods.iter().filter(|p| p.total == usd("1250000000.00")).count();
    assert_eq!(full, 35);
    assert_eq!(schedule.undisclosed[0].months, 2);
    assert_eq!(at_close(&lease, "2026-05-31").undisclosed[0].months, 1);
}

#[test]
fn google_at_the_close_of_september_2026() {
    let four = at_close(&google(), "2026-09-30");
    assert_eq!(four.headline_value, usd("30360000000.00"));
    assert_eq!(four.non_cancellable_value, usd("5520000000.00"));
    assert_eq!(four.term_end(), day("2027-04-01"));
}

#[test]
fn run_rate_of_the_three() {
    let leases = [anthropic(), google(), reflection()];
    let rates = leases.iter().map(|lease| at_close(lease, "2026-09-30").run_rate_month);
    let sum = leasehold_types::Money::sum(currency("USD"), rates).unwrap();
    assert_eq!(sum, usd("2320000000.00"));
}

fn noon(date: &str) -> leasehold_types::Instant {
    format!("{date}T17:00:00Z").parse().unwrap()
}

/// The first day on which the tenant may serve, and the end that this brings about.
fn reading(text: &str) -> (String, String) {
    let lease = example(text);
    let mut date = lease.signed;
    loop {
        if let Ok(effect) = lease.serve(Side::Tenant, noon(&date.to_string())) {
            return (date.to_string(), effect.ends.to_string());
        }
        date = date.tomorrow().unwrap();
    }
}

#[test]
fn reading_a_served_after_three_months() {
    let text = include_str!("../../../../examples/leases/reading-a.toml");
    assert_eq!(reading(text), ("2026-08-03".to_owned(), "2026-11-01".to_owned()));
}

#[test]
fn reading_b_effective_after_three_months() {
    let text = include_str!("../../../../examples/leases/reading-b.toml");
    let lease = example(text);
    let ends = |date| lease.serve(Side::Tenant, noon(date)).unwrap().ends;
    // Served from 5 May: notice before that ends it no earlier, notice after that a day later.
    assert_eq!(ends("2026-05-03"), day("2026-08-03"));
    assert_eq!(ends("2026-05-05"), day("2026-08-03"));
    assert_eq!(ends("2026-05-06"), day("2026-08-04"));
    assert_eq!(lease.serve_by(Side::Tenant, day("2026-08-03")), Some(day("2026-05-05")));
}

#[test]
fn reading_c_180_days_fixed_then_90() {
    let text = include_str!("../../../../examples/leases/reading-c.toml");
    assert_eq!(reading(text), ("2026-10-30".to_owned(), "2027-01-28".to_owned()));
}

#[test]
fn each_reading_changes_the_four_lines() {
    let found: Vec<(String, String)> = [
        include_str!("../../../../examples/leases/reading-a.toml"),
        include_str!("../../../../examples/leases/reading-b.toml"),
        include_str!("../../../../examples/leases/reading-c.toml"),
    ]
    .map(|text| {
        let four = at_close(&example(text), "2026-06-30");
        (four.term_end().to_string(), four.non_cancellable_value.to_decimal())
    })
    .to_vec();
    let wanted = [
        ("2026-11-01", "5000000000.00"),
        // July and August, and 28 of September's 30 days.
        ("2026-09-29", "3666666666.67"),
        // July to December, and 27 of January's 31 days.
        ("2027-01-28", "8588709677.42"),
    ];
    assert_eq!(found, wanted.map(|(end, value)| (end.to_owned(), value.to_owned())));
}

#[test]
fn a_served_notice_ends_the_enforceable_term() {
    let lease = anthropic();
    let mut book = NoticeBook::default();
    book.record(book.serve(&lease, Side::Tenant, noon("2026-09-10")).unwrap());
    let as_of = lease.close_of(day("2026-09-30"));
    let found = lease.term_end(&book, as_of).unwrap();
    assert_eq!(found.term_end, day("2026-12-09"));
    assert_eq!(found.because, EndsBecause::Served(Side::Tenant));
    // Before it is received, it does not count.
    let before = lease.term_end(&book, lease.close_of(day("2026-09-09"))).unwrap();
    assert_eq!(before.because, EndsBecause::EitherCouldLeave);
}
