//! Each clause of a lease on one invoice: what it takes off or adds, worked by hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use leasehold_books::event::*;
use leasehold_books::invoice::LineNature;
use leasehold_contract::Lease;
use leasehold_contract::facts::UnitRange;
use leasehold_contract::lease::*;
use leasehold_types::{AcceleratorSeconds, Ratio, Seconds, Tokens, Units};
use support::*;

fn delivered(id: &str, on: &str, units: u64) -> Event {
    let came = Delivered { tranche: tranche_id("main"), on: day(on), units: Units(units) };
    event("desk", id, &format!("{on}T12:00:00Z"), came)
}

/// 100 units from 1 April at 3,000.00 a month, a day of which is 100.00 and a unit's day 1.00.
fn late_lease() -> Lease {
    let mut lease = lease("2027-04-01", "2027-07-01", "3000.00");
    lease.tranches[0].late = Late {
        grace_days: 5,
        discount_per_day: ratio("10%"),
        remedies: vec![Remedy::AcceptFewer],
        elect_within_days: 10,
        silence: Remedy::Wait,
    };
    lease
}

#[test]
fn what_comes_late_is_not_charged_and_is_discounted_after_the_grace() {
    // 60 on time, 40 on 16 April: 15 days late, 10 of them after the grace.
    let events = vec![delivered("1", "2027-04-01", 60), delivered("2", "2027-04-16", 40)];
    let books = books(late_lease(), events, "2027-05-01");
    assert_eq!(
        lines(&books.invoices()[0]),
        pairs(&[
            ("fee `full`", "3000.00"),
            ("units not delivered, tranche `main`", "-600.00"),
            ("discount for late delivery, tranche `main`", "-40.00"),
        ])
    );
}

#[test]
fn who_accepts_fewer_pays_in_proportion() {
    let elected = LateElection {
        tranche: tranche_id("main"),
        remedy: Remedy::AcceptFewer,
        from: day("2027-04-11"),
        keeps: None,
    };
    let events =
        vec![delivered("1", "2027-04-01", 60), event("desk", "2", "2027-04-11T00:00:00Z", elected)];
    let books = books(late_lease(), events, "2027-06-01");
    // Until 11 April 40 units are missing, 5 days of them after the grace; then 40 are given up.
    assert_eq!(
        lines(&books.invoices()[0]),
        pairs(&[
            ("fee `full`", "3000.00"),
            ("units no longer committed, tranche `main`", "-800.00"),
            ("units not delivered, tranche `main`", "-400.00"),
            ("discount for late delivery, tranche `main`", "-20.00"),
        ])
    );
    let may = &books.invoices()[1];
    assert_eq!(may.total, usd("1800.00"));
}

fn recall(id: &str, units: (u64, u64), class: &str, from: &str, until: &str) -> Event {
    let recall = Recalled {
        tranche: tranche_id("main"),
        from: at(from),
        until: at(until),
        class: class.to_owned(),
        units: None,
        numbered: Some(vec![UnitRange { first: units.0, count: units.1 }]),
        within_clause: true,
    };
    event("desk", id, from, recall)
}

#[test]
fn compensation_is_multiplied_for_short_notice_and_stops_at_its_limit() {
    let mut lease = lease("2027-04-01", "2027-07-01", "0.00");
    let mut clause = recall_clause("0", None);
    clause.compensation = Compensation {
        minor_per_accelerator_hour: Ratio::whole(100),
        stop_loss_per_year: Some(usd("1000.00")),
    };
    let short = NoticeClass {
        name: "short".to_owned(),
        multiplier: ratio("2.5"),
        ..clause.classes[0].clone()
    };
    clause.classes.push(short);
    lease.recall = Some(clause);
    lease.fees[0] = monthly("full", "2027-04-01", "5000.00");
    let events = vec![
        // 10 units for 24 hours at 1.00: 240.00.
        recall("1", (0, 10), "standard", "2027-04-05T00:00:00Z", "2027-04-06T00:00:00Z"),
        // 10 units for 12 hours at 2.50: 300.00; half of them also recalled by the other class.
        recall("2", (0, 10), "short", "2027-05-05T00:00:00Z", "2027-05-05T12:00:00Z"),
        recall("3", (5, 5), "standard", "2027-05-05T00:00:00Z", "2027-05-05T12:00:00Z"),
        // 100 units for a day would be 2,400.00; 460.00 are left of the year's limit.
        recall("4", (0, 100), "standard", "2027-06-05T00:00:00Z", "2027-06-06T00:00:00Z"),
    ];
    let books = books(lease, events, "2027-07-01");
    let compensated: Vec<String> =
        books.invoices().iter().map(|i| i.lines[1].amount.to_decimal()).collect();
    assert_eq!(compensated, ["-240.00", "-300.00", "-460.00"]);
}

fn outage(from: &str, until: &str, units: u64) -> Event {
    let down = Outage {
        tranche: tranche_id("main"),
        from: at(from),
        until: at(until),
        units: Units(units),
        node: None,
    };
    event("desk", from, until, down)
}

#[test]
fn service_credits_climb_the_ladder_up_to_their_cap_and_leave_out_what_is_excused() {
    let served = |cap: Option<&str>| {
        let mut lease = lease("2027-04-01", "2027-07-01", "3000.00");
        let step =
            |below: &str, credit: &str| LadderStep { below: ratio(below), credit: ratio(credit) };
        lease.service = Some(ServiceLevel {
            availability: Some(Availability {
                ladder: vec![step("99%", "10%"), step("95%", "25%")],
                basis: AvailabilityBasis::MonthFee,
                cap: cap.map(ratio),
                interval: Seconds(300),
                excused: vec![Excuse::Maintenance],
            }),
            chronic: None,
            latency: Vec::new(),
        });
        lease
    };
    let excused = Excused {
        tranche: None,
        from: at("2027-06-01T00:00:00Z"),
        until: at("2027-06-16T00:00:00Z"),
        units: None,
        because: ExcusedBecause::Maintenance,
    };
    let events = || {
        vec![
            // 100 units for a day of 30: 96.67 %. Half a month of May: 51.6 %. June: excused.
            outage("2027-04-10T00:00:00Z", "2027-04-11T00:00:00Z", 100),
            outage("2027-05-01T00:00:00Z", "2027-05-16T00:00:00Z", 100),
            outage("2027-06-01T00:00:00Z", "2027-06-16T00:00:00Z", 100),
            event("desk", "x", "2027-06-16T00:00:00Z", excused.clone()),
        ]
    };
    let totals_of = |lease| -> Vec<String> {
        totals(&books(lease, events(), "2027-07-01")).into_iter().map(|(_, total)| total).collect()
    };
    assert_eq!(totals_of(served(None)), ["2700.00", "2250.00", "3000.00"]);
    assert_eq!(totals_of(served(Some("20%"))), ["2700.00", "2400.00", "3000.00"]);
}

fn paid(id: &str, date: &str, amount: &str, toward: PaidToward) -> Event {
    let payment = Payment { money: usd(amount), toward, invoices: None, reference: String::new() };
    event("bank", id, &format!("{date}T12:00:00Z"), payment)
}

#[test]
fn a_prepayment_is_drawn_down_and_a_deposit_is_put_against_the_last_invoice() {
    let mut lease = lease("2027-04-01", "2027-07-01", "1000.00");
    lease.prepayments = vec![Prepayment {
        amount: usd("900.00"),
        due: day("2027-04-01"),
        draw_from: day("2027-05-01"),
        draw_down: DrawDown::Share(ratio("50%")),
    }];
    let against = Allocation {
        money: usd("200.00"),
        invoice: "INV-000003".to_owned(),
        out_of: PaidFrom::Deposit,
    };
    let back = Refund { money: usd("100.00"), out_of: PaidFrom::Deposit, reference: String::new() };
    let events = vec![
        paid("1", "2027-04-01", "900.00", PaidToward::Prepayment),
        paid("2", "2027-04-01", "300.00", PaidToward::Deposit),
        event("clerk", "3", "2027-07-02T00:00:00Z", against),
        event("clerk", "4", "2027-07-03T00:00:00Z", back),
    ];
    let books = books(lease, events, "2027-07-31");
    let open: Vec<String> = books
        .invoices()
        .iter()
        .map(|i| i.standing(books.settled(i), day("2027-07-31")).unwrap().open.to_decimal())
        .collect();
    // Nothing is drawn for April, half of May's, and the 400.00 that are left for June.
    assert_eq!(open, ["1000.00", "500.00", "400.00"]);
    let lease = books.lease(&id("test")).unwrap();
    assert_eq!((lease.prepaid(), lease.deposit()), (usd("0.00"), usd("0.00")));
    assert!(books.findings().is_empty());
}

fn tokens(id: &str, at_: &str, from: &str, millions: u64) -> Event {
    let usage = Usage {
        from: at(from),
        until: at(from).saturating_add(Seconds(60)),
        accelerator_seconds: AcceleratorSeconds::ZERO,
        tokens: TokenUse { input: Tokens(millions * 1_000_000), ..TokenUse::default() },
        model: None,
    };
    event("meter", id, at_, usage)
}

#[test]
fn late_use_is_a_supplementary_line_that_names_the_invoice_it_adds_to() {
    let mut lease = lease("2027-04-01", "2027-07-01", "100.00");
    let one = Ratio::whole(100);
    lease.overage = Some(Overage {
        minor_per_accelerator_hour: None,
        tokens: Some(TokenPrices { input: one, cached: one, output: one }),
        up_to: None,
    });
    let events = vec![
        tokens("1", "2027-04-10T00:00:00Z", "2027-04-09T00:00:00Z", 7),
        tokens("2", "2027-05-10T00:00:00Z", "2027-04-09T00:00:00Z", 5),
        tokens("3", "2027-05-11T00:00:00Z", "2027-05-09T00:00:00Z", 2),
    ];
    let books = books(lease, events, "2027-06-01");
    let june = &books.invoices()[1];
    assert_eq!(
        lines(june),
        pairs(&[
            ("correction: input tokens", "5.00"),
            ("fee `full`", "100.00"),
            ("input tokens", "2.00"),
        ])
    );
    assert_eq!(june.lines[0].nature, LineNature::Correction(vec!["INV-000001".to_owned()]));
    assert_eq!((june.lines[0].from, june.lines[0].until), (day("2027-04-01"), day("2027-05-01")));
}

#[test]
fn a_backdated_amendment_corrects_what_was_issued() {
    let amended = |amount: &str, version: u32, at_: &str| {
        let mut lease = lease("2027-04-01", "2027-09-01", amount);
        (lease.version, lease.effective) = (version, day("2027-05-01"));
        let amendment = Amendment { sheet: None, version: Some(Box::new(lease)) };
        event("desk", &version.to_string(), at_, amendment)
    };
    let events = vec![
        amended("1300.00", 2, "2027-06-15T00:00:00Z"),
        amended("700.00", 3, "2027-08-15T00:00:00Z"),
    ];
    let books = books(lease("2027-04-01", "2027-09-01", "1000.00"), events, "2027-09-30");
    // Dearer from May on: May's 300.00 more are on June's invoice, marked as what they are.
    let june = &books.invoices()[2];
    assert_eq!(
        lines(june),
        pairs(&[("correction: fee `full`", "300.00"), ("fee `full`", "1300.00")])
    );
    assert_eq!(june.lines[0].nature, LineNature::Correction(vec!["INV-000002".to_owned()]));
    // Cheaper from May on after all: May, June and July are credited by 600.00 each.
    let notes: Vec<(String, String)> = books
        .credit_notes()
        .iter()
        .map(|note| (note.invoice.clone(), note.total.to_decimal()))
        .collect();
    assert_eq!(
        notes,
        pairs(&[("INV-000002", "600.00"), ("INV-000003", "600.00"), ("INV-000004", "600.00")])
    );
    assert_eq!(books.invoices()[4].total, usd("700.00"));
}

#[test]
fn a_quarterly_commitment_is_trued_up_once_its_quarter_is_over() {
    let mut lease = lease("2027-04-01", "2027-08-16", "0.00");
    let one = Ratio::whole(100);
    lease.overage = Some(Overage {
        minor_per_accelerator_hour: None,
        tokens: Some(TokenPrices { input: one, cached: one, output: one }),
        up_to: None,
    });
    lease.commitments = vec![Commitment {
        name: "floor".to_owned(),
        from: day("2027-04-01"),
        until: None,
        amount: usd("920.00"),
        every_months: 3,
        counts: CommitmentCounts::Usage,
    }];
    let events = vec![
        tokens("1", "2027-04-10T00:00:00Z", "2027-04-09T00:00:00Z", 500),
        tokens("2", "2027-06-10T00:00:00Z", "2027-06-09T00:00:00Z", 20),
    ];
    let books = books(lease, events, "2027-08-31");
    // 46 of the second quarter's 92 days are left when the lease ends.
    assert_eq!(
        totals(&books),
        pairs(&[("2027-05-01", "500.00"), ("2027-07-01", "420.00"), ("2027-08-16", "460.00"),])
    );
}
