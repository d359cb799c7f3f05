//! What the tests of a directory of books tell it: leases, three months of events and use, each in
//! batches, each followed by a close.

#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "test helpers: what cannot go on says where, and not every binary uses all"
)]

use leasehold_books::event::*;
use leasehold_books::{Books, Policy};
use leasehold_contract::Lease;
use leasehold_store::close::{Pace, Report};
use leasehold_store::directory::Directory;
use leasehold_types::*;

#[path = "../../examples/bench/data.rs"]
pub mod data;
#[path = "../../examples/bench/lease.rs"]
mod lease;

use data::Draw;

/// Leases of the story.
pub const LEASES: u64 = 24;

/// Events of a batch.
pub const BATCH: usize = 64;

/// The days through which the story is closed.
pub const CLOSES: [&str; 4] = ["2027-02-01", "2027-03-01", "2027-04-01", "2027-06-01"];

/// 2027-01-01T00:00:00Z.
const JANUARY: i64 = 1_798_761_600;
const DAY_S: i64 = 86_400;

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The leases; every third ends with March, every second is in another zone.
pub fn leases() -> Vec<Lease> {
    let of = |n: u64| {
        let mut lease = lease::lease(n);
        if n % 2 == 1 {
            let name = ["America/New_York", "Asia/Kolkata"][n as usize / 2 % 2];
            lease.zone = Zone::named(name).unwrap();
        }
        if n.is_multiple_of(3) {
            lease.term.end = day("2027-04-01");
            lease.tranches[0].until = day("2027-04-01");
        }
        lease
    };
    (0..LEASES).map(of).collect()
}

/// What is learnt before the `chapter`-th close, in the order in which it comes.
pub fn chapter(chapter: usize) -> Vec<Event> {
    let begins = JANUARY + [0, 31, 59, 90][chapter] * DAY_S;
    let days = [31, 28, 31, 10][chapter];
    let mut draw = Draw::new(chapter as u64 + 77);
    let mut events: Vec<Event> =
        (0..400).map(|n| used(chapter, n, begins, days, &mut draw)).collect();
    for n in 0..LEASES {
        if n % 2 == chapter as u64 % 2 {
            events.insert(draw.below(400) as usize, recalled(chapter, n, begins, &mut draw));
        }
        if chapter > 0 && n % 3 == 1 {
            events.insert(draw.below(400) as usize, paid(chapter, n, begins));
        }
    }
    corrections(chapter, begins, &mut events);
    events
}

fn event(source: &str, id: String, at: i64, lease: u64, kind: impl Into<EventKind>) -> Event {
    Event {
        key: EventKey::new(source, &id),
        at: Instant::from_second(at),
        effective: None,
        lease: lease::lease(lease).id,
        kind: kind.into(),
    }
}

/// Most use is learnt of at once, some a day later, some weeks later: then of a day that is closed.
fn used(chapter: usize, n: u64, begins: i64, days: i64, draw: &mut Draw) -> Event {
    let late = draw.below(20);
    let back = if late == 0 && chapter > 0 { 25 * DAY_S } else { 0 };
    let from = begins + (draw.below(days as u64 * 86_400) as i64) - back;
    let span = 1 + draw.below(9_000) as i64;
    let lag = if late == 1 { DAY_S } else { 5 };
    let usage = Usage {
        from: Instant::from_second(from),
        until: Instant::from_second(from + span),
        accelerator_seconds: AcceleratorSeconds((draw.below(300) * span as u64 + 1).into()),
        tokens: TokenUse { input: Tokens(draw.below(9_000_000)), ..TokenUse::default() },
        model: n.is_multiple_of(7).then(|| "a model".to_owned()),
    };
    let at = (from + span + lag).max(begins + back.min(DAY_S));
    event("meter", format!("{chapter}-{n}"), at, draw.below(LEASES), usage)
}

fn recalled(chapter: usize, lease: u64, begins: i64, draw: &mut Draw) -> Event {
    // Some are learnt of when their month is billed: that is credited.
    let back = if chapter > 0 && lease % 4 < 2 { 25 * DAY_S } else { 0 };
    let from = begins + (1 + draw.below(5) as i64) * DAY_S - back;
    let until = from + (1 + draw.below(4) as i64) * DAY_S;
    let recall = Recalled {
        tranche: TrancheId::new("main").unwrap(),
        from: Instant::from_second(from),
        until: Instant::from_second(until),
        class: "standard".to_owned(),
        units: Some(Units(1 + draw.below(40))),
        numbered: None,
        within_clause: true,
    };
    event("desk", format!("{chapter}-{lease}"), until + back, lease, recall)
}

fn paid(chapter: usize, lease: u64, begins: i64) -> Event {
    let payment = Payment {
        money: Money::parse("12345.67", "USD".parse().unwrap()).unwrap(),
        toward: PaidToward::Invoices,
        invoices: None,
        reference: String::new(),
    };
    event("bank", format!("{chapter}-{lease}"), begins + 9 * DAY_S, lease, payment)
}

/// Some records come twice, some with another content, some are corrected: after they came, or
/// before.
fn corrections(chapter: usize, begins: i64, events: &mut Vec<Event>) {
    for n in [3, 30, 200] {
        let same = events[n].clone();
        events.insert(n + 40, Event { at: Instant::from_second(same.at.second() + 7), ..same });
    }
    let is_use = |event: &&Event| matches!(event.kind, EventKind::Usage(_));
    let mut other = events.iter().filter(is_use).nth(11).unwrap().clone();
    if let EventKind::Usage(usage) = &mut other.kind {
        usage.accelerator_seconds.0 += 1;
    }
    events.insert(60, other);
    for (n, to) in [(20, 90), (150, 100)] {
        let wrong = events.iter().filter(is_use).nth(n).unwrap();
        let correction =
            Correction { event: wrong.key.clone(), reason: "twice metered".to_owned() };
        let at = wrong.at.second().max(begins) + 60;
        let correction = Event {
            key: EventKey::new("ops", &format!("{chapter}-{n}")),
            at: Instant::from_second(at),
            effective: None,
            lease: wrong.lease.clone(),
            kind: correction.into(),
        };
        events.insert(to, correction);
    }
}

/// A close of small parts.
pub fn pace(threads: usize) -> Pace {
    Pace { threads, part_leases: 5 }
}

/// Tells what comes before the close of a chapter; `told` hears of each batch that is acknowledged.
pub fn take(books: &mut Directory, n: usize, told: &mut dyn FnMut(usize)) {
    if n == 0 {
        books.register(&leases()).unwrap();
    }
    for (batch, events) in chapter(n).chunks(BATCH).enumerate() {
        books.take(events).unwrap();
        told(batch + 1);
    }
}

/// Tells a chapter and closes it; `told` hears of each batch that is acknowledged.
pub fn tell(
    books: &mut Directory,
    n: usize,
    threads: usize,
    told: &mut dyn FnMut(usize),
) -> Report {
    take(books, n, told);
    let report = books.close(day(CLOSES[n]), pace(threads), &mut |_| true).unwrap();
    assert_eq!(report.parked, [], "a lease of the story is parked");
    report
}

/// The same in memory, by the books alone.
pub fn in_memory() -> Books {
    let mut books = Books::new(Policy::default());
    for lease in leases() {
        books.add_lease(lease).unwrap();
    }
    for (n, through) in CLOSES.iter().enumerate() {
        for event in chapter(n) {
            books.record(event).unwrap();
        }
        books.close(day(through));
    }
    books
}
