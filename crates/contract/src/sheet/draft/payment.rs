//! `[[deposit]]` and `[[prepayment]]`.

use leasehold_types::{Currency, Date, Money, Ratio};
use toml::de::DeValue;

use crate::lease::{Deposit, DrawDown, Prepayment};
use crate::sheet::limits::{DAYS_MAX, PAYMENTS_MAX};
use crate::sheet::section::{At, Field, Section};
use crate::sheet::{codes, schema, value};

const RETURNED_WITHIN_DAYS_DEFAULT: u16 = 30;
const IN_FULL: &[(&str, ())] = &[("in_full", ())];

/// A deposit, as written.
pub(in crate::sheet) struct DepositDraft {
    pub path: String,
    pub due: Field<Date>,
    amount: Field<Money>,
    returned_within_days: u16,
}

/// A prepayment, as written.
pub(in crate::sheet) struct PrepaymentDraft {
    pub path: String,
    pub amount: Field<Money>,
    pub due: Field<Date>,
    /// The first day whose fees it pays: the due date, where the sheet says nothing.
    pub draw_from: Field<Date>,
    pub draw_down: Field<DrawDown>,
}

/// Reads all deposits.
pub(in crate::sheet) fn read_deposits(
    root: &Section<'_>,
    currency: Field<Currency>,
) -> Vec<DepositDraft> {
    let deposits = root.tables(&schema::DEPOSIT, PAYMENTS_MAX, |section| {
        let days = section.may("returned_within_days", value::whole(0..=DAYS_MAX));
        Some(DepositDraft {
            amount: section.need("amount", value::amount(currency)),
            due: section.need("due", value::date),
            returned_within_days: days.map_or(RETURNED_WITHIN_DAYS_DEFAULT, |days| days.value),
            path: section.path,
        })
    });
    deposits.into_iter().map(|deposit| deposit.value).collect()
}

/// Reads all prepayments.
pub(in crate::sheet) fn read_prepayments(
    root: &Section<'_>,
    currency: Field<Currency>,
) -> Vec<PrepaymentDraft> {
    let prepayments = root.tables(&schema::PREPAYMENT, PAYMENTS_MAX, |section| {
        let due = section.need("due", value::date);
        let draw_from = section.may("draw_from", value::date);
        Some(PrepaymentDraft {
            amount: section.need("amount", value::amount(currency)),
            due,
            draw_from: if section.has("draw_from") { draw_from } else { due },
            draw_down: read_draw_down(&section, currency),
            path: section.path,
        })
    });
    prepayments.into_iter().map(|prepayment| prepayment.value).collect()
}

/// `"in_full"`, `{ share = … }` or `{ up_to = … }`; in full where the sheet says nothing.
fn read_draw_down(section: &Section<'_>, currency: Field<Currency>) -> Field<DrawDown> {
    if !section.has("draw_down") {
        return Some(At { value: DrawDown::InFull, span: section.span });
    }
    if !section.holds("draw_down", |value| matches!(value, DeValue::Table(_) | DeValue::Array(_))) {
        let word = section.may("draw_down", value::choice(IN_FULL));
        return word.map(|word| At { value: DrawDown::InFull, span: word.span });
    }
    section.table(&schema::DRAW_DOWN, |inner| {
        let only = inner.exactly_one(&["share", "up_to"]);
        let share: Field<Ratio> = inner.may("share", value::share(false));
        let up_to = inner.may("up_to", value::amount(currency));
        if let Some(nothing) = up_to.filter(|up_to| up_to.value.is_zero()) {
            let fault = codes::DRAW_DOWN_ZERO.at(nothing.span, "nothing is drawn down");
            let remedy = "write the most that each invoice draws";
            inner.sink().report(fault.label("zero").remedy(remedy));
            return None;
        }
        let share = share.map(|share| DrawDown::Share(share.value));
        share.or(up_to.map(|up_to| DrawDown::UpTo(up_to.value))).filter(|_| only)
    })
}

impl DepositDraft {
    pub(super) fn lower(&self) -> Option<Deposit> {
        Some(Deposit {
            amount: self.amount?.value,
            due: self.due?.value,
            returned_within_days: self.returned_within_days,
        })
    }
}

impl PrepaymentDraft {
    pub(super) fn lower(&self) -> Option<Prepayment> {
        Some(Prepayment {
            amount: self.amount?.value,
            due: self.due?.value,
            draw_from: self.draw_from?.value,
            draw_down: self.draw_down.clone()?.value,
        })
    }
}
