//! The disclosures as a page of tables, in sections.

use std::fmt::Write as _;

use leasehold_books::disclose::{Disclosures, InCurrency, LeftOut, UndisclosedFee};
use leasehold_types::{Date, Money};

use crate::terminal::{Look, wrap};

use super::{ahead, basis, behind, exposure};

/// Most leases that a text shows one by one; beyond, the sums and the JSON.
pub(super) const LEASES_MAX: usize = 40;
/// Quarters that a text shows side by side.
pub(super) const QUARTERS_SHOWN: usize = 4;

/// A page that grows.
pub(super) struct Page {
    pub(super) look: Look,
    text: String,
}

/// Everything, for people.
pub(super) fn in_words(look: Look, found: &Disclosures) -> String {
    let mut page = Page { look, text: String::new() };
    page.line(&look.bold(&format!("Disclosures at the close of {}", found.at)));
    if found.is_anonymous {
        page.say(
            "Tenants are lettered by their share of revenue, the largest first, and by the SHA-256 \
             of their ids where that is equal; leases by their tenant.",
        );
    }
    page.say(&found.advice);
    for currency in &found.currencies {
        in_currency(&mut page, found, currency);
    }
    basis::sections(&mut page, found);
    page.text
}

fn in_currency(page: &mut Page, found: &Disclosures, all: &InCurrency) {
    if found.currencies.len() > 1 {
        page.heading(&format!("In {}", all.currency));
    }
    ahead::sections(page, found, all);
    behind::sections(page, found, all);
    exposure::sections(page, all);
}

impl Page {
    /// A heading, with an empty line before it.
    pub(super) fn heading(&mut self, text: &str) {
        let text = self.look.bold(text);
        let _ = write!(self.text, "\n{text}\n");
    }

    /// A line as it is.
    pub(super) fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{text}");
    }

    /// A paragraph.
    pub(super) fn say(&mut self, text: &str) {
        self.text += &wrap("", text, self.look.columns);
    }

    /// An item of a list.
    pub(super) fn item(&mut self, text: &str) {
        self.text += &wrap("- ", text, self.look.columns);
    }

    /// A table with an empty line before it.
    pub(super) fn table(&mut self, table: &str) {
        let _ = write!(self.text, "\n{table}");
    }

    /// What the sums above leave out.
    pub(super) fn undisclosed(&mut self, fees: &[UndisclosedFee]) {
        for fee in fees {
            let phase = fee.phase.as_ref().map_or(String::new(), |phase| format!(", `{phase}`"));
            self.item(&format!(
                "In no sum above, for it is not disclosed: the fee of {}{phase}, from {} through {}.",
                fee.lease,
                fee.from,
                last_day(fee.until)
            ));
        }
    }

    /// Which leases are in no sum above.
    pub(super) fn left_out(&mut self, left: &[LeftOut]) {
        for left in left {
            let why = left.because.as_ref().map_or(String::new(), |why| format!(": {why}"));
            self.item(&format!("In no sum above: {} of {}{why}.", left.lease, left.tenant));
        }
    }
}

/// Marks a name about which a sum leaves something out.
pub(super) fn marked(name: impl ToString, is_undisclosed: bool) -> String {
    let mark = if is_undisclosed { " *" } else { "" };
    format!("{}{mark}", name.to_string())
}

/// "a", "a and b", "a, b and c".
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// An amount without its currency.
pub(super) fn figure(amount: Money) -> String {
    let text = amount.to_string();
    text.split_once(' ').map_or(text.clone(), |(_, figure)| figure.to_owned())
}

/// The last day before `until`.
pub(super) fn last_day(until: Date) -> Date {
    until.yesterday().unwrap_or(until)
}
