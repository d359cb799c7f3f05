//! `leasehold books export FILE… --as FORMAT`: the books in the formats of others.
//!
//! A format is a function from the closed books to files. One file goes to standard output where
//! no place is named; several go to a directory, whole or not at all.

pub(crate) mod formats;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use leasehold_types::Date;

use super::{History, Run};
use crate::commands::date;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::try_out;
use crate::report::{File, write_files};
use crate::terminal::Terminal;

/// Write the books in a format that other programs read
///
/// The exit code is 1 where a lease is parked: what is written then lacks what it would have added.
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
    /// The format
    #[arg(long = "as", value_name = "FORMAT")]
    format: ExportFormat,
    /// Where it goes: a file for hledger (standard output where it is left out), else a directory
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

/// A format of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    // One file.
    Hledger,
    // A directory.
    Csv,
    Focus,
    Ubl,
    Pdf,
}

/// What a format makes of the books.
enum Made {
    /// One text.
    Text(String),
    /// Files in a directory.
    Files(Vec<File>),
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        if self.out.is_none() && !self.format.is_one_file() {
            return Err(CommandError::NoPlace);
        }
        if let Some(out) = &self.out {
            try_out(if self.format.is_one_file() { parent_of(out) } else { out })?;
        }
        let run = self.history.run(terminal, &self.files, self.through)?;
        let written = match (self.format.make(&run)?, &self.out) {
            (Made::Text(text), None) => {
                terminal.print(&text)?;
                Vec::new()
            }
            (Made::Text(text), Some(out)) => write_one(out, text)?,
            (Made::Files(files), Some(out)) => write_files(out, &files)?,
            (Made::Files(_), None) => return Err(CommandError::NoPlace),
        };
        for path in written {
            terminal.print(&format!("written: {}\n", path.display()))?;
        }
        run.note(terminal);
        Ok(run.exit())
    }
}

impl ExportFormat {
    const fn is_one_file(self) -> bool {
        matches!(self, ExportFormat::Hledger)
    }

    fn make(self, run: &Run) -> Result<Made, CommandError> {
        match self {
            ExportFormat::Hledger => Ok(Made::Text(formats::hledger(run)?)),
            ExportFormat::Csv => Ok(Made::Files(formats::csv(run)?)),
            ExportFormat::Focus => Ok(Made::Files(formats::focus(run)?)),
            ExportFormat::Pdf => Ok(Made::Files(formats::pdf(run)?)),
            ExportFormat::Ubl => match formats::ubl(run) {
                (files, refused) if refused.is_empty() => Ok(Made::Files(files)),
                (_, refused) => Err(CommandError::Ubl { shown: formats::refusal(&refused) }),
            },
        }
    }
}

fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Writes one file where `path` says, whole or not at all.
fn write_one(path: &Path, text: String) -> Result<Vec<PathBuf>, CommandError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.ok_or(CommandError::NoPlace)?;
    write_files(parent_of(path), &[(name.into(), text.into_bytes())])?;
    Ok(vec![path.to_owned()])
}
