//! The wall's clock. Nothing below the binary reads it.

use std::time::{SystemTime, UNIX_EPOCH};

use leasehold_types::{Clock, Instant};

/// The clock of this machine.
pub(crate) struct WallClock;

impl Clock for WallClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is where the time that others take comes from"
    )]
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant::from_second(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }
}
