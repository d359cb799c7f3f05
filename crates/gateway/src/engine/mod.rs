//! A small engine for trials and demos. It is a simulation, and says so in every answer: there is no
//! model in it, it counts words and makes a sentence about itself as long as it is asked to.
//!
//! It answers as engines do: whole and as a stream, with usage where that is asked for, at a pace,
//! with as many answers at once as it has slots, and it stops as soon as nobody reads.

mod answer;
mod ask;
mod serve;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::Duration;

use crate::api::Surface;
use ask::Wish;

pub use serve::{EngineError, run};

/// Most output tokens of one answer.
pub const TOKENS_MAX: u64 = 100_000;

/// How a simulated engine behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// The name of the model that it pretends to be.
    pub model: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// Answers at once; more are refused with 503.
    pub slots: u32,
    /// From the request to its first token.
    pub first_token: Duration,
    /// From a token to the next.
    pub each_token: Duration,
    /// Output tokens where a request sets no limit.
    pub tokens: u64,
}

/// What an engine did so far.
#[derive(Debug, Default)]
struct Tally {
    busy: AtomicU32,
    /// Tokens that it made, also those that nobody received.
    made: AtomicU64,
    asked: AtomicU64,
    cancelled: AtomicU64,
}

/// The words of every answer, one token each, again and again.
const WORDS: [&str; 12] = [
    "This",
    " is",
    " a",
    " simulated",
    " answer:",
    " no",
    " model",
    " made",
    " it,",
    " only",
    " a",
    " counter.",
];

/// The `n`th token of an answer.
fn word(n: u64) -> &'static str {
    let place = usize::try_from(n % WORDS.len() as u64).unwrap_or(0);
    match (n, WORDS.get(place)) {
        // A new sentence begins with a space.
        (1.., Some(&"This")) => " This",
        (_, Some(word)) => word,
        (_, None) => "",
    }
}

/// An answer that is being made.
#[derive(Debug, Clone)]
struct Making {
    surface: Surface,
    model: String,
    id: String,
    wish: Wish,
}
