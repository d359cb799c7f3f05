//! Sets of small numbers with a fast "next one from here", and sets of those by class.
//!
//! Placement asks millions of times for the first free node, or the rack with the fewest free
//! nodes that still suffice. Each answer costs a few words of memory, not a walk over the fleet.

use std::ops::Range;

const WORD_BITS: u32 = u64::BITS;

/// Numbers below a fixed length, as bits.
///
/// Above the bits lie summaries: bit `i` of one level says whether word `i` of the level below
/// holds anything. The last level is one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BitSet {
    levels: Vec<Vec<u64>>,
}

impl BitSet {
    /// The empty set of numbers below `length`.
    pub(crate) fn new(length: u32) -> Self {
        let (mut levels, mut words) = (Vec::new(), length.max(1));
        loop {
            words = words.div_ceil(WORD_BITS);
            levels.push(vec![0; words as usize]);
            if words == 1 {
                return BitSet { levels };
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.levels.last().is_none_or(|top| top[0] == 0)
    }

    pub(crate) fn insert(&mut self, item: u32) {
        self.insert_range(item..item + 1);
    }

    pub(crate) fn remove(&mut self, item: u32) {
        self.remove_range(item..item + 1);
    }

    pub(crate) fn insert_range(&mut self, range: Range<u32>) {
        for (word, mask) in masks(range) {
            let mut at = word;
            let mut was_empty = self.levels[0][word] == 0;
            self.levels[0][word] |= mask;
            for summary in &mut self.levels[1..] {
                if !was_empty {
                    break;
                }
                was_empty = summary[at / 64] == 0;
                summary[at / 64] |= 1 << (at % 64);
                at /= 64;
            }
        }
    }

    pub(crate) fn remove_range(&mut self, range: Range<u32>) {
        for (word, mask) in masks(range) {
            self.levels[0][word] &= !mask;
            let mut at = word;
            let mut is_empty = self.levels[0][word] == 0;
            for summary in &mut self.levels[1..] {
                if !is_empty {
                    break;
                }
                summary[at / 64] &= !(1 << (at % 64));
                is_empty = summary[at / 64] == 0;
                at /= 64;
            }
        }
    }

    /// The least number of the set that is at least `from`.
    pub(crate) fn next(&self, from: u32) -> Option<u32> {
        let mut at = from as usize;
        for (level, words) in self.levels.iter().enumerate() {
            let word = at / 64;
            let rest = words.get(word)? & (u64::MAX << (at % 64));
            if rest != 0 {
                let mut found = word * 64 + rest.trailing_zeros() as usize;
                for lower in self.levels[..level].iter().rev() {
                    found = found * 64 + lower[found].trailing_zeros() as usize;
                }
                return u32::try_from(found).ok();
            }
            at = word + 1;
        }
        None
    }

    /// The greatest number of the set that is below `before`.
    pub(crate) fn previous(&self, before: u32) -> Option<u32> {
        let mut at = (before as usize).min(self.levels[0].len() * 64);
        for (level, words) in self.levels.iter().enumerate() {
            let last = at.checked_sub(1)?;
            let word = last / 64;
            let rest = words[word] & (u64::MAX >> (63 - last % 64));
            if rest != 0 {
                let top = |word: u64| 63 - word.leading_zeros() as usize;
                let mut found = word * 64 + top(rest);
                for lower in self.levels[..level].iter().rev() {
                    found = found * 64 + top(lower[found]);
                }
                return u32::try_from(found).ok();
            }
            at = word;
        }
        None
    }

    /// The runs of the set within `range`, ascending.
    pub(crate) fn runs(&self, range: Range<u32>) -> impl Iterator<Item = Range<u32>> + '_ {
        let mut at = range.start;
        std::iter::from_fn(move || {
            let start = self.next(at).filter(|start| *start < range.end)?;
            at = self.next_missing(start).min(range.end);
            Some(start..at)
        })
    }

    /// The least number from `from` on that is not in the set.
    fn next_missing(&self, from: u32) -> u32 {
        let words = &self.levels[0];
        let mut word = from as usize / 64;
        let mut rest = words.get(word).map_or(u64::MAX, |bits| !bits) & (u64::MAX << (from % 64));
        while rest == 0 {
            word += 1;
            rest = words.get(word).map_or(u64::MAX, |bits| !bits);
        }
        // At most one word past the end, hence within 32 bits for any fleet.
        u32::try_from(word * 64).unwrap_or(u32::MAX) + rest.trailing_zeros()
    }
}

/// The words that `range` touches, each with its bits.
fn masks(range: Range<u32>) -> impl Iterator<Item = (usize, u64)> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        if at >= range.end {
            return None;
        }
        let (word, first) = (at / WORD_BITS, at % WORD_BITS);
        let count = (WORD_BITS - first).min(range.end - at);
        at += count;
        Some((word as usize, (u64::MAX >> (WORD_BITS - count)) << first))
    })
}

/// Items, each in one class from 1 up or, at class 0, in none.
#[derive(Debug, Clone)]
pub(crate) struct Classes {
    items: u32,
    /// Which classes hold anything.
    occupied: BitSet,
    /// The items of each class; made when a class first holds one.
    members: Vec<Option<BitSet>>,
}

impl Classes {
    /// No item of `items` in any of the classes `1..=most`.
    pub(crate) fn new(items: u32, most: u32) -> Self {
        let members = vec![None; most as usize + 1];
        Classes { items, occupied: BitSet::new(most + 1), members }
    }

    /// Moves `item` from one class to another.
    pub(crate) fn shift(&mut self, item: u32, from: u32, to: u32) {
        if from == to {
            return;
        }
        if let Some(members) = self.members[from as usize].as_mut().filter(|_| from > 0) {
            members.remove(item);
            if members.is_empty() {
                self.occupied.remove(from);
            }
        }
        if to > 0 {
            let fresh = || BitSet::new(self.items);
            self.members[to as usize].get_or_insert_with(fresh).insert(item);
            self.occupied.insert(to);
        }
    }

    /// The least class from `class` on that holds anything.
    pub(crate) fn class_from(&self, class: u32) -> Option<u32> {
        self.occupied.next(class)
    }

    /// The greatest class below `class` that holds anything.
    pub(crate) fn class_below(&self, class: u32) -> Option<u32> {
        self.occupied.previous(class)
    }

    /// The items of `class`; `None` where it never held any.
    pub(crate) fn members(&self, class: u32) -> Option<&BitSet> {
        self.members.get(class as usize)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn bits_are_a_set(
            length in 1u32..20_000,
            steps in prop::collection::vec((any::<bool>(), any::<u32>(), 0u32..300), 0..20),
            probes in prop::collection::vec(0u32..20_100, 10),
        ) {
            let (mut bits, mut set) = (BitSet::new(length), BTreeSet::new());
            for (insert, start, count) in steps {
                let start = start % length;
                let range = start..(start + count).min(length);
                if insert {
                    bits.insert_range(range.clone());
                    set.extend(range);
                } else {
                    bits.remove_range(range.clone());
                    set.retain(|item| !range.contains(item));
                }
                prop_assert_eq!(bits.is_empty(), set.is_empty());
            }
            for probe in probes {
                prop_assert_eq!(bits.next(probe), set.range(probe..).next().copied());
                prop_assert_eq!(bits.previous(probe), set.range(..probe).next_back().copied());
                if probe < length {
                    let within: Vec<u32> = bits.runs(probe..length).flatten().collect();
                    prop_assert_eq!(within, set.range(probe..).copied().collect::<Vec<_>>());
                }
            }
        }

        #[test]
        fn classes_hold_each_item_once(
            moves in prop::collection::vec((0u32..100, 0u32..=8), 0..60),
            probe in 0u32..10,
        ) {
            let (mut classes, mut of) = (Classes::new(100, 8), BTreeMap::new());
            for (item, to) in moves {
                classes.shift(item, of.insert(item, to).unwrap_or(0), to);
            }
            let held: BTreeSet<u32> = of.values().copied().filter(|class| *class > 0).collect();
            prop_assert_eq!(classes.class_from(probe), held.range(probe..).next().copied());
            prop_assert_eq!(classes.class_below(probe), held.range(..probe).next_back().copied());
            for class in 1..=8 {
                let expected: Vec<u32> =
                    of.iter().filter(|(_, c)| **c == class).map(|(item, _)| *item).collect();
                let found: Vec<u32> =
                    classes.members(class).map_or(Vec::new(), |m| m.runs(0..100).flatten().collect());
                prop_assert_eq!(found, expected);
            }
        }
    }
}
