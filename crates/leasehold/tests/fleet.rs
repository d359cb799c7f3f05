//! `leasehold fleet check`.

use crate::support::{Place, root};

const SMALL: &str = r#"fleet = 1
name = "small"
[[site]]
id = "lab"
[[site.hall]]
id = "east"
cap_kw = 340
[[site.hall.block]]
accelerator = "h100"
racks = 4
nodes_per_rack = 8
accelerators_per_node = 8
busy_watts = 10200
idle_watts = 2500
"#;

#[test]
fn shipped_fleets_are_sound() {
    let place = Place::new();
    for name in ["hall-512", "two-sites"] {
        let path = root().join(format!("examples/fleets/{name}.toml"));
        let said = place.run(&format!("fleet check {}", path.display()));
        assert_eq!(said.code, Some(0), "{}", said.text());
    }
}

#[test]
fn a_sound_fleet() {
    let place = Place::new();
    place.file("fleet.toml", SMALL);
    insta::assert_snapshot!(place.run("fleet check fleet.toml").text());
    insta::assert_snapshot!(place.run("fleet check fleet.toml --format json").text());
}

#[test]
fn all_faults_at_once() {
    let place = Place::new();
    place.file("fleet.toml", SMALL.replace("340", "34").replace("racks", "rakcs"));
    insta::assert_snapshot!(place.run("fleet check fleet.toml").text());
    insta::assert_snapshot!(place.run("fleet check fleet.toml --format json").text());
}

#[test]
fn an_empty_file() {
    let place = Place::new();
    place.file("empty.toml", "");
    insta::assert_snapshot!(place.run("fleet check empty.toml").text());
}
