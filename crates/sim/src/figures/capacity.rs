//! Where the accelerator-time went.

use leasehold_types::{AcceleratorSeconds, Date};
use serde::{Deserialize, Deserializer, Serialize};

/// Accelerator-time by what became of it, in accelerator-seconds.
///
/// `down + jobs + busy + quiet + recalled + idle = owned`, exactly. What is sold is
/// `busy + quiet`: a tenant holds it, and serves with it or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Capacity {
    /// All of it.
    #[serde(deserialize_with = "seconds")]
    pub owned: AcceleratorSeconds,
    /// Failed or being repaired, whoever held it.
    #[serde(deserialize_with = "seconds")]
    pub down: AcceleratorSeconds,
    /// Running the owner's jobs, on capacity that is not recalled.
    #[serde(deserialize_with = "seconds")]
    pub jobs: AcceleratorSeconds,
    /// Sold and serving requests.
    #[serde(deserialize_with = "seconds")]
    pub busy: AcceleratorSeconds,
    /// Sold and waiting for requests.
    #[serde(deserialize_with = "seconds")]
    pub quiet: AcceleratorSeconds,
    /// Taken back from a tenant, for a job or in waiting for one.
    #[serde(deserialize_with = "seconds")]
    pub recalled: AcceleratorSeconds,
    /// The owner's and unused.
    #[serde(deserialize_with = "seconds")]
    pub idle: AcceleratorSeconds,
}

impl Capacity {
    /// What tenants held.
    pub fn sold(&self) -> AcceleratorSeconds {
        AcceleratorSeconds(self.busy.0.saturating_add(self.quiet.0))
    }

    /// Whether the parts add up to the whole.
    pub fn adds_up(&self) -> bool {
        let parts = [self.down, self.jobs, self.busy, self.quiet, self.recalled, self.idle];
        parts.iter().try_fold(0u128, |sum, part| sum.checked_add(part.0)) == Some(self.owned.0)
    }
}

/// Reads accelerator-seconds of 64 bits, which is 580,000 years of a million accelerators: serde
/// cannot read 128-bit numbers back through `flatten`.
fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<AcceleratorSeconds, D::Error> {
    u64::deserialize(from).map(|seconds| AcceleratorSeconds(seconds.into()))
}

/// One quarter of one pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityRow {
    /// `2026-Q3`.
    pub quarter: String,
    /// The quarter's first day, or the replay's.
    pub from: Date,
    /// The first day after the quarter, or after the replay.
    pub until: Date,
    /// The site.
    pub site: String,
    /// The pool.
    pub pool: String,
    /// Where its time went.
    #[serde(flatten)]
    pub capacity: Capacity,
}

/// One step of one pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesRow {
    /// The step's first day.
    pub from: Date,
    /// The first day after the step.
    pub until: Date,
    /// The pool.
    pub pool: String,
    /// Where its time went.
    #[serde(flatten)]
    pub capacity: Capacity,
    /// Jobs waiting as the step ends.
    pub waiting_jobs: u64,
    /// Accelerators that they wait for.
    pub waiting_units: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_flat_in_json_and_come_back() {
        let text = concat!(
            r#"{"quarter":"2026-Q3","from":"2026-07-01","until":"2026-10-01","site":"south","#,
            r#""pool":"south/h100","owned":10,"down":1,"jobs":2,"busy":3,"quiet":1,"recalled":1,"#,
            r#""idle":2}"#
        );
        let row: CapacityRow = serde_json::from_str(text).unwrap();
        assert!(row.capacity.adds_up());
        assert_eq!(row.capacity.sold(), AcceleratorSeconds(4));
        assert_eq!(serde_json::to_string(&row).unwrap(), text);
    }
}
