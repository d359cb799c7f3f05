//! `leasehold invoice list FILE…`: every invoice and credit note, and what is open.

use std::path::PathBuf;

use leasehold_books::invoice::Standing;
use leasehold_types::{BadAmount, Date, Money};
use serde::Serialize;

use super::{Document, DocumentEntry};
use crate::commands::books::{History, Run, Told};
use crate::commands::format::{Format, print_json};
use crate::commands::{date, figure};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::{Terminal, table};

/// List every invoice and credit note, and what is open of each
///
/// The exit code is 1 where a lease is parked.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Term sheets as signed (docs/term-sheet.md), one a lease; `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
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
        match self.format {
            Format::Json => print_json(terminal, &Answer::of(&run)?)?,
            Format::Text => terminal.print(&in_words(&run, true)?)?,
        }
        run.note(terminal);
        Ok(run.exit())
    }
}

/// The documents as a table; with their leases, where there may be several.
pub(crate) fn in_words(run: &Run, leases: bool) -> Result<String, BadAmount> {
    let documents = Document::all(&run.books);
    let Some(currency) = documents.first().map(|document| document.terms().currency) else {
        return Ok(format!("no invoice was issued by {}\n", run.through));
    };
    let one = documents.iter().all(|document| document.terms().currency == currency);
    let amount = |money: Money| if one { figure(money) } else { money.to_string() };
    let mut rows = Vec::with_capacity(documents.len());
    for document in documents {
        let standing = document.standing(&run.books, run.through)?;
        let about = match leases {
            true => format!("{}, {}", document.lease(), document.about()),
            false => document.about(),
        };
        rows.push([
            document.number().to_owned(),
            document.issued().to_string(),
            document.due().map_or_else(String::new, |due| due.to_string()),
            about,
            standing.as_ref().map_or("", |standing| word(standing.standing)).to_owned(),
            amount(document.sums()[2]),
            standing.map_or_else(String::new, |standing| amount(standing.open)),
        ]);
    }
    let total = if one { format!("total {currency}") } else { "total".to_owned() };
    let head = ["number", "issued", "due", "for", "standing", &total, "open"];
    Ok(table::draw_words(5, head, rows))
}

const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::PartlySettled => "paid in part",
        Standing::Overdue(_) => "overdue",
        Standing::Settled => "settled",
    }
}

/// The result for machines.
#[derive(Serialize)]
struct Answer<'a> {
    through: Date,
    documents: Vec<DocumentEntry<'a>>,
    parked: Vec<&'a str>,
    events: Told,
}

impl<'a> Answer<'a> {
    fn of(run: &'a Run) -> Result<Self, BadAmount> {
        let documents = Document::all(&run.books).into_iter();
        let entry = |document| DocumentEntry::of(document, &run.books, run.through);
        Ok(Answer {
            through: run.through,
            documents: documents.map(entry).collect::<Result<_, _>>()?,
            parked: run.books.parked().into_keys().map(|id| id.as_str()).collect(),
            events: run.told,
        })
    }
}
