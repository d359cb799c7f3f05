use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Instant {
    Instant::from_second(second)
}

fn need(units: u64, needed_by: Option<i64>) -> Need {
    Need {
        pool: PoolId::new("s/a").unwrap(),
        units: Units(units),
        asked_at: at(0),
        needed_by: needed_by.map(at),
        length: Seconds::from_hours(2),
    }
}

fn offer(lease: u16, class: usize, most: u64, ready_at: i64, cost: &str, multiple: u64) -> Offer {
    Offer {
        lease: LeaseIx(lease),
        class,
        most: Units(most),
        ready_at: at(ready_at),
        cost_per_unit_hour: cost.parse().unwrap(),
        granularity: Units(multiple),
    }
}

/// What is compared: what is missing, the cost of a unit-hour, leases asked, units taken.
type Score = (u64, Ratio, usize, u64);

/// The best score of all combinations, each looked at.
fn best_by_hand(need: &Need, offers: &[Offer]) -> Score {
    let in_time = |o: &&Offer| need.needed_by.is_none_or(|by| o.ready_at <= by);
    let offers: Vec<&Offer> = offers.iter().filter(in_time).collect();
    let mut leases: Vec<LeaseIx> = offers.iter().map(|o| o.lease).collect();
    leases.sort_unstable();
    leases.dedup();
    let mut combinations = vec![(0u64, Ratio::ZERO, 0usize)];
    for lease in leases {
        let mut more = combinations.clone();
        for o in offers.iter().filter(|o| o.lease == lease) {
            for units in (1..=o.most.0 / o.granularity.0).map(|times| times * o.granularity.0) {
                let units_exact = Ratio::whole(i64::try_from(units).unwrap());
                let cost = o.cost_per_unit_hour.checked_mul(units_exact).unwrap();
                more.extend(combinations.iter().map(|(taken, sum, count)| {
                    (taken + units, sum.checked_add(cost).unwrap(), count + 1)
                }));
            }
        }
        combinations = more;
    }
    let score = |(taken, cost, count): &(u64, Ratio, usize)| {
        (need.units.0.saturating_sub(*taken), *cost, *count, *taken)
    };
    combinations.iter().map(score).min().unwrap()
}

/// The score of a plan, its costs brought back to one hour.
fn score(plan: &Plan) -> Score {
    let cost = plan.cost().unwrap().checked_div(Ratio::whole(2)).unwrap();
    (plan.short.0, cost, plan.takes.len(), plan.units().0)
}

fn offers() -> impl Strategy<Value = Vec<Offer>> {
    let cost = prop_oneof![Just("0"), Just("1"), Just("3/7"), Just("2.5"), Just("10/3"), Just("5")];
    let one = (0u16..4, 0usize..3, 0u64..24, 0i64..6, cost, 1u64..6);
    prop::collection::vec(one, 0..7).prop_map(|offers| {
        offers.into_iter().map(|o| offer(o.0, o.1, o.2, o.3, o.4, o.5)).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6_000))]

    #[test]
    fn plans_are_the_best_of_all_combinations(
        offers in offers(),
        units in 0u64..50,
        needed_by in prop::option::of(0i64..6),
    ) {
        let need = need(units, needed_by);
        let plan = plan_recall(&need, &offers);
        prop_assert_eq!(score(&plan), best_by_hand(&need, &offers));
    }

    #[test]
    fn plans_are_lawful(offers in offers(), units in 0u64..50, needed_by in 0i64..6) {
        let plan = plan_recall(&need(units, Some(needed_by)), &offers);
        for take in &plan.takes {
            let allows = |o: &Offer| {
                (o.lease, o.class, o.ready_at) == (take.lease, take.class, take.ready_at)
                    && take.units.0 > 0
                    && take.units <= o.most
                    && take.units.0 % o.granularity.0 == 0
                    && o.ready_at <= at(needed_by)
            };
            prop_assert!(offers.iter().any(allows), "{:?}", take);
            // No multiple could be left out. (Two offers of one class may differ in theirs.)
            let multiple = offers.iter().filter(|o| allows(o)).map(|o| o.granularity.0).max();
            prop_assert!(plan.units().0 < units + multiple.unwrap());
        }
        prop_assert!(plan.takes.is_sorted_by(|a, b| a.lease < b.lease));
        prop_assert_eq!(plan.short.0, units.saturating_sub(plan.units().0));
    }

    #[test]
    fn more_notice_is_never_dearer(offers in offers(), units in 0u64..50) {
        let mut last: Option<Score> = None;
        for needed_by in (0..6).map(Some).chain([None]) {
            let found = score(&plan_recall(&need(units, needed_by), &offers));
            prop_assert!(last.is_none_or(|last| found <= last));
            last = Some(found);
        }
    }

    #[test]
    fn the_order_of_offers_is_nothing_to_the_plan(
        (a, b) in offers().prop_flat_map(|o| (Just(o.clone()), Just(o).prop_shuffle())),
        units in 0u64..50,
    ) {
        let need = need(units, Some(4));
        prop_assert_eq!(plan_recall(&need, &a), plan_recall(&need, &b));
    }
}

fn told(plan: &Plan) -> String {
    let takes = plan.takes.iter().map(|t| {
        format!("take {} of lease {}, class {}, for {}", t.units, t.lease, t.class, t.cost)
    });
    let why = plan.why.iter().map(ToString::to_string);
    let share = format!("evicted over asked {}", plan.evicted_over_asked);
    takes.chain([share]).chain(why).collect::<Vec<_>>().join("\n")
}

#[test]
fn plans_say_why() {
    let offers = [
        offer(0, 0, 160, 600, "400", 8),
        offer(0, 1, 800, 86_400, "100", 8),
        offer(1, 0, 4, 600, "1", 8),
        offer(1, 1, 64, 3_600, "250", 8),
        offer(2, 0, 64, 3_600, "-1", 8),
        offer(3, 0, 640, 3_600, "300", 8),
    ];
    insta::assert_snapshot!(told(&plan_recall(&need(100, Some(3_600)), &offers)), @r"
    take 64 of lease 1, class 1, for 32000
    take 40 of lease 3, class 0, for 24000
    evicted over asked 1.04
    lease 0, class 1: ready at 1970-01-02T00:00:00Z, after 1970-01-01T01:00:00Z, when it is needed
    lease 1, class 0: at most 4 units may be taken, and they go in multiples of 8
    lease 2, class 0: no offer: it goes in multiples of 1 to 262144 units at 0 to 4294967296 minor units for each and hour
    lease 0, class 0: in time, but what was chosen costs less, asks fewer leases, or takes less
    4 units more than asked, since units are taken in multiples
    ");
    insta::assert_snapshot!(told(&plan_recall(&need(100, None), &offers)), @r"
    take 104 of lease 0, class 1, for 20800
    evicted over asked 1.04
    lease 1, class 0: at most 4 units may be taken, and they go in multiples of 8
    lease 2, class 0: no offer: it goes in multiples of 1 to 262144 units at 0 to 4294967296 minor units for each and hour
    lease 0, class 0: in time, but what was chosen costs less, asks fewer leases, or takes less
    lease 1, class 1: in time, but what was chosen costs less, asks fewer leases, or takes less
    lease 3, class 0: in time, but what was chosen costs less, asks fewer leases, or takes less
    4 units more than asked, since units are taken in multiples
    ");
    insta::assert_snapshot!(told(&plan_recall(&need(1_000, Some(3_600)), &offers)), @r"
    take 160 of lease 0, class 0, for 128000
    take 64 of lease 1, class 1, for 32000
    take 640 of lease 3, class 0, for 384000
    evicted over asked 0.864
    lease 0, class 1: ready at 1970-01-02T00:00:00Z, after 1970-01-01T01:00:00Z, when it is needed
    lease 1, class 0: at most 4 units may be taken, and they go in multiples of 8
    lease 2, class 0: no offer: it goes in multiples of 1 to 262144 units at 0 to 4294967296 minor units for each and hour
    136 units are missing: no more is offered in time
    ");
    insta::assert_snapshot!(told(&plan_recall(&need(0, Some(3_600)), &offers[..1])), @r"
    evicted over asked 0
    lease 0, class 0: in time, but what was chosen costs less, asks fewer leases, or takes less
    ");
}

#[test]
fn one_dear_lease_may_cost_less_than_a_cheap_one_rounded_up() {
    // 72 units at 1.00 are dearer than 16 at 4.00.
    let offers = [offer(0, 0, 144, 0, "100", 72), offer(1, 0, 144, 0, "400", 8)];
    let plan = plan_recall(&need(16, None), &offers);
    assert_eq!((plan.takes.len(), plan.takes[0].lease, plan.units()), (1, LeaseIx(1), Units(16)));
    // And 80 are best as 72 and 8.
    let plan = plan_recall(&need(80, None), &offers);
    assert_eq!((plan.takes.len(), plan.units()), (2, Units(80)));
}

#[test]
fn limits_hold() {
    let many: Vec<Offer> = (0..200).map(|i| offer(i, 0, 8, 0, "1", 8)).collect();
    let plan = plan_recall(&need(8_000, None), &many);
    assert_eq!(plan.units(), Units(128 * 8));
    assert!(plan.why.contains(&Reason::TooManyOffers { left_out: 72 }));
    let plan = plan_recall(&need(u64::MAX, None), &[offer(0, 0, u64::MAX, 0, "1", 8)]);
    assert_eq!(plan.units(), Units(STEPS_MAX * 8));
    assert!(plan.why.contains(&Reason::TooLarge { planned: Units(STEPS_MAX * 8) }));
    // A cost at the limits, over a long time, and fractions with no common denominator.
    let cost = UNIT_HOUR_COST_MAX.to_string();
    let odd = [
        offer(0, 0, 1 << 18, 0, &cost, GRANULARITY_MAX),
        offer(1, 0, 1 << 18, 0, "1000000007/1000000009", 1),
        offer(2, 0, 1 << 18, 0, "998244353/1000000021", 1),
        offer(3, 0, 8, 0, &u64::MAX.to_string(), 1),
    ];
    let plan = plan_recall(&need(1 << 18, None), &odd);
    assert_eq!((plan.takes.len(), plan.takes[0].lease), (1, LeaseIx(2)));
    assert!(plan.why.contains(&Reason::Unusable { lease: LeaseIx(3), class: 0 }));
}
