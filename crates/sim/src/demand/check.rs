//! Rules for what a scenario says about demand, beyond its types.

use leasehold_types::Ratio;

use super::DemandError;

/// Most of a factor on units or counts.
pub(super) const SCALE_MAX: i64 = 1_000_000;
/// Most of a factor on the number of jobs.
pub(super) const RATE_MAX: i64 = 1_000;
/// Largest denominator of a factor: more is a sign of a computed number that was meant to be round.
pub(super) const DENOMINATOR_MAX: i128 = 1_000_000_000;
/// Most growth a month: tenfold.
const GROWTH_MAX: i64 = 9;
const SHIFT_BELOW_SECONDS: u64 = 7 * 86_400;

/// Errors that name a source of the scenario.
#[derive(Debug, Clone, Copy)]
pub(super) struct Check<'a> {
    /// The source: `jobs[2]`.
    pub label: &'a str,
}

impl Check<'_> {
    /// That `key` breaks `rule`.
    pub fn refuse(
        &self,
        key: &'static str,
        value: impl ToString,
        rule: impl Into<String>,
    ) -> DemandError {
        let (label, value) = (self.label.to_owned(), value.to_string());
        DemandError::Spec { label, key, value, rule: rule.into() }
    }

    /// A factor above 0 and up to `most`.
    pub fn factor(&self, key: &'static str, value: Ratio, most: i64) -> Result<(), DemandError> {
        let fits = value > Ratio::ZERO && value <= Ratio::whole(most);
        if fits && value.denominator() <= DENOMINATOR_MAX {
            return Ok(());
        }
        let rule = format!("it must be above 0, at most {most}, with at most nine decimals");
        Err(self.refuse(key, value, rule))
    }

    /// Growth a month, above -1.
    pub fn growth(&self, value: Ratio) -> Result<(), DemandError> {
        let fits = value > Ratio::whole(-1) && value <= Ratio::whole(GROWTH_MAX);
        if fits && value.denominator() <= DENOMINATOR_MAX {
            return Ok(());
        }
        let rule = "it must be above -1 and at most 9: 0.02 is two per cent more each month";
        Err(self.refuse("growth_per_month", value, rule))
    }

    /// A shift in time: less than a week.
    pub fn shift(&self, seconds: i64) -> Result<(), DemandError> {
        if seconds.unsigned_abs() < SHIFT_BELOW_SECONDS {
            return Ok(());
        }
        Err(self.refuse("shift_seconds", seconds, "it must be less than a week either way"))
    }

    /// A key that only some kinds know.
    pub fn only_for(&self, key: &'static str, given: bool, kinds: &str) -> Result<(), DemandError> {
        let rule = || format!("only kind {kinds} knows this key: remove it");
        if given { Err(self.refuse(key, "…", rule())) } else { Ok(()) }
    }

    /// A threshold for holes.
    pub fn hole_hours(&self, hours: Option<u32>) -> Result<(), DemandError> {
        match hours {
            Some(0) => Err(self.refuse("hole_hours", 0, "it must be at least 1")),
            _ => Ok(()),
        }
    }

    /// A figure that went past its type.
    pub fn overflow(&self, source: leasehold_types::Overflow) -> DemandError {
        DemandError::Overflow { label: self.label.to_owned(), source }
    }
}
