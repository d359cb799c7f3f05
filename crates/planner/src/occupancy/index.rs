//! Where there is room: what placement looks up, kept with every change.

use std::ops::Range;

use super::Holding;
use crate::Fleet;
use crate::bits::{BitSet, Classes};
use crate::fleet::Block;

/// Where the owner has room.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    /// The owner's nodes that are up and run nothing.
    pub(crate) free: BitSet,
    /// For each block of the fleet, its racks.
    pub(crate) blocks: Vec<BlockRoom>,
    /// For each pool of the fleet, its nodes that jobs share.
    pub(crate) pools: Vec<SharedRoom>,
    /// The blocks of each pool, hall by hall, within a hall those first that take least power.
    pub(crate) thrifty: Vec<usize>,
}

/// The free nodes of a block.
#[derive(Debug, Clone)]
pub(crate) struct BlockRoom {
    /// How many.
    pub(crate) free: u32,
    /// How many in each rack.
    rack_free: Vec<u32>,
    /// The racks, from 0 within the block, by how many free nodes they have.
    pub(crate) racks: Classes,
}

/// The nodes of a pool on which jobs leave something free.
#[derive(Debug, Clone)]
pub(crate) struct SharedRoom {
    /// Accelerators that are free there.
    pub(crate) units: u64,
    /// The nodes, from 0 within the pool, by how many free accelerators they have.
    pub(crate) nodes: Classes,
}

impl Index {
    /// All nodes of the fleet free.
    pub(crate) fn new(fleet: &Fleet) -> Self {
        let mut index = Index {
            free: BitSet::new(fleet.node_count()),
            blocks: fleet.blocks().iter().map(BlockRoom::new).collect(),
            pools: Vec::with_capacity(fleet.pools().len()),
            thrifty: (0..fleet.blocks().len()).collect(),
        };
        for pool in fleet.pools() {
            let nodes = pool.nodes.end - pool.nodes.start;
            let classes = Classes::new(nodes, pool.accelerators_per_node.into());
            index.pools.push(SharedRoom { units: 0, nodes: classes });
            let blocks = &mut index.thrifty[pool.blocks.clone()];
            blocks.sort_by_key(|at| (fleet.blocks()[*at].hall, fleet.blocks()[*at].rise_watts()));
        }
        for (at, block) in fleet.blocks().iter().enumerate() {
            index.set_free(at, block, block.nodes.clone(), true);
        }
        index
    }

    /// Follows the change of `nodes`, which lie in one block and were all in the same state.
    pub(crate) fn shift(
        &mut self,
        fleet: &Fleet,
        block: usize,
        nodes: Range<u32>,
        old: Holding,
        new: Holding,
    ) {
        let at = &fleet.blocks()[block];
        if old.is_free() != new.is_free() {
            self.set_free(block, at, nodes.clone(), new.is_free());
        }
        let pool = &fleet.pools()[at.pool];
        let size = pool.accelerators_per_node;
        let (from, to) = (old.beside(size), new.beside(size));
        if from != to {
            let shared = &mut self.pools[at.pool];
            for node in nodes {
                shared.nodes.shift(node - pool.nodes.start, from.into(), to.into());
                shared.units = shared.units + u64::from(to) - u64::from(from);
            }
        }
    }

    fn set_free(&mut self, at: usize, block: &Block, nodes: Range<u32>, free: bool) {
        let room = &mut self.blocks[at];
        let count = nodes.end - nodes.start;
        if free {
            self.free.insert_range(nodes.clone());
            room.free += count;
        } else {
            self.free.remove_range(nodes.clone());
            room.free -= count;
        }
        let mut start = nodes.start;
        while start < nodes.end {
            let rack = block.rack_of(start);
            let end = block.nodes_of_rack(rack).end.min(nodes.end);
            room.shift(rack - block.racks.start, end - start, free);
            start = end;
        }
    }
}

impl BlockRoom {
    fn new(block: &Block) -> Self {
        let racks = block.racks.end - block.racks.start;
        BlockRoom {
            free: 0,
            rack_free: vec![0; racks as usize],
            racks: Classes::new(racks, block.nodes_per_rack),
        }
    }

    fn shift(&mut self, rack: u32, count: u32, free: bool) {
        let in_rack = &mut self.rack_free[rack as usize];
        let old = *in_rack;
        *in_rack = if free { old + count } else { old - count };
        self.racks.shift(rack, old, *in_rack);
    }
}
