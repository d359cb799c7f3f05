//! `leasehold gateway drain REPLICA…` and `return`: taking replicas away, and giving them back.

use leasehold_gateway::admin::{DrainAnswer, DrainOrder, ReturnOrder};

use super::admin::Which;
use crate::commands::count;
use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Drain replicas: nothing new goes to them, what is under way finishes until the deadline
///
/// It ends once nothing is under way on them, or at the deadline, when the rest was cut; the exit
/// code is then 1. They stay drained until `leasehold gateway return`, or the gateway's next start.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The replicas, by the names that the admission table gives them
    #[arg(value_name = "REPLICA", required = true)]
    replicas: Vec<String>,
    /// After how long what is left is cut: 500ms, 90s, 15m or 2h
    #[arg(long, value_name = "SPAN", default_value = "60s", value_parser = span_ms)]
    deadline: u64,
    /// Do not wait for the end: return once nothing new goes to them
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    which: Which,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Send requests to drained replicas again
#[derive(Debug, clap::Args)]
pub(crate) struct ReturnArgs {
    /// The replicas, by the names that the admission table gives them
    #[arg(value_name = "REPLICA", required = true)]
    replicas: Vec<String>,
    #[command(flatten)]
    which: Which,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let order =
            DrainOrder { replicas: self.replicas, deadline_ms: self.deadline, wait: !self.no_wait };
        let said = self.which.call("/drain", Some(serde_json::to_string(&order)?))?;
        let answer: DrainAnswer = serde_json::from_str(&said)?;
        match self.format {
            Format::Json => print_json(terminal, &answer)?,
            Format::Text => terminal.print(&in_words(&answer))?,
        }
        Ok(if answer.cut.is_some_and(|cut| cut > 0) { Exit::No } else { Exit::Done })
    }
}

impl ReturnArgs {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let order = ReturnOrder { replicas: self.replicas };
        let said = self.which.call("/return", Some(serde_json::to_string(&order)?))?;
        let answer: DrainAnswer = serde_json::from_str(&said)?;
        terminal.print(&format!("{} returned\n", count(answer.replicas, "replica")))?;
        Ok(Exit::Done)
    }
}

fn in_words(answer: &DrainAnswer) -> String {
    let replicas = count(answer.replicas, "replica");
    let under_way = answer.under_way;
    match answer.cut {
        None => format!("draining {replicas}: {under_way} under way\n"),
        Some(0) => format!("drained {replicas}: {under_way} were under way, none was cut\n"),
        Some(cut) => format!("drained {replicas}: {under_way} were under way, {cut} were cut\n"),
    }
}

/// A span like `90s`, in milliseconds.
fn span_ms(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..).unwrap_or_default() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("write a number and ms, s, m or h: 90s".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "write a whole number first: 90s".to_owned())?;
    number.checked_mul(unit).ok_or_else(|| "that is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        assert_eq!(span_ms("90s"), Ok(90_000));
        assert_eq!((span_ms("500ms"), span_ms("2h")), (Ok(500), Ok(7_200_000)));
        for bad in ["", "90", "s", "1.5s", "-1s", "99999999999999999999h", "9999999999999999h"] {
            assert!(span_ms(bad).is_err(), "{bad}");
        }
    }
}
