//! What stands in the columns, and what the page says of them.

use std::collections::BTreeSet;
use std::fs;

use leasehold_documents::focus::{self, CommitmentRow, CostRow, InvoiceRow, Range, Row};

use crate::support::*;

/// Every column of the datasets stands in `docs/focus.md`, under its dataset, and no others.
#[test]
fn the_page_says_of_each_column_what_it_is() {
    let page = fs::read_to_string(root().join("docs/focus.md")).unwrap();
    let said = |heading: &str| -> Vec<String> {
        let (_, after) = page.split_once(&format!("\n## {heading}\n")).unwrap();
        let section = after.split("\n## ").next().unwrap();
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
        let cells = rows.flat_map(|row| row.split(" | ").next().unwrap().split(", "));
        let names = cells.map(|name| name.trim_matches([' ', '`']).to_owned());
        names.collect()
    };
    fn names<R: Row>() -> Vec<String> {
        R::columns().iter().map(|column| column.name.to_owned()).collect()
    }
    fn sorted(mut names: Vec<String>) -> Vec<String> {
        names.sort();
        names
    }
    assert_eq!(sorted(said("Cost and Usage")), sorted(names::<CostRow>()));
    assert_eq!(sorted(said("Contract Commitment")), sorted(names::<CommitmentRow>()));
    assert_eq!(sorted(said("Invoice Detail")), sorted(names::<InvoiceRow>()));
}

/// The lines of two documents with what is most often asked of them.
#[test]
fn rows_as_they_are_read() {
    let books = rich_books();
    let mut seen = BTreeSet::new();
    let mut shown = String::new();
    for row in focus::cost_and_usage(&books, Range::ALL).rows() {
        let row = row.unwrap();
        // One of each sort, and not every day of each fee.
        let sort = (row.category.word(), row.extra.kind, row.correction, row.document.kind.word());
        if seen.insert(sort) {
            let line = [
                row.document.number.clone(),
                row.category.word().to_owned(),
                if row.correction { "Correction" } else { "" }.to_owned(),
                row.description.clone(),
                format!("{} to {}", row.period.start(), row.period.end()),
                row.billed.to_string(),
                row.effective.to_string(),
            ];
            shown.push_str(&line.join(" | "));
            shown.push('\n');
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn commitments_as_they_are_read() {
    let books = rich_books();
    let mut csv = Vec::new();
    focus::contract_commitment(&books, Range::ALL).to_csv(&mut csv).unwrap();
    insta::assert_snapshot!(String::from_utf8(csv).unwrap());
}

/// What a column cannot hold is refused with the lease, the document and the column.
#[test]
fn amounts_beyond_the_columns_are_refused() {
    let lease = lease("2027-03-01", "2027-06-01", "123456789012345678901234.00");
    let books = books(lease, Vec::new(), "2027-04-01");
    let error = focus::cost_and_usage(&books, Range::ALL).to_csv(Vec::new()).unwrap_err();
    insta::assert_snapshot!(error.to_string());
    let as_parquet = focus::cost_and_usage(&books, Range::ALL).to_parquet(Vec::new());
    assert_eq!(as_parquet.unwrap_err().to_string(), error.to_string());
}
