//! A journal that fails at chosen turns: nothing acknowledged is lost, nothing is done twice.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use leasehold_store::journal::{
    Address, Answer, Batch, DatabaseFault, FaultKind, Head, Journal, JournalError,
};
use leasehold_types::{Clock, Instant, TenantId};
use tokio::sync::oneshot;

use super::log::{Log, Source};
use super::thread::start_on;
use super::{Ask, Done, Founding, Reply, Running, Settings, Work, WriteError, found};
use crate::live::{ActKind, Live, Who};

struct Still(Instant);

impl Clock for Still {
    fn now(&self) -> Instant {
        self.0
    }
}

/// What happens to a commit.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Well,
    /// Nothing is written.
    Fails,
    /// It is not known; nothing was written.
    UnknownUndone,
    /// It is not known; it was written.
    UnknownDone,
    /// Another process has led since.
    Deposed,
}

/// The fates of the next commits, taken from the end.
type Fates = Arc<Mutex<Vec<Fate>>>;

struct Faulty {
    journal: Journal,
    fates: Fates,
    led: Arc<AtomicUsize>,
}

struct FaultyLog {
    inner: Box<dyn Log>,
    journal: Journal,
    fates: Fates,
}

impl Source for Faulty {
    fn lead(
        &self,
        holder: &str,
        ttl: Duration,
    ) -> Result<Result<Box<dyn Log>, String>, JournalError> {
        self.led.fetch_add(1, Ordering::Relaxed);
        let won = Source::lead(&self.journal, holder, ttl)?;
        let (journal, fates) = (self.journal.clone(), self.fates.clone());
        Ok(won.map(|inner| Box::new(FaultyLog { inner, journal, fates }) as Box<dyn Log>))
    }

    fn answer(&self, scope: &str, key: &str) -> Result<Option<Answer>, JournalError> {
        Source::answer(&self.journal, scope, key)
    }
}

fn broken() -> JournalError {
    DatabaseFault { kind: FaultKind::Unreachable, message: "cut off".into() }.into()
}

impl Log for FaultyLog {
    fn head(&self) -> Head {
        self.inner.head()
    }

    fn commit(&mut self, batch: &Batch) -> Result<Head, JournalError> {
        let fate = self.fates.lock().unwrap().pop().unwrap_or(Fate::Well);
        match fate {
            Fate::Well => self.inner.commit(batch),
            Fate::Fails => Err(broken()),
            Fate::UnknownUndone => Err(JournalError::Unknown(Box::new(broken()))),
            Fate::UnknownDone => {
                self.inner.commit(batch)?;
                Err(JournalError::Unknown(Box::new(broken())))
            }
            Fate::Deposed => {
                // The same name leads anew, with a larger token: this writer's place is taken.
                drop(Source::lead(&self.journal, "test", Duration::from_secs(60))?);
                self.inner.commit(batch)
            }
        }
    }

    fn resync(&mut self) -> Result<Head, JournalError> {
        self.inner.resync()
    }

    fn renew(&mut self, ttl: Duration) -> Result<(), JournalError> {
        self.inner.renew(ttl)
    }

    fn resign(self: Box<Self>) -> Result<(), JournalError> {
        self.inner.resign()
    }
}

struct World {
    _dir: tempfile::TempDir,
    journal: Journal,
    running: Running,
    fates: Fates,
    led: Arc<AtomicUsize>,
}

fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(&Address::Sqlite(dir.path().join("desk.db"))).unwrap();
    let now: Instant = "2027-01-10T18:00:00Z".parse().unwrap();
    let founding = Founding {
        fleet: include_str!("../../tests/fleet.toml").into(),
        owner: TenantId::new("owner").unwrap(),
        owner_name: "Owner Inc.".into(),
        site: "lab".into(),
        administrator: None,
        key: None,
    };
    found(&journal, founding, now).unwrap();
    let (fates, led) = (Fates::default(), Arc::new(AtomicUsize::new(0)));
    let source = Faulty { journal: journal.clone(), fates: fates.clone(), led: led.clone() };
    let settings = Settings {
        holder: "test".into(),
        leads_for: Duration::from_secs(60),
        wakes_every: Duration::from_millis(5),
    };
    let clock = Arc::new(Still(now));
    let running = start_on(Box::new(source), journal.clone(), clock, settings).unwrap();
    World { _dir: dir, journal, running, fates, led }
}

impl World {
    fn ask(&self, id: &str) -> oneshot::Receiver<Result<Done, WriteError>> {
        let act = ActKind::AddOrganisation { id: TenantId::new(id).unwrap(), name: id.into() };
        let body = id.to_owned();
        let render =
            move |_: &Live, _: &[crate::live::Entry]| Reply { status: 201, location: None, body };
        let (reply, answer) = oneshot::channel();
        let work = Work { act, render: Box::new(render) };
        let by = Who::Machine("test".into());
        self.running.ask(Ask { by, work, idempotency: None, reply }).unwrap();
        answer
    }

    /// Asks until it is on record, as a client with an idempotency key would.
    fn add(&self, id: &str) -> Result<Done, WriteError> {
        self.ask(id).blocking_recv().unwrap()
    }

    /// What the journal says is what readers see; gives the tenants that are there.
    fn tenants(&self) -> Vec<String> {
        let replayed = super::load::load(&self.journal).unwrap().to_snapshot().unwrap();
        let shown = self.running.read(|live| live.to_snapshot().unwrap());
        assert!(replayed == shown, "readers see something else than the journal says");
        let of = |live: &Live| {
            let all = live.access().organisations().map(|of| of.id.to_string());
            all.filter(|id| id != "owner").collect()
        };
        self.running.read(of)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.running.stop();
    }
}

#[test]
fn what_failed_is_undone_and_what_was_acknowledged_stays() {
    let world = world();
    world.add("a").unwrap();
    for fate in [Fate::Fails, Fate::UnknownUndone] {
        world.fates.lock().unwrap().push(fate);
        assert_eq!(world.add("b"), Err(WriteError::Unavailable));
        assert_eq!(world.tenants(), ["a"]);
    }
    world.add("b").unwrap();
    assert_eq!(world.tenants(), ["a", "b"]);
    assert_eq!(world.running.health().trouble, None);
}

#[test]
fn what_was_written_without_our_knowing_is_acknowledged() {
    let world = world();
    world.fates.lock().unwrap().push(Fate::UnknownDone);
    world.add("a").unwrap();
    world.add("b").unwrap();
    assert_eq!(world.tenants(), ["a", "b"]);
}

#[test]
fn a_deposed_writer_writes_nothing_and_asks_to_lead_anew() {
    let world = world();
    world.add("a").unwrap();
    world.fates.lock().unwrap().push(Fate::Deposed);
    assert_eq!(world.add("b"), Err(WriteError::Unavailable));
    assert_eq!(world.tenants(), ["a"]);
    world.add("b").unwrap();
    assert_eq!(world.tenants(), ["a", "b"]);
    assert!(world.led.load(Ordering::Relaxed) >= 2);
}

#[test]
fn acts_that_wait_are_committed_together_and_answered_in_turn() {
    let world = world();
    let answers: Vec<_> = (0..200).map(|n| world.ask(&format!("t{n:03}"))).collect();
    let done: Vec<Done> =
        answers.into_iter().map(|answer| answer.blocking_recv().unwrap().unwrap()).collect();
    assert!(done.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    assert_eq!(world.tenants().len(), 200);
}
