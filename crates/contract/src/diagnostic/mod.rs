//! What is wrong with a source text: where, by which rule, and what to do about it.
//!
//! A diagnostic is data. This crate renders it as plain text ([`render`]); the binary renders the
//! same data in colour. Spans are byte ranges of the text that was read, always on character
//! boundaries and never past its end.

mod lines;
mod render;

use serde::Serialize;

pub use lines::{Lines, Position};
pub use render::{LINE_SHOWN_MAX_CHARS, render, render_all};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The text cannot be used.
    Error,
    /// The text can be used, but somebody should look.
    Warning,
}

impl Severity {
    /// The word for it: `error`, `warning`.
    pub const fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// Bytes `start..end` of the source; may be empty (a place between two characters).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The first byte after.
    pub end: usize,
}

impl Span {
    /// As a range, for slicing.
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start..self.end
    }

    /// The nearest span that lies in `text`, on character boundaries.
    #[must_use]
    pub fn within(self, text: &str) -> Span {
        let start = boundary_at_or_before(text, self.start);
        Span { start, end: boundary_at_or_before(text, self.end).max(start) }
    }
}

/// The last character boundary at or before byte `at`.
fn boundary_at_or_before(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Span {
        Span { start: range.start, end: range.end }
    }
}

/// A second place that belongs to a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Also {
    /// Where.
    pub span: Span,
    /// What is there.
    pub label: String,
}

/// One fault or doubt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Its stable name: `phases-overlap`. Scripts may rely on it.
    pub code: &'static str,
    /// What is wrong, naming the input.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What to say at that place; may be empty.
    pub label: String,
    /// Other places that belong to it.
    pub also: Vec<Also>,
    /// The rule that it breaks, with its source.
    pub rule: &'static str,
    /// The next step.
    pub remedy: String,
}

impl Diagnostic {
    /// Says what is at the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Points at another place, too.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also.push(Also { span, label: label.into() });
        self
    }

    /// Says the next step.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }
}
