//! The `leasehold` binary, as a library so that tests can reach its parts.
//!
//! The edge of the program: the command line, files, the terminal, the clock and the environment
//! are read here and nowhere below. In the order in which to read it:
//!
//! 1. `cli`: what may be said on the command line, and how one call runs from start to exit code.
//! 2. `commands`: one file a command, with its arguments, its work and its words.
//! 3. `terminal`: what people see: colour, width, faults with their lines, progress, interrupts.
//! 4. [`report`]: the report of a replay as tables, HTML, CSV and JSON.
//! 5. `input`, `output`, `clock`, `error`, `exit`: files within limits, files whole or not at all,
//!    the wall's time, what went wrong, which code says so.

mod cli;
mod clock;
mod commands;
mod error;
mod exit;
mod input;
mod output;
pub mod report;
mod terminal;

pub use cli::main;
