//! `leasehold lease explain FILE`: the term sheet in plain words, its schedule, its four lines.

use std::path::PathBuf;

use leasehold_contract::explain::{explain, explain_json};
use leasehold_contract::{Facts, NoticeBook};
use leasehold_types::Date;

use crate::commands::format::{Format, print_json};
use crate::commands::{date, sheet};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Say in plain words what a term sheet means: rules, schedule, rights, the four lines.
///
/// The rights are those from the reporting date on, with what each would cost.
/// Deliveries are expected as promised, and no notice is taken to be served.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A term sheet (docs/term-sheet.md); `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The reporting date, at whose close the figures hold; today where it is left out, but not
    /// before the signing
    #[arg(long, value_name = "DATE", value_parser = date::parse)]
    as_of: Option<Date>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let lease = sheet::open(terminal, &self.file)?;
        let as_of = lease.close_of(self.as_of.unwrap_or_else(|| date::today(&lease)));
        let (facts, book) = (Facts::as_promised(&lease), NoticeBook::default());
        match self.format {
            Format::Json => print_json(terminal, &explain_json(&lease, &facts, &book, as_of)?)?,
            Format::Text => {
                let words = explain(&lease, &facts, &book, as_of)?;
                let text = words.to_text(usize::from(terminal.results().columns));
                terminal.print(text.trim_end())?;
                terminal.print("\n")?;
            }
        }
        Ok(Exit::Done)
    }
}
