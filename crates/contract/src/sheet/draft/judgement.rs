//! Judgements: who, when, and where it is written.

use crate::lease::Judgement;
use crate::sheet::section::{Field, Section};
use crate::sheet::{codes, value};

/// Reads `by`, `on` and `reference`; where the reference is needed, `what` begins the message
/// that it is missing: "a substantive penalty is".
pub(super) fn read(section: &Section<'_>, what: Option<&str>) -> Judgement {
    let text = |field: Field<String>| field.map(|at| at.value).unwrap_or_default();
    let reference = match what {
        Some(what) => needed_reference(section, what),
        None => section.may("reference", value::text),
    };
    Judgement {
        by: text(section.may("by", value::text)),
        on: section.may("on", value::date).map(|on| on.value),
        reference: text(reference),
    }
}

/// Reads a reference that must be there; `what` begins the message: "a substantive penalty is".
pub(super) fn needed_reference(section: &Section<'_>, what: &str) -> Field<String> {
    if !section.has("reference") && !section.sink().is_incomplete() {
        let message = format!("{what} judged by people, and {} has no reference", section.name());
        let fault = codes::JUDGEMENT_WITHOUT_REFERENCE.at(section.span, message);
        let remedy = "add `reference = ` with the memo, minute or filing that says so";
        section.sink().report(fault.label("no reference").remedy(remedy));
    }
    section.may("reference", value::text)
}
