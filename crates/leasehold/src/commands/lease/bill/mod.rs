//! `leasehold lease bill FILE --events EVENTS`: one lease with its history, through a day.
//!
//! Text (`text`) and JSON (`answer`) say the same; `files` writes the documents.

mod answer;
mod files;
mod text;

use std::path::PathBuf;

use leasehold_types::Date;

use crate::commands::books::History;
use crate::commands::date;
use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::try_out;
use crate::terminal::Terminal;

/// Bill a lease with its history: invoices, credit notes, payments, postings
///
/// What people should see comes first: why the lease is parked, where it is, and events that do not
/// count as their senders may think. The exit code is 1 where the lease is parked, else 0.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The term sheet as signed (docs/term-sheet.md); `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    history: History,
    /// The last day that the books are closed for
    #[arg(long, value_name = "DATE", value_parser = date::parse)]
    through: Date,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Write each document, the postings and an index into this directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        self.out.as_deref().map_or(Ok(()), try_out)?;
        let run = self.history.run(terminal, std::slice::from_ref(&self.file), self.through)?;
        let Some(lease) = run.books.leases().next() else { return Ok(run.exit()) };
        let answer = answer::Answer::of(&run, lease)?;
        match self.format {
            Format::Json => print_json(terminal, &answer)?,
            Format::Text => terminal.print(&text::in_words(terminal.results(), &run, lease)?)?,
        }
        if let Some(dir) = &self.out {
            let written = files::write(dir, &run, &answer)?;
            let line = format!("written: {}", written.index.display());
            match self.format {
                Format::Text => terminal.print(&format!("\n{line}\n"))?,
                Format::Json => terminal.note(&line),
            }
            for missing in written.missing {
                terminal.note(&missing);
            }
        }
        Ok(run.exit())
    }
}
