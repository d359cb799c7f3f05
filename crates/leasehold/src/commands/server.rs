//! `leasehold setup`, `leasehold serve`, `leasehold config`: a desk begun, served, configured.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use leasehold_server::config::{Config, ConfigFault, resolve};
use leasehold_server::http::draws::{Secret, ten};
use leasehold_server::http::{App, SystemDraws, listen};
use leasehold_server::id::{KeyId, UserId};
use leasehold_server::live::{NewKey, NewUser, Role};
use leasehold_server::writer::{FoundError, Founding, LoadError, Settings, found, start};
use leasehold_store::journal::{Journal, JournalError};
use leasehold_types::{Clock, TenantId};

use crate::clock::WallClock;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::{name_of, read_text};
use crate::terminal::{Environment, Interrupt, Terminal};

/// Why a server did not begin, or did not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerError {
    /// The configuration has faults.
    #[error("the configuration has {0}; `leasehold config explain` shows every key")]
    Config(String, String),
    /// The journal cannot be opened.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal makes no desk.
    #[error("the desk cannot be read: {0}; begin one with `leasehold setup`, or restore a backup")]
    Load(LoadError),
    /// The desk was not begun.
    #[error(transparent)]
    Found(#[from] FoundError),
    /// The address cannot be listened at.
    #[error("cannot listen at {address}: {source}; name another address with `--listen`")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The system gives no threads, sockets or random bytes.
    #[error("the system refuses what a server needs: {0}")]
    System(String),
    /// The writer has stopped.
    #[error("the journal cannot be written any more: {0}; what was acknowledged is in it")]
    Stopped(String),
}

impl ServerError {
    /// What is shown before the error itself.
    pub(crate) fn details(&self) -> Option<&str> {
        match self {
            ServerError::Config(_, faults) => Some(faults),
            _ => None,
        }
    }
}

/// Where the configuration comes from, and what flags say of it.
#[derive(Debug, clap::Args)]
pub(crate) struct ConfigArgs {
    /// The configuration file (docs/server.md)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the API listens, as ADDRESS:PORT
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The journal: sqlite:PATH, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The name of this process among those that share a database
    #[arg(long, value_name = "NAME")]
    process: Option<String>,
}

impl ConfigArgs {
    fn resolved(&self) -> Result<leasehold_server::config::Resolved, CommandError> {
        let file = match &self.config {
            Some(path) => Some((name_of(path), read_text(path, "a configuration")?)),
            None => None,
        };
        let file = file.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
        let flags =
            [("listen", &self.listen), ("database", &self.database), ("process", &self.process)];
        let flags: Vec<(&str, String)> =
            flags.into_iter().filter_map(|(name, v)| v.clone().map(|v| (name, v))).collect();
        let environment = Environment::of_server();
        Ok(resolve(file, &environment, &flags).map_err(|faults| faulty(&faults))?)
    }

    fn read(&self) -> Result<Config, CommandError> {
        let config = self.resolved()?.config().map_err(|fault| faulty(&[fault]));
        Ok(config?)
    }
}

fn faulty(faults: &[ConfigFault]) -> ServerError {
    let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
    ServerError::Config(super::count(faults.len(), "fault"), shown.join("\n"))
}

/// What can be asked about the configuration.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ConfigCommand {
    Explain(ExplainArgs),
}

/// Show every key of the server's configuration, its value, and where that comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    config: ConfigArgs,
}

impl ConfigCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let ConfigCommand::Explain(args) = self;
        for (key, value, source) in args.config.resolved()?.explain() {
            let shown = if value.is_empty() { "\"\"" } else { &value };
            let variable = key.variable();
            terminal.print(&format!(
                "{} = {shown}  ({source})\n    {}\n    environment: {variable}\n",
                key.name, key.about
            ))?;
        }
        Ok(Exit::Done)
    }
}

/// Begin a desk in an empty database: its fleet, its owner and a first key.
#[derive(Debug, clap::Args)]
pub(crate) struct SetupArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// The fleet file (docs/fleet.md)
    #[arg(long, value_name = "FILE")]
    fleet: PathBuf,
    /// The owner's id, as its term sheets name it
    #[arg(long, value_name = "ID")]
    owner: String,
    /// The owner's name
    #[arg(long, value_name = "NAME")]
    owner_name: String,
    /// Which site or desk of the owner's it is, in a word
    #[arg(long, value_name = "WORD", default_value = "main")]
    site: String,
    /// What the first administrator signs in with
    #[arg(long, value_name = "LOGIN")]
    login: String,
    /// The first administrator's name
    #[arg(long, value_name = "NAME")]
    name: String,
}

impl SetupArgs {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let config = self.config.read()?;
        let fleet = read_text(&self.fleet, "a fleet")?;
        let owner = TenantId::new(&self.owner);
        let owner = owner.map_err(|error| ServerError::System(format!("--owner: {error}")))?;
        let (now, system) = (WallClock.now(), ServerError::System);
        let secret = Secret::new("lhk", &SystemDraws).map_err(system)?;
        let administrator = NewUser {
            id: UserId::made(now, ten(&SystemDraws).map_err(system)?),
            organisation: owner.clone(),
            login: self.login,
            name: self.name,
            roles: vec![Role::Admin],
            password: None,
        };
        let key = NewKey {
            id: KeyId::made(now, ten(&SystemDraws).map_err(system)?),
            organisation: owner.clone(),
            name: "setup".into(),
            prefix: secret.prefix.clone(),
            hash: secret.hash,
            roles: vec![Role::Admin],
            scopes: Vec::new(),
            expires: None,
        };
        let founding = Founding {
            fleet,
            owner,
            owner_name: self.owner_name,
            site: self.site,
            administrator: Some(administrator),
            key: Some(key),
        };
        let journal = Journal::open(&config.database).map_err(ServerError::from)?;
        found(&journal, founding, now).map_err(ServerError::from)?;
        terminal.note("the desk is begun; this is the administrator's key, shown this once:");
        terminal.print(&format!("{}\n", secret.token))?;
        Ok(Exit::Done)
    }
}

/// Serve a desk: its HTTP API, and what falls due by the clock.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    config: ConfigArgs,
}

impl ServeArgs {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let config = self.config.read()?;
        let interrupt = Interrupt::listen();
        interrupt.heed_quietly();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| ServerError::System(error.to_string()))?;
        let served = runtime.block_on(serve(&config, &interrupt, terminal));
        // What still waits for a slow client is given up.
        runtime.shutdown_background();
        served?;
        Ok(Exit::Done)
    }
}

/// How often it looks whether it is to stop.
const LOOKS_EVERY: std::time::Duration = std::time::Duration::from_millis(50);
/// How often a leader looks for what is due, and a follower for what is new.
const WAKES_EVERY: std::time::Duration = std::time::Duration::from_millis(200);

async fn serve(
    config: &Config,
    interrupt: &Interrupt,
    terminal: &mut Terminal,
) -> Result<(), ServerError> {
    let journal = Journal::open(&config.database)?;
    let clock = Arc::new(WallClock);
    let holder = match config.process.as_str() {
        "" => format!("process {}", std::process::id()),
        name => name.to_owned(),
    };
    let settings = Settings { holder, leads_for: config.leads_for, wakes_every: WAKES_EVERY };
    let started = start(journal.clone(), clock.clone(), settings);
    let running = Arc::new(started.map_err(ServerError::Load)?);
    let app = App::new(running.clone(), journal, clock, Arc::new(SystemDraws));
    let address = config.listen;
    let listening = listen(app, address).await;
    let listening = listening.map_err(|source| ServerError::Listen { address, source })?;
    terminal.note(&format!("serving at http://{}", listening.address));
    let fault = loop {
        if interrupt.wished() {
            break None;
        }
        if let Some(fault) = running.fault() {
            break Some(fault);
        }
        tokio::time::sleep(LOOKS_EVERY).await;
    };
    let open = listening.stop(config.drain).await;
    running.stop();
    let left = if open == 0 { "" } else { "; some connections were cut" };
    terminal.note(&format!("stopped{left}"));
    fault.map_or(Ok(()), |fault| Err(ServerError::Stopped(fault)))
}
