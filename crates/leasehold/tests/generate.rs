//! `leasehold generate`.

use crate::support::Place;

const DEMAND: &str = r#"
start = "2026-03-02T00:00:00Z"
days = 7
seed = 7

[[jobs]]
kind = "generated"
pool = "lab/h100"
load = "0.55"
units = 512

[[requests]]
kind = "generated"
tenant = "chat"
mean_requests_per_second = "20"
"#;

#[test]
fn what_is_drawn_can_be_read_again() {
    let place = Place::new();
    place.file("demand.toml", DEMAND);
    let said = place.expect(0, "generate demand.toml --out drawn");
    assert!(said.out.ends_with("written: drawn/requests-chat.csv\n"), "{}", said.out);
    place.expect(0, "generate demand.toml --out again");
    place.expect(0, "generate demand.toml --out other --seed 8");
    let jobs = place.read("drawn/jobs.csv");
    assert_eq!(jobs, place.read("again/jobs.csv"));
    assert_ne!(jobs, place.read("other/jobs.csv"));

    // The CSV of a trace is that trace.
    let from_trace = r#"
        start = "2026-03-02T00:00:00Z"
        days = 7
        seed = 1
        [[jobs]]
        kind = "csv"
        pool = "lab/h100"
        path = "drawn/jobs.csv"
        [[requests]]
        kind = "csv"
        tenant = "chat"
        path = "drawn/requests-chat.csv"
    "#;
    place.file("trace.toml", from_trace);
    place.expect(0, "generate trace.toml --out converted");
    assert_eq!(jobs, place.read("converted/jobs.csv"));
    assert_eq!(place.read("drawn/requests-chat.csv"), place.read("converted/requests-chat.csv"));
}

#[test]
fn several_pools_have_a_file_each() {
    let place = Place::new();
    let (head, rest) = DEMAND.split_once("[[requests]]").unwrap();
    let (_, jobs) = head.split_once("[[jobs]]").unwrap();
    let more = format!("{head}[[jobs]]{}", jobs.replace("h100", "h200"));
    place.file("demand.toml", format!("{more}[[requests]]{rest}"));
    place.expect(0, "generate demand.toml --out drawn");
    let names = crate::support::names_in(&place.path().join("drawn"));
    assert_eq!(names, ["jobs-lab-h100.csv", "jobs-lab-h200.csv", "requests-chat.csv"]);
}

#[test]
fn faults() {
    let place = Place::new();
    for (name, text) in [
        ("empty", String::new()),
        ("unknown-key", DEMAND.replace("days", "weeks")),
        ("no-load", DEMAND.replace("load = \"0.55\"\n", "")),
        (
            "same-name",
            DEMAND.replace("\"chat\"", "\"a/b\"")
                + &{
                    let (_, requests) = DEMAND.split_once("[[requests]]").unwrap();
                    format!("[[requests]]{}", requests.replace("\"chat\"", "\"a-b\""))
                },
        ),
    ] {
        place.file("demand.toml", text);
        let said = place.run("generate demand.toml --out drawn");
        insta::assert_snapshot!(format!("generate-{name}"), said.text());
        assert_eq!(place.names(), ["demand.toml"], "{name}");
    }
}
