//! How every kind of line explains itself, in the words that people see.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use leasehold_books::Books;
use leasehold_books::event::*;
use leasehold_books::explain::{self, ExplainError, TEXT_WIDTH};
use leasehold_books::invoice::{BilledLine, CreditReason, LineNature};
use leasehold_books::rating::ChargeKind;
use leasehold_contract::Lease;
use leasehold_contract::facts::UnitRange;
use leasehold_contract::lease::*;
use leasehold_types::{AcceleratorSeconds, Money, Seconds, Tokens, Units};
use support::*;

/// The explanation of the first line that is wanted, of invoices first.
fn line(books: &Books, wanted: impl Fn(&BilledLine) -> bool) -> String {
    let invoices = books.invoices().iter().map(|i| (&i.number, &i.lines));
    let notes = books.credit_notes().iter().map(|n| (&n.number, &n.lines));
    let found = invoices.chain(notes).find_map(|(number, lines)| {
        lines.iter().find(|line| wanted(line)).map(|line| (number, line.number))
    });
    let (number, line) = found.unwrap();
    explain::document(books, number, Some(line)).unwrap().to_text(TEXT_WIDTH)
}

/// The same, of a kind.
fn kind(books: &Books, kind: ChargeKind) -> String {
    line(books, |line| line.head.as_ref().is_some_and(|head| head.kind == kind))
}

/// Three months at 100,000.00, in advance or in arrears.
fn quarter() -> Lease {
    lease("2027-04-01", "2027-07-01", "100000.00")
}

fn taken(units: (u64, u64), from: &str, until: &str) -> Recalled {
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

/// 40 units from the 10th to the 20th, 30 from the 15th to the 25th, 20 of them in both.
fn overlapping() -> Vec<Event> {
    let one = taken((0, 40), "2027-04-10", "2027-04-20");
    let two = taken((20, 30), "2027-04-15", "2027-04-25");
    vec![
        event("desk", "r1", "2027-04-09T00:00:00Z", one),
        event("desk", "r2", "2027-04-14T00:00:00Z", two),
    ]
}

fn used(at_: &str, hours: u128, tokens: TokenUse) -> Usage {
    let from = at(at_);
    Usage {
        from,
        until: from.checked_add(Seconds(3_600)).unwrap(),
        accelerator_seconds: AcceleratorSeconds(hours * 3_600 + 1_234),
        tokens,
        model: None,
    }
}

fn metered() -> Lease {
    let mut lease = quarter();
    lease.overage = Some(Overage {
        minor_per_accelerator_hour: Some(ratio("312.5")),
        tokens: Some(TokenPrices {
            input: ratio("12.5"),
            cached: ratio("1.25"),
            output: ratio("60"),
        }),
        up_to: None,
    });
    lease.commitments = vec![Commitment {
        name: "tokens".to_owned(),
        from: day("2027-04-01"),
        until: None,
        amount: usd("30000.00"),
        every_months: 1,
        counts: CommitmentCounts::Usage,
    }];
    lease
}

fn april_use() -> Vec<Event> {
    let tokens =
        TokenUse { input: Tokens(9_123_456_789), cached: Tokens(400), output: Tokens(2_000_000) };
    vec![event("meter", "u1", "2027-04-10T12:00:00Z", used("2027-04-10T10:00:00Z", 117, tokens))]
}

#[test]
fn a_fee_for_part_of_a_month_and_its_ramp() {
    let mut lease = lease("2027-01-16", "2027-04-01", "100000.00");
    lease.fees = vec![
        step("first", "2027-01-16", "100000.00", "50%"),
        step("second", "2027-02-16", "100000.00", "75%"),
    ];
    let books = books(lease, vec![], "2027-03-01");
    let part = line(&books, |line| line.phase.as_deref() == Some("first"));
    let ramp = line(&books, |line| line.phase.as_deref() == Some("second"));
    insta::assert_snapshot!(format!("{part}\n{ramp}"));
}

#[test]
fn a_fee_by_the_hour() {
    let mut lease = quarter();
    lease.fees[0].price = Price::PerAcceleratorHour { minor: ratio("149.125") };
    lease.fees[0].timing = FeeTiming::InAdvance;
    insta::assert_snapshot!(kind(&books(lease, vec![], "2027-05-01"), ChargeKind::Fee));
}

#[test]
fn a_fee_that_is_not_disclosed() {
    let mut lease = quarter();
    lease.fees[0].price = Price::Undisclosed;
    insta::assert_snapshot!(kind(&books(lease, vec![], "2027-05-01"), ChargeKind::FeeUndisclosed));
}

/// Two tranches, the second of which comes ten days late in part, and then no more.
fn late() -> Books {
    let mut lease = quarter();
    let mut second = tranche("second", 20, "2027-04-01", "2027-07-01");
    second.late.grace_days = 3;
    second.late.discount_per_day = ratio("10%");
    second.late.remedies = vec![Remedy::Wait, Remedy::AcceptFewer];
    lease.tranches = vec![tranche("main", 80, "2027-04-01", "2027-07-01"), second];
    let came = |id: &str, on: &str, units: u64| {
        let kind = Delivered { tranche: tranche_id(id), on: day(on), units: Units(units) };
        event("desk", &format!("d-{id}-{on}"), &format!("{on}T08:00:00Z"), kind)
    };
    let fewer = LateElection {
        tranche: tranche_id("second"),
        remedy: Remedy::AcceptFewer,
        from: day("2027-05-01"),
        keeps: Some(Units(12)),
    };
    let events = vec![
        came("main", "2027-04-01", 80),
        came("second", "2027-04-11", 12),
        event("desk", "e1", "2027-04-28T08:00:00Z", fewer),
    ];
    books(lease, events, "2027-06-01")
}

#[test]
fn units_that_are_late_and_then_given_up() {
    let books = late();
    let undelivered = kind(&books, ChargeKind::UndeliveredReduction);
    let discount = kind(&books, ChargeKind::LateDiscount);
    let given_up = kind(&books, ChargeKind::CommitmentReduction);
    insta::assert_snapshot!(format!("{undelivered}\n{discount}\n{given_up}"));
}

#[test]
fn an_abatement_of_the_union_and_one_that_its_cap_stops() {
    let recalled = |multiple: &str, cap: Option<&str>| {
        let mut lease = quarter();
        lease.recall = Some(recall_clause(multiple, cap));
        kind(&books(lease, overlapping(), "2027-05-01"), ChargeKind::RecallAbatement)
    };
    let (plain, capped) = (recalled("1", None), recalled("3", Some("50%")));
    insta::assert_snapshot!(format!("{plain}\n{capped}"));
}

#[test]
fn a_compensation_that_the_stop_loss_stops() {
    let mut lease = quarter();
    let mut clause = recall_clause("0", None);
    clause.compensation.minor_per_accelerator_hour = ratio("25");
    clause.compensation.stop_loss_per_year = Some(usd("3000.00"));
    lease.recall = Some(clause);
    let books = books(lease, overlapping(), "2027-05-01");
    insta::assert_snapshot!(kind(&books, ChargeKind::RecallCompensation));
}

#[test]
fn what_is_used() {
    let books = books(metered(), april_use(), "2027-05-01");
    let kinds = [
        ChargeKind::AcceleratorOverage,
        ChargeKind::TokensInput,
        ChargeKind::TokensCached,
        ChargeKind::TokensOutput,
        ChargeKind::CommitmentTrueUp,
    ];
    let said: Vec<String> = kinds.into_iter().map(|of| kind(&books, of)).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_credit_for_availability() {
    let mut lease = quarter();
    lease.service = Some(ServiceLevel {
        availability: Some(Availability {
            ladder: vec![
                LadderStep { below: ratio("99.5%"), credit: ratio("5%") },
                LadderStep { below: ratio("95%"), credit: ratio("25%") },
            ],
            basis: AvailabilityBasis::MonthFee,
            cap: Some(ratio("20%")),
            interval: Seconds(300),
            excused: vec![Excuse::Recall],
        }),
        chronic: None,
        latency: Vec::new(),
    });
    let down = |hours: i64| Outage {
        tranche: tranche_id("main"),
        from: at("2027-04-03T08:00:00Z"),
        until: at("2027-04-03T08:00:00Z").checked_add(Seconds(hours * 3_600)).unwrap(),
        units: Units(40),
        node: None,
    };
    let credited = |hours: i64| {
        let events = vec![event("desk", "o1", "2027-04-09T20:00:00Z", down(hours))];
        kind(&books(lease.clone(), events, "2027-05-01"), ChargeKind::ServiceCredit)
    };
    insta::assert_snapshot!(format!("{}\n{}", credited(35), credited(120)));
}

#[test]
fn a_credit_that_was_granted_and_an_invoice_that_is_void() {
    let gesture = CreditGranted {
        invoice: "INV-000001".to_owned(),
        lines: vec![LineCredit { line: 1, money: Some(usd("1234.57")) }],
        reason: "A drill outside the agreed hours".to_owned(),
    };
    let void = InvoiceVoided {
        invoice: "INV-000002".to_owned(),
        reason: "The purchase order was missing.".to_owned(),
    };
    let events = vec![
        event("clerk", "c1", "2027-05-20T12:00:00Z", gesture),
        event("clerk", "v1", "2027-06-20T12:00:00Z", void),
    ];
    let books = books(quarter(), events, "2027-07-01");
    let notes = books.credit_notes();
    assert!(matches!(notes[0].reason, CreditReason::Granted(_)));
    assert!(matches!(notes[1].reason, CreditReason::Voided(_)));
    let said = |n: usize| explain::credit_note(&books, &notes[n]).unwrap().to_text(TEXT_WIDTH);
    let again = line(
        &books,
        |line| matches!(&line.nature, LineNature::Correction(of) if of.contains(&"INV-000002".to_owned())),
    );
    insta::assert_snapshot!(format!("{}\n{}\n{again}", said(0), said(1)));
}

#[test]
fn corrections_up_and_down() {
    let more = used("2027-04-20T10:00:00Z", 200, TokenUse::default());
    let mut events = april_use();
    events.push(event("meter", "u2", "2027-05-04T12:00:00Z", more));
    let up = books(metered(), events, "2027-06-01");
    let up = line(&up, |line| {
        let kind = line.head.as_ref().map(|head| head.kind);
        kind == Some(ChargeKind::AcceleratorOverage)
            && matches!(line.nature, LineNature::Correction(_))
    });
    let mut lease = quarter();
    lease.recall = Some(recall_clause("1", None));
    let mut late = overlapping();
    late[1].effective = Some(late[1].at);
    late[1].at = at("2027-05-10T00:00:00Z");
    let down = books(lease, late, "2027-06-01");
    let note = &down.credit_notes()[0];
    let down = explain::credit_note(&down, note).unwrap().to_text(TEXT_WIDTH);
    insta::assert_snapshot!(format!("{up}\n{down}"));
}

/// April's credits exceed its fee, so May's fee uses what is left of them.
fn carried() -> Books {
    let mut lease = quarter();
    lease.recall = Some(recall_clause("6", None));
    books(lease, overlapping(), "2027-06-01")
}

#[test]
fn a_balance_that_is_carried_and_used() {
    let books = carried();
    let carried = line(&books, |line| line.nature == LineNature::CreditCarried);
    let used = line(&books, |line| line.nature == LineNature::CreditApplied);
    insta::assert_snapshot!(format!("{carried}\n{used}"));
}

#[test]
fn taxes_of_an_invoice_and_of_the_notes_on_it() {
    let mut lease = lease("2027-04-01", "2027-05-01", "279.16");
    lease.taxes = vec![
        TaxRule {
            from: day("2027-01-01"),
            on: Taxed::All,
            class: TaxClass::standard(ratio("20%")),
        },
        TaxRule { from: day("2027-01-01"), on: Taxed::Usage, class: TaxClass::none() },
    ];
    let granted = |id: &str, amount: &str| {
        let kind = CreditGranted {
            invoice: "INV-000001".to_owned(),
            lines: vec![LineCredit { line: 1, money: Some(usd(amount)) }],
            reason: "Settled".to_owned(),
        };
        event("clerk", id, &format!("2027-05-2{id}T12:00:00Z"), kind)
    };
    let events = vec![granted("1", "68.33"), granted("2", "57.50"), granted("3", "68.33")];
    let books = books(lease, events, "2027-06-01");
    let invoice = explain::invoice(&books, &books.invoices()[0]).unwrap();
    let last = explain::credit_note(&books, &books.credit_notes()[2]).unwrap();
    let said = [invoice, last].map(|said| said.to_text(TEXT_WIDTH));
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn what_was_billed_before_sums_up_to_what_a_correction_takes_off() {
    let mut events = april_use();
    for (n, hours) in [(2, 150), (3, 230), (4, 120)] {
        let more = used(&format!("2027-04-1{n}T10:00:00Z"), hours, TokenUse::default());
        events.push(event(
            "meter",
            &format!("u{n}"),
            &format!("2027-0{}-02T12:00:00Z", n + 3),
            more,
        ));
    }
    let mut lease = metered();
    lease.term.end = day("2027-12-01");
    lease.tranches[0].until = day("2027-12-01");
    let books = books(lease, events, "2027-09-01");
    let mut corrections = 0;
    for invoice in books.invoices() {
        for line in explain::invoice(&books, invoice).unwrap().lines {
            if line.corrects.is_empty() {
                continue;
            }
            corrections += 1;
            let before =
                Money::sum(invoice.currency, line.before.iter().map(|b| b.amount)).unwrap();
            let said = format!("less {before} billed to date");
            assert!(line.working.ends_with(&said), "{}: {said}", line.working);
            let all = before.checked_add(line.amount).unwrap();
            let owed = before.exact().unwrap().checked_add(line.exact.minor).unwrap();
            assert_eq!(all.minor(), owed.round(leasehold_types::Rounding::HalfAway));
        }
    }
    assert!(corrections >= 4, "{corrections} corrections");
}

#[test]
fn a_whole_invoice_as_data() {
    let explanation = explain::document(&carried(), "INV-000001", None).unwrap();
    let json = serde_json::to_string_pretty(&explanation).unwrap();
    insta::assert_snapshot!(json);
    let read: explain::Explanation = serde_json::from_str(&json).unwrap();
    assert_eq!(read, explanation);
}

#[test]
fn what_cannot_be_explained_is_said_in_words() {
    let books = carried();
    let said = |number: &str, line| explain::document(&books, number, line).unwrap_err();
    assert!(matches!(said("INV-000001", Some(9)), ExplainError::NoLine { .. }));
    let none = Books::default();
    let nothing = explain::document(&none, "INV-000001", None).unwrap_err();
    let all = [said("INV-7", None), said("INV-000001", Some(9)), nothing];
    insta::assert_snapshot!(all.map(|error| error.to_string()).join("\n"));
}

#[test]
fn no_line_of_an_explanation_is_wider_than_it_may_be() {
    let books = carried();
    for width in [60, TEXT_WIDTH, 120] {
        let said = explain::document(&books, "INV-000001", None).unwrap().to_text(width);
        assert!(said.lines().all(|line| line.chars().count() <= width), "{said}");
    }
}
