//! How long placing and planning take on the large example fleet. Run by
//! `cargo test --release -p leasehold-planner --test speed -- --ignored --nocapture`.

use std::collections::BTreeMap;
use std::sync::Arc;

use leasehold_planner::recall::{Need, Offer, plan_recall};
use leasehold_planner::{
    Fleet, LeaseIx, NodeSet, Occupancy, choose_recall, place_grant, place_job, startable,
};
use leasehold_types::{Instant, PoolId, Ratio, Seconds, Units};

const TWO_SITES: &str = include_str!("../../../examples/fleets/two-sites.toml");
const JOBS: u64 = 1_000_000;

/// A small generator of our own, so that the run is the same everywhere (xorshift64).
struct Draws(u64);

impl Draws {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

#[test]
#[ignore = "measures time; the result depends on the machine"]
#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn a_million_jobs() {
    let mut fleet = Occupancy::new(Arc::new(Fleet::parse(TWO_SITES).unwrap()));
    let (mut draws, mut running) = (Draws(7), BTreeMap::new());
    let mut runs = 0;
    let begun = std::time::Instant::now();
    for job in 0..JOBS {
        let pool = draws.next(5) as usize;
        // As many of each size from 1 to 16,384 by powers of two.
        let size = 1 << draws.next(14);
        let units = Units(size + draws.next(size));
        while !startable(&fleet, pool).fits(units) {
            let Some((_, slots)) = running.pop_first() else { break };
            fleet.end(&slots).unwrap();
        }
        let slots = place_job(&fleet, pool, units, &NodeSet::EMPTY).unwrap();
        fleet.start(&slots).unwrap();
        runs += slots.whole.runs().len();
        running.insert((job + draws.next(4_000), job), slots);
    }
    println!("{JOBS} jobs, {runs} runs of nodes: {:?}", begun.elapsed());
    assert_eq!(fleet.counts(), fleet.recount());
}

#[test]
#[ignore = "measures time; the result depends on the machine"]
#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn a_thousand_recalls() {
    let mut fleet = Occupancy::new(Arc::new(Fleet::parse(TWO_SITES).unwrap()));
    let (pool, lease) = (3, LeaseIx(0));
    let nodes = place_grant(&fleet, pool, Units(215_000)).unwrap();
    fleet.grant(lease, &nodes).unwrap();
    let begun = std::time::Instant::now();
    for units in (0..1_000).map(|i| Units(512 + i * 16)) {
        let chosen = choose_recall(&fleet, lease, pool, units, &NodeSet::EMPTY);
        fleet.take_back(lease, &chosen).unwrap();
        fleet.give_back(lease, &chosen).unwrap();
    }
    println!("1000 recalls chosen, taken and given back: {:?}", begun.elapsed());
    assert_eq!(fleet.counts(), fleet.recount());
}

#[test]
#[ignore = "measures time; the result depends on the machine"]
#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn a_thousand_plans() {
    let at = Instant::from_second;
    let offers: Vec<Offer> = (0..12u16)
        .map(|i| Offer {
            lease: LeaseIx(i / 3),
            class: usize::from(i % 3),
            most: Units(4_000 * u64::from(i % 3 + 1)),
            ready_at: at(i64::from(i % 3) * 3_600),
            cost_per_unit_hour: Ratio::new(i128::from(1_000 - 70 * i), 7).unwrap(),
            granularity: Units(8),
        })
        .collect();
    let begun = std::time::Instant::now();
    let mut taken = 0;
    for units in (0..1_000).map(|i| Units(512 + i * 16)) {
        let need = Need {
            pool: PoolId::new("colossus-2/gb200").unwrap(),
            units,
            asked_at: at(0),
            needed_by: Some(at(86_400)),
            length: Seconds::from_days(2),
        };
        taken += plan_recall(&need, &offers).units().0;
    }
    println!("1000 plans over 12 offers, {taken} units: {:?}", begun.elapsed());
}
