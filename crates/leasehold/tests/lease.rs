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
