//! `leasehold lease …`.

use std::fs;

use crate::support::{Place, names_in, root};

/// An example of the repository.
fn example(name: &str) -> String {
    fs::read_to_string(root().join("examples/leases").join(name)).unwrap()
}

#[test]
fn shipped_leases_are_sound() {
    let place = Place::new();
    let dir = root().join("examples/leases");
    let names = names_in(&dir).into_iter().filter(|name| name.ends_with(".toml"));
    let paths: Vec<String> = names.map(|name| dir.join(name).display().to_string()).collect();
    let said = place.run(&format!("lease check {}", paths.join(" ")));
    assert_eq!(said.code, Some(0), "{}", said.text());
    assert!(said.out.ends_with(&format!("{} files: {0} sound, 0 with errors\n", paths.len())));
}

#[test]
fn check_shows_all_faults_of_all_files() {
    let place = Place::new();
    let minimal = example("minimal.toml");
    place.file("good.toml", &minimal);
    let bad = minimal
        .replace("last_day = 2028-01-31", "last_day = 2027-02-30\nnotise = 3")
        .replace("\"UTC\"", "\"Moon\"")
        .replace("units = 8", "units = -8");
    place.file("bad.toml", bad).file("empty.toml", "");
    insta::assert_snapshot!(place.run("lease check good.toml bad.toml empty.toml").text());
    insta::assert_snapshot!(place.run("lease check bad.toml --format json").text());
}

#[test]
fn check_goes_on_after_a_file_that_cannot_be_read() {
    let place = Place::new();
    place.file("good.toml", example("minimal.toml")).file("empty.toml", "");
    insta::assert_snapshot!(place.run("lease check nowhere.toml good.toml empty.toml").text());
}

#[test]
fn check_in_colour() {
    let place = Place::new();
    place.file("bad.toml", example("minimal.toml").replace("units = 8", "units = -8"));
    insta::assert_snapshot!(place.run("lease check bad.toml --color always").text());
}

#[test]
fn check_reads_standard_input() {
    let place = Place::new();
    place.file("good.toml", example("minimal.toml"));
    let file = fs::File::open(place.path().join("good.toml")).unwrap();
    let output = place.command(["lease", "check", "-"]).stdin(file).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "<stdin>: sound: lease `minimal`, version 1\n"
    );
}

#[test]
fn explain_and_diff_need_sound_sheets() {
    let place = Place::new();
    place.file("good.toml", example("minimal.toml"));
    place.file("bad.toml", example("minimal.toml").replace("units = 8", "units = -8"));
    insta::assert_snapshot!(place.run("lease explain bad.toml").text());
    insta::assert_snapshot!(place.run("lease diff good.toml bad.toml").text());
}

#[test]
fn dates_are_strict() {
    let place = Place::new();
    place.file("good.toml", example("minimal.toml"));
    for date in ["2027-02-29", "yesterday"] {
        let said = place.run(&format!("lease explain good.toml --as-of {date}"));
        insta::assert_snapshot!(format!("date-{date}"), said.text());
    }
}

/// The figures of a shipped lease at the close of a date.
fn explained(place: &Place, name: &str, as_of: &str) -> serde_json::Value {
    let path = root().join("examples/leases").join(name);
    let line = format!("lease explain {} --as-of {as_of} --format json", path.display());
    place.expect(0, &line).json()
}

#[test]
fn the_disclosed_leases_come_to_the_known_figures() {
    let place = Place::new();
    for (name, as_of, headline, committed, ends) in [
        ("anthropic.toml", "2026-06-30", "43750000000.00", "5000000000.00", "2026-11-01"),
        ("google.toml", "2026-09-30", "30360000000.00", "5520000000.00", "2027-04-01"),
    ] {
        let found = explained(&place, name, as_of);
        assert_eq!(found["headline_value"], headline, "{name}");
        assert_eq!(found["non_cancellable_value"], committed, "{name}");
        assert_eq!(found["term_end"], ends, "{name}");
        assert_eq!(found["earliest_exit"], ends, "{name}");
        assert!(!found["assumptions"].as_array().unwrap().is_empty(), "{name}");
    }
    let rate = |name| explained(&place, name, "2026-10-31")["run_rate_month"].clone();
    let rates = ["anthropic.toml", "google.toml", "reflection.toml"].map(rate);
    assert_eq!(rates, ["1250000000.00", "920000000.00", "150000000.00"]);
}

#[test]
fn the_readings_of_one_clause_differ() {
    let place = Place::new();
    let exit = |name| explained(&place, name, "2026-05-04")["earliest_exit"].clone();
    let exits = ["reading-a.toml", "reading-b.toml", "reading-c.toml"].map(exit);
    assert_eq!(exits, ["2026-11-01", "2026-08-03", "2027-01-28"]);
}

#[test]
fn explain_in_json_has_the_documented_keys() {
    let found = explained(&Place::new(), "minimal.toml", "2027-03-31");
    for key in ["rpo", "run_rate_month", "term_end", "stated_end", "contract_value"] {
        assert!(found[key].is_string(), "{key}");
    }
    let periods = found["schedule"].as_array().unwrap();
    assert_eq!(periods.len(), 12);
    for period in periods {
        for key in ["period_start", "period_end", "total"] {
            assert!(period[key].is_string(), "{key}");
        }
        for line in period["lines"].as_array().unwrap() {
            assert!(line["kind"].is_string() && line["amount"].is_string(), "{line}");
        }
    }
}

#[test]
fn explain_in_words() {
    let place = Place::new();
    place.file("lease.toml", example("minimal.toml"));
    insta::assert_snapshot!(place.expect(0, "lease explain lease.toml --as-of 2027-03-31").text());
}

#[test]
fn explain_without_a_date_is_of_today() {
    let place = Place::new();
    place.file("lease.toml", example("minimal.toml"));
    let found = place.expect(0, "lease explain lease.toml --format json").json();
    // Not before the signing: the close of 2027-01-04 at the earliest.
    assert!(found["as_of"].as_str().unwrap() >= "2027-01-05T00:00:00Z", "{}", found["as_of"]);
}

#[test]
fn diff_of_an_amendment() {
    let place = Place::new();
    place.file("old.toml", example("lab-chat.toml"));
    place.file("new.toml", example("amended/lab-chat.toml"));
    insta::assert_snapshot!(place.expect(0, "lease diff old.toml new.toml").text());
    insta::assert_snapshot!(place.expect(0, "lease diff old.toml new.toml --format json").text());
    insta::assert_snapshot!(place.expect(0, "lease diff old.toml old.toml").text());
}

#[test]
fn leases_that_cannot_be_compared() {
    let place = Place::new();
    place.file("dollars.toml", example("minimal.toml"));
    place.file(
        "yen.toml",
        example("minimal.toml").replace("USD", "JPY").replace("11680.00", "11680"),
    );
    insta::assert_snapshot!(place.expect(3, "lease diff dollars.toml yen.toml").text());
}
