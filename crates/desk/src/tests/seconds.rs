//! The obvious way: a lease whose notices last seconds, looked at second by second.

use std::collections::BTreeSet;
use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_contract::facts::TakenUnits;
use leasehold_contract::lease::{Cut, Drain};
use leasehold_planner::Slots;
use leasehold_types::{JobId, RecallId, Seconds, Units};
use proptest::prelude::*;

use super::fixture::*;
use crate::{Actor, CommandKind, Outcome, RecallRequest, Settings, State, Take};

/// The seconds that are looked at.
const SPAN: i64 = 400;

fn quick_lease() -> Arc<Lease> {
    let mut lease = Lease::clone(&compile(SHEET));
    let clause = lease.recall.as_mut().unwrap();
    clause.limits.longest = Some(Seconds(150));
    clause.limits.most_events_per_day = None;
    clause.offer_back_within = Seconds(20);
    clause.acknowledge_within = Seconds(7);
    clause.drain = Drain { length: Seconds(5), cut: Cut::After(Seconds(3)) };
    clause.classes[0].notice = Seconds(40);
    clause.classes[1].notice = Seconds(10);
    Arc::new(lease)
}

/// At a second: a recall of some nodes, for the job or not, or the end of something.
#[derive(Debug, Clone)]
enum Act {
    Order { first: u32, count: u32, back: i64, for_job: bool, force: bool },
    Return(u64),
    Withdraw(u64),
    Start,
    End(bool),
}

fn acts() -> impl Strategy<Value = Vec<(i64, Act)>> {
    let act = prop_oneof![
        4 => (0u32..8, 1u32..3, 20i64..200, any::<bool>(), any::<bool>()).prop_map(
            |(first, count, back, for_job, force)| Act::Order { first, count, back, for_job, force }
        ),
        2 => (1u64..6).prop_map(Act::Return),
        1 => (1u64..6).prop_map(Act::Withdraw),
        2 => Just(Act::Start),
        2 => any::<bool>().prop_map(Act::End),
    ];
    prop::collection::vec((0..SPAN, act), 0..24).prop_map(|mut acts| {
        acts.sort_by_key(|(second, _)| *second);
        acts
    })
}

fn command(act: &Act, world: &World) -> CommandKind {
    let job = JobId(1);
    match act {
        Act::Order { first, count, back, for_job, force } => {
            CommandKind::OrderRecall(RecallRequest {
                take: Take::Nodes(nodes(*first..*first + *count)),
                for_job: for_job.then_some(job),
                expected_return: world.now.saturating_add(Seconds(*back)),
                force: *force,
                ..request(0, "short", "2027-02-03T00:00:00Z")
            })
        }
        Act::Return(recall) => CommandKind::ReturnRecall { recall: RecallId(*recall) },
        Act::Withdraw(recall) => {
            CommandKind::WithdrawRecall { recall: RecallId(*recall), reason: String::new() }
        }
        Act::Start => {
            let whole = world.state().set_aside(job).first(1);
            CommandKind::JobStart { job, slots: Slots { whole, part: vec![] } }
        }
        Act::End(requeued) => {
            let outcome = if *requeued { Outcome::Requeued } else { Outcome::Cancelled };
            CommandKind::JobEnd { job, outcome }
        }
    }
}

/// The tranche's units on recalled nodes, by number.
fn recalled(state: &State) -> BTreeSet<u64> {
    let record = state.lease(&lease()).unwrap();
    let nodes = state.occupancy().nodes_recalled(record.ix);
    // Nodes 0 to 7 in order, 8 units each, the last one 4.
    nodes.iter().flat_map(|n| u64::from(n.0) * 8..(u64::from(n.0 + 1) * 8).min(60)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_facts_hold_each_unit_in_each_second_in_which_it_was_taken(acts in acts()) {
        let mut world = World::new(Settings::REPLAY);
        world.does(owner(), CommandKind::Sign { lease: quick_lease() });
        world.at("2027-02-01T12:00:00Z");
        world.deliver(0..8);
        let start = world.now;
        let mut seen = Vec::new();
        let mut acts = acts.into_iter().peekable();
        world.submit(1, 8);
        for second in 0..SPAN {
            world.now = start.saturating_add(Seconds(second));
            world.advance();
            while let Some((_, act)) = acts.next_if(|(at, _)| *at == second) {
                if world.state().job(JobId(1)).is_none() {
                    world.submit(1, 8);
                }
                let kind = command(&act, &world);
                let _ = world.tries(Actor::Policy, kind);
            }
            seen.push(recalled(world.state()));
        }
        // What is late is known a second later.
        world.now = start.saturating_add(Seconds(SPAN));
        world.advance();
        let facts = world.state().facts(&lease()).unwrap();
        for (second, expected) in (0..SPAN).zip(&seen) {
            let now = start.saturating_add(Seconds(second));
            let mut found = BTreeSet::new();
            for taking in facts.takings.iter().filter(|taking| taking.period.contains(now)) {
                let TakenUnits::Numbered(ranges) = &taking.units else { panic!("{taking:?}") };
                for unit in ranges.iter().flat_map(|r| r.first..r.first + r.count) {
                    prop_assert!(found.insert(unit), "unit {} is taken twice", unit);
                }
            }
            prop_assert_eq!(&found, expected, "second {}", second);
        }
        let total: u64 = seen.iter().map(|units| units.len() as u64).sum();
        let evaluated = world.state().lease(&lease()).unwrap().lease().evaluate(facts);
        prop_assert!(evaluated.is_ok(), "{} unit-seconds: {:?}", total, evaluated.err());
    }
}

#[test]
fn seconds_are_worth_looking_at() {
    // A case by hand, so that the property above is known to see something.
    let mut world = World::new(Settings::REPLAY);
    world.does(owner(), CommandKind::Sign { lease: quick_lease() });
    world.at("2027-02-01T12:00:00Z");
    world.deliver(0..8);
    let order = Act::Order { first: 6, count: 2, back: 60, for_job: false, force: false };
    let kind = command(&order, &world);
    world.does(Actor::Policy, kind);
    world.at("2027-02-01T12:00:12Z");
    assert_eq!(recalled(world.state()).len(), 0);
    // 10 seconds of notice, 3 more for streams to finish.
    world.at("2027-02-01T12:00:13Z");
    assert_eq!(recalled(world.state()).len(), 12);
    let left = world.state().entitlement(&lease(), &tranche()).unwrap();
    assert_eq!(left.entitled, Units(48));
}
