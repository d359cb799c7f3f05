//! Recalls: the words of each rule, and random histories against a checker that walks by the
//! quarter of an hour.

use std::collections::BTreeSet;

use leasehold_types::{Date, Instant, Period, RecallId, Seconds, Units, months_boundary};
use proptest::prelude::*;

use super::build::*;
use super::generate::ZONES;
use super::reference::civil_day;
use crate::exact::{add_days, next_day};
use crate::facts::Facts;
use crate::lease::*;
use crate::recall::{
    Assessment, RecallHistory, RecallOrder, RecallRecord, RecallRule, assess, elections, offers,
};

const CASES: u32 = 1_000;
const QUARTER: Seconds = Seconds::from_minutes(15);

/// A recall that was ordered, as the checker keeps it.
#[derive(Debug, Clone)]
struct Known {
    record: RecallRecord,
    withdrawn: bool,
}

/// What happens in a random history.
#[derive(Debug, Clone)]
struct Step {
    /// Quarters of an hour since the last step.
    after: u32,
    tranche: usize,
    class: usize,
    units: u64,
    /// Quarters from now to the release; as soon as possible where absent.
    release: Option<u32>,
    /// Quarters out.
    length: u32,
    trigger: usize,
    /// What becomes of an earlier recall: 0 nothing, 1 it comes back now, 2 it is withdrawn.
    other: u8,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        (0..600_u32, 0..2_usize, 0..2_usize, 1..30_u64),
        (prop::option::of(0..400_u32), 1..900_u32, 0..3_usize, 0..6_u8),
    )
        .prop_map(|((after, tranche, class, units), (release, length, trigger, other))| Step {
            after,
            tranche,
            class,
            units,
            release,
            length,
            trigger,
            other,
        });
    prop::collection::vec(step, 1..40)
}

fn clauses() -> impl Strategy<Value = RecallClause> {
    let some = |most: u32| prop::option::weighted(0.5, 1..most);
    let limits = (
        some(4),
        some(8),
        some(20),
        (some(500), some(200), some(40), 0..200_u32),
        prop::option::weighted(0.3, 100..40_000_u64),
    );
    let blackouts = prop::collection::vec((0..300_i64, 1..20_i64, any::<bool>()), 0..3);
    let most_units = prop::option::of(1..40_u64);
    (limits, blackouts, most_units, any::<bool>()).prop_map(
        |(
            (per_day, per_month, per_year, (longest, gap, first, rest), hours),
            closed,
            most,
            only,
        )| {
            let quarters = |n: u32| Seconds(i64::from(n) * QUARTER.0);
            let mut clause = recall_clause();
            clause.limits = RecallLimits {
                most_events_per_day: per_day,
                most_events_per_month: per_month,
                most_events_per_year: per_year,
                longest: longest.map(quarters),
                least_gap: gap.map(quarters),
                first_not_before: first
                    .map(|days| add_days(day("2011-01-01"), days.into()).unwrap()),
                rest_after_return: quarters(rest),
                most_accelerator_hours_per_year: hours,
            };
            clause.blackouts = closed
                .into_iter()
                .map(|(from, length, yearly)| {
                    let from = add_days(day("2010-12-20"), from).unwrap();
                    let until = add_days(from, length).unwrap();
                    Blackout { from, until, yearly, reason: "peak".to_owned() }
                })
                .collect();
            clause.classes[1].most_units = most.map(Units);
            if only {
                clause.classes[1].triggers = vec![Trigger::GridCurtailment];
            }
            clause
        },
    )
}

fn scene() -> impl Strategy<Value = (Lease, Vec<Step>)> {
    (0..ZONES.len(), clauses(), steps()).prop_map(|(at, clause, steps)| {
        let mut lease = lease("2011-01-01", "2012-03-01");
        lease.zone = zone(ZONES[at]);
        lease.tranches = vec![
            tranche("a", 40, "2011-01-01", "2012-03-01"),
            tranche("b", 30, "2011-01-15", "2011-06-01"),
        ];
        lease.tranches[0].recallable = Units(25);
        lease.recall = Some(clause);
        (lease, steps)
    })
}

/// The rules that an order breaks, by walking over everything.
fn reference(
    lease: &Lease,
    known: &[Known],
    order: &RecallOrder,
    now: Instant,
) -> BTreeSet<RecallRule> {
    let clause = lease.recall.as_ref().unwrap();
    let (limits, mut broken) = (&clause.limits, BTreeSet::new());
    let mut check = |rule, holds: bool| {
        if !holds {
            broken.insert(rule);
        }
    };
    let class = clause.classes.iter().find(|c| c.name == order.class).unwrap();
    let tranche = lease.tranches.iter().find(|t| t.id == order.tranche).unwrap();
    let release = order.release_at.unwrap_or(now.saturating_add(class.notice));
    let ends = lease.start_of(tranche.until);
    let returns = order.expected_return.min(ends).max(release);
    let allowed = class.triggers.is_empty() || class.triggers.contains(&order.trigger);
    check(RecallRule::Triggers, clause.triggers.contains(&order.trigger) && allowed);
    check(RecallRule::Notice, release.since(now) >= class.notice);
    check(RecallRule::Order, order.expected_return > release);
    let in_days = release >= lease.start_of(tranche.delivery) && release < ends;
    check(RecallRule::Tranche, in_days);
    let first = limits.first_not_before.map_or(Instant::MIN, |date| lease.start_of(date));
    check(RecallRule::FirstNotBefore, release >= first);

    let today = civil_day(lease, now);
    let ordered = |same: fn(Date, Date) -> bool| {
        let days = known.iter().map(|k| civil_day(lease, k.record.served));
        u32::try_from(days.filter(|date| same(*date, today)).count()).unwrap()
    };
    let below = |most: Option<u32>, n: u32| most.is_none_or(|most| n < most);
    check(RecallRule::MostEventsPerDay, below(limits.most_events_per_day, ordered(|a, b| a == b)));
    let same_month = |a: Date, b: Date| a.first_of_month() == b.first_of_month();
    check(RecallRule::MostEventsPerMonth, below(limits.most_events_per_month, ordered(same_month)));
    let same_year = |a: Date, b: Date| a.year() == b.year();
    check(RecallRule::MostEventsPerYear, below(limits.most_events_per_year, ordered(same_year)));

    let longest = limits.longest.unwrap_or(Seconds(i64::MAX));
    check(RecallRule::Longest, returns.since(release) <= longest);
    let gap = limits.least_gap.unwrap_or(Seconds::ZERO);
    let standing = || known.iter().filter(|k| !k.withdrawn).map(|k| &k.record);
    let apart = |r: &RecallRecord| {
        let between = r.release.since(release).0.abs();
        between == 0 || between >= gap.0
    };
    check(RecallRule::LeastGap, standing().all(apart));
    check(RecallRule::Blackout, !in_blackout(lease, Period::new(release, returns)));

    let out = |r: &RecallRecord| Period::new(r.release, r.returns);
    let held = |r: &RecallRecord| Period::new(r.release, rested(lease, r.returns));
    let most = |until: Instant, of: &dyn Fn(&RecallRecord) -> Option<Period>| {
        let spans: Vec<(Period, u64)> =
            standing().filter_map(|r| Some((of(r)?, r.units.0))).collect();
        let mut most = 0;
        let mut t = release;
        while t < until {
            let units = spans.iter().filter(|(span, _)| span.contains(t)).map(|(_, units)| units);
            most = most.max(units.sum());
            t = t.saturating_add(QUARTER);
        }
        most
    };
    let by_class = most(returns, &|r| (r.class == order.class).then(|| out(r)));
    let limit = class.most_units.map_or(u64::MAX, |most| most.0);
    check(RecallRule::MostUnits, order.units.0 + by_class <= limit);
    if in_days {
        let of_it = |r: &RecallRecord| r.tranche == order.tranche;
        let is_out = most(returns, &|r| of_it(r).then(|| out(r)));
        let is_held = most(rested(lease, returns), &|r| of_it(r).then(|| held(r)));
        let recallable = tranche.recallable.0;
        if order.units.0 + is_out > recallable {
            check(RecallRule::Recallable, false);
        } else {
            check(RecallRule::RestAfterReturn, order.units.0 + is_held <= recallable);
        }
    }
    if let Some(cap) = limits.most_accelerator_hours_per_year {
        for year in [2011, 2012] {
            let of = |from: Instant, until: Instant, units: u64| {
                let year = Period::new(
                    lease.start_of(Date::new(year, 1, 1).unwrap()),
                    lease.start_of(Date::new(year + 1, 1, 1).unwrap()),
                );
                Period::new(from, until).intersection(year).length().0
                    * i64::try_from(units).unwrap()
            };
            let own = of(release, returns, order.units.0);
            let others: i64 = standing().map(|r| of(r.release, r.returns, r.units.0)).sum();
            let cap = i64::try_from(cap).unwrap() * 3_600;
            check(RecallRule::MostAcceleratorHoursPerYear, own == 0 || own + others <= cap);
        }
    }
    broken
}

fn rested(lease: &Lease, returns: Instant) -> Instant {
    let rest = lease.recall.as_ref().unwrap().limits.rest_after_return;
    let next = lease.start_of(next_day(civil_day(lease, returns)));
    returns.saturating_add(rest).max(next)
}

/// Whether any quarter of an hour of `span` (or its first instant) lies in a blackout.
fn in_blackout(lease: &Lease, span: Period) -> bool {
    let blackouts = lease.recall.as_ref().unwrap().blackouts.iter();
    let closed: Vec<Period> = blackouts
        .flat_map(|blackout| {
            let years = if blackout.yearly { 0..4 } else { 0..1 };
            years.map(|n| {
                let begins = |date| lease.start_of(months_boundary(date, n * 12).unwrap());
                Period::new(begins(blackout.from), begins(blackout.until))
            })
        })
        .collect();
    let mut t = span.start();
    loop {
        if closed.iter().any(|blackout| blackout.contains(t)) {
            return true;
        }
        t = t.saturating_add(QUARTER);
        if t >= span.end() {
            return false;
        }
    }
}

/// Runs the steps; `each` sees every order before it is decided.
fn run(
    lease: &Lease,
    steps: &[Step],
    mut each: impl FnMut(&RecallHistory, &[Known], &RecallOrder, Instant, &Assessment),
) {
    let facts = Facts::as_promised(lease);
    let mut history = RecallHistory::default();
    let mut known: Vec<Known> = Vec::new();
    let mut now = lease.start_of(day("2011-01-10"));
    for (i, step) in steps.iter().enumerate() {
        now = now.saturating_add(Seconds(i64::from(step.after) * QUARTER.0));
        pass(lease, &mut history, &mut known, now, step.other);
        let clause = lease.recall.as_ref().unwrap();
        let class = &clause.classes[step.class];
        let release_at =
            step.release.map(|q| now.saturating_add(Seconds(i64::from(q) * QUARTER.0)));
        let release = release_at.unwrap_or(now.saturating_add(class.notice));
        let triggers = [Trigger::OwnerTraining, Trigger::GridCurtailment, Trigger::Safety];
        let order = RecallOrder {
            tranche: lease.tranches[step.tranche].id.clone(),
            units: Units(step.units),
            class: class.name.clone(),
            trigger: triggers[step.trigger],
            release_at,
            expected_return: release.saturating_add(Seconds(i64::from(step.length) * QUARTER.0)),
        };
        let found = assess(lease, &facts, &history, &order, now).unwrap();
        each(&history, &known, &order, now, &found);
        let Some(terms) = found.terms.filter(|_| found.violations.is_empty()) else { continue };
        let record = RecallRecord {
            id: RecallId(i as u64),
            tranche: order.tranche,
            class: order.class,
            units: order.units,
            served: now,
            release: terms.release_at,
            returns: terms.return_by,
            returned: false,
        };
        history.order(lease, record.clone());
        known.push(Known { record, withdrawn: false });
    }
}

/// What happens until `now`: releases and returns come when they are due, one recall perhaps
/// earlier.
fn pass(lease: &Lease, history: &mut RecallHistory, known: &mut [Known], now: Instant, other: u8) {
    for known in known.iter_mut().filter(|k| !k.withdrawn && !k.record.returned) {
        let record = &mut known.record;
        if record.release <= now {
            history.release(record.id, record.release);
        }
        if record.returns <= now {
            history.give_back(lease, record.id, record.returns);
            record.returned = true;
        }
    }
    let early = |k: &&mut Known| !k.withdrawn && !k.record.returned && k.record.release <= now;
    let ahead = |k: &&mut Known| !k.withdrawn && k.record.release > now;
    if other == 1
        && let Some(known) = known.iter_mut().find(early)
    {
        history.give_back(lease, known.record.id, now);
        (known.record.returns, known.record.returned) = (now, true);
    }
    if other == 2
        && let Some(known) = known.iter_mut().find(ahead)
    {
        history.withdraw(known.record.id);
        known.withdrawn = true;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn an_order_breaks_the_rules_that_the_checker_finds((lease, steps) in scene()) {
        run(&lease, &steps, |history, known, order, now, found| {
            let rules: BTreeSet<RecallRule> = found.violations.iter().map(|v| v.clause).collect();
            assert_eq!(rules, reference(&lease, known, order, now), "{order:?} at {now}");
            let json = serde_json::to_string(history).unwrap();
            assert_eq!(&serde_json::from_str::<RecallHistory>(&json).unwrap(), history);
        });
    }

    #[test]
    fn the_next_step_that_a_violation_names_helps((lease, steps) in scene()) {
        run(&lease, &steps, |history, known, order, now, found| {
            let facts = Facts::as_promised(&lease);
            for violation in &found.violations {
                if let Some(most) = violation.most.filter(|most| most.0 > 0) {
                    let fewer = RecallOrder { units: most, ..order.clone() };
                    let rules = reference(&lease, known, &fewer, now);
                    assert!(!rules.contains(&violation.clause), "{violation:?}");
                    let more = RecallOrder { units: Units(most.0 + 1), ..order.clone() };
                    let again = assess(&lease, &facts, history, &more, now).unwrap();
                    assert!(again.violations.iter().any(|v| v.clause == violation.clause));
                }
                let by_cap = matches!(
                    violation.clause,
                    RecallRule::MostEventsPerDay | RecallRule::MostEventsPerMonth | RecallRule::MostEventsPerYear
                );
                if let Some(earliest) = violation.earliest.filter(|_| !by_cap) {
                    let class = &lease.recall.as_ref().unwrap().classes;
                    let class = class.iter().find(|c| c.name == order.class).unwrap();
                    let release = order.release_at.unwrap_or(now.saturating_add(class.notice));
                    let length = order.expected_return.since(release);
                    let later = RecallOrder {
                        release_at: Some(earliest),
                        expected_return: earliest.saturating_add(length),
                        ..order.clone()
                    };
                    let rules = reference(&lease, known, &later, now);
                    assert!(!rules.contains(&violation.clause), "{violation:?} {rules:?}");
                }
            }
        });
    }

    #[test]
    fn what_is_offered_is_lawful((lease, steps) in scene()) {
        let facts = Facts::as_promised(&lease);
        run(&lease, &steps, |history, known, order, now, _| {
            for offer in offers(&lease, &facts, history, order.trigger, now).unwrap() {
                let tranche = lease.tranches.iter().find(|t| t.id == offer.tranche).unwrap();
                let latest = offer.latest_return.unwrap_or(lease.start_of(tranche.until));
                let new_year = lease.start_of(next_day(civil_day(&lease, offer.ready_at).last_of_year()));
                let left = offer.left_this_year.map_or(i64::MAX, |left| {
                    i64::try_from(left.0 / u128::from(offer.most.0)).unwrap() / QUARTER.0 * QUARTER.0
                });
                let returns = offer.ready_at.saturating_add(Seconds(left)).min(latest);
                let returns = if left < i64::MAX { returns.min(new_year) } else { returns };
                if returns <= offer.ready_at {
                    continue;
                }
                let wanted = RecallOrder {
                    tranche: offer.tranche.clone(),
                    units: offer.most,
                    class: offer.class.clone(),
                    trigger: order.trigger,
                    release_at: Some(offer.ready_at),
                    expected_return: returns,
                };
                assert_eq!(reference(&lease, known, &wanted, now), BTreeSet::new(), "{offer:?}");
                let more = RecallOrder {
                    units: Units(offer.most.0 + 1),
                    expected_return: latest,
                    ..wanted
                };
                let found = assess(&lease, &facts, history, &more, now).unwrap();
                assert!(!found.violations.is_empty(), "{offer:?}");
            }
        });
    }
}

/// A lease of 2027 with 40 of 100 units recallable.
fn recallable() -> Lease {
    let mut lease = lease("2027-01-01", "2028-01-01");
    lease.tranches[0].recallable = Units(40);
    lease.recall = Some(recall_clause());
    lease
}

fn at(text: &str) -> Instant {
    format!("{text}:00Z").parse().unwrap()
}

fn order(units: u64, class: &str, release: &str, returns: &str) -> RecallOrder {
    RecallOrder {
        tranche: tranche_id("main"),
        units: Units(units),
        class: class.to_owned(),
        trigger: Trigger::OwnerTraining,
        release_at: Some(at(release)),
        expected_return: at(returns),
    }
}

fn ordered(lease: &Lease, history: &mut RecallHistory, id: u64, order: &RecallOrder, now: &str) {
    let terms = assess(lease, &Facts::as_promised(lease), history, order, at(now)).unwrap();
    let terms = terms.terms.unwrap();
    let record = RecallRecord {
        id: RecallId(id),
        tranche: order.tranche.clone(),
        class: order.class.clone(),
        units: order.units,
        served: terms.served,
        release: terms.release_at,
        returns: terms.return_by,
        returned: false,
    };
    history.order(lease, record);
}

#[test]
fn terms_of_a_recall() {
    let mut lease = recallable();
    let clause = lease.recall.as_mut().unwrap();
    clause.drain.cut = Cut::After(Seconds::from_minutes(10));
    clause.compensation.minor_per_accelerator_hour = ratio("100");
    let facts = Facts::as_promised(&lease);
    let wanted = order(30, "short", "2027-04-10T12:00", "2027-04-11T12:00");
    let found =
        assess(&lease, &facts, &RecallHistory::default(), &wanted, at("2027-04-10T08:00")).unwrap();
    assert!(found.violations.is_empty());
    let terms = found.terms.unwrap();
    assert_eq!(terms.drain_from, at("2027-04-10T11:30"));
    assert_eq!(terms.cut_at, at("2027-04-10T12:10"));
    assert_eq!(terms.acknowledge_by, at("2027-04-10T12:00"));
    // 30 units of 100 for one of April's 30 days, and 720 hours at 1.00, three times.
    assert_eq!(terms.abatement, usd("1000.00"));
    assert_eq!(terms.compensation, usd("2160.00"));
}

#[test]
fn a_drill_takes_nothing_and_counts_against_nothing() {
    let mut lease = recallable();
    lease.recall.as_mut().unwrap().limits.most_events_per_day = Some(0);
    let facts = Facts::as_promised(&lease);
    let mut drill = order(1_000, "short", "2027-04-10T12:00", "2027-04-10T13:00");
    drill.trigger = Trigger::Drill;
    let history = RecallHistory::default();
    let found = assess(&lease, &facts, &history, &drill, at("2027-04-10T08:00")).unwrap();
    assert!(found.violations.is_empty());
    let terms = found.terms.unwrap();
    assert!(terms.drill && terms.units.is_zero() && terms.abatement.is_zero());
    let found = assess(&lease, &facts, &history, &drill, at("2027-04-10T09:00")).unwrap();
    assert_eq!(found.violations[0].clause, RecallRule::Notice);
    let none = offers(&lease, &facts, &history, Trigger::Drill, at("2027-04-10T08:00")).unwrap();
    assert!(none.is_empty());
}

#[test]
fn each_violation_names_the_rule_the_numbers_and_the_next_step() {
    let mut lease = recallable();
    let clause = lease.recall.as_mut().unwrap();
    clause.limits = RecallLimits {
        most_events_per_day: Some(1),
        most_events_per_month: Some(2),
        most_events_per_year: Some(2),
        longest: Some(Seconds::from_days(3)),
        least_gap: Some(Seconds::from_hours(12)),
        first_not_before: Some(day("2027-02-01")),
        rest_after_return: Seconds::from_hours(24),
        most_accelerator_hours_per_year: Some(1_000),
    };
    clause.classes[1].most_units = Some(Units(20));
    clause.blackouts = vec![Blackout {
        from: day("2026-12-20"),
        until: day("2027-01-03"),
        yearly: true,
        reason: "the turn of the year".to_owned(),
    }];
    let facts = Facts::as_promised(&lease);
    let mut history = RecallHistory::default();
    let said = |history: &RecallHistory, order: &RecallOrder, now: &str| {
        let found = assess(&lease, &facts, history, order, at(now)).unwrap();
        let lines = found.violations.iter().map(|v| {
            let earliest = v.earliest.map_or(String::new(), |at| format!(" [from {at}]"));
            let most = v.most.map_or(String::new(), |most| format!(" [at most {most}]"));
            format!("{:?}: {}{earliest}{most}", v.clause, v.message)
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    let mut early = order(25, "short", "2027-01-10T02:00", "2027-01-20T00:00");
    early.trigger = Trigger::Safety;
    insta::assert_snapshot!(said(&history, &early, "2027-01-10T00:00"));
    ordered(
        &lease,
        &mut history,
        1,
        &order(15, "short", "2027-03-01T04:00", "2027-03-01T20:00"),
        "2027-03-01T00:00",
    );
    let second = order(38, "planned", "2027-03-01T10:00", "2027-03-01T18:00");
    insta::assert_snapshot!(said(&history, &second, "2027-03-01T05:00"));
    history.release(RecallId(1), at("2027-03-01T04:00"));
    history.give_back(&lease, RecallId(1), at("2027-03-01T20:00"));
    let third = order(30, "planned", "2027-03-02T10:00", "2027-03-02T18:00");
    insta::assert_snapshot!(said(&history, &third, "2027-02-27T10:00"));
    ordered(&lease, &mut history, 2, &third, "2027-03-10T10:00");
    let capped = order(1, "planned", "2027-12-15T00:00", "2027-12-21T00:00");
    insta::assert_snapshot!(said(&history, &capped, "2027-03-12T00:00"));
    let mut wrong = order(0, "short", "2028-02-01T00:00", "2028-01-01T00:00");
    insta::assert_snapshot!(said(&RecallHistory::default(), &wrong, "2027-12-01T00:00"));
    wrong.class = "fast".to_owned();
    insta::assert_snapshot!(said(&history, &wrong, "2027-12-01T00:00"));
    wrong.tranche = tranche_id("other");
    insta::assert_snapshot!(said(&history, &wrong, "2027-12-01T00:00"));
}

#[test]
fn what_came_back_is_not_taken_again_the_same_day() {
    let lease = recallable();
    let facts = Facts::as_promised(&lease);
    let mut history = RecallHistory::default();
    let first = order(40, "short", "2027-03-01T04:00", "2027-03-01T08:00");
    ordered(&lease, &mut history, 1, &first, "2027-03-01T00:00");
    history.release(RecallId(1), at("2027-03-01T04:00"));
    history.give_back(&lease, RecallId(1), at("2027-03-01T08:00"));
    let offer = |now| {
        let found = offers(&lease, &facts, &history, Trigger::OwnerTraining, at(now)).unwrap();
        found.iter().map(|o| (o.class.clone(), o.most.0)).collect::<Vec<_>>()
    };
    let both = vec![("planned".to_owned(), 40), ("short".to_owned(), 40)];
    assert_eq!(offer("2027-03-01T19:00"), both[..1]);
    assert_eq!(offer("2027-03-01T20:00"), both);
}

#[test]
fn undelivered_units_and_firm_ones_are_not_offered() {
    let lease = recallable();
    let mut facts = Facts::as_promised(&lease);
    facts.deliveries[0].units = Units(75);
    let history = RecallHistory::default();
    let found =
        offers(&lease, &facts, &history, Trigger::OwnerTraining, at("2027-03-01T00:00")).unwrap();
    // 60 of 100 are firm and come first: of 75 delivered, 15 are recallable.
    assert_eq!(found.iter().map(|o| o.most.0).collect::<Vec<_>>(), [15, 15]);
    // 100,000.00 over 31 days, 100 units and 24 hours.
    let cost = found[0].cost_per_unit_hour;
    assert_eq!(cost, ratio("10000000").checked_div(ratio("74400")).unwrap());
}

#[test]
fn an_overdue_recall_stays_out() {
    let lease = recallable();
    let facts = Facts::as_promised(&lease);
    let mut history = RecallHistory::default();
    let first = order(40, "short", "2027-03-01T04:00", "2027-03-01T08:00");
    ordered(&lease, &mut history, 1, &first, "2027-03-01T00:00");
    history.release(RecallId(1), at("2027-03-01T04:00"));
    let found =
        offers(&lease, &facts, &history, Trigger::OwnerTraining, at("2027-03-05T00:00")).unwrap();
    assert!(found.is_empty());
}

#[test]
fn the_election_arises_once_much_is_recalled() {
    let mut lease = recallable();
    lease.recall.as_mut().unwrap().election = Some(RecallElection {
        more_than: ratio("20%"),
        within_days: 10,
        right: RecallRight::Reduce,
        elect_within_days: 7,
    });
    let mut facts = Facts::as_promised(&lease);
    // 40 of 100 units for 6 of 10 days are 24 %; for 5 they are 20 %, which is not more.
    facts.takings = vec![taking(&lease, "2027-03-01", "2027-03-07", 0, 40)];
    let found = elections(&lease, &facts, day("2027-12-31")).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].window_from, day("2027-02-25"));
    assert_eq!(found[0].window_until, day("2027-03-07"));
    assert_eq!(found[0].share, ratio("24%"));
    assert_eq!(found[0].elect_by, day("2027-03-13"));
    assert!(elections(&lease, &facts, day("2027-03-06")).unwrap().is_empty());
    facts.takings.push(taking(&lease, "2027-06-01", "2027-06-20", 0, 21));
    assert_eq!(elections(&lease, &facts, day("2027-12-31")).unwrap().len(), 2);
}

#[test]
fn a_quote_for_a_recall_counts_cap_and_stop_loss() {
    let mut lease = recallable();
    let clause = lease.recall.as_mut().unwrap();
    clause.abatement.cap = Some(ratio("10%"));
    clause.compensation = Compensation {
        minor_per_accelerator_hour: ratio("100"),
        stop_loss_per_year: Some(usd("5000.00")),
    };
    let facts = Facts::as_promised(&lease);
    let history = RecallHistory::default();
    let wanted = order(40, "planned", "2027-04-10T00:00", "2027-04-20T00:00");
    let now = at("2027-04-06T12:00");
    let quote = crate::quote::recall(&lease, &facts, &history, &wanted, now).unwrap();
    let lines: Vec<String> =
        quote.lines.iter().map(|line| format!("{}: {}", line.label, line.amount)).collect();
    insta::assert_snapshot!(lines.join("\n"));
    assert_eq!(quote.expires_at, at("2027-04-07T00:00"));
    let mut early = wanted.clone();
    early.release_at = Some(at("2027-04-09T18:00"));
    let quote = crate::quote::recall(&lease, &facts, &history, &early, now).unwrap();
    assert_eq!(quote.expires_at, at("2027-04-06T18:00").saturating_add(Seconds(1)));
}
