//! `leasehold lease check FILE…`: every fault of every file, with its code, place, rule, remedy.

use std::path::{Path, PathBuf};

use leasehold_contract::diagnostic::{Diagnostic, Lines, Severity, Span};
use leasehold_contract::{Lease, sheet};
use serde::Serialize;

use crate::commands::format::{Format, count, print_json};
use crate::error::{CommandError, chain};
use crate::exit::Exit;
use crate::input::{name_of, read_text};
use crate::terminal::{Look, Terminal};

/// Show all faults of term sheets: code, place, rule, remedy.
///
/// All files are looked at, whatever is found. The exit code is 3 where a file cannot be read,
/// else 1 where one has errors, else 0; warnings do not count.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Term sheets (docs/term-sheet.md); `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let checked: Vec<Checked> = self.files.iter().map(|path| check(path)).collect();
        match self.format {
            Format::Json => print_json(terminal, &Answer::of(&checked))?,
            Format::Text => {
                for one in &checked {
                    let words = in_words(terminal.results(), one);
                    terminal.print(&words)?;
                }
                if checked.len() > 1 {
                    terminal.print(&summary(&checked))?;
                }
            }
        }
        for unread in checked.iter().filter_map(|one| one.unread.as_ref()) {
            terminal.error(unread);
        }
        Ok(exit(&checked))
    }
}

/// One file and what came of it.
struct Checked {
    name: String,
    text: String,
    lease: Option<Lease>,
    found: Vec<Diagnostic>,
    /// Why it could not be read.
    unread: Option<String>,
}

impl Checked {
    fn number(&self, severity: Severity) -> usize {
        self.found.iter().filter(|found| found.severity == severity).count()
    }
}

fn check(path: &Path) -> Checked {
    let name = name_of(path);
    let (text, unread) = match read_text(path, "a term sheet") {
        Ok(text) => (text, None),
        Err(error) => (String::new(), Some(chain(&error))),
    };
    let answer = if unread.is_some() { Err(Vec::new()) } else { sheet::compile(&text) };
    let (lease, found) = match answer {
        Ok(compiled) => (Some(compiled.lease), compiled.warnings),
        Err(found) => (None, found),
    };
    Checked { name, text, lease, found, unread }
}

fn exit(checked: &[Checked]) -> Exit {
    if checked.iter().any(|one| one.unread.is_some()) {
        Exit::Input
    } else if checked.iter().any(|one| one.lease.is_none()) {
        Exit::No
    } else {
        Exit::Done
    }
}

fn in_words(look: Look, one: &Checked) -> String {
    let shown = crate::commands::sheet::show(look, &one.name, &one.text, &one.found);
    let warnings = match one.number(Severity::Warning) {
        0 => String::new(),
        some => format!(", {}", count(some, "warning")),
    };
    let verdict = match &one.lease {
        _ if one.unread.is_some() => "not read".to_owned(),
        Some(lease) => format!("sound: lease `{}`, version {}{warnings}", lease.id, lease.version),
        None => format!("{}{warnings}", count(one.number(Severity::Error), "error")),
    };
    format!("{shown}{}: {verdict}\n", look.bold(&one.name))
}

fn summary(checked: &[Checked]) -> String {
    let sound = checked.iter().filter(|one| one.lease.is_some()).count();
    let unread = checked.iter().filter(|one| one.unread.is_some()).count();
    let faulty = checked.len() - sound - unread;
    let unread = if unread > 0 { format!(", {unread} not read") } else { String::new() };
    format!("{}: {sound} sound, {faulty} with errors{unread}\n", count(checked.len(), "file"))
}

/// The result for machines.
#[derive(Serialize)]
struct Answer<'a> {
    ok: bool,
    files: Vec<FileAnswer<'a>>,
}

#[derive(Serialize)]
struct FileAnswer<'a> {
    file: &'a str,
    ok: bool,
    /// Why it could not be read, where it could not.
    unread: Option<&'a str>,
    lease: Option<&'a str>,
    version: Option<u32>,
    errors: usize,
    warnings: usize,
    diagnostics: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    severity: Severity,
    code: &'a str,
    message: &'a str,
    place: Place<'a>,
    also: Vec<Place<'a>>,
    rule: &'a str,
    remedy: &'a str,
}

#[derive(Serialize)]
struct Place<'a> {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    label: &'a str,
}

impl<'a> Answer<'a> {
    fn of(checked: &'a [Checked]) -> Self {
        Answer {
            ok: exit(checked) == Exit::Done,
            files: checked.iter().map(FileAnswer::of).collect(),
        }
    }
}

impl<'a> FileAnswer<'a> {
    fn of(one: &'a Checked) -> Self {
        let lines = Lines::new(&one.text);
        FileAnswer {
            file: &one.name,
            ok: one.lease.is_some(),
            unread: one.unread.as_deref(),
            lease: one.lease.as_ref().map(|lease| lease.id.as_str()),
            version: one.lease.as_ref().map(|lease| lease.version),
            errors: one.number(Severity::Error),
            warnings: one.number(Severity::Warning),
            diagnostics: one.found.iter().map(|found| Entry::of(found, &lines)).collect(),
        }
    }
}

impl<'a> Entry<'a> {
    fn of(found: &'a Diagnostic, lines: &Lines<'_>) -> Self {
        Entry {
            severity: found.severity,
            code: found.code,
            message: &found.message,
            place: Place::of(found.span, &found.label, lines),
            also: found.also.iter().map(|a| Place::of(a.span, &a.label, lines)).collect(),
            rule: found.rule,
            remedy: &found.remedy,
        }
    }
}

impl<'a> Place<'a> {
    fn of(span: Span, label: &'a str, lines: &Lines<'_>) -> Self {
        let (from, to) = (lines.position(span.start), lines.position(span.end));
        Place {
            line: from.line,
            column: from.column,
            end_line: to.line,
            end_column: to.column,
            label,
        }
    }
}
