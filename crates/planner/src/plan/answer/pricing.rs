//! Prices nodes, whoever chose them: exact fractions, from the snapshot alone.

use std::collections::BTreeMap;

use leasehold_types::{Instant, NodeId, Ratio, Units};

use super::{Cost, Draft, RecallPlan, Step};
use crate::plan::scene::{Holder, NONE, Scene, Way, over};
use crate::plan::{Demand, Snapshot};
use crate::{Fleet, NodeSet};

/// What is taken.
pub(super) struct Takes {
    pub(super) idle: NodeSet,
    pub(super) takes: Vec<(Way, NodeSet)>,
}

/// Prices a draft by the same rules as a plan; `None` where it is against them: nodes that are not
/// idle or not the tranche's, firm units, more than a class gives, power that is not there, or a
/// breach that the demand does not allow. Contiguity is not asked of it.
pub fn price_draft(
    fleet: &Fleet,
    snapshot: &Snapshot,
    demand: &Demand,
    draft: &Draft,
) -> Option<RecallPlan> {
    let scene = Scene::of(fleet, snapshot, demand, &[])?;
    let mut takes = Vec::new();
    for (lease, tranche, class, nodes) in &draft.takes {
        let wanted = &snapshot.leases.get(*lease)?.tranches.get(*tranche)?.tranche;
        let mut ways = scene.ways.iter().filter(|way| {
            let of = &scene.tranches[way.tranche];
            way.lease == *lease && of.1.tranche == *wanted && way.class == *class
        });
        let way = ways.find(|way| nodes.len() <= way.most)?;
        takes.push((way.clone(), nodes.clone()));
    }
    price(&scene, &Takes { idle: draft.idle.clone(), takes })
}

/// As [`price_draft`].
pub(super) fn price(scene: &Scene<'_>, takes: &Takes) -> Option<RecallPlan> {
    check(scene, takes)?;
    let demand = scene.demand;
    let ready = takes.takes.iter().filter(|take| !take.1.is_empty()).map(|take| take.0.ready_at);
    let starts_at = ready.max().unwrap_or(scene.snapshot.taken_at).max(scene.snapshot.taken_at);
    let mut plan = RecallPlan::none(demand);
    plan.starts_at = Some(starts_at);
    plan.idle = takes.idle.clone();
    for (way, nodes) in takes.takes.iter().filter(|take| !take.1.is_empty()) {
        let step = step(scene, way, nodes, starts_at)?;
        plan.cost = plan.cost.with(&step.cost)?;
        plan.evicted = plan.evicted.checked_add(step.units).ok()?;
        plan.stopped_beside = plan.stopped_beside.checked_add(step.stopped_beside).ok()?;
        plan.steps.push(step);
    }
    plan.steps.sort_by(|a, b| (a.order_at, &a.lease).cmp(&(b.order_at, &b.lease)));
    plan.given = Units(plan.evicted.0 + scene.size * u64::from(plan.idle.len()));
    plan.short = demand.units.saturating_sub(plan.given);
    let share = Ratio::new(plan.evicted.0.into(), demand.units.0.into());
    plan.evicted_over_asked = share.unwrap_or(Ratio::ZERO);
    spread(scene, takes, &mut plan)?;
    Some(plan)
}

fn check(scene: &Scene<'_>, takes: &Takes) -> Option<()> {
    let holder = |node: NodeId| {
        let at = node.0.checked_sub(scene.first)?;
        scene.holders.get(at as usize).copied()
    };
    if takes.idle.iter().any(|node| holder(node) != Some(Holder::Idle)) {
        return None;
    }
    for (way, nodes) in &takes.takes {
        let index = u32::try_from(way.tranche).ok()?;
        let strange = |node| holder(node) != Some(Holder::Tranche(index));
        if nodes.len() > way.most || nodes.iter().any(strange) {
            return None;
        }
    }
    let extra = i64::from(scene.demand.extra_watts);
    let mut left = scene.headroom.clone();
    let all = takes.takes.iter().map(|take| (&take.1, false)).chain([(&takes.idle, true)]);
    for (nodes, idle) in all {
        for block in scene.fleet.blocks() {
            let count = i64::from(nodes.within(block.nodes.clone()).len());
            let rise = if idle { i64::from(block.rise_watts()) } else { 0 };
            let asked = count * (rise + extra);
            if asked > 0 && asked > left[block.hall] {
                return None;
            }
            left[block.hall] -= asked;
        }
    }
    Some(())
}

fn step(scene: &Scene<'_>, way: &Way, nodes: &NodeSet, starts_at: Instant) -> Option<Step> {
    let (terms, lease) = (scene.terms(way), scene.lease(way.lease));
    let units = Units(u64::from(nodes.len()) * scene.size);
    let each = |rate: Ratio| {
        let units = Ratio::new(units.0.into(), 1).ok()?;
        over(rate, scene.demand.length)?.checked_mul(units).ok()
    };
    let stops = stops(scene, way, nodes);
    let worth = lease.price.checked_mul(scene.snapshot.weights.lost_work).ok()?;
    let hours = Ratio::new(i128::try_from(stops.lost_seconds).ok()?, 3_600).ok()?;
    let cost = Cost {
        abatement: each(terms.abatement)?,
        compensation: each(terms.compensation)?,
        breach: if way.breaks.is_empty() { Ratio::ZERO } else { each(terms.breach)? },
        lost_work: worth.checked_mul(hours).ok()?,
        fragmentation: Ratio::ZERO,
    };
    let taken_at = scene.snapshot.taken_at;
    // Where the calendar, not the notice, decides when it is ready, waiting could miss it.
    let by_notice = terms.ready_at == taken_at.saturating_add(terms.notice);
    let latest = Instant::from_second(starts_at.second() - terms.notice.0);
    let order_at = if by_notice { latest.max(taken_at) } else { taken_at };
    Some(Step {
        lease: lease.lease.clone(),
        tranche: scene.tranches[way.tranche].1.tranche.clone(),
        class: terms.class.clone(),
        nodes: nodes.clone(),
        units,
        order_at,
        release_at: starts_at,
        return_by: starts_at.saturating_add(scene.demand.length),
        breaks: way.breaks.clone(),
        replicas: stops.replicas,
        streams_cut: stops.streams,
        stopped_beside: Units(stops.beside * scene.size),
        cost,
    })
}

#[derive(Default)]
struct Stops {
    replicas: u32,
    streams: u64,
    /// Nodes that stay with the tenant.
    beside: u64,
    lost_seconds: u128,
}

/// What stops with these nodes.
fn stops(scene: &Scene<'_>, way: &Way, nodes: &NodeSet) -> Stops {
    let mut taken: BTreeMap<u32, u64> = BTreeMap::new();
    for node in nodes.iter() {
        let replica = scene.replica_at[(node.0 - scene.first) as usize];
        if replica != NONE {
            *taken.entry(replica).or_default() += 1;
        }
    }
    let mut stops = Stops::default();
    for (index, count) in taken {
        let (lease, replica) = scene.replicas[index as usize];
        let replica = &scene.lease(lease).replicas[replica];
        let (reload, cut) = scene.lost_seconds(index, way);
        let streams = replica.streams.iter().filter(|streams| streams.ends_at > way.ready_at);
        stops.replicas += 1;
        stops.streams += streams.map(|streams| u64::from(streams.count)).sum::<u64>();
        stops.beside += u64::from(replica.nodes.len()).saturating_sub(count);
        stops.lost_seconds += reload + cut;
    }
    stops
}

/// What the gang touches, and what that weighs.
fn spread(scene: &Scene<'_>, takes: &Takes, plan: &mut RecallPlan) -> Option<()> {
    let runs = takes.takes.iter().flat_map(|take| take.1.runs().iter().copied());
    let all = NodeSet::from_runs(runs.chain(takes.idle.runs().iter().copied()).collect());
    let (mut halls, mut domains) = (Vec::new(), 0u32);
    for domain in &scene.domains {
        if !all.within(scene.fleet.nodes_of_rack(domain.rack)).is_empty() {
            domains += 1;
            halls.push(domain.hall);
        }
    }
    halls.sort_unstable();
    halls.dedup();
    plan.domains = domains;
    plan.halls = u32::try_from(halls.len()).ok()?;
    let weights = &scene.snapshot.weights;
    // Where a gang may lie anywhere, halls are nothing to it.
    let by_hall = scene.demand.contiguity != crate::plan::Contiguity::Any;
    let halls = if by_hall { i64::from(plan.halls) * i64::from(weights.hall) } else { 0 };
    let weight = halls.checked_add(i64::from(domains) * i64::from(weights.domain))?;
    plan.cost.fragmentation = Ratio::whole(weight);
    Some(())
}
