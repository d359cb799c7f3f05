//! `leasehold backup verify FILE`, or `--database URL`

use std::path::PathBuf;

use leasehold_store::journal::backup::{Found, Summary, verify, verify_database};
use leasehold_store::journal::{Address, Digest, Journal, JournalError};
use serde::Serialize;

use super::{Answer, address, open};
use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::name_of;
use crate::terminal::Terminal;

/// Check a backup, or the journal in a database.
///
/// Its hash chain is checked, its counts, and what refers to it. The exit code is 1 where something
/// is wrong. Entries that are missing at the end show only against a head that was kept elsewhere:
/// give it with --head.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["file", "database"]))]
pub(crate) struct Args {
    /// The backup (docs/backup.md)
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The database instead: sqlite:PATH, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", value_parser = address)]
    database: Option<Address>,
    /// The head that the journal must have: the hash that an earlier call printed
    #[arg(long, value_name = "HASH")]
    head: Option<Digest>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// What is wrong, for machines.
#[derive(Serialize)]
struct Verdict<'a, T: Serialize> {
    ok: bool,
    faults: &'a [String],
    #[serde(flatten)]
    found: Option<T>,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        match (&self.file, &self.database) {
            (Some(path), _) => {
                let name = name_of(path);
                let (found, mut faults) = match verify(&mut open(path)?) {
                    Ok(summary) => (Some(summary), Vec::new()),
                    Err(JournalError::Backup(what)) => (None, vec![what]),
                    Err(error) => return Err(error.into()),
                };
                faults.extend(found.as_ref().and_then(|found| self.other_head(found.head.hash)));
                self.tell_backup(terminal, &name, found, &faults)
            }
            (None, Some(address)) => {
                if let Address::Sqlite(path) = address
                    && !path.exists()
                {
                    return Err(CommandError::NoDatabase(address.to_string()));
                }
                let mut found = verify_database(&Journal::open(address)?)?;
                found.faults.extend(self.other_head(found.head.hash));
                self.tell_database(terminal, &address.to_string(), &found)
            }
            (None, None) => Ok(Exit::Usage),
        }
    }

    fn other_head(&self, head: Digest) -> Option<String> {
        self.head.filter(|asked| *asked != head).map(|asked| {
            format!(
                "the head should be {asked}: entries are missing or were added at the end, or this \
                 is another journal; compare it with a copy"
            )
        })
    }

    fn tell_backup(
        &self,
        terminal: &mut Terminal,
        name: &str,
        found: Option<Summary>,
        faults: &[String],
    ) -> Result<Exit, CommandError> {
        match (self.format, &found) {
            (Format::Json, _) => {
                let found = found.as_ref().map(|summary| Answer { place: name, summary });
                print_json(terminal, &Verdict { ok: faults.is_empty(), faults, found })?;
            }
            (Format::Text, Some(summary)) if faults.is_empty() => {
                Answer { place: name, summary }.print(terminal, self.format, "whole")?;
            }
            (Format::Text, _) => terminal.print(&told(name, faults))?,
        }
        Ok(if faults.is_empty() { Exit::Done } else { Exit::No })
    }

    fn tell_database(
        &self,
        terminal: &mut Terminal,
        name: &str,
        found: &Found,
    ) -> Result<Exit, CommandError> {
        match self.format {
            Format::Json => {
                let verdict = Verdict {
                    ok: found.faults.is_empty(),
                    faults: &found.faults,
                    found: Some(DatabaseEntry::of(found)),
                };
                print_json(terminal, &verdict)?;
            }
            Format::Text if found.faults.is_empty() => terminal.print(&in_words(name, found))?,
            Format::Text => terminal.print(&told(name, &found.faults))?,
        }
        Ok(if found.faults.is_empty() { Exit::Done } else { Exit::No })
    }
}

/// What a database holds, for machines.
#[derive(Serialize)]
struct DatabaseEntry<'a> {
    owner: &'a str,
    site: &'a str,
    entries: u64,
    head: Digest,
    items: u64,
    answers: u64,
    snapshot: Option<u64>,
    projections: Vec<ProjectionEntry<'a>>,
}

#[derive(Serialize)]
struct ProjectionEntry<'a> {
    name: &'a str,
    version: u32,
    /// The entry up to which it is true.
    seq: u64,
}

impl<'a> DatabaseEntry<'a> {
    fn of(found: &'a Found) -> Self {
        let projections = found.projections.iter().map(|standing| ProjectionEntry {
            name: &standing.name,
            version: standing.version,
            seq: standing.seq,
        });
        DatabaseEntry {
            owner: &found.header.owner,
            site: &found.header.site,
            entries: found.head.seq,
            head: found.head.hash,
            items: found.items,
            answers: found.answers,
            snapshot: found.snapshot,
            projections: projections.collect(),
        }
    }
}

fn in_words(name: &str, found: &Found) -> String {
    let snapshot =
        found.snapshot.map_or_else(|| "none".to_owned(), |seq| format!("at entry {seq}"));
    let mut words = format!(
        "{name}: whole\n  journal of {}, {}\n  entries {}, the last at {}; items of the outbox {}; \
         stored answers {}; snapshot {snapshot}\n",
        found.header.owner,
        found.header.site,
        found.head.seq,
        found.head.at,
        found.items,
        found.answers
    );
    for standing in &found.projections {
        let behind = match found.head.seq - standing.seq {
            0 => String::new(),
            behind => format!(", {behind} behind"),
        };
        words += &format!("  projection {} at entry {}{behind}\n", standing.name, standing.seq);
    }
    words + &format!("  head {}\n", found.head.hash)
}

fn told(name: &str, faults: &[String]) -> String {
    faults.iter().map(|fault| format!("{name}: broken: {fault}\n")).collect()
}
