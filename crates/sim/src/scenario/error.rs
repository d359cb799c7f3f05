//! What can be wrong with a scenario; each names the file, the rule and the next step.

use std::path::PathBuf;

use crate::demand::DemandError;

/// A scenario that cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A file that cannot be read.
    #[error("cannot read `{}`: check the path; one inside a scenario is relative to the scenario file", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A file larger than any scenario, fleet or term sheet should be.
    #[error("`{}` has {bytes} bytes; at most {most} are read: is it the right file?", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The limit.
        most: u64,
    },
    /// The scenario file is not as docs/scenario.md says.
    #[error("`{}` is not a scenario:\n{message}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Where and why, with the line quoted.
        message: String,
    },
    /// The fleet file is not as docs/fleet.md says.
    #[error("`{}` is not a fleet:\n{message}", path.display())]
    Fleet {
        /// The file.
        path: PathBuf,
        /// All faults.
        message: String,
    },
    /// A term sheet has errors.
    #[error("`{}` is not a usable term sheet; `leasehold lease check` shows it in full:\n{message}", path.display())]
    Lease {
        /// The file.
        path: PathBuf,
        /// All faults.
        message: String,
    },
    /// Parts that do not fit each other.
    #[error("{what}: {rule}")]
    Mismatch {
        /// What does not fit.
        what: String,
        /// The rule and the next step.
        rule: String,
    },
    /// Demand that cannot be had.
    #[error(transparent)]
    Demand(#[from] DemandError),
}
