//! The command line: what may be said, and one call from its arguments to its exit code.

mod panic;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ColorChoice, Parser, ValueEnum};

use crate::commands::Command;
use crate::error::chain;
use crate::exit::{self, Exit};
use crate::terminal::{Environment, Terminal};

/// Lease idle accelerator capacity, take it back when you need it, account for all of it.
///
/// Begin with `leasehold demo`: it replays half a year of a 512-accelerator lab under two leases
/// and writes a report. Term sheets, fleets and scenarios are TOML files; docs/ describes them.
#[derive(Debug, Parser)]
#[command(name = "leasehold", version, max_term_width = 100, after_help = exit::HELP)]
pub(crate) struct Cli {
    /// When to use colour; NO_COLOR in the environment means never
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    color: When,
    /// No progress on standard error
    #[arg(long, short, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    // On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}

impl Cli {
    /// The whole command line as clap knows it; completions are made from it.
    pub(crate) fn definition() -> clap::Command {
        use clap::CommandFactory;
        Cli::command()
    }
}

/// Runs one call of the program.
pub fn main() -> ExitCode {
    panic::install_hook();
    let args: Vec<OsString> = std::env::args_os().collect();
    let exit = std::panic::catch_unwind(|| run(&args)).unwrap_or(Exit::Fault);
    exit.into()
}

fn run(args: &[OsString]) -> Exit {
    let environment = Environment::read();
    let cli = match parse(args, &environment) {
        Ok(cli) => cli,
        Err(exit) => return exit,
    };
    let mut terminal = Terminal::new(&environment, cli.color, cli.quiet);
    match cli.command.run(&mut terminal).and_then(|exit| Ok(terminal.flush().map(|()| exit)?)) {
        Ok(exit) => exit,
        Err(error) => {
            if let Some(details) = error.details() {
                terminal.note(details.trim_end());
                terminal.note("");
            }
            terminal.error(&chain(&error));
            error.exit()
        }
    }
}

/// Reads the arguments; prints help, the version or what is wrong with them by itself.
fn parse(args: &[OsString], environment: &Environment) -> Result<Cli, Exit> {
    use clap::FromArgMatches;
    let colour = match asked_colour(args) {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ if environment.no_color => ColorChoice::Never,
        _ => ColorChoice::Auto,
    };
    let matches = Cli::definition().color(colour).try_get_matches_from(args);
    let read = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    read.map_err(|error| match (error.print(), error.use_stderr()) {
        (_, true) => Exit::Usage,
        (Err(source), false) if source.kind() != std::io::ErrorKind::BrokenPipe => Exit::Output,
        (_, false) => Exit::Done,
    })
}

/// What `--color` says, before the arguments are known to be good: help and errors heed it, too.
fn asked_colour(args: &[OsString]) -> Option<&str> {
    let texts: Vec<&str> = args.iter().map_while(|arg| arg.to_str()).collect();
    let joined = texts.iter().find_map(|text| text.strip_prefix("--color="));
    let apart = texts.windows(2).find(|pair| pair[0] == "--color").map(|pair| pair[1]);
    joined.or(apart)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::definition().debug_assert();
    }

    #[test]
    fn colour_is_found_before_parsing() {
        let args = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(asked_colour(&args("leasehold demo --color=never")), Some("never"));
        assert_eq!(asked_colour(&args("leasehold --color always x")), Some("always"));
        assert_eq!(asked_colour(&args("leasehold demo")), None);
    }
}
