//! `[[assumption]]`: what is not known but assumed.

use crate::lease::Assumption;
use crate::sheet::limits::ASSUMPTIONS_MAX;
use crate::sheet::section::{Field, Section};
use crate::sheet::{schema, value};

/// An assumption, as written.
pub(in crate::sheet) struct AssumptionDraft {
    pub about: Field<String>,
    text: Field<String>,
}

/// Reads all assumptions.
pub(in crate::sheet) fn read(root: &Section<'_>) -> Vec<AssumptionDraft> {
    let assumptions = root.tables(&schema::ASSUMPTION, ASSUMPTIONS_MAX, |section| {
        Some(AssumptionDraft {
            about: section.need("about", value::text),
            text: section.need("text", value::prose),
        })
    });
    assumptions.into_iter().map(|assumption| assumption.value).collect()
}

impl AssumptionDraft {
    pub(super) fn lower(&self) -> Option<Assumption> {
        Some(Assumption { about: self.about.clone()?.value, text: self.text.clone()?.value })
    }
}
