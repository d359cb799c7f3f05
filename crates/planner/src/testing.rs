//! Random small fleets, and an obvious model of who holds what on them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use leasehold_types::NodeId;
use proptest::prelude::*;

use crate::{Fleet, LeaseIx, NodeSet, Occupancy, Slots, Tenure};

/// A fleet of up to two sites, three halls each, three blocks each; types `a` to `d` have nodes
/// of 4, 8, 1 and 3; caps lie anywhere from the idle draw up.
pub(crate) fn fleets() -> impl Strategy<Value = Arc<Fleet>> {
    let block = (0usize..4, 1u32..4, 1u32..5, 500u32..1_200, 0u32..400);
    let hall = (prop::collection::vec(block, 1..4), 0u64..130);
    let site = prop::collection::vec(hall, 1..4);
    prop::collection::vec(site, 1..3).prop_map(|sites| {
        let mut text = "fleet = 1\n".to_owned();
        for (s, halls) in sites.iter().enumerate() {
            let _ = write!(text, "[[site]]\nid = \"s{s}\"\n");
            for (h, (blocks, percent)) in halls.iter().enumerate() {
                let sum = |watts: fn(&(usize, u32, u32, u32, u32)) -> u32| -> u64 {
                    blocks.iter().map(|b| u64::from(b.1 * b.2 * watts(b))).sum()
                };
                let (busy, idle) = (sum(|b| b.3), sum(|b| b.4));
                let cap = (idle + (busy - idle) * percent / 100).div_ceil(1_000).max(1);
                let _ = write!(text, "[[site.hall]]\nid = \"h{h}\"\ncap_kw = {cap}\nblock = [\n");
                for (kind, racks, nodes, busy, idle) in blocks {
                    let (name, size) = [("a", 4), ("b", 8), ("c", 1), ("d", 3)][*kind];
                    let _ = writeln!(
                        text,
                        "{{ accelerator = \"{name}\", racks = {racks}, nodes_per_rack = {nodes}, \
                         accelerators_per_node = {size}, busy_watts = {busy}, idle_watts = {idle} }},"
                    );
                }
                text.push_str("]\n");
            }
        }
        Arc::new(Fleet::parse(&text).unwrap())
    })
}

/// One node of the model: who has it, and every job on it with what it holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct ModelNode {
    pub(crate) tenure: Tenure,
    pub(crate) down: bool,
    pub(crate) jobs: BTreeMap<u32, u8>,
}

impl ModelNode {
    pub(crate) fn used(&self) -> u8 {
        self.jobs.values().sum()
    }
}

/// What a history does; numbers are reduced to what there is.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Grant { lease: u16, nodes: Vec<(u32, u32)> },
    GrantPlaced { lease: u16, pool: usize, units: u64 },
    Revoke { lease: u16, nodes: Vec<(u32, u32)>, held: bool },
    TakeBack { lease: u16, nodes: Vec<(u32, u32)>, held: bool },
    TakeChosen { lease: u16, pool: usize, units: u64, keep: Vec<(u32, u32)> },
    GiveBack { lease: u16, nodes: Vec<(u32, u32)>, held: bool },
    Start { whole: Vec<(u32, u32)>, part: Vec<(u32, u8)> },
    StartPlaced { pool: usize, units: u64, also: Vec<(u32, u32)> },
    End { job: usize },
    Fail { node: u32 },
    Repair { node: u32 },
}

pub(crate) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let nodes = || prop::collection::vec((0u32..70, 1u32..12), 0..4);
    let lease = 0u16..3;
    let step = prop_oneof![
        1 => (lease.clone(), nodes()).prop_map(|(lease, nodes)| Step::Grant { lease, nodes }),
        3 => (lease.clone(), 0usize..6, 0u64..60)
            .prop_map(|(lease, pool, units)| Step::GrantPlaced { lease, pool, units }),
        1 => (lease.clone(), nodes(), prop::bool::weighted(0.9))
            .prop_map(|(lease, nodes, held)| Step::Revoke { lease, nodes, held }),
        1 => (lease.clone(), nodes(), prop::bool::weighted(0.9))
            .prop_map(|(lease, nodes, held)| Step::TakeBack { lease, nodes, held }),
        2 => (lease.clone(), 0usize..6, 0u64..40, nodes())
            .prop_map(|(lease, pool, units, keep)| Step::TakeChosen { lease, pool, units, keep }),
        2 => (lease, nodes(), prop::bool::weighted(0.9))
            .prop_map(|(lease, nodes, held)| Step::GiveBack { lease, nodes, held }),
        1 => (nodes(), prop::collection::vec((0u32..70, 0u8..9), 0..3))
            .prop_map(|(whole, part)| Step::Start { whole, part }),
        6 => (0usize..6, 0u64..40, prop::collection::vec((0u32..70, 1u32..70), 0..2))
            .prop_map(|(pool, units, also)| Step::StartPlaced { pool, units, also }),
        4 => (0usize..20).prop_map(|job| Step::End { job }),
        1 => (0u32..80).prop_map(|node| Step::Fail { node }),
        1 => (0u32..80).prop_map(|node| Step::Repair { node }),
    ];
    prop::collection::vec(step, 0..most)
}

/// A set from runs in any order.
pub(crate) fn set(runs: &[(u32, u32)]) -> NodeSet {
    NodeSet::from_runs(runs.to_vec())
}

/// The model, beside the occupancy that it judges.
pub(crate) struct Model {
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) nodes: Vec<ModelNode>,
    pub(crate) jobs: BTreeMap<u32, Slots>,
    next_job: u32,
}

impl Model {
    pub(crate) fn new(fleet: &Arc<Fleet>) -> Self {
        let nodes = vec![ModelNode::default(); fleet.node_count() as usize];
        Model { fleet: fleet.clone(), nodes, jobs: BTreeMap::new(), next_job: 0 }
    }

    /// Accelerators of a node.
    pub(crate) fn size(&self, node: u32) -> u8 {
        self.fleet.pools()[self.fleet.pool_of(NodeId(node)).unwrap()].accelerators_per_node
    }

    /// What is spoken for in each hall, by the rule as it is written down.
    fn committed(&self) -> Vec<u64> {
        let mut halls = vec![0; self.fleet.halls().len()];
        for (node, held) in (0u32..).zip(&self.nodes) {
            let block = &self.fleet.blocks()[self.fleet.block_of(NodeId(node)).unwrap()];
            let busy = held.tenure != Tenure::Own || !held.jobs.is_empty();
            halls[block.hall] += u64::from(if busy { block.busy_watts } else { block.idle_watts });
        }
        halls
    }

    /// Makes a change to the nodes if `lawful` says so of each and every hall has the power;
    /// returns whether it did.
    fn try_change(
        &mut self,
        nodes: &NodeSet,
        lawful: impl Fn(&ModelNode) -> bool,
        change: impl Fn(&mut ModelNode),
    ) -> bool {
        let known = nodes.last().is_none_or(|node| (node.0 as usize) < self.nodes.len());
        if !known || !nodes.iter().all(|node| lawful(&self.nodes[node.0 as usize])) {
            return false;
        }
        let before = self.nodes.clone();
        nodes.iter().for_each(|node| change(&mut self.nodes[node.0 as usize]));
        let fits = self.committed().iter().zip(self.fleet.halls()).all(|(w, h)| *w <= h.cap_watts);
        if !fits {
            self.nodes = before;
        }
        fits
    }

    fn start(&mut self, slots: &Slots) -> bool {
        let (job, before) = (self.next_job, self.nodes.clone());
        let mut holds: Vec<(u32, u8)> = Vec::new();
        for node in slots.whole.iter().filter(|node| (node.0 as usize) < self.nodes.len()) {
            holds.push((node.0, self.size(node.0)));
        }
        let whole = holds.len() as u32 == slots.whole.len();
        holds.extend(slots.part.iter().map(|(node, count)| (node.0, *count)));
        let known = whole && holds.iter().all(|hold| (hold.0 as usize) < self.nodes.len());
        let ordered = slots.part.is_sorted_by(|a, b| a.0 < b.0);
        let apart = slots.part.iter().all(|part| part.1 > 0 && !slots.whole.contains(part.0));
        let mut ok = known && ordered && apart;
        for (node, count) in holds.iter().filter(|_| known) {
            let size = self.size(*node);
            let held = &mut self.nodes[*node as usize];
            let lent = matches!(held.tenure, Tenure::Leased(_));
            ok &= !lent && !held.down && u16::from(held.used()) + u16::from(*count) <= size.into();
            if ok {
                held.jobs.insert(job, *count);
            }
        }
        ok &= self.committed().iter().zip(self.fleet.halls()).all(|(w, h)| *w <= h.cap_watts);
        if ok {
            self.jobs.insert(job, slots.clone());
            self.next_job += 1;
        } else {
            self.nodes = before;
        }
        ok
    }

    /// The nodes in that tenure.
    pub(crate) fn in_tenure(&self, tenure: Tenure) -> NodeSet {
        let nodes = (0u32..).zip(&self.nodes).filter(|(_, held)| held.tenure == tenure);
        nodes.map(|(node, _)| NodeId(node)).collect()
    }

    /// Does one step to both. `Err` says how they disagree.
    pub(crate) fn step(&mut self, step: &Step, occupancy: &mut Occupancy) -> Result<(), String> {
        let before = format!("{occupancy:?}");
        let (expected, found) = self.step_both(step, occupancy)?;
        match found {
            Ok(()) if expected => Ok(()),
            Err(_) if !expected && format!("{occupancy:?}") == before => Ok(()),
            Err(error) if !expected => {
                Err(format!("{step:?} was refused ({error}) and changed it"))
            }
            found => Err(format!("{step:?}: the model says {expected}, and it says {found:?}")),
        }
    }

    fn step_both(
        &mut self,
        step: &Step,
        occupancy: &mut Occupancy,
    ) -> Result<(bool, Result<(), crate::Refused>), String> {
        let of = |lease: u16| LeaseIx(lease);
        let within = |nodes: &[(u32, u32)], held: bool, holds: NodeSet| {
            if held { set(nodes).intersection(&holds) } else { set(nodes) }
        };
        Ok(match step {
            Step::Grant { lease, nodes } => self.grant(of(*lease), &set(nodes), occupancy),
            Step::GrantPlaced { lease, pool, units } => {
                let Some(nodes) =
                    crate::place_grant(occupancy, *pool, leasehold_types::Units(*units))
                else {
                    return Ok((true, Ok(())));
                };
                let both = self.grant(of(*lease), &nodes, occupancy);
                if !both.0 {
                    return Err(format!("{step:?}: what was placed is not lawful: {nodes:?}"));
                }
                both
            }
            Step::Revoke { lease, nodes, held } => {
                let lease = of(*lease);
                let (leased, recalled) = (Tenure::Leased(lease), Tenure::Recalled(lease));
                let holds = self.in_tenure(leased).union(&self.in_tenure(recalled));
                let nodes = within(nodes, *held, holds);
                let lawful = |n: &ModelNode| n.tenure == leased || n.tenure == recalled;
                let own = |n: &mut ModelNode| n.tenure = Tenure::Own;
                (self.try_change(&nodes, lawful, own), occupancy.revoke(lease, &nodes))
            }
            Step::TakeBack { lease, nodes, held } => {
                let nodes = within(nodes, *held, self.in_tenure(Tenure::Leased(of(*lease))));
                self.take_back(of(*lease), &nodes, occupancy)
            }
            Step::TakeChosen { lease, pool, units, keep } => {
                let (lease, keep) = (of(*lease), set(keep));
                let units = leasehold_types::Units(*units);
                let nodes = crate::choose_recall(occupancy, lease, *pool, units, &keep);
                if !nodes.is_disjoint(&keep) {
                    return Err(format!("{step:?} chose what is to be kept: {nodes:?}"));
                }
                let both = self.take_back(lease, &nodes, occupancy);
                if !both.0 {
                    return Err(format!("{step:?}: what was chosen is not lawful: {nodes:?}"));
                }
                both
            }
            Step::GiveBack { lease, nodes, held } => {
                let recalled = Tenure::Recalled(of(*lease));
                let nodes = within(nodes, *held, self.in_tenure(recalled));
                let lawful = |n: &ModelNode| n.tenure == recalled && n.jobs.is_empty();
                let lent = |n: &mut ModelNode| n.tenure = Tenure::Leased(of(*lease));
                (self.try_change(&nodes, lawful, lent), occupancy.give_back(of(*lease), &nodes))
            }
            Step::Start { whole, part } => {
                let part = part.iter().map(|(node, count)| (NodeId(*node), *count)).collect();
                let slots = Slots { whole: set(whole), part };
                (self.start(&slots), occupancy.start(&slots))
            }
            Step::StartPlaced { pool, units, also } => {
                let units = leasehold_types::Units(*units);
                let Some(slots) = crate::place_job(occupancy, *pool, units, &set(also)) else {
                    return Ok((true, Ok(())));
                };
                if slots.units(&self.fleet) != units || !self.start(&slots) {
                    return Err(format!("{step:?}: what was placed is not lawful: {slots:?}"));
                }
                (true, occupancy.start(&slots))
            }
            Step::End { job } => {
                let job = self.jobs.keys().nth(job % self.jobs.len().max(1)).copied();
                let Some(job) = job else { return Ok((true, Ok(()))) };
                let slots = self.jobs.remove(&job).unwrap_or_default();
                for held in &mut self.nodes {
                    held.jobs.remove(&job);
                }
                (true, occupancy.end(&slots))
            }
            Step::Fail { node } => {
                let nodes = NodeSet::from_range(*node..node + 1);
                let change = self.try_change(&nodes, |n| !n.down, |n| n.down = true);
                (change, occupancy.fail(NodeId(*node)))
            }
            Step::Repair { node } => {
                let nodes = NodeSet::from_range(*node..node + 1);
                let change = self.try_change(&nodes, |n| n.down, |n| n.down = false);
                (change, occupancy.repair(NodeId(*node)))
            }
        })
    }

    fn grant(
        &mut self,
        lease: LeaseIx,
        nodes: &NodeSet,
        occupancy: &mut Occupancy,
    ) -> (bool, Result<(), crate::Refused>) {
        let lawful = |n: &ModelNode| n.tenure == Tenure::Own && !n.down && n.jobs.is_empty();
        let change = self.try_change(nodes, lawful, |n| n.tenure = Tenure::Leased(lease));
        (change, occupancy.grant(lease, nodes))
    }

    fn take_back(
        &mut self,
        lease: LeaseIx,
        nodes: &NodeSet,
        occupancy: &mut Occupancy,
    ) -> (bool, Result<(), crate::Refused>) {
        let lawful = |n: &ModelNode| n.tenure == Tenure::Leased(lease);
        let change = self.try_change(nodes, lawful, |n| n.tenure = Tenure::Recalled(lease));
        (change, occupancy.take_back(lease, nodes))
    }
}
