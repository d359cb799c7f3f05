//! ServeGen: each client's rate by ten-minute window, and its mean tokens by six hours.
//!
//! A rate times the window's 600 seconds is a whole number of requests, and is checked to be: the
//! figure in the file must be exactly the double nearest to `n / 600`.
//!
//! Requests times mean tokens are added up in thousandths over all clients, and rounded once a
//! window so that the running total is never off by more than half a token. Where a client has no
//! means in a window (for the busiest clients they were not published), these stand in, in this
//! order, and the report counts the requests: the plain mean over the client's other six-hour
//! windows; the means of the other clients that have some in these six hours, weighted by
//! requests; the same over the whole file.

use std::collections::{BTreeMap, BTreeSet};

use super::number::{Fraction, Rule};
use super::series::{Series, overflow};
use super::servegen_means::{Sums, read_means};
use super::table::{Reading, Row, read_table};
use crate::demand::DemandError;

pub(super) const WINDOW: i64 = 600;
const RATES: &[&str] = &["client", "window_start_s", "rate_rps"];
const CLIENTS_MAX: usize = 1_000_000;
const REQUESTS_MAX: f64 = 1e9;
const RATE_RULE: &str =
    "it must be requests a second whose 600-fold is a whole number up to 1,000,000,000";
pub(super) const CLIENT: Rule = Rule {
    least: 0,
    most: u32::MAX as u64,
    fraction: Fraction::Refuse,
    text: "it must be a client's number",
};
pub(super) const START: Rule = Rule {
    least: 0,
    most: 10_000_000_000,
    fraction: Fraction::Refuse,
    text: "it must be whole seconds from 0 to 10,000,000,000 (317 years)",
};

/// What a ServeGen source is made of, beside the file of rates.
pub struct Servegen<'a> {
    /// The file of token means.
    pub tokens: &'a std::path::Path,
    /// Only these clients; all where it is nothing.
    pub only: Option<&'a BTreeSet<u32>>,
    /// The second that the trace's 0 stands for.
    pub epoch: i64,
    /// A gap between two windows of a client longer than this, in seconds, is a hole.
    pub hole: i64,
}

/// Reads the rates and joins the means. Also gives the holes: where each begins, and how
/// long it is.
pub fn servegen(
    reading: &mut Reading<'_>,
    how: &Servegen<'_>,
) -> Result<(Series, Vec<(i64, i64)>), DemandError> {
    let means = read_means(reading, how)?;
    let mut sums = Sums::new(means);
    let mut last_of: BTreeMap<u32, i64> = BTreeMap::new();
    let mut gaps: Vec<(i64, i64)> = Vec::new();
    let label = reading.report.label.clone();
    read_table(reading, RATES, |cells| {
        let client = u32::try_from(cells.number(0, &CLIENT)?).unwrap_or(u32::MAX);
        if how.only.is_some_and(|only| !only.contains(&client)) {
            return Ok(Row::LeftOut("of a client that is not in `only_clients`"));
        }
        let at = i64::try_from(cells.number(1, &START)?).unwrap_or(i64::MAX);
        let last = last_of.get(&client).copied();
        if at % WINDOW != 0 || last.is_some_and(|last| at <= last) {
            let rule = "a client's windows must be multiples of 600, in order, each once";
            return Err(cells.bad(1, rule).into());
        }
        let requests = whole_requests(cells.text(2)).ok_or_else(|| cells.bad(2, RATE_RULE))?;
        if let Some(last) = last.filter(|last| at - last > how.hole.max(WINDOW)) {
            gaps.push((how.epoch + last + WINDOW, at - last - WINDOW));
        }
        sums.add(client, at, requests).ok_or_else(|| overflow(&label))?;
        last_of.insert(client, at);
        if last_of.len() > CLIENTS_MAX {
            return Err(too_many_clients(&label).into());
        }
        Ok(Row::Kept)
    })?;
    check_clients(reading, how, &last_of)?;
    gaps.sort_unstable();
    Ok((sums.finish(reading, how.epoch)?, gaps))
}

/// The whole number of requests in a window, where the figure is exactly one.
#[allow(clippy::float_arithmetic, reason = "the file holds doubles; the check is exact in them")]
fn whole_requests(text: &str) -> Option<u64> {
    if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'-' | b'+')) {
        return None;
    }
    let rate: f64 = text.parse().ok()?;
    let requests = (rate * WINDOW as f64).round();
    let fits = (0.0..=REQUESTS_MAX).contains(&requests) && rate.is_sign_positive();
    (fits && requests / WINDOW as f64 == rate).then_some(requests as u64)
}

fn too_many_clients(label: &str) -> DemandError {
    DemandError::TooMany {
        label: label.to_owned(),
        most: CLIENTS_MAX as u64,
        what: "clients",
        remedy: "list fewer in `only_clients`, or add small clients up beforehand",
    }
}

/// A client that was asked for by number must be there.
fn check_clients(
    reading: &Reading<'_>,
    how: &Servegen<'_>,
    found: &BTreeMap<u32, i64>,
) -> Result<(), DemandError> {
    let missing = how.only.into_iter().flatten().find(|client| !found.contains_key(client));
    missing.map_or(Ok(()), |client| {
        Err(DemandError::Spec {
            label: reading.report.label.clone(),
            key: "only_clients",
            value: client.to_string(),
            rule: "the file has no such client; look at its column `client`".to_owned(),
        })
    })
}
