//! From text to a TOML table with places, and syntax faults in words of our own.
//!
//! The parser recovers from most faults, so the rest of the sheet is judged all the same. Where it
//! does not, this module helps it (a line without `=` is left out and the rest parsed again), or
//! gives up on the rest (a list that is never closed swallows what follows).

use std::borrow::Cow;
use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use super::codes::{self, Code};
use super::nearest::quoted;
use super::sink::{Sink, Unreadable};
use crate::diagnostic::{Diagnostic, Lines, Span};

/// What the parser says of a key without `=`; it then stops building tables.
const KEY_WITHOUT_VALUE: &str = "key with no value";
/// Beginnings of what the parser says where it may have read the rest of the file wrongly.
const LOSES_THE_REST: &[&str] =
    &["unclosed table", "unclosed array table", "cannot extend", "cannot recurse"];
/// Beginnings of what it says at the end of the file of something that was opened before.
const LOSES_FROM_THE_OPENING: &[&str] =
    &["unclosed array", "unclosed inline table", "invalid multi-line"];
/// Beginnings of what it says where it may have read the rest of the line wrongly.
const LOSES_THE_LINE: &[&str] = &[
    KEY_WITHOUT_VALUE,
    "missing comma",
    "missing assignment",
    "missing key",
    "missing table",
    "missing array",
    "missing inline",
    "missing value",
    "extra",
    "unexpected key or value",
    "unexpected `=`",
    "unexpected content",
    "invalid unquoted key",
    "invalid key",
    "invalid inline table",
    "unquoted keys",
];

/// Reports keys without `=`, and gives the text with their lines blank, byte for byte as long.
pub(super) fn without_broken_lines<'a>(text: &'a str, sink: &Sink<'_>) -> Cow<'a, str> {
    let (_, errors) = DeTable::parse_recoverable(text);
    let lines = Lines::new(text);
    let mut patched = Cow::Borrowed(text);
    let mut done = BTreeSet::new();
    for error in errors.iter().filter(|error| error.message().starts_with(KEY_WITHOUT_VALUE)) {
        let fault = Fault::of(error, text);
        let line = lines.line_of(fault.diagnostic.span.start);
        if done.insert(line) {
            let start = lines.start_of(line);
            let range = start..start + lines.line(line).len();
            let blank = " ".repeat(range.len());
            patched.to_mut().replace_range(range, &blank);
            sink.report(fault.diagnostic);
        }
    }
    patched
}

/// What was parsed.
pub(super) struct Parsed<'a> {
    /// The tables; those of a broken text as far as the parser could read them.
    pub table: Spanned<DeTable<'a>>,
    /// Whether the tables are worth judging.
    pub readable: bool,
}

/// Parses the text, which may have broken lines left out (`patched`), and reports what is no TOML.
pub(super) fn parse<'a>(text: &'a str, patched: bool, sink: &mut Sink<'_>) -> Parsed<'a> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut faults: Vec<Fault> = errors.iter().map(|error| Fault::of(error, text)).collect();
    let swallowed = move_to_openings(&mut faults, table.get_ref(), text);
    if let Some(from) = swallowed {
        faults.retain(|fault| fault.diagnostic.span.start <= from);
    }
    let lines = Lines::new(text);
    let line_of = |fault: &Fault| lines.line_of(fault.diagnostic.span.start);
    let lost: BTreeSet<usize> =
        faults.iter().filter(|fault| fault.loses != Loss::Nothing).map(line_of).collect();
    let place_of = |fault: &Fault| match fault.loses {
        Loss::TheLine => {
            let line = line_of(fault);
            let start = lines.start_of(line);
            Span { start, end: start + lines.line(line).len() }
        }
        _ => fault.diagnostic.span,
    };
    sink.set_unreadable(Unreadable {
        places: faults.iter().map(place_of).collect(),
        from: swallowed.unwrap_or(usize::MAX),
        incomplete: patched || !lost.is_empty(),
    });
    let readable = faults.iter().all(|fault| fault.loses != Loss::TheRest);
    let (mut lines_shown, mut spans_shown) = (BTreeSet::new(), BTreeSet::new());
    for fault in faults {
        let line = line_of(&fault);
        let first = match fault.loses {
            Loss::Nothing => !lost.contains(&line) && spans_shown.insert(fault.diagnostic.span),
            _ => lines_shown.insert(line),
        };
        if first {
            sink.report(fault.diagnostic);
        }
    }
    Parsed { table, readable }
}

/// A list, table or text that is not closed is noticed where the file ends. Moves such faults to
/// where the outermost of them was opened, and gives that place.
fn move_to_openings(faults: &mut [Fault], table: &DeTable<'_>, text: &str) -> Option<usize> {
    let mut unclosed = faults.iter_mut().filter(|fault| fault.loses == Loss::FromTheOpening);
    let first = unclosed.next()?;
    let end = first.diagnostic.span.start;
    let start = table.values().filter_map(|value| opening(value, end)).min().unwrap_or(end);
    let (what, remedy) = match text.get(start..).and_then(|rest| rest.chars().next()) {
        Some('{') => ("a table in braces is", "end it with `}`"),
        Some('[') => ("a list is", "end it with `]`"),
        _ => ("a text is", "end it with three quotes as it began"),
    };
    let span = Span { start, end: start + 1 }.within(text);
    let fault = codes::SYNTAX.at(span, format!("{what} never closed"));
    first.diagnostic = fault.label("opened here").remedy(remedy);
    unclosed.for_each(|fault| fault.diagnostic.span = span);
    Some(start)
}

/// Where the outermost value begins that goes on to byte `end`.
fn opening(value: &Spanned<DeValue<'_>>, end: usize) -> Option<usize> {
    let span = value.span();
    match value.get_ref() {
        _ if span.start < end && end <= span.end => Some(span.start),
        DeValue::Array(list) => list.iter().filter_map(|value| opening(value, end)).min(),
        DeValue::Table(table) => table.values().filter_map(|value| opening(value, end)).min(),
        _ => None,
    }
}

/// What a fault may have made the parser misread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// No more than the value where it stands.
    Nothing,
    /// The line.
    TheLine,
    /// All from where a value was opened that is never closed.
    FromTheOpening,
    /// All that follows.
    TheRest,
}

struct Fault {
    diagnostic: Diagnostic,
    loses: Loss,
}

impl Fault {
    fn of(error: &Error, text: &str) -> Fault {
        let span = error.span().map_or_else(Span::default, Span::from).within(text);
        let (source, message) = (&text[span.range()], error.message());
        let begins = |known: &[&str]| known.iter().any(|known| message.starts_with(known));
        let diagnostic = if looks_like_a_date(source) {
            date_fault(source, span)
        } else if message == "duplicate key" {
            codes::DUPLICATE_KEY
                .at(span, format!("`{}` is written twice", quoted(source)))
                .label("the second time")
                .remedy("keep one of the two")
        } else if message.starts_with("string values must be quoted") {
            unquoted(source, span)
        } else {
            other(message, span)
        };
        let loses = if begins(LOSES_THE_REST) {
            Loss::TheRest
        } else if begins(LOSES_FROM_THE_OPENING) {
            Loss::FromTheOpening
        } else if begins(LOSES_THE_LINE) {
            Loss::TheLine
        } else {
            Loss::Nothing
        };
        Fault { diagnostic, loses }
    }
}

/// What the parser says (its beginning), what we say, and the next step.
const WORDS: &[(&str, &str, &str)] = &[
    (KEY_WITHOUT_VALUE, "a key has no value", "write `=` and the value after the key"),
    ("unclosed array table", "a table header is not closed", "end it with `]]`"),
    ("unclosed table", "a table header is not closed", "end it with `]`"),
    ("missing comma", "a comma is missing", "write `,` between two entries"),
    ("extra assignment", "a comma is missing", "write `,` between two entries"),
    ("invalid basic string", "a text is not closed or has a wrong `\\`", "end it with `\"`"),
    ("invalid literal string", "a text is not closed", "end it with `'`"),
    (
        "unexpected key or value",
        "something stands after the end of the value",
        "begin a new line, or put the whole value in quotes (amounts are written without commas)",
    ),
    ("unexpected leading zero", "a number begins with 0", "leave the 0 out"),
];

fn other(message: &str, span: Span) -> Diagnostic {
    const CODE: Code = codes::SYNTAX;
    let known = WORDS.iter().find(|(theirs, ..)| message.starts_with(theirs));
    match known {
        Some((_, ours, remedy)) => CODE.at(span, *ours).label("here").remedy(*remedy),
        None => CODE.at(span, message).label("here").remedy("correct this line"),
    }
}

fn unquoted(source: &str, span: Span) -> Diagnostic {
    let found = quoted(source);
    if source.trim().is_empty() {
        let fault = codes::SYNTAX.at(span, "a key has no value");
        return fault.label("nothing here").remedy("write the value, or leave the key out");
    }
    codes::UNQUOTED
        .at(span, format!("`{found}` is not quoted"))
        .label("a text without quotes")
        .remedy(format!("write \"{found}\""))
}

/// Four digits and a dash: whoever writes this means a date.
fn looks_like_a_date(source: &str) -> bool {
    let bytes = source.as_bytes();
    bytes.len() >= 6 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-'
}

fn date_fault(source: &str, span: Span) -> Diagnostic {
    let found = quoted(source);
    match days_of_month(source) {
        Some((month, days)) => codes::WRONG_DATE
            .at(span, format!("{found} does not exist"))
            .label(format!("{month} has {days} days"))
            .remedy(format!("write a day from 01 to {days}")),
        None => codes::WRONG_DATE
            .at(span, format!("`{found}` is not a date"))
            .label("no such day")
            .remedy("write year, month and day with all digits, like 2026-07-01"),
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Where year and month are right and only the day does not exist: the month and its days.
fn days_of_month(source: &str) -> Option<(String, i8)> {
    let (year, month, day) = (source.get(..4)?, source.get(5..7)?, source.get(8..)?);
    let shape = source.as_bytes().get(7) == Some(&b'-') && day.len() == 2;
    let (year, month): (i16, i8) = (year.parse().ok()?, month.parse().ok()?);
    let _: u8 = day.parse().ok()?;
    let first = jiff::civil::Date::new(year, month, 1).ok()?;
    let name = MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    shape.then(|| (format!("{name} {year}"), first.days_in_month()))
}

#[cfg(test)]
mod tests {
    use crate::sheet::compile;

    fn faults(text: &str) -> Vec<(&'static str, &str)> {
        let found = compile(text).unwrap_err();
        found.iter().map(|fault| (fault.code, &text[fault.span.range()])).collect()
    }

    #[test]
    fn a_line_without_a_value_hides_nothing_else() {
        let text = "term_sheet = 1\n[lease]\nid \"x\"\nsigned = 2027-13-01\nzone = \"Mars\"\n";
        let expected = [("syntax", ""), ("wrong-date", "2027-13-01"), ("unknown-zone", "\"Mars\"")];
        assert_eq!(faults(text), expected);
    }

    #[test]
    fn what_is_never_closed_hides_what_follows() {
        let text = "term_sheet = 1\n[lease\nid = 7\n";
        assert_eq!(faults(text), [("syntax", "")]);
    }

    #[test]
    fn what_stands_before_a_value_that_is_never_closed_is_judged() {
        for opened in ["[", "[1, {", "{", "\"\"\""] {
            let text =
                format!("term_sheet = 1\nlease.signed = 2027-13-01\nowner = {opened}\n[x]\n");
            let found = compile(&text).unwrap_err();
            let places: Vec<_> = found.iter().map(|f| (f.code, f.span.start)).collect();
            let at = text.rfind("= ").unwrap() + 2;
            assert_eq!(places, [("wrong-date", 30), ("syntax", at)], "{text}");
        }
    }

    #[test]
    fn one_fault_is_told_once() {
        let text = "term_sheet = 1\nlease = { id = 1 title = 2 }\n";
        assert_eq!(faults(text), [("syntax", "")]);
    }
}
