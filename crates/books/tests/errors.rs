//! What cannot be computed is an error that names the lease and the line: never a zero, never a
//! clip. The one lease is parked, and the rest goes on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use leasehold_books::event::*;
use leasehold_books::{AMOUNT_MINOR_MAX, Books, Policy, run};
use leasehold_contract::Lease;
use leasehold_contract::lease::*;
use leasehold_types::{AcceleratorSeconds, Money, Ratio, Tokens, Units};
use support::*;

/// Runs `lease` beside a sound one; says why it is parked, having checked that the other is not and
/// bills, and that nothing of the parked one was billed or booked since it was parked.
fn parked(lease: Lease, events: Vec<Event>) -> String {
    let (books, why) = beside(lease, events);
    let of_it = books.journal().entries().iter().filter(|e| e.lease() == &id("test"));
    assert_eq!(of_it.count(), 0, "nothing is booked of a lease that cannot be computed");
    why
}

fn beside(lease: Lease, events: Vec<Event>) -> (Books, String) {
    let sound = Lease { id: id("sound"), ..support::lease("2027-03-01", "2027-05-01", "100.00") };
    let books = run(vec![lease, sound], events, day("2027-06-30"), Policy::default()).unwrap();
    let of_sound = books.invoices().iter().filter(|invoice| invoice.lease == id("sound"));
    assert_eq!(of_sound.map(|i| i.total).collect::<Vec<_>>(), [usd("100.00"), usd("100.00")]);
    assert_eq!(books.parked().len(), 1);
    let why = books.parked()[&id("test")].because.to_string();
    (books, why)
}

fn plain() -> Lease {
    lease("2027-03-01", "2027-05-01", "1000.00")
}

fn used(seconds: u128, tokens: u64) -> Event {
    let usage = Usage {
        from: at("2027-03-10T00:00:00Z"),
        until: at("2027-03-10T01:00:00Z"),
        accelerator_seconds: AcceleratorSeconds(seconds),
        tokens: TokenUse { input: Tokens(tokens), ..TokenUse::default() },
        model: None,
    };
    event("meter", "1", "2027-03-10T02:00:00Z", usage)
}

#[test]
fn an_amount_beyond_the_limit() {
    let mut lease = plain();
    let amount = Money::new(AMOUNT_MINOR_MAX + 1, currency("USD"));
    lease.fees[0].price = Price::Monthly { amount, share: Ratio::ONE };
    assert_eq!(
        parked(lease, vec![]),
        "lease `test`, fee, 2027-03-01 to 2027-04-01: the result of an amount of more than \
         1000000000000000000000000000 minor units is too large to represent; check the amounts and \
         rates of this line"
    );
}

#[test]
fn an_amount_that_does_not_fit_at_all() {
    let mut lease = plain();
    let amount = Money::new(i128::MAX, currency("USD"));
    lease.fees[0].price = Price::Monthly { amount, share: ratio("2/3") };
    let why = parked(lease, vec![]);
    assert!(why.starts_with("lease `test`, fee `full`, 2027-03-01 to 2027-04-01: "), "{why}");
    assert!(why.contains("too large"), "{why}");
}

#[test]
fn use_that_does_not_fit() {
    let mut lease = plain();
    lease.overage = Some(Overage {
        minor_per_accelerator_hour: Some(Ratio::new(i128::MAX, 7).unwrap()),
        tokens: None,
        up_to: None,
    });
    let why = parked(lease, vec![used(1_000_000_000, 0)]);
    assert!(why.starts_with("lease `test`, use, 2027-03-01 to 2027-04-01: "), "{why}");
    assert!(why.contains("too large"), "{why}");
}

#[test]
fn use_without_a_rate() {
    assert_eq!(
        parked(plain(), vec![used(0, 5)]),
        "lease `test`, use, 2027-03-01 to 2027-04-01: the lease has no price for input tokens; add \
         one to the term sheet or correct the record"
    );
}

#[test]
fn a_rate_of_a_phase_that_is_not_there() {
    let change = RateChange {
        from: day("2027-03-15"),
        phase: Some("ful".to_owned()),
        price: Some(Price::Monthly { amount: usd("1.00"), share: Ratio::ONE }),
        overage: None,
        reason: "index".to_owned(),
    };
    assert_eq!(
        parked(plain(), vec![event("desk", "1", "2027-03-02T00:00:00Z", change)]),
        "lease `test`, rate `1` of `desk`: the lease has no fee phase `ful`; name one of its phases"
    );
}

#[test]
fn a_tranche_that_is_not_there() {
    let came = Delivered { tranche: tranche_id("min"), on: day("2027-03-01"), units: Units(1) };
    assert_eq!(
        parked(plain(), vec![event("desk", "1", "2027-03-02T00:00:00Z", came)]),
        "lease `test`, delivery `1` of `desk`: the lease has no tranche `min`; name one of its \
         tranches"
    );
}

#[test]
fn an_amendment_in_another_currency() {
    let version = Lease { version: 2, currency: currency("EUR"), ..plain() };
    let amended = Amendment { sheet: None, version: Some(Box::new(version)) };
    assert_eq!(
        parked(plain(), vec![event("desk", "1", "2027-03-02T00:00:00Z", amended)]),
        "lease `test`, amendment `1` of `desk`: an amount of EUR where the lease is in USD; convert \
         it outside"
    );
}

#[test]
fn an_amendment_that_nobody_read() {
    let amended = Amendment { sheet: Some("v2.toml".to_owned()), version: None };
    assert_eq!(
        parked(plain(), vec![event("desk", "1", "2027-03-02T00:00:00Z", amended)]),
        "lease `test`, amendment `1` of `desk`: the term sheet `v2.toml` of an amendment was not \
         read; resolve amendments before the run"
    );
}

#[test]
fn a_currency_that_nobody_knows_is_told_at_its_place() {
    let line = r#"{"id":"1","source":"bank","at":"2027-03-02T00:00:00Z","lease":"test","kind":"payment","money":{"amount":"1.00","currency":"XQX"}}"#;
    let fault = parse_line(line, 7).unwrap_err();
    assert_eq!(fault.line, 7);
    assert!(fault.message.contains("XQX"), "{fault}");
}

/// Money of another currency makes no lease impossible: it is told, and nothing is booked.
#[test]
fn a_payment_in_another_currency_is_told_and_not_booked() {
    let payment = |money| Payment {
        money,
        toward: PaidToward::Invoices,
        invoices: None,
        reference: String::new(),
    };
    let euros = payment(Money::new(100, currency("EUR")));
    let huge = payment(Money::new(AMOUNT_MINOR_MAX + 1, currency("USD")));
    let events = vec![
        event("bank", "1", "2027-04-02T00:00:00Z", euros),
        event("bank", "2", "2027-04-02T00:00:00Z", huge),
    ];
    let books = books(plain(), events, "2027-06-30");
    let told: Vec<&str> = books.findings().iter().map(|f| f.message.as_str()).collect();
    assert_eq!(told.len(), 2);
    assert_eq!(
        told[0],
        "lease `test`, payment `1` of `bank`: an amount of EUR where the lease is in USD; convert \
         it outside"
    );
    assert!(told[1].starts_with("lease `test`, payment `2` of `bank`: "), "{}", told[1]);
    let lease = books.lease(&id("test")).unwrap();
    assert_eq!((lease.on_account(), lease.parked()), (usd("0.00"), None));
}

#[test]
fn once_it_is_corrected_a_parked_lease_bills_what_it_missed() {
    let came = Delivered { tranche: tranche_id("min"), on: day("2027-03-01"), units: Units(1) };
    let wrong = event("desk", "1", "2027-03-02T00:00:00Z", came);
    let correction = Correction { event: wrong.key.clone(), reason: "a slip".to_owned() };
    let right = event("desk", "2", "2027-05-20T00:00:00Z", correction);
    let books = books(plain(), vec![wrong, right], "2027-06-30");
    assert!(books.parked().is_empty());
    assert_eq!(totals(&books), pairs(&[("2027-05-20", "2000.00")]));
    let fees =
        leasehold_books::ledger::Account::Revenue(leasehold_books::ledger::RevenueKind::Fees);
    let earned =
        books.journal().balance(&id("test"), fees, currency("USD"), day("2027-06-30")).unwrap();
    assert_eq!(earned, usd("-2000.00"));
}

/// What no event may say is refused as it is handed over, by whichever way it comes.
#[test]
fn an_event_that_takes_effect_before_it_happens_is_refused() {
    let mut books = Books::new(Policy::default());
    books.add_lease(plain()).unwrap();
    let mut early = used(1, 0);
    early.effective = Some(at("2027-04-10T02:00:00Z"));
    let refused = books.record(early).unwrap_err().to_string();
    assert!(refused.starts_with("lease `test`, usage `1` of `meter`: `effective` is after `at`"));
}
