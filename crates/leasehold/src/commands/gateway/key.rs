//! `leasehold gateway key`: a new key, and what the admission table holds of it.

use std::fs::File;
use std::io::Read;

use leasehold_gateway::admission::KeyDigest;
use leasehold_types::LeaseId;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Make a key for a lease, and print it with its entry for the admission table
///
/// The table holds only the key's digest: the key itself is printed here and nowhere else.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The lease that it is for
    #[arg(long, value_name = "LEASE", value_parser = lease)]
    lease: LeaseId,
}

fn lease(text: &str) -> Result<LeaseId, String> {
    LeaseId::new(text).map_err(|bad| bad.to_string())
}

/// Random bytes of a key.
const RANDOM_BYTES: usize = 32;

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let mut random = [0; RANDOM_BYTES];
        let read = File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut random));
        read.map_err(|source| CommandError::Random { source })?;
        let hex: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let key = format!("lh-{hex}");
        let entry = serde_json::json!({
            "sha256": KeyDigest::of(&key).to_hex(),
            "prefix": key.get(..11),
            "lease": self.lease,
        });
        terminal.print(&format!("{key}\n{entry}\n"))?;
        Ok(Exit::Done)
    }
}
