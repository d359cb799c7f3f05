//! What is wrong with a fleet file, all at once.

use std::fmt;
use std::ops::Range;

/// Most faults that are told of one file; whoever has more has other worries first.
pub const FAULTS_MAX: usize = 200;

/// One fault of a fleet file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The bytes at fault.
    pub span: Range<usize>,
    /// Their line, from 1.
    pub line: usize,
    /// Their column in characters, from 1.
    pub column: usize,
    /// What was found, and the rule that it breaks.
    pub rule: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}; {}", self.line, self.column, self.rule, self.remedy)
    }
}

/// Every fault of a fleet file (the first [`FAULTS_MAX`] found), in the order of their places;
/// never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetFaults(pub Vec<Fault>);

impl fmt::Display for FleetFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if i > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for FleetFaults {}

/// Collects the faults of one text.
pub(super) struct Faults<'a> {
    text: &'a str,
    found: Vec<Fault>,
}

impl<'a> Faults<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Faults { text, found: Vec::new() }
    }

    pub(super) fn push(&mut self, span: Range<usize>, rule: String, remedy: impl Into<String>) {
        if self.found.len() == FAULTS_MAX {
            return;
        }
        let before = &self.text[..floor_char(self.text, span.start)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        self.found.push(Fault {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            span,
            rule,
            remedy: remedy.into(),
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn into_faults(mut self) -> FleetFaults {
        self.found.sort_by_key(|fault| (fault.span.start, fault.span.end));
        FleetFaults(self.found)
    }
}

fn floor_char(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
