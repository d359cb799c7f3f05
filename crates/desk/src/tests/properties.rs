//! What must hold after every step of every history.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_contract::facts::{Facts, TakenUnits};
use leasehold_planner::{NodeSet, Tenure};
use leasehold_types::{Instant, NodeId, Period, RecallId, Seconds, Units};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::fixture::{at, fleet};
use super::random::{Step, Terms, command, lease_of, settings, steps, terms};
use crate::journal::{Header, Writer, replay, verify};
use crate::{
    Breach, Command, CommandKind, Delivery, Desk, Event, EventKind, LeaseRecord, Settings, State,
    Stopped, apply,
};

/// A desk under random steps, watched.
struct Watched {
    desk: Desk,
    now: Instant,
    leases: Vec<Arc<Lease>>,
    journal: Writer<Vec<u8>>,
    next_job: u64,
    watch: Watch,
}

/// What the watcher knows of the past.
#[derive(Default)]
struct Watch {
    last: Option<Instant>,
    stages: BTreeMap<RecallId, &'static str>,
    /// Unit-seconds recalled so far, by lease, from who held the nodes between two events.
    taken: BTreeMap<u16, u128>,
    /// Units recalled since the last event.
    recalled: BTreeMap<u16, u128>,
    breached: BTreeSet<RecallId>,
    errors: Vec<String>,
}

const START: &str = "2027-01-30T12:00:00Z";

impl Watched {
    fn new(settings: Settings, terms: &[Terms]) -> Self {
        let header = Header::new(&fleet(), settings);
        Watched {
            desk: Desk::new(fleet(), settings),
            now: at(START),
            leases: terms.iter().enumerate().map(|(i, terms)| lease_of(terms, i)).collect(),
            journal: Writer::create(Vec::new(), &header).unwrap(),
            next_job: 0,
            watch: Watch::default(),
        }
    }

    /// Does a step; whatever it asks for may be refused, but then nothing may have changed.
    fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        if let Step::Wait(seconds) = step {
            self.now = self.now.saturating_add(Seconds(*seconds));
            self.advance()?;
            return Ok(());
        }
        self.advance()?;
        let state = self.desk.state();
        let asked = command(step, state, &self.leases, self.now, self.next_job);
        let Some((by, kind)) = asked else { return Ok(()) };
        self.next_job += u64::from(matches!(kind, CommandKind::JobSubmit { .. }));
        self.give(&Command::new(by, kind))
    }

    fn give(&mut self, command: &Command) -> Result<(), TestCaseError> {
        let before = self.desk.state().digest();
        let (journal, watch) = (&mut self.journal, &mut self.watch);
        let mut note = |state: &State, event: &Event| {
            journal.append(event).unwrap();
            watch.note(state, event);
        };
        match self.desk.handle(command, self.now, &mut note) {
            Ok(()) => {}
            Err(Stopped::Refused(refusal)) => {
                let after = self.desk.state().digest();
                prop_assert_eq!(before, after, "{:?} refused: {}", command, refusal);
            }
            Err(Stopped::Foreign(foreign)) => {
                return Err(TestCaseError::fail(format!("{command:?}: {foreign}")));
            }
        }
        self.check()
    }

    fn advance(&mut self) -> Result<(), TestCaseError> {
        let (journal, watch) = (&mut self.journal, &mut self.watch);
        let mut note = |state: &State, event: &Event| {
            journal.append(event).unwrap();
            watch.note(state, event);
        };
        let advanced = self.desk.advance(self.now, &mut note);
        advanced.map_err(|stopped| TestCaseError::fail(stopped.to_string()))?;
        prop_assert!(self.desk.state().next_due().is_none_or(|due| due > self.now));
        self.check()
    }

    fn check(&mut self) -> Result<(), TestCaseError> {
        if let Some(error) = self.watch.errors.first() {
            return Err(TestCaseError::fail(error.clone()));
        }
        let state = self.desk.state();
        check_pools(state)?;
        check_holders(state)?;
        check_timers(state)?;
        for record in state.leases() {
            check_lease(state, record, self.now)?;
        }
        Ok(())
    }

    /// The journal gives the same state, and the facts what was taken.
    fn finish(mut self) -> Result<(), TestCaseError> {
        self.watch.until(self.desk.state(), self.now);
        let state = self.desk.state();
        let bytes = self.journal.finish().unwrap();
        let summary = verify(&bytes[..]).unwrap();
        prop_assert_eq!(summary.events, state.seq());
        let replayed = replay(&bytes[..], fleet()).unwrap();
        prop_assert_eq!(replayed.state.digest(), state.digest());
        prop_assert_eq!(
            serde_json::to_string(&replayed.state).unwrap(),
            serde_json::to_string(state).unwrap()
        );
        check_restored(state)?;
        for record in state.leases() {
            let facts = record.versions.iter().map(|version| taken(&version.facts, self.now));
            let watched = self.watch.taken.get(&record.ix.0).copied().unwrap_or(0);
            prop_assert_eq!(facts.sum::<u128>(), watched, "lease {}", record.id);
        }
        Ok(())
    }
}

/// A snapshot gives the state back, with all that is derived from it.
fn check_restored(state: &State) -> Result<(), TestCaseError> {
    let json = serde_json::to_vec(state).unwrap();
    let kept = serde_json::from_slice(&json).unwrap();
    let back = State::restore(state.fleet().clone(), kept).unwrap();
    prop_assert_eq!(back.digest(), state.digest());
    prop_assert_eq!(&back.occupancy, &state.occupancy);
    prop_assert_eq!(&back.leases, &state.leases);
    prop_assert_eq!(&back.recalls, &state.recalls);
    prop_assert_eq!(&back.timers, &state.timers);
    prop_assert_eq!(&back.lease_index, &state.lease_index);
    prop_assert_eq!(&back.recalls_in_force, &state.recalls_in_force);
    prop_assert_eq!(&back.recalls_for, &state.recalls_for);
    prop_assert_eq!(&back.jobs_by_node, &state.jobs_by_node);
    Ok(())
}

/// Unit-seconds that facts hold up to `now`, each unit once.
fn taken(facts: &Facts, now: Instant) -> u128 {
    let past = Period::new(Instant::MIN, now);
    let each = facts.takings.iter().map(|taking| {
        let TakenUnits::Numbered(ranges) = &taking.units else { panic!("{taking:?}") };
        let units = Units(ranges.iter().map(|range| range.count).sum());
        units.over(taking.period.intersection(past).length()).0
    });
    each.sum()
}

impl Watch {
    /// Counts what is recalled up to `at`, then looks at what is from then on.
    fn until(&mut self, state: &State, at: Instant) {
        let seconds = u128::from(at.since(self.last.unwrap_or(at)).0.unsigned_abs());
        for (lease, units) in &self.recalled {
            *self.taken.entry(*lease).or_default() += units * seconds;
        }
        self.last = Some(at);
        self.recalled.clear();
        for record in state.leases() {
            let nodes = state.occupancy().nodes_recalled(record.ix);
            self.recalled.insert(record.ix.0, units_on(state, record, &nodes).0.into());
        }
    }

    fn note(&mut self, state: &State, event: &Event) {
        if self.last.is_some_and(|last| event.at < last) {
            self.errors.push(format!("{event:?} goes back in time"));
        }
        self.until(state, event.at);
        if let EventKind::Breached { recall, .. } = &event.kind {
            self.breached.insert(*recall);
        }
        for recall in state.recalls() {
            let word = recall.stage.word();
            let before = self.stages.insert(recall.id, word);
            if before != Some(word) && !EDGES.contains(&(before.unwrap_or(""), word)) {
                self.errors.push(format!("recall {} went {before:?} to {word}", recall.id));
            }
            let outside = recall.breaches.iter().any(|b| matches!(b, Breach::Ordered(_)));
            if outside && !(recall.forced && self.breached.contains(&recall.id)) {
                self.errors.push(format!("recall {} is outside its clause", recall.id));
            }
        }
    }
}

/// The graph of a recall's stages.
const EDGES: [(&str, &str); 14] = [
    ("", "ordered"),
    ("ordered", "noticed"),
    ("ordered", "refused"),
    ("ordered", "withdrawn"),
    ("noticed", "draining"),
    ("noticed", "withdrawn"),
    ("draining", "overdue"),
    ("draining", "released"),
    ("draining", "withdrawn"),
    ("draining", "drilled"),
    ("overdue", "released"),
    ("overdue", "withdrawn"),
    ("overdue", "drilled"),
    ("released", "returned"),
];

/// Every accelerator is counted once, and no hall is above its cap.
fn check_pools(state: &State) -> Result<(), TestCaseError> {
    let occupancy = state.occupancy();
    for pool in 0..state.fleet().pools().len() {
        let count = occupancy.pool_count(pool);
        let parts = [count.down, count.job, count.recalled, count.leased, count.idle];
        prop_assert_eq!(parts.iter().map(|units| units.0).sum::<u64>(), count.owned.0);
    }
    for hall in 0..state.fleet().halls().len() {
        let power = occupancy.hall_power(hall).unwrap();
        prop_assert!(power.committed_watts <= power.cap_watts);
    }
    Ok(())
}

/// Every node has the one holder that the leases, recalls and jobs on record say.
fn check_holders(state: &State) -> Result<(), TestCaseError> {
    let count = state.fleet().node_count();
    let mut tenures = vec![Tenure::Own; count as usize];
    for record in state.leases() {
        for node in
            record.tranches.iter().flat_map(|tranche| tranche.nodes().iter().collect::<Vec<_>>())
        {
            prop_assert_eq!(tenures[node.0 as usize], Tenure::Own, "two leases have {}", node);
            tenures[node.0 as usize] = Tenure::Leased(record.ix);
        }
    }
    let mut recalled = NodeSet::EMPTY;
    for recall in state.recalls_in_force() {
        prop_assert!(recalled.is_disjoint(&recall.nodes), "two recalls have a node");
        recalled = recalled.union(&recall.nodes);
        for node in recall.nodes.iter() {
            prop_assert_eq!(tenures[node.0 as usize], Tenure::Leased(recall.ix));
            if recall.is_released() {
                tenures[node.0 as usize] = Tenure::Recalled(recall.ix);
            }
        }
    }
    let mut used = vec![0_u8; count as usize];
    for (id, job) in state.jobs() {
        let Some(slots) = job.slots() else { continue };
        for node in slots.whole.iter() {
            used[node.0 as usize] += state.node_size(job.pool);
        }
        for (node, count) in &slots.part {
            used[node.0 as usize] += count;
        }
        for node in slots.nodes().iter() {
            prop_assert!(state.jobs_by_node.on(node.0, node.0 + 1).contains(&id));
            let holder = state.recalls_in_force().find(|recall| recall.nodes.contains(node));
            prop_assert!(holder.is_none_or(|recall| recall.serves(id)), "job {} on {}", id, node);
        }
    }
    for node in 0..count {
        let held = state.occupancy().holding(NodeId(node)).unwrap();
        prop_assert_eq!(held.tenure, tenures[node as usize], "node {}", node);
        prop_assert_eq!(held.used, used[node as usize], "node {}", node);
    }
    Ok(())
}

/// The timers are those that a state made anew from what is on record would have.
fn check_timers(state: &State) -> Result<(), TestCaseError> {
    let mut again = state.clone();
    again.timers.clear();
    for record in state.leases() {
        again.rearm_lease(record.ix);
    }
    for recall in state.recalls() {
        again.rearm_recall(recall.id);
    }
    prop_assert_eq!(&again.timers, &state.timers);
    Ok(())
}

fn units_on(state: &State, record: &LeaseRecord, nodes: &NodeSet) -> Units {
    let of_tranche = record.tranches.iter().map(|tranche| {
        let ranges = tranche.units_on(nodes, state.node_size(tranche.pool));
        ranges.iter().map(|range| range.count).sum::<u64>()
    });
    Units(of_tranche.sum())
}

/// Firm units stay, and the contract says of the entitlement what the nodes say.
fn check_lease(state: &State, record: &LeaseRecord, now: Instant) -> Result<(), TestCaseError> {
    for tranche in &record.tranches {
        if !record.is_standing() || tranche.delivery == Delivery::Ended {
            prop_assert!(tranche.nodes().is_empty());
            prop_assert_eq!(state.recalls_of(&record.id, &tranche.id).count(), 0);
            continue;
        }
        let written = record.written(&tranche.id).unwrap();
        let granted = state.granted(&record.id, &tranche.id);
        let left = units_on(state, record, &granted);
        let in_force = state.recalls_of(&record.id, &tranche.id).filter(|r| !r.is_drill());
        let out = Units(in_force.map(|recall| recall.units.0).sum());
        let firm = written.firm().min(tranche.delivered);
        prop_assert!(tranche.delivered.saturating_sub(out) >= firm, "{out} out of {tranche:?}");
        prop_assert!(left >= firm);
        prop_assert!(left <= tranche.units);
        let mut at_now = state.clone();
        at_now.now = now;
        let entitlement = at_now.entitlement(&record.id, &tranche.id);
        let entitlement = entitlement.map_err(|e| TestCaseError::fail(e.to_string()))?;
        // The return of units for a job may be processed at the very instant at which it is due.
        let due_now = state.recalls_of(&record.id, &tranche.id).any(|r| r.expected_return == now);
        if !due_now && record.lease().start_of(written.delivery) <= now {
            prop_assert_eq!(entitlement.entitled, left, "{:?}", entitlement);
        }
    }
    Ok(())
}

/// Signs all leases, then does the steps.
fn run(settings: Settings, terms: &[Terms], steps: &[Step]) -> Result<Watched, TestCaseError> {
    let mut watched = Watched::new(settings, terms);
    for number in 0..terms.len() {
        watched.step(&Step::Sign(number))?;
    }
    for step in steps {
        watched.step(step)?;
    }
    watched.advance()?;
    Ok(watched)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn any_history_keeps_every_rule(
        settings in settings(),
        terms in prop::collection::vec(terms(), 3),
        steps in steps(80),
    ) {
        run(settings, &terms, &steps)?.finish()?;
    }

    #[test]
    fn a_clock_that_is_looked_at_late_changes_nothing(
        settings in settings(),
        terms in prop::collection::vec(terms(), 3),
        steps in steps(60),
        slices in 2_i64..9,
    ) {
        let prompt = steps.iter().flat_map(|step| match step {
            Step::Wait(all) => {
                let rest = Step::Wait(all - all / slices * (slices - 1));
                let slice = std::iter::repeat_n(Step::Wait(all / slices), slices as usize - 1);
                slice.chain([rest]).collect()
            }
            step => vec![step.clone()],
        });
        let prompt = run(settings, &terms, &prompt.collect::<Vec<_>>())?;
        // Where several waits follow each other, the clock is looked at after the last of them.
        let mut lazy: Vec<Step> = Vec::new();
        for step in &steps {
            match (lazy.last_mut(), step) {
                (Some(Step::Wait(all)), Step::Wait(more)) => *all += more,
                _ => lazy.push(step.clone()),
            }
        }
        let lazy = run(settings, &terms, &lazy)?;
        let journal = |watched: Watched| String::from_utf8(watched.journal.finish().unwrap());
        prop_assert_eq!(journal(prompt), journal(lazy));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Events of another history fit or are refused; what is refused changes nothing.
    #[test]
    fn foreign_events_are_refused_and_change_nothing(
        settings in settings(),
        terms in prop::collection::vec(terms(), 3),
        here in steps(60),
        there in steps(60),
    ) {
        let mut state = run(settings, &terms, &here)?.desk.state().clone();
        let there = run(settings, &terms, &there)?;
        let journal = there.journal.finish().unwrap();
        for line in String::from_utf8(journal).unwrap().lines().skip(1) {
            let (_, event) = line.split_once("\"event\":{").unwrap();
            let (event, _) = event.rsplit_once(",\"hash\"").unwrap();
            let event = format!("{{\"at\":\"{}\",{event}", state.now());
            let event: Event = serde_json::from_str(&event).unwrap();
            let before = state.digest();
            if apply(&mut state, &event).is_err() {
                prop_assert_eq!(state.digest(), before, "{:?}", event);
            }
            check_pools(&state)?;
        }
    }
}

/// The histories above are worth nothing where they never reach something.
#[test]
fn the_histories_reach_every_event_and_stage() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let rng = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(config, rng);
    let strategy = (settings(), prop::collection::vec(terms(), 3), steps(120));
    let (mut kinds, mut stages) = (BTreeMap::<String, u32>::new(), BTreeSet::new());
    for _ in 0..600 {
        let (settings, terms, steps) = strategy.new_tree(&mut runner).unwrap().current();
        let watched = run(settings, &terms, &steps).unwrap();
        stages.extend(watched.desk.state().recalls().map(|recall| recall.stage.word()));
        let journal = String::from_utf8(watched.journal.finish().unwrap()).unwrap();
        for line in journal.lines().skip(1) {
            let (_, kind) = line.split_once("\"kind\":{\"").unwrap();
            *kinds.entry(kind.split_once('"').unwrap().0.to_owned()).or_default() += 1;
        }
    }
    let seen: Vec<&str> = kinds.keys().map(String::as_str).collect();
    assert_eq!(seen, ALL_EVENTS, "{kinds:?}");
    assert_eq!(stages.len(), 9, "{stages:?}");
    for (kind, count) in &kinds {
        assert!(*count >= 5, "{kind} {count}");
    }
}

const ALL_EVENTS: [&str; 30] = [
    "amendment_began",
    "breached",
    "delivered",
    "delivery_due",
    "drill_concluded",
    "job_ended",
    "job_started",
    "job_submitted",
    "lease_amended",
    "lease_ended",
    "lease_signed",
    "node_failed",
    "node_repaired",
    "notice_served",
    "notice_withdrawn",
    "recall_acknowledged",
    "recall_draining",
    "recall_extended",
    "recall_need_ended",
    "recall_ordered",
    "recall_overdue",
    "recall_overran",
    "recall_refused",
    "recall_released",
    "recall_returned",
    "recall_served",
    "recall_withdrawn",
    "remedy_elected",
    "tranche_ended",
    "tranche_overdue",
];
