//! `leasehold lease diff A B`: what an amendment changes, in money and in rights.

use std::path::PathBuf;

use leasehold_contract::diff::{Diff, RightChange, diff};
use leasehold_contract::disclose::FourLines;
use leasehold_contract::{Facts, Lease, NoticeBook};
use leasehold_types::{Date, Instant, Money};
use serde::Serialize;

use crate::commands::format::{Format, count, print_json};
use crate::commands::{date, sheet};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::{Look, Terminal, table, wrap};

/// Most billing periods that are listed for people; the JSON has all.
const PERIODS_SHOWN_MAX: usize = 48;

/// Say what changes from one version of a lease to another, in money and rights.
///
/// Both versions are taken to run as promised. The exit code does not depend on what changes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The term sheet of the earlier version
    #[arg(value_name = "A")]
    old: PathBuf,
    /// The term sheet of the later version
    #[arg(value_name = "B")]
    new: PathBuf,
    /// The date at whose close the four lines hold; where it is left out, the day before the
    /// later version governs, but not before its signing
    #[arg(long, value_name = "DATE", value_parser = date::parse)]
    as_of: Option<Date>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let old = sheet::open(terminal, &self.old)?;
        let new = sheet::open(terminal, &self.new)?;
        let eve = new.effective.yesterday().unwrap_or(new.effective).max(new.signed);
        let as_of = new.close_of(self.as_of.unwrap_or(eve));
        let facts = Facts::as_promised(&old);
        let found = diff(&old, &new, &facts, &NoticeBook::default(), as_of)?;
        match self.format {
            Format::Json => print_json(terminal, &Answer::of(&old, &new, &found, as_of))?,
            Format::Text => {
                let words = in_words(terminal.results(), &old, &new, &found);
                terminal.print(&words)?;
            }
        }
        Ok(Exit::Done)
    }
}

fn in_words(look: Look, old: &Lease, new: &Lease, found: &Diff) -> String {
    let mut words = format!(
        "{}\nversion {} to version {}, from {} on\n\n",
        look.bold(&new.title),
        old.version,
        new.version,
        found.effective
    );
    words += &format!("{}\n", look.bold("Rights and duties"));
    if found.rights.is_empty() {
        words += "no term differs\n";
    }
    for change in &found.rights {
        words += &wrap("- ", &change.words, look.columns);
    }
    words += &format!("\n{}\n{}", look.bold("Money"), money_in_words(found));
    words += &format!("\n{}\n{}", look.bold("The four lines"), four_lines_table(found));
    words
}

fn money_in_words(found: &Diff) -> String {
    if found.money.is_empty() {
        return "no billing period differs\n".to_owned();
    }
    let rows = found.money.iter().take(PERIODS_SHOWN_MAX).map(|period| {
        let span = format!("{} through {}", period.from, last_day(period.until));
        [span, period.before.to_string(), period.after.to_string(), signed(period.delta)]
    });
    let table = table::draw(["period", "before", "after", "change"], rows);
    let rest = found.money.len().saturating_sub(PERIODS_SHOWN_MAX);
    let more = match rest {
        0 => String::new(),
        _ => format!("and {}; --format json lists all\n", count(rest, "period")),
    };
    format!("{table}{more}in all {}\n", signed(found.total_delta))
}

fn four_lines_table(found: &Diff) -> String {
    let (before, after) = (&found.before, &found.after);
    let mut rows: Vec<[String; 4]> = [
        ("headline value", before.headline_value, after.headline_value),
        ("non-cancellable value", before.non_cancellable_value, after.non_cancellable_value),
        ("RPO", before.rpo, after.rpo),
        ("run rate a month", before.run_rate_month, after.run_rate_month),
    ]
    .into_iter()
    .map(|(name, old, new)| {
        let change = new.checked_sub(old).map_or_else(|_| "too large".to_owned(), signed);
        [name.to_owned(), old.to_string(), new.to_string(), change]
    })
    .collect();
    let [old, new] = [before.term_end(), after.term_end()].map(last_day);
    rows.push(["enforceable through".to_owned(), old, new, String::new()]);
    table::draw(["", "before", "after", "change"], rows)
}

/// People say the last day, data the first day after it.
fn last_day(until: Date) -> String {
    until.yesterday().unwrap_or(until).to_string()
}

fn signed(money: Money) -> String {
    let plus = if money.minor() > 0 { "+" } else { "" };
    format!("{} {plus}{}", money.currency(), money.to_string().split_once(' ').map_or("", |p| p.1))
}

/// The result for machines: amounts are decimal strings in major units.
#[derive(Serialize)]
struct Answer<'a> {
    lease: &'a str,
    before_version: u32,
    after_version: u32,
    currency: &'a str,
    effective: Date,
    as_of: Instant,
    total_delta: String,
    money: Vec<PeriodEntry>,
    before: FourEntry,
    after: FourEntry,
    rights: &'a [RightChange],
}

#[derive(Serialize)]
struct PeriodEntry {
    period_start: Date,
    period_end: Date,
    before: String,
    after: String,
    delta: String,
}

#[derive(Serialize)]
struct FourEntry {
    headline_value: String,
    non_cancellable_value: String,
    rpo: String,
    run_rate_month: String,
    term_end: Date,
    earliest_exit: Option<Date>,
}

impl<'a> Answer<'a> {
    fn of(old: &Lease, new: &'a Lease, found: &'a Diff, as_of: Instant) -> Self {
        let entry = |period: &leasehold_contract::diff::PeriodDelta| PeriodEntry {
            period_start: period.from,
            period_end: period.until,
            before: period.before.to_decimal(),
            after: period.after.to_decimal(),
            delta: period.delta.to_decimal(),
        };
        Answer {
            lease: new.id.as_str(),
            before_version: old.version,
            after_version: new.version,
            currency: new.currency.code(),
            effective: found.effective,
            as_of,
            total_delta: found.total_delta.to_decimal(),
            money: found.money.iter().map(entry).collect(),
            before: FourEntry::of(&found.before),
            after: FourEntry::of(&found.after),
            rights: &found.rights,
        }
    }
}

impl FourEntry {
    fn of(four: &FourLines) -> Self {
        FourEntry {
            headline_value: four.headline_value.to_decimal(),
            non_cancellable_value: four.non_cancellable_value.to_decimal(),
            rpo: four.rpo.to_decimal(),
            run_rate_month: four.run_rate_month.to_decimal(),
            term_end: four.term_end(),
            earliest_exit: four.earliest_exit(),
        }
    }
}
