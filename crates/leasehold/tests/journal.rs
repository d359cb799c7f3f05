//! `leasehold journal …`, on the journal of a replay.

use crate::support::{Place, root, scenario, without_hashes};

/// A place with the journal of a week of the laboratory in `out`.
fn journalled() -> Place {
    let place = Place::new();
    let week = scenario("lab.toml").replace("until = 2026-07-01", "until = 2026-01-08");
    place.file("week.toml", week);
    place.expect(0, "replay week.toml --policy recallable --out out --journal");
    place
}

#[test]
fn a_journal_is_whole_and_amounts_to_the_state_of_the_report() {
    let place = journalled();
    let figures: serde_json::Value = serde_json::from_str(&place.read("out/figures.json")).unwrap();
    let verified = place.expect(0, "journal verify out/journal-recallable.jsonl --format json");
    let verified = verified.json();
    assert_eq!(verified["ok"], true);
    assert_eq!(verified["events"], figures["policies"][0]["events"]);
    let head = verified["head"].as_str().unwrap().to_owned();
    place.expect(0, &format!("journal verify out/journal-recallable.jsonl --head {head}"));

    let fleet = root().join("examples/fleets/hall-512.toml");
    let line = format!("journal replay out/journal-recallable.jsonl --fleet {}", fleet.display());
    let first = place.expect(0, &format!("{line} --format json"));
    assert_eq!(first.out, place.expect(0, &format!("{line} --format json")).out);
    assert_eq!(first.json()["events"], verified["events"]);
    assert_eq!(first.json()["state_digest"], figures["policies"][0]["state_digest"]);
    for pool in first.json()["pools"].as_array().unwrap() {
        let of = |key: &str| pool[key].as_u64().unwrap();
        let parts = of("down") + of("job") + of("recalled") + of("leased") + of("idle");
        assert_eq!(parts, of("owned"));
    }
}

#[test]
fn two_runs_give_the_same_journal_to_the_byte() {
    let (one, other) = (journalled(), journalled());
    let name = "out/journal-recallable.jsonl";
    assert!(one.read(name) == other.read(name));
}

#[test]
fn any_changed_line_is_found() {
    let place = journalled();
    let text = place.read("out/journal-recallable.jsonl");
    let lines: Vec<&str> = text.lines().collect();
    let with = |lines: &[&str]| lines.join("\n") + "\n";
    let mut moved = lines.clone();
    moved.swap(10, 11);
    let changed = lines[10].replacen("2026", "2027", 1);
    let mut edited = lines.clone();
    edited[10] = &changed;
    let dropped = [&lines[..10], &lines[11..]].concat();
    let cases = [("moved", with(&moved)), ("edited", with(&edited)), ("dropped", with(&dropped))];
    for (name, text) in cases {
        place.file("journal.jsonl", text);
        let said = place.expect(1, "journal verify journal.jsonl").text();
        insta::assert_snapshot!(format!("journal-{name}"), without_hashes(&said));
    }
}

#[test]
fn a_torn_line_is_told_and_is_no_fault() {
    let place = journalled();
    let text = place.read("out/journal-recallable.jsonl");
    place.file("journal.jsonl", text.strip_suffix("\"}\n").unwrap());
    let said = place.expect(0, "journal verify journal.jsonl");
    assert!(said.out.contains("is torn: it was being written"), "{}", said.text());
}

#[test]
fn lines_missing_at_the_end_show_against_the_head() {
    let place = journalled();
    let verified = place.expect(0, "journal verify out/journal-recallable.jsonl --format json");
    let head = verified.json()["head"].as_str().unwrap().to_owned();
    let text = place.read("out/journal-recallable.jsonl");
    let cut = text.trim_end().rfind('\n').unwrap();
    place.file("journal.jsonl", &text[..=cut]);
    place.expect(0, "journal verify journal.jsonl");
    let said = place.expect(1, &format!("journal verify journal.jsonl --head {head}"));
    assert!(said.out.contains("the head should be"), "{}", said.text());
}

#[test]
fn what_is_no_journal() {
    let place = Place::new();
    place.file("empty.jsonl", "").file("other.jsonl", "{\"a\":1}\n");
    for line in ["verify empty.jsonl", "verify other.jsonl", "verify nowhere.jsonl"] {
        let said = place.run(&format!("journal {line}"));
        insta::assert_snapshot!(format!("journal-{}", line.replace(' ', "-")), said.text());
    }
    let fleet = root().join("examples/fleets/hall-512.toml");
    let line = format!("journal replay other.jsonl --fleet {}", fleet.display());
    insta::assert_snapshot!("journal-replay-other", place.expect(3, &line).text());
    insta::assert_snapshot!("journal-head", place.expect(2, "journal verify x --head abc").text());
}

#[test]
fn another_fleet_is_refused() {
    let place = journalled();
    let fleet = root().join("examples/fleets/two-sites.toml");
    let line = format!("journal replay out/journal-recallable.jsonl --fleet {}", fleet.display());
    insta::assert_snapshot!(without_hashes(&place.expect(3, &line).text()));
}
