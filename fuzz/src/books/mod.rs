//! The rating and the books: whatever lease, whatever happens to it, in whatever order it becomes
//! known, nothing panics and what must add up does.

mod choice;
mod invariants;
mod story;

use leasehold_books::book::Closed;
use leasehold_books::disclose::{DisclosureOptions, disclose};
use leasehold_books::event::{Event, Offered};
use leasehold_books::{Books, Policy, explain};
use leasehold_contract::Lease;
use leasehold_types::Date;

use crate::bytes::Bytes;

/// Most bytes that are read; more are left alone.
pub const BYTES_MAX: usize = 512;
/// Longest time over which a story is closed, in days.
const CLOSED_MAX_DAYS: u16 = 500;
/// By when a lease and all that happens to it are over, in days after its end.
const OVER_DAYS: i64 = 1_000;

/// Tells the story that the bytes choose, in three ways, and checks the books that come of it.
pub fn check(data: &[u8]) {
    let mut bytes = Bytes::new(&data[..data.len().min(BYTES_MAX)]);
    let policy = Policy::default();
    let lease = choice::lease(&mut bytes);
    let first = lease.signed;
    let days = i64::from(bytes.word() % CLOSED_MAX_DAYS);
    let cut = i64::from(bytes.byte()) * days / 256;
    let (mid, through) = (later(first, cut), later(first, days));
    let events = story::events(&lease, &mut bytes);

    let mut books = closed(&lease, &events, through, &policy);
    check_books(&books, &lease, through);
    let written = invariants::written(&books);

    let backwards: Vec<Event> = events.iter().rev().cloned().collect();
    let other = closed(&lease, &backwards, through, &policy);
    assert_eq!(invariants::written(&other), written, "in another order");

    let mut steps = closed(&lease, &events, mid, &policy);
    steps = serde_json::from_str(&invariants::written(&steps)).expect("books can be read back");
    steps.close(through);
    assert_eq!(invariants::written(&steps), written, "in steps");

    let parked = books.parked().keys().map(|id| (*id).clone()).collect();
    assert_eq!(books.close(through), Closed { parked, ..Closed::default() }, "closed again");
    assert_eq!(invariants::written(&books), written, "closed again");
    for event in &events {
        let offered = books.record(event.clone()).expect("an event that was taken");
        assert_eq!(offered, Offered::Duplicate, "sent again");
    }

    let over = later(lease.term.end.max(through), OVER_DAYS);
    books.close(over);
    check_books(&books, &lease, over);
    if books.parked().is_empty() {
        invariants::earned(&books, over);
    }
}

/// The books of the lease with these events, closed through a day.
fn closed(lease: &Lease, events: &[Event], through: Date, policy: &Policy) -> Books {
    let mut books = Books::new(policy.clone());
    books.add_lease(lease.clone()).expect("the only lease");
    for event in events {
        let offered = books.record(event.clone()).expect("an event that can be");
        assert_eq!(offered, Offered::New, "each event has a key of its own");
    }
    books.close(through);
    books
}

fn check_books(books: &Books, lease: &Lease, at: Date) {
    invariants::documents(books, lease);
    invariants::accounts(books, lease, at);
    for invoice in books.invoices() {
        if let Ok(explained) = explain::invoice(books, invoice) {
            explained.to_text(80);
        }
    }
    for note in books.credit_notes() {
        if let Ok(explained) = explain::credit_note(books, note) {
            explained.to_text(80);
        }
    }
    // A sum may be too large to represent, which is an error and no panic.
    let _ = disclose(books, at, &DisclosureOptions::default());
}

fn later(date: Date, days: i64) -> Date {
    date.checked_add(jiff::Span::new().days(days)).unwrap_or(Date::MAX)
}
