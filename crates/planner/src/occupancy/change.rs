//! A change of occupancy: planned over all its nodes first, made only if none of them objects.

use leasehold_types::NodeId;

use super::{Holding, Occupancy, Refused, Tenure};
use crate::NodeSet;

/// Nodes of one block that go from one state to another together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    first: u32,
    count: u32,
    block: usize,
    old: Holding,
    new: Holding,
}

impl Occupancy {
    /// Plans `next` for `nodes`: it gets a node, its state and its accelerators, and says the
    /// state to come or why not.
    pub(super) fn plan(
        &self,
        nodes: &NodeSet,
        changes: &mut Vec<Change>,
        next: impl Fn(NodeId, Holding, u8) -> Result<Holding, Refused>,
    ) -> Result<(), Refused> {
        for range in nodes.ranges() {
            let (mut at, count) = (range.start, self.fleet.node_count());
            if range.end > count {
                return Err(Refused::NoSuchNode { node: NodeId(at.max(count)), nodes: count });
            }
            while at < range.end {
                // Within the fleet, as was just checked.
                let block = self.fleet.block_of(NodeId(at)).unwrap_or_default();
                let of = &self.fleet.blocks()[block];
                let stop = of.nodes.end.min(range.end);
                let old = self.nodes[at as usize];
                let rest = &self.nodes[at as usize + 1..stop as usize];
                let same = rest.iter().position(|held| *held != old);
                // Ranges are of 32-bit numbers.
                let end = same.map_or(stop, |same| at + 1 + same as u32);
                let size = self.fleet.pools()[of.pool].accelerators_per_node;
                let new = next(NodeId(at), old, size)?;
                changes.push(Change { first: at, count: end - at, block, old, new });
                at = end;
            }
        }
        Ok(())
    }

    /// Plans `next` for `nodes` and makes it.
    pub(super) fn change(
        &mut self,
        nodes: &NodeSet,
        next: impl Fn(NodeId, Holding, u8) -> Result<Holding, Refused>,
    ) -> Result<(), Refused> {
        let mut changes = Vec::with_capacity(nodes.runs().len());
        self.plan(nodes, &mut changes, next)?;
        self.make(&changes)
    }

    /// Makes planned changes, unless they take more power than a hall has.
    pub(super) fn make(&mut self, changes: &[Change]) -> Result<(), Refused> {
        self.check_power(changes)?;
        for change in changes {
            self.make_one(change);
        }
        Ok(())
    }

    pub(super) fn check_power(&self, changes: &[Change]) -> Result<(), Refused> {
        // Each hall with what is added and removed there; few halls, and mostly the last again.
        let mut halls: Vec<(usize, NodeId, u64, u64)> = Vec::new();
        for change in changes {
            let block = &self.fleet.blocks()[change.block];
            let nodes = u64::from(change.count);
            let more = nodes * change.new.committed_watts(block);
            let less = nodes * change.old.committed_watts(block);
            match halls.iter_mut().rev().find(|entry| entry.0 == block.hall) {
                Some(entry) => (entry.2, entry.3) = (entry.2 + more, entry.3 + less),
                None => halls.push((block.hall, NodeId(change.first), more, less)),
            }
        }
        for (hall, node, more, less) in halls {
            let power = &self.halls[hall];
            let more_watts = more.saturating_sub(less);
            if more_watts > power.cap_watts - power.committed_watts {
                return Err(Refused::HallFull {
                    node,
                    hall: self.fleet.halls()[hall].id.clone(),
                    cap_watts: power.cap_watts,
                    committed_watts: power.committed_watts,
                    more_watts,
                });
            }
        }
        Ok(())
    }

    fn make_one(&mut self, change: &Change) {
        let Change { first, count, block, old, new } = *change;
        let of = &self.fleet.blocks()[block];
        let size = self.fleet.pools()[of.pool].accelerators_per_node;
        let (nodes, count) = (first..first + count, u64::from(count));
        self.nodes[first as usize..nodes.end as usize].fill(new);
        self.pools[of.pool].shift(old, new, count, size);
        self.halls[of.hall].shift(old, new, count, of);
        self.index.shift(&self.fleet, block, nodes, old, new);
        if (old.tenure, old.down) != (new.tenure, new.down) {
            let (pool, units) = (of.pool, count * u64::from(size));
            self.count_lease(new, pool, |counted| counted + units);
            self.count_lease(old, pool, |counted| counted.saturating_sub(units));
        }
    }

    fn count_lease(&mut self, held: Holding, pool: usize, apply: impl Fn(u64) -> u64) {
        let (Tenure::Leased(lease) | Tenure::Recalled(lease)) = held.tenure else { return };
        let count = self.leases.entry((lease, pool)).or_default();
        let counter = count.counter(held);
        counter.0 = apply(counter.0);
        if *count == super::LeaseCount::default() {
            self.leases.remove(&(lease, pool));
        }
    }
}
