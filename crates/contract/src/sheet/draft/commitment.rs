//! `[[commitment]]`: what is charged at least.

use leasehold_types::{Currency, Date, Money};

use crate::lease::{Commitment, CommitmentCounts};
use crate::sheet::limits::{MONEY_RULES_MAX, MONTHS_MAX};
use crate::sheet::section::{At, Field, Section};
use crate::sheet::{codes, schema, value};

const COUNTS: &[(&str, CommitmentCounts)] =
    &[("usage", CommitmentCounts::Usage), ("everything", CommitmentCounts::Everything)];
/// Length of a period in months, where the sheet says nothing.
const EVERY_MONTHS_DEFAULT: u16 = 1;

/// A commitment, as written.
pub(in crate::sheet) struct CommitmentDraft {
    pub path: String,
    pub name: Field<String>,
    pub from: Field<Date>,
    pub until: Field<Date>,
    /// Whether an end is written, right or wrong.
    pub has_until: bool,
    pub amount: Field<Money>,
    /// What counts; use, where the sheet says nothing.
    pub counts: Field<CommitmentCounts>,
    every_months: u16,
}

/// Reads all commitments.
pub(in crate::sheet) fn read(
    root: &Section<'_>,
    currency: Field<Currency>,
) -> Vec<CommitmentDraft> {
    let commitments = root.tables(&schema::COMMITMENT, MONEY_RULES_MAX, |section| {
        Some(read_section(&section, currency))
    });
    commitments.into_iter().map(|commitment| commitment.value).collect()
}

fn read_section(section: &Section<'_>, currency: Field<Currency>) -> CommitmentDraft {
    let amount = section.need("amount", value::amount(currency));
    if let Some(nothing) = amount.filter(|amount| amount.value.is_zero()) {
        let message = format!("{} commits to nothing", section.name());
        let fault = codes::COMMITMENT_ZERO.at(nothing.span, message).label("zero");
        section.sink().report(fault.remedy("write what is charged at least, or remove it"));
    }
    let counts = section.may("counts", value::choice(COUNTS));
    let by_default = Some(At { value: CommitmentCounts::Usage, span: section.span });
    let months = section.may("every_months", value::whole(1..=MONTHS_MAX));
    CommitmentDraft {
        path: section.path.clone(),
        name: section.need("name", value::text),
        from: section.need("from", value::date),
        until: section.may("until", value::date),
        has_until: section.has("until"),
        amount,
        counts: if section.has("counts") { counts } else { by_default },
        every_months: months.map_or(EVERY_MONTHS_DEFAULT, |months| months.value),
    }
}

impl CommitmentDraft {
    pub(super) fn lower(&self) -> Option<Commitment> {
        Some(Commitment {
            name: self.name.clone()?.value,
            from: self.from?.value,
            until: self.until.map(|until| until.value),
            amount: self.amount?.value,
            every_months: self.every_months,
            counts: self.counts?.value,
        })
    }
}
