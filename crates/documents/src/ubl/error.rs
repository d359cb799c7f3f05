//! Why a document cannot be written: everything at once, each with its rule and its remedy.

use std::fmt;

/// A document that cannot be written as UBL, with all that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UblError {
    /// The document: `invoice INV-000001`.
    pub document: String,
    /// What is missing or cannot be said; at least one.
    pub problems: Vec<Problem>,
}

/// One thing that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The rule of EN 16931 or Peppol BIS Billing 3 that would be broken: `BR-08`.
    pub rule: &'static str,
    /// What is wrong, with the business term that it is about.
    pub message: String,
    /// The key of the term sheet to fill in, where one helps.
    pub key: Option<String>,
}

impl Problem {
    pub(super) fn new(rule: &'static str, message: impl Into<String>) -> Self {
        Problem { rule, message: message.into(), key: None }
    }

    /// With the key of the term sheet that helps.
    pub(super) fn at(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.message)?;
        match &self.key {
            Some(key) => write!(f, "; see `{key}` in the term sheet"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for UblError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be written as UBL", self.document)?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for UblError {}
