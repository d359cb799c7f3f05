//! The gateway's commands from the outside.

use std::collections::BTreeSet;
use std::fs;

use crate::support::{Place, root};

const CONFIG: &str = "table = \"table.json\"\nstate = \"state\"\n\
                      [[listen]]\naddress = \"127.0.0.1:0\"\n";

/// The keys that a table of the configuration knows, from the message about one that it does not.
fn known_keys(place: &Place, table: &str) -> BTreeSet<String> {
    let text = match table {
        "" => format!("surely_unknown = 1\n{CONFIG}"),
        "[[listen]]" => format!("{CONFIG}surely_unknown = 1\n"),
        _ => format!("{CONFIG}{table}\nsurely_unknown = 1\n"),
    };
    place.file("gateway.toml", text);
    let said = place.expect(3, "gateway check gateway.toml").err;
    let (_, list) = said.split_once(", expected ").unwrap_or_else(|| panic!("{said}"));
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The keys that the page describes under a heading.
fn told_keys(page: &str, heading: &str) -> BTreeSet<String> {
    let (_, rest) = page.split_once(&format!("\n{heading}\n")).unwrap();
    let part = rest.split("\n#").next().unwrap();
    let rows = part.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.split('`').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn every_key_of_the_configuration_is_documented() {
    let place = Place::new();
    let page = fs::read_to_string(root().join("docs/gateway.md")).unwrap();
    for (table, heading) in [
        ("", "### The configuration itself"),
        ("[[listen]]", "### `[[listen]]`"),
        ("[admin]", "### `[admin]`"),
        ("[engines]", "### `[engines]`"),
        ("[health]", "### `[health]`"),
        ("[limits]", "### `[limits]`"),
        ("[meter]", "### `[meter]`"),
        ("[stop]", "### `[stop]`"),
    ] {
        assert_eq!(told_keys(&page, heading), known_keys(&place, table), "{heading}");
    }
}

#[test]
fn what_cannot_be_used_is_said() {
    let place = Place::new();
    place.file("gateway.toml", CONFIG.replace("127.0.0.1:0", "nowhere"));
    let said = place.expect(3, "gateway check gateway.toml").err;
    assert!(said.contains("`gateway.toml`") && said.contains("socket address"), "{said}");
    place.file("gateway.toml", CONFIG);
    let said = place.expect(1, "gateway check gateway.toml").out;
    assert!(said.contains("table.json: it cannot be read"), "{said}");
    let said = place.expect(3, "gateway drain r0 --config gateway.toml").err;
    assert!(said.contains("no table `admin`"), "{said}");
    place.file("token", "0123456789abcdef\n");
    let away = "gateway replicas --admin 127.0.0.1:1 --token-file token";
    assert!(place.expect(3, away).err.contains("no gateway answers at http://127.0.0.1:1"));
}
