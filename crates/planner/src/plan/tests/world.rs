//! Small random fleets with leases, and the answer by looking at every choice.

use std::sync::Arc;

use leasehold_types::{
    AcceleratorSeconds, Currency, Instant, JobId, LeaseId, NodeId, PoolId, Ratio, Seconds,
    TrancheId, Units,
};
use proptest::prelude::*;

use crate::plan::*;
use crate::{Fleet, NodeSet};

pub(super) fn at(second: i64) -> Instant {
    Instant::from_second(second)
}

pub(super) fn usd() -> Currency {
    "USD".to_owned().try_into().unwrap()
}

/// A fleet of halls, each with a cap in kilowatts and racks of so many nodes of 8; a node draws
/// 2 kW at rest and 10 kW at work.
pub(super) fn fleet(halls: &[(u64, u32, u32)]) -> Fleet {
    let mut text = "fleet = 1\n[[site]]\nid = \"s\"\n".to_owned();
    for (index, (cap, racks, nodes)) in halls.iter().enumerate() {
        text += &format!(
            "[[site.hall]]\nid = \"h{index}\"\ncap_kw = {cap}\nblock = [{{ accelerator = \"a\", \
             racks = {racks}, nodes_per_rack = {nodes}, accelerators_per_node = 8, busy_watts = \
             10000, idle_watts = 2000 }}]\n"
        );
    }
    Fleet::parse(&text).unwrap()
}

pub(super) fn pool() -> PoolId {
    PoolId::new("s/a").unwrap()
}

pub(super) fn demand(units: u64, contiguity: Contiguity) -> Demand {
    Demand {
        pool: pool(),
        units: Units(units),
        contiguity,
        needed_by: Some(at(3_600)),
        length: Seconds::from_hours(2),
        extra_watts: 0,
        allow_breach: false,
    }
}

pub(super) fn class(name: &str, ready: i64, most: u64, abatement: i64) -> ClassTerms {
    ClassTerms {
        class: name.to_owned(),
        notice: Seconds(ready),
        ready_at: at(ready),
        most: Units(most),
        longest: None,
        left: None,
        abatement: Ratio::whole(abatement),
        compensation: Ratio::ZERO,
        barred: Vec::new(),
        breach: Ratio::ZERO,
    }
}

pub(super) fn lease(
    name: &str,
    nodes: &[(u32, u32)],
    firm: u64,
    classes: Vec<ClassTerms>,
) -> LeaseHolding {
    LeaseHolding {
        lease: LeaseId::new(name).unwrap(),
        price: Ratio::whole(200),
        tranches: vec![TrancheHolding {
            tranche: TrancheId::new("t").unwrap(),
            pool: pool(),
            nodes: NodeSet::from_runs(nodes.to_vec()),
            firm: Units(firm),
            classes,
        }],
        replicas: Vec::new(),
    }
}

pub(super) fn replica(nodes: &[(u32, u32)], reload: i64) -> Replica {
    Replica {
        model: "m".to_owned(),
        nodes: NodeSet::from_runs(nodes.to_vec()),
        reload: Seconds(reload),
        streams: Vec::new(),
    }
}

pub(super) fn snapshot(leases: Vec<LeaseHolding>) -> Snapshot {
    Snapshot {
        snapshot: SNAPSHOT_VERSION,
        taken_at: at(0),
        currency: usd(),
        fleet: "fleet.toml".to_owned(),
        leases,
        jobs: Vec::new(),
        down: NodeSet::EMPTY,
        kept: NodeSet::EMPTY,
        weights: Weights { lost_work: Ratio::ONE, hall: 300, domain: 20 },
        demand: None,
    }
}

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) fleet: Arc<Fleet>,
    pub(super) snapshot: Snapshot,
}

/// What a node is drawn as.
type Drawn = (u8, u8);

/// Up to three leases on up to 12 nodes. `across`: replicas may lie in several domains.
pub(super) fn worlds(across: bool) -> impl Strategy<Value = World> {
    let hall = (20u64..60, 1u32..3, 1u32..4);
    let terms = (0u32..3, 0u64..50, 0i64..30, 0u64..3);
    let terms = prop::collection::vec(prop::collection::vec(terms, 1..3), 3);
    let firm = prop::collection::vec(0u64..25, 3);
    let nodes: Vec<_> = (0..12).map(|_| (0u8..8, 0u8..3)).collect();
    (prop::collection::vec(hall, 1..3), terms, firm, nodes, 0i64..3_000).prop_map(
        move |(halls, terms, firm, drawn, reload)| {
            let fleet = fleet(&halls);
            let snapshot = peopled(&fleet, &terms, &firm, &drawn, reload, across);
            World { fleet: Arc::new(fleet), snapshot }
        },
    )
}

fn peopled(
    fleet: &Fleet,
    terms: &[Vec<(u32, u64, i64, u64)>],
    firm: &[u64],
    drawn: &[Drawn],
    reload: i64,
    across: bool,
) -> Snapshot {
    let count = fleet.node_count().min(12);
    let held = |kind: u8| -> Vec<u32> {
        (0..count).filter(|node| drawn[*node as usize].0 == kind).collect()
    };
    let set = |nodes: &[u32]| nodes.iter().map(|node| NodeId(*node)).collect::<NodeSet>();
    let mut leases = Vec::new();
    for index in 0..3u8 {
        let nodes = held(index);
        let at = usize::from(index);
        let classes = terms[at].iter().enumerate().map(|(i, (ready, most, price, stretch))| {
            let mut terms = class(&format!("c{i}"), i64::from(*ready) * 1_800, *most, *price);
            terms.compensation = Ratio::whole(i64::try_from(*stretch).unwrap());
            terms.breach = Ratio::whole(40);
            terms
        });
        let mut lease = lease(&format!("l{index}"), &[], firm[at], classes.collect());
        lease.tranches[0].nodes = set(&nodes);
        for group in 0..2u8 {
            let of: Vec<u32> =
                nodes.iter().copied().filter(|node| drawn[*node as usize].1 == group).collect();
            let rack = |node: &u32| fleet.rack_of(NodeId(*node));
            let groups: Vec<&[u32]> = if across {
                vec![&of[..]]
            } else {
                of.chunk_by(|a, b| rack(a) == rack(b)).collect()
            };
            for part in groups.into_iter().filter(|part| !part.is_empty()) {
                let mut found = replica(&[], (reload / 36) * 36);
                found.nodes = set(part);
                found.streams = vec![Streams {
                    count: 2,
                    ends_at: super::world::at(i64::from(part[0]) * 500),
                    spent: AcceleratorSeconds(18 * u128::from(part[0])),
                }];
                lease.replicas.push(found);
            }
        }
        leases.push(lease);
    }
    let mut snapshot = snapshot(leases);
    snapshot.jobs = vec![JobHolding { job: JobId(1), nodes: set(&held(6)) }];
    snapshot.down = drawn.first().filter(|d| d.1 == 2).map_or(NodeSet::EMPTY, |_| set(&[0]));
    snapshot
}

pub(super) fn demands() -> impl Strategy<Value = Demand> {
    let contiguity =
        prop_oneof![Just(Contiguity::Any), Just(Contiguity::Domain), Just(Contiguity::Hall)];
    let by = prop::option::of(0i64..5_000);
    (1u64..72, contiguity, by, 0u32..4, prop::bool::ANY).prop_map(
        |(units, near, by, extra, breach)| Demand {
            needed_by: by.map(at),
            extra_watts: extra * 1_000,
            allow_breach: breach,
            ..demand(units, near)
        },
    )
}

/// Whether nodes lie as the demand wants them.
pub(super) fn lies_well(fleet: &Fleet, nodes: &NodeSet, contiguity: Contiguity) -> bool {
    if contiguity == Contiguity::Any {
        return true;
    }
    let mut broken = 0;
    for rack in 0..fleet.rack_count() {
        let all = fleet.nodes_of_rack(rack);
        let count = nodes.within(all.clone()).len() as usize;
        broken += usize::from(count > 0 && count < all.len());
    }
    let mut halls: Vec<_> = nodes.iter().filter_map(|node| fleet.hall_of(node)).collect();
    halls.dedup();
    broken <= 1 && (contiguity == Contiguity::Domain || halls.len() <= 1)
}

/// The least cost of all choices of nodes and classes, each looked at.
pub(super) fn by_hand(world: &World, demand: &Demand) -> Option<Ratio> {
    let (fleet, snapshot) = (&world.fleet, &world.snapshot);
    let count = fleet.node_count().min(12);
    let need = u32::try_from(demand.units.0.div_ceil(8)).unwrap();
    let chosen = (0u32..1 << count).filter(|mask| mask.count_ones() == need);
    let mut best: Option<Ratio> = None;
    for mask in chosen {
        let nodes: NodeSet = (0..count).filter(|n| mask >> n & 1 == 1).map(NodeId).collect();
        if !lies_well(fleet, &nodes, demand.contiguity) {
            continue;
        }
        let mut drafts = vec![Draft { idle: nodes.clone(), takes: Vec::new() }];
        for (index, lease) in snapshot.leases.iter().enumerate() {
            let of = nodes.intersection(&lease.tranches[0].nodes);
            if of.is_empty() {
                continue;
            }
            let with = |draft: &Draft, class: usize| {
                let mut draft = draft.clone();
                draft.idle = draft.idle.difference(&of);
                draft.takes.push((index, 0, class, of.clone()));
                draft
            };
            let classes = 0..lease.tranches[0].classes.len();
            drafts = drafts
                .iter()
                .flat_map(|draft| classes.clone().map(|class| with(draft, class)))
                .collect();
        }
        for draft in drafts {
            let priced = price_draft(fleet, snapshot, demand, &draft);
            let cost = priced.and_then(|plan| plan.cost.total());
            best = match (best, cost) {
                (Some(best), Some(cost)) => Some(best.min(cost)),
                (best, cost) => best.or(cost),
            };
        }
    }
    best
}
