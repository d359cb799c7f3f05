//! What holds for every command: help, usage errors, streams, exit codes.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::{Place, Said};

#[test]
fn help_texts() {
    let place = Place::new();
    for command in [
        "",
        "demo",
        "replay",
        "lease",
        "lease check",
        "lease explain",
        "lease diff",
        "journal",
        "journal verify",
        "journal replay",
        "fleet",
        "fleet check",
        "generate",
        "completions",
    ] {
        let said = place.run(&format!("{command} --help"));
        let name = if command.is_empty() { "all".to_owned() } else { command.replace(' ', "-") };
        insta::assert_snapshot!(format!("help-{name}"), said.text());
    }
}

#[test]
fn the_version() {
    let said = Place::new().run("--version");
    assert_eq!(said.out, format!("leasehold {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn usage_errors() {
    let place = Place::new();
    for line in ["", "demmo", "fleet check", "fleet check a --format yaml"] {
        insta::assert_snapshot!(
            format!("usage-{}", line.replace(' ', "-")),
            place.run(line).text()
        );
    }
}

#[test]
fn files_that_cannot_be_read() {
    let place = Place::new();
    place.file("latin.toml", b"name = \"caf\xe9\"\n");
    for name in ["nowhere.toml", ".", "latin.toml"] {
        let said = place.run(&format!("fleet check {name}"));
        insta::assert_snapshot!(format!("unreadable-{name}"), said.text());
    }
}

#[test]
fn a_gigabyte_is_refused_fast() {
    let place = Place::new();
    File::create(place.path().join("huge.toml")).unwrap().set_len(1 << 30).unwrap();
    let began = Instant::now();
    let said = place.run("fleet check huge.toml");
    assert!(began.elapsed() < Duration::from_secs(1), "took {:?}", began.elapsed());
    insta::assert_snapshot!(said.text());
}

#[test]
fn a_full_disk_is_an_error() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = Place::new().command(["completions", "bash"]).stdout(full).output().unwrap();
    insta::assert_snapshot!(Said::of(output).text());
}

#[test]
fn a_reader_that_goes_away_is_none() {
    let place = Place::new();
    let mut command = place.command(["completions", "bash"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
}

#[test]
fn colour_is_asked_for_or_absent() {
    let place = Place::new();
    place.file("fleet.toml", "");
    let coloured = |args: &[&str], no_color: Option<&str>| {
        let mut command = place.command(["fleet", "check", "fleet.toml"]);
        command.args(args);
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        Said::of(command.output().unwrap()).out.contains('\u{1b}')
    };
    assert!(!coloured(&[], None), "a file is no terminal");
    assert!(coloured(&["--color", "always"], None));
    assert!(coloured(&["--color=always"], Some("1")), "what is asked for outranks the environment");
    assert!(!coloured(&["--color", "never"], None));
}
