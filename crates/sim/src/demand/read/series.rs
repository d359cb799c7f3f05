//! Requests on their trace's calendar, counted by bins: what the readers of requests make.

use std::collections::BTreeMap;

use super::number::{Fraction, Rule};
use crate::demand::DemandError;
use leasehold_types::Overflow;

/// Most bins of one series: 46 days of requests by the second.
pub const BINS_MAX: usize = 4_000_000;

/// Tokens of one request.
pub(super) const REQUEST_TOKENS: Rule = Rule {
    least: 0,
    most: 1_000_000_000,
    fraction: Fraction::Refuse,
    text: "it must be a whole number of tokens from 0 to 1,000,000,000",
};

/// Requests and their tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many requests.
    pub requests: u64,
    /// Tokens of their prompts.
    pub input: u64,
    /// Tokens generated for them.
    pub output: u64,
}

impl Counts {
    /// The sum, or nothing where it does not fit.
    pub fn plus(self, other: Counts) -> Option<Counts> {
        Some(Counts {
            requests: self.requests.checked_add(other.requests)?,
            input: self.input.checked_add(other.input)?,
            output: self.output.checked_add(other.output)?,
        })
    }
}

/// Counts by bin. What a bin holds is taken as spread evenly over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Length of a bin, in seconds.
    pub bin: i64,
    /// By the first second of the bin, since 1970 on the trace's calendar; empty ones may be absent.
    pub bins: BTreeMap<i64, Counts>,
}

impl Series {
    /// An empty series.
    pub fn new(bin: i64) -> Self {
        Series { bin, bins: BTreeMap::new() }
    }

    /// The first second, and the first after the last bin.
    pub fn extent(&self) -> Option<(i64, i64)> {
        let (first, last) = (self.bins.keys().next()?, self.bins.keys().next_back()?);
        Some((*first, last + self.bin))
    }

    /// Adds `counts` to the bin that begins at `at`.
    pub(super) fn add(&mut self, at: i64, counts: Counts, label: &str) -> Result<(), DemandError> {
        let cell = self.bins.entry(at).or_default();
        *cell = cell.plus(counts).ok_or_else(|| overflow(label))?;
        if self.bins.len() > BINS_MAX {
            return Err(DemandError::TooMany {
                label: label.to_owned(),
                most: BINS_MAX as u64,
                what: "distinct seconds or windows",
                remedy: "split the file by time and list its parts as sources of their own",
            });
        }
        Ok(())
    }
}

/// That counts do not fit.
pub(super) fn overflow(label: &str) -> DemandError {
    let source = Overflow::of("a count of requests or tokens");
    DemandError::Overflow { label: label.to_owned(), source }
}
