//! Mooncake traces: JSON lines, one a request, counted by the second.
//!
//! The conversation trace's clock ticks every three seconds, so that nothing finer than that means
//! anything; windows of minutes are far above it.

use serde::Deserialize;

use super::file::Lines;
use super::series::{Counts, REQUEST_TOKENS, Series};
use super::table::{BadCell, Reading, Row, read_lines};
use crate::demand::DemandError;

const MILLISECONDS: u64 = 1_000;
const TIMESTAMP_MAX_MS: u64 = 10_000_000_000_000;
const VALUE_MAX_CHARS: usize = 80;
const RULE: &str = "it must be a JSON object with whole numbers `timestamp` (milliseconds, up to \
                    317 years), `input_length` and `output_length` (tokens, up to 1,000,000,000)";

#[derive(Deserialize)]
struct Request {
    timestamp: u64,
    input_length: u64,
    output_length: u64,
    /// Blocks of the prompt shared with other requests: checked, and of no use here.
    #[serde(default, rename = "hash_ids")]
    _hash_ids: Vec<u64>,
}

/// Reads requests; `epoch` is the second that timestamp 0 stands for.
pub fn mooncake(reading: &mut Reading<'_>, epoch: i64) -> Result<Series, DemandError> {
    let mut series = Series::new(1);
    let label = reading.report.label.clone();
    let mut lines = Lines::open(&reading.base.join(reading.path), reading.kind)?;
    read_lines(reading, &mut lines, "nothing: every line is a request", |line| {
        let Request { timestamp, input_length: input, output_length: output, .. } =
            serde_json::from_slice(line).map_err(|error| bad(line, error.column()))?;
        if timestamp > TIMESTAMP_MAX_MS || input.max(output) > REQUEST_TOKENS.most {
            return Err(bad(line, 1).into());
        }
        let at = epoch.saturating_add_unsigned(timestamp / MILLISECONDS);
        series.add(at, Counts { requests: 1, input, output }, &label)?;
        Ok(Row::Kept)
    })?;
    Ok(series)
}

fn bad(line: &[u8], column: usize) -> BadCell {
    let value = String::from_utf8_lossy(line).chars().take(VALUE_MAX_CHARS).collect();
    BadCell { column: column.max(1) as u64, name: "the line".to_owned(), value, rule: RULE }
}
