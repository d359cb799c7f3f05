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
    unreadable: Unreadable,
}

/// What syntax faults made unreadable. It is not judged.
pub(super) struct Unreadable {
    /// Places; what they touch has no value.
    pub places: Vec<Span>,
    /// The first byte of a value that is never closed and so swallows all that follows.
    pub from: usize,
    /// Whether parts of the text may be missing from what was parsed.
    pub incomplete: bool,
}

impl<'a> Sink<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Sink {
            text,
            found: RefCell::default(),
            errors: Cell::new(0),
            unshown: Cell::new(0),
            unreadable: Unreadable { places: Vec::new(), from: usize::MAX, incomplete: false },
        }
    }

    /// Tells what the broken syntax made unreadable.
    pub(super) fn set_unreadable(&mut self, unreadable: Unreadable) {
        let Unreadable { mut places, from, incomplete } = unreadable;
        places.sort_unstable();
        let mut disjoint: Vec<Span> = Vec::with_capacity(places.len());
        for place in places {
            match disjoint.last_mut() {
                Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
                _ => disjoint.push(place),
            }
        }
        self.unreadable = Unreadable { places: disjoint, from, incomplete };
    }

    /// The source text.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// Whether keys may be missing only because the text around them could not be parsed.
    pub(super) fn is_incomplete(&self) -> bool {
        self.unreadable.incomplete
    }

    /// Whether a syntax fault touches what stands at `span`.
    pub(super) fn is_unreadable(&self, span: Span) -> bool {
        let places = &self.unreadable.places;
        let next = places.partition_point(|place| place.end < span.start);
        places.get(next).is_some_and(|place| place.start <= span.end) || self.is_swallowed(span)
    }

    /// Whether what stands at `span` is never closed, or stands inside something that is not.
    pub(super) fn is_swallowed(&self, span: Span) -> bool {
        span.start >= self.unreadable.from
    }

    /// Whether further faults are counted but not shown.
    pub(super) fn is_full(&self) -> bool {
        self.found.borrow().len() >= DIAGNOSTICS_MAX
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
