//! docs/events.md and docs/books.md are held against the program.

use std::collections::BTreeSet;
use std::fs;

use leasehold_books::event::{
    EVENT_LINE_BYTES_MAX, EventFault, EventKind, FAULTS_MAX, HEADER, KEY_PART_BYTES_MAX, is_header,
    parse_line, to_line,
};
use leasehold_books::rating::USAGE_HOURS_MAX;

use crate::support::{Place, root};

fn page(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).unwrap()
}

/// The names in the first column of the tables of a text.
fn first_column(text: &str) -> BTreeSet<String> {
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| {
        let cell = row.split(" | ").next().unwrap();
        cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
    })
    .collect()
}

/// The lines of the JSON blocks of a text.
fn examples(text: &str) -> Vec<&str> {
    let blocks = text.split("```json\n").skip(1);
    blocks.flat_map(|block| block.split("\n```").next().unwrap().lines()).collect()
}

/// Each kind with the part of the page that is about it.
fn kinds(text: &str) -> Vec<(&str, &str)> {
    let parts = text.split("\n### `").skip(1);
    parts.map(|part| part.split_once("`\n").unwrap()).collect()
}

#[test]
fn every_kind_of_event_is_documented_with_an_example() {
    let text = page("events.md");
    let told: BTreeSet<&str> = kinds(&text).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(told, EventKind::WORDS.iter().copied().collect());
    for (kind, part) in kinds(&text) {
        assert!(!examples(part).is_empty(), "`{kind}` has no example");
        for line in examples(part) {
            let event = parse_line(line, 1).unwrap_or_else(|fault| panic!("{fault}: {line}"));
            assert_eq!(event.kind.word(), kind, "{line}");
            assert_eq!(parse_line(&to_line(&event).unwrap(), 1).unwrap(), event, "{line}");
        }
    }
    let lines = examples(&text);
    assert_eq!(lines[0], HEADER);
    is_header(lines[0]).unwrap();
}

/// The fields that a kind knows, from the fault of a line with one that it does not.
fn known_fields(example: &str) -> BTreeSet<String> {
    let line = example.replacen('{', "{\"surely_unknown\":1,", 1);
    let EventFault { message, .. } = parse_line(&line, 1).unwrap_err();
    let (_, list) = message.split_once("expected one of ").unwrap_or_else(|| panic!("{message}"));
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_field_of_every_kind_is_documented() {
    let text = page("events.md");
    let (_, shared) = text.split_once("\n## What all events have\n").unwrap();
    let shared = first_column(shared.split("\n## ").next().unwrap());
    for (kind, part) in kinds(&text) {
        let own = first_column(part.split("\n## ").next().unwrap());
        let told: BTreeSet<String> = own.union(&shared).cloned().collect();
        assert_eq!(told, known_fields(examples(part)[0]), "`{kind}`");
    }
}

#[test]
fn the_limits_of_the_page_are_the_limits() {
    let text = page("events.md");
    assert_eq!(EVENT_LINE_BYTES_MAX, 1_048_576);
    for told in [
        "| a line | 1,048,576 bytes |".to_owned(),
        format!("1 to {KEY_PART_BYTES_MAX} bytes"),
        format!("the first {FAULTS_MAX} of them"),
        format!("at most {USAGE_HOURS_MAX} hours"),
    ] {
        assert!(text.contains(&told), "{told}");
    }
}

#[test]
fn every_column_of_every_sheet_is_documented() {
    let place = Place::new();
    let example = |name: &str| root().join("examples").join(name).display().to_string();
    let (sheet, events) = (example("leases/books.toml"), example("events/books.jsonl"));
    let line = format!("books export {sheet} --events {events} --through 2027-11-30 --as csv");
    place.expect(0, &format!("{line} --out csv"));
    let text = page("books.md");
    for name in ["documents", "lines", "taxes", "postings", "trial_balance"] {
        let (_, part) = text.split_once(&format!("\n`{name}.csv`, a row for each ")).unwrap();
        let part = part.split("\n`").next().unwrap();
        let sheet = place.read(&format!("csv/{name}.csv"));
        let columns = sheet.lines().next().unwrap().split(',').map(str::to_owned);
        assert_eq!(first_column(part), columns.collect(), "{name}.csv");
    }
}

#[test]
fn every_account_is_documented() {
    let text = page("books.md");
    let (_, part) = text.split_once("\n## Accounts\n").unwrap();
    let told = first_column(part.split("\n## ").next().unwrap());
    let said = Place::new().expect(2, "books statement x --through 2027-01-31 --account x").err;
    let (_, list) = said.split_once("use one of ").unwrap();
    let list = list.lines().next().unwrap();
    assert_eq!(told, list.split('`').skip(1).step_by(2).map(str::to_owned).collect());
}

/// The amounts in a text, in minor units.
fn amounts(text: &str) -> Vec<i128> {
    let words = text.split([' ', '|']).map(|word| word.trim_end_matches(','));
    let amount = |word: &str| word.contains('.').then(|| word.replace([',', '.'], "").parse().ok());
    let mut found: Vec<i128> = words.filter_map(amount).flatten().collect();
    found.sort_unstable();
    found
}

#[test]
fn the_postings_of_the_page_are_those_of_the_example() {
    let example = |name: &str| root().join("examples").join(name).display().to_string();
    let (sheet, events) = (example("leases/books.toml"), example("events/books.jsonl"));
    let line = format!("lease bill {sheet} --events {events} --through 2027-11-30 --format json");
    let found = Place::new().expect(0, &line).json();
    let side = |entry: &serde_json::Value, side: &str| {
        let postings = entry["postings"].as_array().unwrap().iter();
        let sides: Vec<&str> = postings.filter_map(|posting| posting[side].as_str()).collect();
        amounts(&sides.join(" "))
    };
    let text = page("books.md");
    let (_, part) =
        text.split_once("\n| when | what | debit | credit |\n| --- | --- | --- | --- |\n").unwrap();
    let rows: Vec<&str> = part.lines().take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 10);
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let told = (amounts(cells[2]), amounts(cells[3]));
        let entries = found["entries"].as_array().unwrap();
        let posted = entries.iter().any(|e| (side(e, "debit"), side(e, "credit")) == told);
        assert!(posted && !told.0.is_empty(), "{row}");
    }
}
