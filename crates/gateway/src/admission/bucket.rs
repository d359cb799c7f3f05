//! Tokens a minute: a bucket that fills as time passes, never beyond a minute's worth.

/// Microseconds of a minute.
const MINUTE: u128 = 60_000_000;

/// A bucket of tokens. Time is in microseconds since any fixed instant; it is given, never read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    per_minute: u64,
    /// What is there, in tokens times a minute's microseconds, so that nothing is lost to rounding.
    held: u128,
    at: u64,
}

impl Bucket {
    /// A full bucket.
    pub const fn full(per_minute: u64, now: u64) -> Self {
        Bucket { per_minute, held: per_minute as u128 * MINUTE, at: now }
    }

    /// The same with another rate; what is there stays as far as it fits.
    pub fn with_rate(mut self, per_minute: u64, now: u64) -> Self {
        self.fill(now);
        let most = u128::from(per_minute) * MINUTE;
        Bucket { per_minute, held: self.held.min(most), at: self.at }
    }

    /// Takes `tokens`, or says after how many microseconds they will be there. More than a minute's
    /// worth is let through where the bucket is full, for otherwise it never could be.
    ///
    /// # Errors
    /// Microseconds to wait; `u64::MAX` where nothing ever comes.
    pub fn take(&mut self, tokens: u64, now: u64) -> Result<(), u64> {
        self.fill(now);
        let most = u128::from(self.per_minute) * MINUTE;
        let asked = (u128::from(tokens) * MINUTE).min(most);
        if self.per_minute == 0 {
            return Err(u64::MAX);
        }
        if asked <= self.held {
            self.held -= asked;
            return Ok(());
        }
        let missing = asked - self.held;
        Err(u64::try_from(missing.div_ceil(u128::from(self.per_minute))).unwrap_or(u64::MAX))
    }

    /// Gives back what was taken and not used.
    pub fn give_back(&mut self, tokens: u64, now: u64) {
        self.fill(now);
        let most = u128::from(self.per_minute) * MINUTE;
        self.held = (self.held + u128::from(tokens) * MINUTE).min(most);
    }

    /// Whole tokens that are there.
    pub fn level(&self) -> u64 {
        u64::try_from(self.held / MINUTE).unwrap_or(u64::MAX)
    }

    /// A clock that goes back fills nothing.
    fn fill(&mut self, now: u64) {
        let passed = now.saturating_sub(self.at);
        let most = u128::from(self.per_minute) * MINUTE;
        self.held = (self.held + u128::from(passed) * u128::from(self.per_minute)).min(most);
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_minute_s_worth_comes_in_a_minute() {
        let mut bucket = Bucket::full(600, 0);
        assert_eq!(bucket.take(600, 0), Ok(()));
        assert_eq!(bucket.take(10, 0), Err(1_000_000), "10 of 600 a minute take a second");
        assert_eq!(bucket.take(10, 999_999), Err(1));
        assert_eq!(bucket.take(10, 1_000_000), Ok(()));
        bucket.give_back(5, 1_000_000);
        assert_eq!(bucket.level(), 5);
    }

    #[test]
    fn what_never_could_fit_goes_when_the_bucket_is_full() {
        let mut bucket = Bucket::full(100, 0);
        assert_eq!(bucket.take(5_000, 0), Ok(()));
        assert_eq!(bucket.level(), 0);
        assert_eq!(Bucket::full(0, 0).take(1, 9), Err(u64::MAX));
    }

    proptest! {
        #[test]
        fn never_more_than_the_rate_and_a_minute_s_worth(
            per_minute in 1_u64..100_000,
            steps in prop::collection::vec((0_u64..5_000_000, 1_u64..20_000), 1..200),
        ) {
            let (mut bucket, mut now, mut taken) = (Bucket::full(per_minute, 0), 0_u64, 0_u128);
            for (wait, tokens) in steps {
                now += wait;
                let tokens = tokens.min(per_minute);
                match bucket.take(tokens, now) {
                    Ok(()) => taken += u128::from(tokens),
                    Err(after) => {
                        // The wait that it names is enough, and one microsecond less is not.
                        prop_assert!(bucket.take(tokens, now + after - 1).is_err());
                        now += after;
                        prop_assert_eq!(bucket.take(tokens, now), Ok(()));
                        taken += u128::from(tokens);
                    }
                }
                let came = u128::from(per_minute) * (MINUTE + u128::from(now));
                prop_assert!(taken * MINUTE <= came);
            }
        }
    }
}
