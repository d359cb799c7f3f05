//! `leasehold books disclose`.

use std::fs;

use crate::support::{Place, Said, root};

const EVENTS: &str = "{\"leasehold_events\":1}\n";

/// A place with the three leases that the market has disclosed.
fn the_three() -> Place {
    let place = Place::new();
    for name in ["anthropic.toml", "google.toml", "reflection.toml"] {
        place.file(name, fs::read_to_string(root().join("examples/leases").join(name)).unwrap());
    }
    place
}

fn of_three(options: &str) -> Said {
    the_three()
        .expect(0, &format!("books disclose anthropic.toml google.toml reflection.toml {options}"))
}

/// A lease of 2027 and 2028 between made-up parties, 100,000.00 a month, changed by replacements.
fn sheet(id: &str, changes: &[(&str, &str)]) -> String {
    let text = r#"term_sheet = 1

[lease]
id = "ID"
title = "A lease for tests"
currency = "USD"
zone = "UTC"
signed = 2027-01-01

[owner]
id = "owner"
name = "Owner Inc."
notices = ["mailto:notices@owner.example"]

[tenant]
id = "ID-tenant"
name = "ID Limited"
notices = ["mailto:notices@tenant.example"]

[[tranche]]
id = "main"
pool = "north/h100"
units = 64
delivery = 2027-01-01

[[fee]]
name = "full"
from = 2027-01-01
monthly = "100000.00"

[term]
last_day = 2028-12-31

[accounting]
by = "Group accounting"
on = 2027-01-20
reference = "Memo ID"
"#;
    let text = text.replace("ID", id);
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// Three leases with all that disclosures tell apart: billed a half-year ahead, a lease under ASC
/// 842 in a straight line, a related party, penalties, recalls, a notice, two sites.
fn a_year() -> Place {
    let place = Place::new();
    let exits = "[term.tenant]\nnotice_days = 60\npenalty = { months_of_fee = \"2\", substantive = \
                 true, by = \"Group accounting\", reference = \"Memo 7\" }\n\n[accounting]";
    let ahead = [
        ("monthly = \"100000.00\"", "monthly = \"100000.00\"\ninvoiced = \"in_advance\""),
        ("[term]", "[rules]\nbilling = { every_months = 6, align = \"calendar\" }\n\n[term]"),
        ("[accounting]", exits),
    ];
    place.file("ahead.toml", sheet("ahead", &ahead));
    let straight = [
        ("monthly = \"100000.00\"", "monthly = \"40000.00\""),
        (
            "[term]",
            "[[fee]]\nname = \"later\"\nfrom = 2027-07-01\nmonthly = \"60000.00\"\n\n[term]",
        ),
        ("[accounting]", "[accounting]\nstandard = \"lease\"\nrecognition = \"straight_line\""),
        (
            "notices = [\"mailto:notices@tenant.example\"]",
            "notices = [\"mailto:notices@tenant.example\"]\n\n[[tenant.related]]\nfrom = \
             2027-03-01\nreference = \"Minutes of 2027-02-20\"",
        ),
    ];
    place.file("straight.toml", sheet("straight", &straight));
    let split = [
        (
            "[[fee]]",
            "recallable = 64\n\n[[tranche]]\nid = \"second\"\npool = \"south/h100\"\nunits = \
             32\ndelivery = 2027-01-01\n\n[[fee]]",
        ),
        (
            "[accounting]",
            "[term.owner]\nnotice_days = 90\n\n[term.tenant]\nnotice_days = 90\n\n[recall]\n\
             triggers = [\"owner_training\"]\nlongest = \"30d\"\ndrain = { length = \"30min\", cut \
             = \"at_deadline\" }\nabatement = { multiple = \"1\" }\noffer_back_within = \
             \"24h\"\nacknowledge_within = \"4h\"\n\n[[recall.class]]\nname = \"planned\"\nnotice = \
             \"72h\"\n\n[accounting]",
        ),
    ];
    place.file("split.toml", sheet("split", &split));
    let events = [
        r#"{"id":"r1","source":"desk","at":"2027-05-01T00:00:00Z","lease":"split","kind":"recall","tranche":"main","from":"2027-05-01T00:00:00Z","until":"2027-05-11T00:00:00Z","class":"planned","units":32}"#,
        r#"{"id":"n1","source":"desk","at":"2027-08-10T09:00:00Z","lease":"split","kind":"notice","side":"tenant"}"#,
    ];
    place.file("events.jsonl", EVENTS.to_owned() + &events.join("\n") + "\n");
    place
}

#[test]
fn the_disclosed_leases() {
    insta::assert_snapshot!(of_three("--at 2026-09-30").text());
}

#[test]
fn outsiders_see_letters() {
    let said = of_three("--at 2026-12-31 --anonymous --bands 3,24 --threshold 5%");
    for name in ["nthropic", "oogle", "eflection", "Assumed"] {
        assert!(!said.text().contains(name), "{name}");
    }
    insta::assert_snapshot!(said.text());
}

#[test]
fn a_year_of_three_leases() {
    let files = "ahead.toml straight.toml split.toml --events events.jsonl";
    let said = a_year().expect(0, &format!("books disclose {files} --at 2027-08-15"));
    insta::assert_snapshot!(said.text());
    let longest = said.out.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(100), "{longest:?}");
}

#[test]
fn fiscal_years_begin_when_they_are_told_to() {
    let place = a_year();
    let line = "books disclose ahead.toml --at 2027-09-30 --year-starts 7 --format json";
    let json = place.expect(0, line).json();
    let quarters = json["currencies"][0]["revenue"]["quarters"].as_array().unwrap().clone();
    let labels: Vec<&str> =
        quarters.iter().map(|q| q["quarter"]["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["FY2027 Q3", "FY2027 Q4", "FY2028 Q1"]);
    let year = &json["currencies"][0]["concentration"][1];
    assert_eq!(year["period"]["from"], "2027-07-01");
    // Amounts are decimal strings in major units.
    assert_eq!(year["revenue"]["amount"], "300000.00");
    assert_eq!(year["tenants"][0]["share"], "1");
    assert_eq!(json["options"]["bands_months"], serde_json::json!([12, 36]));
}

#[test]
fn options_are_refused_in_words() {
    let place = a_year();
    for (name, options) in [
        ("bands", "--bands 36,12"),
        ("threshold", "--threshold 0"),
        ("share", "--threshold much"),
        ("month", "--year-starts 13"),
        ("date", "--at 2026-12-31"),
    ] {
        let at = if name == "date" { "" } else { "--at 2027-03-31 " };
        let said = place.run(&format!("books disclose ahead.toml {at}{options}"));
        insta::assert_snapshot!(format!("disclose-refused-{name}"), said.text());
    }
}

#[test]
fn a_parked_lease_is_in_no_sum() {
    let place = a_year();
    // More is delivered than the tranche has.
    let taken = r#"{"id":"r1","source":"desk","at":"2027-02-01T00:00:00Z","lease":"split","kind":"recall","tranche":"main","from":"2027-02-01T00:00:00Z","until":"2027-02-11T00:00:00Z","class":"planned","units":65}"#;
    place.file("broken.jsonl", EVENTS.to_owned() + taken + "\n");
    let line = "books disclose ahead.toml split.toml --events broken.jsonl --at 2027-03-31";
    let said = place.expect(1, line);
    assert!(said.out.contains("In no sum above: split of split Limited: parked since"));
    insta::assert_snapshot!(said.err);
    let outside = place.expect(1, &format!("{line} --anonymous"));
    assert!(!outside.out.contains("split Limited"), "{}", outside.out);
    assert_eq!(outside.err, "1 lease parked: run without --anonymous to see which and why\n");
}
