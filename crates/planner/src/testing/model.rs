//! Who holds what, in the plainest way: each node with its holder and each of its jobs.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use leasehold_types::{NodeId, Units};

use super::{Step, set};
use crate::{Fleet, LeaseIx, NodeSet, Occupancy, Refused, Slots, Tenure};

/// Whether the model allows a step, and what the occupancy said to it.
type Both = (bool, Result<(), Refused>);

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

    fn step_both(&mut self, step: &Step, occupancy: &mut Occupancy) -> Result<Both, String> {
        match step {
            Step::Grant { lease, nodes } => Ok(self.grant(LeaseIx(*lease), &set(nodes), occupancy)),
            Step::GrantPlaced { lease, pool, units } => {
                match crate::place_grant(occupancy, *pool, Units(*units)) {
                    Some(nodes) => {
                        lawful(step, &nodes, self.grant(LeaseIx(*lease), &nodes, occupancy))
                    }
                    None => Ok((true, Ok(()))),
                }
            }
            Step::Revoke { lease, nodes, held } => {
                Ok(self.revoke(LeaseIx(*lease), set(nodes), *held, occupancy))
            }
            Step::TakeBack { lease, nodes, held } => {
                let lease = LeaseIx(*lease);
                let nodes = self.within(set(nodes), *held, &[Tenure::Leased(lease)]);
                Ok(self.take_back(lease, &nodes, occupancy))
            }
            Step::TakeChosen { lease, pool, units, keep } => {
                let (lease, keep) = (LeaseIx(*lease), set(keep));
                let nodes = crate::choose_recall(occupancy, lease, *pool, Units(*units), &keep);
                if !nodes.is_disjoint(&keep) {
                    return Err(format!("{step:?} chose what is to be kept: {nodes:?}"));
                }
                lawful(step, &nodes, self.take_back(lease, &nodes, occupancy))
            }
            Step::GiveBack { lease, nodes, held } => {
                Ok(self.give_back(LeaseIx(*lease), set(nodes), *held, occupancy))
            }
            Step::Start { whole, part } => {
                let part = part.iter().map(|(node, count)| (NodeId(*node), *count)).collect();
                let slots = Slots { whole: set(whole), part };
                Ok((self.start(&slots), occupancy.start(&slots)))
            }
            Step::StartPlaced { pool, units, also } => {
                let Some(slots) = crate::place_job(occupancy, *pool, Units(*units), &set(also))
                else {
                    return Ok((true, Ok(())));
                };
                let right = slots.units(&self.fleet) == Units(*units) && self.start(&slots);
                lawful(step, &slots, (right, occupancy.start(&slots)))
            }
            Step::End { job } => Ok(self.end(*job, occupancy)),
            Step::Fail { node } => Ok(self.set_down(*node, true, occupancy)),
            Step::Repair { node } => Ok(self.set_down(*node, false, occupancy)),
        }
    }

    /// All of `nodes`, or where they are to be `held` those of them in one of these tenures.
    fn within(&self, nodes: NodeSet, held: bool, tenures: &[Tenure]) -> NodeSet {
        let empty = NodeSet::EMPTY;
        let all = tenures.iter().fold(empty, |all, tenure| all.union(&self.in_tenure(*tenure)));
        if held { nodes.intersection(&all) } else { nodes }
    }

    fn grant(&mut self, lease: LeaseIx, nodes: &NodeSet, occupancy: &mut Occupancy) -> Both {
        let lawful = |n: &ModelNode| n.tenure == Tenure::Own && !n.down && n.jobs.is_empty();
        let change = self.try_change(nodes, lawful, |n| n.tenure = Tenure::Leased(lease));
        (change, occupancy.grant(lease, nodes))
    }

    fn revoke(
        &mut self,
        lease: LeaseIx,
        nodes: NodeSet,
        held: bool,
        occupancy: &mut Occupancy,
    ) -> Both {
        let tenures = [Tenure::Leased(lease), Tenure::Recalled(lease)];
        let nodes = self.within(nodes, held, &tenures);
        let lawful = |n: &ModelNode| tenures.contains(&n.tenure);
        let change = self.try_change(&nodes, lawful, |n| n.tenure = Tenure::Own);
        (change, occupancy.revoke(lease, &nodes))
    }

    fn take_back(&mut self, lease: LeaseIx, nodes: &NodeSet, occupancy: &mut Occupancy) -> Both {
        let lawful = |n: &ModelNode| n.tenure == Tenure::Leased(lease);
        let change = self.try_change(nodes, lawful, |n| n.tenure = Tenure::Recalled(lease));
        (change, occupancy.take_back(lease, nodes))
    }

    fn give_back(
        &mut self,
        lease: LeaseIx,
        nodes: NodeSet,
        held: bool,
        occupancy: &mut Occupancy,
    ) -> Both {
        let recalled = Tenure::Recalled(lease);
        let nodes = self.within(nodes, held, &[recalled]);
        let lawful = |n: &ModelNode| n.tenure == recalled && n.jobs.is_empty();
        let change = self.try_change(&nodes, lawful, |n| n.tenure = Tenure::Leased(lease));
        (change, occupancy.give_back(lease, &nodes))
    }

    fn end(&mut self, job: usize, occupancy: &mut Occupancy) -> Both {
        let job = self.jobs.keys().nth(job % self.jobs.len().max(1)).copied();
        let Some(slots) = job.and_then(|job| self.jobs.remove(&job)) else {
            return (true, Ok(()));
        };
        for held in &mut self.nodes {
            held.jobs.remove(&job.unwrap());
        }
        (true, occupancy.end(&slots))
    }

    fn set_down(&mut self, node: u32, down: bool, occupancy: &mut Occupancy) -> Both {
        let one = NodeSet::from_range(node..node + 1);
        let change = self.try_change(&one, |n| n.down != down, |n| n.down = down);
        let node = NodeId(node);
        (change, if down { occupancy.fail(node) } else { occupancy.repair(node) })
    }
}

/// What was proposed must be lawful in the eyes of the model.
fn lawful(step: &Step, proposed: &impl fmt::Debug, both: Both) -> Result<Both, String> {
    match both.0 {
        true => Ok(both),
        false => Err(format!("{step:?}: what was proposed is not lawful: {proposed:?}")),
    }
}
