//! Random small worlds: what must hold, holds; and the journal tells the same story second by
//! second.

use std::io::Cursor;

use leasehold_desk::State;
use leasehold_sim::figures::{DocumentKind, Figures, PolicyFigures, QuarterMoney};
use leasehold_types::{Instant, Money};
use proptest::prelude::*;

use crate::bench::{Bench, SCENARIO, Watcher, requests};
use crate::replay::check;

type Work = (u32, u32, u32);

fn world() -> impl Strategy<Value = (Vec<Work>, u64, Option<u32>, &'static str)> {
    (
        prop::collection::vec((0u32..700_000, 600u32..120_000, 1u32..64), 1..40),
        0u64..60_000,
        prop::option::of(5u32..60),
        prop::sample::select(vec!["1", "1.5", "3"]),
    )
}

/// Accelerator-seconds of each part, counted by applying the journal event by event.
fn recount(figures: &Figures, policy: &PolicyFigures, watcher: &Watcher, bench: &Bench) {
    let loaded = bench.load().unwrap();
    let (_, journal) = watcher.journals.iter().find(|(p, _)| *p == policy.policy).unwrap();
    let journal = journal.borrow();
    let (mut sums, mut last) = ([0u128; 6], figures.from);
    let mut count = leasehold_planner::Occupancy::new(loaded.fleet.clone()).pool_count(0);
    let mut add = |count: &leasehold_planner::PoolCount, from: leasehold_types::Instant, to| {
        let seconds = u128::from(leasehold_types::Instant::since(to, from).0.unsigned_abs());
        let parts = [count.owned, count.down, count.job, count.recalled, count.leased, count.idle];
        for (sum, part) in sums.iter_mut().zip(parts) {
            *sum += u128::from(part.0) * seconds;
        }
    };
    let mut on = |state: &leasehold_desk::State, event: &leasehold_desk::Event| {
        add(&count, last, event.at);
        (last, count) = (event.at, state.occupancy().pool_count(0));
    };
    let fleet = loaded.fleet.clone();
    let replayed =
        leasehold_desk::journal::replay_each(Cursor::new(&journal[..]), fleet, &mut on).unwrap();
    add(&count, last, figures.until);
    let told = |part: &dyn Fn(&leasehold_sim::figures::Capacity) -> u128| -> u128 {
        policy.capacity.iter().map(|row| part(&row.capacity)).sum()
    };
    assert_eq!(sums[0], told(&|c| c.owned.0));
    assert_eq!(sums[1], told(&|c| c.down.0));
    assert_eq!(sums[2], told(&|c| c.jobs.0));
    assert_eq!(sums[3], told(&|c| c.recalled.0));
    assert_eq!(sums[4], told(&|c| c.sold().0));
    assert_eq!(sums[5], told(&|c| c.idle.0));
    assert_eq!(replayed.state.digest().to_string(), policy.state_digest);
    recount_money(&replayed.state, policy, figures.until);
}

/// The books earn what the contract says of the facts that the journal leaves, and bill what their
/// documents say.
fn recount_money(desk: &State, policy: &PolicyFigures, until: Instant) {
    for money in &policy.money {
        let record = desk.leases().iter().find(|record| record.id.as_str() == money.lease);
        let record = record.unwrap();
        let lease = record.lease();
        let evaluation = lease.evaluate(record.facts()).unwrap();
        let parts = evaluation.accrued_parts(Instant::MIN, until).unwrap();
        let round = |exact| Money::from_exact(exact, lease.currency, lease.rules.rounding);
        let expected: i128 =
            [parts.fees, parts.late, parts.recalled].map(|part| round(part).minor()).iter().sum();
        let sum = |of: &dyn Fn(&QuarterMoney) -> Money| -> i128 {
            money.quarters.iter().map(|quarter| of(quarter).minor()).sum()
        };
        assert_eq!(sum(&|quarter| quarter.recognised), expected, "{}", money.lease);
        let documents = policy.documents.iter().filter(|row| row.lease == money.lease);
        let billed: i128 = documents
            .map(|row| match row.kind {
                DocumentKind::Invoice => row.net.minor(),
                DocumentKind::CreditNote => -row.net.minor(),
            })
            .sum();
        assert_eq!(sum(&|quarter| quarter.billed), billed, "{}", money.lease);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn every_world_adds_up((jobs, load, mtbf, estimate) in world()) {
        let mut jobs = jobs;
        jobs.sort_unstable();
        let lines: String = jobs.iter().map(|(s, d, u)| format!("{s},{d},{u}\n")).collect();
        let failures = mtbf.map_or(String::new(), |days| {
            format!("[failures]\nnode_mtbf_days = {days}\nrepair_hours = 9\n")
        });
        let scenario = format!("{SCENARIO}\n[owner]\nestimate = \"{estimate}\"\n{failures}");
        let bench = Bench::new(&scenario, &lines, &requests(load));
        let (figures, watcher) = bench.run();
        check(&figures);
        for policy in &figures.policies {
            recount(&figures, policy, &watcher, &bench);
        }
    }
}
