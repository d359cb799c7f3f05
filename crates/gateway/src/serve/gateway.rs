//! The state of a gateway: its table, its gates, its replicas.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use leasehold_types::LeaseId;
use tokio::sync::watch;

use super::body::Bodies;
use super::engine::Engines;
use super::watch::Streams;
use super::{Clock, EngineTls, Keep};
use crate::admission::{self, BadFile, BadTable, Gate, Standing, Table, Terms};
use crate::meter::{Micros, RecordId};
use crate::metrics::Metrics;
use crate::route::{Pool, Replica};

/// What bounds one request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest body of a request, in bytes.
    pub body_bytes: usize,
    /// Bytes of all bodies that are held at once.
    pub bodies_bytes: usize,
    /// Longest answer that is no stream, in bytes.
    pub answer_bytes: usize,
    /// For how long a client may take to agree on TLS, and to send the head of a request.
    pub head_within: Duration,
    /// For how long a connection may be open with nothing under way on it.
    pub idle_within: Duration,
    /// For how long a client may take to send its body.
    pub body_within: Duration,
    /// For how long a connection to an engine may take.
    pub connect_within: Duration,
    /// For how long an engine may take to begin its answer.
    pub first_byte_within: Duration,
    /// For how long an engine may be silent within a stream.
    pub silent_within: Duration,
    /// For how long a client may not read what is there for it.
    pub unread_within: Duration,
    /// Output tokens that are reserved where a request sets no limit.
    pub output_tokens: u64,
    /// Bytes of a body that are taken for a token in the reservation.
    pub bytes_per_token: u64,
    /// Whether the last byte of an answer waits for its record to be durable.
    pub durable_first: bool,
    /// Replicas that are tried before a request fails.
    pub tries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes: 32 << 20,
            bodies_bytes: 1 << 30,
            answer_bytes: 64 << 20,
            head_within: Duration::from_secs(10),
            idle_within: Duration::from_secs(120),
            body_within: Duration::from_secs(60),
            // Longer than the second after which a SYN that got lost is sent again.
            connect_within: Duration::from_millis(1_500),
            first_byte_within: Duration::from_secs(600),
            silent_within: Duration::from_secs(300),
            unread_within: Duration::from_secs(60),
            output_tokens: 1_024,
            bytes_per_token: 4,
            durable_first: true,
            tries: 3,
        }
    }
}

/// What a gateway is made of.
pub struct Setup {
    /// What bounds its requests.
    pub limits: Limits,
    /// Where its records go.
    pub keep: Box<dyn Keep>,
    /// How engines are spoken to.
    pub engines: EngineTls,
    /// Where the last good table is kept; nowhere where absent.
    pub file: Option<PathBuf>,
    /// Random bits. Ids of records are drawn from it, so no two gateways may have the same.
    pub seed: u64,
}

/// A gateway.
pub struct Gateway {
    pub(super) limits: Limits,
    pub(super) clock: Clock,
    pub(super) keep: Box<dyn Keep>,
    pub(super) engines: Engines,
    pub(super) streams: Streams,
    pub(super) bodies: Bodies,
    /// What it counts.
    pub metrics: Metrics,
    pub(super) stopping: AtomicBool,
    /// Whether what is under way is cut.
    halted: watch::Sender<bool>,
    chance: AtomicU64,
    /// Where the last good table is kept.
    file: Option<PathBuf>,
    world: RwLock<Arc<World>>,
}

/// What a table makes: replaced as a whole.
pub(super) struct World {
    pub(super) table: Table,
    pub(super) gates: BTreeMap<LeaseId, Arc<Gate>>,
    pub(super) pools: BTreeMap<String, Arc<Pool>>,
}

/// How often a drain looks whether it is over.
const DRAIN_LOOK: Duration = Duration::from_millis(5);

/// How a drain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Answers that were still under way at the deadline and were cut.
    pub cut: u32,
}

impl Gateway {
    /// A gateway that admits nobody until it has a table.
    pub fn new(setup: Setup) -> Arc<Self> {
        let Setup { limits, keep, engines, file, seed } = setup;
        let clock = Clock::start();
        let world =
            World { table: Table::nothing(), gates: BTreeMap::new(), pools: BTreeMap::new() };
        Arc::new(Gateway {
            limits,
            clock,
            keep,
            engines: Engines::new(&limits, &engines),
            streams: Streams::default(),
            bodies: Bodies::new(limits.bodies_bytes),
            metrics: Metrics::default(),
            stopping: AtomicBool::new(false),
            halted: watch::Sender::new(false),
            chance: AtomicU64::new(seed),
            file,
            world: RwLock::new(Arc::new(world)),
        })
    }

    /// Takes up the last good table that is kept on disk; says whether there is one.
    ///
    /// # Errors
    /// [`BadFile`], where it is damaged.
    pub fn remember(&self) -> Result<bool, BadFile> {
        let Some(file) = &self.file else { return Ok(false) };
        let Some(terms) = admission::read(file)? else { return Ok(false) };
        self.take_up(terms).map_err(|bad| BadFile::Damaged(bad.to_string()))?;
        Ok(true)
    }

    /// Takes up a table that the desk pushed, and keeps it on disk. One that is older than the one
    /// in use changes nothing. What is under way goes on.
    ///
    /// # Errors
    /// [`BadTable`], and where it cannot be kept; the one in use then stays.
    pub fn push(&self, terms: Terms) -> Result<bool, BadTable> {
        if terms.version <= self.world().table.version() {
            return Ok(false);
        }
        if let Some(file) = &self.file {
            Table::new(terms.clone())?;
            let kept = admission::write(file, &terms);
            kept.map_err(|error| BadTable(format!("it cannot be kept on disk: {error}")))?;
        }
        self.take_up(terms)?;
        Ok(true)
    }

    fn take_up(&self, terms: Terms) -> Result<(), BadTable> {
        let table = Table::new(terms)?;
        let before = self.world();
        let now = self.clock.now();
        let gate = |(lease, limits): (&LeaseId, &admission::Limits)| {
            let known = before.gates.get(lease).cloned();
            let gate = known.inspect(|gate| gate.limit(*limits, now));
            (lease.clone(), gate.unwrap_or_else(|| Gate::new(*limits, now)))
        };
        let gates = table.limits().iter().map(gate).collect();
        let pool = |(name, terms): (&String, &admission::ModelTerms)| {
            let known = before.pools.get(name).map(Arc::as_ref);
            (name.clone(), Arc::new(Pool::new(terms, known)))
        };
        let pools = table.models().iter().map(pool).collect();
        let next = Arc::new(World { table, gates, pools });
        *self.world.write().unwrap_or_else(PoisonError::into_inner) = next.clone();
        for pool in next.pools.values() {
            pool.let_in(self.chance(), now);
        }
        Ok(())
    }

    pub(super) fn world(&self) -> Arc<World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The version of the table in use.
    pub fn version(&self) -> u64 {
        self.world().table.version()
    }

    /// An id for the record of a request that was received at `received`: its microsecond and bits
    /// that come again after 2^62 requests.
    pub(super) fn id(&self, received: u64) -> RecordId {
        RecordId::new(Micros(self.clock.on_the_wall(received)), self.chance())
    }

    /// A number that nobody needs to foresee: which replica is looked at by chance.
    pub(super) fn chance(&self) -> u64 {
        let next = self.chance.fetch_add(0x9e37_79b9_7f4a_7c15, Relaxed);
        let mixed = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 27)
    }

    /// The replicas of these names, of whatever model.
    pub fn replicas(&self, names: &[String]) -> Vec<Arc<Replica>> {
        let world = self.world();
        let all = world.pools.values().flat_map(|pool| pool.replicas());
        all.filter(|replica| names.iter().any(|name| **name == *replica.name)).cloned().collect()
    }

    /// Every replica, with its model.
    pub fn all_replicas(&self) -> Vec<(Arc<str>, Arc<Replica>)> {
        let world = self.world();
        let of = |pool: &Arc<Pool>| {
            let model = pool.model.clone();
            pool.replicas().iter().map(move |replica| (model.clone(), replica.clone())).collect()
        };
        world.pools.values().flat_map(|pool| -> Vec<_> { of(pool) }).collect()
    }

    /// Every lease and how it stands.
    pub fn leases(&self) -> Vec<(LeaseId, Standing)> {
        let now = self.clock.now();
        let world = self.world();
        world.gates.iter().map(|(lease, gate)| (lease.clone(), gate.standing(now))).collect()
    }

    /// Every model and how many requests wait for a replica of it.
    pub fn lines(&self) -> Vec<(Arc<str>, usize)> {
        let world = self.world();
        world.pools.values().map(|pool| (pool.model.clone(), pool.waiting())).collect()
    }

    /// Drains replicas. From the first poll on nothing new goes to them; it ends once they have
    /// nothing under way, or at the deadline with what was then cut.
    pub async fn drain(&self, replicas: Vec<Arc<Replica>>, within: Duration) -> Drained {
        for replica in &replicas {
            replica.leave();
        }
        let under_way = || replicas.iter().map(|replica| replica.under_way()).sum::<u32>();
        let deadline = self.clock.now() + u64::try_from(within.as_micros()).unwrap_or(u64::MAX / 2);
        while under_way() > 0 && self.clock.now() < deadline {
            tokio::time::sleep(DRAIN_LOOK).await;
        }
        let cut = under_way();
        // Also where nothing is left: whoever comes to wait for it through some gap is sent away.
        for replica in &replicas {
            replica.cut();
        }
        self.look_at_streams();
        Drained { cut }
    }

    /// Cuts what is under way on replicas whose time to leave has come.
    pub(super) fn cut_the_due(&self) {
        let now = self.clock.on_the_wall(self.clock.now());
        for pool in self.world().pools.values() {
            let due = pool.replicas().iter().filter(|replica| !replica.is_cut());
            for replica in due.filter(|replica| replica.leave_by().is_some_and(|by| by <= now)) {
                replica.cut();
            }
        }
    }

    /// Cuts everything that is under way, with an error and on record: the gateway stops.
    pub fn cut_all(&self) {
        self.stopping.store(true, Relaxed);
        self.halted.send_replace(true);
        self.look_at_streams();
    }

    /// Whether everything is cut.
    pub(super) fn is_halted(&self) -> bool {
        *self.halted.borrow()
    }

    /// Comes true as everything is cut.
    pub(super) fn halt_signal(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut halted = self.halted.subscribe();
        async move {
            if halted.wait_for(|halted| *halted).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Says that it takes no requests, while it still does: it is about to stop.
    pub fn retire(&self) {
        self.stopping.store(true, Relaxed);
    }

    /// Microseconds since it started.
    pub fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Streams under way.
    pub fn streams(&self) -> usize {
        self.streams.len()
    }

    /// Whether it takes requests: it has a table, can keep records, and does not stop.
    pub fn is_ready(&self) -> bool {
        !self.stopping.load(Relaxed) && self.version() > 0 && self.keep.room().is_some()
    }
}
