//! What stands on a line.

use std::borrow::Cow;

use leasehold_planner::Fleet;
use leasehold_types::{CURRENCY_TABLE, Instant, TZDB_VERSION};
use serde::{Deserialize, Serialize};

use super::FORMAT_VERSION;
use crate::digest::{Digest, fleet_digest};
use crate::{Actor, EventKind, Settings};

/// The first line: what the journal is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Always `leasehold`.
    pub journal: String,
    /// The format of the lines.
    pub version: u32,
    /// The digest of the fleet.
    pub fleet: Digest,
    /// The time-zone tables by which it was written.
    pub tzdb: String,
    /// The currency table by which it was written.
    pub currencies: String,
    /// How the desk learns what happens outside.
    pub settings: Settings,
}

impl Header {
    /// The header of a journal that begins now.
    pub fn new(fleet: &Fleet, settings: Settings) -> Self {
        Header {
            journal: "leasehold".into(),
            version: FORMAT_VERSION,
            fleet: fleet_digest(fleet),
            tzdb: TZDB_VERSION.into(),
            currencies: CURRENCY_TABLE.into(),
            settings,
        }
    }
}

/// What every format's header says.
#[derive(Deserialize)]
pub(super) struct Format {
    pub(super) journal: String,
    pub(super) version: u32,
}

/// An event's line, without its hash.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body<'a> {
    pub(super) seq: u64,
    pub(super) at: Instant,
    pub(super) prev: Digest,
    pub(super) event: Content<'a>,
}

/// What happened, and who brought it about.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content<'a> {
    pub(super) by: Cow<'a, Actor>,
    pub(super) kind: Cow<'a, EventKind>,
}

/// Between the body and the hash.
const SEAL: &str = ",\"hash\":\"";
/// After the hash.
const CLOSE: &str = "\"}";
const HASH_BYTES: usize = 64;

/// Writes `body` to `line` with its hash and a newline; gives the hash.
pub(super) fn seal(body: &impl Serialize, line: &mut Vec<u8>) -> serde_json::Result<Digest> {
    line.clear();
    serde_json::to_writer(&mut *line, body)?;
    line.pop();
    let hash = Digest::of(line);
    line.extend_from_slice(format!("{SEAL}{hash}{CLOSE}\n").as_bytes());
    Ok(hash)
}

/// The body of a line, and the hash that it states; `None` where it does not end in one.
pub(super) fn unseal(line: &[u8]) -> Option<(&[u8], Digest)> {
    let at = line.len().checked_sub(SEAL.len() + HASH_BYTES + CLOSE.len())?;
    let (body, rest) = line.split_at(at);
    let rest = rest.strip_prefix(SEAL.as_bytes())?.strip_suffix(CLOSE.as_bytes())?;
    let hash = std::str::from_utf8(rest).ok()?.parse().ok()?;
    Some((body, hash))
}
