//! `leasehold books ingest` and `books close`: a directory of books from the command line.

use std::fs;
use std::path::Path;

use crate::support::{Place, root};

const OVERAGE: &str = "\n[overage]\nper_accelerator_hour = \"3.00\"\n";

/// A place with the smallest lease in a directory of books, its overage priced.
fn place() -> Place {
    let place = Place::new();
    fs::create_dir_all(place.path().join("books/leases")).unwrap();
    let sheet = fs::read_to_string(root().join("examples/leases/minimal.toml")).unwrap();
    place.file("books/leases/minimal.toml", sheet + OVERAGE);
    place
}

/// An hour of February in which `units` accelerators were used, learnt of at its end.
fn used(id: u32, units: u32) -> String {
    let (day, hour) = (1 + id / 20, id % 20);
    format!(
        "{{\"id\":\"{id}\",\"source\":\"meter\",\"at\":\"2027-02-{day:02}T{:02}:00:00Z\",\
         \"lease\":\"minimal\",\"kind\":\"usage\",\"from\":\"2027-02-{day:02}T{hour:02}:00:00Z\",\
         \"until\":\"2027-02-{day:02}T{:02}:00:00Z\",\"accelerator_seconds\":{}}}\n",
        hour + 1,
        hour + 1,
        units * 3_600
    )
}

fn events(lines: &[String]) -> String {
    format!("{{\"leasehold_events\":1}}\n{}", lines.concat())
}

#[test]
fn events_count_once_and_each_line_that_does_not_is_told() {
    let place = place();
    let other = used(9, 9).replace("minimal", "nobodys");
    let lines = [used(1, 10), used(2, 9), used(1, 10), used(2, 8), other, "{}\n".to_owned()];
    place.file("events.jsonl", events(&lines));
    let said = place.expect(1, "books ingest books --events events.jsonl");
    insta::assert_snapshot!(said.text());
    let again = place.expect(1, "books ingest books --events events.jsonl --format json").json();
    let told = |name: &str| again[0][name].as_u64().unwrap();
    assert_eq!((told("new"), told("duplicates"), told("conflicts"), told("refused")), (0, 3, 1, 2));
}

#[test]
fn a_month_is_closed_once_and_late_use_is_billed_next() {
    let place = place();
    place.file("events.jsonl", events(&[used(1, 10), used(2, 9)]));
    place.expect(0, "books ingest books --events events.jsonl");
    let said = place.expect(0, "books close books --through 2027-03-01 --threads 2");
    insta::assert_snapshot!(said.text());
    let report = place.expect(0, "books close books --through 2027-03-01 --format json").json();
    assert_eq!((&report["invoices"], &report["entries"]), (&0.into(), &0.into()));
    place.file("late.jsonl", events(&[used(7, 12)]));
    let told = place.expect(0, "books ingest books --events late.jsonl --format json").json();
    assert_eq!((&told[0]["new"], &told[0]["late"]), (&1.into(), &1.into()));
    let report = place.expect(0, "books close books --through 2027-04-01 --format json").json();
    assert_eq!(report["invoices"], 1);
}

#[test]
fn what_cannot_be_used_is_refused_with_a_remedy() {
    let place = place();
    let said = place.expect(3, "books close books --through 2027-03-01");
    assert!(said.err.contains("is not a directory of books"), "{}", said.text());
    place.file("events.jsonl", events(&[used(1, 10)]));
    place.expect(0, "books ingest books --events events.jsonl");
    place.file("prices.csv", "a,b\n");
    let said = place.expect(3, "books ingest books --events prices.csv");
    assert!(said.err.contains("is not an events file (docs/events.md)"), "{}", said.text());
    let sheet = place.read("books/leases/minimal.toml");
    place.file("books/leases/minimal.toml", sheet.replace("11680.00", "11681.00"));
    let said = place.expect(3, "books close books --through 2027-03-01");
    assert!(said.err.contains("changes by an amendment"), "{}", said.text());
    damage(&place.path().join("books/usage/usage-000000.log"));
    let said = place.expect(3, "books close books --through 2027-03-01");
    assert!(said.err.contains("is damaged at byte 0"), "{}", said.text());
}

/// Changes a byte of the header.
fn damage(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes[9] ^= 1;
    fs::write(path, bytes).unwrap();
}
