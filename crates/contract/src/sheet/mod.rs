//! The term sheet: from text to a [`Lease`], or to every fault in it.
//!
//! ```text
//! text -> TOML with places -> draft (each table judged) -> checks across tables -> Lease
//!         `syntax`            `draft`, `value`            `check`                `Draft::lower`
//! ```
//!
//! Reading goes on after a fault, so all faults are reported at once, in order of place. Whole
//! numbers, amounts and shares are read from their digits, never through floating point. The
//! format is described in `docs/term-sheet.md`; tests hold [`schema`] and [`codes`] against it.

pub mod codes;
pub mod limits;
pub mod schema;

mod check;
mod draft;
mod nearest;
mod section;
mod sink;
mod syntax;
mod value;

use toml::de::{DeTable, DeValue};

use crate::Lease;
use crate::diagnostic::{Diagnostic, Span};
use limits::SHEET_MAX_BYTES;
use section::Section;
use sink::Sink;

/// The version of the format that this code reads.
pub const FORMAT_VERSION: u32 = 1;

/// A term sheet that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// What it says.
    pub lease: Lease,
    /// What somebody should look at.
    pub warnings: Vec<Diagnostic>,
}

/// Compiles a term sheet.
///
/// # Errors
/// Every fault, errors and warnings, in order of place; at least one of them is an error.
pub fn compile(text: &str) -> Result<Compiled, Vec<Diagnostic>> {
    let mut sink = Sink::new(text);
    if text.len() > SHEET_MAX_BYTES {
        let message = format!("the term sheet has {} bytes", text.len());
        let fault = codes::SHEET_TOO_LARGE.at(Span::default(), message).label("too large");
        sink.report(fault.remedy("leave out what is no term sheet, or split the lease"));
        return Err(sink.into_diagnostics());
    }
    let whole = syntax::without_broken_lines(text, &sink);
    let parsed = syntax::parse(&whole, sink.has_errors(), &mut sink);
    let lease = if parsed.readable { read(parsed.table.get_ref(), &sink) } else { None };
    let failed = sink.has_errors();
    let diagnostics = sink.into_diagnostics();
    match lease {
        Some(lease) if !failed => Ok(Compiled { lease, warnings: diagnostics }),
        _ => Err(diagnostics),
    }
}

/// Reads, checks and lowers; nothing where a fault keeps the sheet from being used.
fn read(table: &DeTable<'_>, sink: &Sink<'_>) -> Option<Lease> {
    if !is_known_format(table, sink) {
        return None;
    }
    if table.is_empty() && !sink.has_errors() {
        let fault = codes::EMPTY_SHEET.at(Span::default(), "the term sheet is empty");
        let remedy = format!("begin it with `term_sheet = {FORMAT_VERSION}`");
        sink.report(fault.label("nothing is written").remedy(remedy));
        return None;
    }
    let root = Section::root(table, sink);
    root.need("term_sheet", |_| Some(()));
    let draft = draft::read(&root);
    if !sink.is_incomplete() {
        check::all(&draft, table, sink);
    }
    if sink.has_errors() {
        return None;
    }
    let Some(lease) = draft.lower() else {
        let fault = codes::NOT_COMPILED.at(Span::default(), "this sheet does not compile");
        sink.report(fault.remedy("this is a fault of the program: report it with the sheet"));
        return None;
    };
    check::compiled(&draft, &lease, sink);
    Some(lease)
}

/// Whether the sheet is of the version that this code reads. Another version has other keys, so
/// nothing else in it is judged.
fn is_known_format(table: &DeTable<'_>, sink: &Sink<'_>) -> bool {
    let Some(value) = table.get("term_sheet") else { return true };
    let known = match value.get_ref() {
        DeValue::Integer(digits) => digits.to_string() == FORMAT_VERSION.to_string(),
        _ => false,
    };
    if !known {
        let span = Span::from(value.span());
        let message = format!("this is not version {FORMAT_VERSION} of the format");
        let fault = codes::UNKNOWN_FORMAT.at(span, message).label("unknown version");
        sink.report(fault.remedy(format!("write `term_sheet = {FORMAT_VERSION}`")));
    }
    known
}
