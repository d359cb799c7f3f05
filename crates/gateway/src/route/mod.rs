//! Which replica takes a request.
//!
//! Requests whose prompts begin alike should meet on one replica, for it has read that beginning
//! before; but not at the price of one replica waiting while another is idle. So two are looked at:
//! the one that a hash of the prompt's beginning points to on a ring, and one by chance. The first
//! takes it unless it has clearly more to do. Both lookups cost the same for four replicas and for
//! four thousand, and nothing is remembered of any prompt.

mod breaker;
mod fair;
mod line;
mod ring;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};

use leasehold_types::TenantId;
use tokio::sync::{oneshot, watch};

use crate::admission::{ModelTerms, ReplicaTerms};
use crate::api::Dialect;

pub use breaker::{Breaker, OPEN_MAX, OPEN_MIN, Outcome, State, TRIPS_AFTER};
pub use fair::FairQueue;
pub use line::LINE_MAX;
use line::Line;
pub use ring::{Ring, hash};

/// Requests by which the replica of a prompt's beginning may have more to do than another.
pub const AFFINITY_SLACK: u32 = 4;
/// Bytes of a prompt that count as its beginning.
pub const PREFIX_BYTES: usize = 1_024;

/// A replica and what it has to do.
#[derive(Debug)]
pub struct Replica {
    /// Its name.
    pub name: Arc<str>,
    /// `host:port`.
    pub authority: String,
    /// Whether it is spoken to over TLS.
    pub secure: bool,
    /// What it can be asked for.
    pub dialect: Dialect,
    slots: AtomicU32,
    under_way: AtomicU32,
    /// Whether the table says that it leaves.
    leaving: AtomicBool,
    /// Until when, in microseconds since 1970; 0 where nothing is cut.
    leave_by: AtomicU64,
    /// Whether somebody ordered it to leave.
    ordered: AtomicBool,
    away: watch::Sender<Away>,
    breaker: Mutex<Breaker>,
    /// Who waits for a seat on it or on another one of its model.
    line: Arc<Line>,
}

/// Why a request does not wait for a replica any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Away {
    /// Its drain is over.
    cut: bool,
    /// It does not answer when it is asked how it is.
    ill: bool,
}

/// A request's place on a replica; dropping it frees the place.
#[derive(Debug)]
pub struct Seat {
    replica: Arc<Replica>,
    /// Whether it was handed on: then it is not freed here.
    handed_on: bool,
}

/// The replicas of one model.
#[derive(Debug)]
pub struct Pool {
    /// The model.
    pub model: Arc<str>,
    replicas: Vec<Arc<Replica>>,
    ring: Ring,
    line: Arc<Line>,
}

impl Replica {
    fn new(terms: &ReplicaTerms, line: &Arc<Line>) -> Self {
        let secure = terms.url.starts_with("https://");
        let authority = terms.url.split_once("://").map_or("", |(_, host)| host);
        Replica {
            name: terms.replica.as_str().into(),
            authority: authority.to_owned(),
            secure,
            dialect: match terms.dialect.as_str() {
                "continuous" => Dialect::Continuous,
                "timings" => Dialect::Timings,
                _ => Dialect::Plain,
            },
            slots: AtomicU32::new(terms.slots),
            under_way: AtomicU32::new(0),
            leaving: AtomicBool::new(terms.leaving),
            leave_by: AtomicU64::new(terms.leave_by()),
            ordered: AtomicBool::new(false),
            away: watch::Sender::new(Away::default()),
            breaker: Mutex::new(Breaker::default()),
            line: line.clone(),
        }
    }

    /// Requests under way on it.
    pub fn under_way(&self) -> u32 {
        self.under_way.load(Relaxed)
    }

    /// Whether nothing new goes to it.
    pub fn is_leaving(&self) -> bool {
        self.leaving.load(Relaxed) || self.ordered.load(Relaxed)
    }

    /// From when this returns, nothing new goes to it, until it is told to [`Replica::stay`].
    pub fn leave(&self) {
        self.ordered.store(true, SeqCst);
    }

    /// Cuts what is still under way on it: the drain is over.
    pub fn cut(&self) {
        self.away.send_modify(|away| away.cut = true);
    }

    /// Whether what is under way on it is cut.
    pub fn is_cut(&self) -> bool {
        self.away.borrow().cut
    }

    /// Comes true as the replica is cut.
    pub fn cut_signal(&self) -> impl Future<Output = ()> + Send + 'static {
        self.signal(|away| away.cut)
    }

    /// Comes true as the replica is cut or taken to be ill: who has heard nothing of it need not wait.
    pub fn away_signal(&self) -> impl Future<Output = ()> + Send + 'static {
        self.signal(|away| away.cut || away.ill)
    }

    fn signal(&self, comes: fn(&Away) -> bool) -> impl Future<Output = ()> + Send + 'static {
        let mut away = self.away.subscribe();
        async move {
            // Where nobody can say so any more, nobody does.
            if away.wait_for(comes).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// It takes requests again, as far as it is not the table that says that it leaves.
    pub fn stay(&self) {
        self.ordered.store(false, SeqCst);
        self.away.send_modify(|away| away.cut = false);
    }

    /// When what is under way on it is to be cut, in microseconds since 1970; `None` where never.
    pub fn leave_by(&self) -> Option<u64> {
        let by = self.leave_by.load(Relaxed);
        (by > 0 && self.leaving.load(Relaxed)).then_some(by)
    }

    /// What looks at its health said. Gives whether that is news.
    pub fn looked_at(&self, healthy: bool) -> bool {
        self.away.send_if_modified(|away| std::mem::replace(&mut away.ill, !healthy) == healthy)
    }

    /// Whether it answers when it is asked how it is.
    pub fn is_healthy(&self) -> bool {
        !self.away.borrow().ill
    }

    /// Requests that it takes at once.
    pub fn slots(&self) -> u32 {
        self.slots.load(Relaxed)
    }

    /// What a newer table says of it.
    fn heed(&self, terms: &ReplicaTerms) {
        self.slots.store(terms.slots, Relaxed);
        self.leave_by.store(terms.leave_by(), Relaxed);
        if self.leaving.swap(terms.leaving, SeqCst) && !terms.leaving && !self.ordered.load(Relaxed)
        {
            self.away.send_modify(|away| away.cut = false);
        }
    }

    /// What became of a request that it was given.
    pub fn told(&self, outcome: Outcome, now: u64) {
        self.breaker().told(outcome, now);
    }

    /// How its breaker stands.
    pub fn state(&self, now: u64) -> State {
        self.breaker().state(now)
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place on it, where it may be given one more.
    fn sit(self: &Arc<Self>, now: u64) -> Option<Seat> {
        if self.is_leaving() || !self.is_healthy() {
            return None;
        }
        let slots = self.slots.load(Relaxed);
        let one_more = |under_way: u32| (under_way < slots).then_some(under_way + 1);
        self.under_way.fetch_update(SeqCst, Relaxed, one_more).ok()?;
        let seat = Seat { replica: self.clone(), handed_on: false };
        // Whoever ordered it to leave meanwhile counts this one or is seen here.
        if self.ordered.load(SeqCst) {
            return None;
        }
        // A breaker that is open lets one request through now and then, to see.
        let passes = self.breaker().may_pass(now);
        passes.then_some(seat)
    }

    /// Whether a seat that becomes free on it is given to the next one at once.
    fn goes_on(&self) -> bool {
        let within = self.under_way() <= self.slots();
        within && !self.is_leaving() && self.is_healthy() && self.breaker().is_closed()
    }
}

impl Seat {
    /// The replica.
    pub const fn replica(&self) -> &Arc<Replica> {
        &self.replica
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if self.handed_on {
            return;
        }
        while self.replica.line.is_waited_in() && self.replica.goes_on() {
            let Some(next) = self.replica.line.next() else { break };
            match next.send(Seat { replica: self.replica.clone(), handed_on: false }) {
                Ok(()) => return,
                Err(mut unwanted) => unwanted.handed_on = true,
            }
        }
        self.replica.under_way.fetch_sub(1, Relaxed);
    }
}

impl Pool {
    /// The replicas that `terms` name; those that `before` had go on as they are, with what they
    /// have under way.
    pub fn new(terms: &ModelTerms, before: Option<&Pool>) -> Self {
        let line = before.map(|pool| pool.line.clone()).unwrap_or_default();
        let replicas: Vec<Arc<Replica>> = terms
            .replicas
            .iter()
            .map(|terms| {
                let fresh = Replica::new(terms, &line);
                let same = |known: &&Arc<Replica>| {
                    known.name == fresh.name
                        && known.authority == fresh.authority
                        && known.secure == fresh.secure
                        && known.dialect == fresh.dialect
                };
                let known = before.and_then(|pool| pool.replicas.iter().find(same));
                known.map_or_else(
                    || Arc::new(Replica::new(terms, &line)),
                    |known| {
                        known.heed(terms);
                        known.clone()
                    },
                )
            })
            .collect();
        let ring = Ring::new(replicas.iter().map(|replica| &*replica.name));
        Pool { model: terms.model.as_str().into(), replicas, ring, line }
    }

    /// Its replicas.
    pub fn replicas(&self) -> &[Arc<Replica>] {
        &self.replicas
    }

    /// Lets a request wait for a seat; none where too many wait. Whoever waits calls
    /// [`Pool::let_in`] now and then: what becomes free by the clock alone wakes nobody.
    pub fn wait(&self, tenant: &TenantId, tokens: u64) -> Option<oneshot::Receiver<Seat>> {
        self.line.wait(tenant.clone(), tokens)
    }

    /// How many wait for a seat.
    pub fn waiting(&self) -> usize {
        self.line.len()
    }

    /// Gives seats that are free to those who wait.
    pub fn let_in(&self, chance: u64, now: u64) {
        while self.line.is_waited_in() {
            let Some(seat) = self.any_seat(chance, chance, &[], now) else { return };
            let Some(next) = self.line.next() else { return };
            // Whoever does not want it any more hands it on.
            drop(next.send(seat));
        }
    }

    /// A seat for a request whose prompt begins with `prefix`; `chance` is any random number. None
    /// where every replica leaves, is unhealthy or has its hands full, or where others wait; who
    /// tried some replicas, which are not asked again, was in line before them.
    pub fn seat(&self, prefix: u64, chance: u64, tried: &[Arc<str>], now: u64) -> Option<Seat> {
        if tried.is_empty() && self.line.is_waited_in() {
            return None;
        }
        self.any_seat(prefix, chance, tried, now)
    }

    fn any_seat(&self, prefix: u64, chance: u64, tried: &[Arc<str>], now: u64) -> Option<Seat> {
        let count = self.replicas.len();
        if count == 0 {
            return None;
        }
        let affine = self.ring.of(prefix).unwrap_or(0);
        let other = usize::try_from(chance % count as u64).unwrap_or(0);
        let (first, second) = self.in_order(affine, other);
        let fits = |place: usize| {
            let replica = self.replicas.get(place)?;
            if tried.contains(&replica.name) { None } else { replica.sit(now) }
        };
        // Where neither takes it, whoever comes next does: only an overloaded pool looks at all.
        fits(first).or_else(|| fits(second)).or_else(|| {
            let rest = (1..count).map(|step| (other + step) % count);
            rest.into_iter().find_map(fits)
        })
    }

    fn in_order(&self, affine: usize, other: usize) -> (usize, usize) {
        let busy = |place: usize| self.replicas.get(place).map_or(u32::MAX, |r| r.under_way());
        if busy(affine) > busy(other).saturating_add(AFFINITY_SLACK) {
            (other, affine)
        } else {
            (affine, other)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(count: usize, slots: u32) -> Pool {
        Pool::new(&terms(count, slots), None)
    }

    fn terms(count: usize, slots: u32) -> ModelTerms {
        let replica = |n: usize| ReplicaTerms {
            replica: format!("r{n}"),
            url: format!("http://127.0.0.1:{}", 9_000 + n),
            slots,
            dialect: String::new(),
            leaving: false,
            leave_by_ms: None,
        };
        ModelTerms { model: "m".to_owned(), replicas: (0..count).map(replica).collect() }
    }

    #[test]
    fn a_prefix_meets_its_replica_until_that_has_more_to_do() {
        let pool = pool(4, 100);
        let mine = pool.seat(7, 0, &[], 0).unwrap().replica().name.clone();
        let mut seats = Vec::new();
        for chance in 0..40 {
            let seat = pool.seat(7, chance, &[], 0).unwrap();
            seats.push(seat);
        }
        let with_it = seats.iter().filter(|seat| seat.replica().name == mine).count();
        assert!((10..=20).contains(&with_it), "{with_it} of 40");
        let most = pool.replicas().iter().map(|r| r.under_way()).max().unwrap();
        let least = pool.replicas().iter().map(|r| r.under_way()).min().unwrap();
        assert!(most - least <= 2 * AFFINITY_SLACK + 1, "{least} to {most}");
        drop(seats);
        assert!(pool.replicas().iter().all(|replica| replica.under_way() == 0));
    }

    #[test]
    fn a_full_leaving_or_ill_replica_is_passed_by() {
        let pool = pool(3, 1);
        pool.replicas()[0].leave();
        pool.replicas()[1].looked_at(false);
        let seat = pool.seat(1, 5, &[], 0).unwrap();
        assert_eq!(&*seat.replica().name, "r2");
        assert!(pool.seat(1, 5, &[], 0).is_none());
        pool.replicas()[0].stay();
        assert!(pool.seat(1, 5, &["r0".into()], 0).is_none(), "it was tried");
        assert!(pool.seat(1, 5, &[], 0).is_some());
    }

    #[test]
    fn who_waits_is_given_the_next_seat_and_nobody_passes_by() {
        let pool = pool(1, 1);
        let tenant = TenantId::new("acme").unwrap();
        let first = pool.seat(1, 1, &[], 0).unwrap();
        let gone = pool.wait(&tenant, 1).unwrap();
        let mut told = pool.wait(&tenant, 1).unwrap();
        drop(gone);
        drop(first);
        let seat = told.try_recv().unwrap();
        assert_eq!((pool.waiting(), seat.replica().under_way()), (0, 1));
        let mut told = pool.wait(&tenant, 1).unwrap();
        pool.replicas()[0].leave();
        drop(seat);
        assert!(told.try_recv().is_err(), "it leaves");
        pool.replicas()[0].stay();
        assert!(pool.seat(1, 1, &[], 0).is_none(), "somebody waits");
        pool.let_in(0, 0);
        drop(told.try_recv().unwrap());
        assert_eq!(pool.replicas()[0].under_way(), 0);
        for _ in 0..LINE_MAX {
            drop(pool.wait(&tenant, 1).unwrap());
        }
        let waits = pool.wait(&tenant, 1);
        assert!(waits.is_some(), "those who left take no place");
    }

    #[test]
    fn a_new_table_keeps_what_is_under_way() {
        let before = pool(2, 4);
        let seats: Vec<Seat> = (0..4).filter_map(|n| before.seat(n, n, &[], 0)).collect();
        let mut changed = terms(3, 2);
        changed.replicas[0].leaving = true;
        let after = Pool::new(&changed, Some(&before));
        let busy = |pool: &Pool| pool.replicas().iter().map(|r| r.under_way()).sum::<u32>();
        assert_eq!(busy(&after), 4);
        assert!(before.replicas()[0].is_leaving(), "it is the same replica");
        drop(seats);
        assert_eq!(busy(&after), 0);
    }
}
