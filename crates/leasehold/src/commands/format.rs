//! Results for people or for machines.

use clap::ValueEnum;
use leasehold_types::{Date, Money};
use serde::Serialize;

use crate::error::CommandError;
use crate::terminal::Terminal;

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    // For people.
    #[default]
    Text,
    // One document for machines.
    Json,
}

/// Prints `value` as one JSON document.
///
/// # Errors
/// [`CommandError::Output`] where it cannot be written.
pub(crate) fn print_json(
    terminal: &mut Terminal,
    value: &impl Serialize,
) -> Result<(), CommandError> {
    let text = serde_json::to_string_pretty(value)?;
    terminal.print(&text)?;
    terminal.print("\n")?;
    Ok(())
}

/// An amount without its currency, for tables that say it once: `1,250.00`.
pub(crate) fn figure(money: Money) -> String {
    let text = money.to_string();
    text.split_once(' ').map_or(text.clone(), |(_, figure)| figure.to_owned())
}

/// An amount without its currency; nothing where it is nothing.
pub(crate) fn figure_or_blank(money: Money) -> String {
    if money.is_zero() { String::new() } else { figure(money) }
}

/// People say the last day, data the first day after it; what covers no day has its own only.
pub(crate) fn span(from: Date, until: Date) -> String {
    match until.yesterday() {
        Ok(last) if last > from => format!("{from} to {last}"),
        _ => from.to_string(),
    }
}

/// `1 fault`, `2 faults`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
