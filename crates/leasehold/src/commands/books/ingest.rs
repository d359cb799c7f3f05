//! `leasehold books ingest DIR`: takes events and usage into a directory of books, each once.
//!
//! A line that breaks a rule is told with its place and is not kept; the others are. What is told
//! as taken in is on the disk. Sending a file again counts nothing twice, so a run that was killed
//! is simply repeated.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use leasehold_books::event::{Event, EventFault, EventKind, FAULTS_MAX, is_header, parse_line};
use leasehold_store::directory::{Directory, EVENT_BATCH_MAX, Taken, Tally};
use serde::Serialize;

use super::directory;
use super::events::next_line;
use crate::commands::format::{Format, print_json};
use crate::commands::sheet;
use crate::error::{CommandError, chain};
use crate::exit::Exit;
use crate::input::{InputError, STDIN, name_of};
use crate::terminal::{Progress, Terminal};

/// Take events and usage into a directory of books, each once
///
/// The directory is made where there is none; term sheets as signed are put into its `leases` directory. A line that breaks a
/// rule is told and left out, and the exit code is then 1.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The directory of books (docs/books.md)
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// What happened (docs/events.md), `-` for standard input; may be repeated
    #[arg(long, value_name = "EVENTS", required = true)]
    events: Vec<PathBuf>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// One file that is being taken in.
struct Intake<'a> {
    books: &'a mut Directory,
    name: String,
    path: &'a Path,
    /// Events that wait, each with its line.
    batch: Vec<(u64, Event)>,
    tally: Tally,
    /// What is told of lines, at most [`FAULTS_MAX`].
    told: Vec<(u64, String)>,
    untold: u64,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        if self.events.iter().filter(|path| path.as_os_str() == STDIN).count() > 1 {
            return Err(CommandError::StandardInputTwice);
        }
        let mut books = directory::open(terminal, &self.dir, true)?;
        let mut all = Vec::new();
        for path in &self.events {
            let tally = take_file(terminal, &mut books, path)?;
            all.push(Answer::of(name_of(path), tally));
        }
        match self.format {
            Format::Json => print_json(terminal, &all)?,
            Format::Text => {
                for answer in &all {
                    terminal.print(&answer.in_words())?;
                }
            }
        }
        let refused = all.iter().any(|answer| answer.refused > 0);
        Ok(if refused { Exit::No } else { Exit::Done })
    }
}

fn take_file(
    terminal: &mut Terminal,
    books: &mut Directory,
    path: &Path,
) -> Result<Tally, CommandError> {
    let unreadable = |source| InputError::Unreadable { path: path.to_owned(), source };
    let (mut from, bytes): (Box<dyn BufRead>, u64) = if path.as_os_str() == STDIN {
        (Box::new(io::stdin().lock()), 0)
    } else {
        let file = File::open(path).map_err(unreadable)?;
        let about = file.metadata().map_err(unreadable)?;
        if about.is_dir() {
            return Err(unreadable(io::ErrorKind::IsADirectory.into()).into());
        }
        (Box::new(BufReader::with_capacity(1 << 20, file)), about.len())
    };
    let mut shown = Progress::begin(terminal.progress());
    let name = name_of(path);
    let (batch, told) = (Vec::with_capacity(EVENT_BATCH_MAX), Vec::new());
    let mut intake = Intake { books, name, path, batch, tally: Tally::default(), told, untold: 0 };
    let (mut line, mut number, mut done) = (Vec::new(), 0, 0);
    while next_line(&mut *from, &mut line).map_err(unreadable)? {
        number += 1;
        done += line.len() as u64 + 1;
        intake.line(terminal, &line, number)?;
        if intake.batch.len() >= EVENT_BATCH_MAX {
            intake.keep()?;
            shown.at(done, bytes.max(done), &format!("{number} lines of {}", intake.name));
        }
    }
    intake.keep()?;
    shown.end();
    Ok(intake.end(terminal, number))
}

impl Intake<'_> {
    fn line(
        &mut self,
        terminal: &mut Terminal,
        bytes: &[u8],
        number: u64,
    ) -> Result<(), CommandError> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.refuse(number, 1, "the line is not UTF-8 text; an events file is");
            return Ok(());
        };
        if number == 1 {
            // A file that is none is refused whole, before anything of it is kept.
            return is_header(text).map_err(|fault| CommandError::NoEvents {
                name: self.name.clone(),
                message: fault.message,
            });
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        match parse_line(text, number) {
            Ok(mut event) => match self.resolve(terminal, &mut event) {
                Ok(()) => self.batch.push((number, event)),
                Err(message) => self.refuse(number, 1, &message),
            },
            Err(EventFault { column, message, .. }) => self.refuse(number, column, &message),
        }
        Ok(())
    }

    /// Puts the term sheet that an amendment names into it.
    fn resolve(&self, terminal: &mut Terminal, event: &mut Event) -> Result<(), String> {
        let EventKind::Amendment(amendment) = &mut event.kind else { return Ok(()) };
        let Some(named) = &amendment.sheet else { return Ok(()) };
        let beside = if self.path.as_os_str() == STDIN { None } else { self.path.parent() };
        let path = beside.unwrap_or(Path::new("")).join(named);
        let version = sheet::open(terminal, &path)
            .map_err(|error| format!("{}{}", error.details().unwrap_or_default(), chain(&error)))?;
        if version.id != event.lease {
            return Err(format!(
                "`{}` is of lease `{}`, and the amendment of `{}`; name that one's sheet",
                path.display(),
                version.id,
                event.lease
            ));
        }
        (amendment.sheet, amendment.version) = (None, Some(Box::new(version)));
        Ok(())
    }

    /// Takes in what waits.
    fn keep(&mut self) -> Result<(), CommandError> {
        let (lines, events): (Vec<u64>, Vec<Event>) = self.batch.drain(..).unzip();
        for (number, taken) in lines.into_iter().zip(self.books.take(&events)?) {
            match &taken {
                Taken::Refused(message) => self.refuse(number, 1, message),
                Taken::Conflict => {
                    self.tally.add(&taken);
                    self.tell(
                        number,
                        1,
                        "conflict: its source and id came before with another content; the first \
                         stays and this one is kept beside it",
                    );
                }
                _ => self.tally.add(&taken),
            }
        }
        Ok(())
    }

    fn refuse(&mut self, line: u64, column: usize, message: &str) {
        self.tally.refused += 1;
        self.tell(line, column, &format!("refused: {message}"));
    }

    fn tell(&mut self, line: u64, column: usize, message: &str) {
        if self.told.len() < FAULTS_MAX {
            self.told.push((line, format!("{}:{line}:{column}: {message}", self.name)));
        } else {
            self.untold += 1;
        }
    }

    fn end(mut self, terminal: &mut Terminal, lines: u64) -> Tally {
        self.told.sort();
        for (_, told) in &self.told {
            terminal.note(told);
        }
        if self.untold > 0 {
            terminal.note(&format!("and {} more lines like these", self.untold));
        }
        if lines == 0 {
            terminal.note(&format!("{}: the file is empty", self.name));
        }
        self.tally
    }
}

/// The result for machines: how many events of each file became what.
#[derive(Serialize)]
struct Answer {
    file: String,
    new: u64,
    late: u64,
    voided: u64,
    duplicates: u64,
    conflicts: u64,
    refused: u64,
}

impl Answer {
    fn of(file: String, tally: Tally) -> Self {
        let Tally { new, late, voided, duplicates, conflicts, refused } = tally;
        Answer { file, new, late, voided, duplicates, conflicts, refused }
    }

    fn in_words(&self) -> String {
        let rows = [
            ("new", self.new, ""),
            ("  of them late", self.late, "about use on days that are closed"),
            ("corrected before", self.voided, "kept, and they count for nothing"),
            ("duplicates", self.duplicates, "counted before"),
            ("conflicts", self.conflicts, "the first stays"),
            ("refused", self.refused, "not kept"),
        ];
        let shown = rows.iter().filter(|(name, number, _)| *number > 0 || *name == "new");
        let line = |(name, number, what): &(&str, u64, &str)| {
            format!("{name:<18}{number:>12}  {what}").trim_end().to_owned() + "\n"
        };
        format!("{}\n{}", self.file, shown.map(line).collect::<String>())
    }
}
