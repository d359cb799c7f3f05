//! What people see: results on standard output, progress and errors on standard error.
//!
//! A reader that goes away (`| head`) is no error: what is left is dropped, quietly. A disk that
//! is full is one.

mod environment;
pub(crate) mod faults;
mod interrupt;
mod progress;
pub(crate) mod table;
mod wrap;

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};

pub(crate) use environment::Environment;
pub(crate) use interrupt::Interrupt;
pub(crate) use progress::Progress;
pub(crate) use wrap::wrap;

use crate::cli::When;

/// Columns of a page that is no terminal.
const PAGE_COLUMNS: u16 = 100;
/// Fewest columns that a page is laid out for.
const COLUMNS_MIN: u16 = 40;
/// Most columns that a page is laid out for; longer lines are hard to read.
const COLUMNS_MAX: u16 = 160;

/// Standard output cannot be written.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot write the result to standard output: what is printed is printed whole, so this one is not usable; free some space where it goes, or send it elsewhere"
)]
pub(crate) struct OutputError {
    /// What the system says.
    source: io::Error,
}

/// The two streams of a call and how they look.
pub(crate) struct Terminal {
    out: Option<io::BufWriter<io::Stdout>>,
    colour_out: bool,
    colour_err: bool,
    columns: u16,
    progress: Show,
}

/// How text is laid out on one of the streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// Columns to lay it out for.
    pub(crate) columns: u16,
    /// Whether it may be coloured.
    pub(crate) coloured: bool,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// As a bar that moves.
    Bar,
    /// As a line now and then.
    Lines,
    /// Not at all.
    Nothing,
}

impl Terminal {
    /// The terminal of this process.
    pub(crate) fn new(environment: &Environment, when: When, quiet: bool) -> Self {
        let colour = |is_terminal: bool| match when {
            When::Always => true,
            When::Never => false,
            When::Auto => is_terminal && !environment.no_color && !environment.dumb,
        };
        let to_screen = io::stdout().is_terminal();
        let columns =
            terminal_size::terminal_size().filter(|_| to_screen).map(|(width, _)| width.0);
        Terminal {
            out: Some(io::BufWriter::new(io::stdout())),
            colour_out: colour(to_screen),
            colour_err: colour(io::stderr().is_terminal()),
            columns: columns.unwrap_or(PAGE_COLUMNS).clamp(COLUMNS_MIN, COLUMNS_MAX),
            progress: match (quiet, io::stderr().is_terminal() && !environment.dumb) {
                (true, _) => Show::Nothing,
                (false, true) => Show::Bar,
                (false, false) => Show::Lines,
            },
        }
    }

    /// How results look.
    pub(crate) const fn results(&self) -> Look {
        Look { columns: self.columns, coloured: self.colour_out }
    }

    /// How what goes beside them looks.
    pub(crate) const fn remarks(&self) -> Look {
        Look { columns: self.columns, coloured: self.colour_err }
    }

    /// How long work shows its progress.
    pub(crate) const fn progress(&self) -> Show {
        self.progress
    }

    /// Prints a part of the result; `text` brings its own line ends.
    ///
    /// # Errors
    /// [`OutputError`], but not where the reader has gone away.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), OutputError> {
        self.write(|out| out.write_all(text.as_bytes()))
    }

    /// Prints what is still held back.
    ///
    /// # Errors
    /// As [`Terminal::print`].
    pub(crate) fn flush(&mut self) -> Result<(), OutputError> {
        self.write(Write::flush)
    }

    fn write(
        &mut self,
        write: impl FnOnce(&mut io::BufWriter<io::Stdout>) -> io::Result<()>,
    ) -> Result<(), OutputError> {
        let Some(out) = &mut self.out else { return Ok(()) };
        match write(out) {
            Ok(()) => Ok(()),
            Err(source) => {
                // What is buffered can go nowhere: forget it, lest it be tried again on exit.
                let _ = self.out.take().map(io::BufWriter::into_parts);
                match source.kind() {
                    io::ErrorKind::BrokenPipe => Ok(()),
                    _ => Err(OutputError { source }),
                }
            }
        }
    }

    /// Says something beside the result, on standard error.
    pub(crate) fn note(&mut self, text: &str) {
        let _ = self.flush();
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Says something that is nice to know, where progress is shown.
    pub(crate) fn remark(&mut self, text: &str) {
        if self.progress != Show::Nothing {
            self.note(text);
        }
    }

    /// Says what went wrong, on standard error.
    pub(crate) fn error(&mut self, text: &str) {
        let style = AnsiColor::Red.on_default().bold();
        let head = paint(self.colour_err, style, "error");
        self.note(&format!("{head}: {text}"));
    }
}

impl Look {
    /// The text in bold where there is colour.
    pub(crate) fn bold(self, text: &str) -> String {
        paint(self.coloured, Style::new().bold(), text)
    }
}

/// A text that may come from anywhere, on one line: characters that steer a terminal, end a line or
/// turn the words around them become blanks.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { ' ' } else { crate::report::printable(c) }).collect()
}

fn paint(coloured: bool, style: Style, text: &str) -> String {
    if coloured { format!("{style}{text}{style:#}") } else { text.to_owned() }
}
