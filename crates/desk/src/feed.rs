//! What the books are told: the desk's events in the words of the books.
//!
//! A lease is signed once, in the books and here; everything after that reaches the books as events
//! of their own kinds. A recall is told as it is released, until the return that is then expected,
//! and told again whenever that changes, so that an invoice between release and return says what
//! was known on its day. A node that fails while a tenant has it is an outage, told once it is over.
//!
//! An id is the number of the desk's event, so the same journal gives the same events, and what is
//! fed twice counts once.

use std::collections::BTreeMap;
use std::sync::Arc;

use leasehold_books::event::{
    Amendment, Delivered, Event as Told, EventKey, EventKind as Kind, LateElection, NoticeGiven,
    NoticeWithdrawn, Outage, RecallReturned, Recalled, Removed,
};
use leasehold_contract::facts::{TakenUnits, Taking};
use leasehold_contract::lease::Remedy;
use leasehold_planner::NodeSet;
use leasehold_types::{Instant, LeaseId, NodeId, RecallId, TrancheId, Units};
use serde::{Deserialize, Serialize};

use crate::numbering::count;
use crate::{Event, EventKind, LeaseRecord, State};

/// Turns the desk's events into the books' events, in the order in which they happen.
///
/// It remembers what it told of recalls and nodes that are still out; a desk that starts from a
/// snapshot needs the feed of that instant with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    source: Arc<str>,
    takings: BTreeMap<RecallId, Open>,
    /// Units that the books know each tranche to have.
    delivered: BTreeMap<LeaseId, BTreeMap<TrancheId, Units>>,
    down: BTreeMap<NodeId, Option<Down>>,
}

/// A recall whose units are out, as it was told last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    key: EventKey,
    lease: LeaseId,
    taking: Taking,
}

/// A failed node that a tenant has at its disposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Down {
    lease: LeaseId,
    tranche: TrancheId,
    units: Units,
    since: Instant,
}

impl Feed {
    /// A feed that has told nothing. `source` is what the books know this desk by.
    pub fn new(source: &str) -> Self {
        Feed {
            source: source.into(),
            takings: BTreeMap::new(),
            delivered: BTreeMap::new(),
            down: BTreeMap::new(),
        }
    }

    /// What the books are told of `event`, of which `state` is the state just after it.
    pub fn note(&mut self, state: &State, event: &Event) -> Vec<Told> {
        let source = self.source.clone();
        let mut telling = Telling { source, event, seq: state.seq(), told: Vec::new() };
        telling.of_lease(state);
        self.deliveries(state, &mut telling);
        self.recalls(state, &mut telling);
        self.nodes(state, &mut telling);
        telling.told
    }

    /// Tells what tranches have where that is not what the books know: a delivery, or what a new
    /// version leaves them.
    fn deliveries(&mut self, state: &State, telling: &mut Telling<'_>) {
        let at = telling.event.at;
        let (EventKind::Delivered { lease, .. } | EventKind::AmendmentBegan { lease, .. }) =
            &telling.event.kind
        else {
            return;
        };
        let Some(record) = state.lease(lease) else { return };
        let on = record.lease().zone.date_of(at);
        for tranche in record.tranches.iter().filter(|t| record.written(&t.id).is_some()) {
            let of_lease = self.delivered.entry(lease.clone()).or_default();
            let known = of_lease.insert(tranche.id.clone(), tranche.delivered);
            let (known, now) = (known.unwrap_or(Units::ZERO), tranche.delivered);
            let tranche = tranche.id.clone();
            if now > known {
                let units = now.saturating_sub(known);
                telling.tell(lease, Delivered { tranche, on, units });
            } else if now < known {
                let units = known.saturating_sub(now);
                telling.tell(lease, Removed { tranche, on, units });
            }
        }
    }

    fn recalls(&mut self, state: &State, telling: &mut Telling<'_>) {
        match &telling.event.kind {
            EventKind::RecallReleased { recall }
            | EventKind::RecallExtended { recall, .. }
            | EventKind::RecallOverran { recall, .. }
            | EventKind::RecallNeedEnded { recall, .. }
            | EventKind::RecallReturned { recall }
            | EventKind::Breached { recall, .. } => self.recall(*recall, state, telling),
            EventKind::LeaseEnded { lease, .. }
            | EventKind::TrancheEnded { lease, .. }
            | EventKind::AmendmentBegan { lease, .. } => {
                let of_it = self.takings.iter().filter(|(_, open)| open.lease == *lease);
                for recall in of_it.map(|(id, _)| *id).collect::<Vec<_>>() {
                    self.recall(recall, state, telling);
                }
            }
            _ => {}
        }
    }

    /// Tells how a recall stands where that is not what was told last.
    fn recall(&mut self, id: RecallId, state: &State, telling: &mut Telling<'_>) {
        let now = open_taking(state, id);
        let Some((lease, taking)) = now else {
            if let Some(open) = self.takings.remove(&id) {
                telling.returned(&open, telling.event.at);
            }
            return;
        };
        if let Some(open) = self.takings.get_mut(&id) {
            let goes_on = Taking { period: open.taking.period, ..taking.clone() } == open.taking
                && open.taking.period.start() == taking.period.start();
            if goes_on {
                if open.taking.period != taking.period {
                    telling.returned(open, taking.period.end());
                }
                open.taking = taking;
                return;
            }
            telling.returned(open, taking.period.start());
        }
        self.takings.remove(&id);
        if !taking.period.is_empty() {
            let key = telling.tell(&lease, recalled(&taking));
            self.takings.insert(id, Open { key, lease, taking });
        }
    }

    fn nodes(&mut self, state: &State, telling: &mut Telling<'_>) {
        match &telling.event.kind {
            EventKind::NodeFailed { node, lease, .. } => {
                let lease = lease.as_ref().and_then(|lease| state.lease(lease));
                let had = lease.and_then(|lease| down(state, lease, *node, telling.event.at));
                self.down.insert(*node, had);
            }
            EventKind::NodeRepaired { node, .. } => {
                if let Some(Some(down)) = self.down.remove(node) {
                    telling.outage(&down, *node);
                }
            }
            EventKind::RecallReleased { recall } | EventKind::RecallReturned { recall } => {
                if let Some(recall) = state.recall(*recall) {
                    self.look_again(&recall.nodes, state, telling);
                }
            }
            EventKind::LeaseEnded { nodes, .. }
            | EventKind::TrancheEnded { nodes, .. }
            | EventKind::Delivered { nodes, .. } => self.look_again(nodes, state, telling),
            EventKind::AmendmentBegan { released, .. } => {
                for (_, nodes) in released {
                    self.look_again(nodes, state, telling);
                }
            }
            _ => {}
        }
    }

    /// Who has `nodes` has changed: what failed of them is now an outage of another, or of nobody.
    fn look_again(&mut self, nodes: &NodeSet, state: &State, telling: &mut Telling<'_>) {
        for (node, down_for) in &mut self.down {
            if !nodes.contains(*node) {
                continue;
            }
            let has =
                |record: &&LeaseRecord| record.is_standing() && record.nodes().contains(*node);
            let record = state.leases().iter().find(has);
            let now = record.and_then(|record| down(state, record, *node, telling.event.at));
            if let Some(before) = std::mem::replace(down_for, now) {
                telling.outage(&before, *node);
            }
        }
    }
}

/// A recall that is released, as its lease's facts have it.
fn open_taking(state: &State, id: RecallId) -> Option<(LeaseId, Taking)> {
    let recall = state.recall(id).filter(|recall| recall.is_released())?;
    let taking = state.lease(&recall.lease)?.facts().takings.get(recall.taking?)?;
    Some((recall.lease.clone(), taking.clone()))
}

fn recalled(taking: &Taking) -> Recalled {
    let (units, numbered) = match &taking.units {
        TakenUnits::Counted(units) => (Some(*units), None),
        TakenUnits::Numbered(ranges) => (None, Some(ranges.clone())),
    };
    Recalled {
        tranche: taking.tranche.clone(),
        from: taking.period.start(),
        until: taking.period.end(),
        class: taking.class.clone(),
        units,
        numbered,
        within_clause: taking.within_clause,
    }
}

/// The tranche that has `node` at its disposal, and the units on it; `None` where it is recalled
/// or holds no unit of the commitment.
fn down(state: &State, record: &LeaseRecord, node: NodeId, since: Instant) -> Option<Down> {
    let is_out = |nodes: &NodeSet| nodes.contains(node);
    if state.recalls_in_force().any(|recall| recall.is_released() && is_out(&recall.nodes)) {
        return None;
    }
    let tranche = record.tranches.iter().find(|tranche| tranche.nodes().contains(node))?;
    let one = NodeSet::from_range(node.0..node.0.checked_add(1)?);
    let units = count(&tranche.units_on(&one, state.node_size(tranche.pool)));
    let lease = record.id.clone();
    (!units.is_zero()).then(|| Down { lease, tranche: tranche.id.clone(), units, since })
}

/// The events told of one event of the desk.
struct Telling<'a> {
    source: Arc<str>,
    event: &'a Event,
    seq: u64,
    told: Vec<Told>,
}

impl Telling<'_> {
    fn tell(&mut self, lease: &LeaseId, kind: impl Into<Kind>) -> EventKey {
        self.tell_since(lease, None, kind)
    }

    fn tell_since(
        &mut self,
        lease: &LeaseId,
        effective: Option<Instant>,
        kind: impl Into<Kind>,
    ) -> EventKey {
        let part = self.told.len();
        let id = if part == 0 { self.seq.to_string() } else { format!("{}.{part}", self.seq) };
        let key = EventKey { source: self.source.clone(), id: id.into() };
        let (at, lease, kind) = (self.event.at, lease.clone(), kind.into());
        self.told.push(Told { key: key.clone(), at, effective, lease, kind });
        key
    }

    fn returned(&mut self, open: &Open, returned: Instant) {
        self.tell(&open.lease, RecallReturned { recall: open.key.clone(), returned });
    }

    fn outage(&mut self, down: &Down, node: NodeId) {
        if down.since >= self.event.at {
            return;
        }
        let outage = Outage {
            tranche: down.tranche.clone(),
            from: down.since,
            until: self.event.at,
            units: down.units,
            node: Some(node.0.to_string()),
        };
        self.tell(&down.lease, outage);
    }

    fn of_lease(&mut self, state: &State) {
        match &self.event.kind {
            EventKind::LeaseAmended { lease, .. } => {
                let version = Some(Box::new(Arc::unwrap_or_clone(lease.clone())));
                self.tell(&lease.id, Amendment { sheet: None, version });
            }
            EventKind::NoticeServed { lease, side, received, .. } => {
                let earlier = (*received < self.event.at).then_some(*received);
                self.tell_since(lease, earlier, NoticeGiven { side: *side });
            }
            EventKind::NoticeWithdrawn { lease, side, consent } => {
                self.tell(lease, NoticeWithdrawn { side: *side, consent: consent.clone() });
            }
            EventKind::RemedyElected { lease, tranche, remedy, .. } => {
                let Some(record) = state.lease(lease) else { return };
                let kept = record.facts().reductions.iter().rev().find(|r| r.tranche == *tranche);
                let today = record.lease().zone.date_of(self.event.at);
                let (from, keeps) = match (remedy, kept, record.elected_end) {
                    (Remedy::AcceptFewer, Some(kept), _) => (kept.from, Some(kept.keeps)),
                    (Remedy::Terminate, _, Some((date, _))) => (date, None),
                    _ => (today, None),
                };
                let (tranche, remedy) = (tranche.clone(), *remedy);
                self.tell(lease, LateElection { tranche, remedy, from, keeps });
            }
            _ => {}
        }
    }
}
