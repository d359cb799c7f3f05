//! Where faults are collected, so that reading goes on after each.

use std::cell::{Cell, RefCell};

use super::codes;
use super::limits::DIAGNOSTICS_MAX;
use crate::diagnostic::{Diagnostic, Severity, Span};

/// The faults found so far in one text.
pub(super) struct Sink<'a> {
    text: &'a str,
    found: RefCell<Vec<Diagnostic>>,
    errors: Cell<usize>,
    unshown: Cell<usize>,
    /// Places of syntax faults, in order; what they touch has no value to be judged.
    unreadable: Vec<Span>,
    /// Whether parts of the text may be missing from what was parsed.
    incomplete: bool,
}

impl<'a> Sink<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Sink {
            text,
            found: RefCell::default(),
            errors: Cell::new(0),
            unshown: Cell::new(0),
            unreadable: Vec::new(),
            incomplete: false,
        }
    }

    /// Tells where the syntax is broken, and whether parts of the text were lost over it.
    pub(super) fn set_unreadable(&mut self, mut places: Vec<Span>, incomplete: bool) {
        places.sort_unstable();
        self.unreadable = places;
        self.incomplete = incomplete;
    }

    /// The source text.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// Whether keys may be missing only because the text around them could not be parsed.
    pub(super) fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// Whether a syntax fault touches the value at `span`.
    pub(super) fn is_unreadable(&self, span: Span) -> bool {
        let next = self.unreadable.partition_point(|place| place.end < span.start);
        self.unreadable.get(next).is_some_and(|place| place.start <= span.end)
    }

    /// Adds a fault.
    pub(super) fn report(&self, mut diagnostic: Diagnostic) {
        if diagnostic.severity == Severity::Error {
            self.errors.set(self.errors.get() + 1);
        }
        let mut found = self.found.borrow_mut();
        if found.len() >= DIAGNOSTICS_MAX {
            self.unshown.set(self.unshown.get() + 1);
            return;
        }
        diagnostic.span = diagnostic.span.within(self.text);
        for also in &mut diagnostic.also {
            also.span = also.span.within(self.text);
        }
        found.push(diagnostic);
    }

    /// Whether there is a fault that keeps the sheet from being used.
    pub(super) fn has_errors(&self) -> bool {
        self.errors.get() > 0
    }

    /// All faults in order of place.
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|d| (d.span, d.severity, d.code));
        if self.unshown.get() > 0 {
            let end = Span { start: self.text.len(), end: self.text.len() };
            let message = format!("{} more faults are not shown", self.unshown.get());
            let more = codes::TOO_MANY_FAULTS.at(end, message);
            found.push(more.remedy("correct those above, then check again"));
        }
        found
    }
}
