//! A breaker: a replica that fails again and again is left alone for a while.
//!
//! It hears of three outcomes. What a tenant did wrong, and an engine that says it is busy, are
//! neither success nor failure: a tenant's mistakes close no replica to the others.

/// What became of a request, as far as its replica is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered.
    Success,
    /// It says nothing of the replica: a tenant's 4xx, a busy engine's 429 or 503, a client gone.
    Neutral,
    /// The replica did not do its work: no connection, a broken answer, a 5xx.
    Failure,
}

/// Failures in a row that open a breaker.
pub const TRIPS_AFTER: u32 = 5;
/// How long a breaker is open the first time, in microseconds; each further time twice as long.
pub const OPEN_MIN: u64 = 1_000_000;
/// The longest.
pub const OPEN_MAX: u64 = 30_000_000;

/// How a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Requests pass.
    Closed,
    /// None passes.
    Open,
    /// One may pass, to see.
    HalfOpen,
}

/// A breaker. Time is in microseconds since any fixed instant.
#[derive(Debug, Clone, Copy, Default)]
pub struct Breaker {
    failures: u32,
    opened: u32,
    until: Option<u64>,
    /// Until when the one that was let through is waited for.
    probing: Option<u64>,
}

/// For how long one that was let through is waited for before another is, in microseconds.
const PROBE: u64 = 10_000_000;

impl Breaker {
    /// How it stands.
    pub fn state(&self, now: u64) -> State {
        match self.until {
            None => State::Closed,
            Some(until) if now < until => State::Open,
            Some(_) => State::HalfOpen,
        }
    }

    /// Whether requests pass as they come.
    pub const fn is_closed(&self) -> bool {
        self.until.is_none()
    }

    /// Whether a request may pass; one that does through a half-open breaker is the one.
    pub fn may_pass(&mut self, now: u64) -> bool {
        match self.state(now) {
            State::Closed => true,
            State::Open => false,
            State::HalfOpen => {
                let free = self.probing.is_none_or(|until| until <= now);
                if free {
                    self.probing = Some(now.saturating_add(PROBE));
                }
                free
            }
        }
    }

    /// Hears what became of a request.
    pub fn told(&mut self, outcome: Outcome, now: u64) {
        match outcome {
            Outcome::Success => *self = Breaker::default(),
            Outcome::Neutral => self.probing = None,
            Outcome::Failure => {
                self.failures = self.failures.saturating_add(1);
                let half_open = self.state(now) == State::HalfOpen;
                if half_open || (self.until.is_none() && self.failures >= TRIPS_AFTER) {
                    self.open(now);
                }
            }
        }
    }

    fn open(&mut self, now: u64) {
        let length = OPEN_MIN.saturating_mul(1 << self.opened.min(10)).min(OPEN_MAX);
        self.opened = self.opened.saturating_add(1);
        (self.until, self.probing) = (Some(now.saturating_add(length)), None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tripped() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..TRIPS_AFTER {
            assert_eq!(breaker.state(0), State::Closed);
            breaker.told(Outcome::Failure, 0);
        }
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_success_closes_it() {
        let mut breaker = tripped();
        assert!(!breaker.may_pass(OPEN_MIN - 1));
        assert!(breaker.may_pass(OPEN_MIN), "one may see");
        assert!(!breaker.may_pass(OPEN_MIN), "and only one");
        breaker.told(Outcome::Success, OPEN_MIN + 5);
        assert_eq!(breaker.state(OPEN_MIN + 5), State::Closed);
    }

    #[test]
    fn it_is_open_for_longer_each_time() {
        let mut breaker = tripped();
        let (mut now, mut lengths) = (0, Vec::new());
        for _ in 0..7 {
            let opened = now;
            while breaker.state(now) == State::Open {
                now += OPEN_MIN / 2;
            }
            lengths.push((now - opened) / OPEN_MIN);
            assert!(breaker.may_pass(now));
            breaker.told(Outcome::Failure, now);
        }
        assert_eq!(lengths, [1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn a_tenant_s_mistakes_are_no_failures() {
        let mut breaker = Breaker::default();
        for _ in 0..100 {
            breaker.told(Outcome::Neutral, 0);
        }
        assert_eq!(breaker.state(0), State::Closed);
        let mut breaker = tripped();
        assert!(breaker.may_pass(OPEN_MIN));
        breaker.told(Outcome::Neutral, OPEN_MIN);
        assert!(breaker.may_pass(OPEN_MIN), "it said nothing: another may see");
    }

    #[test]
    fn a_success_in_between_starts_the_count_anew() {
        let mut breaker = Breaker::default();
        for _ in 0..10 {
            for _ in 0..TRIPS_AFTER - 1 {
                breaker.told(Outcome::Failure, 0);
            }
            breaker.told(Outcome::Success, 0);
        }
        assert_eq!(breaker.state(0), State::Closed);
    }

    #[test]
    fn one_that_never_comes_back_does_not_close_it_for_good() {
        let mut breaker = tripped();
        assert!(breaker.may_pass(OPEN_MIN));
        assert!(breaker.may_pass(OPEN_MIN + PROBE));
    }
}
