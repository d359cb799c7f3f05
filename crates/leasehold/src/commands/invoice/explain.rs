//! `leasehold invoice explain NUMBER FILE…`: how an invoice or one of its lines came about.

use std::path::PathBuf;

use leasehold_books::explain;
use leasehold_types::Date;

use crate::commands::books::History;
use crate::commands::date;
use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Explain an invoice or a credit note: clauses, inputs, exact fractions, rounding
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
    /// Only this line, by its number on the document
    #[arg(long, value_name = "N")]
    line: Option<u32>,
    #[command(flatten)]
    history: History,
    /// The last day that the books are closed for
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
        let explanation = explain::document(&run.books, &self.number, self.line)?;
        match self.format {
            Format::Json => print_json(terminal, &explanation)?,
            Format::Text => {
                let columns = usize::from(terminal.results().columns).min(explain::TEXT_WIDTH);
                terminal.print(explanation.to_text(columns).trim_end())?;
                terminal.print("\n")?;
            }
        }
        Ok(run.exit())
    }
}
