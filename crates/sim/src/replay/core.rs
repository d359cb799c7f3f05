//! The desk under replay: commands go in, events come out, meters and the journal follow.
//!
//! Nothing here decides. Before anything happens at an instant, windows and steps that end by then
//! are closed ([`Core::advance`]); then the desk is asked ([`Core::act`]); then the meters of what
//! changed are moved on.

use std::collections::BTreeMap;
use std::io::Write;

use leasehold_contract::Lease;
use leasehold_desk::journal::{Header, Writer};
use leasehold_desk::{
    Actor, Command, CommandKind, Event, EventKind, Refusal, Settings, State, apply, decide,
};
use leasehold_planner::LeaseIx;
use leasehold_types::{Instant, LeaseId, TrancheId};

use super::ledger::Ledger;
use super::meter::{GrantMeter, PoolMeter};
use super::money::Keeper;
use super::steps::Grid;
use super::tally::RecallTally;
use super::{Progress, ReplayError};
use crate::figures::Policy;
use crate::scenario::Loaded;

/// A delivery that is due and not yet whole.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The lease.
    pub lease: LeaseId,
    /// The tranche.
    pub tranche: TrancheId,
    /// Units that are missing.
    pub units: u64,
}

/// What one lease holds, pool by pool.
#[derive(Debug)]
pub struct Granted {
    /// The lease as it was signed under this policy.
    pub lease: Lease,
    /// Its place in the desk's table, once signed.
    pub index: Option<LeaseIx>,
    /// Its pools and their meters.
    pub pools: Vec<(usize, GrantMeter)>,
}

/// The desk under replay.
pub struct Core<'a> {
    pub loaded: &'a Loaded,
    pub policy: Policy,
    pub grid: &'a Grid,
    pub desk: State,
    pub now: Instant,
    pub events: u64,
    pub meters: Vec<PoolMeter>,
    pub granted: Vec<Granted>,
    pub pending: Vec<Vec<Pending>>,
    pub tally: RecallTally,
    pub ledger: Ledger,
    /// Events about more than one job that the world has not heard yet.
    pub inbox: Vec<Event>,
    /// Pools whose capacity changed in a way that their queues did not foresee.
    pub disturbed: Vec<bool>,
    /// The books; gone once they are closed.
    pub keeper: Option<Keeper>,
    journal: Option<Writer<Box<dyn Write>>>,
}

impl<'a> Core<'a> {
    /// A desk at the beginning of the scenario's span that has signed nothing.
    pub fn new(
        loaded: &'a Loaded,
        policy: Policy,
        grid: &'a Grid,
        leases: Vec<Lease>,
        journal: Option<Box<dyn Write>>,
    ) -> Result<Self, ReplayError> {
        let start = loaded.span.start();
        let desk = State::new(loaded.fleet.clone(), Settings::REPLAY);
        let pools = loaded.fleet.pools().len();
        let count = |pool| desk.occupancy().pool_count(pool);
        let journal = journal
            .map(|sink| Writer::create(sink, &Header::new(&loaded.fleet, Settings::REPLAY)))
            .transpose()
            .map_err(|source| ReplayError::Journal { policy: policy.name(), source })?;
        Ok(Core {
            policy,
            grid,
            now: start,
            events: 0,
            meters: (0..pools).map(|pool| PoolMeter::new(start, count(pool))).collect(),
            granted: leases.into_iter().map(|lease| granted_of(loaded, lease)).collect(),
            pending: vec![Vec::new(); pools],
            tally: RecallTally::default(),
            ledger: Ledger::new(loaded),
            inbox: Vec::new(),
            disturbed: vec![false; pools],
            desk,
            keeper: Some(Keeper::new()),
            journal,
            loaded,
        })
    }

    /// How far the replay is.
    pub fn progress(&self, index: usize, of: usize) -> Progress {
        Progress { policy: self.policy, index, of, at: self.now, events: self.events }
    }

    /// Asks the desk for something that concerns one pool's jobs alone.
    pub fn act_on_job(&mut self, pool: usize, kind: CommandKind) -> Result<(), ReplayError> {
        self.tick()?;
        let command = Command::new(Actor::Scheduler, kind);
        let decided = decide(&self.desk, &command, self.now);
        let mut more = false;
        for event in decided.map_err(|refusal| self.refused(&command, &refusal))? {
            self.record(&event)?;
            if !is_about_a_job(&event.kind) {
                more = true;
                self.follow(&event);
                self.inbox.push(event);
            }
        }
        if more {
            self.refresh();
        } else {
            let count = self.desk.occupancy().pool_count(pool);
            self.meters[pool].change(self.now, count);
        }
        Ok(())
    }

    /// Asks the desk for anything; all meters follow, and the world hears of it by its inbox.
    pub fn act(&mut self, by: Actor, kind: CommandKind) -> Result<(), ReplayError> {
        let command = Command::new(by, kind);
        self.tick()?;
        match self.step(&command)? {
            Ok(()) => Ok(()),
            Err(refusal) => Err(self.refused(&command, &refusal)),
        }
    }

    /// Why the desk would refuse a command now, if it would.
    pub fn would_refuse(&self, command: &Command) -> Option<Refusal> {
        decide(&self.desk, command, self.now).err()
    }

    /// Does what the clock has made due by now.
    pub fn tick(&mut self) -> Result<(), ReplayError> {
        while self.desk.next_due().is_some_and(|due| due <= self.now) {
            let tick = Command::tick();
            if let Err(refusal) = self.step(&tick)? {
                return Err(self.refused(&tick, &refusal));
            }
        }
        Ok(())
    }

    fn step(&mut self, command: &Command) -> Result<Result<(), Refusal>, ReplayError> {
        let events = match decide(&self.desk, command, self.now) {
            Ok(events) => events,
            Err(refusal) => return Ok(Err(refusal)),
        };
        for event in events {
            self.record(&event)?;
            self.follow(&event);
            self.inbox.push(event);
        }
        self.refresh();
        Ok(Ok(()))
    }

    fn refused(&self, command: &Command, refusal: &Refusal) -> ReplayError {
        ReplayError::Refused {
            at: self.now,
            command: format!("{:?}", command.kind).chars().take(200).collect(),
            refusal: refusal.to_string(),
        }
    }

    fn record(&mut self, event: &Event) -> Result<(), ReplayError> {
        self.events += 1;
        if let Some(journal) = &mut self.journal {
            let policy = self.policy.name();
            journal.append(event).map_err(|source| ReplayError::Journal { policy, source })?;
        }
        apply(&mut self.desk, event).map_err(|fault| ReplayError::Refused {
            at: self.now,
            command: format!("{:?}", event.kind).chars().take(200).collect(),
            refusal: fault.to_string(),
        })?;
        if is_about_a_job(&event.kind) {
            return Ok(());
        }
        let Some(keeper) = &mut self.keeper else { return Ok(()) };
        keeper.note(&self.desk, event).map_err(|error| ReplayError::Money {
            lease: "books".into(),
            message: error.to_string(),
        })
    }

    /// Takes note of an event that is about more than one job.
    fn follow(&mut self, event: &Event) {
        let fleet = &self.loaded.fleet;
        let granted = &self.granted;
        self.tally.note(event, |lease, tranche| pool_name(granted, lease, tranche));
        match &event.kind {
            EventKind::DeliveryDue { lease, tranche, units } => {
                let found =
                    tranche_pool(granted, lease, tranche).and_then(|p| fleet.pool_index(&p));
                if let Some(pool) = found {
                    let (lease, tranche) = (lease.clone(), tranche.clone());
                    self.pending[pool].push(Pending { lease, tranche, units: units.0 });
                    self.disturbed[pool] = true;
                }
            }
            EventKind::LeaseEnded { lease, .. } => {
                self.tally.lease_ended(lease, event.at);
                for waiting in &mut self.pending {
                    waiting.retain(|p| p.lease != *lease);
                }
                self.disturbed.fill(true);
            }
            EventKind::RemedyElected { lease, tranche, accepted: Some(_), .. } => {
                for waiting in &mut self.pending {
                    waiting.retain(|p| p.lease != *lease || p.tranche != *tranche);
                }
                self.disturbed.fill(true);
            }
            EventKind::RecallAcknowledged { .. } => {}
            kind if is_about_a_job(kind) => {}
            _ => self.disturbed.fill(true),
        }
    }

    fn refresh(&mut self) {
        for (pool, meter) in self.meters.iter_mut().enumerate() {
            meter.change(self.now, self.desk.occupancy().pool_count(pool));
        }
        for granted in &mut self.granted {
            if granted.index.is_none() {
                granted.index = self.desk.lease(&granted.lease.id).map(|record| record.ix);
            }
            let Some(index) = granted.index else { continue };
            for (pool, meter) in &mut granted.pools {
                let held = self.desk.occupancy().lease_count(index, *pool);
                meter.change(self.now, held.granted_up.0);
            }
        }
    }

    /// Flushes the journal.
    pub fn close(&mut self) -> Result<(), ReplayError> {
        let policy = self.policy.name();
        match &mut self.journal {
            Some(journal) => {
                journal.flush().map_err(|source| ReplayError::Journal { policy, source })
            }
            None => Ok(()),
        }
    }
}

const fn is_about_a_job(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::JobSubmitted { .. } | EventKind::JobStarted { .. } | EventKind::JobEnded { .. }
    )
}

fn granted_of(loaded: &Loaded, lease: Lease) -> Granted {
    let mut pools: BTreeMap<usize, GrantMeter> = BTreeMap::new();
    for tranche in &lease.tranches {
        if let Some(pool) = loaded.fleet.pool_index(&tranche.pool) {
            pools.insert(pool, GrantMeter::new(loaded.span.start()));
        }
    }
    Granted { lease, index: None, pools: pools.into_iter().collect() }
}

fn tranche_pool(
    granted: &[Granted],
    lease: &LeaseId,
    tranche: &TrancheId,
) -> Option<leasehold_types::PoolId> {
    let found = granted.iter().find(|g| g.lease.id == *lease)?;
    found.lease.tranches.iter().find(|t| t.id == *tranche).map(|t| t.pool.clone())
}

fn pool_name(granted: &[Granted], lease: &LeaseId, tranche: &str) -> String {
    let found = granted.iter().find(|g| g.lease.id == *lease);
    let tranche = found.and_then(|g| g.lease.tranches.iter().find(|t| t.id.as_str() == tranche));
    tranche.map_or_else(String::new, |t| t.pool.to_string())
}
