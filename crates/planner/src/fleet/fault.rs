//! What is wrong with a fleet file, all at once.

use std::fmt;
use std::ops::Range;

/// One fault of a fleet file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The bytes at fault.
    pub span: Range<usize>,
    /// Their line, from 1.
    pub line: usize,
    /// Their column in characters, from 1.
    pub column: usize,
    /// What was found, and the rule that it breaks.
    pub rule: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}; {}", self.line, self.column, self.rule, self.remedy)
    }
}

/// Every fault of a fleet file, in the order of their places; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetFaults(pub Vec<Fault>);

impl fmt::Display for FleetFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if i > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for FleetFaults {}
