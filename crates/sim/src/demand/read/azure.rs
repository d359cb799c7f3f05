//! Azure LLM inference traces: one row a request, counted by the second.

use super::civil;
use super::number::Rule;
use super::series::{Counts, REQUEST_TOKENS, Series};
use super::table::{Reading, Row, read_table};
use crate::demand::DemandError;

const TOKENS: &Rule = &REQUEST_TOKENS;

/// Reads `TIMESTAMP,ContextTokens,GeneratedTokens`; times are UTC, fractions of a second are cut.
pub fn azure(reading: &mut Reading<'_>) -> Result<Series, DemandError> {
    let mut series = Series::new(1);
    let label = reading.report.label.clone();
    read_table(reading, &["TIMESTAMP", "ContextTokens", "GeneratedTokens"], |cells| {
        let at = civil::second_of(cells.text(0)).ok_or_else(|| cells.bad(0, civil::RULE))?;
        let (input, output) = (cells.number(1, TOKENS)?, cells.number(2, TOKENS)?);
        series.add(at, Counts { requests: 1, input, output }, &label)?;
        Ok(Row::Kept)
    })?;
    Ok(series)
}
