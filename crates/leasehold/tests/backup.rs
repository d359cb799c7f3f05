//! `leasehold backup create`, `verify` and `restore`, and the script of docs/backup.md.

use std::fs;
use std::process::Command;
use std::time::Duration;

use leasehold_store::journal::{Batch, Draft, Header, Journal, Lead};
use leasehold_types::Instant;

use crate::support::{Place, root};

fn at(second: i64) -> Instant {
    Instant::from_second(1_800_000_000 + second)
}

/// A journal of five entries in `desk.db`.
fn desk(place: &Place) -> Journal {
    let url = format!("sqlite:{}", place.path().join("desk.db").display());
    let journal = Journal::open(&url.parse().unwrap()).unwrap();
    journal.begin(&Header::new("xai", "memphis", at(0))).unwrap();
    let Lead::Won(mut writer) = journal.lead("desk", Duration::ZERO).unwrap() else { panic!() };
    let mut batch = Batch::on(writer.head());
    for n in 1..=5 {
        let (actor, kind) = ("ada".to_owned(), "node.marked".to_owned());
        let body = format!("{{\"node\":\"Zähler {n}\"}}").into_bytes();
        let body = if n == 4 { vec![255, 0, n as u8] } else { body };
        batch.append(Draft { at: at(n), actor, kind, version: 1, body }).unwrap();
    }
    writer.commit(&batch).unwrap();
    journal
}

/// Without when it was made.
fn steady(text: &str) -> String {
    let words = text.split("; backup made ").map(|part| {
        let year = part.starts_with("20") && part.contains("Z\n");
        if year { part.split_once("Z\n").unwrap().1 } else { part }
    });
    words.collect::<Vec<_>>().join("; backup made …\n")
}

#[test]
fn a_backup_is_made_checked_and_restored() {
    let place = Place::new();
    desk(&place);
    let made = place.expect(0, "backup create --database sqlite:desk.db --out desk.backup");
    insta::assert_snapshot!(steady(&made.out));
    let whole = place.expect(0, "backup verify desk.backup");
    assert_eq!(whole.out, made.out.replace("written", "whole"));
    insta::assert_snapshot!(place.expect(0, "backup verify --database sqlite:desk.db").out);
    let restored = place.expect(
        0,
        "backup restore desk.backup --database sqlite:other.db --at 2027-01-15T08:00:03Z",
    );
    insta::assert_snapshot!(steady(&restored.out));
    insta::assert_snapshot!(
        place.expect(0, "backup verify --database sqlite:other.db --format json").out
    );
    let head = whole.out.lines().last().unwrap().trim().rsplit(' ').next().unwrap().to_owned();
    place.expect(0, &format!("backup verify desk.backup --head {head}"));
    place.expect(1, &format!("backup verify --database sqlite:other.db --head {head}"));
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let place = Place::new();
    desk(&place);
    place.expect(0, "backup create --database sqlite:desk.db --out desk.backup");
    let text = fs::read_to_string(place.path().join("desk.backup")).unwrap();
    place.file("changed.backup", text.replace("Zähler 2", "Zähler 3"));
    place.file("cut.backup", &text[..text.len() - 300]);
    place.file("none.backup", "hello\n");
    let said: Vec<String> = [
        "backup verify changed.backup",
        "backup verify changed.backup --format json",
        "backup verify cut.backup",
        "backup verify none.backup",
        "backup restore cut.backup --database sqlite:new.db",
        "backup restore desk.backup --database sqlite:desk.db",
        "backup restore desk.backup --database sqlite:new.db --through 6",
        "backup verify --database sqlite:missing.db",
        "backup create --database mysql://x --out y",
        "backup verify",
    ]
    .into_iter()
    .map(|line| format!("$ leasehold {line}\n{}", place.run(line).text()))
    .collect();
    insta::assert_snapshot!(said.join("\n"));
    assert!(!place.path().join("missing.db").exists());
}

/// The script is of the Python that every machine has; it knows nothing of this program.
#[test]
fn the_script_of_the_page_checks_a_backup() {
    let place = Place::new();
    desk(&place);
    let made = place.expect(0, "backup create --database sqlite:desk.db --out desk.backup").out;
    let page = fs::read_to_string(root().join("docs/backup.md")).unwrap();
    let script = page.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    place.file("check.py", script);
    let check = |name: &str| {
        let mut python = Command::new("python3");
        let said = python.current_dir(place.path()).args(["check.py", name]).output().unwrap();
        (
            said.status.code(),
            String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned(),
        )
    };
    let head = made.lines().last().unwrap().trim().rsplit(' ').next().unwrap();
    assert_eq!(check("desk.backup"), (Some(0), format!("5 entries, head {head}\n")));
    let text = fs::read_to_string(place.path().join("desk.backup")).unwrap();
    place.file("changed.backup", text.replace("\"ada\"", "\"eve\""));
    let (code, words) = check("changed.backup");
    assert!(code == Some(1) && words.contains("line 2"), "{words}");
}
