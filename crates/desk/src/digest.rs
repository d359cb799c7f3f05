//! SHA-256 digests of canonical bytes.

use std::fmt;
use std::io;
use std::str::FromStr;

use leasehold_planner::Fleet;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

/// A text that is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a digest: write 64 lower-case hexadecimal digits")]
pub struct BadDigest(pub String);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }

    /// The digest of the JSON of `value`: no spaces, fields in the order of their declaration,
    /// maps in the order of their keys.
    pub(crate) fn of_json(value: &impl Serialize) -> Self {
        let mut hasher = Hasher(Sha256::new());
        // Neither the hasher nor the types that are hashed here can fail.
        let written = serde_json::to_writer(&mut hasher, value);
        debug_assert!(written.is_ok());
        Digest(hasher.0.finalize().into())
    }
}

struct Hasher(Sha256);

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = BadDigest;
    fn from_str(text: &str) -> Result<Self, BadDigest> {
        let bad = || BadDigest(text.chars().take(80).collect());
        let digits = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if text.len() != 64 || !digits {
            return Err(bad());
        }
        let mut digest = [0; 32];
        for (i, byte) in digest.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| bad())?;
        }
        Ok(Digest(digest))
    }
}

impl TryFrom<String> for Digest {
    type Error = BadDigest;
    fn try_from(text: String) -> Result<Self, BadDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

/// The digest of a fleet: its sites, halls, pools and blocks. Its name and assumptions are words
/// for people and do not count.
pub fn fleet_digest(fleet: &Fleet) -> Digest {
    let sites: Vec<_> = fleet.sites().iter().map(|site| (&site.id, &site.halls)).collect();
    let halls: Vec<_> =
        fleet.halls().iter().map(|hall| (&hall.id, hall.site, hall.cap_watts)).collect();
    let pools: Vec<_> = fleet
        .pools()
        .iter()
        .map(|pool| (&pool.id, &pool.accelerator, pool.accelerators_per_node, &pool.nodes))
        .collect();
    let blocks: Vec<_> = fleet
        .blocks()
        .iter()
        .map(|b| {
            let power = (b.busy_watts, b.idle_watts);
            (b.pool, b.hall, &b.nodes, &b.racks, b.nodes_per_rack, power)
        })
        .collect();
    Digest::of_json(&(sites, halls, pools, blocks))
}
