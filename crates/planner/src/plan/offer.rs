//! The reverse: which idle nodes to offer, so that they are cheap to take back.
//!
//! What will be recallable goes into whole idle domains, one hall after another: one recall then
//! frees whole domains. What will be firm goes beside what cannot be moved anyway, so that it
//! spoils no domain. And where a few replicas stand in the way of an idle domain, the advice says
//! where they could go.

use leasehold_types::{LeaseId, PoolId, Ratio, TrancheId, Units};
use serde::{Deserialize, Serialize};

use super::answer::plan_best;
use super::scene::{Holder, NONE, Scene};
use super::{ClassTerms, Contiguity, Demand, Effort, LeaseHolding, Snapshot, TrancheHolding};
use crate::{Fleet, NodeSet};

/// Most moves that are advised at once.
const MOVES_MAX: usize = 32;
/// Recalls by which a placement is tried, in domains.
const PROBES: [u64; 3] = [1, 2, 4];

/// What is to be offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferWish {
    /// Of which pool.
    pub pool: PoolId,
    /// How many units in all.
    pub units: Units,
    /// Of these, how many will be firm.
    pub firm: Units,
}

/// Where to place it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferAdvice {
    /// Nodes for what is recallable.
    pub recallable: NodeSet,
    /// Nodes for what is firm.
    pub firm: NodeSet,
    /// Whole domains among the recallable ones.
    pub whole_domains: u32,
    /// What is missing: nodes that are idle and that their halls can power.
    pub short: Units,
    /// What later recalls would cost, here and where the first idle nodes are taken instead.
    pub probes: Vec<Probe>,
    /// Replicas that could go elsewhere, so that whole domains are idle.
    pub moves: Vec<Move>,
}

/// A recall that may come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// For a gang of so many units, in whole domains, for an hour.
    pub units: Units,
    /// What it costs if placed as advised, in minor units; absent where it cannot be had.
    pub advised: Option<Ratio>,
    /// What it costs if the first idle nodes are taken.
    pub first_idle: Option<Ratio>,
}

/// A replica that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Its lease.
    pub lease: LeaseId,
    /// Its model.
    pub model: String,
    /// Where it is.
    pub from: NodeSet,
    /// Where it could be.
    pub to: NodeSet,
    /// What its reload loses, in minor units.
    pub cost: Ratio,
}

/// Where to place an offer; `None` where the fleet has no such pool.
pub fn plan_offer(fleet: &Fleet, snapshot: &Snapshot, wish: &OfferWish) -> Option<OfferAdvice> {
    let demand = probe_demand(wish, Units::ZERO);
    let scene = Scene::of(fleet, snapshot, &demand, &[])?;
    let nodes = |units: Units| u32::try_from(units.0.div_ceil(scene.size)).unwrap_or(u32::MAX);
    let all = nodes(wish.units);
    let firm = nodes(wish.firm).min(all);
    let mut room = Room::of(&scene);
    let firm_nodes = room.take(&scene, firm, &mut order(&scene, true), false);
    let recallable = all - firm;
    let mut taken = room.take(&scene, recallable, &mut order(&scene, false), true);
    let whole_domains = taken.len();
    let whole = u32::try_from(whole_domains).unwrap_or(u32::MAX);
    let rest = recallable - count(&taken);
    taken.extend(room.take(&scene, rest, &mut order(&scene, false), false));
    let (firm, recallable) = (room.set(&firm_nodes), room.set(&taken));
    let given = Units(u64::from(firm.len() + recallable.len()) * scene.size);
    let first = first_idle(&scene, firm.len(), recallable.len());
    let advised = granted(snapshot, wish, &firm, &recallable);
    let instead = granted(snapshot, wish, &first.0, &first.1);
    let probes = probes(fleet, &scene, wish, &advised, &instead);
    Some(OfferAdvice {
        moves: moves(&scene, &room),
        recallable,
        firm,
        whole_domains: whole,
        short: wish.units.saturating_sub(given),
        probes,
    })
}

/// Idle nodes that are still to be had.
struct Room {
    idle: Vec<Vec<u32>>,
    /// What each hall has left, in watts.
    left: Vec<i64>,
}

/// Runs of nodes, domain by domain.
type Taken = Vec<Vec<u32>>;

fn count(taken: &Taken) -> u32 {
    taken.iter().map(|nodes| super::build::narrow(nodes.len())).sum()
}

impl Room {
    fn of(scene: &Scene<'_>) -> Self {
        let idle = |domain: &super::scene::Domain| {
            let nodes = scene.fleet.nodes_of_rack(domain.rack);
            nodes.filter(|n| scene.holders[(n - scene.first) as usize] == Holder::Idle).collect()
        };
        Room { idle: scene.domains.iter().map(idle).collect(), left: scene.headroom.clone() }
    }

    /// Up to `wanted` nodes in that order of domains; whole idle domains alone, if so asked.
    fn take(
        &mut self,
        scene: &Scene<'_>,
        wanted: u32,
        order: &mut Vec<usize>,
        whole: bool,
    ) -> Taken {
        let (mut taken, mut left) = (Vec::new(), wanted);
        for index in order.drain(..) {
            let domain = &scene.domains[index];
            let idle = super::build::narrow(self.idle[index].len());
            let powered = self.left[domain.hall].max(0) / domain.rise.max(1);
            let powered = if domain.rise == 0 {
                u32::MAX
            } else {
                u32::try_from(powered).unwrap_or(u32::MAX)
            };
            let size = scene.fleet.nodes_of_rack(domain.rack).len();
            if whole && (idle as usize != size || idle > left || idle > powered) {
                continue;
            }
            let nodes = idle.min(left).min(powered);
            if nodes > 0 {
                self.left[domain.hall] -= i64::from(nodes) * domain.rise;
                left -= nodes;
                taken.push(self.idle[index].drain(..nodes as usize).collect());
            }
        }
        taken
    }

    fn set(&self, taken: &Taken) -> NodeSet {
        NodeSet::from_runs(taken.iter().flatten().map(|node| (*node, 1)).collect())
    }
}

/// Domains for firm units: those that cannot be emptied first, the fullest of them first. For
/// recallable ones: those that can, in the halls with most idle nodes first.
fn order(scene: &Scene<'_>, firm: bool) -> Vec<usize> {
    let mut of_hall = vec![0u32; scene.headroom.len()];
    scene.domains.iter().for_each(|domain| of_hall[domain.hall] += domain.idle);
    let mut order: Vec<usize> =
        (0..scene.domains.len()).filter(|domain| scene.domains[*domain].idle > 0).collect();
    order.sort_by_key(|index| {
        let domain = &scene.domains[*index];
        let spoiled = scene.whole(*index).is_none();
        if firm {
            (!spoiled, 0, domain.hall, domain.idle, *index)
        } else {
            (spoiled, u32::MAX - of_hall[domain.hall], domain.hall, u32::MAX - domain.idle, *index)
        }
    });
    order
}

/// The first idle nodes there are: firm ones, then recallable ones.
fn first_idle(scene: &Scene<'_>, firm: u32, recallable: u32) -> (NodeSet, NodeSet) {
    let is_idle = |at: &usize| scene.holders[*at] == Holder::Idle;
    let node = |at: usize| scene.first + super::build::narrow(at);
    let runs = (0..scene.holders.len()).filter(is_idle).map(|at| (node(at), 1)).collect();
    let all = NodeSet::from_runs(runs);
    let first = all.first(firm);
    let rest = all.difference(&first).first(recallable);
    (first, rest)
}

/// The snapshot as it would be with the offer taken up.
fn granted(
    snapshot: &Snapshot,
    wish: &OfferWish,
    firm: &NodeSet,
    recallable: &NodeSet,
) -> Option<Snapshot> {
    let tranche = |name: &str, nodes: &NodeSet, classes: Vec<ClassTerms>| {
        let tranche = TrancheId::new(name).ok()?;
        let (pool, nodes) = (wish.pool.clone(), nodes.clone());
        Some(TrancheHolding { tranche, pool, nodes, firm: Units::ZERO, classes })
    };
    let terms = ClassTerms {
        class: "offered".to_owned(),
        notice: leasehold_types::Seconds::ZERO,
        ready_at: snapshot.taken_at,
        most: wish.units,
        longest: None,
        left: None,
        abatement: Ratio::ZERO,
        compensation: Ratio::ZERO,
        barred: Vec::new(),
        breach: Ratio::ZERO,
    };
    let mut then = snapshot.clone();
    then.leases.push(LeaseHolding {
        lease: LeaseId::new("offered").ok()?,
        price: Ratio::ZERO,
        tranches: vec![
            tranche("firm", firm, Vec::new())?,
            tranche("recallable", recallable, vec![terms])?,
        ],
        replicas: Vec::new(),
    });
    Some(then)
}

fn probe_demand(wish: &OfferWish, units: Units) -> Demand {
    Demand {
        pool: wish.pool.clone(),
        units,
        contiguity: Contiguity::Domain,
        needed_by: None,
        length: leasehold_types::Seconds::from_hours(1),
        extra_watts: 0,
        allow_breach: false,
    }
}

fn probes(
    fleet: &Fleet,
    scene: &Scene<'_>,
    wish: &OfferWish,
    advised: &Option<Snapshot>,
    instead: &Option<Snapshot>,
) -> Vec<Probe> {
    let domain = scene.domains.iter().map(|d| scene.fleet.nodes_of_rack(d.rack).len()).max();
    let domain = domain.unwrap_or(1) as u64 * scene.size;
    let cost = |snapshot: &Option<Snapshot>, units: Units| {
        let plan = plan_best(fleet, snapshot.as_ref()?, &probe_demand(wish, units), Effort::Fast);
        plan.starts_at.and_then(|_| plan.cost.total())
    };
    let probe = |domains: u64| {
        let units = Units(domains * domain);
        Probe { units, advised: cost(advised, units), first_idle: cost(instead, units) }
    };
    PROBES.into_iter().map(probe).collect()
}

/// Replicas whose going leaves a domain idle, fewest nodes first, each with a place beside what
/// cannot be moved, or in a domain that stays broken.
fn moves(scene: &Scene<'_>, room: &Room) -> Vec<Move> {
    let held = |index: &usize| -> u32 {
        scene.bundles[scene.domains[*index].bundles.clone()].iter().map(|b| b.nodes).sum()
    };
    let mut idle = room.idle.clone();
    let mut order: Vec<usize> = (0..scene.domains.len())
        .filter(|d| scene.domains[*d].idle > 0 && held(d) > 0 && scene.whole(*d).is_some())
        .collect();
    order.sort_by_key(|domain| (held(domain), *domain));
    let mut targets: Vec<usize> =
        (0..idle.len()).filter(|d| scene.whole(*d).is_none() && !idle[*d].is_empty()).collect();
    targets.sort_by_key(|domain| (idle[*domain].len(), *domain));
    let mut moves = Vec::new();
    for domain in order {
        let mut then = idle.clone();
        let Some(found) = moves_of(scene, domain, &targets, &mut then) else { continue };
        if moves.len() + found.len() > MOVES_MAX {
            break;
        }
        moves.extend(found);
        idle = then;
    }
    moves
}

fn moves_of(
    scene: &Scene<'_>,
    domain: usize,
    targets: &[usize],
    idle: &mut [Vec<u32>],
) -> Option<Vec<Move>> {
    let mut found = Vec::new();
    for bundle in &scene.bundles[scene.domains[domain].bundles.clone()] {
        if bundle.replica == NONE {
            return None;
        }
        let (lease, replica) = scene.replicas[bundle.replica as usize];
        let lease = scene.lease(lease);
        let replica = &lease.replicas[replica];
        let nodes = bundle.nodes as usize;
        let target = targets.iter().find(|target| idle[**target].len() >= nodes)?;
        if replica.nodes.len() != bundle.nodes {
            return None;
        }
        let to = idle[*target].drain(..nodes).map(|node| (node, 1)).collect();
        let units = i128::from(bundle.nodes) * i128::from(scene.size);
        let lost = Ratio::new(units * i128::from(replica.reload.0.max(0)), 3_600).ok()?;
        let worth = lease.price.checked_mul(scene.snapshot.weights.lost_work).ok()?;
        found.push(Move {
            lease: lease.lease.clone(),
            model: replica.model.clone(),
            from: replica.nodes.clone(),
            to: NodeSet::from_runs(to),
            cost: worth.checked_mul(lost).ok()?,
        });
    }
    Some(found)
}
