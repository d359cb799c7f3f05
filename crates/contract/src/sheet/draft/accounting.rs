//! `[accounting]`: judgements that people made.

use crate::diagnostic::Span;
use crate::lease::{Accounting, Expedient, Recognition, Standard};
use crate::sheet::section::{At, Section};
use crate::sheet::{codes, schema, value};

use super::judgement;

const STANDARDS: &[(&str, Standard)] =
    &[("service", Standard::Service), ("lease", Standard::Lease)];
const RECOGNITIONS: &[(&str, Recognition)] = &[
    ("as_delivered", Recognition::AsDelivered),
    ("straight_line", Recognition::StraightLine),
    ("as_invoiced", Recognition::AsInvoiced),
];
const EXPEDIENTS: &[(&str, Expedient)] = &[
    ("one_year_or_less", Expedient::OneYearOrLess),
    ("right_to_invoice", Expedient::RightToInvoice),
    ("variable_usage", Expedient::VariableUsage),
];

/// The judgements, as written.
pub(in crate::sheet) struct AccountingDraft {
    pub value: Accounting,
    /// Where each expedient stands.
    pub expedients: Vec<At<Expedient>>,
    pub standard_span: Option<Span>,
    pub recognition_span: Option<Span>,
}

/// Reads `[accounting]`; what it leaves out has its default.
pub(in crate::sheet) fn read(root: &Section<'_>) -> AccountingDraft {
    let accounting = root.table(&schema::ACCOUNTING, |section| Some(read_section(&section)));
    accounting.map_or_else(default, |accounting| accounting.value)
}

fn default() -> AccountingDraft {
    AccountingDraft {
        value: Accounting {
            standard: Standard::default(),
            recognition: Recognition::default(),
            owner_exit_shortens: true,
            expedients: Vec::new(),
            judgement: Default::default(),
        },
        expedients: Vec::new(),
        standard_span: None,
        recognition_span: None,
    }
}

fn read_section(section: &Section<'_>) -> AccountingDraft {
    let standard = section.may("standard", value::choice(STANDARDS));
    let recognition = section.may("recognition", value::choice(RECOGNITIONS));
    let shortens = section.may("owner_exit_shortens", value::flag);
    let expedients = section.may("expedients", value::choices(EXPEDIENTS));
    let expedients = expedients.map(|list| list.value).unwrap_or_default();
    if !section.has("reference") {
        let message = "these judgements have no reference";
        let fault = codes::ACCOUNTING_WITHOUT_REFERENCE.at(section.span, message);
        let remedy = "add `reference = ` with the memo or minute, and `by` and `on`";
        section.sink().report(fault.label("no reference").remedy(remedy));
    }
    AccountingDraft {
        standard_span: standard.map(|at| at.span),
        recognition_span: recognition.map(|at| at.span),
        value: Accounting {
            standard: super::or_default(standard),
            recognition: super::or_default(recognition),
            owner_exit_shortens: shortens.is_none_or(|shortens| shortens.value),
            expedients: expedients.iter().map(|at| at.value).collect(),
            judgement: judgement::read(section, None),
        },
        expedients,
    }
}
