//! Where the records of each key stand: a table of hashes and places, 12 bytes each.
//!
//! A hash says where to look, never that two keys are the same: whoever asks compares the keys in
//! full with what stands there. 46 bits of the hash are kept, so of ten million look-ups in a full
//! table about twenty look at a record of another key.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use crate::StoreError;
use crate::log::Place;

/// Most keys; the table of that size takes 1.75 GB.
pub const KEYS_MAX: usize = 117_000_000;

/// Bits of a place that are kept: 20 of the segment, 30 of the byte in it.
const PLACE_BITS: u32 = 50;
const OFFSET_BITS: u32 = 30;
const HASH_BITS: u32 = 96 - PLACE_BITS;

/// Spreads the kept bits of a hash over 64.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A hash and a place in 96 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot([u32; 3]);

#[derive(Debug, Default)]
pub(crate) struct Index {
    slots: HashTable<Slot>,
    hash: RandomState,
}

impl Slot {
    fn new(hash: u64, place: Place) -> Self {
        let number = place.number();
        let place = (number >> 32) << OFFSET_BITS | (number & ((1 << OFFSET_BITS) - 1));
        let all = u128::from(hash) << PLACE_BITS | u128::from(place);
        let part = |n: u32| u32::try_from(all >> (32 * n) & 0xffff_ffff).unwrap_or(0);
        Slot([part(0), part(1), part(2)])
    }

    #[inline]
    fn all(self) -> u128 {
        let [low, middle, high] = self.0.map(u128::from);
        high << 64 | middle << 32 | low
    }

    #[inline]
    fn hash(self) -> u64 {
        u64::try_from(self.all() >> PLACE_BITS).unwrap_or(0)
    }

    fn place(self) -> Place {
        let place = u64::try_from(self.all() & ((1 << PLACE_BITS) - 1)).unwrap_or(0);
        Place::of_number((place >> OFFSET_BITS) << 32 | (place & ((1 << OFFSET_BITS) - 1)))
    }
}

impl Index {
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.slots.allocation_size()
    }

    /// The hash of a key.
    #[inline]
    pub(crate) fn hash(&self, source: u16, id: &str) -> u64 {
        self.hash.hash_one((source, id)) >> (64 - HASH_BITS)
    }

    /// The hash of a key whose source has no number.
    pub(crate) fn hash_texts(&self, source: &str, id: &str) -> u64 {
        self.hash.hash_one((source, id)) >> (64 - HASH_BITS)
    }

    /// Places where records of that hash stand; at most one of a wrong key among millions.
    #[inline]
    pub(crate) fn places(&self, hash: u64) -> impl Iterator<Item = Place> + '_ {
        let found = self.slots.iter_hash(hash.wrapping_mul(SPREAD));
        found.filter(move |slot| slot.hash() == hash).map(|slot| slot.place())
    }

    /// Remembers a record.
    pub(crate) fn add(&mut self, source: u16, id: &str, place: Place) -> Result<(), StoreError> {
        let hash = self.hash(source, id);
        self.add_hash(hash, place)
    }

    #[inline]
    pub(crate) fn add_hash(&mut self, hash: u64, place: Place) -> Result<(), StoreError> {
        if self.slots.len() >= KEYS_MAX {
            return Err(StoreError::Limit {
                what: format!("{} usage records", self.slots.len() + 1),
                limit: KEYS_MAX as u64,
                unit: "records in one directory of books",
                remedy: "begin a new directory for the next period",
            });
        }
        let rehash = |slot: &Slot| slot.hash().wrapping_mul(SPREAD);
        self.slots.insert_unique(hash.wrapping_mul(SPREAD), Slot::new(hash, place), rehash);
        Ok(())
    }

    /// Forgets a record again.
    pub(crate) fn remove(&mut self, hash: u64, place: Place) {
        let wanted = Slot::new(hash, place);
        if let Ok(found) = self.slots.find_entry(hash.wrapping_mul(SPREAD), |slot| *slot == wanted)
        {
            found.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_from_twelve_bytes() {
        assert_eq!(size_of::<Slot>(), 12);
        for number in [0, 32, 7 << 32 | 0x2fff_ffff, 0xf_ffff << 32 | 0x3fff_ffff] {
            let (place, hash) = (Place::of_number(number), (1 << HASH_BITS) - 5);
            let slot = Slot::new(hash, place);
            assert_eq!((slot.hash(), slot.place()), (hash, place));
        }
    }

    #[test]
    fn what_is_removed_is_gone_and_the_rest_stays() {
        let mut index = Index::default();
        for n in 0..1_000 {
            index.add(1, &format!("id-{n}"), Place::of_number(n)).unwrap();
        }
        let hash = index.hash(1, "id-7");
        index.remove(hash, Place::of_number(7));
        let found = |index: &Index, n: u64| {
            index.places(index.hash(1, &format!("id-{n}"))).any(|p| p.number() == n)
        };
        assert!(!found(&index, 7) && found(&index, 8));
        assert_eq!(index.len(), 999);
    }
}
