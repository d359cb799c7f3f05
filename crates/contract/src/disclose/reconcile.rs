//! How the headline value becomes the RPO, line by line.

use leasehold_types::{BadAmount, Money};

use super::lines::Amounts;
use super::{ReconciliationLine, ReconciliationStep as Step};
use crate::exact::previous_day;
use crate::term::{EndsBecause, Enforceable};

/// The lines from the headline value over the non-cancellable value to the RPO. Those that are
/// nothing are left out, sums never.
pub(super) fn lines(
    amounts: &Amounts,
    enforceable: &Enforceable,
) -> Result<Vec<ReconciliationLine>, BadAmount> {
    let zero = Money::zero(amounts.headline.currency());
    let less = |amount: Money| zero.checked_sub(amount);
    let mut lines = Vec::new();
    let mut sum = amounts.headline;
    total(&mut lines, Step::HeadlineValue, "headline value: fees to the stated end", sum);
    let label = after_term(enforceable);
    sum = add(&mut lines, sum, Step::AfterTerm, &label, less(amounts.after_term)?)?;
    let label = "fees of recallable units that the owner could take for good";
    sum = add(&mut lines, sum, Step::Recallable, label, less(amounts.recallable)?)?;
    let label = "non-cancellable value: fees to the end of the enforceable term";
    total(&mut lines, Step::NonCancellableValue, label, sum);
    let label = if amounts.timing.is_negative() {
        "recognised before it is delivered"
    } else {
        "delivered but recognised later"
    };
    sum = add(&mut lines, sum, Step::Timing, label, amounts.timing)?;
    for used in &amounts.expedients {
        let label = format!("left out: {}", used.expedient);
        let step = Step::Expedient(used.expedient);
        sum = add(&mut lines, sum, step, &label, less(used.left_out)?)?;
    }
    total(&mut lines, Step::Rpo, "remaining performance obligations", sum);
    Ok(lines)
}

fn after_term(enforceable: &Enforceable) -> String {
    let (from, until) = (enforceable.term_end, enforceable.stated_end);
    let why = match enforceable.because {
        EndsBecause::StatedEnd => "it ends before its stated end".to_owned(),
        because => because.to_string(),
    };
    format!("fees from {from} through {}: {why}", previous_day(until))
}

fn total(lines: &mut Vec<ReconciliationLine>, step: Step, label: &str, amount: Money) {
    lines.push(ReconciliationLine { step, label: label.to_owned(), amount, is_sum: true });
}

fn add(
    lines: &mut Vec<ReconciliationLine>,
    sum: Money,
    step: Step,
    label: &str,
    amount: Money,
) -> Result<Money, BadAmount> {
    if !amount.is_zero() {
        lines.push(ReconciliationLine { step, label: label.to_owned(), amount, is_sum: false });
    }
    sum.checked_add(amount)
}
