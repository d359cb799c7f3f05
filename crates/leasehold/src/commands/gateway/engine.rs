//! `leasehold gateway engine`: a simulated engine, for trials.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use leasehold_gateway::engine::{self, Pace, TOKENS_MAX};

use super::run::{say, stops};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Run a simulated engine, to try a gateway without any accelerator
///
/// It has no model and says so in every answer: it counts the words of a prompt and makes as many
/// tokens as it is asked for, at the pace that is given. `GET /tally` tells what it made.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where it listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
    /// The name of the model that it pretends to be
    #[arg(long, value_name = "MODEL", default_value = "simulated")]
    model: String,
    /// Answers at once; more are refused
    #[arg(long, value_name = "N", default_value_t = 64)]
    slots: u32,
    /// Milliseconds from a request to its first token
    #[arg(long, value_name = "MS", default_value_t = 200)]
    first_token_ms: u64,
    /// Milliseconds from a token to the next
    #[arg(long, value_name = "MS", default_value_t = 20)]
    each_token_ms: u64,
    /// Tokens of an answer to a request that sets no limit
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=TOKENS_MAX))]
    tokens: u64,
}

impl Args {
    pub(super) fn run(self, _: &mut Terminal) -> Result<Exit, CommandError> {
        let pace = Pace {
            model: self.model,
            address: self.listen,
            slots: self.slots,
            first_token: Duration::from_millis(self.first_token_ms),
            each_token: Duration::from_millis(self.each_token_ms),
            tokens: self.tokens,
        };
        let say: leasehold_gateway::run::Say = Arc::new(say);
        engine::run(pace, &say, stops())?;
        Ok(Exit::Done)
    }
}
