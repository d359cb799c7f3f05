//! How long a million jobs take to place and to end on the large example fleet. Run by
//! `cargo test --release -p leasehold-planner --test speed -- --ignored --nocapture`.

use std::collections::BTreeMap;
use std::sync::Arc;

use leasehold_planner::{Fleet, NodeSet, Occupancy, place_job, startable};
use leasehold_types::Units;

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
    let (mut ends_at, mut started, mut held) = (0, 0u64, 0u64);
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
        ends_at = job + draws.next(4_000);
        started += 1;
        held += slots.whole.runs().len() as u64;
        running.insert((ends_at, job), slots);
    }
    let taken = begun.elapsed();
    println!(
        "{started} jobs in {taken:?}; {} still running, {held} runs, last end {ends_at}",
        running.len()
    );
    assert_eq!(fleet.counts(), fleet.recount());
}
