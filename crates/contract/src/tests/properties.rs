//! Properties of schedule, accrual and entitlement over random leases, against the slow reference.

use leasehold_types::{Date, Instant, Money, Period, Ratio, Seconds, Units};
use proptest::prelude::*;

use super::build::{day, lease, zone};
use super::generate::plans;
use super::reference::{self, sum};

use crate::facts::{Delivery, Facts};
use crate::lease::Lease;
use crate::schedule::{LineKind, next_bill};

fn is_due(kind: LineKind) -> bool {
    matches!(kind, LineKind::Fee | LineKind::CommitmentReduction | LineKind::UndeliveredReduction)
}

/// Cases of each property. Each failure prints the plan that it shrank to, and is replayed from
/// the seed that it leaves behind.
const CASES: u32 = 2_000;
/// Cases where the reference walks by the minute.
const CASES_BY_THE_MINUTE: u32 = 1_000;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, ..ProptestConfig::default() }
}

/// A date of the lease and around it.
fn date_near(lease: &Lease, thousandths: u16) -> Date {
    let all = reference::days(lease.tranches[0].delivery, lease.term.end);
    let at = all.len() * usize::from(thousandths) / 1000;
    all.get(at).copied().unwrap_or(lease.term.end)
}

fn instant_near(lease: &Lease, thousandths: u16, seconds: u32) -> Instant {
    let start = lease.start_of(date_near(lease, thousandths));
    start.saturating_add(Seconds(i64::from(seconds)))
}

proptest! {
    #![proptest_config(config(CASES))]

    #[test]
    fn each_day_costs_what_the_reference_says(plan in plans(130, 0)) {
        let (lease, facts) = plan.build();
        let evaluation = lease.evaluate(&facts).unwrap();
        let first = lease.fees.iter().map(|f| f.from).chain(lease.tranches.iter().map(|t| t.delivery));
        let first = first.min().unwrap().yesterday().unwrap();
        let mut due = Ratio::ZERO;
        let mut late = Ratio::ZERO;
        for date in reference::days(first, reference::next(lease.term.end)) {
            let cost = reference::day_cost(&lease, &facts, date);
            prop_assert_eq!(evaluation.day_fee(date).unwrap(), cost.due, "{}", date);
            due = sum([due, cost.due]);
            late = sum([late, cost.late]);
        }
        prop_assert_eq!(evaluation.fee_due(Date::MIN, Date::MAX).unwrap(), due);
        let schedule = evaluation.schedule(Date::MIN, Date::MAX).unwrap();
        let lines: Vec<_> = schedule.periods.iter().flat_map(|p| &p.lines).collect();
        let of = |wanted: fn(LineKind) -> bool| {
            sum(lines.iter().filter(|l| wanted(l.kind)).map(|l| l.exact))
        };
        prop_assert_eq!(of(is_due), due);
        let discount = of(|kind| kind == LineKind::LateDiscount);
        prop_assert_eq!(Ratio::ZERO.checked_sub(discount).unwrap(), late);
    }

    #[test]
    fn lines_are_rounded_once_and_add_up(plan in plans(400, 6)) {
        let (lease, facts) = plan.build();
        let schedule = lease.schedule(&facts, Date::MIN, Date::MAX).unwrap();
        let mut all = Money::zero(lease.currency);
        let mut last: Option<Date> = None;
        for period in &schedule.periods {
            prop_assert!(period.from < period.until);
            prop_assert!(last.is_none_or(|until| until == period.from), "periods are adjacent");
            last = Some(period.until);
            let mut total = 0;
            for line in &period.lines {
                prop_assert_eq!(line.amount.minor(), line.exact.round(lease.rules.rounding));
                prop_assert_eq!(line.disclosed || line.kind != LineKind::Fee, true);
                total += line.amount.minor();
            }
            prop_assert_eq!(period.total.minor(), total);
            all = all.checked_add(period.total).unwrap();
        }
        prop_assert_eq!(schedule.total, all);
    }

    #[test]
    fn cutting_a_schedule_loses_nothing(plan in plans(300, 6), cut in 0..1000_u16) {
        let (lease, facts) = plan.build();
        let evaluation = lease.evaluate(&facts).unwrap();
        let cut = date_near(&lease, cut);
        let exact = |from, until| {
            let schedule = evaluation.schedule(from, until).unwrap();
            sum(schedule.periods.iter().flat_map(|p| &p.lines).map(|l| l.exact))
        };
        let (before, after) = (exact(Date::MIN, cut), exact(cut, Date::MAX));
        prop_assert_eq!(sum([before, after]), exact(Date::MIN, Date::MAX));
    }

    #[test]
    fn cumulative_bills_telescope(
        plan in plans(200, 4),
        mut cuts in prop::collection::vec(0..1000_u16, 0..6),
    ) {
        let (lease, facts) = plan.build();
        let evaluation = lease.evaluate(&facts).unwrap();
        cuts.sort_unstable();
        let dates = cuts.iter().map(|cut| date_near(&lease, *cut)).chain([Date::MAX]);
        let mut billed = Money::zero(lease.currency);
        for date in dates {
            let to_date = evaluation.fee_due(Date::MIN, date).unwrap();
            let bill = next_bill(to_date, billed, lease.rules.rounding).unwrap();
            billed = billed.checked_add(bill).unwrap();
        }
        let whole = evaluation.fee_due(Date::MIN, Date::MAX).unwrap();
        prop_assert_eq!(billed.minor(), whole.round(lease.rules.rounding));
    }

    #[test]
    fn revenue_of_adjacent_spans_adds_up(
        plan in plans(200, 6),
        mut at in prop::collection::vec((0..1100_u16, 0..90_000_u32), 2..6),
    ) {
        let (lease, facts) = plan.build();
        let evaluation = lease.evaluate(&facts).unwrap();
        at.sort_unstable();
        let mut instants: Vec<Instant> =
            at.iter().map(|(day, second)| instant_near(&lease, *day, *second)).collect();
        instants.sort();
        let spans = instants.windows(2).map(|w| evaluation.accrued(w[0], w[1]).unwrap());
        let (first, last) = (instants[0], instants[instants.len() - 1]);
        prop_assert_eq!(sum(spans), evaluation.accrued(first, last).unwrap());
    }

    #[test]
    fn all_revenue_is_what_the_schedule_comes_to(plan in plans(300, 6)) {
        let (lease, facts) = plan.build();
        let evaluation = lease.evaluate(&facts).unwrap();
        let schedule = evaluation.schedule(Date::MIN, Date::MAX).unwrap();
        let lines = sum(schedule.periods.iter().flat_map(|p| &p.lines).map(|l| l.exact));
        prop_assert_eq!(evaluation.accrued(Instant::MIN, Instant::MAX).unwrap(), lines);
    }

    #[test]
    fn the_order_of_facts_does_not_matter(plan in plans(200, 8), turn in 0..8_usize) {
        let (lease, facts) = plan.build();
        let mut turned = facts.clone();
        if !turned.takings.is_empty() {
            let by = turn % turned.takings.len();
            turned.takings.rotate_left(by);
            turned.takings.swap(0, by);
        }
        turned.takings.reverse();
        turned.deliveries.reverse();
        let (one, other) = (lease.evaluate(&facts).unwrap(), lease.evaluate(&turned).unwrap());
        prop_assert_eq!(&one.pieces, &other.pieces);
        prop_assert_eq!(
            one.schedule(Date::MIN, Date::MAX).unwrap(),
            other.schedule(Date::MIN, Date::MAX).unwrap()
        );
    }

    #[test]
    fn a_taking_twice_counts_once(plan in plans(200, 8)) {
        let (lease, mut facts) = plan.build();
        let numbered = |t: &crate::facts::Taking| {
            matches!(t.units, crate::facts::TakenUnits::Numbered(_))
        };
        let again: Vec<_> = facts.takings.iter().filter(|t| numbered(t)).cloned().collect();
        let once = lease.schedule(&facts, Date::MIN, Date::MAX).unwrap();
        facts.takings.extend(again);
        prop_assert_eq!(lease.schedule(&facts, Date::MIN, Date::MAX).unwrap(), once);
    }

    #[test]
    fn entitlement_is_what_the_reference_says(
        plan in plans(120, 8),
        at in prop::collection::vec((0..1100_u16, 0..1_440_u32), 1..20),
    ) {
        let (lease, facts) = plan.build();
        let evaluation = lease.evaluate(&facts).unwrap();
        for (day, minute) in at {
            let at = instant_near(&lease, day, minute * 60);
            let date = reference::civil_day(&lease, at);
            for (i, tranche) in lease.tranches.iter().enumerate() {
                let (_, committed, delivered) = reference::units(&lease, &facts, i, date);
                let out: u64 = reference::out_at(&lease, &facts, i, at).values().sum();
                let found = evaluation.entitlement(&tranche.id, at).unwrap();
                prop_assert_eq!(found.committed.0, committed);
                prop_assert_eq!(found.undelivered.0, committed - delivered);
                prop_assert_eq!(found.recalled.0, out);
                prop_assert_eq!(found.entitled.0, delivered - out);
            }
        }
    }

    #[test]
    fn between_changes_nothing_changes(plan in plans(120, 0), span in (0..1000_u16, 0..1100_u16)) {
        let (lease, facts) = plan.build();
        let span = Period::new(
            instant_near(&lease, span.0, 0),
            instant_near(&lease, span.1, 3_600),
        );
        let changes = lease.commitment_changes(&facts, span).unwrap();
        let mut date = reference::civil_day(&lease, span.start());
        while lease.start_of(date) < span.end() && !span.is_empty() {
            let at = lease.start_of(date).max(span.start());
            if reference::civil_day(&lease, at) != date {
                // The zone skips this day: the next one begins at the same instant.
                date = reference::next(date);
                continue;
            }
            for (i, tranche) in lease.tranches.iter().enumerate() {
                let last = changes.iter().rfind(|c| c.tranche == tranche.id && c.at <= at).unwrap();
                let (_, committed, delivered) = reference::units(&lease, &facts, i, date);
                prop_assert_eq!((last.committed.0, last.delivered.0), (committed, delivered));
                let firm = tranche.firm().0;
                let recallable = delivered.saturating_sub(firm).min(tranche.recallable.0);
                prop_assert_eq!(last.recallable.0, recallable);
            }
            date = reference::next(date);
        }
    }
}

proptest! {
    #![proptest_config(config(CASES_BY_THE_MINUTE))]

    #[test]
    fn recalls_cost_what_the_reference_says(plan in plans(40, 6)) {
        let (lease, facts) = plan.build();
        let wanted = reference::credits(&lease, &facts);
        let evaluation = lease.evaluate(&facts).unwrap();
        let schedule = evaluation.schedule(Date::MIN, Date::MAX).unwrap();
        let of = |kind| {
            let lines = schedule.periods.iter().flat_map(|p| &p.lines);
            let lines = lines.filter(|l| l.kind == kind).map(|l| l.exact);
            Ratio::ZERO.checked_sub(sum(lines)).unwrap()
        };
        prop_assert_eq!(of(LineKind::RecallAbatement), sum(wanted.abatement.values().copied()));
        let compensation = sum(wanted.compensation.values().copied());
        prop_assert_eq!(of(LineKind::RecallCompensation), compensation);
    }
}

/// Samoa had no 30 December 2011; what is dated so happens as the next day begins.
#[test]
fn what_a_zone_skips_happens_as_the_next_day_begins() {
    let mut lease = lease("2011-12-01", "2012-02-01");
    lease.zone = zone("Pacific/Apia");
    let tranche = lease.tranches[0].id.clone();
    let delivered =
        |on, units| Delivery { tranche: tranche.clone(), on: day(on), units: Units(units) };
    let facts = Facts {
        deliveries: vec![delivered("2011-12-10", 40), delivered("2011-12-30", 60)],
        ..Facts::default()
    };
    let (from, until) = (lease.start_of(day("2011-12-01")), lease.start_of(day("2012-02-01")));
    let changes = lease.commitment_changes(&facts, Period::new(from, until)).unwrap();
    let found: Vec<_> = changes.iter().map(|c| (c.at, c.delivered.0)).collect();
    let at = |date| lease.start_of(day(date));
    assert_eq!(found, [(from, 0), (at("2011-12-10"), 40), (at("2011-12-31"), 100)]);
}
