//! Invoices, notes and payments as a tenant sees them: voids, credits in any order, statements of
//! account, what is due.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use leasehold_books::Books;
use leasehold_books::book::AccountItem;
use leasehold_books::event::*;
use leasehold_books::invoice::{CreditReason, Standing};
use leasehold_contract::Lease;
use leasehold_contract::facts::UnitRange;
use leasehold_contract::lease::*;
use leasehold_types::{Money, TenantId};
use proptest::prelude::*;
use support::*;

fn void(id: &str, at_: &str, invoice: &str) -> Event {
    let void = InvoiceVoided { invoice: invoice.to_owned(), reason: "wrong address".to_owned() };
    event("clerk", id, at_, void)
}

fn notes(books: &Books) -> Vec<(String, String)> {
    let shown = books.credit_notes().iter();
    shown.map(|note| (note.invoice.clone(), note.total.to_decimal())).collect()
}

fn balance(books: &Books) -> i128 {
    let lease = books.lease(&id("test")).unwrap();
    lease.credit_balance().map(|(_, money)| money.minor()).sum()
}

/// 500.00 a month of which all is recalled in April at twice the fee: 1,000.00 off.
fn overcredited() -> (Lease, Vec<Event>) {
    let mut lease = lease("2027-04-01", "2027-07-01", "500.00");
    lease.recall = Some(recall_clause("2", None));
    let recall = Recalled {
        tranche: tranche_id("main"),
        from: at("2027-04-01T00:00:00Z"),
        until: at("2027-05-01T00:00:00Z"),
        class: "standard".to_owned(),
        units: None,
        numbered: Some(vec![UnitRange { first: 0, count: 100 }]),
        within_clause: true,
    };
    (lease, vec![event("desk", "r", "2027-04-01T00:00:00Z", recall)])
}

#[test]
fn a_void_of_an_invoice_that_came_to_nothing_takes_back_its_lines_and_what_it_carried() {
    let (lease, mut events) = overcredited();
    events.push(void("v", "2027-05-20T00:00:00Z", "INV-000001"));
    let books_may = books(lease.clone(), events.clone(), "2027-05-20");
    assert_eq!(books_may.invoices()[0].total, usd("0.00"));
    assert_eq!(notes(&books_may), pairs(&[("INV-000001", "0.00")]));
    let note = &books_may.credit_notes()[0];
    assert!(matches!(note.reason, CreditReason::Voided(_)));
    let amounts: Vec<String> = note.lines.iter().map(|l| l.amount.to_decimal()).collect();
    assert_eq!(amounts, ["500.00", "-1000.00", "500.00"]);
    // What it had moved to the balance is out of the balance again.
    assert_eq!(balance(&books_may), 0);
    // The next invoice bills April again with May: 500 - 1,000 + 500.
    let later = books(lease, events, "2027-07-31");
    assert_eq!(
        totals(&later),
        pairs(&[("2027-05-01", "0.00"), ("2027-06-01", "0.00"), ("2027-07-01", "500.00")])
    );
    assert_eq!(balance(&later), 0);
}

#[test]
fn a_void_after_the_carried_credit_was_used_comes_to_the_same() {
    let (lease, events) = overcredited();
    let plain = books(lease.clone(), events.clone(), "2027-08-31");
    let mut voided = events;
    voided.push(void("v", "2027-06-20T00:00:00Z", "INV-000001"));
    let voided = books(lease, voided, "2027-08-31");
    let total = |books: &Books| {
        let invoiced: i128 = books.invoices().iter().map(|i| i.total.minor()).sum();
        let credited: i128 = books.credit_notes().iter().map(|n| n.total.minor()).sum();
        invoiced - credited
    };
    assert_eq!((total(&plain), balance(&plain)), (50_000, 0));
    assert_eq!((total(&voided), balance(&voided)), (50_000, 0));
    assert!(voided.findings().is_empty());
}

#[test]
fn what_later_notes_credited_is_taken_back_with_the_invoice() {
    let (mut lease, events) = overcredited();
    lease.recall = Some(recall_clause("0.5", None));
    // The recall is learnt of after April was billed whole; the note credits 250.00 of it.
    let late = Event {
        at: at("2027-05-10T00:00:00Z"),
        effective: Some(at("2027-04-01T00:00:00Z")),
        ..events[0].clone()
    };
    let books =
        books(lease, vec![late, void("v", "2027-06-10T00:00:00Z", "INV-000001")], "2027-07-31");
    assert_eq!(notes(&books), pairs(&[("INV-000001", "250.00"), ("INV-000001", "250.00")]));
    assert_eq!(
        totals(&books),
        pairs(&[("2027-05-01", "500.00"), ("2027-06-01", "500.00"), ("2027-07-01", "750.00")])
    );
    assert!(books.findings().is_empty());
}

#[test]
fn a_void_of_nothing_is_told() {
    let events = vec![
        void("1", "2027-05-20T00:00:00Z", "INV-000001"),
        void("2", "2027-05-21T00:00:00Z", "INV-000001"),
    ];
    let books = books(lease("2027-04-01", "2027-07-01", "500.00"), events, "2027-07-31");
    let told: Vec<&str> = books.findings().iter().map(|f| f.message.as_str()).collect();
    assert_eq!(
        told,
        ["lease `test`, void `2` of `clerk`: nothing of invoice INV-000001 is left to credit"]
    );
}

/// An invoice of three lines at two rates.
fn taxed(amounts: [u32; 3], rates: [u16; 2], code: &str) -> Lease {
    let mut lease = lease("2027-04-01", "2027-05-01", "1.00");
    lease.currency = currency(code);
    let names = ["a", "b", "c"];
    lease.tranches = names.map(|name| tranche(name, 1, "2027-04-01", "2027-05-01")).into();
    lease.fees = names
        .iter()
        .zip(amounts)
        .map(|(name, amount)| FeePhase {
            covers: Covers::Tranche(tranche_id(name)),
            price: Price::Monthly {
                amount: Money::new(amount.into(), currency(code)),
                share: leasehold_types::Ratio::ONE,
            },
            ..monthly(name, "2027-04-01", "1.00")
        })
        .collect();
    let rate = |n: u16| leasehold_types::Ratio::new(n.into(), 1_000).unwrap();
    let rule = |from: &str, n| TaxRule {
        from: day(from),
        on: Taxed::All,
        class: TaxClass::standard(rate(n)),
    };
    lease.taxes = vec![rule("2027-01-01", rates[0]), rule("2028-01-01", rates[1])];
    lease
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// In whatever parts and whatever order an invoice is credited, the notes add up to it exactly,
    /// taxes included, and nothing can be credited beyond it.
    #[test]
    fn notes_add_up_to_their_invoice_in_any_order(
        amounts in prop::array::uniform3(1..90_000_u32),
        rates in prop::array::uniform2(1..300_u16),
        code in 0..3_usize,
        parts in prop::collection::vec((1..4_u32, 1..60_000_i128), 0..8),
        ending in 0..2_u8,
    ) {
        let lease = taxed(amounts, rates, ["USD", "JPY", "KWD"][code]);
        let (of, name) = (lease.currency, "INV-000001".to_owned());
        let credit = |n: usize, lines: Vec<LineCredit>| {
            let credit = CreditGranted { invoice: name.clone(), lines, reason: "agreed".to_owned() };
            event("clerk", &n.to_string(), &format!("2027-05-{:02}T00:00:00Z", n + 2), credit)
        };
        let mut events: Vec<Event> = parts
            .iter()
            .enumerate()
            .map(|(n, (line, minor))| {
                let money = Some(Money::new(*minor, of));
                credit(n, vec![LineCredit { line: *line, money }])
            })
            .collect();
        events.push(match ending {
            0 => credit(20, Vec::new()),
            _ => void("last", "2027-05-22T00:00:00Z", &name),
        });
        events.push(credit(25, vec![LineCredit { line: 1, money: Some(Money::new(1, of)) }]));
        let books = books(lease, events, "2027-05-31");
        let invoice = &books.invoices()[0];
        let sum = |of: fn(&leasehold_books::invoice::CreditNote) -> Money| -> i128 {
            books.credit_notes().iter().map(|note| of(note).minor()).sum()
        };
        prop_assert_eq!(sum(|note| note.net), invoice.net.minor());
        prop_assert_eq!(sum(|note| note.tax), invoice.tax.minor());
        prop_assert_eq!(sum(|note| note.total), invoice.total.minor());
        let standing = invoice.standing(books.settled(invoice), day("2027-05-31")).unwrap();
        prop_assert!(standing.open.is_zero());
        prop_assert!(!books.findings().is_empty(), "the last credit is one too many");
    }
}

#[test]
fn one_line_named_twice_is_credited_at_most_once() {
    let lines = vec![LineCredit { line: 1, money: Some(usd("60.00")) }; 2];
    let credit =
        CreditGranted { invoice: "INV-000001".to_owned(), lines, reason: "agreed".to_owned() };
    let mut lease = lease("2027-04-01", "2027-05-01", "100.00");
    lease.tranches.push(tranche("more", 1, "2027-04-01", "2027-05-01"));
    let other = FeePhase {
        covers: Covers::Tranche(tranche_id("more")),
        ..monthly("more", "2027-04-01", "100.00")
    };
    lease.fees.push(other);
    let books =
        books(lease, vec![event("clerk", "1", "2027-05-02T00:00:00Z", credit)], "2027-05-31");
    assert!(books.credit_notes().is_empty());
    assert_eq!(books.findings().len(), 1);
}

fn paid(id: &str, date: &str, amount: &str) -> Event {
    let payment = Payment {
        money: usd(amount),
        toward: PaidToward::Invoices,
        invoices: None,
        reference: format!("T{id}"),
    };
    event("bank", id, &format!("{date}T12:00:00Z"), payment)
}

#[test]
fn where_an_invoice_stands_is_a_function_of_the_day() {
    let events = vec![paid("1", "2027-05-20", "400.00"), paid("2", "2027-06-10", "600.00")];
    let books = books(lease("2027-04-01", "2027-05-01", "1000.00"), events, "2027-07-31");
    let invoice = &books.invoices()[0];
    assert_eq!(invoice.due, day("2027-05-31"));
    let at = |date: &str| {
        let standing = invoice.standing(books.settled(invoice), day(date)).unwrap();
        (standing.standing, standing.open.to_decimal())
    };
    assert_eq!(at("2027-05-19"), (Standing::Open, "1000.00".to_owned()));
    assert_eq!(at("2027-05-31"), (Standing::PartlySettled, "600.00".to_owned()));
    assert_eq!(at("2027-06-02"), (Standing::Overdue(2), "600.00".to_owned()));
    assert_eq!(at("2027-06-10"), (Standing::Settled, "0.00".to_owned()));
    let open = |date: &str| -> Vec<(String, String)> {
        let open = books.open_invoices(day(date)).unwrap().into_iter();
        open.map(|i| (i.number, i.standing.open.to_decimal())).collect()
    };
    assert_eq!(open("2027-06-02"), pairs(&[("INV-000001", "600.00")]));
    assert_eq!(open("2027-06-10"), pairs(&[]));
    assert_eq!(open("2027-04-30"), pairs(&[]));
}

#[test]
fn a_statement_of_account_holds_every_document_and_payment() {
    let (first, mut events) = overcredited();
    let second = Lease { id: id("other"), ..lease("2027-04-01", "2027-06-01", "80.00") };
    events.push(paid("1", "2027-06-15", "200.00"));
    let other = Event { lease: id("other"), ..paid("2", "2027-05-15", "100.00") };
    events.push(other);
    let credit = CreditGranted {
        invoice: "INV-000001".to_owned(),
        lines: vec![LineCredit { line: 1, money: Some(usd("30.00")) }],
        reason: "gesture".to_owned(),
    };
    events
        .push(Event { lease: id("other"), ..event("clerk", "3", "2027-05-20T00:00:00Z", credit) });
    let books = leasehold_books::run(
        vec![first, second],
        events,
        day("2027-07-31"),
        leasehold_books::Policy::default(),
    )
    .unwrap();
    let tenant = TenantId::new("tenant").unwrap();
    let of = |from: &str, through: &str| {
        books.tenant_account(&tenant, currency("USD"), day(from), day(through)).unwrap()
    };
    let all = of("2027-01-01", "2027-07-31");
    let shown: Vec<(String, String)> = all
        .rows
        .iter()
        .map(|row| {
            let what = match &row.item {
                AccountItem::Invoice(number) | AccountItem::CreditNote(number) => number.clone(),
                AccountItem::Settlement(number) => format!("settles {number}"),
                AccountItem::Money(key) => key.to_string(),
            };
            let amount = row.amount.to_decimal();
            (format!("{} {what} {amount}", row.date), row.balance.to_decimal())
        })
        .collect();
    assert_eq!(
        shown,
        pairs(&[
            ("2027-05-01 INV-000001 80.00", "80.00"),
            ("2027-05-01 INV-000002 0.00", "80.00"),
            ("2027-05-15 `2` of `bank` -100.00", "-20.00"),
            ("2027-05-20 CN-000001 -30.00", "-50.00"),
            ("2027-06-01 INV-000003 80.00", "30.00"),
            ("2027-06-01 INV-000004 0.00", "30.00"),
            ("2027-06-15 `1` of `bank` -200.00", "-170.00"),
            ("2027-07-01 INV-000005 500.00", "330.00"),
        ])
    );
    assert_eq!((all.opening, all.closing), (usd("0.00"), usd("330.00")));
    let (may, rest) = (of("2027-01-01", "2027-05-31"), of("2027-06-01", "2027-07-31"));
    assert_eq!((may.closing, rest.opening), (usd("-50.00"), usd("-50.00")));
    assert_eq!([may.rows, rest.rows].concat(), all.rows);
    assert_eq!(rest.closing, all.closing);
}

#[test]
fn numbers_are_gapless_for_each_issuer_and_prefix() {
    let of = |name: &str, owner: &str, prefix: &str| {
        let mut lease = Lease { id: id(name), ..lease("2027-04-01", "2027-06-01", "80.00") };
        lease.owner.id = TenantId::new(owner).unwrap();
        lease.invoicing.invoice_prefix = prefix.to_owned();
        lease
    };
    let leases = vec![of("a", "one", "A-"), of("b", "two", "A-"), of("c", "one", "B-")];
    let payment = |name: &str, n: u64| Event {
        lease: id(name),
        ..paid(&format!("{name}{n}"), "2027-05-10", "80.00")
    };
    let books = leasehold_books::run(
        leases,
        vec![payment("b", 1)],
        day("2027-06-30"),
        leasehold_books::Policy::default(),
    )
    .unwrap();
    let numbers: Vec<(String, String)> =
        books.invoices().iter().map(|i| (i.lease.to_string(), i.number.clone())).collect();
    let expected = [("a", "1"), ("b", "1"), ("c", "1"), ("a", "2"), ("b", "2"), ("c", "2")];
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(lease, n)| {
            let prefix = if *lease == "c" { "B-" } else { "A-" };
            ((*lease).to_owned(), format!("{prefix}00000{n}"))
        })
        .collect();
    assert_eq!(numbers, expected);
    // Two issuers use one number: what settled the one did not settle the other.
    let settled = |name: &str| {
        let invoice = books.invoice_of(&id(name), "A-000001").unwrap();
        books.settled(invoice).iter().map(|s| s.amount.minor()).sum::<i128>()
    };
    assert_eq!((settled("a"), settled("b")), (0, 8_000));
}
