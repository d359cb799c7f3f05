//! From text to a TOML table with places, and syntax faults in words of our own.
//!
//! The parser recovers from faults. One fault can make it complain several times, so only the
//! first complaint on each line is shown.

use toml::Spanned;
use toml::de::{DeTable, Error};

use super::codes;
use super::nearest::quoted;
use super::sink::Sink;
use crate::diagnostic::{Diagnostic, Lines, Span};

/// Parses the text and reports what is no TOML.
pub(super) fn parse<'a>(text: &'a str, sink: &mut Sink<'a>) -> Spanned<DeTable<'a>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let faults: Vec<Fault> = errors.iter().map(|error| Fault::of(error, text)).collect();
    let incomplete = faults.iter().any(|fault| fault.loses_text);
    let scalars = faults.iter().map(|fault| fault.diagnostic.span).collect();
    sink.set_unreadable(scalars, incomplete);
    let lines = Lines::new(text);
    let mut shown = std::collections::BTreeSet::new();
    for fault in faults {
        let line = lines.position(fault.diagnostic.span.start).line;
        if !fault.loses_text || shown.insert(line) {
            sink.report(fault.diagnostic);
        }
    }
    table
}

struct Fault {
    diagnostic: Diagnostic,
    /// Whether the parser may have lost what stands around it.
    loses_text: bool,
}

impl Fault {
    fn of(error: &Error, text: &str) -> Fault {
        let span = error.span().map_or_else(Span::default, Span::from).within(text);
        let source = &text[span.range()];
        if looks_like_a_date(source) {
            return Fault { diagnostic: date_fault(source, span), loses_text: false };
        }
        let message = error.message();
        let diagnostic = match message {
            "duplicate key" => codes::DUPLICATE_KEY
                .at(span, format!("`{}` is written twice", quoted(source)))
                .label("the second time")
                .remedy("keep one of the two"),
            m if m.starts_with("string values must be quoted") => unquoted(source, span),
            m => other(m, span),
        };
        let keeps_text = [codes::DUPLICATE_KEY, codes::UNQUOTED].map(|code| code.name);
        let loses_text = !keeps_text.contains(&diagnostic.code);
        Fault { diagnostic, loses_text }
    }
}

/// What the parser says (its beginning), what we say, and the next step.
const WORDS: &[(&str, &str, &str)] = &[
    ("key with no value", "a key has no value", "write `=` and the value after the key"),
    ("unclosed table", "a table header is not closed", "end it with `]`"),
    ("unclosed array table", "a table header is not closed", "end it with `]]`"),
    ("unclosed array", "a list is not closed", "end it with `]`"),
    ("unclosed inline table", "a table in braces is not closed", "end it with `}`"),
    ("missing comma", "a comma is missing", "write `,` between two entries"),
    ("invalid basic string", "a text is not closed", "end it with `\"` on the same line"),
    ("invalid literal string", "a text is not closed", "end it with `'` on the same line"),
    (
        "unexpected key or value",
        "something stands after the end of the value",
        "begin a new line, or put the whole value in quotes (amounts are written without commas)",
    ),
    ("unexpected leading zero", "a number begins with 0", "leave the 0 out"),
];

fn other(message: &str, span: Span) -> Diagnostic {
    let known = WORDS.iter().find(|(theirs, ..)| message.starts_with(theirs));
    match known {
        Some((_, ours, remedy)) => codes::SYNTAX.at(span, *ours).label("here").remedy(*remedy),
        None => codes::SYNTAX
            .at(span, message)
            .label("here")
            .remedy("correct this; what follows may hold more faults"),
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

/// Where year and month are right and only the day does not exist: the month and its days.
fn days_of_month(source: &str) -> Option<(String, i8)> {
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
    let shape = source.len() == 10 && source.as_bytes()[7] == b'-';
    let (year, month, day) = (source.get(..4)?, source.get(5..7)?, source.get(8..10)?);
    let (year, month): (i16, i8) = (year.parse().ok()?, month.parse().ok()?);
    let _: u8 = day.parse().ok()?;
    let first = jiff::civil::Date::new(year, month, 1).ok()?;
    let name = MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    shape.then(|| (format!("{name} {year}"), first.days_in_month()))
}
