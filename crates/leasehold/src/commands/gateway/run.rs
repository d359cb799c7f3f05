//! `leasehold gateway --config FILE`: a gateway in the foreground, until it is told to stop.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use leasehold_gateway::run::{self, RunError, Stop, StopWatch, World};
use leasehold_types::Clock;

use super::read_config;
use crate::clock::WallClock;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Runs it. SIGTERM and Ctrl-C stop it and let answers finish; a second one cuts them.
pub(super) fn run(path: &Path, terminal: &mut Terminal) -> Result<Exit, CommandError> {
    let config = read_config(path)?;
    let stop = stops();
    let random = random().map_err(|source| CommandError::Random { source })?;
    let ran = run::run(&config, World { random, say: Arc::new(say), stop });
    if let Err(RunError::Unwritten(unwritten)) = &ran {
        // They are on no disk: here they are at least seen.
        for record in &unwritten.records {
            terminal.print(&format!("{}\n", record.to_json()))?;
        }
    }
    let stopped = ran?;
    say(&format!("stopped: {} records written, {} connections cut", stopped.records, stopped.cut));
    Ok(Exit::Done)
}

/// Says that it is to stop once SIGTERM or Ctrl-C comes, and at once if it comes again.
pub(super) fn stops() -> StopWatch {
    let (hurry, stop) = run::stop_channel();
    let told = move || {
        hurry.send_modify(|stop| {
            *stop = if *stop == Stop::Not { Stop::Drain } else { Stop::Now };
        });
    };
    // Only one handler may be set in a process, and one of these commands is all that runs in it.
    let _ = ctrlc::set_handler(told);
    stop
}

/// A line of the gateway's own log, on standard error.
#[allow(clippy::print_stderr, reason = "this is where the gateway's words go")]
pub(super) fn say(line: &str) {
    eprintln!("{} {line}", WallClock.now());
}

/// Random bits of the system.
fn random() -> std::io::Result<u128> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(u128::from_be_bytes(bytes))
}
