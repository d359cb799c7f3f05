//! What the programs of others say; see `tools/focus_check.py`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use leasehold_books::Books;
use leasehold_documents::focus::{self, Range};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::sums::books_of;
use crate::support::story::plans;
use crate::support::*;

/// Findings of focus-validator 2.2.1 that stand, each with its reason; `docs/focus.md` lists them.
const ACCEPTED: [&str; 3] =
    ["InvoiceId-C-004-C", "ConsumedQuantity-C-006-C", "CommitmentDiscountStatus-C-004-C"];

/// Rules of FOCUS 1.2 that pass over the rich books, at least.
const PASSED_AT_LEAST: u64 = 290;

/// Random stories that others look at.
const STORIES_FOR_OTHERS: usize = 3;

/// Writes all exports of some books into a directory of their own.
pub fn write(group: &str, books: &Books) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("focus").join(group);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    let file = |name: &str| File::create(directory.join(name)).unwrap();
    let all = Range::ALL;
    let cost = focus::cost_and_usage(books, all);
    let commitments = focus::contract_commitment(books, all);
    let details = focus::invoice_detail(books, all);
    assert_eq!(
        cost.to_csv(file("cost_and_usage.csv")).unwrap(),
        cost.to_parquet(file("cost_and_usage.parquet")).unwrap()
    );
    commitments.to_csv(file("contract_commitment.csv")).unwrap();
    commitments.to_parquet(file("contract_commitment.parquet")).unwrap();
    details.to_csv(file("invoice_detail.csv")).unwrap();
    details.to_parquet(file("invoice_detail.parquet")).unwrap();
    directory
}

fn ask(what: &str, directories: &[PathBuf]) -> Vec<serde_json::Value> {
    let mut arguments = vec![what];
    arguments.extend(directories.iter().map(|directory| directory.to_str().unwrap()));
    let printed = run_python("focus_check.py", &arguments);
    let answers: Vec<_> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), directories.len(), "{printed}");
    answers
}

/// The rich books, and random ones in which something was billed.
fn samples() -> Vec<PathBuf> {
    let mut directories = vec![write("rich", &rich_books())];
    let mut runner = TestRunner::deterministic();
    while directories.len() <= STORIES_FOR_OTHERS {
        let plan = plans(12).new_tree(&mut runner).unwrap().current();
        let books = books_of(&plan);
        if books.invoices().len() > 3 {
            directories.push(write(&format!("random-{}", directories.len()), &books));
        }
    }
    directories
}

#[test]
fn others_read_the_same_and_find_no_fault() {
    let directories = samples();
    for (answer, directory) in ask("validate", &directories).iter().zip(&directories) {
        let none = serde_json::json!([]);
        assert_eq!(answer["by_1_4"], none, "{}", directory.display());
        assert_eq!(answer["by_text"], none, "{}", directory.display());
        let failed: BTreeMap<String, u64> =
            serde_json::from_value(answer["by_1_2"]["failed"].clone()).unwrap();
        let unexpected: Vec<_> =
            failed.iter().filter(|(rule, _)| !ACCEPTED.contains(&rule.as_str())).collect();
        assert!(unexpected.is_empty(), "{}: {unexpected:?}", directory.display());
        let passed = answer["by_1_2"]["passed"].as_u64().unwrap();
        assert!(passed >= PASSED_AT_LEAST, "{}: {passed} passed", directory.display());
    }
    let compared = ask("parquet", &directories);
    let types = &compared[0]["cost_and_usage"]["types"];
    assert_eq!(types["BilledCost"], "DECIMAL(38,18)");
    assert_eq!(types["ChargePeriodStart"], "TIMESTAMP WITH TIME ZONE");
    assert_eq!(types["x_RecalledAcceleratorSeconds"], "DECIMAL(38,0)");
    assert_eq!(types["x_LineNumber"], "BIGINT");
    assert_eq!(types["x_Disclosed"], "BOOLEAN");
    assert!(compared[0]["cost_and_usage"]["rows"].as_u64().unwrap() > 500);
}

/// The same books give the same bytes, read back or not.
#[test]
fn exports_are_the_same_to_the_byte() {
    let books = rich_books();
    let kept: Books = serde_json::from_str(&serde_json::to_string(&books).unwrap()).unwrap();
    let bytes = |books: &Books| {
        let (mut csv, mut parquet) = (Vec::new(), Vec::new());
        focus::cost_and_usage(books, Range::ALL).to_csv(&mut csv).unwrap();
        focus::cost_and_usage(books, Range::ALL).to_parquet(&mut parquet).unwrap();
        focus::contract_commitment(books, Range::ALL).to_csv(&mut csv).unwrap();
        (csv, parquet)
    };
    let first = bytes(&books);
    assert!(first == bytes(&books), "twice the same books");
    assert!(first == bytes(&kept), "the books read back");
}
