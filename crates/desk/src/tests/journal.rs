//! Journals: what is written is read, what is damaged is found, and where.

use std::io::Write;
use std::process::{Command as Process, Stdio};

use leasehold_planner::Fleet;
use leasehold_types::JobId;
use proptest::prelude::*;

use super::fixture::*;
use crate::journal::{Header, LINE_MAX_BYTES, Summary, WriteError, Writer, replay, verify};
use crate::{CommandKind, Event, EventKind, Outcome, Settings};

fn world() -> World {
    let mut world = World::delivered(Settings::REPLAY);
    world.submit(1, 8);
    world.start(1, whole(8..9));
    world.order(request(8, "short", "2027-02-03T00:00:00Z"));
    world.at("2027-02-02T18:00:00Z");
    world.end(1, Outcome::Completed);
    world
}

fn written(events: &[Event]) -> Vec<u8> {
    let header = Header::new(&fleet(), Settings::REPLAY);
    let mut writer = Writer::create(Vec::new(), &header).unwrap();
    for event in events {
        writer.append(event).unwrap();
    }
    writer.finish().unwrap()
}

fn fault(bytes: &[u8]) -> String {
    verify(bytes).unwrap_err().to_string()
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.split_inclusive('\n').map(str::to_owned).collect()
}

#[test]
fn a_journal_is_read_as_it_was_written() {
    let world = world();
    let bytes = written(&world.events);
    let summary = verify(&bytes[..]).unwrap();
    assert_eq!((summary.events, summary.bytes), (world.events.len() as u64, bytes.len() as u64));
    assert_eq!(summary.last_at, Some(at("2027-02-02T18:00:00Z")));
    let replayed = replay(&bytes[..], fleet()).unwrap();
    assert_eq!(replayed.state.digest(), world.state().digest());
    assert_eq!(replayed.summary, summary);
}

#[test]
fn a_journal_goes_on_where_it_was_left() {
    let world = world();
    let (first, rest) = world.events.split_at(5);
    let mut bytes = written(first);
    let mut writer = Writer::resume(&mut bytes, &verify(&written(first)[..]).unwrap()).unwrap();
    for event in rest {
        writer.append(event).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(bytes, written(&world.events));
}

#[test]
fn a_torn_line_is_no_event_and_no_fault() {
    let world = world();
    let whole = written(&world.events);
    let last = lines(&whole).pop().unwrap().len();
    let before = verify(&written(&world.events[..world.events.len() - 1])[..]).unwrap();
    for cut in 1..last {
        let torn = &whole[..whole.len() - cut];
        let summary = verify(torn).unwrap();
        let left = summary.torn.unwrap();
        assert_eq!(left.bytes, (last - cut) as u64);
        assert_eq!(left.line, world.events.len() as u64 + 1);
        assert_eq!(Summary { torn: None, ..summary.clone() }, before);
        assert_eq!(replay(torn, fleet()).unwrap().state.seq(), before.events);
        let refused = Writer::resume(Vec::new(), &summary).unwrap_err();
        assert!(matches!(refused, WriteError::Torn { bytes } if bytes == before.bytes));
    }
}

#[test]
fn faults_name_the_line_what_is_wrong_and_the_next_step() {
    let world = world();
    let sound = lines(&written(&world.events));
    let told = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = sound.clone();
        change(&mut lines);
        fault(lines.concat().as_bytes())
    };
    // Hashes differ with the tables inside the program.
    let hide = |text: String| {
        let words = text.split(' ').map(|word| {
            let bare = word.trim_end_matches([',', ';']);
            let hash = bare.len() == 64;
            if hash { word.replace(bare, "<hash>") } else { word.to_owned() }
        });
        words.collect::<Vec<_>>().join(" ")
    };
    let faults = [
        told(&|lines| lines[3] = lines[3].replace("2027", "2028")),
        told(&|lines| drop(lines.remove(3))),
        told(&|lines| lines.swap(3, 4)),
        told(&|lines| lines.insert(3, lines[3].clone())),
        told(&|lines| lines[3] = "hello\n".into()),
        told(&|lines| lines[0] = "hello\n".into()),
        told(&|lines| lines[3] = "x".repeat(LINE_MAX_BYTES + 1)),
        told(&|lines| lines.truncate(0)),
        told(&|lines| lines[0].truncate(20)),
    ];
    insta::assert_snapshot!(faults.map(hide).join("\n"), @r"
    line 4: its content has the hash <hash>, and it states <hash>; it was changed after it was written: restore it from a copy
    line 4: it follows a line with the hash <hash>, and the line before has <hash>; a line was added, dropped or moved: restore the journal from a copy
    line 4: it follows a line with the hash <hash>, and the line before has <hash>; a line was added, dropped or moved: restore the journal from a copy
    line 5: it follows a line with the hash <hash>, and the line before has <hash>; a line was added, dropped or moved: restore the journal from a copy
    line 4: it does not end in a hash; it was changed after it was written: restore it from a copy
    line 1: it is not the header of a journal; this is another file, or its first line was changed: restore it from a copy
    line 4: it has more than 4194304 bytes; this is no journal, or it was damaged: restore it from a copy
    line 1: the file is empty; a journal begins with its header
    line 1: it is not the header of a journal; this is another file, or its first line was changed: restore it from a copy
    ");
}

/// A line with a right hash and a wrong content, as somebody could write who knows the format.
fn resealed(line: &str, change: impl Fn(&str) -> String) -> String {
    let (body, _) = line.rsplit_once(",\"hash\":\"").unwrap();
    let body = change(body);
    format!("{body},\"hash\":\"{}\"}}\n", crate::Digest::of(body.as_bytes()))
}

#[test]
fn a_line_that_was_forged_with_its_hash_is_found_by_its_form_or_by_the_next() {
    let sound = lines(&written(&world().events));
    let with = |line: usize, change: &dyn Fn(&str) -> String| {
        let mut lines = sound.clone();
        lines[line] = resealed(&sound[line], change);
        fault(lines.concat().as_bytes())
    };
    assert!(
        with(3, &|body| body.replace("\"at\":", "\"at\": ")).contains("line 4: it is not written")
    );
    assert!(
        with(3, &|body| body.replace("\"seq\":3", "\"seq\":4")).contains("line 4: it is event 4")
    );
    assert!(
        with(3, &|body| body.replace("\"event\":", "\"extra\":1,\"event\":"))
            .contains("line 4: it cannot be read")
    );
    assert!(with(3, &|body| body.replace("2027-02-01", "2027-01-01")).contains("line 4: it is at"));
    assert!(
        with(3, &|body| body.replace("2027-02-01", "2028-02-01")).contains("line 5: it follows")
    );
    assert!(with(0, &|body| body.replace("\"version\":1", "\"version\":2")).contains("format 2"));
}

#[test]
fn another_fleet_and_another_history_are_refused() {
    let mut world = world();
    world.does(owner(), CommandKind::Fail { node: leasehold_types::NodeId(3) });
    let other = Fleet::parse(include_str!("../../../../examples/fleets/hall-512.toml")).unwrap();
    let bytes = written(&world.events);
    let refused = replay(&bytes[..], std::sync::Arc::new(other)).unwrap_err().to_string();
    assert!(refused.starts_with("the journal is about the fleet "), "{refused}");
    // The chain is whole, but the events do not follow from each other.
    let bytes = written(&world.events[1..]);
    assert!(verify(&bytes[..]).is_ok());
    let refused = replay(&bytes[..], fleet()).unwrap_err().to_string();
    insta::assert_snapshot!(refused, @"line 2: event 1 does not fit the state before it: there is no lease `acme` in force; replay the journal from its start");
}

/// A file that takes so many bytes and no more.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0 == 0 {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_disk_that_fills_breaks_the_journal_until_it_is_opened_again() {
    let event = Event {
        at: at("2027-01-01T00:00:00Z"),
        by: owner(),
        kind: EventKind::JobEnded { job: JobId(1), outcome: Outcome::Failed },
    };
    let header = Header::new(&fleet(), Settings::LIVE);
    let mut writer = Writer::create(Full(600), &header).unwrap();
    let first = (0..9).find_map(|_| writer.append(&event).err()).unwrap().to_string();
    let then = writer.append(&event).unwrap_err().to_string();
    insta::assert_snapshot!(format!("{first}\n{then}"), @r"
    event 2 could not be written to the journal; make room, verify the journal, then open it again
    the journal broke at event 2; verify it, then open it again
    ");
    let earlier = Event { at: at("2026-01-01T00:00:00Z"), ..event.clone() };
    let mut writer = Writer::create(Vec::new(), &header).unwrap();
    writer.append(&event).unwrap();
    insta::assert_snapshot!(writer.append(&earlier).unwrap_err(), @"event 2 is at 2026-01-01T00:00:00Z, before the last one at 2027-01-01T00:00:00Z; write events in their order");
}

/// The script of `docs/journal.md`, run on `bytes`; nothing where there is no Python.
fn script_says(bytes: &[u8]) -> Option<(bool, String)> {
    let page = include_str!("../../../../docs/journal.md");
    let script = page.split_once("```python\n")?.1.split_once("```")?.0;
    let mut file = tempfile::NamedTempFile::new().ok()?;
    file.write_all(bytes).ok()?;
    let mut python = Process::new("python3");
    python.arg("-c").arg(script).arg(file.path()).stdin(Stdio::null());
    let mut python = python.output().ok()?;
    python.stderr.extend_from_slice(&python.stdout);
    Some((python.status.success(), String::from_utf8(python.stderr).ok()?))
}

#[test]
fn the_script_of_the_page_agrees() {
    let world = world();
    let bytes = written(&world.events);
    let summary = verify(&bytes[..]).unwrap();
    let Some((sound, said)) = script_says(&bytes) else { return };
    assert!(sound, "{said}");
    assert_eq!(said.trim(), format!("{} events, head {}", summary.events, summary.head));
    let torn = script_says(&bytes[..bytes.len() - 9]).unwrap();
    assert!(torn.0 && torn.1.contains("is torn after"), "{}", torn.1);
    let mut lines = lines(&bytes);
    lines[4] = lines[4].replace("\"at\":\"2", "\"at\":\"3");
    let changed = script_says(lines.concat().as_bytes()).unwrap();
    assert_eq!(changed, (false, "line 5: the hash does not match the content\n".into()));
    lines.remove(4);
    let dropped = script_says(lines.concat().as_bytes()).unwrap();
    assert_eq!(dropped, (false, "line 5: it does not follow the line before\n".into()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Any one byte that is changed, dropped or added is found, unless it only tears the end.
    #[test]
    fn any_damage_is_found(place in any::<prop::sample::Index>(), byte in any::<u8>(), how in 0..3) {
        let world = world();
        let sound = written(&world.events);
        let mut bytes = sound.clone();
        let place = place.index(bytes.len());
        match how {
            0 => bytes[place] = byte,
            1 => drop(bytes.remove(place)),
            _ => bytes.insert(place, byte),
        }
        let found = verify(&bytes[..]);
        let same = bytes == sound;
        let torn = found.as_ref().is_ok_and(|summary| summary.torn.is_some());
        prop_assert!(found.is_err() || same || torn);
        if torn {
            // Only what follows the last newline is lost, and nothing that is kept is changed.
            let summary = found.unwrap();
            prop_assert_eq!(&bytes[..summary.bytes as usize], &sound[..summary.bytes as usize]);
            prop_assert!(summary.events + 1 >= world.events.len() as u64);
        }
    }
}
