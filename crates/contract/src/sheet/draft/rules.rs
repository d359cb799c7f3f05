//! `[rules]`: how amounts are computed.

use leasehold_types::Rounding;

use crate::lease::{Alignment, Billing, DayCount, Rules};
use crate::sheet::limits::MONTHS_MAX;
use crate::sheet::section::Section;
use crate::sheet::{schema, value};

const DAY_COUNTS: &[(&str, DayCount)] = &[
    ("actual/actual", DayCount::ActualActual),
    ("30E/360", DayCount::ThirtyE360),
    ("actual/365F", DayCount::Actual365Fixed),
    ("none", DayCount::None),
];
const ROUNDINGS: &[(&str, Rounding)] =
    &[("half_away", Rounding::HalfAway), ("half_even", Rounding::HalfEven)];
const ALIGNMENTS: &[(&str, Alignment)] =
    &[("calendar", Alignment::Calendar), ("anchor", Alignment::Anchor)];

/// Reads `[rules]`; what it leaves out has its default.
pub(in crate::sheet) fn read(root: &Section<'_>) -> Rules {
    let rules = root.table(&schema::RULES, |section| {
        let billing = section.table(&schema::BILLING, |billing| Some(read_billing(&billing)));
        Some(Rules {
            proration: super::or_default(section.may("proration", value::choice(DAY_COUNTS))),
            rounding: super::or_default(section.may("rounding", value::choice(ROUNDINGS))),
            billing: super::or_default(billing),
        })
    });
    super::or_default(rules)
}

fn read_billing(section: &Section<'_>) -> Billing {
    let default = Billing::default();
    let months = section.may("every_months", value::whole(1..=MONTHS_MAX));
    Billing {
        every_months: months.map_or(default.every_months, |months| months.value),
        align: super::or_default(section.may("align", value::choice(ALIGNMENTS))),
    }
}
