//! Three quarters of one lease in which nearly everything happens that the books know.
//!
//! A ramp, a late delivery, two overlapping recalls, a month in which credits exceed the fee (so
//! that a credit balance is carried and used), tokens, accelerator-hours above the entitlement, a
//! minimum commitment, poor availability, a deposit, a prepayment, payments in part and in excess,
//! late use, a backdated amendment, a credit by a decision, a void, a notice, and taxes of three
//! classes, one of which changes on the way.

use leasehold_books::Books;
use leasehold_books::event::*;
use leasehold_contract::Lease;
use leasehold_contract::facts::UnitRange;
use leasehold_contract::lease::*;
use leasehold_types::{AcceleratorSeconds, Money, Ratio, Seconds, Tokens, Units, Zone};

use super::plain::*;

/// The day through which [`rich_books`] are closed.
pub const RICH_THROUGH: &str = "2027-10-31";

/// The books of [`rich_lease`] with all of [`rich_events`].
pub fn rich_books() -> Books {
    rich_books_with(|_| {})
}

/// The same with every version of the lease changed.
pub fn rich_books_with(change: impl Fn(&mut Lease)) -> Books {
    let (mut lease, mut events) = (rich_lease(), rich_events());
    change(&mut lease);
    for event in &mut events {
        if let EventKind::Amendment(Amendment { version: Some(version), .. }) = &mut event.kind {
            change(version);
        }
    }
    books(lease, events, RICH_THROUGH)
}

pub fn eur(text: &str) -> Money {
    Money::parse(text, currency("EUR")).unwrap()
}

/// The owner's details, complete.
pub fn owner_details() -> PartyDetails {
    PartyDetails {
        address: Some(Address {
            lines: vec!["Speicherstr. 12".to_owned(), "Halle 3".to_owned()],
            city: Some("Hamburg".to_owned()),
            postal_code: Some("20457".to_owned()),
            region: None,
            country: "DE".to_owned(),
        }),
        vat_id: Some("DE123456788".to_owned()),
        registration: Some(Identifier { scheme: None, id: "HRB 12345".to_owned() }),
        endpoint: Some(Identifier {
            scheme: Some("9930".to_owned()),
            id: "DE123456788".to_owned(),
        }),
        contact: Some(Contact {
            name: Some("Accounts receivable".to_owned()),
            telephone: Some("+49 40 5550100".to_owned()),
            email: Some("billing@owner.example".to_owned()),
        }),
        bank: Some(Bank {
            account: "DE02120300000000202051".to_owned(),
            bank: Some("BYLADEM1001".to_owned()),
            holder: Some("Owner GmbH".to_owned()),
        }),
    }
}

/// The tenant's details, complete.
pub fn tenant_details() -> PartyDetails {
    PartyDetails {
        address: Some(Address {
            lines: vec!["Herengracht 5 & 7".to_owned()],
            city: Some("Amsterdam".to_owned()),
            postal_code: Some("1015 BA".to_owned()),
            region: Some("Noord-Holland".to_owned()),
            country: "NL".to_owned(),
        }),
        vat_id: Some("NL123456782B90".to_owned()),
        registration: Some(Identifier {
            scheme: Some("0106".to_owned()),
            id: "58765432".to_owned(),
        }),
        endpoint: Some(Identifier { scheme: Some("0106".to_owned()), id: "58765432".to_owned() }),
        contact: Some(Contact {
            name: Some("Inkoop".to_owned()),
            telephone: None,
            email: Some("payables@tenant.example".to_owned()),
        }),
        bank: None,
    }
}

fn phase(name: &str, from: &str, share: &str) -> FeePhase {
    let price = Price::Monthly { amount: eur("310000.00"), share: ratio(share) };
    FeePhase { price, timing: FeeTiming::InArrears, ..monthly(name, from, "0.00") }
}

fn rule(from: &str, on: Taxed, class: TaxClass) -> TaxRule {
    TaxRule { from: day(from), on, class }
}

/// Reverse charge, as from one member state to another.
pub fn reverse_charge() -> TaxClass {
    TaxClass {
        category: TaxCategory::ReverseCharge,
        rate: Ratio::ZERO,
        exemption: Some("Reverse charge".to_owned()),
        exemption_code: Some("VATEX-EU-AE".to_owned()),
    }
}

/// 80 units from 16 January and 20 more from March, 310,000.00 a month after a ramp, in euros.
pub fn rich_lease() -> Lease {
    let mut lease = lease("2027-01-16", "2029-01-01", "310000.00");
    lease.title = "Inference capacity, Hamburg".to_owned();
    lease.currency = currency("EUR");
    lease.zone = Zone::named("Europe/Berlin").unwrap();
    lease.owner.name = "Owner GmbH".to_owned();
    lease.owner.details = owner_details();
    lease.tenant.name = "Tenant B.V. <Research & Serving>".to_owned();
    lease.tenant.details = tenant_details();
    let mut second = tranche("second", 20, "2027-03-01", "2029-01-01");
    second.late.discount_per_day = ratio("10%");
    lease.tranches = vec![tranche("main", 80, "2027-01-16", "2029-01-01"), second];
    lease.fees = vec![
        phase("first", "2027-01-16", "50%"),
        phase("second", "2027-02-16", "75%"),
        phase("full", "2027-03-16", "100%"),
    ];
    lease.deposits = vec![Deposit {
        amount: eur("310000.00"),
        due: day("2027-01-16"),
        returned_within_days: 30,
    }];
    lease.prepayments = vec![Prepayment {
        amount: eur("200000.00"),
        due: day("2027-01-16"),
        draw_from: day("2027-01-16"),
        draw_down: DrawDown::Share(ratio("25%")),
    }];
    lease.term.tenant_exit = Some(notice(Some(3), None));
    lease.recall = Some(recall_clause("1.5", None));
    lease.recall.as_mut().unwrap().compensation.minor_per_accelerator_hour = ratio("25");
    lease.service = Some(service_level());
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
        from: day("2027-05-01"),
        until: None,
        amount: eur("5000.00"),
        every_months: 1,
        counts: CommitmentCounts::Usage,
    }];
    lease.taxes = vec![
        rule("2027-01-01", Taxed::All, TaxClass::standard(ratio("19%"))),
        rule("2027-01-01", Taxed::Usage, TaxClass::standard(ratio("7%"))),
        rule("2027-08-01", Taxed::All, reverse_charge()),
        rule("2027-08-01", Taxed::Usage, reverse_charge()),
    ];
    lease.invoicing.buyer_reference = Some("PO-BOX-7".to_owned());
    lease.invoicing.purchase_order = Some("4500012345".to_owned());
    lease.invoicing.payment_terms = Some("30 days net".to_owned());
    lease.invoicing.note = Some("Capacity is metered in accelerator-seconds.".to_owned());
    lease
}

fn service_level() -> ServiceLevel {
    ServiceLevel {
        availability: Some(Availability {
            ladder: vec![LadderStep { below: ratio("99.5%"), credit: ratio("5%") }],
            basis: AvailabilityBasis::MonthFee,
            cap: Some(ratio("50%")),
            interval: Seconds(300),
            excused: vec![Excuse::Recall],
        }),
        chronic: None,
        latency: Vec::new(),
    }
}

fn recalled(first: u64, count: u64, from: &str, until: &str) -> Recalled {
    Recalled {
        tranche: tranche_id("main"),
        from: at(from),
        until: at(until),
        class: "standard".to_owned(),
        units: None,
        numbered: Some(vec![UnitRange { first, count }]),
        within_clause: true,
    }
}

fn tokens(from: &str, input: u64, cached: u64, output: u64) -> Usage {
    let (input, cached, output) = (Tokens(input), Tokens(cached), Tokens(output));
    Usage {
        from: at(from),
        until: at(from).checked_add(Seconds::from_minutes(60)).unwrap(),
        accelerator_seconds: AcceleratorSeconds::ZERO,
        tokens: TokenUse { input, cached, output },
        model: Some("m-70b".to_owned()),
    }
}

fn paid(amount: &str, toward: PaidToward, reference: &str) -> Payment {
    Payment { money: eur(amount), toward, invoices: None, reference: reference.to_owned() }
}

/// All that happens; in no order.
pub fn rich_events() -> Vec<Event> {
    [winter(), spring(), summer()].concat()
}

/// Ramp, deposit, prepayment, a delivery that comes ten days late, first payments.
fn winter() -> Vec<Event> {
    let first = Delivered { tranche: tranche_id("main"), on: day("2027-01-16"), units: Units(80) };
    let none = Delivered { tranche: tranche_id("second"), on: day("2027-03-01"), units: Units(0) };
    let late = Delivered { tranche: tranche_id("second"), on: day("2027-03-11"), units: Units(20) };
    vec![
        event("desk", "d1", "2027-01-16T08:00:00Z", first),
        event("desk", "d2", "2027-03-01T08:00:00Z", none),
        event("desk", "d3", "2027-03-11T08:00:00Z", late),
        event("bank", "p1", "2027-01-15T10:00:00Z", paid("310000.00", PaidToward::Deposit, "DEP")),
        event(
            "bank",
            "p2",
            "2027-01-15T10:01:00Z",
            paid("200000.00", PaidToward::Prepayment, "PRE"),
        ),
        event("bank", "p3", "2027-02-20T10:00:00Z", paid("60000.00", PaidToward::Invoices, "FEB")),
        event("bank", "p4", "2027-04-15T10:00:00Z", paid("400000.00", PaidToward::Invoices, "APR")),
    ]
}

/// Two recalls that overlap, then one so long that credits exceed the fee; poor availability.
fn spring() -> Vec<Event> {
    let one = recalled(0, 40, "2027-04-09T22:00:00Z", "2027-04-19T22:00:00Z");
    let two = recalled(20, 30, "2027-04-14T22:00:00Z", "2027-04-24T10:00:00Z");
    let all = recalled(0, 75, "2027-05-31T22:00:00Z", "2027-06-30T22:00:00Z");
    let down = Outage {
        tranche: tranche_id("main"),
        from: at("2027-05-03T08:00:00Z"),
        until: at("2027-05-04T20:00:00Z"),
        units: Units(40),
        node: None,
    };
    let over = Usage {
        accelerator_seconds: AcceleratorSeconds(130 * 3_600 + 17),
        ..tokens("2027-05-07T10:00:00Z", 0, 0, 0)
    };
    vec![
        event("desk", "r1", "2027-04-08T08:00:00Z", one),
        event("desk", "r2", "2027-04-13T08:00:00Z", two),
        event("desk", "r3", "2027-05-30T08:00:00Z", all),
        event("desk", "o1", "2027-05-04T20:00:00Z", down),
        event("meter", "u0", "2027-05-07T12:00:00Z", over),
        event(
            "meter",
            "u1",
            "2027-05-10T12:00:00Z",
            tokens("2027-05-10T10:00:00Z", 9_123_456_789, 4_000_000_000, 2_345_678_901),
        ),
        event(
            "meter",
            "u2",
            "2027-06-10T12:00:00Z",
            tokens("2027-06-10T10:00:00Z", 51_000_000_000, 1_500_000, 3_000_000_000),
        ),
        // Late: May's use, learnt of in June.
        event(
            "meter",
            "u3",
            "2027-06-12T12:00:00Z",
            tokens("2027-05-20T10:00:00Z", 1_000_000_000, 0, 70_000_000_000),
        ),
    ]
}

/// A backdated amendment, a credit by a decision, a void, another tax, a notice.
fn summer() -> Vec<Event> {
    let mut cheaper = rich_lease();
    cheaper.version = 2;
    cheaper.effective = day("2027-07-11");
    cheaper.fees.push(phase("agreed", "2027-07-11", "95%"));
    let amended = Amendment { sheet: None, version: Some(Box::new(cheaper)) };
    let gesture = CreditGranted {
        invoice: "INV-000002".to_owned(),
        lines: vec![LineCredit { line: 1, money: Some(eur("1234.57")) }],
        reason: "A drill outside the agreed hours".to_owned(),
    };
    let void = InvoiceVoided {
        invoice: "INV-000003".to_owned(),
        reason: "The tenant's purchase order was missing".to_owned(),
    };
    vec![
        event("clerk", "c1", "2027-05-20T12:00:00Z", gesture),
        event("clerk", "v1", "2027-08-20T12:00:00Z", void),
        event("desk", "a1", "2027-08-05T12:00:00Z", amended),
        event("desk", "n1", "2027-07-20T12:00:00Z", NoticeGiven { side: Side::Tenant }),
        event(
            "meter",
            "u4",
            "2027-08-10T12:00:00Z",
            tokens("2027-08-10T10:00:00Z", 7_000_000_000, 0, 1_000_000_000),
        ),
        event(
            "bank",
            "p5",
            "2027-08-15T10:00:00Z",
            paid("2000000.00", PaidToward::Invoices, "AUG"),
        ),
    ]
}

#[test]
fn the_rich_books_hold_what_they_are_for() {
    use leasehold_books::invoice::{CreditReason, LineNature, SettledBy};
    let books = rich_books();
    assert_eq!(books.findings(), Vec::<&leasehold_books::book::Finding>::new());
    assert!(books.parked().is_empty());
    assert_eq!((books.invoices().len(), books.credit_notes().len()), (10, 3));
    let natures: Vec<_> =
        books.invoices().iter().flat_map(|i| &i.lines).map(|l| &l.nature).collect();
    assert!(natures.contains(&&LineNature::CreditCarried));
    assert!(natures.contains(&&LineNature::CreditApplied));
    assert!(natures.iter().any(|nature| matches!(nature, LineNature::Correction(_))));
    let reasons: Vec<_> = books.credit_notes().iter().map(|note| &note.reason).collect();
    assert!(reasons.contains(&&CreditReason::Correction));
    assert!(reasons.iter().any(|reason| matches!(reason, CreditReason::Granted(_))));
    assert!(reasons.iter().any(|reason| matches!(reason, CreditReason::Voided(_))));
    let classes = |i: &leasehold_books::invoice::Invoice| i.taxes.len();
    assert_eq!(books.invoices().iter().map(classes).max(), Some(2));
    let settled = |number: &str| books.settlements(number).iter().map(|s| s.by.clone());
    assert!(settled("INV-000001").any(|by| by == SettledBy::Prepayment));
    assert!(settled("INV-000005").any(|by| by == SettledBy::OnAccount));
}
