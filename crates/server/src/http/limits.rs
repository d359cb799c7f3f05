//! What a client may send, how much and how often.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use leasehold_types::Instant;

/// Largest body of a request, in bytes.
pub const BODY_MAX_BYTES: usize = 1 << 20;
/// For how long a client may take to send its body.
pub const BODY_WITHIN: Duration = Duration::from_secs(20);
/// Longest idempotency key, in bytes.
pub const IDEMPOTENCY_KEY_MAX_BYTES: usize = 128;
/// Longest request id that is taken from a client, in bytes.
pub const REQUEST_ID_MAX_BYTES: usize = 64;
/// Longest query, in bytes.
pub const QUERY_MAX_BYTES: usize = 4_096;
/// Most things on a page.
pub const PAGE_MAX: usize = 500;
/// Things on a page where nothing is asked for.
pub const PAGE_DEFAULT: usize = 100;
/// Requests of one caller at once, before they are slowed to [`REQUESTS_PER_SECOND`].
pub const REQUESTS_BURST: u32 = 600;
/// Requests of one caller in a second, in the long run.
pub const REQUESTS_PER_SECOND: u32 = 200;
/// Attempts to sign in with one login at once; one more each [`SIGN_IN_EVERY`].
pub const SIGN_INS_BURST: u32 = 10;
/// After how long one more attempt to sign in is allowed.
pub const SIGN_IN_EVERY: Duration = Duration::from_secs(30);
/// Password hashes that are worked out at once: each takes 19 MiB and a core.
pub const HASHES_AT_ONCE: usize = 2;
/// Most callers whose rate is remembered; whoever was quiet for longest is forgotten.
pub const CALLERS_REMEMBERED_MAX: usize = 100_000;

/// How much of something each caller may do: a bucket that fills with time.
#[derive(Debug)]
pub struct Rate {
    burst: u64,
    /// Thousandths of a token in a second.
    fills: u64,
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Thousandths of a token.
    left: u64,
    at: i64,
}

impl Rate {
    /// `burst` at once, and `per_second` in the long run.
    pub const fn per_second(burst: u32, per_second: u32) -> Self {
        let (burst, fills) = (burst as u64 * 1_000, per_second as u64 * 1_000);
        Rate { burst, fills, buckets: Mutex::new(BTreeMap::new()) }
    }

    /// `burst` at once, and one more after each `every`.
    pub const fn every(burst: u32, every: Duration) -> Self {
        let fills = 1_000 / if every.as_secs() == 0 { 1 } else { every.as_secs() };
        Rate { burst: burst as u64 * 1_000, fills, buckets: Mutex::new(BTreeMap::new()) }
    }

    /// Takes one for `who` at `now`.
    ///
    /// # Errors
    /// After how many seconds there is one again.
    pub fn take(&self, who: &str, now: Instant) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if !buckets.contains_key(who) && buckets.len() >= CALLERS_REMEMBERED_MAX {
            self.forget(&mut buckets, now.second());
        }
        let full = Bucket { left: self.burst, at: now.second() };
        let bucket = buckets.entry(who.to_owned()).or_insert(full);
        let passed = now.second().saturating_sub(bucket.at).max(0).unsigned_abs();
        bucket.left = bucket.left.saturating_add(passed.saturating_mul(self.fills)).min(self.burst);
        bucket.at = bucket.at.max(now.second());
        match bucket.left.checked_sub(1_000) {
            Some(left) => {
                bucket.left = left;
                Ok(())
            }
            None => Err((1_000 - bucket.left).div_ceil(self.fills.max(1))),
        }
    }

    /// Forgets those whose bucket is full again; where there are none, the one that was quiet for
    /// longest.
    fn forget(&self, buckets: &mut BTreeMap<String, Bucket>, now: i64) {
        let fills_in = self.burst.div_ceil(self.fills.max(1));
        let before = now.saturating_sub(i64::try_from(fills_in).unwrap_or(i64::MAX));
        let count = buckets.len();
        buckets.retain(|_, bucket| bucket.at > before);
        if buckets.len() == count {
            let oldest = buckets.iter().min_by_key(|(_, bucket)| bucket.at);
            if let Some(oldest) = oldest.map(|(who, _)| who.clone()) {
                buckets.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills() {
        let at = Instant::from_second;
        let rate = Rate::per_second(3, 2);
        assert!((0..3).all(|_| rate.take("a", at(100)).is_ok()));
        assert_eq!(rate.take("a", at(100)), Err(1));
        assert_eq!(rate.take("b", at(100)), Ok(()));
        assert_eq!(rate.take("a", at(101)), Ok(()));
        assert_eq!(rate.take("a", at(101)), Ok(()));
        assert_eq!(rate.take("a", at(101)), Err(1));
        // A clock that goes back gives nothing.
        assert_eq!(rate.take("a", at(50)), Err(1));
        let slow = Rate::every(1, Duration::from_secs(30));
        assert_eq!(slow.take("a", at(0)), Ok(()));
        assert_eq!(slow.take("a", at(29)), Err(2));
    }
}
