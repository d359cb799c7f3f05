//! What is counted of one tenant's requests to one model.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::Histogram;
use crate::serve::{Ended, Entry};

/// How requests end, as labels say it.
pub const OUTCOMES: [&str; 7] =
    ["served", "refused", "failed", "left", "drained", "stopped", "limited"];
/// Kinds of tokens, as labels say it.
pub const KINDS: [&str; 4] = ["input", "cached", "output", "reasoning"];

/// What is counted of one tenant's requests to one model.
#[derive(Debug, Default)]
pub struct Series {
    outcomes: [AtomicU64; OUTCOMES.len()],
    tokens: [AtomicU64; KINDS.len()],
    /// From the request to its replica.
    pub queued: Histogram,
    /// From the request to the first byte of its answer.
    pub first_token: Histogram,
    /// From a token to the next, by the engine's count of tokens.
    pub each_token: Histogram,
}

impl Series {
    pub(super) fn ended(&self, entry: &Entry, queued: Option<u64>) {
        let outcome = match entry.end {
            Ended::Served => 0,
            Ended::Refused => 1,
            Ended::Failed => 2,
            Ended::Left => 3,
            Ended::Drained => 4,
            Ended::Stopped => 5,
            Ended::Limited => 6,
        };
        if let Some(count) = self.outcomes.get(outcome) {
            count.fetch_add(1, Relaxed);
        }
        if let Some(queued) = queued {
            self.queued.add(queued);
        }
        if let Some(first) = entry.first {
            self.first_token.add(first.saturating_sub(entry.received));
        }
        let Some(counts) = entry.counts else { return };
        let tokens = [counts.input, counts.cached, counts.output, counts.reasoning];
        for (sum, tokens) in self.tokens.iter().zip(tokens) {
            sum.fetch_add(tokens, Relaxed);
        }
        // An answer that came whole says nothing of the time between its tokens.
        let between = counts.output.saturating_sub(1);
        if let Some(first) = entry.first.filter(|_| entry.chunks > 0 && between > 0) {
            self.each_token.add(entry.ended.saturating_sub(first) / between);
        }
    }

    /// Requests that ended.
    pub fn requests(&self) -> u64 {
        self.outcomes().map(|(_, count)| count).sum()
    }

    /// Requests by how they ended.
    pub fn outcomes(&self) -> impl Iterator<Item = (&'static str, u64)> {
        OUTCOMES.into_iter().zip(self.outcomes.iter().map(|count| count.load(Relaxed)))
    }

    /// Tokens by their kind.
    pub fn tokens(&self) -> impl Iterator<Item = (&'static str, u64)> {
        KINDS.into_iter().zip(self.tokens.iter().map(|count| count.load(Relaxed)))
    }
}
