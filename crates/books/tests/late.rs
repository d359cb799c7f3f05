//! What is learnt late: the bills that follow correct what was billed, and say so.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;
use leasehold_books::event::*;
use leasehold_contract::lease::*;
use support::*;

/// Each document's number and total; credit notes name their invoice.
fn documents(books: &leasehold_books::Books) -> Vec<(String, String)> {
    let notes = books
        .credit_notes()
        .iter()
        .map(|note| (format!("{} on {}", note.number, note.invoice), note.total.to_decimal()));
    let invoices = books.invoices().iter().map(|i| (i.number.clone(), i.total.to_decimal()));
    invoices.chain(notes).collect()
}

#[test]
fn a_notice_learnt_of_late_credits_what_was_billed_after_the_end() {
    let mut lease = lease("2027-01-09", "2027-06-01", "3100.00");
    lease.commitments = vec![Commitment {
        name: "floor".to_owned(),
        from: day("2027-01-09"),
        until: None,
        amount: usd("310.00"),
        every_months: 1,
        counts: CommitmentCounts::Usage,
    }];
    lease.term.tenant_exit = Some(notice(None, Some(30)));
    let mut given = event("desk", "1", "2027-05-02T12:00:00Z", NoticeGiven { side: Side::Tenant });
    given.effective = Some(at("2027-02-12T12:00:00Z"));
    let books = books(lease, vec![given], "2027-12-31");
    // The end is 14 March: 13 days of March at 100.00, 5 days of the floor's third month.
    assert_eq!(
        documents(&books),
        pairs(&[
            ("INV-000001", "2300.00"),
            ("INV-000002", "3410.00"),
            ("INV-000003", "3410.00"),
            ("INV-000004", "3410.00"),
            ("CN-000001 on INV-000003", "1800.00"),
            ("CN-000002 on INV-000004", "3360.00"),
        ])
    );
}
