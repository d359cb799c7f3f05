//! A gateway from its start to its stop.
//!
//! It opens the meter's log, remembers the last good table, listens, and then waits to be told to
//! stop. Once it is: it says that it is not ready, lingers, takes no more connections, lets answers
//! finish until a deadline, cuts the rest, and closes the log with everything in it.

mod health;
mod table;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

pub use table::check as check_table;

use crate::admin;
use crate::config::{Config, Engines};
use crate::meter::wal::{Log, OpenError, Unwritten};
use crate::meter::{Keeper, LogId, Told};
use crate::serve::{BadTls, EngineTls, Gateway, Listening, Setup, acceptor, listen};

/// How much a gateway is to hurry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Stop {
    /// It runs.
    #[default]
    Not,
    /// It stops, and lets answers finish.
    Drain,
    /// It stops at once, and cuts them.
    Now,
}

/// What a gateway cannot find out by itself.
pub struct World {
    /// Random bits; of no two gateways the same.
    pub random: u128,
    /// What it has to say, a line at a time.
    pub say: Say,
    /// Whether it is to stop.
    pub stop: StopWatch,
}

/// Hears that it is to stop.
pub type StopWatch = watch::Receiver<Stop>;

/// A channel by which a gateway is told to stop.
pub fn stop_channel() -> (watch::Sender<Stop>, StopWatch) {
    watch::channel(Stop::Not)
}

/// Takes a line for the operator.
pub type Say = Arc<dyn Fn(&str) + Send + Sync>;

/// Why a gateway does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The meter's log cannot be opened.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// Records could not be written as it stopped.
    #[error(transparent)]
    Unwritten(#[from] Unwritten),
    /// TLS cannot be had from the files that were named.
    #[error(transparent)]
    Tls(#[from] BadTls),
    /// The token of the admin address cannot be read.
    #[error("`{}` holds no usable token for `admin`: {why}", path.display())]
    Token {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// It cannot listen.
    #[error("cannot listen at {address}: see that it is an address of this machine and free")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// There are no threads to be had.
    #[error("cannot start the gateway's threads")]
    Threads(#[source] std::io::Error),
}

/// How a gateway stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// Connections whose answers were cut.
    pub cut: usize,
    /// Records that it wrote.
    pub records: u64,
}

/// Runs a gateway until it is told to stop.
///
/// # Errors
/// [`RunError`]: it did not start, or could not write all records as it stopped.
pub fn run(config: &Config, world: World) -> Result<Stopped, RunError> {
    let World { random, say, stop } = world;
    let log = Log::<Told>::open(&config.log(), config.meter.to_log(), LogId(random))?;
    let log = Arc::new(log);
    let cut = log.found().cut_bytes;
    if cut > 0 {
        say(&format!("the meter's log ended in {cut} bytes that a crash tore: they were cut"));
    }
    let setup = Setup {
        limits: config.limits.to_serve(&config.meter),
        keep: Box::new(Keeper::new(log.clone())),
        engines: speech(&config.engines)?,
        file: Some(config.table_kept()),
        seed: (random >> 64) as u64,
    };
    let runtime = runtime(config.threads).map_err(RunError::Threads)?;
    let gateway = Gateway::new(setup);
    match gateway.remember() {
        Ok(true) => say(&format!("table {} is taken up from the disk", gateway.version())),
        Ok(false) => {}
        Err(bad) => say(&bad.to_string()),
    }
    let watched = table::watch(gateway.clone(), config.table.clone(), say.clone());
    let ended = runtime.block_on(serve(config, &gateway, &log, &say, stop));
    drop(watched);
    // What still runs are connections that were given up; their records are with the log.
    runtime.shutdown_timeout(Duration::from_secs(1));
    log.close()?;
    let records = log.found().records;
    ended.map(|cut| Stopped { cut, records })
}

/// One thread needs nothing that several need to share work.
fn runtime(threads: usize) -> std::io::Result<tokio::runtime::Runtime> {
    use tokio::runtime::Builder;
    let mut builder =
        if threads == 1 { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    if threads > 1 {
        builder.worker_threads(threads);
    }
    builder.thread_name("gateway").enable_all().build()
}

fn speech(engines: &Engines) -> Result<EngineTls, BadTls> {
    match &engines.ca {
        None => EngineTls::plain(engines.http2),
        Some(ca) => {
            let own = engines.certificate.as_deref().zip(engines.key.as_deref());
            EngineTls::new(engines.http2, ca, own)
        }
    }
}

async fn serve(
    config: &Config,
    gateway: &Arc<Gateway>,
    log: &Arc<Log<Told>>,
    say: &Say,
    mut stop: StopWatch,
) -> Result<usize, RunError> {
    let mut listening = Vec::new();
    for at in &config.listen {
        let tls = at.certificate.as_deref().zip(at.key.as_deref());
        let tls = tls.map(|(chain, key)| acceptor(chain, key)).transpose()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let here = listen(gateway.clone(), at.address, tls).await;
        let here = here.map_err(|source| RunError::Listen { address: at.address, source })?;
        say(&format!("listening at {scheme}://{}", here.address));
        listening.push(here);
    }
    if let Some(admin) = &config.admin {
        let token = admin::token(admin)?;
        let here = admin::listen(gateway.clone(), log.clone(), admin.address, token).await;
        let here = here.map_err(|source| RunError::Listen { address: admin.address, source })?;
        say(&format!("admin at http://{here}"));
    }
    health::watch(gateway, &config.health, say);
    let _ = stop.wait_for(|stop| *stop > Stop::Not).await;
    Ok(wind_down(config, gateway, listening, say, stop).await)
}

/// Stops; gives how many connections were cut.
async fn wind_down(
    config: &Config,
    gateway: &Arc<Gateway>,
    listening: Vec<Listening>,
    say: &Say,
    mut stop: StopWatch,
) -> usize {
    gateway.retire();
    let span = |ms: u32| Duration::from_millis(u64::from(ms));
    let (linger, within) = (span(config.stop.linger_ms), span(config.stop.within_ms));
    say(&format!("stopping: {} streams under way", gateway.streams()));
    let mut hurry = stop.clone();
    tokio::select! {
        () = tokio::time::sleep(linger) => {}
        _ = hurry.wait_for(|stop| *stop == Stop::Now) => {}
    }
    let impatient = async {
        if stop.wait_for(|stop| *stop == Stop::Now).await.is_err() {
            std::future::pending::<()>().await;
        }
        gateway.cut_all();
        std::future::pending::<()>().await
    };
    let all = async {
        let stopping = listening.into_iter().map(|here| tokio::spawn(here.stop(within)));
        let stopping: Vec<_> = stopping.collect();
        let mut cut = 0;
        for one in stopping {
            cut += one.await.unwrap_or_default();
        }
        cut
    };
    tokio::select! {
        cut = all => cut,
        () = impatient => 0,
    }
}
