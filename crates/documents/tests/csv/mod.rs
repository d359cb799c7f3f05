//! The sheets, read back: by Python's csv module and against the books.

use std::collections::BTreeMap;

use leasehold_books::Books;
use leasehold_documents::csv;
use leasehold_types::Money;
use proptest::prelude::*;

use crate::support::story::{Kinds, plans};
use crate::support::*;

/// Events of a random lease at most.
const EVENTS_MAX: usize = 12;

/// Reads a sheet by the rules of RFC 4180, our own way: it has a head, all rows are as wide.
fn read(text: &str) -> Vec<BTreeMap<String, String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut chars) = (false, text.chars().peekable());
    while let Some(c) = chars.next() {
        match (c, quoted) {
            ('"', true) if chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut cell)),
            ('\n', false) => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (c, _) => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "the sheet ends within a row");
    let head = rows.remove(0);
    rows.into_iter()
        .map(|row| {
            assert_eq!(row.len(), head.len(), "{row:?}");
            head.iter().cloned().zip(row).collect()
        })
        .collect()
}

fn money(row: &BTreeMap<String, String>, column: &str) -> Money {
    let code = currency(&row["currency"]);
    if row[column].is_empty() {
        Money::zero(code)
    } else {
        Money::parse(&row[column], code).unwrap()
    }
}

fn total<'r>(rows: impl Iterator<Item = &'r BTreeMap<String, String>>, column: &str) -> i128 {
    rows.map(|row| money(row, column).minor()).sum()
}

/// Every sum of the books is in the sheets.
fn add_up(books: &Books, through: &str) {
    let lines = read(&csv::lines(books).unwrap());
    let documents = read(&csv::documents(books, day(through)).unwrap());
    let taxes = read(&csv::taxes(books));
    assert_eq!(documents.len(), books.invoices().len() + books.credit_notes().len());
    for line in &lines {
        let whole = |column: &str| line[column].parse::<i128>().is_ok();
        assert!(whole("quantity") && whole("exact_numerator") && whole("exact_denominator"));
    }
    for document in &documents {
        let of_it = |row: &&BTreeMap<String, String>| row["number"] == document["number"];
        assert_eq!(total(lines.iter().filter(of_it), "amount"), money(document, "net").minor());
        assert_eq!(total(taxes.iter().filter(of_it), "tax"), money(document, "tax").minor());
        let sum = money(document, "net").checked_add(money(document, "tax")).unwrap();
        assert_eq!(sum, money(document, "total"));
    }
    let postings = read(&csv::postings(books.journal(), day(through)));
    let entries = books.journal().entries().iter().flat_map(|entry| entry.postings());
    assert_eq!(postings.len(), entries.count());
    assert_eq!(total(postings.iter(), "amount"), 0);
    let balance = books.journal().trial_balance(day(through)).unwrap();
    for row in read(&csv::trial_balance(&balance)) {
        let of_it = |posting: &&BTreeMap<String, String>| posting["account"] == row["account"];
        let held = money(&row, "debit").minor() - money(&row, "credit").minor();
        assert_eq!(total(postings.iter().filter(of_it), "amount"), held, "{}", row["account"]);
        let sides = |side| total(postings.iter().filter(of_it), side);
        assert_eq!(sides("debit") - sides("credit"), held);
    }
}

#[test]
fn the_sheets_of_the_rich_books_add_up() {
    add_up(&rich_books(), RICH_THROUGH);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn the_sheets_of_random_books_add_up(plan in plans(EVENTS_MAX)) {
        let story = plan.build("test", Kinds::All);
        let through = story.through.to_string();
        add_up(&books(story.lease, story.events, &through), &through);
    }
}

/// A text that spreadsheets would run, with all that a cell may hold.
const HOSTILE: &str = "=cmd|' /C calc'!A0,\"x\"\r\n+1;\u{fc}";

#[test]
fn python_reads_back_what_others_wrote() {
    let mut events = rich_events();
    for event in &mut events {
        if let leasehold_books::event::EventKind::CreditGranted(credit) = &mut event.kind {
            credit.reason = HOSTILE.to_owned();
        }
        if let leasehold_books::event::EventKind::Payment(payment) = &mut event.kind {
            payment.reference = HOSTILE.to_owned();
        }
    }
    let books = books(rich_lease(), events, RICH_THROUGH);
    let dir = std::env::temp_dir().join(format!("leasehold-csv-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let balance = books.journal().trial_balance(day(RICH_THROUGH)).unwrap();
    let sheets = [
        ("documents", csv::documents(&books, day(RICH_THROUGH)).unwrap()),
        ("lines", csv::lines(&books).unwrap()),
        ("taxes", csv::taxes(&books)),
        ("postings", csv::postings(books.journal(), day(RICH_THROUGH))),
        ("trial_balance", csv::trial_balance(&balance)),
    ];
    for (name, text) in sheets {
        let path = dir.join(format!("{name}.csv"));
        std::fs::write(&path, &text).unwrap();
        let said = std::process::Command::new("python3")
            .args(["-c", READ_BACK])
            .arg(&path)
            .output()
            .unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let theirs: Vec<BTreeMap<String, String>> = serde_json::from_slice(&said.stdout).unwrap();
        assert_eq!(theirs, read(&text), "{name}");
        let cells = || theirs.iter().flat_map(|row| row.values());
        assert!(!cells().any(|cell| cell.starts_with(['=', '+', '@'])), "{name}");
        match name {
            "documents" => assert!(cells().any(|cell| *cell == format!("'{HOSTILE}"))),
            "postings" => assert!(cells().any(|cell| cell.contains("=cmd"))),
            _ => {}
        }
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

/// Prints the rows of a sheet as JSON, as Python's csv module reads them.
const READ_BACK: &str = "
import csv, json, sys
with open(sys.argv[1], encoding='utf-8', newline='') as sheet:
    print(json.dumps(list(csv.DictReader(sheet, strict=True))))
";

#[test]
fn the_lines_of_the_rich_books() {
    let text = csv::lines(&rich_books()).unwrap();
    insta::assert_snapshot!(text.lines().take(20).collect::<Vec<_>>().join("\n"));
}
