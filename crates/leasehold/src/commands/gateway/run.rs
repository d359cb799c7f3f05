//! `leasehold gateway --config FILE`: a gateway in the foreground, until it is told to stop.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use leasehold_gateway::run::{self, RunError, Stop, World};
use leasehold_types::Clock;

use super::read_config;
use crate::clock::WallClock;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Runs it. SIGTERM and Ctrl-C stop it and let answers finish; a second one cuts them.
pub(super) fn run(path: &Path, terminal: &mut Terminal) -> Result<Exit, CommandError> {
    let config = read_config(path)?;
    let (hurry, stop) = run::stop_channel();
    let told = move || {
        let next = |stop: &mut Stop| {
            *stop = if *stop == Stop::Not { Stop::Drain } else { Stop::Now };
        };
        hurry.send_modify(next);
    };
    // Only one handler may be set in a process, and this command is the only one that runs.
    let _ = ctrlc::set_handler(told);
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

/// A line of the gateway's own log, on standard error.
#[allow(clippy::print_stderr, reason = "this is where the gateway's words go")]
fn say(line: &str) {
    eprintln!("{} {line}", WallClock.now());
}

/// Random bits of the system.
fn random() -> std::io::Result<u128> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(u128::from_be_bytes(bytes))
}
