//! A tenant's requests, counted by window.

use leasehold_types::{Instant, Tokens};

/// Length of a window where the scenario does not say, in seconds.
pub const WINDOW_DEFAULT_SECONDS: i64 = 600;

/// What a tenant's users ask for from `start` to the next window's start.
///
/// Windows lie on a grid from the span's start and every one is present, the empty ones too; the
/// last is shorter where the span is not a whole number of windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When it begins.
    pub start: Instant,
    /// Requests that arrive in it.
    pub requests: u64,
    /// Tokens of their prompts.
    pub input_tokens: Tokens,
    /// Tokens that they will generate.
    pub output_tokens: Tokens,
}
