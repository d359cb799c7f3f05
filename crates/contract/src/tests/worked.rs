//! The worked cases of DESIGN, section 11, by number.

use leasehold_types::{Instant, Period, Ratio, Rounding, Seconds, allocate};

use super::build::*;
use crate::Facts;
use crate::lease::*;
use crate::notice::NoticeBook;
use crate::schedule::LineKind;

/// The total of the first billing period.
fn first(lease: &Lease) -> String {
    totals(lease, &Facts::as_promised(lease)).remove(0)
}

#[test]
fn case_01_start_within_a_month() {
    let mut lease = lease("2027-01-16", "2028-01-16");
    assert_eq!(first(&lease), "51612.90");
    lease.rules.proration = DayCount::ThirtyE360;
    assert_eq!(first(&lease), "50000.00");
}

#[test]
fn case_02_start_within_february() {
    assert_eq!(first(&lease("2028-02-15", "2029-01-01")), "51724.14");
    assert_eq!(first(&lease("2027-02-15", "2029-01-01")), "50000.00");
}

#[test]
fn case_03_anchor_on_the_31st() {
    let mut lease = lease("2027-01-31", "2027-06-30");
    lease.rules.billing.align = Alignment::Anchor;
    let facts = Facts::as_promised(&lease);
    let boundaries = lease.evaluate(&facts).unwrap().billing_boundaries().unwrap();
    let wanted =
        ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30"];
    assert_eq!(boundaries, wanted.map(day));
    assert_eq!(totals(&lease, &facts), vec!["100000.00"; 5]);
}

#[test]
fn case_04_a_day_of_23_hours_is_a_day() {
    let mut lease = lease("2027-03-16", "2028-01-01");
    lease.zone = zone("America/New_York");
    lease.fees = vec![monthly("full", "2027-03-16", "31000.00")];
    assert_eq!(first(&lease), "16000.00");
    // The clocks change on the 14th; a lease from the 14th on has 18 days, the first of 23 hours.
    lease.fees[0].from = day("2027-03-14");
    assert_eq!(first(&lease), "18000.00");
}

#[test]
fn case_05_an_event_belongs_to_the_civil_day_of_the_lease() {
    let event: Instant = "2027-11-01T03:30:00Z".parse().unwrap();
    for (name, month) in [("America/New_York", "2027-10-01"), ("Europe/Berlin", "2027-11-01")] {
        let mut lease = lease("2027-01-01", "2028-01-01");
        lease.zone = zone(name);
        lease.recall = Some(recall_clause());
        let mut facts = Facts::as_promised(&lease);
        let mut taken = taking(&lease, "2027-10-01", "2027-10-02", 0, 100);
        taken.period = Period::new(event, event.saturating_add(Seconds::from_minutes(30)));
        facts.takings = vec![taken];
        let schedule = lease.schedule(&facts, day("2027-01-01"), day("2028-01-01")).unwrap();
        let with_recall = schedule.periods.iter().filter(|period| {
            period.lines.iter().any(|line| line.kind == LineKind::RecallAbatement)
        });
        assert_eq!(with_recall.map(|p| p.from).collect::<Vec<_>>(), [day(month)], "{name}");
    }
}

/// Half in lease month 1, three quarters in month 2, then all.
fn ramp(until: &str) -> Lease {
    let step = |name: &str, from: &str, share: &str| {
        let price = Price::Monthly { amount: usd("100000.00"), share: ratio(share) };
        phase(name, from, price)
    };
    let mut lease = lease("2027-01-16", until);
    lease.fees = vec![
        step("half", "2027-01-16", "50%"),
        step("most", "2027-02-16", "75%"),
        step("full", "2027-03-16", "100%"),
    ];
    lease
}

#[test]
fn case_06_ramp_steps_within_calendar_invoices() {
    let lease = ramp("2027-04-01");
    let facts = Facts::as_promised(&lease);
    assert_eq!(
        amounts(&lease, &facts),
        [vec!["25806.45"], vec!["26785.71", "34821.43"], vec!["36290.32", "51612.90"]]
    );
    // The total is the sum of the lines: not 87,903.23, which is the sum rounded afresh.
    assert_eq!(totals(&lease, &facts), ["25806.45", "61607.14", "87903.22"]);
}

#[test]
fn case_07_ramp_with_its_last_day_within_a_month() {
    let lease = ramp("2027-02-21");
    let facts = Facts::as_promised(&lease);
    assert_eq!(amounts(&lease, &facts)[1], ["26785.71", "13392.86"]);
    assert_eq!(totals(&lease, &facts)[1], "40178.57");
    // The same where a notice ends it on that day.
    let lease = ramp("2028-01-01");
    let facts = Facts { ends: Some(day("2027-02-21")), ..Facts::as_promised(&lease) };
    assert_eq!(totals(&lease, &facts), ["25806.45", "40178.57"]);
}

/// A lease of `from` to 2030 that the tenant may end.
fn ending(from: &str, notice: NoticeLength) -> Lease {
    let mut lease = lease(from, "2030-01-01");
    lease.term.tenant_exit = Some(exit_right(notice));
    lease
}

fn noon(date: &str) -> Instant {
    format!("{date}T12:00:00Z").parse().unwrap()
}

#[test]
fn case_08_notice_is_the_corresponding_date() {
    for (notice, served, ends) in [
        (NoticeLength::Months(3), "2027-11-29", "2028-02-29"),
        (NoticeLength::Months(3), "2027-11-30", "2028-02-29"),
        (NoticeLength::Days(30), "2027-01-31", "2027-03-02"),
    ] {
        let lease = ending("2027-01-01", notice);
        assert_eq!(lease.serve(Side::Tenant, noon(served)).unwrap().ends, day(ends), "{served}");
    }
}

#[test]
fn case_09_never_before_the_initial_period_ends() {
    let mut lease = ending("2027-01-16", NoticeLength::Months(3));
    lease.term.initial_period_end = Some(day("2028-01-16"));
    let effect = lease.serve(Side::Tenant, noon("2027-06-10")).unwrap();
    assert_eq!(effect.ends, day("2028-01-16"));
}

#[test]
fn case_10_the_earlier_effect_governs() {
    let mut lease = ending("2027-01-01", NoticeLength::Months(3));
    lease.term.owner_exit = Some(exit_right(NoticeLength::Months(1)));
    let mut book = NoticeBook::default();
    book.record(book.serve(&lease, Side::Tenant, noon("2027-05-10")).unwrap());
    book.record(book.serve(&lease, Side::Owner, noon("2027-06-01")).unwrap());
    let governing = book.governing().unwrap();
    assert_eq!((governing.side, governing.ends), (Side::Owner, day("2027-07-01")));
    assert_eq!(book.notices().len(), 2);
    // Withdrawn with the tenant's consent, the tenant's own notice governs again.
    let withdrawal = book.withdraw(&lease, Side::Owner, noon("2027-06-20"), "letter 7").unwrap();
    book.record_withdrawal(withdrawal);
    assert_eq!(book.governing().map(|n| n.ends), Some(day("2027-08-10")));
}

/// 100 nodes at 100,000.00 in April; 40 out from the 10th to the 20th, 30 from the 15th to the
/// 25th, 20 of them in both.
fn april() -> (Lease, Facts) {
    let mut lease = lease("2027-01-01", "2028-01-01");
    lease.recall = Some(recall_clause());
    let mut facts = Facts::as_promised(&lease);
    facts.takings = vec![
        taking(&lease, "2027-04-10", "2027-04-20", 0, 40),
        taking(&lease, "2027-04-15", "2027-04-25", 20, 30),
    ];
    (lease, facts)
}

#[test]
fn case_11_the_union_is_abated() {
    let (lease, facts) = april();
    assert_eq!(amounts(&lease, &facts)[3], ["100000.00", "-20000.00"]);
}

#[test]
fn case_12_multiple_and_cap() {
    let (mut lease, mut facts) = april();
    let abatement = Abatement { multiple: Ratio::whole(2), cap: Some(ratio("50%")) };
    lease.recall.as_mut().unwrap().abatement = abatement;
    assert_eq!(amounts(&lease, &facts)[3], ["100000.00", "-40000.00"]);
    facts.takings.push(taking(&lease, "2027-04-01", "2027-04-07", 50, 50));
    // 900 node-days, twice their fee: 60,000.00, of which half the month's fee.
    assert_eq!(amounts(&lease, &facts)[3], ["100000.00", "-50000.00"]);
}

#[test]
fn case_13_one_amount_over_three_heads() {
    assert_eq!(allocate(10_000, &[1, 1, 1]).unwrap(), [3_334, 3_333, 3_333]);
    assert_eq!(allocate(-10_000, &[1, 1, 1]).unwrap(), [-3_334, -3_333, -3_333]);
    assert_eq!(allocate(100, &[1, 1, 1]).unwrap(), [34, 33, 33]);
}

#[test]
fn case_15_a_change_paid_in_advance_is_billed_by_the_cumulative_rule() {
    // 10 of 30 days at 200.00 instead of 100.00: 133.33 to date, of which 100.00 is billed.
    let to_date = ratio("40000/3");
    let bill = crate::schedule::next_bill(to_date, usd("100.00"), Rounding::HalfAway).unwrap();
    assert_eq!(bill, usd("33.33"));
}

#[test]
fn case_19_the_second_invoice_covers_twelve_months() {
    let mut lease = lease("2027-01-01", "2030-01-01");
    lease.rules.billing.every_months = 24;
    let facts = Facts::as_promised(&lease);
    assert_eq!(totals(&lease, &facts), ["2400000.00", "1200000.00"]);
}

#[test]
fn case_20_no_floating_point() {
    let exact = ratio("17/28").checked_mul(Ratio::whole(42)).unwrap();
    assert_eq!(exact.round(Rounding::HalfAway), 26);
    // The same on a schedule: 0.42 a month, 17 of February's 28 days.
    let mut lease = lease("2027-02-12", "2027-03-01");
    lease.fees = vec![monthly("full", "2027-02-12", "0.42")];
    assert_eq!(first(&lease), "0.26");
}
