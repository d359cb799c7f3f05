//! Our own list of requests: one row a window, `start,requests,input_tokens,output_tokens`.

use super::number::{Fraction, Rule};
use super::series::{Counts, Series};
use super::table::{Reading, Row, read_table};
use crate::demand::DemandError;

const START: Rule = Rule {
    least: 0,
    most: 10_000_000_000,
    fraction: Fraction::Refuse,
    text: "it must be like 2026-05-03T05:00:00Z, or whole seconds up to 10,000,000,000 (317 years)",
};
const REQUESTS: Rule = Rule {
    least: 0,
    most: 100_000_000_000,
    fraction: Fraction::Refuse,
    text: "it must be a whole number of requests from 0 to 100,000,000,000",
};
const TOKENS: Rule = Rule {
    least: 0,
    most: 100_000_000_000_000,
    fraction: Fraction::Refuse,
    text: "it must be a whole number of tokens from 0 to 100,000,000,000,000",
};

/// Reads windows of `bin` seconds each; a `start` in seconds counts from `epoch`.
pub fn window_list(reading: &mut Reading<'_>, epoch: i64, bin: i64) -> Result<Series, DemandError> {
    let mut series = Series::new(bin);
    let mut last: Option<i64> = None;
    let label = reading.report.label.clone();
    read_table(reading, &["start", "requests", "input_tokens", "output_tokens"], |cells| {
        let text = cells.text(0);
        let at = match text.parse::<leasehold_types::Instant>() {
            Ok(instant) => instant.second(),
            Err(_) => epoch.saturating_add_unsigned(cells.number(0, &START)?),
        };
        if last.is_some_and(|last| at - last < bin) {
            let rule = "windows must be in order, each once, and not overlap (`row_seconds`)";
            return Err(cells.bad(0, rule).into());
        }
        let requests = cells.number(1, &REQUESTS)?;
        let (input, output) = (cells.number(2, &TOKENS)?, cells.number(3, &TOKENS)?);
        last = Some(at);
        series.add(at, Counts { requests, input, output }, &label)?;
        Ok(Row::Kept)
    })?;
    Ok(series)
}
