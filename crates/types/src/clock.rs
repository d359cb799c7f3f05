//! Time as a parameter.

use crate::Instant;

/// Where the time comes from. The wall's clock lives in the binary; here is only the virtual one.
pub trait Clock {
    /// The present instant.
    fn now(&self) -> Instant;
}

/// A clock that stands still until it is moved; for replay and for tests.
#[derive(Debug, Clone)]
pub struct VirtualClock {
    now: Instant,
}

impl VirtualClock {
    /// A clock that shows `start`.
    pub const fn starting_at(start: Instant) -> Self {
        VirtualClock { now: start }
    }

    /// Moves the clock to `instant`; a clock never goes back, so an earlier instant is ignored.
    pub fn advance_to(&mut self, instant: Instant) {
        self.now = self.now.max(instant);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        self.now
    }
}
