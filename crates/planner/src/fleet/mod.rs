//! What there is: sites, halls with power caps, racks, nodes.
//!
//! Nodes are numbered over the whole fleet, pool by pool, within a pool hall by hall, within a
//! hall block by block and rack by rack. So a pool, a pool's part of a hall and a rack are each
//! one contiguous range of [`NodeId`], and whatever is held of them is a few runs.
//!
//! The file is described in `docs/fleet.md`.

mod build;
mod fault;
mod read;
mod table;
#[cfg(test)]
mod tests;

use std::ops::Range;

use leasehold_types::{HallId, NodeId, PoolId, SiteId, Units};

pub use build::{BLOCKS_MAX, HALLS_MAX, NODES_MAX, POOLS_MAX, UNITS_MAX};
pub use fault::{FAULTS_MAX, Fault, FleetFaults};
pub use read::{
    ACCELERATORS_PER_NODE_MAX, FILE_MAX_BYTES, FLEET_VERSION, HALL_CAP_MAX_KW, NODE_MAX_WATTS,
    NODES_PER_RACK_MAX, RACKS_MAX,
};
pub use table::TEXT_MAX_BYTES;

use crate::NodeSet;

/// A fleet. It does not change: what happens to its nodes is [`Occupancy`](crate::Occupancy)'s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fleet {
    name: String,
    sites: Vec<Site>,
    halls: Vec<Hall>,
    pools: Vec<Pool>,
    blocks: Vec<Block>,
    assumptions: Vec<String>,
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its name.
    pub id: SiteId,
    /// Its halls, as indices into [`Fleet::halls`].
    pub halls: Range<usize>,
}

/// A hall: what shares one power cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hall {
    /// Its name, `site/hall`.
    pub id: HallId,
    /// Its site, as an index into [`Fleet::sites`].
    pub site: usize,
    /// What its nodes may draw together, in watts.
    pub cap_watts: u64,
}

/// The accelerators of one type at one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Its name, `site/type`.
    pub id: PoolId,
    /// Its site.
    pub site: SiteId,
    /// The type of its accelerators.
    pub accelerator: String,
    /// Accelerators in each of its nodes.
    pub accelerators_per_node: u8,
    /// Its nodes.
    pub nodes: Range<u32>,
    /// All its accelerators.
    pub units: Units,
    /// Its blocks, as indices into [`Fleet::blocks`], in the order of their nodes.
    pub blocks: Range<usize>,
}

/// Racks of one build in one hall: the same type, the same size, the same draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its pool, as an index into [`Fleet::pools`].
    pub pool: usize,
    /// Its hall, as an index into [`Fleet::halls`].
    pub hall: usize,
    /// Its nodes.
    pub nodes: Range<u32>,
    /// Its racks, numbered over the fleet.
    pub racks: Range<u32>,
    /// Nodes in each of its racks.
    pub nodes_per_rack: u32,
    /// What a node draws while it is leased or runs a job, in watts.
    pub busy_watts: u32,
    /// What a node draws otherwise, in watts.
    pub idle_watts: u32,
}

impl Fleet {
    /// Reads a fleet file (`docs/fleet.md`).
    ///
    /// # Errors
    /// All faults of the file at once, each with its place, its rule and a remedy.
    pub fn parse(text: &str) -> Result<Fleet, FleetFaults> {
        read::read(text)
    }

    /// The fleet's name, empty where its file gives none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the file assumes rather than knows; reports print it.
    pub fn assumptions(&self) -> &[String] {
        &self.assumptions
    }

    /// The sites, in the file's order.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The halls, in the file's order.
    pub fn halls(&self) -> &[Hall] {
        &self.halls
    }

    /// The pools, in the order of their nodes.
    pub fn pools(&self) -> &[Pool] {
        &self.pools
    }

    /// The blocks, in the order of their nodes.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// How many nodes there are; they are numbered from 0.
    pub fn node_count(&self) -> u32 {
        self.blocks.last().map_or(0, |block| block.nodes.end)
    }

    /// How many racks there are; they are numbered from 0.
    pub fn rack_count(&self) -> u32 {
        self.blocks.last().map_or(0, |block| block.racks.end)
    }

    /// Which of [`Fleet::pools`] has this name.
    pub fn pool_index(&self, id: &PoolId) -> Option<usize> {
        self.pools.iter().position(|pool| pool.id == *id)
    }

    /// Which of [`Fleet::blocks`] holds `node`; `None` outside the fleet.
    pub fn block_of(&self, node: NodeId) -> Option<usize> {
        let index = self.blocks.partition_point(|block| block.nodes.end <= node.0);
        (index < self.blocks.len()).then_some(index)
    }

    /// Which of [`Fleet::pools`] holds `node`.
    pub fn pool_of(&self, node: NodeId) -> Option<usize> {
        self.block_of(node).map(|block| self.blocks[block].pool)
    }

    /// Which of [`Fleet::halls`] holds `node`.
    pub fn hall_of(&self, node: NodeId) -> Option<usize> {
        self.block_of(node).map(|block| self.blocks[block].hall)
    }

    /// The rack that holds `node`, numbered over the fleet.
    pub fn rack_of(&self, node: NodeId) -> Option<u32> {
        self.block_of(node).map(|block| self.blocks[block].rack_of(node.0))
    }

    /// The nodes of a rack; none where there is no such rack.
    pub fn nodes_of_rack(&self, rack: u32) -> Range<u32> {
        let index = self.blocks.partition_point(|block| block.racks.end <= rack);
        self.blocks.get(index).map_or(0..0, |block| block.nodes_of_rack(rack))
    }

    /// The accelerators of `nodes`; nodes outside the fleet count as none.
    pub fn units_of(&self, nodes: &NodeSet) -> Units {
        let mut units = 0;
        for range in nodes.ranges() {
            for pool in &self.pools {
                let start = range.start.max(pool.nodes.start);
                let count = range.end.min(pool.nodes.end).saturating_sub(start);
                units += u64::from(count) * u64::from(pool.accelerators_per_node);
            }
        }
        Units(units)
    }
}

impl Pool {
    /// The fewest whole nodes that hold `units`.
    pub fn nodes_for(&self, units: Units) -> u64 {
        units.0.div_ceil(u64::from(self.accelerators_per_node))
    }

    /// The accelerators of `nodes` of its nodes.
    pub fn units_for(&self, nodes: u32) -> Units {
        Units(u64::from(nodes) * u64::from(self.accelerators_per_node))
    }
}

impl Block {
    /// The rack of one of its nodes.
    pub fn rack_of(&self, node: u32) -> u32 {
        self.racks.start + (node - self.nodes.start) / self.nodes_per_rack
    }

    /// The nodes of one of its racks.
    pub fn nodes_of_rack(&self, rack: u32) -> Range<u32> {
        let first = self.nodes.start + (rack - self.racks.start) * self.nodes_per_rack;
        first..first + self.nodes_per_rack
    }

    /// What a node draws more when it is put to use, in watts.
    pub fn rise_watts(&self) -> u32 {
        self.busy_watts.saturating_sub(self.idle_watts)
    }
}
