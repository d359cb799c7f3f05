//! Judgements that people made, and with which tables all this was computed.

use leasehold_types::{CURRENCY_TABLE, TZDB_VERSION};

use crate::explain::Section;
use crate::lease::Lease;

pub(in crate::explain) fn section(lease: &Lease) -> Section {
    let accounting = &lease.accounting;
    let mut section = Section::new("Accounting judgements");
    section.text(format!(
        "People judged it {}; revenue is recognised {} ({}).",
        accounting.standard, accounting.recognition, accounting.judgement
    ));
    let shortens = if accounting.owner_exit_shortens { "shortens" } else { "does not shorten" };
    section.text(format!("An exit that only the owner has {shortens} the enforceable term."));
    section.text("All this is arithmetic on stated judgements, not accounting advice.");
    section.text(format!(
        "Computed with the time-zone tables {TZDB_VERSION} and the currency table {CURRENCY_TABLE}."
    ));
    section.assumed(lease, &["accounting"])
}
