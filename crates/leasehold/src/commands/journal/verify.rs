//! `leasehold journal verify FILE`: whether the chain of a journal is whole.

use std::path::PathBuf;

use leasehold_desk::Digest;
use leasehold_desk::journal::{Fault, FaultKind, ReplayError, Summary, verify};
use leasehold_types::Instant;
use serde::Serialize;

use super::open;
use crate::commands::format::{Format, print_json};
use crate::error::{CommandError, chain};
use crate::exit::Exit;
use crate::input::name_of;
use crate::terminal::Terminal;

/// Check the hash chain of a journal, line by line.
///
/// The exit code is 1 where a line was changed, added, dropped or moved. Lines that are missing at
/// the end show only against a head that was kept elsewhere: give it with --head.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The journal (docs/journal.md)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The head that the journal must have: the hash that an earlier call printed
    #[arg(long, value_name = "HASH")]
    head: Option<Digest>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let name = name_of(&self.file);
        let found = match verify(open(&self.file)?) {
            Err(fault @ Fault { kind: FaultKind::Io(_), .. }) => {
                return Err(CommandError::Journal { name, source: ReplayError::Fault(fault) });
            }
            found => found,
        };
        let answer = Answer::of(&name, &found, self.head);
        match self.format {
            Format::Json => print_json(terminal, &answer)?,
            Format::Text => terminal.print(&answer.in_words())?,
        }
        Ok(if answer.ok { Exit::Done } else { Exit::No })
    }
}

/// The result, for people and for machines.
#[derive(Serialize)]
struct Answer<'a> {
    file: &'a str,
    ok: bool,
    events: Option<u64>,
    first_at: Option<Instant>,
    last_at: Option<Instant>,
    /// The hash of the last whole line.
    head: Option<Digest>,
    /// The line that was being written as the writer died, where there is one.
    torn_line: Option<u64>,
    /// The first line at which the chain breaks, and how.
    fault: Option<FaultEntry>,
    /// The head that was asked for, where it is not the journal's.
    other_head: Option<Digest>,
}

#[derive(Serialize)]
struct FaultEntry {
    line: u64,
    message: String,
}

impl<'a> Answer<'a> {
    fn of(file: &'a str, found: &Result<Summary, Fault>, asked: Option<Digest>) -> Self {
        let summary = found.as_ref().ok();
        let fault = found
            .as_ref()
            .err()
            .map(|fault| FaultEntry { line: fault.line, message: chain(&fault.kind) });
        let other_head = asked.filter(|asked| summary.is_some_and(|s| s.head != *asked));
        Answer {
            file,
            ok: fault.is_none() && other_head.is_none(),
            events: summary.map(|s| s.events),
            first_at: summary.and_then(|s| s.first_at),
            last_at: summary.and_then(|s| s.last_at),
            head: summary.map(|s| s.head),
            torn_line: summary.and_then(|s| s.torn).map(|torn| torn.line),
            fault,
            other_head,
        }
    }

    fn in_words(&self) -> String {
        let file = self.file;
        if let Some(fault) = &self.fault {
            return format!("{file}: broken at line {}: {}\n", fault.line, fault.message);
        }
        let span = match (self.first_at, self.last_at) {
            (Some(first), Some(last)) => format!(", from {first} to {last}"),
            _ => String::new(),
        };
        let head = self.head.map(|head| head.to_string()).unwrap_or_default();
        let mut words =
            format!("{file}: whole; {} events{span}\n  head {head}\n", self.events.unwrap_or(0));
        if let Some(line) = self.torn_line {
            words += &format!(
                "  line {line} is torn: it was being written as the writer died, and is no event\n"
            );
        }
        match self.other_head {
            Some(other) => {
                words += &format!(
                    "  the head should be {other}: lines are missing or were added at the end, or this \
                 is another journal; compare it with a copy\n"
                )
            }
            None => {
                words += "  keep the head elsewhere: only it can show that lines are missing at the end\n"
            }
        }
        words
    }
}
