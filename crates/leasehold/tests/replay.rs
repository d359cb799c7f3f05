//! `leasehold replay`.

use std::fs;
use std::process::Command;

use crate::support::{Place, Said, root, scenario};

/// The laboratory for a month.
fn short() -> String {
    scenario("lab.toml").replace("until = 2026-07-01", "until = 2026-02-01")
}

#[test]
fn the_scenario_of_the_demonstration_runs_from_its_file() {
    let place = Place::new();
    let path = root().join("examples/scenarios/lab.toml");
    let replayed = place.expect(0, &format!("replay {} --format json", path.display()));
    assert_eq!(replayed.out, place.expect(0, "demo --format json").out);
}

#[test]
fn policies_and_the_seed_can_be_chosen() {
    let place = Place::new();
    place.file("short.toml", short());
    let figures = place.expect(0, "replay short.toml --policy recallable --seed 5 --format json");
    let figures = figures.json();
    assert_eq!(figures["policies"].as_array().unwrap().len(), 1);
    assert_eq!(figures["seed"], 5);
    let again = place.expect(0, "replay short.toml --policy recallable --seed 5 --format json");
    assert_eq!(again.json(), figures);
    let other = place.expect(0, "replay short.toml --policy recallable --seed 6 --format json");
    let digest = |figures: &serde_json::Value| figures["policies"][0]["state_digest"].clone();
    assert_ne!(digest(&other.json()), digest(&figures));
    assert_eq!(place.names(), ["short.toml"], "nothing is written without --out");
}

#[test]
fn the_json_is_the_report_s() {
    let place = Place::new();
    place.file("short.toml", short());
    let said = place.expect(0, "replay short.toml --policy static --out out --format json");
    assert_eq!(said.out, place.read("out/figures.json"));
}

#[test]
fn detail_adds_each_policy_s_tables() {
    let place = Place::new();
    place.file("short.toml", short());
    let brief = place.expect(0, "replay short.toml --policy recallable").out;
    let detail = place.expect(0, "replay short.toml --policy recallable --detail").out;
    assert!(!brief.contains("Policy recallable:"), "{brief}");
    assert!(detail.contains("Policy recallable:"), "{detail}");
}

#[test]
fn faults_of_a_scenario() {
    let place = Place::new();
    let lab = short();
    let fleet = "fleets/hall-512.toml";
    for (name, text) in [
        ("empty", String::new()),
        ("unknown-key", lab.replace("title", "titel")),
        ("no-such-day", lab.replace("until = 2026-02-01", "until = 2026-02-30")),
        ("ends-before-it-begins", lab.replace("until = 2026-02-01", "until = 2025-02-01")),
        ("no-such-fleet", lab.replace(fleet, "fleets/none.toml")),
        ("no-such-pool", lab.replace("lab/h100", "lab/h200")),
        ("policy-twice", lab.replace("\"static\"", "\"none\"")),
        ("no-lease-for-a-tenant", lab.replace("tenant = \"batch\"", "tenant = \"nobody\"")),
    ] {
        place.file("scenario.toml", text);
        let said = place.expect(3, "replay scenario.toml");
        let text = said.text().replace(&root().display().to_string(), "<root>");
        insta::assert_snapshot!(format!("scenario-{name}"), text);
    }
}

#[test]
fn a_fleet_smaller_than_its_leases() {
    let place = Place::new();
    let fleet = fs::read_to_string(root().join("examples/fleets/hall-512.toml")).unwrap();
    place.file("fleet.toml", fleet.replace("racks = 4", "racks = 2"));
    let lines = short();
    let lines: Vec<&str> = lines.lines().filter(|line| !line.starts_with("fleet = ")).collect();
    let text = lines.join("\n").replace("scenario = 1", "scenario = 1\nfleet = \"fleet.toml\"");
    place.file("scenario.toml", text);
    insta::assert_snapshot!(place.expect(3, "replay scenario.toml").text());
}

#[test]
fn a_faulty_lease_is_told_with_its_place() {
    let place = Place::new();
    let lease = fs::read_to_string(root().join("examples/leases/lab-chat.toml")).unwrap();
    place.file("chat.toml", lease.replace("last_day = 2026-12-31", "last_day = 2026-02-29"));
    let path = root().join("examples/leases/lab-chat.toml");
    place.file("scenario.toml", short().replace(&path.display().to_string(), "chat.toml"));
    insta::assert_snapshot!(place.expect(3, "replay scenario.toml").text());
}

#[test]
fn huge_and_endless_files_are_refused() {
    let place = Place::new();
    fs::File::create(place.path().join("huge.toml")).unwrap().set_len(1 << 30).unwrap();
    insta::assert_snapshot!(place.expect(3, "replay huge.toml").text());
    insta::assert_snapshot!(place.expect(3, "replay /dev/zero").text());
}

#[test]
fn a_place_that_cannot_be_written_is_found_out_first() {
    let place = Place::new();
    place.file("short.toml", short()).file("taken", "mine");
    insta::assert_snapshot!(place.expect(4, "replay short.toml --out taken").text());
    insta::assert_snapshot!(place.expect(4, "replay short.toml --out taken/deeper").text());
    insta::assert_snapshot!(place.expect(4, "replay short.toml --out /proc/nowhere").text());
    assert_eq!(place.read("taken"), "mine");
    assert_eq!(place.names(), ["short.toml", "taken"]);
}

#[test]
fn the_journal_needs_a_place() {
    let place = Place::new();
    insta::assert_snapshot!(place.expect(2, "replay short.toml --journal").text());
}

#[test]
fn standard_output_that_is_full_still_leaves_the_report() {
    let place = Place::new();
    place.file("short.toml", short());
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = place.command(["replay", "short.toml", "--policy", "none", "--out", "out"]);
    let said = Said::of(command.stdout(full).output().unwrap());
    assert_eq!(said.code, Some(4), "{}", said.text());
    assert!(place.path().join("out/index.html").exists());
}

/// A file system of 256 KiB, where this user may mount one.
struct Small<'a>(&'a Place);

impl<'a> Small<'a> {
    fn mount(place: &'a Place) -> Option<Self> {
        fs::create_dir(place.path().join("small")).unwrap();
        let args = ["-t", "tmpfs", "-o", "size=256k", "tmpfs", "small"];
        let output = Command::new("mount").args(args).current_dir(place.path()).output();
        output.is_ok_and(|output| output.status.success()).then_some(Small(place))
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("small").current_dir(self.0.path()).status();
    }
}

#[test]
fn a_disk_that_fills_leaves_nothing_half_written() {
    let place = Place::new();
    place.file("short.toml", short());
    let Some(small) = Small::mount(&place) else {
        println!("skipped: this user may not mount a small file system");
        return;
    };
    fs::write(place.path().join("small/notes.txt"), "mine").unwrap();
    for out in ["small", "small/report"] {
        // The journal of a month does not fit.
        let said = place.expect(4, &format!("replay short.toml --out {out} --journal"));
        assert!(said.err.contains("space"), "{}", said.err);
        assert_eq!(crate::support::names_in(&place.path().join("small")), ["notes.txt"]);
        // Nor does a report beside what fills the disk.
        fs::write(place.path().join("small/fill"), vec![0; 200 << 10]).unwrap();
        let said = place.expect(4, &format!("replay short.toml --out {out}"));
        assert!(said.err.contains("space"), "{}", said.err);
        assert_eq!(crate::support::names_in(&place.path().join("small")), ["fill", "notes.txt"]);
        fs::remove_file(place.path().join("small/fill")).unwrap();
    }
    drop(small);
}
