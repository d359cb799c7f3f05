//! Results for people or for machines.

use clap::ValueEnum;
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

/// `1 fault`, `2 faults`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
