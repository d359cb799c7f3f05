//! The twenty worked cases: right answers, worked by exact fractions, that known systems get wrong.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use leasehold_books::event::*;
use leasehold_books::rating::ChargeKind;
use leasehold_contract::facts::UnitRange;
use leasehold_contract::lease::*;
use leasehold_types::{AcceleratorSeconds, Money, Ratio, Rounding, Tokens, Units, Zone, allocate};
use support::*;

#[test]
fn case_01_a_month_begun_on_the_16th() {
    let mut lease = lease("2027-01-16", "2027-03-01", "100000.00");
    let found = totals(&books(lease.clone(), vec![], "2027-03-01"));
    assert_eq!(found, pairs(&[("2027-02-01", "51612.90"), ("2027-03-01", "100000.00")]));
    lease.rules.proration = DayCount::ThirtyE360;
    let found = totals(&books(lease, vec![], "2027-03-01"));
    assert_eq!(found[0].1, "50000.00");
}

#[test]
fn case_02_a_leap_february() {
    let leap = lease("2028-02-15", "2028-03-01", "100000.00");
    assert_eq!(totals(&books(leap, vec![], "2028-03-01"))[0].1, "51724.14");
    let common = lease("2027-02-15", "2027-03-01", "100000.00");
    assert_eq!(totals(&books(common, vec![], "2027-03-01"))[0].1, "50000.00");
}

#[test]
fn case_03_an_anchor_on_the_31st() {
    let mut lease = lease("2027-01-31", "2027-05-31", "100.00");
    lease.rules.billing.align = Alignment::Anchor;
    let issued: Vec<String> = totals(&books(lease, vec![], "2027-06-30"))
        .into_iter()
        .map(|(day, amount)| format!("{day} {amount}"))
        .collect();
    assert_eq!(
        issued,
        ["2027-02-28 100.00", "2027-03-31 100.00", "2027-04-30 100.00", "2027-05-31 100.00"]
    );
}

#[test]
fn case_04_a_month_in_which_clocks_change() {
    let mut lease = lease("2027-03-16", "2027-04-01", "31000.00");
    lease.zone = Zone::named("America/New_York").unwrap();
    assert_eq!(totals(&books(lease, vec![], "2027-04-01"))[0].1, "16000.00");
}

fn tokens_lease(from: &str, until: &str, zone: &str) -> Lease {
    let mut lease = lease(from, until, "0.00");
    lease.zone = Zone::named(zone).unwrap();
    let one = Ratio::whole(100);
    lease.overage = Some(Overage {
        minor_per_accelerator_hour: Some(Ratio::whole(100)),
        tokens: Some(TokenPrices { input: one, cached: one, output: one }),
        up_to: None,
    });
    lease
}

use leasehold_contract::Lease;

fn millions(from: &str, until: &str, millions: u64) -> Usage {
    Usage {
        from: at(from),
        until: at(until),
        accelerator_seconds: AcceleratorSeconds::ZERO,
        tokens: TokenUse { input: Tokens(millions * 1_000_000), ..TokenUse::default() },
        model: None,
    }
}

#[test]
fn case_05_one_instant_in_two_months() {
    let used = |from: &str, until: &str| {
        let usage = millions(from, until, 1);
        vec![event("meter", "1", "2027-11-01T04:00:00Z", usage)]
    };
    let billed = |zone: &str, events| {
        let lease = tokens_lease("2027-10-01", "2027-12-01", zone);
        let found = totals(&books(lease, events, "2027-12-02"));
        found.into_iter().map(|(day, _)| day).collect::<Vec<_>>()
    };
    let late_october = used("2027-11-01T03:30:00Z", "2027-11-01T03:31:00Z");
    assert_eq!(billed("America/New_York", late_october.clone()), ["2027-11-01"]);
    assert_eq!(billed("Europe/Berlin", late_october), ["2027-12-01"]);
    let on_the_boundary = used("2027-11-01T04:00:00Z", "2027-11-01T04:01:00Z");
    assert_eq!(billed("America/New_York", on_the_boundary), ["2027-12-01"]);
}

fn ramp(until: &str) -> Lease {
    let mut lease = lease("2027-01-16", until, "100000.00");
    lease.fees = vec![
        step("first", "2027-01-16", "100000.00", "50%"),
        step("second", "2027-02-16", "100000.00", "75%"),
        monthly("full", "2027-03-16", "100000.00"),
    ];
    lease
}

#[test]
fn case_06_a_ramp_inside_calendar_months() {
    let books = books(ramp("2027-04-01"), vec![], "2027-04-01");
    assert_eq!(
        totals(&books),
        pairs(&[
            ("2027-02-01", "25806.45"),
            ("2027-03-01", "61607.14"),
            ("2027-04-01", "87903.22")
        ])
    );
    assert_eq!(
        lines(&books.invoices()[1]),
        pairs(&[("fee `first`", "26785.71"), ("fee `second`", "34821.43")])
    );
    assert_eq!(
        lines(&books.invoices()[2]),
        pairs(&[("fee `second`", "36290.32"), ("fee `full`", "51612.90")])
    );
}

#[test]
fn case_07_the_ramp_ends_early() {
    let books = books(ramp("2027-02-21"), vec![], "2027-04-01");
    let last = &books.invoices()[1];
    assert_eq!(last.total, usd("40178.57"));
    assert_eq!(lines(last), pairs(&[("fee `first`", "26785.71"), ("fee `second`", "13392.86")]));
}

/// The first day after the last that is billed, once the tenant gave notice.
fn ends(mut lease: Lease, right: ExitRight, received: &str) -> String {
    lease.term.tenant_exit = Some(right);
    let given = event("desk", "1", received, NoticeGiven { side: Side::Tenant });
    let books = books(lease, vec![given], "2029-12-31");
    books.invoices().last().unwrap().until.to_string()
}

#[test]
fn case_08_notice_is_counted_from_the_day_after() {
    let plain = || lease("2027-01-01", "2029-01-01", "1000.00");
    let three = || notice(Some(3), None);
    assert_eq!(ends(plain(), three(), "2027-11-29T12:00:00Z"), "2028-02-29");
    assert_eq!(ends(plain(), three(), "2027-11-30T12:00:00Z"), "2028-02-29");
    let thirty = notice(None, Some(30));
    assert_eq!(ends(plain(), thirty, "2027-01-31T12:00:00Z"), "2027-03-02");
}

#[test]
fn case_09_the_initial_period_comes_first() {
    let mut fixed = lease("2027-01-16", "2030-01-16", "1000.00");
    fixed.term.initial_period_end = Some(day("2028-01-16"));
    assert_eq!(ends(fixed, notice(Some(3), None), "2027-06-10T12:00:00Z"), "2028-01-16");
}

#[test]
fn case_10_the_earlier_effect_governs() {
    let mut lease = lease("2027-01-01", "2029-01-01", "1000.00");
    lease.term.tenant_exit = Some(notice(Some(3), None));
    lease.term.owner_exit = Some(notice(Some(1), None));
    let events = vec![
        event("desk", "1", "2027-05-10T12:00:00Z", NoticeGiven { side: Side::Tenant }),
        event("desk", "2", "2027-06-01T12:00:00Z", NoticeGiven { side: Side::Owner }),
    ];
    let books = books(lease, events, "2028-12-31");
    assert_eq!(books.invoices().last().unwrap().until, day("2027-07-01"));
}

fn recalled(units: (u64, u64), from: &str, until: &str) -> Recalled {
    Recalled {
        tranche: tranche_id("main"),
        from: at(&format!("{from}T00:00:00Z")),
        until: at(&format!("{until}T00:00:00Z")),
        class: "standard".to_owned(),
        units: None,
        numbered: Some(vec![UnitRange { first: units.0, count: units.1 }]),
        within_clause: true,
    }
}

fn april(multiple: &str, cap: Option<&str>) -> Lease {
    let mut lease = lease("2027-04-01", "2027-05-01", "100000.00");
    lease.recall = Some(recall_clause(multiple, cap));
    lease
}

fn overlapping() -> Vec<Event> {
    vec![
        event("desk", "r1", "2027-04-09T00:00:00Z", recalled((0, 40), "2027-04-10", "2027-04-20")),
        event("desk", "r2", "2027-04-14T00:00:00Z", recalled((20, 30), "2027-04-15", "2027-04-25")),
    ]
}

#[test]
fn case_11_overlapping_recalls_count_once() {
    let books = books(april("1", None), overlapping(), "2027-05-01");
    let invoice = &books.invoices()[0];
    assert_eq!(
        lines(invoice),
        pairs(&[
            ("fee `full`", "100000.00"),
            ("fee abated for units recalled, tranche `main`", "-20000.00")
        ])
    );
    assert_eq!(invoice.total, usd("80000.00"));
}

#[test]
fn case_12_a_multiple_and_a_cap() {
    let credit = |events| {
        let books = books(april("2", Some("50%")), events, "2027-05-01");
        books.invoices()[0].lines.last().unwrap().amount.to_decimal()
    };
    assert_eq!(credit(overlapping()), "-40000.00");
    let nine_hundred = vec![event(
        "desk",
        "r1",
        "2027-04-01T00:00:00Z",
        recalled((0, 90), "2027-04-10", "2027-04-20"),
    )];
    assert_eq!(credit(nine_hundred), "-50000.00");
}

#[test]
fn case_13_one_amount_over_several_heads() {
    assert_eq!(allocate(10_000, &[1, 1, 1]).unwrap(), [3_334, 3_333, 3_333]);
    assert_eq!(allocate(-10_000, &[1, 1, 1]).unwrap(), [-3_334, -3_333, -3_333]);
    assert_eq!(allocate(100, &[1, 1, 1]).unwrap(), [34, 33, 33]);
}

/// One invoice with four lines at 20 %.
fn four_lines() -> Lease {
    let mut lease = lease("2027-04-01", "2027-05-01", "1.00");
    let all = [("a", "68.33"), ("b", "68.33"), ("c", "57.50"), ("d", "85.00")];
    lease.tranches =
        all.iter().map(|(name, _)| tranche(name, 1, "2027-04-01", "2027-05-01")).collect();
    lease.fees = all
        .iter()
        .map(|(name, amount)| FeePhase {
            covers: Covers::Tranche(tranche_id(name)),
            ..monthly(name, "2027-04-01", amount)
        })
        .collect();
    lease.taxes = vec![TaxRule {
        from: day("2027-01-01"),
        on: Taxed::All,
        class: TaxClass::standard(ratio("20%")),
    }];
    lease
}

fn credit_of(invoice: &str, line: u32, n: usize) -> Event {
    let credit = CreditGranted {
        invoice: invoice.to_owned(),
        lines: vec![LineCredit { line, money: None }],
        reason: "agreed".to_owned(),
    };
    event("clerk", &format!("c{n}"), &format!("2027-05-0{}T12:00:00Z", n + 2), credit)
}

#[test]
fn case_14_credit_notes_add_up_to_their_invoice() {
    // The order in which they were issued: 68.33, 57.50, 85.00, 68.33.
    let order = [1, 3, 4, 2];
    let events: Vec<Event> =
        order.iter().enumerate().map(|(n, line)| credit_of("INV-000001", *line, n)).collect();
    let books = books(four_lines(), events, "2027-05-31");
    assert_eq!(books.invoices()[0].total, usd("334.99"));
    let notes: Vec<String> =
        books.credit_notes().iter().map(|note| note.total.to_decimal()).collect();
    assert_eq!(notes, ["82.00", "69.00", "102.00", "81.99"]);
    assert_eq!(books.findings(), Vec::<&leasehold_books::book::Finding>::new());
}

/// 100.00 a month in advance in June of 30 days.
fn in_advance(amount: &str, version: u32) -> Lease {
    let mut lease = lease("2027-06-01", "2027-07-01", amount);
    lease.fees[0].timing = FeeTiming::InAdvance;
    lease.version = version;
    lease
}

fn amended(to: Lease, at_: &str) -> Event {
    event("desk", "a1", at_, Amendment { sheet: None, version: Some(Box::new(to)) })
}

#[test]
fn case_15_a_price_changes_after_it_was_billed() {
    let mut dearer = in_advance("200.00", 2);
    dearer.effective = day("2027-06-21");
    let events = vec![amended(dearer, "2027-06-20T12:00:00Z")];
    let books = books(in_advance("100.00", 1), events, "2027-07-31");
    assert_eq!(totals(&books), pairs(&[("2027-06-01", "100.00"), ("2027-07-01", "33.33")]));
    assert_eq!(lines(&books.invoices()[1]), pairs(&[("correction: fee `full`", "33.33")]));
}

/// At least 30,000.00 in March, at 1.00 a million tokens.
fn committed() -> Lease {
    let mut lease = tokens_lease("2027-03-01", "2027-05-01", "UTC");
    lease.commitments = vec![Commitment {
        name: "march".to_owned(),
        from: day("2027-03-01"),
        until: Some(day("2027-04-01")),
        amount: usd("30000.00"),
        every_months: 1,
        counts: CommitmentCounts::Usage,
    }];
    lease
}

fn march_use(id: &str, at_: &str, thousands: u64) -> Event {
    event(
        "meter",
        id,
        at_,
        millions("2027-03-10T00:00:00Z", "2027-03-10T01:00:00Z", thousands * 1_000),
    )
}

#[test]
fn case_16_use_that_arrives_after_the_true_up() {
    let events = |late: u64| {
        vec![
            march_use("1", "2027-03-10T02:00:00Z", 25),
            march_use("2", "2027-04-10T02:00:00Z", late),
        ]
    };
    let found = books(committed(), events(3), "2027-05-01");
    assert_eq!(
        lines(&found.invoices()[0]),
        pairs(&[
            ("input tokens", "25000.00"),
            ("true-up to the minimum commitment, `march`", "5000.00")
        ])
    );
    assert_eq!(
        lines(&found.invoices()[1]),
        pairs(&[
            ("correction: input tokens", "3000.00"),
            ("correction: true-up to the minimum commitment, `march`", "-3000.00")
        ])
    );
    assert_eq!(found.invoices()[1].total, usd("0.00"));
    let mut more = events(3);
    more.push(march_use("3", "2027-04-11T02:00:00Z", 4));
    let found = books(committed(), more, "2027-05-01");
    assert_eq!(found.invoices()[1].total, usd("2000.00"));
    // The same, with the further use only after the first correction was billed.
    let mut later = events(3);
    later.push(march_use("3", "2027-05-11T02:00:00Z", 4));
    let found = books(committed(), later, "2027-06-30");
    assert_eq!(found.invoices()[1].total, usd("0.00"));
    assert_eq!(found.invoices()[2].total, usd("2000.00"));
}

#[test]
fn case_17_no_invoice_is_below_zero() {
    let mut lease = lease("2027-04-01", "2027-05-01", "50000.00");
    lease.recall = Some(recall_clause("1", None));
    lease.service = Some(ServiceLevel {
        availability: Some(Availability {
            ladder: vec![LadderStep { below: ratio("99%"), credit: ratio("80%") }],
            basis: AvailabilityBasis::MonthFee,
            cap: None,
            interval: leasehold_types::Seconds(300),
            excused: vec![Excuse::Recall],
        }),
        chronic: None,
        latency: Vec::new(),
    });
    let down = Outage {
        tranche: tranche_id("main"),
        from: at("2027-04-01T00:00:00Z"),
        until: at("2027-04-03T00:00:00Z"),
        units: Units(50),
        node: None,
    };
    let events = vec![
        // 40 units for 30 days: 40 % of the fee.
        event("desk", "r", "2027-04-01T00:00:00Z", recalled((0, 40), "2027-04-01", "2027-05-01")),
        event("desk", "o", "2027-04-03T00:00:00Z", down),
    ];
    let books = books(lease, events, "2027-05-31");
    let invoice = &books.invoices()[0];
    assert_eq!(
        lines(invoice),
        pairs(&[
            ("fee `full`", "50000.00"),
            ("fee abated for units recalled, tranche `main`", "-20000.00"),
            ("credit for availability", "-40000.00"),
            ("credits beyond the charges, moved to the credit balance", "10000.00"),
        ])
    );
    assert_eq!(invoice.total, usd("0.00"));
    let balance: Vec<Money> =
        books.lease(&id("test")).unwrap().credit_balance().map(|(_, money)| money).collect();
    assert_eq!(balance, [usd("10000.00")]);
}

#[test]
fn case_18_the_same_id_again() {
    let lease = || tokens_lease("2027-03-01", "2027-04-01", "UTC");
    let used = |source: &str, id: &str, second: u32, n: u64| {
        let when = format!("2027-03-10T02:00:{second:02}Z");
        event(source, id, &when, millions("2027-03-10T00:00:00Z", "2027-03-10T01:00:00Z", n))
    };
    // The same payload again, learnt of later: once.
    let again = books(lease(), vec![used("m", "1", 0, 5), used("m", "1", 9, 5)], "2027-04-01");
    assert_eq!(again.invoices()[0].total, usd("5.00"));
    assert!(again.conflicts().is_empty());
    // Another payload: a conflict, and the first stays.
    let other = books(lease(), vec![used("m", "1", 0, 5), used("m", "1", 9, 3)], "2027-04-01");
    assert_eq!(other.invoices()[0].total, usd("5.00"));
    assert_eq!(other.conflicts().len(), 1);
    assert_eq!(other.conflicts()[0].key, EventKey::new("m", "1"));
    // Joined, both would read `a-b-c`.
    let two = books(lease(), vec![used("a-b", "c", 0, 5), used("a", "b-c", 1, 5)], "2027-04-01");
    assert_eq!(two.invoices()[0].total, usd("10.00"));
}

#[test]
fn case_19_the_last_period_is_as_long_as_what_is_left() {
    let mut lease = lease("2027-01-01", "2030-01-01", "1000.00");
    lease.rules.billing.every_months = 24;
    let books = books(lease, vec![], "2030-01-31");
    assert_eq!(totals(&books), pairs(&[("2029-01-01", "24000.00"), ("2030-01-01", "12000.00")]));
    assert_eq!(books.invoices()[1].from, day("2029-01-01"));
}

#[test]
fn case_20_half_a_unit_is_rounded_away_from_zero() {
    // 42 yen for a February of 28 days, of which 17 are leased.
    let mut lease = lease("2027-02-12", "2027-03-01", "1.00");
    lease.currency = currency("JPY");
    let amount = Money::new(42, currency("JPY"));
    lease.fees[0].price = Price::Monthly { amount, share: Ratio::ONE };
    let books = books(lease, vec![], "2027-03-01");
    assert_eq!(books.invoices()[0].total.minor(), 26);
    let exact = Ratio::new(42 * 17, 28).unwrap();
    assert_eq!(exact.round(Rounding::HalfAway), 26);
    assert_eq!(books.invoices()[0].lines[0].head.as_ref().unwrap().kind, ChargeKind::Fee);
}
