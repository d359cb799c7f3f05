//! `leasehold books disclose FILE…`: what is disclosed at the close of a day.

mod ahead;
mod basis;
mod behind;
mod exposure;
mod page;

use std::path::PathBuf;

use leasehold_books::disclose::{DisclosureOptions, disclose};
use leasehold_types::{Date, Ratio};

use super::History;
use crate::commands::date;
use crate::commands::format::{Format, count, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Print what is disclosed at the close of a day
///
/// The four lines and how one becomes the next, when they fall due, tenants with a large share of
/// revenue, how contract assets and liabilities moved, revenue by quarter, and what a notice would
/// cost. All of it is arithmetic on the judgements of the term sheets, not accounting advice. The
/// exit code is 1 where a lease is parked.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Term sheets as signed (docs/term-sheet.md), one a lease; `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    history: History,
    /// The reporting date: everything is as it was known at its close
    #[arg(long, value_name = "DATE", value_parser = date::parse)]
    at: Date,
    /// The boundaries of the maturity bands, in months
    #[arg(long, value_name = "MONTHS", value_delimiter = ',', default_value = "12,36")]
    bands: Vec<u16>,
    /// The share of revenue from which on a tenant is listed
    #[arg(long, value_name = "SHARE", default_value = "10%")]
    threshold: Ratio,
    /// The month in which the fiscal year begins, from 1
    #[arg(long, value_name = "MONTH", default_value = "1")]
    year_starts: i8,
    /// Call tenants and leases by letters, and leave out what people wrote about them
    #[arg(long)]
    anonymous: bool,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let options = DisclosureOptions {
            bands_months: self.bands,
            threshold: self.threshold,
            year_starts: self.year_starts,
        };
        options.check()?;
        let gathered = self.history.gather(terminal, &self.files)?;
        let run = gathered.cut_off(self.at).run(self.at)?;
        let mut found = disclose(&run.books, self.at, &options)?;
        if self.anonymous {
            found = found.anonymous();
        }
        match self.format {
            Format::Json => print_json(terminal, &found)?,
            Format::Text => {
                let words = page::in_words(terminal.results(), &found);
                terminal.print(&words)?;
            }
        }
        if self.anonymous && !run.books.parked().is_empty() {
            let leases = count(run.books.parked().len(), "lease");
            terminal
                .note(&format!("{leases} parked: run without --anonymous to see which and why"));
        } else {
            run.note(terminal);
        }
        Ok(run.exit())
    }
}
