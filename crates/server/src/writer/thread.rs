//! The thread: leads or follows, and changes over.

use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use leasehold_store::journal::{ENTRIES_MAX, Journal, JournalError};
use leasehold_types::{Instant, Seconds};

use super::ask::{Ask, WriteError};
use super::batch::{Making, Spoilt, check_size};
use super::load::{LoadError, load, read};
use super::log::{Log, SharedClock, Source};
use crate::live::{Entry, Live, SNAPSHOT_FORMAT};

/// Most acts that wait for the writer.
pub const ASKS_WAITING_MAX: usize = 4_096;
/// Most acts that are committed together.
pub const BATCH_ASKS_MAX: usize = 512;
/// Entries after which a snapshot is taken.
pub const SNAPSHOT_EVERY: u64 = 20_000;
/// How far the clock may go back before nothing is written any more: within it the writer's time
/// stands still.
pub const CLOCK_BACK_MAX: Seconds = Seconds::from_minutes(5);

/// How the writer runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name of this process among those that share a database.
    pub holder: String,
    /// For how long a leader leads without renewing.
    pub leads_for: Duration,
    /// How often a follower looks for new entries, and a leader for what is due.
    pub wakes_every: Duration,
}

/// What the writer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It writes.
    Leads,
    /// It reads along.
    Follows {
        /// Who writes.
        leader: String,
    },
    /// It has stopped.
    Stopped {
        /// Why, where that was no request.
        fault: Option<String>,
    },
}

/// How the writer is, for whoever asks from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What it is.
    pub standing: Standing,
    /// The last failure of the database that it met, where it has not got over it.
    pub trouble: Option<String>,
}

/// A writer that runs.
pub struct Running {
    asks: std::sync::mpsc::SyncSender<Message>,
    read: Arc<RwLock<Live>>,
    health: Arc<Mutex<Health>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum Message {
    Ask(Box<Ask>),
    Stop,
}

/// Reads the journal and starts the writer.
///
/// # Errors
/// [`LoadError`] where the journal makes no state.
pub fn start(
    journal: Journal,
    clock: SharedClock,
    settings: Settings,
) -> Result<Running, LoadError> {
    let source = Box::new(journal.clone());
    start_on(source, journal, clock, settings)
}

/// As [`start`], with the place to write from asked of `source`.
pub(super) fn start_on(
    source: Box<dyn Source>,
    journal: Journal,
    clock: SharedClock,
    settings: Settings,
) -> Result<Running, LoadError> {
    let live = load(&journal)?;
    let read = Arc::new(RwLock::new(live));
    let standing = Standing::Follows { leader: String::new() };
    let health = Arc::new(Mutex::new(Health { standing, trouble: None }));
    let (asks, queue) = std::sync::mpsc::sync_channel(ASKS_WAITING_MAX);
    let mut thread = Thread {
        source,
        journal,
        clock,
        settings,
        read: read.clone(),
        health: health.clone(),
        queue,
        snapshot_at: 0,
    };
    // Leading begins before anybody is served, where nobody else leads: what became due while
    // nothing ran is done by then.
    let lead = thread.begin()?;
    let handle = std::thread::spawn(move || thread.run(lead));
    Ok(Running { asks, read, health, thread: Mutex::new(Some(handle)) })
}

impl Running {
    /// What is committed, for as long as it is borrowed; the writer's next commit waits for it.
    pub fn read<T>(&self, look: impl FnOnce(&Live) -> T) -> T {
        look(&self.read.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Hands an act to the writer; its answer comes by the act's channel.
    ///
    /// # Errors
    /// [`WriteError::Busy`], [`WriteError::Unavailable`] where it has stopped.
    pub fn ask(&self, ask: Ask) -> Result<(), WriteError> {
        check_size(&ask.work.act)?;
        use std::sync::mpsc::TrySendError;
        self.asks.try_send(Message::Ask(Box::new(ask))).map_err(|error| match error {
            TrySendError::Full(_) => WriteError::Busy,
            TrySendError::Disconnected(_) => WriteError::Unavailable,
        })
    }

    /// How it is.
    pub fn health(&self) -> Health {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why it has stopped, where that was no request.
    pub fn fault(&self) -> Option<String> {
        match self.health().standing {
            Standing::Stopped { fault } => fault,
            _ => None,
        }
    }

    /// Lets it finish what waits, keep a snapshot, and give its place up. Blocks until it has.
    pub fn stop(&self) {
        // A thread that has ended already takes no message.
        let _ = self.asks.send(Message::Stop);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

struct Thread {
    journal: Journal,
    source: Box<dyn Source>,
    clock: SharedClock,
    settings: Settings,
    read: Arc<RwLock<Live>>,
    health: Arc<Mutex<Health>>,
    queue: std::sync::mpsc::Receiver<Message>,
    /// The last entry that a snapshot covers, as far as is known here.
    snapshot_at: u64,
}

/// A place from which the journal is written, and the state after all that was.
struct Leading {
    log: Box<dyn Log>,
    live: Live,
    renewed: std::time::Instant,
}

/// Why leading ended.
enum Ended {
    /// It was asked to.
    Stop,
    /// Another process leads, or the place must be asked for anew.
    Deposed,
    /// A fault of this program.
    Fault(String),
}

impl Thread {
    /// Leads where nobody does, with all that was due done; follows otherwise.
    fn begin(&mut self) -> Result<Option<Leading>, LoadError> {
        match self.source.lead(&self.settings.holder, self.settings.leads_for)? {
            Ok(log) => {
                self.tail()?;
                let mut leading = self.leading(log);
                match self.catch_up(&mut leading) {
                    Ok(()) => {}
                    Err(Ended::Fault(fault)) => return Err(LoadError::Fault(fault)),
                    Err(_) => return Ok(None),
                }
                self.stands(Standing::Leads);
                Ok(Some(leading))
            }
            Err(leader) => {
                self.stands(Standing::Follows { leader });
                Ok(None)
            }
        }
    }

    fn leading(&self, log: Box<dyn Log>) -> Leading {
        let live = self.read.read().unwrap_or_else(PoisonError::into_inner).clone();
        Leading { log, live, renewed: monotonic() }
    }

    fn run(mut self, mut lead: Option<Leading>) {
        let fault = loop {
            let ended = match lead.take() {
                Some(mut leading) => {
                    let Err(ended) = self.lead(&mut leading);
                    if matches!(ended, Ended::Stop) {
                        self.leave(leading);
                    }
                    ended
                }
                None => self.follow(),
            };
            match ended {
                Ended::Stop => break None,
                Ended::Fault(fault) => break Some(fault),
                Ended::Deposed => match self.begin() {
                    Ok(next) => lead = next,
                    Err(error) => self.trouble(Some(error.to_string())),
                },
            }
        };
        self.stands(Standing::Stopped { fault });
        // Whoever still waits is told.
        while let Ok(message) = self.queue.try_recv() {
            refuse(message, &WriteError::Unavailable);
        }
    }

    /// Takes acts until that ends.
    fn lead(&mut self, leading: &mut Leading) -> Result<std::convert::Infallible, Ended> {
        loop {
            let waited = self.wait_for(leading);
            self.renew(leading)?;
            let first = match self.queue.recv_timeout(waited) {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return Err(Ended::Stop),
                Ok(Message::Ask(ask)) => Some(ask),
                Err(RecvTimeoutError::Timeout) => None,
            };
            self.catch_up(leading)?;
            let stop = self.take_all(leading, first)?;
            if stop {
                return Err(Ended::Stop);
            }
        }
    }

    /// How long to wait for an act: until something is due, at most the wake-up time.
    fn wait_for(&self, leading: &Leading) -> Duration {
        let now = self.now(&leading.live);
        let due = leading.live.next_due().map(|due| due.since(now).0.max(0).unsigned_abs());
        let due = due.map_or(Duration::MAX, Duration::from_secs);
        due.min(self.settings.wakes_every)
    }

    /// The wall's time, or the last entry's where the clock went back by little.
    fn now(&self, live: &Live) -> Instant {
        let now = self.clock.now();
        let back = live.now().since(now);
        if back.0 > 0 && back <= CLOCK_BACK_MAX { live.now() } else { now }
    }

    /// Does everything that is due, in as many batches as that takes.
    fn catch_up(&mut self, leading: &mut Leading) -> Result<(), Ended> {
        loop {
            let now = self.now(&leading.live);
            let mut making = Making::on(leading.log.head());
            let all = match making.advance(&mut leading.live, now) {
                Ok(all) => all,
                Err(spoilt) => return self.spoilt(leading, making, &spoilt),
            };
            self.commit(leading, making)?;
            if all {
                return Ok(());
            }
        }
    }

    /// Decides the acts that wait, together, and commits them. Gives whether to stop after that.
    fn take_all(&mut self, leading: &mut Leading, first: Option<Box<Ask>>) -> Result<bool, Ended> {
        let Some(first) = first else { return Ok(false) };
        let mut making = Making::on(leading.log.head());
        let now = self.now(&leading.live);
        let (mut next, mut taken, mut stop) = (Some(first), 0, false);
        while let Some(ask) = next.take() {
            if let Err(spoilt) = making.take(&mut leading.live, *ask, now, self.source.as_ref()) {
                self.spoilt(leading, making, &spoilt)?;
                return Ok(stop);
            }
            taken += 1;
            if taken >= BATCH_ASKS_MAX || making.is_full() {
                break;
            }
            match self.queue.try_recv() {
                Ok(Message::Ask(ask)) => next = Some(ask),
                Ok(Message::Stop) => stop = true,
                Err(_) => {}
            }
        }
        self.commit(leading, making)?;
        Ok(stop)
    }

    /// Commits, shows it to the readers, then answers.
    fn commit(&mut self, leading: &mut Leading, mut making: Making) -> Result<(), Ended> {
        if making.is_empty() {
            making.committed().1.send();
            return Ok(());
        }
        if leading.live.seq().saturating_sub(self.snapshot_at) >= SNAPSHOT_EVERY {
            self.snapshot(leading, &mut making);
        }
        let wanted = making.batch().head();
        let committed = match leading.log.commit(making.batch()) {
            Ok(_) => Ok(()),
            Err(error) if error.is_unknown() => match leading.log.resync() {
                Ok(head) if head == wanted => Ok(()),
                Ok(_) => Err((error, WriteError::Unavailable)),
                Err(worse) => Err((worse, WriteError::Unknown)),
            },
            Err(error) => Err((error, WriteError::Unavailable)),
        };
        match committed {
            Ok(()) => {
                self.trouble(None);
                let (entries, answers) = making.committed();
                self.show(&entries).map_err(Ended::Fault)?;
                answers.send();
                Ok(())
            }
            Err((error, answer)) => {
                making.fail(&answer);
                self.undo(leading, &error)
            }
        }
    }

    /// Shows committed entries to the readers.
    fn show(&self, entries: &[Entry]) -> Result<(), String> {
        let mut read = self.read.write().unwrap_or_else(PoisonError::into_inner);
        entries.iter().try_for_each(|entry| read.apply(entry)).map_err(|error| error.to_string())
    }

    /// What was not committed is forgotten: the writer goes on from what the readers have.
    fn undo(&mut self, leading: &mut Leading, error: &JournalError) -> Result<(), Ended> {
        self.trouble(Some(error.to_string()));
        if matches!(error, JournalError::Deposed { .. } | JournalError::Moved { .. }) {
            return Err(Ended::Deposed);
        }
        if leading.log.resync().is_err() {
            return Err(Ended::Deposed);
        }
        self.tail().map_err(|_| Ended::Deposed)?;
        let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
        leading.live = read.clone();
        Ok(())
    }

    /// A batch that cannot go on: nothing of it is written. A fault of this program ends the
    /// writer, because the next attempt would meet it again; what is committed can be read on.
    fn spoilt(
        &mut self,
        leading: &mut Leading,
        making: Making,
        spoilt: &Spoilt,
    ) -> Result<(), Ended> {
        making.fail(&WriteError::Unavailable);
        match spoilt {
            Spoilt::Fault(fault) => Err(Ended::Fault(fault.clone())),
            Spoilt::Journal(error) => self.undo(leading, error),
        }
    }

    fn snapshot(&mut self, leading: &Leading, making: &mut Making) {
        // Without a snapshot the next start takes longer; that is no reason to refuse acts.
        let Ok(body) = leading.live.to_snapshot() else { return };
        if making.snapshot(SNAPSHOT_FORMAT, body).is_ok() {
            self.snapshot_at = leading.live.seq();
        }
    }

    fn renew(&mut self, leading: &mut Leading) -> Result<(), Ended> {
        if leading.renewed.elapsed() < self.settings.leads_for / 3 {
            return Ok(());
        }
        leading.renewed = monotonic();
        match leading.log.renew(self.settings.leads_for) {
            Ok(()) => Ok(()),
            Err(JournalError::Deposed { .. }) => Err(Ended::Deposed),
            Err(error) => {
                self.trouble(Some(error.to_string()));
                Ok(())
            }
        }
    }

    /// Keeps a snapshot and gives the place up.
    fn leave(&mut self, mut leading: Leading) {
        while let Ok(message) = self.queue.try_recv() {
            refuse(message, &WriteError::Unavailable);
        }
        if leading.live.seq() > self.snapshot_at {
            let mut making = Making::on(leading.log.head());
            self.snapshot(&leading, &mut making);
            let _ = leading.log.commit(making.batch());
        }
        let _ = leading.log.resign();
    }

    /// Reads along until it is asked to stop, or may lead.
    fn follow(&mut self) -> Ended {
        let asked = monotonic();
        loop {
            let every = self.settings.wakes_every;
            match self.queue.recv_timeout(every) {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    return Ended::Stop;
                }
                Ok(message) => {
                    let leader = match self.standing() {
                        Standing::Follows { leader } => leader,
                        _ => String::new(),
                    };
                    refuse(message, &WriteError::NotLeader { leader });
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            match self.tail() {
                Ok(()) => self.trouble(None),
                Err(LoadError::Journal(error)) => self.trouble(Some(error.to_string())),
                Err(error) => return Ended::Fault(error.to_string()),
            }
            if asked.elapsed() >= self.settings.leads_for / 3 {
                return Ended::Deposed;
            }
        }
    }

    /// Brings the readers' state up to the journal's end.
    fn tail(&self) -> Result<(), LoadError> {
        loop {
            let after = self.read.read().unwrap_or_else(PoisonError::into_inner).seq();
            let entries = self.journal.entries(after, ENTRIES_MAX)?;
            if entries.is_empty() {
                return Ok(());
            }
            let entries: Vec<Entry> = entries.iter().map(read).collect::<Result<_, _>>()?;
            self.show(&entries).map_err(LoadError::Fault)?;
        }
    }

    fn standing(&self) -> Standing {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).standing.clone()
    }

    fn stands(&self, standing: Standing) {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).standing = standing;
    }

    fn trouble(&self, trouble: Option<String>) {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).trouble = trouble;
    }
}

/// For how long a leader leads is no matter of the wall's time, which may go back.
#[allow(clippy::disallowed_methods, reason = "nothing that is decided depends on it")]
fn monotonic() -> std::time::Instant {
    std::time::Instant::now()
}

fn refuse(message: Message, error: &WriteError) {
    if let Message::Ask(ask) = message {
        let _ = ask.reply.send(Err(error.clone()));
    }
}
