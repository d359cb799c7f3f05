//! What an order amounts to, and every rule that it breaks.

use leasehold_types::{Instant, Money, Period, Ratio, Seconds, Units};

use crate::facts::Facts;
use crate::lease::{Cut, NoticeClass, Trigger};
use crate::recall::case::Case;
use crate::recall::rules::{self, Planned};
use crate::recall::{Assessment, RecallHistory, RecallOrder, RecallRule, RecallTerms, Violation};
use crate::{EvalError, Lease};

/// What `order` amounts to if its notice is served at `now`, and every rule that it breaks. The
/// owner may order it nevertheless: the desk then books a breach with these violations.
///
/// # Errors
/// [`EvalError`] where the facts contradict the lease or a number does not fit.
pub fn assess(
    lease: &Lease,
    facts: &Facts,
    history: &RecallHistory,
    order: &RecallOrder,
    now: Instant,
) -> Result<Assessment, EvalError> {
    let Some(case) = Case::of(lease, facts, history, now)? else {
        let message = format!(
            "lease `{}` has no recall clause: its units are firm; agree on an amendment first",
            lease.id
        );
        return Ok(refused(RecallRule::NoClause, message));
    };
    let Some(tranche) = lease.tranches.iter().position(|t| t.id == order.tranche) else {
        let names: Vec<&str> = lease.tranches.iter().map(|t| t.id.as_str()).collect();
        let (id, names) = (&order.tranche, names.join(", "));
        let message = format!("the lease has no tranche `{id}`; it has {names}");
        return Ok(refused(RecallRule::Tranche, message));
    };
    let Some(class) = case.clause.classes.iter().find(|c| c.name == order.class) else {
        let names: Vec<&str> = case.clause.classes.iter().map(|c| c.name.as_str()).collect();
        let (name, names) = (&order.class, names.join(", "));
        let message = format!("the recall clause has no class `{name}`; it has {names}");
        return Ok(refused(RecallRule::Class, message));
    };
    let planned = planned(&case, tranche, class, order);
    let violations = rules::broken(&case, &planned);
    Ok(Assessment { terms: terms(&case, &planned)?, violations })
}

fn refused(clause: RecallRule, message: String) -> Assessment {
    let violation = Violation { clause, message, earliest: None, most: None };
    Assessment { terms: None, violations: vec![violation] }
}

/// The order with its instants: as soon as its notice allows where it names none, and out no
/// longer than its tranche lasts.
fn planned<'o>(
    case: &Case<'_>,
    tranche: usize,
    class: &'o NoticeClass,
    order: &'o RecallOrder,
) -> Planned<'o> {
    let noticed = case.now.saturating_add(class.notice);
    let release = order.release_at.unwrap_or(noticed);
    let returns = order.expected_return.min(case.span_of(tranche).end()).max(release);
    Planned { order, class, tranche, out: Period::new(release, returns), noticed }
}

/// The terms; none where the tenant does not have that many units throughout.
fn terms(case: &Case<'_>, planned: &Planned<'_>) -> Result<Option<RecallTerms>, EvalError> {
    let (order, clause, out) = (planned.order, case.clause, planned.out);
    let deadline = out.start();
    let cut_at = match clause.drain.cut {
        Cut::AtDeadline => deadline,
        Cut::After(more) => deadline.saturating_add(more),
    };
    let drill = order.trigger == Trigger::Drill;
    let Some((abatement, compensation)) = (if drill {
        Some((Ratio::ZERO, Ratio::ZERO))
    } else {
        case.evaluation.recall_cost(planned.tranche, order.units, planned.class.multiplier, out)?
    }) else {
        return Ok(None);
    };
    let amount = |minor| Money::from_exact(minor, case.lease.currency, case.lease.rules.rounding);
    Ok(Some(RecallTerms {
        served: case.now,
        drain_from: before(deadline, clause.drain.length).max(case.now).min(deadline),
        release_at: deadline,
        cut_at,
        return_by: out.end(),
        offer_back_within: clause.offer_back_within,
        acknowledge_by: case.now.saturating_add(clause.acknowledge_within),
        drill,
        units: if drill { Units::ZERO } else { order.units },
        abatement: amount(abatement),
        compensation: amount(compensation),
    }))
}

fn before(instant: Instant, span: Seconds) -> Instant {
    instant.saturating_add(Seconds(span.0.saturating_neg()))
}
