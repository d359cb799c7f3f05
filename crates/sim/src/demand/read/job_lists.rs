//! Job lists: one row a job, with when it came, how long it ran and how many accelerators it held.

use super::RawJob;
use super::number::{Fraction, Rule};
use super::table::{Cells, Fault, Reading, Row, read_table};
use crate::demand::DemandError;

const SUBMITTED: Rule = Rule {
    least: 0,
    most: 10_000_000_000,
    fraction: Fraction::Down,
    text: "it must be seconds from 0 to 10,000,000,000 (317 years)",
};
const DURATION: Rule = Rule {
    least: 1,
    most: 315_576_000,
    fraction: Fraction::Up,
    text: "it must be more than 0 and at most 315,576,000 seconds (ten years)",
};
const UNITS: Rule = Rule {
    least: 1,
    most: 10_000_000,
    fraction: Fraction::Refuse,
    text: "it must be a whole number of accelerators from 1 to 10,000,000",
};

/// Microsoft ITP: seconds from the epoch, all values whole.
pub fn elasticflow(reading: &mut Reading<'_>, epoch: i64) -> Result<Vec<RawJob>, DemandError> {
    seconds_list(reading, epoch, &["submission_time", "duration", "num_gpu"])
}

/// Acme Kalos as converted: the original submit time, and the two columns derived from it.
pub fn kalos(reading: &mut Reading<'_>, epoch: i64) -> Result<Vec<RawJob>, DemandError> {
    seconds_list(reading, epoch, &["arrival_time", "duration_s_derived", "gpu_num_derived"])
}

fn seconds_list(
    reading: &mut Reading<'_>,
    epoch: i64,
    columns: &'static [&'static str; 3],
) -> Result<Vec<RawJob>, DemandError> {
    let mut jobs = Vec::new();
    read_table(reading, columns, |cells| {
        let submitted = submitted_seconds(cells, 0, epoch)?;
        let (duration, units) = (small(cells, 1, &DURATION)?, small(cells, 2, &UNITS)?);
        jobs.push(RawJob { submitted, duration, units });
        Ok(Row::Kept)
    })?;
    Ok(jobs)
}

/// Our own list: `submitted` is RFC 3339, or seconds from the epoch; one form throughout a file.
pub fn plain(reading: &mut Reading<'_>, epoch: i64) -> Result<Vec<RawJob>, DemandError> {
    let mut jobs = Vec::new();
    let mut in_seconds = None;
    read_table(reading, &["submitted", "duration", "units"], |cells| {
        let text = cells.text(0);
        let is_number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let submitted = match *in_seconds.get_or_insert(is_number) {
            true => submitted_seconds(cells, 0, epoch)?,
            false => rfc_3339(text).ok_or_else(|| {
                cells.bad(
                    0,
                    "it must be like 2026-05-03T05:00:00Z, from 1970 on, as in the first row",
                )
            })?,
        };
        let (duration, units) = (small(cells, 1, &DURATION)?, small(cells, 2, &UNITS)?);
        jobs.push(RawJob { submitted, duration, units });
        Ok(Row::Kept)
    })?;
    Ok(jobs)
}

/// Alibaba openb pods.
///
/// A pod comes at `creation_time` and holds its accelerators from `scheduled_time` to
/// `deletion_time`; it counts as one accelerator where it asks for a part of one (`gpu_milli`),
/// because a lease is of whole ones. Pods that ask for none or never ran are left out and counted.
/// Pods still running when the trace was taken have its end as their end.
pub fn openb(reading: &mut Reading<'_>, epoch: i64) -> Result<Vec<RawJob>, DemandError> {
    let mut jobs = Vec::new();
    let columns = &["creation_time", "scheduled_time", "deletion_time", "num_gpu"];
    read_table(reading, columns, |cells| {
        let submitted = submitted_seconds(cells, 0, epoch)?;
        if cells.text(3) == "0" {
            return Ok(Row::LeftOut("asks for no accelerator"));
        }
        if cells.text(1).is_empty() {
            return Ok(Row::LeftOut("was never scheduled"));
        }
        let units = small(cells, 3, &UNITS)?;
        let (start, end) = (cells.number(1, &SUBMITTED)?, cells.number(2, &SUBMITTED)?);
        let duration = end.checked_sub(start).filter(|length| *length <= DURATION.most);
        let duration = duration.and_then(|length| u32::try_from(length).ok()).ok_or_else(|| {
            cells.bad(2, "it must not be before scheduled_time nor ten years after it")
        })?;
        if duration == 0 {
            return Ok(Row::LeftOut("ran for less than a second"));
        }
        jobs.push(RawJob { submitted, duration, units });
        Ok(Row::Kept)
    })?;
    Ok(jobs)
}

fn submitted_seconds(cells: &Cells, i: usize, epoch: i64) -> Result<i64, Fault> {
    let seconds = cells.number(i, &SUBMITTED)?;
    // The rule's bound and the calendar's keep the sum far from the end of 64 bits.
    Ok(epoch.saturating_add_unsigned(seconds))
}

fn small(cells: &Cells, i: usize, rule: &Rule) -> Result<u32, Fault> {
    let value = cells.number(i, rule)?;
    u32::try_from(value).map_err(|_| cells.bad(i, rule.text).into())
}

fn rfc_3339(text: &str) -> Option<i64> {
    let stamp: jiff::Timestamp = text.parse().ok()?;
    Some(stamp.as_second()).filter(|second| *second >= 0)
}
