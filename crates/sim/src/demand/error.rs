//! What can go wrong between a scenario's sources and its demand; each names the next step.

use std::path::PathBuf;

use leasehold_types::{Instant, Overflow, Seconds};

/// Demand that cannot be had as the scenario asks.
///
/// Boxed parts are not worth their noise here: errors are rare and made once.
#[derive(Debug, thiserror::Error)]
pub enum DemandError {
    /// A key of the scenario that breaks a rule.
    #[error("{label}: `{key}` = {value}: {rule}")]
    Spec {
        /// The source's place in the scenario: `jobs[2]`.
        label: String,
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
    /// A file that cannot be read to its end.
    #[error("`{}` cannot be read past line {line}: {what}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The last line that was read.
        line: u64,
        /// What this means and what to do.
        what: &'static str,
        /// What the system or the decompressor says.
        #[source]
        source: std::io::Error,
    },
    /// A line longer than the limit.
    #[error(
        "`{}` line {line} is longer than {most} bytes: this is hardly a file of kind `{kind}`", path.display()
    )]
    LineTooLong {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// The limit in bytes.
        most: usize,
        /// What was expected.
        kind: &'static str,
    },
    /// A header without a column that is needed.
    #[error(
        "`{}` has no column `{missing}`: a file of kind `{kind}` has at least the columns {expected}; \
         its first line is `{found}`", path.display()
    )]
    Header {
        /// The file.
        path: PathBuf,
        /// The stated kind.
        kind: &'static str,
        /// The first column that is not there.
        missing: String,
        /// All columns that are needed.
        expected: String,
        /// The header as found, cut to a readable length.
        found: String,
    },
    /// A file without rows.
    #[error("`{}` has no rows: a file of kind `{kind}` has at least one after {expected}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// The stated kind.
        kind: &'static str,
        /// What comes before the rows.
        expected: String,
    },
    /// A row that cannot be used.
    #[error(
        "`{}` line {line}, column {column}: {name} is `{value}`, but {rule}; mend the row, or set \
         `skip_bad_rows = true` to leave such rows out and have them counted", path.display()
    )]
    Row {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// Column, from 1.
        column: u64,
        /// The column's name.
        name: String,
        /// What stands there.
        value: String,
        /// The rule.
        rule: &'static str,
    },
    /// Gaps in a trace that must have none.
    #[error(
        "{label}: nothing from {from} for {length} ({count} such hole(s), each longer than \
         {threshold}): choose another `window_days`, a larger `hole_hours`, or set \
         `allow_holes = true` to have them reported"
    )]
    Holes {
        /// The source.
        label: String,
        /// Where the first begins, on the trace's calendar.
        from: Instant,
        /// How long it is.
        length: Seconds,
        /// How many there are.
        count: u64,
        /// What counts as a hole.
        threshold: Seconds,
    },
    /// More rows, jobs or windows than the limit.
    #[error("{label}: more than {most} {what}: {remedy}")]
    TooMany {
        /// The source.
        label: String,
        /// The limit.
        most: u64,
        /// Of what.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Nothing is left to make demand of.
    #[error("{label}: no {what} left after {step}: {remedy}")]
    NothingLeft {
        /// The source.
        label: String,
        /// Jobs or requests.
        what: &'static str,
        /// The step that left nothing.
        step: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A figure past what its type can hold.
    #[error("{label}: the demand is too large; lower its scale or growth")]
    Overflow {
        /// The source.
        label: String,
        /// What overflowed.
        #[source]
        source: Overflow,
    },
}
