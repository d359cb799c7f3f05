//! A tenant's requests, counted by window.

use std::io::{self, Write};

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

/// Writes windows as the kind `csv` reads them: `start,requests,input_tokens,output_tokens`.
///
/// # Errors
/// What the writer says.
pub fn write_csv(windows: &[Window], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "start,requests,input_tokens,output_tokens")?;
    for Window { start, requests, input_tokens, output_tokens } in windows {
        writeln!(out, "{start},{requests},{input_tokens},{output_tokens}")?;
    }
    out.flush()
}
