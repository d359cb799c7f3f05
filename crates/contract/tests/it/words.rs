//! What people read about a lease: explanations and comparisons, as snapshots.

use leasehold_contract::diff::{Diff, diff};
use leasehold_contract::explain::{explain, explain_json};
use leasehold_contract::sheet::compile;
use leasehold_contract::{Facts, Lease, NoticeBook};
use leasehold_types::{Date, Instant};

use super::support::sheet;

/// Columns of the texts.
const WIDTH: usize = 100;
/// Periods of a schedule that a snapshot shows.
const PERIODS_SHOWN: usize = 3;

fn compiled(text: &str) -> Lease {
    compile(text).unwrap().lease
}

fn close_of(lease: &Lease, date: &str) -> Instant {
    lease.close_of(date.parse::<Date>().unwrap())
}

fn explained(name: &str, date: &str) {
    let lease = compiled(&sheet(name));
    let (facts, book) = (Facts::as_promised(&lease), NoticeBook::default());
    let as_of = close_of(&lease, date);
    let stem = name.trim_end_matches(".toml");
    let text = explain(&lease, &facts, &book, as_of).unwrap().to_text(WIDTH);
    insta::assert_snapshot!(format!("explain_{stem}"), text);
    let mut json = explain_json(&lease, &facts, &book, as_of).unwrap();
    assert!(json.schedule.len() > PERIODS_SHOWN);
    json.schedule.truncate(PERIODS_SHOWN);
    insta::assert_snapshot!(
        format!("explain_json_{stem}"),
        serde_json::to_string_pretty(&json).unwrap()
    );
}

#[test]
fn a_disclosed_lease_is_explained() {
    explained("anthropic.toml", "2026-06-30");
}

#[test]
fn a_lease_for_the_books_is_explained() {
    explained("books.toml", "2027-02-28");
}

/// The example with some of its text replaced; each piece stands there once.
fn amended(name: &str, changes: &[(&str, &str)]) -> Lease {
    let mut text = sheet(name);
    for (from, to) in changes {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    compiled(&text)
}

fn compared(name: &str, date: &str, changes: &[(&str, &str)]) {
    let (old, new) = (compiled(&sheet(name)), amended(name, changes));
    let (facts, book) = (Facts::as_promised(&old), NoticeBook::default());
    let found = diff(&old, &new, &facts, &book, close_of(&old, date)).unwrap();
    insta::assert_snapshot!(format!("diff_{}", name.trim_end_matches(".toml")), said(&found));
}

/// What changes, line by line.
fn said(found: &Diff) -> String {
    let mut lines = vec![format!("governs from {}", found.effective)];
    for period in &found.money {
        let (from, until) = (period.from, period.until);
        let (before, after, delta) = (period.before, period.after, period.delta);
        lines.push(format!("{from} to {until}: {before} -> {after} ({delta})"));
    }
    lines.push(format!("in all: {}", found.total_delta));
    let (before, after) = (&found.before, &found.after);
    for (what, before, after) in [
        ("headline value", before.headline_value, after.headline_value),
        ("non-cancellable value", before.non_cancellable_value, after.non_cancellable_value),
        ("RPO", before.rpo, after.rpo),
        ("run rate", before.run_rate_month, after.run_rate_month),
    ] {
        lines.push(format!("{what}: {before} -> {after}"));
    }
    for right in &found.rights {
        lines.push(format!("[{}] {}", right.about, right.words));
    }
    lines.join("\n")
}

#[test]
fn an_amendment_of_a_disclosed_lease_is_compared() {
    compared(
        "anthropic.toml",
        "2026-12-31",
        &[
            ("signed = 2026-05-03", "signed = 2026-05-03\nversion = 2\neffective = 2027-01-01"),
            ("[term.tenant]", "[term.tenant]\nto = \"month_end\""),
        ],
    );
}

#[test]
fn an_amendment_of_what_the_books_need_is_compared() {
    compared(
        "books.toml",
        "2027-06-30",
        &[
            ("signed = 2027-01-11", "signed = 2027-01-11\nversion = 2\neffective = 2027-07-01"),
            ("lines = [\"Lindwurmstr. 88\", \"Hinterhaus\"]", "lines = [\"Lindwurmstr. 90\"]"),
            ("account = \"DE02120300000000202051\"", "account = \"DE89370400440532013000\""),
            ("amount = \"60000.00\"\nevery_months = 3", "amount = \"90000.00\"\nevery_months = 4"),
            ("rate = \"20%\"", "rate = \"21%\""),
            ("[invoicing]", "[[tax]]\ncategory = \"Z\"\non = \"usage\"\n\n[invoicing]"),
            ("purchase_order = \"ISAR-2027-017\"", "note = \"See the letter of 4 June.\""),
            ("monthly = \"432000.00\"", "monthly = \"419616.00\""),
            ("per_accelerator_hour = \"4.20\"", "per_accelerator_hour = \"4.05\""),
        ],
    );
}

/// Phases of different tranches may have one name, and assumptions one subject.
#[test]
fn what_has_one_name_is_told_apart() {
    let fees = "[[fee]]\nname = \"full\"\nfrom = 2027-02-01\nmonthly = \"11680.00\"\n";
    let both = |second: &str| {
        let tranche =
            "[[tranche]]\nid = \"b\"\npool = \"site/h100\"\nunits = 4\ndelivery = 2027-02-01\n";
        let phase = |id: &str, price: &str| {
            format!(
                "[[fee]]\nname = \"full\"\ntranche = \"{id}\"\nfrom = 2027-02-01\nmonthly = \"{price}\"\n"
            )
        };
        let assumed = "[[assumption]]\nabout = \"fee.full\"\ntext = \"a\"\n[[assumption]]\nabout = \"fee.full\"\ntext = \"b\"\n";
        let whole = format!("{tranche}{}{}{assumed}", phase("main", "1000.00"), phase("b", second));
        amended("minimal.toml", &[(fees, &whole)])
    };
    let (old, new) = (both("500.00"), both("600.00"));
    let (facts, book) = (Facts::as_promised(&old), NoticeBook::default());
    let as_of = old.close_of(old.signed);
    assert_eq!(diff(&old, &old, &facts, &book, as_of).unwrap().rights, []);
    let found = diff(&old, &new, &facts, &book, as_of).unwrap().rights;
    let said: Vec<&str> = found.iter().map(|right| right.words.as_str()).collect();
    let of_b = "Fee full of tranche b, price: USD 600.00 a month instead of USD 500.00 a month.";
    assert_eq!(said, [of_b]);
}

/// A sheet that says nothing of the books' terms says so, and does not differ from itself.
#[test]
fn nothing_written_is_said_in_words() {
    let lease = compiled(&sheet("minimal.toml"));
    let (facts, book) = (Facts::as_promised(&lease), NoticeBook::default());
    let as_of = lease.close_of(lease.signed);
    let text = explain(&lease, &facts, &book, as_of).unwrap().to_text(WIDTH);
    assert!(text.contains("No tax is charged"), "{text}");
    assert_eq!(diff(&lease, &lease, &facts, &book, as_of).unwrap().rights, []);
}
