//! What it costs to recall units.

use leasehold_types::{Date, Instant, Money, Seconds};

use super::{CostNature, Quote, end_of_day};
use crate::exact::grouped;
use crate::facts::{TakenUnits, Taking};
use crate::lease::Side;
use crate::recall::{RecallHistory, RecallOrder, RecallTerms, assess};
use crate::schedule::{LineKind, Schedule};
use crate::{EvalError, Facts, Lease, Problem};

/// What it costs to carry out `order` with its notice served at `now`: what the schedule loses by
/// it, caps and stop-loss included. Where the order breaks a rule, the quote shows what it would
/// cost nevertheless; what a breach costs besides is not in it.
///
/// # Errors
/// [`EvalError`] where the facts contradict the lease or a number does not fit.
pub fn recall(
    lease: &Lease,
    facts: &Facts,
    history: &RecallHistory,
    order: &RecallOrder,
    now: Instant,
) -> Result<Quote, EvalError> {
    let units = grouped(order.units.0.into());
    let step =
        format!("the owner recalls {units} units of `{}`, lease `{}`", order.tranche, lease.id);
    let assessment = assess(lease, facts, history, order, now)?;
    let mut quote = Quote::new(step, now, expiry(lease, order, now));
    quote.objections = assessment.violations.iter().map(|v| v.message.clone()).collect();
    quote.violations = assessment.violations;
    if let Some(terms) = assessment.terms.filter(|terms| !terms.drill) {
        price(lease, facts, order, &terms, &mut quote)?;
    }
    Ok(quote)
}

/// The notice counts on the civil day on which it is served, and must still be long enough.
fn expiry(lease: &Lease, order: &RecallOrder, now: Instant) -> Instant {
    let classes = lease.recall.iter().flat_map(|clause| &clause.classes);
    let notice = classes.filter(|class| class.name == order.class).map(|class| class.notice).next();
    let last = order
        .release_at
        .zip(notice)
        .map(|(release, notice)| release.saturating_add(Seconds(1_i64.saturating_sub(notice.0))));
    last.map_or(Instant::MAX, |last| last).min(end_of_day(lease, now))
}

fn price(
    lease: &Lease,
    facts: &Facts,
    order: &RecallOrder,
    terms: &RecallTerms,
    quote: &mut Quote,
) -> Result<(), EvalError> {
    let mut with = facts.clone();
    with.takings.push(Taking {
        tranche: order.tranche.clone(),
        period: leasehold_types::Period::new(terms.release_at, terms.return_by),
        units: TakenUnits::Counted(order.units),
        class: order.class.clone(),
        within_clause: quote.violations.is_empty(),
    });
    let with = match lease.evaluate(&with) {
        Err(EvalError { problem: problem @ Problem::TakenTooMany { .. }, .. }) => {
            quote.objections.push(problem.to_string());
            return Ok(());
        }
        other => other?,
    };
    let after = with.schedule(Date::MIN, Date::MAX)?;
    let before = lease.schedule(facts, Date::MIN, Date::MAX)?;
    for (kind, label) in [
        (LineKind::RecallAbatement, "fee that abates while the units are out"),
        (LineKind::RecallCompensation, "compensation for the units that are out"),
    ] {
        let more = || -> Result<Money, Problem> {
            Ok(sum_of(&before, kind)?.checked_sub(sum_of(&after, kind)?)?)
        };
        let more = with.ok("recall, cost", more())?;
        let disclosed = after.periods.iter().flat_map(|p| &p.lines).all(|l| l.disclosed);
        let besides = if disclosed { "" } else { ", besides what is not disclosed" };
        quote.push(Side::Owner, CostNature::Paid, more, format!("{label}{besides}"));
    }
    Ok(())
}

fn sum_of(schedule: &Schedule, kind: LineKind) -> Result<Money, Problem> {
    let lines = schedule.periods.iter().flat_map(|period| &period.lines);
    let of_kind = lines.filter(|line| line.kind == kind);
    Ok(Money::sum(schedule.currency, of_kind.map(|line| line.amount))?)
}
