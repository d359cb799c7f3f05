//! Helios: how many accelerators a virtual cluster runs and how many are waited for, by the minute.
//!
//! Demand of a minute is running plus pending: what was wanted, not what a full cluster allowed.
//! It becomes jobs so that their sum is that demand, exactly, in every minute: a rise begins a
//! block of so many units, a fall ends blocks, the youngest or the oldest first, and cuts one in
//! two where it must. Those jobs are not the jobs that ran; only their sum is true.

use std::collections::VecDeque;

use leasehold_types::Period;

use super::number::{Fraction, Rule};
use super::table::{Reading, Row, read_table};
use super::{RawJob, civil};
use crate::demand::DemandError;
use crate::demand::spec::BlockOrder;

const MINUTE: i64 = 60;
const SPAN_MAX_SECONDS: i64 = 315_576_000;
const COLUMNS: &[&str] = &["time", "running_gpu_num", "pending_gpu_num"];
const UNITS: Rule = Rule {
    least: 0,
    most: 10_000_000,
    fraction: Fraction::Refuse,
    text: "it must be a whole number of accelerators from 0 to 10,000,000",
};

/// How minutes become jobs.
pub struct Helios<'a> {
    /// Whose figures do not count; the minute before each stands in.
    pub outages: &'a [Period],
    /// Which block ends first.
    pub order: BlockOrder,
    /// A gap longer than this, in seconds, is a hole; the minute before it stands in.
    pub hole: i64,
}

/// What a file of minutes gives.
pub struct Minutes {
    /// Jobs whose sum is its demand.
    pub jobs: Vec<RawJob>,
    /// Its first second, and the first after it: a month may begin with days that want nothing.
    pub extent: Option<(i64, i64)>,
    /// Its holes: where each begins, and how long it is.
    pub gaps: Vec<(i64, i64)>,
}

/// Reads a file of minutes and makes jobs of it.
pub fn helios(reading: &mut Reading<'_>, how: &Helios<'_>) -> Result<Minutes, DemandError> {
    let mut blocks = Blocks { order: how.order, ..Blocks::default() };
    let (mut first, mut last) = (None, None);
    let mut gaps: Vec<(i64, i64)> = Vec::new();
    read_table(reading, COLUMNS, |cells| {
        let time = civil::second_of(cells.text(0)).ok_or_else(|| cells.bad(0, civil::RULE))?;
        if time % MINUTE != 0 || last.is_some_and(|last: i64| time <= last) {
            return Err(cells.bad(0, "minutes must be whole, in order, each once").into());
        }
        if time - *first.get_or_insert(time) > SPAN_MAX_SECONDS {
            return Err(cells.bad(0, "it must be within ten years of the first row").into());
        }
        let units = cells.number(1, &UNITS)? + cells.number(2, &UNITS)?;
        if let Some(before) = last.replace(time)
            && time - before > how.hole.max(MINUTE)
        {
            gaps.push((before + MINUTE, time - before - MINUTE));
        }
        let instant = leasehold_types::Instant::from_second(time);
        if how.outages.iter().any(|outage| outage.contains(instant)) {
            return Ok(Row::LeftOut("lies in a stated outage"));
        }
        blocks.set(time, units);
        Ok(Row::Kept)
    })?;
    let end = last.map(|last| last + MINUTE);
    if let Some(end) = end {
        blocks.set(end, 0);
    }
    Ok(Minutes { jobs: blocks.jobs, extent: first.zip(end), gaps })
}

/// Demand under way, as blocks that began together.
#[derive(Default)]
struct Blocks {
    order: BlockOrder,
    open: VecDeque<(i64, u64)>,
    height: u64,
    jobs: Vec<RawJob>,
}

impl Blocks {
    fn set(&mut self, time: i64, units: u64) {
        if units > self.height {
            self.open.push_back((time, units - self.height));
        }
        let mut to_end = self.height.saturating_sub(units);
        self.height = units;
        while to_end > 0 {
            let block = match self.order {
                BlockOrder::Lifo => self.open.back_mut(),
                BlockOrder::Fifo => self.open.front_mut(),
            };
            let Some((began, left)) = block else { return };
            let ended = to_end.min(*left);
            let (began, rest) = (*began, *left - ended);
            *left = rest;
            to_end -= ended;
            self.end(began, time, ended);
            if rest == 0 {
                match self.order {
                    BlockOrder::Lifo => self.open.pop_back(),
                    BlockOrder::Fifo => self.open.pop_front(),
                };
            }
        }
    }

    fn end(&mut self, submitted: i64, time: i64, units: u64) {
        // Bounds of the rules: minutes of a calendar and twenty million units fit.
        let duration = u32::try_from(time - submitted).unwrap_or(u32::MAX);
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        self.jobs.push(RawJob { submitted, duration, units });
    }
}
