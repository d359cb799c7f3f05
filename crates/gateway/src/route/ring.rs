//! A ring of replicas on which a hash finds its place.
//!
//! Each replica stands on it at many places, so that prefixes spread evenly, and one that comes or
//! goes moves its own share alone.

use sha2::{Digest, Sha256};

/// Places of one replica.
const PLACES: u32 = 64;

/// A ring.
#[derive(Debug, Default)]
pub struct Ring {
    /// Places in order, each with the index of its replica.
    places: Vec<(u64, u32)>,
}

impl Ring {
    /// A ring of the replicas of these names.
    pub fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut places: Vec<(u64, u32)> = names
            .zip(0_u32..)
            .flat_map(|(name, index)| (0..PLACES).map(move |nth| (place(name, nth), index)))
            .collect();
        places.sort_unstable();
        Ring { places }
    }

    /// The index of the replica that `hash` points to.
    pub fn of(&self, hash: u64) -> Option<usize> {
        let next = self.places.partition_point(|(place, _)| *place < hash);
        let found = self.places.get(next).or(self.places.first())?;
        usize::try_from(found.1).ok()
    }
}

fn place(name: &str, nth: u32) -> u64 {
    let digest: [u8; 32] = Sha256::digest(format!("{nth}/{name}").as_bytes()).into();
    let mut first = [0_u8; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first)
}

/// A hash of a prompt's beginning: FNV-1a with a last mixing, the same on every machine. It need not
/// withstand anybody: who forges a collision gets the replica of another prompt.
pub fn hash(bytes: &[u8]) -> u64 {
    let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, fold);
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("replica-{n}")).collect()
    }

    fn ring(names: &[String]) -> Ring {
        Ring::new(names.iter().map(String::as_str))
    }

    #[test]
    fn prefixes_spread_evenly() {
        let names = names(8);
        let ring = ring(&names);
        let mut hits = [0_u32; 8];
        for n in 0..8_000 {
            hits[ring.of(hash(format!("prompt {n}").as_bytes())).unwrap()] += 1;
        }
        assert!(hits.iter().all(|hits| (600..1_500).contains(hits)), "{hits:?}");
    }

    #[test]
    fn one_that_leaves_moves_its_own_share_alone() {
        let all = names(8);
        let (before, after) = (ring(&all), ring(&all[..7]));
        let stays = (0..2_000).filter(|n| {
            let hash = hash(format!("prompt {n}").as_bytes());
            let place = before.of(hash).unwrap();
            place == 7 || after.of(hash) == Some(place)
        });
        assert_eq!(stays.count(), 2_000);
        assert_eq!(Ring::default().of(3), None);
    }
}
