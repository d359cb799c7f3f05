//! The journal, read by the real hledger: its checks hold, its balances are ours.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output};

use leasehold_books::event::{Event, EventKey, EventKind};
use leasehold_books::ledger::Cause;
use leasehold_books::{Books, Policy, run};
use leasehold_documents::hledger::journal;
use leasehold_types::{Date, Money};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use crate::support::story::{Kinds, plans};
use crate::support::*;

/// Runs of hledger over random books.
const RANDOM_BOOKS: usize = 6;

/// Random leases in one of them.
const LEASES: usize = 25;

/// Events of a lease at most.
const EVENTS_MAX: usize = 16;

/// What hledger checks besides what it always does.
const CHECKS: [&str; 6] = [
    "--strict",
    "ordereddates",
    "payees",
    "uniqueleafnames",
    "balancednoautoconversion",
    "commodities",
];

/// A file with the journal, gone after the test.
struct Written {
    path: PathBuf,
}

impl Written {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("leasehold-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Written { path }
    }

    fn hledger(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("hledger");
        command.arg("-f").arg(&self.path).args(arguments).env("LANG", "C.UTF-8");
        match command.output() {
            Ok(output) => output,
            Err(error) => panic!("hledger: {error}; ./test installs it, once"),
        }
    }

    fn check(&self) -> Result<(), String> {
        let output = self.hledger(&[&["check"], &CHECKS[..]].concat());
        let said =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        if output.status.success() && said.is_empty() { Ok(()) } else { Err(said.into_owned()) }
    }

    /// What hledger says that each account holds at the close of `at`, by account and currency.
    fn balances(&self, at: Date) -> BTreeMap<(String, String), String> {
        let end = at.tomorrow().unwrap().to_string();
        let shape = ["bal", "--flat", "--no-total", "--empty", "-O", "csv", "--layout", "bare"];
        let output = self.hledger(&[&shape[..], &["--end", &end]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let mut rows = text.lines();
        assert_eq!(rows.next(), Some("\"account\",\"commodity\",\"balance\""));
        let cells = |row: &str| {
            let cells: Vec<String> =
                row.split("\",\"").map(|cell| cell.trim_matches('"').to_owned()).collect();
            let [account, commodity, balance] = cells.try_into().unwrap();
            ((account, commodity), balance)
        };
        rows.map(cells).filter(|((_, commodity), _)| !commodity.is_empty()).collect()
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// What our trial balance says, without accounts that hold nothing.
fn ours(books: &Books, at: Date) -> BTreeMap<(String, String), String> {
    let balance = books.journal().trial_balance(at).unwrap();
    let rows = balance.rows.iter().filter(|row| !row.debit.is_zero() || !row.credit.is_zero());
    rows.map(|row| {
        let held: Money = row.debit.checked_sub(row.credit).unwrap();
        ((row.account.to_string(), held.currency().to_string()), held.to_decimal())
    })
    .collect()
}

/// hledger's, without what holds nothing and in our decimals.
fn theirs(written: &Written, at: Date) -> BTreeMap<(String, String), String> {
    let rows = written.balances(at).into_iter();
    rows.map(|((account, code), balance)| {
        let money = Money::parse(&balance, currency(&code)).unwrap();
        ((account, code), money)
    })
    .filter(|(_, money)| !money.is_zero())
    .map(|(key, money)| (key, money.to_decimal()))
    .collect()
}

fn agree(name: &str, books: &Books, through: Date) {
    let written = Written::new(name, &journal(books.journal(), through).unwrap());
    if let Err(said) = written.check() {
        panic!("{name}: {said}");
    }
    let month = books.journal().entries().iter().map(|entry| entry.date()).min().unwrap();
    for at in [month.last_of_month(), through] {
        assert_eq!(theirs(&written, at), ours(books, at), "{name} at {at}");
    }
}

#[test]
fn hledger_takes_the_rich_books_and_finds_our_balances() {
    let books = rich_books();
    assert!(books.journal().entries().len() > 30);
    agree("rich", &books, day(RICH_THROUGH));
}

/// The events of several stories have the same ids; each lease gets a source of its own.
fn with_source_of_its_own(mut event: Event) -> Event {
    let lease = event.lease.clone();
    let renamed = |key: &mut EventKey| key.source = format!("{lease}, {}", key.source).into();
    renamed(&mut event.key);
    match &mut event.kind {
        EventKind::Correction(correction) => renamed(&mut correction.event),
        EventKind::RecallReturned(back) => renamed(&mut back.recall),
        _ => {}
    }
    event
}

#[test]
fn hledger_takes_random_books_and_finds_our_balances() {
    let mut runner = TestRunner::deterministic();
    let mut entries = 0;
    for n in 0..RANDOM_BOOKS {
        let (mut leases, mut events, mut through) = (Vec::new(), Vec::new(), day("2011-01-01"));
        for lease in 0..LEASES {
            let plan = plans(EVENTS_MAX).new_tree(&mut runner).unwrap().current();
            let story = plan.build(&format!("lease-{lease}"), Kinds::All);
            let mut lease = story.lease;
            lease.tenant.id = leasehold_types::TenantId::new(&format!("tenant-{}", n % 3)).unwrap();
            leases.push(lease);
            events.extend(story.events.into_iter().map(with_source_of_its_own));
            through = through.max(story.through);
        }
        let books = run(leases, events, through, Policy::default()).unwrap();
        entries += books.journal().entries().len();
        agree(&format!("random-{n}"), &books, through);
    }
    assert!(entries > 1_000, "{entries} entries are too few to say anything");
}

#[test]
fn a_changed_amount_does_not_pass() {
    let text = journal(rich_books().journal(), day(RICH_THROUGH)).unwrap();
    let (at, entry) = text.match_indices("\n\n").nth(12).unwrap();
    assert_eq!(entry, "\n\n");
    // One entry is left out: it balances, but the months that follow do not.
    let rest = &text[at + 2..];
    let cut = format!("{}{}", &text[..at + 1], &rest[rest.find("\n\n").unwrap() + 1..]);
    let said = Written::new("cut", &cut).check().unwrap_err();
    assert!(said.contains("balance assertion"), "{said}");
}

#[test]
fn words_of_others_end_no_line_and_begin_no_tag() {
    let mut events = rich_events();
    let hostile = "a;b, lease:other\n2027-01-01 * x\n  assets:cash  5 | \u{85}=1+1";
    for event in &mut events {
        if let EventKind::Payment(payment) = &mut event.kind {
            payment.reference = hostile.to_owned();
        }
        if &*event.key.source == "bank" {
            event.key.id = format!("{hostile} {}", event.key.id).into();
        }
    }
    let books = books(rich_lease(), events, RICH_THROUGH);
    let is_paid = |cause: &Cause| matches!(cause, Cause::Event(key) if key.id.contains(';'));
    assert!(books.journal().entries().iter().filter(|e| is_paid(e.cause())).count() > 3);
    agree("hostile", &books, day(RICH_THROUGH));
    let written = Written::new("tags", &journal(books.journal(), day(RICH_THROUGH)).unwrap());
    let tags = written.hledger(&["tags", "lease", "--values"]);
    assert_eq!(String::from_utf8_lossy(&tags.stdout), "test\n");
}

#[test]
fn the_journal_of_the_rich_books() {
    let text = journal(rich_books().journal(), day("2027-03-31")).unwrap();
    insta::assert_snapshot!(text);
}
