//! Reading events files: line by line within limits, every fault with its place.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use leasehold_books::event::{
    EVENT_LINE_BYTES_MAX, Event, EventFault, EventKind, FAULTS_MAX, HEADER, is_header, parse_line,
};
use leasehold_contract::Lease;
use leasehold_types::LeaseId;

use crate::commands::{count, sheet};
use crate::error::{CommandError, chain};
use crate::input::{InputError, STDIN, name_of};
use crate::terminal::{Look, Terminal, faults};

use super::history::OtherLeases;

/// Most events that one call reads; they are sorted in memory.
pub(super) const EVENTS_MAX: usize = 5_000_000;

/// Most term sheets that the amendments of one call may name.
const AMENDED_SHEETS_MAX: usize = 10_000;

/// Reads events files, one after the other.
pub(super) struct EventReader<'a> {
    /// The leases that there are term sheets of.
    leases: &'a BTreeMap<LeaseId, Lease>,
    others: OtherLeases,
    /// Term sheets that amendments named, by path.
    sheets: BTreeMap<PathBuf, Lease>,
    /// What was read.
    pub(super) events: Vec<Event>,
    /// Events about leases that there are no term sheets of.
    pub(super) about_others: u64,
}

/// What is wrong with one file.
struct Found {
    name: String,
    look: Look,
    faults: usize,
    shown: String,
}

impl<'a> EventReader<'a> {
    /// A reader that has read nothing.
    pub(super) fn new(leases: &'a BTreeMap<LeaseId, Lease>, others: OtherLeases) -> Self {
        let (sheets, events) = (BTreeMap::new(), Vec::new());
        EventReader { leases, others, sheets, events, about_others: 0 }
    }

    /// Reads one file (`-` is standard input).
    ///
    /// # Errors
    /// [`CommandError::Input`] where it cannot be read, [`CommandError::Events`] with its faults,
    /// at most [`FAULTS_MAX`] of them.
    pub(super) fn read(
        &mut self,
        terminal: &mut Terminal,
        path: &Path,
    ) -> Result<(), CommandError> {
        let unreadable =
            |source| CommandError::Input(InputError::Unreadable { path: path.to_owned(), source });
        if path.as_os_str() == STDIN {
            return self.lines(terminal, path, &mut io::stdin().lock());
        }
        let file = File::open(path).map_err(unreadable)?;
        if file.metadata().map_err(unreadable)?.is_dir() {
            return Err(unreadable(io::ErrorKind::IsADirectory.into()));
        }
        self.lines(terminal, path, &mut BufReader::new(file))
    }

    fn lines(
        &mut self,
        terminal: &mut Terminal,
        path: &Path,
        from: &mut dyn BufRead,
    ) -> Result<(), CommandError> {
        let mut found = Found::new(name_of(path), terminal.remarks());
        let (mut number, mut bytes) = (0, Vec::new());
        while found.faults < FAULTS_MAX {
            let got = next_line(from, &mut bytes);
            let got =
                got.map_err(|source| InputError::Unreadable { path: path.to_owned(), source })?;
            if !got {
                break;
            }
            number += 1;
            self.line(terminal, path, &mut found, &bytes, number);
        }
        if number == 0 {
            let message =
                format!("the file is empty; an events file begins with the line {HEADER}");
            found.add("", &EventFault { line: 1, column: 1, message });
        }
        found.finish()
    }

    /// Takes in line `number`.
    fn line(
        &mut self,
        terminal: &mut Terminal,
        path: &Path,
        found: &mut Found,
        bytes: &[u8],
        number: u64,
    ) {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let column = error.valid_up_to() + 1;
                let message =
                    "the line is not UTF-8 text from here on; an events file is".to_owned();
                let fault = EventFault { line: number, column, message };
                return found.add(&String::from_utf8_lossy(bytes), &fault);
            }
        };
        if number > 1 && text.trim().is_empty() {
            return;
        }
        let read = if number == 1 {
            is_header(text).map(|()| None)
        } else {
            parse_line(text, number).map(Some)
        };
        let taken = read.and_then(|event| match event {
            Some(event) => self.take(terminal, path, found, event, text, number),
            None => Ok(()),
        });
        if let Err(fault) = taken {
            found.add(text, &fault);
        }
    }

    /// Keeps an event that is about one of the leases, with the term sheet that it names.
    fn take(
        &mut self,
        terminal: &mut Terminal,
        path: &Path,
        found: &mut Found,
        mut event: Event,
        text: &str,
        number: u64,
    ) -> Result<(), EventFault> {
        let at = |what: &str, message: String| {
            let column = value_column(text, what);
            EventFault { line: number, column, message }
        };
        if !self.leases.contains_key(&event.lease) {
            return self.about_another(&event.lease).map_err(|message| at("lease", message));
        }
        if self.events.len() >= EVENTS_MAX {
            let message =
                format!("there are more than {EVENTS_MAX} events; run fewer leases a call");
            return Err(EventFault { line: number, column: 1, message });
        }
        if let EventKind::Amendment(amendment) = &mut event.kind
            && let Some(named) = &amendment.sheet
        {
            let version = self.amended(terminal, path, found, named, &event.lease);
            let version = version.map_err(|message| at("sheet", message))?;
            (amendment.sheet, amendment.version) = (None, Some(Box::new(version)));
        }
        self.events.push(event);
        Ok(())
    }

    /// What becomes of an event about a lease that there is no term sheet of.
    fn about_another(&mut self, lease: &LeaseId) -> Result<(), String> {
        self.about_others += 1;
        match self.others {
            OtherLeases::Skip => Ok(()),
            OtherLeases::Refuse => Err(format!(
                "there is no term sheet of lease `{lease}` among the files; name it, correct the \
                 id, or leave such events out with --other-leases skip"
            )),
        }
    }

    /// The term sheet `named` by an amendment of `lease`, relative to the events file at `path`.
    fn amended(
        &mut self,
        terminal: &mut Terminal,
        path: &Path,
        found: &mut Found,
        named: &str,
        lease: &LeaseId,
    ) -> Result<Lease, String> {
        let beside = if path.as_os_str() == STDIN { None } else { path.parent() };
        let sheet_path = match beside {
            Some(dir) if !dir.as_os_str().is_empty() => dir.join(named),
            _ => Path::new(".").join(named),
        };
        if !self.sheets.contains_key(&sheet_path) {
            if self.sheets.len() >= AMENDED_SHEETS_MAX {
                return Err(format!("more than {AMENDED_SHEETS_MAX} term sheets are named"));
            }
            let lease = match sheet::open(terminal, &sheet_path) {
                Ok(lease) => lease,
                Err(error) => {
                    found.shown += error.details().unwrap_or_default();
                    return Err(chain(&error));
                }
            };
            self.sheets.insert(sheet_path.clone(), lease);
        }
        match self.sheets.get(&sheet_path) {
            Some(version) if version.id == *lease => Ok(version.clone()),
            Some(version) => Err(format!(
                "`{}` is of lease `{}`, and the amendment of `{lease}`; name that one's sheet",
                sheet_path.display(),
                version.id
            )),
            None => Err(format!("`{}` was not kept", sheet_path.display())),
        }
    }
}

impl Found {
    fn new(name: String, look: Look) -> Self {
        Found { name, look, faults: 0, shown: String::new() }
    }

    fn add(&mut self, text: &str, fault: &EventFault) {
        self.faults += 1;
        let start = fault.column.saturating_sub(1);
        let shown = faults::Fault {
            is_warning: false,
            code: None,
            message: &fault.message,
            place: faults::Place { span: start..start + 1, label: "" },
            also: Vec::new(),
            rule: None,
            remedy: "",
        };
        let line = usize::try_from(fault.line).unwrap_or(usize::MAX);
        self.shown += &faults::show_line(self.look, &self.name, text, line, &shown);
    }

    fn finish(self) -> Result<(), CommandError> {
        match self.faults {
            0 => Ok(()),
            some => Err(CommandError::Events {
                name: self.name,
                faults: match some {
                    FAULTS_MAX => format!("the first {}", count(some, "fault")),
                    _ => count(some, "fault"),
                },
                shown: self.shown,
            }),
        }
    }
}

/// Reads the next line without its end into `line`, no further than a byte past the limit; skips
/// the rest of it. False at the end of the file.
pub(super) fn next_line(from: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let most = u64::try_from(EVENT_LINE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(2);
    if from.take(most).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.last() != Some(&b'\n') {
        from.skip_until(b'\n')?;
    }
    while matches!(line.last(), Some(b'\n' | b'\r')) {
        line.pop();
    }
    Ok(true)
}

/// The column of the value of `key`, as far as it is easily found; else that of the line's start.
fn value_column(text: &str, key: &str) -> usize {
    let quoted = format!("\"{key}\"");
    let after = text.find(&quoted).map(|at| at + quoted.len());
    let value = after.and_then(|after| text[after..].find('"').map(|at| after + at));
    value.map_or(1, |at| at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<usize> {
        let (mut from, mut line, mut found) = (text, Vec::new(), Vec::new());
        while next_line(&mut from, &mut line).unwrap() {
            found.push(line.len());
        }
        found
    }

    #[test]
    fn lines_end_anyhow() {
        assert_eq!(lines(b"a\r\nbc\n\nd"), [1, 2, 0, 1]);
        assert_eq!(lines(b""), [0; 0]);
    }

    #[test]
    fn a_long_line_is_read_no_further_than_past_the_limit() {
        let mut text = vec![b'x'; EVENT_LINE_BYTES_MAX + 5_000];
        text.extend(b"\ny");
        assert_eq!(lines(&text), [EVENT_LINE_BYTES_MAX + 2, 1]);
        let exact = [vec![b'x'; EVENT_LINE_BYTES_MAX], b"\r\ny".to_vec()].concat();
        assert_eq!(lines(&exact), [EVENT_LINE_BYTES_MAX, 1]);
    }

    #[test]
    fn the_place_of_a_value() {
        let text = r#"{"id":"lab","lease": "lab"}"#;
        assert_eq!(&text[value_column(text, "lease") - 1..][..3], "lab");
        assert_eq!(value_column(text, "lease"), 23);
        assert_eq!(value_column("{}", "lease"), 1);
    }
}
