//! The books closed a part at a time say what they say closed as a whole.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use leasehold_books::book::{Drained, LeaseBook, Numbering};
use leasehold_books::event::*;
use leasehold_books::rating::{HourUse, UseChange};
use leasehold_books::{Books, Policy};
use leasehold_contract::Lease;
use leasehold_contract::lease::{Overage, TokenPrices};
use leasehold_types::*;
use support::*;

const HOUR_S: i64 = 3_600;

fn lease_no(n: usize) -> Lease {
    let prices = TokenPrices { input: ratio("100"), cached: ratio("10"), output: ratio("400") };
    Lease {
        id: id(&format!("lease-{n}")),
        overage: Some(Overage {
            minor_per_accelerator_hour: Some(ratio("250")),
            tokens: Some(prices),
            up_to: None,
        }),
        recall: Some(recall_clause("1", None)),
        ..lease("2027-01-01", "2027-05-01", "1000.00")
    }
}

fn used(n: u64) -> HourUse {
    HourUse {
        accelerator_seconds: AcceleratorSeconds(360_000 + u128::from(n)),
        tokens: TokenUse { input: Tokens(1_000 * n), ..TokenUse::default() },
    }
}

/// Hours of the first four days of three months.
fn hours(n: usize) -> Vec<(Instant, HourUse)> {
    let months = ["2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z"];
    let of = |month: &&str| at(month).second();
    let all = months.iter().map(of).flat_map(|from| (0..96).map(move |h| from + h * HOUR_S));
    all.zip(n as u64..).map(|(second, k)| (Instant::from_second(second), used(k))).collect()
}

/// A payment of the first invoice's amount in February, and a recall learnt of a month late.
fn events(n: usize) -> Vec<Event> {
    let paid = Payment {
        money: usd("50.00"),
        toward: PaidToward::Invoices,
        invoices: None,
        reference: String::new(),
    };
    let recalled = Recalled {
        tranche: tranche_id("main"),
        from: at("2027-01-10T00:00:00Z"),
        until: at("2027-01-12T00:00:00Z"),
        class: "standard".to_owned(),
        units: Some(Units(10)),
        numbered: None,
        within_clause: true,
    };
    let lease = id(&format!("lease-{n}"));
    let key = format!("{n}");
    let pays = event("bank", &key, "2027-03-10T00:00:00Z", paid);
    let recalls = event("desk", &key, "2027-02-20T00:00:00Z", recalled);
    [pays, recalls].map(|event| Event { lease: lease.clone(), ..event }).to_vec()
}

/// An hour of January that is learnt of in March.
fn late(n: usize) -> (Date, UseChange) {
    let change =
        UseChange { at: at("2027-01-02T00:00:00Z"), add: used(n as u64), take: HourUse::default() };
    (day("2027-03-05"), change)
}

const CLOSES: [&str; 4] = ["2027-02-01", "2027-03-01", "2027-04-01", "2027-06-01"];

fn whole(count: usize) -> Books {
    let mut books = Books::new(Policy::default());
    for n in 0..count {
        books.add_lease(lease_no(n)).unwrap();
        for event in events(n) {
            books.record(event).unwrap();
        }
        for (hour, used) in hours(n) {
            books.add_hour(&id(&format!("lease-{n}")), hour, used).unwrap();
        }
    }
    for through in CLOSES {
        if through == "2027-04-01" {
            for n in 0..count {
                let (on, change) = late(n);
                let usage = Usage {
                    from: change.at,
                    until: Instant::from_second(change.at.second() + HOUR_S),
                    accelerator_seconds: change.add.accelerator_seconds,
                    tokens: change.add.tokens,
                    model: None,
                };
                let key = format!("late-{n}");
                let event = event("meter", &key, &format!("{on}T00:00:00Z"), usage);
                books.record(Event { lease: id(&format!("lease-{n}")), ..event }).unwrap();
            }
        }
        books.close(day(through));
    }
    books
}

/// Closes `count` leases in parts of `size`, each lease written and read between two closes.
fn in_parts(count: usize, size: usize) -> Books {
    let policy = Policy::default;
    let mut states: Vec<String> = (0..count)
        .map(|n| {
            let mut book = LeaseBook::signed_now(lease_no(n), policy());
            events(n).into_iter().for_each(|event| book.learn(event));
            serde_json::to_string(&book).unwrap()
        })
        .collect();
    let (mut all, mut numbering) = (Drained::default(), Numbering::default());
    let mut closed = None;
    for through in CLOSES {
        for first in (0..count).step_by(size) {
            let part: Vec<LeaseBook> = (first..count.min(first + size))
                .map(|n| {
                    let mut book: LeaseBook = serde_json::from_str(&states[n]).unwrap();
                    if let Some(closed) = closed {
                        book.close_idle(closed);
                    }
                    book.bring_use(hours(n)).unwrap();
                    let (on, change) = late(n);
                    match through {
                        "2027-04-01" => book.learn_use(on, change),
                        "2027-06-01" => book.bring_use([(change.at, change.add)]).unwrap(),
                        _ => {}
                    }
                    book
                })
                .collect();
            let mut books = Books::part(policy(), part, &numbering).unwrap();
            let last = numbering.clone();
            let planner = |jobs: &[leasehold_books::book::PlanJob<'_>]| {
                jobs.iter().map(leasehold_books::book::PlanJob::plan).collect()
            };
            books.close_in_turn(day(through), planner, |numbers| *numbers = last);
            numbering = books.numbering();
            let part = books.drain();
            all.invoices.extend(part.invoices);
            all.credit_notes.extend(part.credit_notes);
            all.entries.extend(part.entries);
            all.settlements.extend(part.settlements);
            for (n, mut book) in (first..).zip(part.leases) {
                book.shed_use();
                states[n] = serde_json::to_string(&book).unwrap();
            }
        }
        closed = Some(day(through));
    }
    all.leases = states.iter().map(|state| serde_json::from_str(state).unwrap()).collect();
    Books::whole(policy(), all, &numbering).unwrap()
}

#[test]
fn parts_say_what_the_whole_says() {
    let one = whole(5);
    assert!(one.parked().is_empty() && one.invoices().len() == 20, "{:?}", one.parked());
    assert!(!one.credit_notes().is_empty());
    for size in [1, 2, 5] {
        let parts = in_parts(5, size);
        assert_eq!(parts.credit_notes(), one.credit_notes(), "{size}");
        assert_eq!(parts.invoices(), one.invoices(), "{size}");
        for invoice in one.invoices() {
            let number = &invoice.number;
            assert_eq!(parts.settlements(number), one.settlements(number), "{number}");
        }
        let balances = |books: &Books| books.journal().trial_balance(day("2027-06-01")).unwrap();
        assert_eq!(balances(&parts), balances(&one), "{size}");
    }
}
