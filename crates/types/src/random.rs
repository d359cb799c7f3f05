//! Randomness as a parameter: every draw comes from a seed that the report prints.

use std::fmt;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

/// What a run's randomness starts from. The same seed gives the same run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

/// The generator: ChaCha with 8 rounds, whose output does not depend on the machine.
pub type Random = ChaCha8Rng;

impl Seed {
    /// An independent generator for one purpose, so that drawing more in one place changes
    /// nothing in another.
    pub fn stream(self, purpose: &str) -> Random {
        // FNV-1a over the purpose: stable, and spread by ChaCha's own key schedule afterwards.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in purpose.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let mut key = [0u8; 32];
        key[..8].copy_from_slice(&self.0.to_le_bytes());
        key[8..16].copy_from_slice(&hash.to_le_bytes());
        ChaCha8Rng::from_seed(key)
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn streams_are_reproducible_and_apart() {
        let draw = |seed, purpose| Seed(seed).stream(purpose).next_u64();
        assert_eq!(draw(7, "jobs"), draw(7, "jobs"));
        assert_ne!(draw(7, "jobs"), draw(7, "tenants"));
        assert_ne!(draw(7, "jobs"), draw(8, "jobs"));
    }
}
