//! Deposits and prepayments within the term.

use leasehold_types::{Date, Money, days_between};

use crate::lease::DrawDown;
use crate::sheet::codes;
use crate::sheet::draft::{Draft, PrepaymentDraft};
use crate::sheet::section::Field;
use crate::sheet::sink::Sink;

use super::Bounds;

/// Fewest days of a month, to count billing periods on the high side.
const MONTH_MIN_DAYS: i64 = 28;

pub(super) fn check(draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    for deposit in &draft.deposits {
        before_end(deposit.due, bounds.end, &format!("`{}` is due", deposit.path), sink);
    }
    for prepayment in &draft.prepayments {
        let path = &prepayment.path;
        before_end(prepayment.due, bounds.end, &format!("`{path}` is due"), sink);
        let (due, draw) = (prepayment.due, prepayment.draw_from);
        if let (Some(due), Some(draw)) = (due, draw) {
            if draw.value > due.value {
                before_end(Some(draw), bounds.end, &format!("`{path}` is first drawn"), sink);
            }
            if draw.value < due.value {
                let fault = codes::DRAW_BEFORE_DUE
                    .at(draw.span, format!("`{path}` pays for days before it is due"))
                    .label("drawn from here")
                    .also(due.span, "due")
                    .remedy(format!("write {} or later", due.value));
                sink.report(fault);
            }
        }
        used_up(prepayment, draft, bounds, sink);
    }
}

fn before_end(date: Field<Date>, end: Option<Date>, what: &str, sink: &Sink<'_>) {
    let (Some(date), Some(end)) = (date, end) else { return };
    if date.value >= end {
        let fault = codes::PAYMENT_AFTER_END
            .at(date.span, format!("{what} after the lease has ended"))
            .label(format!("the lease ends as {end} begins"));
        sink.report(fault.remedy("write a day within the lease"));
    }
}

/// Whether the most that invoices can draw uses up the prepayment.
fn used_up(prepayment: &PrepaymentDraft, draft: &Draft, bounds: Bounds, sink: &Sink<'_>) {
    let (Some(draw), Some(from), Some(amount), Some(end)) =
        (&prepayment.draw_down, prepayment.draw_from, prepayment.amount, bounds.end)
    else {
        return;
    };
    let DrawDown::UpTo(most) = &draw.value else { return };
    let period = MONTH_MIN_DAYS * i64::from(draft.rules.billing.every_months);
    let invoices = days_between(from.value, end).max(0) / period + 2;
    let drawn = most.minor().checked_mul(i128::from(invoices));
    if drawn.is_some_and(|drawn| drawn < amount.value.minor()) {
        let drawn = Money::new(drawn.unwrap_or_default(), most.currency());
        let fault = codes::PREPAYMENT_OUTLASTS_TERM
            .at(draw.span, format!("`{}` is not used up by the end", prepayment.path))
            .label(format!("at most {drawn} of {}", amount.value))
            .also(amount.span, "prepaid");
        sink.report(fault.remedy("draw down more of each invoice, or prepay less"));
    }
}
