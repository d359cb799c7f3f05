//! `docs/term-sheet.md` lists what the reader knows, no more and no less; and the reader reads
//! what it knows.

use std::collections::BTreeSet;

use leasehold_contract::sheet::{codes, compile, schema};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::support::{root, sheet, sheets_in};

fn reference() -> String {
    std::fs::read_to_string(root().join("docs/term-sheet.md")).unwrap()
}

/// The tables that a heading is about: `[term.owner]`, `[[fee]]`; the whole sheet has none.
fn tables_of(heading: &str) -> Vec<String> {
    let quoted = heading.split('`').skip(1).step_by(2);
    let tables = quoted.filter(|word| word.starts_with('['));
    tables.map(|word| word.trim_matches(['[', ']']).to_owned()).collect()
}

fn anchor_of(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.chars().filter(kept).collect::<String>().trim().to_lowercase().replace(' ', "-")
}

#[test]
fn the_reference_lists_every_key_and_no_other() {
    let text = reference();
    let mut listed = BTreeSet::new();
    let mut tables: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with('#') {
            tables = tables_of(line);
            if line == "## The sheet" {
                tables = vec![String::new()];
            }
        }
        let Some(key) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next()) else {
            continue;
        };
        let dotted = |table: &String| format!("{table}.{key}").trim_start_matches('.').to_owned();
        listed.extend(tables.iter().map(dotted));
    }
    let known: BTreeSet<String> = schema::paths().into_iter().collect();
    let missing: Vec<_> = known.difference(&listed).collect();
    let invented: Vec<_> = listed.difference(&known).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "missing {missing:?}, invented {invented:?}"
    );
}

#[test]
fn the_reference_lists_every_fault_and_no_other() {
    let text = reference();
    let faults = text.split("## Faults").last().unwrap();
    let listed: Vec<&str> = faults.lines().filter(|line| line.starts_with("| `")).collect();
    let known: Vec<String> = codes::all()
        .iter()
        .map(|code| {
            let rule = code.rule.rsplit_once(" (").map_or(code.rule, |(rule, _)| rule);
            format!("| `{}` | {} | {rule} |", code.name, code.severity.word())
        })
        .collect();
    assert_eq!(listed, known, "the table should be:\n{}", known.join("\n"));
}

#[test]
fn every_rule_points_at_a_section_that_is_there() {
    let text = reference();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchors: BTreeSet<String> =
        headings.map(|line| anchor_of(line.trim_start_matches('#'))).collect();
    for code in codes::all() {
        if let Some((_, rest)) = code.rule.split_once("docs/term-sheet.md#") {
            let anchor = rest.trim_end_matches(')');
            assert!(anchors.contains(anchor), "{}: no section #{anchor}", code.name);
        }
    }
}

/// Every key written in a sheet with the place of its value; entries of lists share their path.
fn written(table: &DeTable<'_>, prefix: &str, found: &mut Vec<(String, std::ops::Range<usize>)>) {
    for (key, value) in table {
        let path = format!("{prefix}{}", key.get_ref());
        let tables: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
            DeValue::Array(list) => list.iter().collect(),
            _ => vec![value],
        };
        for inner in tables.iter().filter_map(|value| value.get_ref().as_table()) {
            written(inner, &format!("{path}."), found);
        }
        found.push((path, value.span()));
    }
}

fn keys_of(text: &str) -> Vec<(String, std::ops::Range<usize>)> {
    let table = DeTable::parse(text).unwrap();
    let mut found = Vec::new();
    written(table.get_ref(), "", &mut found);
    found
}

#[test]
fn the_full_example_uses_every_key() {
    // Each excludes another that the example has, and stands in one of the other examples.
    let excluded = ["term.last_day", "term.owner.penalty.fixed"];
    let either = |path: &str| path.replace("term.tenant.", "term.owner.");
    let used_in = |texts: &[String]| -> BTreeSet<String> {
        texts.iter().flat_map(|text| keys_of(text)).map(|(path, _)| either(&path)).collect()
    };
    let known: BTreeSet<String> = schema::paths().iter().map(|path| either(path)).collect();
    let unused: Vec<String> = known.difference(&used_in(&[sheet("full.toml")])).cloned().collect();
    assert_eq!(unused, excluded);
    let all: Vec<String> =
        ["", "amended"].into_iter().flat_map(sheets_in).map(|(_, text)| text).collect();
    assert_eq!(known.difference(&used_in(&all)).next(), None);
}

/// Knowing a key is not reading it: a value of the wrong type must be noticed, wherever it is.
#[test]
fn every_key_is_read() {
    let text = sheet("full.toml");
    for (path, span) in keys_of(&text) {
        if text[span.clone()].starts_with("[[") || is_header(&text, &span) {
            continue;
        }
        let wrong = format!("{}[[]]{}", &text[..span.start], &text[span.end..]);
        let faults = compile(&wrong).expect_err(&path);
        let at = span.start..span.start + 4;
        let noticed = faults.iter().any(|f| f.span.start <= at.end && at.start <= f.span.end);
        assert!(noticed, "{path}: {faults:?}");
    }
}

/// Whether a span is a table's header: it begins its line.
fn is_header(text: &str, span: &std::ops::Range<usize>) -> bool {
    text[..span.start].ends_with('\n') && text[span.clone()].starts_with('[')
}
