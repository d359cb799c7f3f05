//! The state of a gateway: its table, its gates, its replicas.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use leasehold_types::LeaseId;

use super::engine::Engines;
use super::{Clock, Keep};
use crate::admission::{self, BadTable, Gate, Table, Terms};
use crate::meter::{Micros, RecordId};
use crate::route::{Pool, Replica};

/// What bounds one request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest body of a request, in bytes.
    pub body_bytes: usize,
    /// Longest answer that is no stream, in bytes.
    pub answer_bytes: usize,
    /// For how long a client may take to send its body.
    pub body_within: Duration,
    /// For how long a connection to an engine may take.
    pub connect_within: Duration,
    /// For how long an engine may take to begin its answer.
    pub first_byte_within: Duration,
    /// For how long an engine may be silent within a stream.
    pub silent_within: Duration,
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
            answer_bytes: 64 << 20,
            body_within: Duration::from_secs(60),
            connect_within: Duration::from_millis(1_000),
            first_byte_within: Duration::from_secs(600),
            silent_within: Duration::from_secs(300),
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
    pub(super) stopping: AtomicBool,
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

/// How a drain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Answers that were still under way at the deadline and were cut.
    pub cut: u32,
}

impl Gateway {
    /// A gateway that admits nobody until it has a table. The last good one in `file` is taken up
    /// where there is one.
    ///
    /// # Errors
    /// Where that file is damaged, in words.
    pub fn new(setup: Setup) -> Result<Arc<Self>, String> {
        let Setup { limits, keep, file, seed } = setup;
        let clock = Clock::start();
        let world =
            World { table: Table::nothing(), gates: BTreeMap::new(), pools: BTreeMap::new() };
        let gateway = Gateway {
            limits,
            clock,
            keep,
            engines: Engines::new(&limits),
            stopping: AtomicBool::new(false),
            chance: AtomicU64::new(seed),
            file,
            world: RwLock::new(Arc::new(world)),
        };
        if let Some(file) = &gateway.file
            && let Some(terms) = admission::read(file).map_err(|bad| bad.to_string())?
        {
            gateway.take_up(terms).map_err(|bad| bad.to_string())?;
        }
        Ok(Arc::new(gateway))
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
        *self.world.write().unwrap_or_else(PoisonError::into_inner) = next;
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

    /// Drains replicas. From the first poll on nothing new goes to them; it ends once they have
    /// nothing under way, or at the deadline with what was then cut.
    pub async fn drain(&self, replicas: Vec<Arc<Replica>>, within: Duration) -> Drained {
        for replica in &replicas {
            replica.leave();
        }
        let deadline = self.clock.now() + u64::try_from(within.as_micros()).unwrap_or(u64::MAX / 2);
        loop {
            let under_way: u32 = replicas.iter().map(|replica| replica.under_way()).sum();
            if under_way == 0 {
                return Drained { cut: 0 };
            }
            if self.clock.now() >= deadline {
                for replica in &replicas {
                    replica.cut();
                }
                return Drained { cut: under_way };
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Whether it takes requests: it has a table, can keep records, and does not stop.
    pub fn is_ready(&self) -> bool {
        !self.stopping.load(Relaxed) && self.version() > 0 && self.keep.room().is_some()
    }
}
