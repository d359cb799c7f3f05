//! `leasehold books close DIR`: closes days, durably, and goes on where a close was stopped.

use std::path::PathBuf;

use leasehold_store::close::{Pace, Progress as Reached, Report, THREADS_MAX};
use leasehold_types::Date;
use serde::Serialize;

use super::directory;
use crate::commands::date;
use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::{Interrupt, Progress, Terminal};

/// Close the days of a directory of books: issue what is due, book what has ended
///
/// What is closed stays closed: closing a day twice changes nothing. A close that is interrupted or killed goes on where it was
/// and ends the same, on any number of threads. The exit code is 1 where a lease cannot be computed; the others are closed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The directory of books (docs/books.md)
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The last day that is closed
    #[arg(long, value_name = "DATE", value_parser = date::parse)]
    through: Date,
    /// Threads that work it out
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=THREADS_MAX as i64))]
    threads: u16,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let mut books = directory::open(terminal, &self.dir, false)?;
        let interrupt = Interrupt::listen();
        interrupt.heed();
        let mut shown = Progress::begin(terminal.progress());
        let pace = Pace { threads: self.threads.into(), ..Pace::default() };
        let report = books.close(self.through, pace, &mut |reached: Reached| {
            shown.at(reached.done, reached.of, &format!("closing through {}", reached.day));
            !interrupt.wished()
        })?;
        shown.end();
        match self.format {
            Format::Json => print_json(terminal, &Answer::of(&report, self.through))?,
            Format::Text => terminal.print(&in_words(&report, self.through))?,
        }
        Ok(match (report.stopped, report.parked_count) {
            (true, _) => Exit::Interrupted,
            (false, 0) => Exit::Done,
            (false, _) => Exit::No,
        })
    }
}

fn in_words(report: &Report, through: Date) -> String {
    let head = if report.stopped {
        format!("Stopped before {through} was closed; the same close goes on from here\n")
    } else {
        format!("Closed through {through}\n")
    };
    let mut words = format!(
        "{head}invoices issued      {:>10}\ncredit notes issued  {:>10}\nentries posted       {:>10}\n",
        report.invoices, report.credit_notes, report.entries
    );
    if report.parked_count > 0 {
        words += &format!("leases parked        {:>10}\n", report.parked_count);
        let names: Vec<String> = report.parked.iter().map(ToString::to_string).collect();
        words += &format!("  {}\n", names.join(", "));
    }
    words
}

/// The result for machines.
#[derive(Serialize)]
struct Answer {
    through: Date,
    stopped: bool,
    invoices: u64,
    credit_notes: u64,
    entries: u64,
    parked_count: u64,
    parked: Vec<String>,
}

impl Answer {
    fn of(report: &Report, through: Date) -> Self {
        Answer {
            through,
            stopped: report.stopped,
            invoices: report.invoices,
            credit_notes: report.credit_notes,
            entries: report.entries,
            parked_count: report.parked_count,
            parked: report.parked.iter().map(ToString::to_string).collect(),
        }
    }
}
