//! Takes free nodes of one block, rack by rack.

use crate::Occupancy;
use crate::bits::{BitSet, Classes};
use crate::fleet::Block;

/// The end of a block at which to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The low numbers, where jobs go.
    Near,
    /// The high numbers, where leases go.
    Far,
}

/// Walks the racks of one block, those with most free nodes first, and takes nodes as it goes.
pub(super) struct Picker<'a> {
    block: &'a Block,
    free: &'a BitSet,
    racks: &'a Classes,
    end: End,
    /// How many free nodes the racks have that are being walked; 0 at the end of the walk.
    class: u32,
    /// Where the walk stands among those.
    at: u32,
}

impl<'a> Picker<'a> {
    pub(super) fn new(occupancy: &'a Occupancy, block: usize, end: End) -> Self {
        let index = occupancy.index();
        let racks = &index.blocks[block].racks;
        let block = &occupancy.fleet().blocks()[block];
        let class = racks.class_below(block.nodes_per_rack + 1).unwrap_or(0);
        let mut picker = Picker { block, free: &index.free, racks, end, class, at: 0 };
        picker.at = picker.start();
        picker
    }

    fn start(&self) -> u32 {
        match self.end {
            End::Near => 0,
            End::Far => self.block.racks.end - self.block.racks.start,
        }
    }

    /// Takes `most` nodes, or all where there are fewer; returns how many.
    ///
    /// The fullest racks are emptied first, and what is then left over comes from the rack that
    /// has the least that suffices: no other choice touches fewer racks.
    pub(super) fn take(&mut self, most: u32, runs: &mut Vec<(u32, u32)>) -> u32 {
        let mut left = most;
        while left > 0 {
            let Some(rack) = self.peek() else { break };
            if self.class <= left {
                left -= self.take_rack(rack, runs);
                continue;
            }
            let enough = self.racks.class_from(left).filter(|class| *class < self.class);
            let best = enough.and_then(|class| self.first_of(class, self.start()));
            self.push(best.unwrap_or(rack), left, runs);
            left = 0;
        }
        most - left
    }

    /// Takes racks that are free as a whole, no more than `most` nodes; returns how many.
    pub(super) fn take_whole_racks(&mut self, most: u32, runs: &mut Vec<(u32, u32)>) -> u32 {
        let (mut left, size) = (most, self.block.nodes_per_rack);
        while left >= size && self.class == size {
            let Some(rack) = self.peek().filter(|_| self.class == size) else { break };
            left -= self.take_rack(rack, runs);
        }
        most - left
    }

    /// The next rack of the walk, which `self.class` then tells the free nodes of.
    fn peek(&mut self) -> Option<u32> {
        while self.class > 0 {
            if let Some(rack) = self.first_of(self.class, self.at) {
                return Some(rack);
            }
            self.class = self.racks.class_below(self.class).unwrap_or(0);
            self.at = self.start();
        }
        None
    }

    fn first_of(&self, class: u32, from: u32) -> Option<u32> {
        let racks = self.racks.members(class)?;
        match self.end {
            End::Near => racks.next(from),
            End::Far => racks.previous(from),
        }
    }

    fn take_rack(&mut self, rack: u32, runs: &mut Vec<(u32, u32)>) -> u32 {
        self.at = match self.end {
            End::Near => rack + 1,
            End::Far => rack,
        };
        self.push(rack, self.class, runs);
        self.class
    }

    /// Adds `count` of the rack's free nodes, from this picker's end.
    fn push(&self, rack: u32, count: u32, runs: &mut Vec<(u32, u32)>) {
        let nodes = self.block.nodes_of_rack(self.block.racks.start + rack);
        if count == self.block.nodes_per_rack {
            runs.push((nodes.start, count));
            return;
        }
        let mut free: Vec<_> = self.free.runs(nodes).collect();
        if self.end == End::Far {
            free.reverse();
        }
        let mut left = count;
        for run in free {
            let some = (run.end - run.start).min(left);
            let first = if self.end == End::Near { run.start } else { run.end - some };
            runs.push((first, some));
            left -= some;
            if left == 0 {
                return;
            }
        }
    }
}
