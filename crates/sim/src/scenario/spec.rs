//! What a scenario file says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use leasehold_contract::lease::Trigger;
use leasehold_types::{Date, Ratio, Seconds, Seed, Zone};
use serde::{Deserialize, Deserializer};

use crate::demand::{JobSource, RequestSource};
use crate::figures::Policy;

/// The version of the format that this code reads.
pub const SCENARIO_FORMAT: u32 = 1;

/// A scenario file. Lengths of time are texts like `10min`; shares are texts like `0.8` or `80%`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Version of the format; 1.
    pub scenario: u32,
    /// What people call it.
    pub title: String,
    /// The fleet file.
    pub fleet: PathBuf,
    /// The term sheets; none for the owner alone.
    #[serde(default)]
    pub leases: Vec<PathBuf>,
    /// The zone of days and quarters in the report.
    pub zone: Zone,
    /// The first civil day.
    #[serde(deserialize_with = "civil_date")]
    pub from: Date,
    /// The first civil day after.
    #[serde(deserialize_with = "civil_date")]
    pub until: Date,
    /// What to compare.
    #[serde(default = "all_policies")]
    pub policies: Vec<Policy>,
    /// What all randomness is drawn from.
    #[serde(default = "first_seed")]
    pub seed: Seed,
    /// Anything assumed, to be printed in the report.
    #[serde(default)]
    pub assumptions: Vec<String>,
    /// The time series of the report.
    #[serde(default)]
    pub series: Series,
    /// How the owner's jobs are scheduled.
    #[serde(default)]
    pub owner: OwnerRules,
    /// When a waiting job triggers a recall.
    #[serde(default)]
    pub recall: RecallRules,
    /// How nodes fail; they do not where it is left out.
    #[serde(default)]
    pub failures: Option<Failures>,
    /// How requests become busy accelerators.
    #[serde(default)]
    pub serving: Serving,
    /// The owner's jobs.
    #[serde(default)]
    pub jobs: Vec<JobSource>,
    /// The tenants' requests.
    #[serde(default)]
    pub requests: Vec<RequestSource>,
}

/// The time series of the report.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Series {
    /// Civil days in a step.
    pub step_days: u32,
}

impl Default for Series {
    fn default() -> Self {
        Series { step_days: 1 }
    }
}

/// How the owner's jobs are scheduled.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnerRules {
    /// How many waiting jobs backfill looks at.
    pub backfill_depth: usize,
    /// What the scheduler is told of a job's duration, as a factor; at least 1.
    pub estimate: Ratio,
    /// A job that a failed node interrupts goes back to its last checkpoint, at most this far.
    #[serde(deserialize_with = "length")]
    pub checkpoint: Seconds,
    /// And needs this much more to start again.
    #[serde(deserialize_with = "length")]
    pub restart: Seconds,
}

impl Default for OwnerRules {
    fn default() -> Self {
        OwnerRules {
            backfill_depth: 200,
            estimate: Ratio::ONE,
            checkpoint: Seconds::from_hours(1),
            restart: Seconds::from_minutes(10),
        }
    }
}

/// When a waiting job triggers a recall, under the policy `recallable`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecallRules {
    /// The trigger that is claimed.
    pub trigger: Trigger,
    /// A recall is ordered only where the job would otherwise wait at least this much longer than
    /// with it.
    #[serde(deserialize_with = "length")]
    pub least_gain: Seconds,
    /// The units should be there within this time, if the clauses allow it at whatever price;
    /// where it is left out, as soon as is cheapest.
    #[serde(deserialize_with = "maybe_length")]
    pub ready_within: Option<Seconds>,
    /// A recall is ordered only for a job of at least this duration.
    #[serde(deserialize_with = "length")]
    pub least_duration: Seconds,
    /// A recall is ordered only for a job of at least this many units.
    pub least_units: u64,
}

impl Default for RecallRules {
    fn default() -> Self {
        RecallRules {
            trigger: Trigger::OwnerTraining,
            least_gain: Seconds::from_minutes(30),
            ready_within: None,
            least_duration: Seconds::from_hours(1),
            least_units: 1,
        }
    }
}

/// How nodes fail and come back: each by itself, exponentially.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failures {
    /// Mean days of service of one node between failures.
    pub node_mtbf_days: u32,
    /// Mean hours of a repair.
    pub repair_hours: u32,
}

/// How requests become busy accelerators.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Serving {
    /// The window in which requests are counted.
    #[serde(deserialize_with = "length")]
    pub window: Seconds,
    /// The share of a replica's capacity up to which it is loaded.
    pub target_load: Ratio,
    /// Accelerators in a replica.
    pub units_per_replica: u64,
    /// The longest that a request waits for capacity before it is turned away.
    #[serde(deserialize_with = "length")]
    pub longest_wait: Seconds,
    /// Speed by accelerator type, over the built-in table.
    pub speed: BTreeMap<String, Speed>,
}

impl Default for Serving {
    fn default() -> Self {
        Serving {
            window: Seconds::from_minutes(10),
            target_load: Ratio::new(4, 5).unwrap_or(Ratio::ONE),
            units_per_replica: 8,
            longest_wait: Seconds(60),
            speed: BTreeMap::new(),
        }
    }
}

/// Tokens that one accelerator handles in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speed {
    /// Input tokens.
    pub input_per_second: u64,
    /// Output tokens.
    pub output_per_second: u64,
}

impl Scenario {
    /// Reads a scenario file's text.
    ///
    /// # Errors
    /// A message that quotes the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }
}

fn all_policies() -> Vec<Policy> {
    Policy::ALL.to_vec()
}

const fn first_seed() -> Seed {
    Seed(1)
}

fn length<'de, D: Deserializer<'de>>(input: D) -> Result<Seconds, D::Error> {
    let text = String::deserialize(input)?;
    text.parse().map_err(serde::de::Error::custom)
}

fn maybe_length<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Seconds>, D::Error> {
    length(input).map(Some)
}

fn civil_date<'de, D: Deserializer<'de>>(input: D) -> Result<Date, D::Error> {
    let written = toml::value::Datetime::deserialize(input)?;
    let text = written.to_string();
    text.parse().map_err(|_| {
        serde::de::Error::custom(format!("`{text}` is not a civil date: write it like 2026-05-01"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        scenario = 1
        title = "small"
        fleet = "fleet.toml"
        zone = "UTC"
        from = 2026-01-01
        until = 2026-02-01
        policies = ["none", "recallable"]
        [recall]
        least_gain = "1h"
        [serving]
        longest_wait = "90s"
        speed.h100 = { input_per_second = 9000, output_per_second = 1800 }
    "#;

    #[test]
    fn a_small_scenario_is_read() {
        let scenario = Scenario::parse(SMALL).unwrap();
        assert_eq!(scenario.policies, [Policy::None, Policy::Recallable]);
        assert_eq!(scenario.recall.least_gain, Seconds::from_hours(1));
        assert_eq!(scenario.recall.least_duration, Seconds::from_hours(1));
        assert_eq!(scenario.serving.longest_wait, Seconds(90));
        assert_eq!(scenario.seed, Seed(1));
    }

    #[test]
    fn faults_are_quoted() {
        for (was, becomes, says) in [
            ("title", "titel", "unknown field `titel`"),
            ("2026-02-01", "2026-02-30", "2026-02-30"),
            ("2026-02-01", "2026-02-01T00:00:00Z", "is not a civil date"),
            ("\"1h\"", "\"1x\"", "is not a length of time"),
            ("\"UTC\"", "\"Mars\"", "is not a time zone"),
            ("recallable", "recall", "unknown variant `recall`"),
        ] {
            let message = Scenario::parse(&SMALL.replace(was, becomes)).unwrap_err();
            assert!(message.contains(says), "{becomes}: {message}");
        }
    }
}
