//! `leasehold invoice show NUMBER FILE…`: one invoice or credit note as text.

use std::path::PathBuf;

use leasehold_books::explain::ExplainError;
use leasehold_types::Date;

use super::{Document, DocumentEntry};
use crate::commands::books::History;
use crate::commands::date;
use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Show an invoice or a credit note: its lines, taxes, payments, what is open
///
/// The exit code is 1 where a lease is parked.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The number of the invoice or credit note; `invoice list` prints them
    #[arg(value_name = "NUMBER")]
    number: String,
    /// Term sheets as signed (docs/term-sheet.md), one a lease; `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    history: History,
    /// The last day that the books are closed for; payments count up to it
    #[arg(long, value_name = "DATE", value_parser = date::parse)]
    through: Date,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let run = self.history.run(terminal, &self.files, self.through)?;
        run.note(terminal);
        let Some(document) = Document::find(&run.books, &self.number) else {
            // The words of an explanation say which numbers there are.
            return match leasehold_books::explain::document(&run.books, &self.number, None) {
                Err(error) => Err(error.into()),
                Ok(_) => Err(ExplainError::Unknown {
                    number: self.number,
                    hint: "it can only be explained".to_owned(),
                }
                .into()),
            };
        };
        match self.format {
            Format::Json => {
                print_json(terminal, &DocumentEntry::of(document, &run.books, run.through)?)?;
            }
            Format::Text => {
                let words = document.in_words(terminal.results(), &run.books, run.through)?;
                terminal.print(&words)?;
            }
        }
        Ok(run.exit())
    }
}
