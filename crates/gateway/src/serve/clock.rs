//! Time as the gateway sees it: microseconds that never go back, and the wall's for records.

#![allow(clippy::disallowed_methods, reason = "the data plane lives by the real clock")]

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The clock of one gateway.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
    /// Microseconds since 1970 at the start.
    wall: u64,
}

impl Clock {
    /// A clock that starts now.
    pub fn start() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall = u64::try_from(since.as_micros()).unwrap_or(u64::MAX);
        Clock { started: Instant::now(), wall }
    }

    /// Microseconds since the start, and at least one.
    pub fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX).max(1)
    }

    /// `now` on the wall: microseconds since 1970, UTC. It never goes back while the gateway runs,
    /// whatever the machine's clock does.
    pub const fn on_the_wall(&self, now: u64) -> u64 {
        self.wall.saturating_add(now)
    }
}
