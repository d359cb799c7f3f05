//! What can go wrong between a scenario's sources and its demand; each names the next step.

use std::path::PathBuf;

/// Demand that cannot be had as the scenario asks.
#[derive(Debug, thiserror::Error)]
pub enum DemandError {
    /// A key of the scenario that breaks a rule.
    #[error("{source_label}: `{key}` = {value}: {rule}")]
    Spec {
        /// The source's place in the scenario: `jobs[2]`.
        source_label: String,
        /// The key.
        key: &'static str,
        /// Its value.
        value: String,
        /// The rule and the remedy.
        rule: String,
    },
    /// A file that cannot be opened.
    #[error("cannot open `{}`: a path is relative to the scenario file's directory", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
}
