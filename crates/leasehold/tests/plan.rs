//! `leasehold plan recall` and `leasehold plan offer`.

use crate::support::{Place, root};

/// A place with the examples, in which the snapshot `lab.json` is altered.
fn place(alter: impl Fn(String) -> String) -> Place {
    let place = Place::new();
    let path = root().join("examples/plans/lab.json");
    let text = std::fs::read_to_string(path).unwrap();
    let fleet = root().join("examples/fleets/hall-512.toml");
    place.file("lab.json", alter(text).replace("../fleets/hall-512.toml", "fleet.toml"));
    place.file("fleet.toml", std::fs::read(fleet).unwrap());
    place
}

#[test]
fn the_example_in_words() {
    let place = place(|text| text);
    insta::assert_snapshot!(place.expect(0, "plan recall lab.json").text());
    insta::assert_snapshot!(place.expect(0, "plan recall lab.json --exact --explain").text());
}

#[test]
fn the_example_for_machines() {
    let said = place(|text| text).expect(0, "plan recall lab.json --format json").out;
    let plan: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(plan["given"], 128);
    assert_eq!(plan["short"], 0);
    assert!(plan["steps"].as_array().is_some_and(|steps| !steps.is_empty()));
}

#[test]
fn where_there_is_no_plan_the_rules_that_bind_are_named() {
    let place = place(|text| text);
    insta::assert_snapshot!(place.expect(1, "plan recall lab.json --units 320").text());
}

#[test]
fn a_breach_is_told() {
    let allowed = r#""length": 86400, "allow_breach": true"#;
    let place = place(|text| text.replace(r#""length": 86400"#, allowed));
    insta::assert_snapshot!(place.expect(0, "plan recall lab.json --units 280").text());
}

#[test]
fn an_offer() {
    let place = place(|text| text);
    let line = "plan offer lab.json --pool lab/h100 --units 72 --firm 16";
    insta::assert_snapshot!(place.expect(0, line).text());
    insta::assert_snapshot!(place.expect(1, &line.replace("72", "160")).text());
}

#[test]
fn a_snapshot_that_cannot_be_used() {
    let twice = place(|text| text.replace("[[48, 8]]", "[[24, 8]]"));
    insta::assert_snapshot!(twice.expect(3, "plan recall lab.json").text());
    let no_demand = place(|text| text.replace("\"demand\"", "\"demands\""));
    insta::assert_snapshot!(no_demand.expect(3, "plan recall lab.json").text());
    let pool = place(|text| text);
    insta::assert_snapshot!(pool.expect(3, "plan offer lab.json --pool lab/h200 --units 8").text());
}
