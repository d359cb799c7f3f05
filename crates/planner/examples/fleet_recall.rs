//! Plans recalls on a large invented fleet and tells what each cost and took, one JSON line a
//! demand. `bench/planner/run.py` runs it; `bench/planner/README.md` has the figures.
//!
//! Arguments: racks a hall, nodes a rack, demands of each size, and whether to run the exact mode.
#![expect(clippy::print_stdout, clippy::panic, reason = "a measurement")]
#![expect(clippy::float_arithmetic, reason = "times and shares, to be read")]

use leasehold_planner::plan::{
    ClassTerms, Contiguity, Demand, Draft, Effort, JobHolding, LeaseHolding, RecallPlan, Replica,
    SNAPSHOT_VERSION, Snapshot, Streams, TrancheHolding, Weights, plan_best, plan_recall,
    price_draft,
};
use leasehold_planner::{Fleet, NodeSet};
use leasehold_types::{
    AcceleratorSeconds, Instant, JobId, LeaseId, PoolId, Ratio, Seconds, TrancheId, Units,
};

const HALLS: u32 = 13;
const LEASES: usize = 20;
const SIZES: [u64; 9] = [64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384];

/// A small generator of our own, so that the run is the same everywhere (xorshift64).
struct Draws(u64);

impl Draws {
    fn below(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn whole(&mut self, from: i64, below: i64) -> i64 {
        let span = u64::try_from(below - from).unwrap_or(1);
        from + i64::try_from(self.below(span)).unwrap_or(0)
    }
}

fn main() {
    let arguments: Vec<u32> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let at = |index: usize, default| arguments.get(index).copied().unwrap_or(default);
    let (racks, nodes, times, exact) = (at(0, 625), at(1, 5), at(2, 10), at(3, 1));
    let mut draws = Draws(20_260_503);
    for round in 0..times {
        let fleet = fleet(racks, nodes);
        let snapshot = snapshot(&fleet, nodes, &mut draws);
        for (index, size) in SIZES.iter().enumerate() {
            let pool = fleet.pools()[0].units.0;
            if *size > pool / 8 {
                continue;
            }
            let contiguity = match (round as usize + index) % 4 {
                0 => Contiguity::Any,
                1 | 2 => Contiguity::Domain,
                _ => Contiguity::Hall,
            };
            let demand = Demand {
                pool: fleet.pools()[0].id.clone(),
                units: Units(*size),
                contiguity,
                needed_by: Some(Instant::from_second(if round % 2 == 0 { 14_400 } else { 90_000 })),
                length: Seconds::from_hours(draws.whole(6, 240)),
                extra_watts: 0,
                allow_breach: false,
            };
            measure(&fleet, &snapshot, &demand, exact > 0, &mut draws);
        }
    }
}

fn measure(fleet: &Fleet, snapshot: &Snapshot, demand: &Demand, exact: bool, draws: &mut Draws) {
    let timed = |plan: &dyn Fn() -> RecallPlan| {
        let begun = on_core();
        let plan = plan();
        (on_core() - begun, plan)
    };
    let (best_ms, fast) = timed(&|| plan_best(fleet, snapshot, demand, Effort::Fast));
    let (fast_ms, _) = timed(&|| plan_recall(fleet, snapshot, demand, Effort::Fast));
    let (exact_ms, judge) = if exact {
        timed(&|| plan_best(fleet, snapshot, demand, Effort::EXACT))
    } else {
        (0.0, fast.clone())
    };
    let last = naive(fleet, snapshot, demand, |lease, _| LEASES - lease);
    let mut seed = Draws(draws.below(u64::MAX) | 1);
    let any = naive(fleet, snapshot, demand, move |_, _| {
        usize::try_from(seed.below(1 << 40)).unwrap_or(0)
    });
    let cost = |plan: &Option<RecallPlan>| {
        plan.as_ref().filter(|plan| plan.short.is_zero()).map_or("null".to_owned(), money)
    };
    println!(
        "{{\"nodes\":{},\"units\":{},\"contiguity\":{},\"plan_ms\":{best_ms:.3},\
         \"with_runner_up_ms\":{fast_ms:.3},\"cost\":{},\"gap\":{},\"evicted\":{},\"exact_ms\":{exact_ms:.1},\
         \"exact_cost\":{},\"exact_gap\":{},\"exact_evicted\":{},\"last_in_cost\":{},\"last_in_evicted\":{},\
         \"random_cost\":{},\"random_evicted\":{}}}",
        fleet.node_count(),
        demand.units.0,
        word(demand.contiguity),
        cost(&Some(fast.clone())),
        fast.gap_millionths.map_or("null".to_owned(), |gap| gap.to_string()),
        fast.evicted.0,
        cost(&Some(judge.clone())),
        judge.gap_millionths.map_or("null".to_owned(), |gap| gap.to_string()),
        judge.evicted.0,
        cost(&last),
        last.as_ref().map_or(0, |plan| plan.evicted.0),
        cost(&any),
        any.as_ref().map_or(0, |plan| plan.evicted.0),
    );
}

/// Milliseconds that this thread has had a core: what else the machine does is not counted.
fn on_core() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = text.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok());
    first.unwrap_or(f64::NAN) / 1e6
}

fn word(contiguity: Contiguity) -> &'static str {
    match contiguity {
        Contiguity::Any => "\"any\"",
        Contiguity::Domain => "\"domain\"",
        Contiguity::Hall => "\"hall\"",
    }
}

/// In whole minor units.
fn money(plan: &RecallPlan) -> String {
    plan.cost.total().map_or("null".to_owned(), |cost| cost.floor().to_string())
}

fn fleet(racks: u32, nodes: u32) -> Fleet {
    let mut text = "fleet = 1\n[[site]]\nid = \"s\"\n".to_owned();
    for hall in 0..HALLS {
        // Every third hall cannot power all of its nodes at once.
        let percent = if hall % 3 == 2 { 97 } else { 101 };
        let cap = u64::from(racks) * u64::from(nodes) * 10_200 * percent / 100_000;
        text += &format!(
            "[[site.hall]]\nid = \"h{hall}\"\ncap_kw = {cap}\nblock = [{{ accelerator = \"h100\", \
             racks = {racks}, nodes_per_rack = {nodes}, accelerators_per_node = 8, busy_watts = \
             10200, idle_watts = 2500 }}]\n"
        );
    }
    Fleet::parse(&text).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Nine tenths leased, most racks to one lease, a fifth of them to two; the rest jobs and idle.
fn snapshot(fleet: &Fleet, nodes: u32, draws: &mut Draws) -> Snapshot {
    let mut held: Vec<Vec<(u32, u32)>> = vec![Vec::new(); LEASES];
    let mut replicas: Vec<Vec<Replica>> = vec![Vec::new(); LEASES];
    let (mut jobs, mut down) = (Vec::new(), Vec::new());
    for rack in 0..fleet.rack_count() {
        let of = fleet.nodes_of_rack(rack);
        match draws.below(100) {
            0..7 => jobs.push((of.start, nodes)),
            7 if draws.below(3) == 0 => {}
            kind => {
                let split = if kind < 29 { 1 + draws.below(u64::from(nodes) - 1) } else { 0 };
                let middle = of.start + u32::try_from(split).unwrap_or(0);
                for range in [of.start..middle, middle..of.end].iter().filter(|r| !r.is_empty()) {
                    let lease = usize::try_from(draws.below(LEASES as u64)).unwrap_or(0);
                    held[lease].push((range.start, range.end - range.start));
                    add_replicas(&mut replicas[lease], range.clone(), draws);
                }
            }
        }
        if draws.below(60) == 0 {
            down.push((of.start, 1));
        }
    }
    let mut leases = Vec::new();
    for (index, (held, replicas)) in held.into_iter().zip(replicas).enumerate() {
        leases.push(lease(fleet, index, NodeSet::from_runs(held), replicas, draws));
    }
    Snapshot {
        snapshot: SNAPSHOT_VERSION,
        taken_at: Instant::from_second(0),
        currency: "USD".to_owned().try_into().unwrap_or_else(|_| panic!("a currency")),
        fleet: "made".to_owned(),
        leases,
        jobs: vec![JobHolding { job: JobId(1), nodes: NodeSet::from_runs(jobs) }],
        down: NodeSet::from_runs(down),
        kept: NodeSet::EMPTY,
        weights: Weights::default(),
        demand: None,
    }
}

fn add_replicas(to: &mut Vec<Replica>, range: std::ops::Range<u32>, draws: &mut Draws) {
    let mut at = range.start;
    while at < range.end {
        let count = (1u32 << draws.below(3)).min(range.end - at);
        let streams = (0..3).map(|_| Streams {
            count: u32::try_from(draws.below(40)).unwrap_or(0),
            ends_at: Instant::from_second(draws.whole(0, 20_000)),
            spent: AcceleratorSeconds(u128::from(draws.below(50_000))),
        });
        to.push(Replica {
            model: "m".to_owned(),
            streams: streams.collect(),
            nodes: NodeSet::from_range(at..at + count),
            reload: Seconds(draws.whole(60, 1_200)),
        });
        at += count;
    }
}

fn lease(
    fleet: &Fleet,
    index: usize,
    nodes: NodeSet,
    replicas: Vec<Replica>,
    draws: &mut Draws,
) -> LeaseHolding {
    let units = u64::from(nodes.len()) * 8;
    let firm = units * (30 + draws.below(50)) / 100;
    let price = draws.whole(150, 450);
    let class = |name: &str, ready: i64, share: u64, surcharge: i64| ClassTerms {
        class: name.to_owned(),
        notice: Seconds(ready),
        ready_at: Instant::from_second(ready),
        most: Units((units - firm) * share / 100),
        longest: None,
        left: None,
        abatement: Ratio::whole(price),
        compensation: Ratio::whole(price * surcharge / 100),
        barred: Vec::new(),
        breach: Ratio::whole(price),
    };
    LeaseHolding {
        lease: LeaseId::new(&format!("lease-{index}")).unwrap_or_else(|_| panic!("a name")),
        price: Ratio::whole(price),
        tranches: vec![TrancheHolding {
            tranche: TrancheId::new("main").unwrap_or_else(|_| panic!("a name")),
            pool: PoolId::clone(&fleet.pools()[0].id),
            nodes,
            firm: Units(firm),
            classes: vec![
                class("hour", 3_600, 30, 50),
                class("half-day", 14_400, 60, 20),
                class("day", 86_400, 100, 0),
            ],
        }],
        replicas,
    }
}

/// What a scheduler without prices does: racks in an order of its own, whole, within the clauses.
fn naive(
    fleet: &Fleet,
    snapshot: &Snapshot,
    demand: &Demand,
    mut key: impl FnMut(usize, u32) -> usize,
) -> Option<RecallPlan> {
    let by = demand.needed_by?;
    let mut left: Vec<u64> = Vec::new();
    let mut classes: Vec<usize> = Vec::new();
    for lease in &snapshot.leases {
        let tranche = &lease.tranches[0];
        let free = u64::from(tranche.nodes.len()) * 8 - tranche.firm.0;
        let usable = tranche.classes.iter().enumerate().filter(|(_, class)| class.ready_at <= by);
        let (class, most) = usable.map(|(i, class)| (i, class.most.0)).max_by_key(|c| c.1)?;
        left.push(most.min(free) / 8);
        classes.push(class);
    }
    let blocked = snapshot.jobs[0].nodes.union(&snapshot.down);
    let mut order: Vec<(usize, u32)> = (0..fleet.rack_count())
        .map(|rack| {
            let range = fleet.nodes_of_rack(rack);
            let holder =
                |lease: &LeaseHolding| !lease.tranches[0].nodes.within(range.clone()).is_empty();
            let lease = snapshot.leases.iter().rposition(holder);
            (lease.map_or(0, |lease| key(lease, rack)), rack)
        })
        .collect();
    order.sort_unstable();
    let mut missing = u32::try_from(demand.units.0.div_ceil(8)).ok()?;
    let mut taken: Vec<Vec<(u32, u32)>> = vec![Vec::new(); LEASES];
    let mut hall = None;
    for (_, rack) in order {
        let range = fleet.nodes_of_rack(rack);
        let all = NodeSet::from_range(range.clone());
        let of_hall = fleet.hall_of(leasehold_types::NodeId(range.start));
        let elsewhere = demand.contiguity == Contiguity::Hall && hall.is_some() && hall != of_hall;
        if missing == 0 || elsewhere || !all.is_disjoint(&blocked) {
            continue;
        }
        let of: Vec<NodeSet> = snapshot
            .leases
            .iter()
            .map(|lease| lease.tranches[0].nodes.within(range.clone()))
            .collect();
        let held: u32 = of.iter().map(NodeSet::len).sum();
        if held < all.len() || of.iter().zip(&left).any(|(of, left)| u64::from(of.len()) > *left) {
            continue;
        }
        hall = of_hall;
        for (lease, of) in of.iter().enumerate().filter(|(_, of)| !of.is_empty()) {
            let of = of.first(missing);
            missing -= of.len();
            left[lease] -= u64::from(of.len());
            taken[lease].extend(of.runs());
        }
    }
    let of_lease = |(lease, runs): (usize, Vec<(u32, u32)>)| {
        (!runs.is_empty()).then(|| (lease, 0, classes[lease], NodeSet::from_runs(runs)))
    };
    let takes = taken.into_iter().enumerate().filter_map(of_lease).collect();
    price_draft(fleet, snapshot, demand, &Draft { idle: NodeSet::EMPTY, takes })
}
