//! For how long units that are out may be kept.

use leasehold_types::{Date, Instant, Period, RecallId, Seconds, Units};

use crate::exact::{day_of, next_day};
use crate::facts::Facts;
use crate::recall::RecallHistory;
use crate::recall::calendar::next_blackout;
use crate::recall::case::Case;
use crate::{EvalError, Lease};

/// The latest lawful return of recall `id`, which `history` holds as current: by the longest
/// recall, before the next blackout, while the year's accelerator-hours last, and in any case as
/// its tranche ends. `None` where there is no such recall, tranche or clause.
///
/// # Errors
/// [`EvalError`] where the facts contradict the lease or a number does not fit.
pub fn latest_return(
    lease: &Lease,
    facts: &Facts,
    history: &RecallHistory,
    id: RecallId,
) -> Result<Option<Instant>, EvalError> {
    let Some(record) = history.current().iter().find(|r| r.id == id && !r.returned) else {
        return Ok(None);
    };
    let mut others = history.clone();
    others.withdraw(id);
    let tranche = lease.tranches.iter().position(|t| t.id == record.tranche);
    let case = Case::of(lease, facts, &others, record.release)?;
    Ok(tranche.zip(case).map(|(tranche, case)| {
        let span = case.span_of(tranche);
        let by_calendar = by_calendar(&case, span, record.release);
        by_hours(&case, record.units, record.release, by_calendar)
    }))
}

/// By the longest recall, before the next blackout, and as the tranche ends.
pub(crate) fn by_calendar(case: &Case<'_>, span: Period, release: Instant) -> Instant {
    let longest = case.limits().longest.map(|longest| release.saturating_add(longest));
    let blackout = next_blackout(case.lease, case.clause, release);
    longest.into_iter().chain(blackout).fold(span.end(), Instant::min)
}

/// While the accelerator-hours of each civil year last, at the latest `until`.
fn by_hours(case: &Case<'_>, units: Units, release: Instant, until: Instant) -> Instant {
    let mut date = day_of(&case.lease.zone, release);
    let mut from = release;
    while from < until {
        let Some(left) = case.seconds_left(date) else { return until };
        let seconds = left.checked_div(units.0.into()).unwrap_or(u128::MAX);
        let seconds = Seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
        let year_end: Date = next_day(date.last_of_year());
        let next = case.lease.start_of(year_end);
        let spent = from.saturating_add(seconds);
        if spent < next {
            return spent.min(until);
        }
        (date, from) = (year_end, next);
    }
    until
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;
    use crate::lease::Blackout;
    use crate::recall::RecallRecord;
    use crate::tests::build::{day, lease, recall_clause, tranche_id};

    /// The latest return of 40 units released on 2027-12-30.
    fn latest(change: impl FnOnce(&mut crate::lease::RecallClause)) -> String {
        let mut lease = lease("2027-01-01", "2028-06-01");
        let mut clause = recall_clause();
        change(&mut clause);
        lease.recall = Some(clause);
        let release = lease.start_of(day("2027-12-30"));
        let record = RecallRecord {
            id: RecallId(1),
            tranche: tranche_id("main"),
            class: "short".to_owned(),
            units: Units(40),
            served: lease.start_of(day("2027-12-29")),
            release,
            returns: lease.start_of(day("2028-03-01")),
            returned: false,
        };
        let mut history = RecallHistory::default();
        history.order(&lease, record);
        let facts = Facts::as_promised(&lease);
        let latest = latest_return(&lease, &facts, &history, RecallId(1)).unwrap().unwrap();
        assert_eq!(latest_return(&lease, &facts, &history, RecallId(2)).unwrap(), None);
        latest.to_string()
    }

    #[test]
    fn each_limit_binds_the_return() {
        assert_eq!(latest(|_| {}), "2028-06-01T00:00:00Z");
        assert_eq!(
            latest(|clause| clause.limits.longest = Some(Seconds::from_hours(36))),
            "2027-12-31T12:00:00Z"
        );
        let blackout = |from: &str, yearly| Blackout {
            from: day(from),
            until: day("2027-12-31").max(day(from).tomorrow().unwrap()),
            yearly,
            reason: "peak".to_owned(),
        };
        let on = |from: &'static str, yearly| {
            latest(move |clause| clause.blackouts = vec![blackout(from, yearly)])
        };
        assert_eq!(on("2028-02-10", false), "2028-02-10T00:00:00Z");
        assert_eq!(on("2027-12-31", true), "2027-12-31T00:00:00Z");
        // 40 units use 40 hours an hour: 1,000 hours last 25 hours, and 2,000 the rest of the
        // year; then those of 2028 last 50 hours from New Year on.
        let hours =
            |most| latest(move |clause| clause.limits.most_accelerator_hours_per_year = Some(most));
        assert_eq!(hours(1_000), "2027-12-31T01:00:00Z");
        assert_eq!(hours(2_000), "2028-01-03T02:00:00Z");
    }

    #[test]
    fn units_rest_until_the_next_civil_day_at_least() {
        let mut lease = lease("2027-01-01", "2028-06-01");
        lease.recall = Some(recall_clause());
        let at = |hour| lease.start_of(day("2027-03-01")).saturating_add(Seconds::from_hours(hour));
        let mut record = RecallRecord {
            id: RecallId(1),
            tranche: tranche_id("main"),
            class: "short".to_owned(),
            units: Units(40),
            served: at(1),
            release: at(5),
            returns: at(9),
            returned: false,
        };
        assert_eq!(record.rests_until(&lease), None);
        record.returned = true;
        assert_eq!(record.rests_until(&lease), Some(at(24)));
    }
}
