//! What could be recalled now.

use leasehold_types::{AcceleratorSeconds, Instant, Period, Units};

use crate::exact::day_of;
use crate::facts::Facts;
use crate::lease::{NoticeClass, Trigger};
use crate::recall::case::Case;
use crate::recall::history::rest_end;
use crate::recall::kept::by_calendar;
use crate::recall::{RecallHistory, RecallOffer};
use crate::{EvalError, Lease};

/// What could be recalled for `trigger` if notice were served at `now`, by tranche and class in
/// the order of the lease. `facts` say what is delivered and committed; its takings are not read.
///
/// An order for at most `most` units, released at `ready_at`, returned by `latest_return` and
/// within `left_this_year` is lawful. There is none for a drill, which takes no capacity.
///
/// # Errors
/// [`EvalError`] where the facts contradict the lease or a number does not fit.
pub fn offers(
    lease: &Lease,
    facts: &Facts,
    history: &RecallHistory,
    trigger: Trigger,
    now: Instant,
) -> Result<Vec<RecallOffer>, EvalError> {
    let Some(case) = Case::of(lease, facts, history, now)? else { return Ok(Vec::new()) };
    if trigger == Trigger::Drill || !case.caps_reached().is_empty() {
        return Ok(Vec::new());
    }
    let mut offers = Vec::new();
    for tranche in 0..lease.tranches.len() {
        for class in case.clause.classes.iter().filter(|class| case.allows(class, trigger)) {
            offers.extend(offer(&case, tranche, class)?);
        }
    }
    Ok(offers)
}

fn offer(
    case: &Case<'_>,
    tranche: usize,
    class: &NoticeClass,
) -> Result<Option<RecallOffer>, EvalError> {
    let span = case.span_of(tranche);
    let Ok(noticed) = case.now.checked_add(class.notice) else { return Ok(None) };
    let Some(ready_at) = case.earliest_release(noticed.max(span.start()), None) else {
        return Ok(None);
    };
    if ready_at >= span.end() {
        return Ok(None);
    }
    let latest_return = by_calendar(case, span, ready_at);
    let date = day_of(&case.lease.zone, ready_at);
    let most = most(case, tranche, class, Period::new(ready_at, latest_return));
    let left = case.seconds_left(date);
    if most == 0 || left == Some(0) {
        return Ok(None);
    }
    let (cost_per_unit_hour, undisclosed) = case.unit_hour(tranche, class, date)?;
    Ok(Some(RecallOffer {
        tranche: case.lease.tranches[tranche].id.clone(),
        class: class.name.clone(),
        most: Units(most),
        ready_at,
        latest_return: Some(latest_return).filter(|returns| *returns < span.end()),
        left_this_year: left.map(AcceleratorSeconds),
        cost_per_unit_hour,
        cost_disclosed: !undisclosed,
    }))
}

/// The most units that may be out throughout `out` and rest after it.
fn most(case: &Case<'_>, tranche: usize, class: &NoticeClass, out: Period) -> u64 {
    let held = Period::new(out.start(), rest_end(case.lease, out.end()));
    let free = case.recallable(tranche, out).saturating_sub(case.most_held(tranche, held));
    class
        .most_units
        .map_or(free, |most| free.min(most.0.saturating_sub(case.most_by_class(&class.name, out))))
}
