//! Reading the events file: strict, every fault told at its line and column.

use std::borrow::Cow;
use std::fmt;

use leasehold_types::Money;
use serde::Deserialize;
use serde_json::error::Category;

use crate::rating::USAGE_HOURS_MAX;

use super::{Event, EventKind, HEADER, KEY_PART_BYTES_MAX, LineCredit, kinds};

/// The version of the format that this reads.
pub const EVENTS_FORMAT: u32 = 1;

/// Longest line of an events file, in bytes. An amendment in full is the longest there is.
pub const EVENT_LINE_BYTES_MAX: usize = 1 << 20;

/// Most faults told of one file.
pub const FAULTS_MAX: usize = 100;

/// Something in an events file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct EventFault {
    /// The line, from 1.
    pub line: u64,
    /// The column in bytes, from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for EventFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

#[derive(Deserialize)]
struct Head {
    leasehold_events: u32,
}

#[derive(Deserialize)]
struct Peek<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
}

/// Reads a whole events file: its header, then one event a line. Empty lines are skipped.
///
/// # Errors
/// Every fault of the file, at most [`FAULTS_MAX`] of them, in the order of their lines.
pub fn read(text: &str) -> Result<Vec<Event>, Vec<EventFault>> {
    let (mut events, mut faults) = (Vec::new(), Vec::new());
    let mut lines = text.lines().zip(1_u64..);
    match lines.next() {
        Some((first, _)) => faults.extend(is_header(first).err()),
        None => faults.push(fault(1, 1, format!("the file is empty; it begins with {HEADER}"))),
    }
    for (line, number) in lines.filter(|(line, _)| !line.trim().is_empty()) {
        match parse_line(line, number) {
            Ok(event) => events.push(event),
            Err(wrong) => faults.push(wrong),
        }
        if faults.len() >= FAULTS_MAX {
            break;
        }
    }
    if faults.is_empty() { Ok(events) } else { Err(faults) }
}

/// Checks the first line of an events file.
///
/// # Errors
/// [`EventFault`] where it is no header, or one of another format.
pub fn is_header(line: &str) -> Result<(), EventFault> {
    match serde_json::from_str::<Head>(line) {
        Ok(Head { leasehold_events: EVENTS_FORMAT }) => Ok(()),
        Ok(Head { leasehold_events: other }) => Err(fault(
            1,
            1,
            format!("format {other} is not known here; this reads format {EVENTS_FORMAT}"),
        )),
        Err(_) => Err(fault(1, 1, format!("an events file begins with the line {HEADER}"))),
    }
}

/// Reads one event from its line, which is line `number` of its file.
///
/// # Errors
/// [`EventFault`] where it is too long, is no JSON, has an unknown kind or key, lacks one, or says
/// something that cannot be.
pub fn parse_line(text: &str, number: u64) -> Result<Event, EventFault> {
    if text.len() > EVENT_LINE_BYTES_MAX {
        let message = format!(
            "the line has {} bytes; the most is {EVENT_LINE_BYTES_MAX}: name a term sheet by its path",
            text.len()
        );
        return Err(fault(number, EVENT_LINE_BYTES_MAX, message));
    }
    let event = parse(text, number)?;
    match event.check() {
        Err(message) => Err(fault(number, 1, message)),
        Ok(()) => Ok(event),
    }
}

/// Reads back the line of an event that was taken in: what no event may say was looked for then.
///
/// # Errors
/// [`EventFault`] where it is none.
pub fn reread(line: &str) -> Result<Event, EventFault> {
    parse(line, 1)
}

fn parse(text: &str, number: u64) -> Result<Event, EventFault> {
    let told = |error: serde_json::Error| told(&error, number);
    // Most lines are usage; to read those once instead of twice is worth a look at the text.
    if text.contains(r#""kind":"usage""#)
        && let Some(Ok(event)) = kinds::lines::read("usage", text)
    {
        return Ok(event);
    }
    let peek: Peek<'_> = serde_json::from_str(text).map_err(told)?;
    match kinds::lines::read(&peek.kind, text) {
        Some(event) => event.map_err(told),
        None => {
            let column = text.find(peek.kind.as_ref()).map_or(1, |byte| byte + 1);
            let known = EventKind::WORDS.join("`, `");
            let message =
                format!("there is no kind of event `{}`; use one of `{known}`", peek.kind);
            Err(fault(number, column, message))
        }
    }
}

fn told(error: &serde_json::Error, line: u64) -> EventFault {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    let message = match error.classify() {
        Category::Data => message.to_owned(),
        _ => format!("the line is not one object of JSON: {message}"),
    };
    fault(line, error.column().max(1), message)
}

const fn fault(line: u64, column: usize, message: String) -> EventFault {
    EventFault { line, column, message }
}

impl Event {
    /// Checks what no event may say, whatever the lease: [`parse_line`] has done so.
    ///
    /// # Errors
    /// What is wrong and what to do, in words.
    pub fn check(&self) -> Result<(), String> {
        impossible(self).map_or(Ok(()), Err)
    }
}

fn impossible(event: &Event) -> Option<String> {
    let parts = [("id", &event.key.id), ("source", &event.key.source)];
    if let Some((part, _)) =
        parts.iter().find(|(_, text)| text.is_empty() || text.len() > KEY_PART_BYTES_MAX)
    {
        return Some(format!("`{part}` has 1 to {KEY_PART_BYTES_MAX} bytes"));
    }
    if event.effective.is_some_and(|effective| effective > event.at) {
        return Some(
            "`effective` is after `at`; what is still to happen is recorded once it has".to_owned(),
        );
    }
    kind_impossible(&event.kind)
}

fn kind_impossible(kind: &EventKind) -> Option<String> {
    let one_of = |n: usize, words: &str| (n != 1).then(|| format!("give exactly one of {words}"));
    match kind {
        EventKind::Recalled(r) => empty(r.from < r.until, "recall").or_else(|| {
            one_of(
                usize::from(r.units.is_some()) + usize::from(r.numbered.is_some()),
                "`units` and `numbered`",
            )
        }),
        EventKind::Outage(o) => empty(o.from < o.until, "outage"),
        EventKind::Spare(s) => empty(s.from < s.until, "span of spare units"),
        EventKind::Excused(e) => empty(e.from < e.until, "excuse"),
        EventKind::Usage(u) => empty(u.from < u.until, "measurement")
            .or_else(|| {
                let nothing = u.accelerator_seconds.is_zero() && u.tokens.is_zero();
                nothing.then(|| "give `accelerator_seconds`, `tokens` or both, above 0".to_owned())
            })
            .or_else(|| {
                let long = u.period().length().0 > USAGE_HOURS_MAX * 3_600;
                long.then(|| {
                    format!("it measures more than {USAGE_HOURS_MAX} hours; cut it by the hour")
                })
            }),
        EventKind::Amendment(a) => one_of(
            usize::from(a.sheet.is_some()) + usize::from(a.version.is_some()),
            "`sheet` and `version`",
        ),
        EventKind::RateChange(r) => {
            let phase = r.phase.is_some() == r.price.is_some();
            let nothing = r.phase.is_none() && r.overage.is_none();
            (!phase || nothing).then(|| "give `phase` with `price`, or `overage`".to_owned())
        }
        EventKind::Payment(p) => not_above_zero(p.money),
        EventKind::Allocation(a) => not_above_zero(a.money),
        EventKind::Refund(r) => not_above_zero(r.money),
        EventKind::CreditGranted(c) => {
            let money = |line: &LineCredit| line.money.and_then(not_above_zero);
            c.lines.iter().find_map(money)
        }
        _ => None,
    }
}

fn empty(proper: bool, what: &str) -> Option<String> {
    (!proper)
        .then(|| format!("the {what} ends before it begins; `until` is the first instant after"))
}

fn not_above_zero(money: Money) -> Option<String> {
    (money.minor() <= 0).then(|| format!("`money` is {money}; it must be above zero"))
}
