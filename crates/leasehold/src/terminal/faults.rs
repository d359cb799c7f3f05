//! Faults of a text file with the lines that they are about: code, place, rule, remedy.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str};

use super::Look;

/// Most bytes of one place that are underlined.
const PLACE_MAX_BYTES: usize = 200;
/// A line with more bytes is shown around its fault only, not as far as other places in it.
const LINE_MAX_BYTES: usize = 400;

/// One fault or doubt about a file, from whichever reader found it.
#[derive(Debug, Clone)]
pub(crate) struct Fault<'a> {
    /// Whether the file can be used all the same.
    pub(crate) is_warning: bool,
    /// Its stable name, where its reader gives names.
    pub(crate) code: Option<&'a str>,
    /// What is wrong.
    pub(crate) message: &'a str,
    /// Where, and what to say there (may be empty).
    pub(crate) place: Place<'a>,
    /// Other places that belong to it.
    pub(crate) also: Vec<Place<'a>>,
    /// The rule that it breaks, where the message does not say it.
    pub(crate) rule: Option<&'a str>,
    /// The next step.
    pub(crate) remedy: &'a str,
}

/// Bytes of the file and what to say about them.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    /// The bytes.
    pub(crate) span: Range<usize>,
    /// What to say; may be empty.
    pub(crate) label: &'a str,
}

/// Shows faults of `text`, read from `name`, a blank line after each.
pub(crate) fn show(look: Look, name: &str, text: &str, faults: &[Fault<'_>]) -> String {
    faults.iter().map(|fault| show_line(look, name, text, 1, fault)).collect()
}

/// Shows a fault of a file of which only `text` is at hand, which begins with its line `first`.
pub(crate) fn show_line(
    look: Look,
    name: &str,
    text: &str,
    first: usize,
    fault: &Fault<'_>,
) -> String {
    let renderer = if look.coloured { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(usize::from(look.columns));
    renderer.render(&[group(name, text, first, fault)]) + "\n\n"
}

fn group<'a>(name: &'a str, text: &'a str, first: usize, fault: &Fault<'a>) -> Group<'a> {
    let level = if fault.is_warning { Level::WARNING } else { Level::ERROR };
    let mut title = level.primary_title(normalize_untrusted_str(fault.message));
    if let Some(code) = fault.code {
        title = title.id(code);
    }
    let mark = |kind: AnnotationKind, place: &Place<'a>| {
        let mark = kind.span(within(text, &place.span));
        if place.label.is_empty() { mark } else { mark.label(normalize_untrusted_str(place.label)) }
    };
    let snippet = Snippet::source(text)
        .path(name)
        .line_start(first)
        .annotation(mark(AnnotationKind::Primary, &fault.place))
        .annotations(
            fault
                .also
                .iter()
                .filter(|place| line_bytes(text, &place.span) <= LINE_MAX_BYTES)
                .map(|place| mark(AnnotationKind::Context, place)),
        );
    let mut group = title.element(snippet);
    for (word, said) in [("rule", fault.rule), ("remedy", Some(fault.remedy))] {
        if let Some(said) = said.filter(|said| !said.is_empty()) {
            let level = if word == "rule" { Level::NOTE } else { Level::HELP };
            group = group.element(level.with_name(word).message(normalize_untrusted_str(said)));
        }
    }
    group
}

/// The nearest range that lies in the text, on character boundaries, and is not too long to show.
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = floor(text, span.start);
    let end = span.end.min(start.saturating_add(PLACE_MAX_BYTES));
    start..floor(text, end).max(start)
}

/// The length of the line in which a range begins.
fn line_bytes(text: &str, span: &Range<usize>) -> usize {
    let (before, after) = text.split_at(floor(text, span.start));
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    before.len() - start + after.find('\n').unwrap_or(after.len())
}

/// The last character boundary at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(span: Range<usize>) -> Fault<'static> {
        Fault {
            is_warning: false,
            code: Some("phases-overlap"),
            message: "two phases begin on 2026-07-01",
            place: Place { span, label: "begins on the same day" },
            also: vec![Place { span: 0..4, label: "" }],
            rule: Some("a phase applies until the next one begins"),
            remedy: "change one of the two dates",
        }
    }

    #[test]
    fn any_text_and_any_span_can_be_shown() {
        let look = Look { columns: 100, coloured: false };
        for text in
            ["", "\n", "a\tb\r\nc", "caf\u{e9} \u{202e}\u{200d}\u{0}\u{1b}[31m", "\u{1f600}"]
        {
            for (start, end) in (0..8).flat_map(|start| (0..8).map(move |end| (start, end))) {
                let shown = show(look, "x.toml", text, &[fault(start..end)]);
                assert!(shown.contains("remedy"), "{text:?} {start}..{end}");
                assert!(!shown.contains('\u{1b}'), "{text:?} {start}..{end}");
            }
        }
        let long = format!("key = \"{}\"", "x".repeat(100_000));
        for end in [50_010, 100_000] {
            let shown = show(look, "x.toml", &long, &[fault(50_000..end)]);
            assert!(shown.len() < 2_000, "a long line is cut: {}", shown.len());
        }
    }
}
