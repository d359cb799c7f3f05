//! `leasehold gateway records DIR`: the records in a meter's log, a line of JSON each.

use std::path::PathBuf;

use leasehold_gateway::meter::wal::read_through;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Print the records in the log of a gateway's meter, one line of JSON each
///
/// It reads beside the gateway and changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The directory of the log: `meter` in the gateway's `state`
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        read_through(&self.dir, |record| {
            Ok::<_, CommandError>(terminal.print(&format!("{}\n", record.to_json()))?)
        })?;
        Ok(Exit::Done)
    }
}
