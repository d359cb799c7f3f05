//! A small fleet, a lease with everything in it, and a desk with a log.

use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_contract::lease::Trigger;
use leasehold_contract::sheet;
use leasehold_planner::{Fleet, NodeSet, Slots};
use leasehold_types::{Instant, JobId, LeaseId, PoolId, RecallId, Seconds, TrancheId, Units};

use crate::{
    Actor, Command, CommandKind, Desk, Event, EventKind, Outcome, RecallRequest, Refusal, Settings,
    State, Stopped, Take,
};

/// Two halls of one pool, 12 nodes of 8; a third hall with a pool of 4 nodes of 4. Hall west has
/// power for five of its six nodes.
const FLEET: &str = r#"
fleet = 1
name = "small"

[[site]]
id = "lab"

[[site.hall]]
id = "east"
cap_kw = 60
[[site.hall.block]]
accelerator = "h100"
racks = 3
nodes_per_rack = 2
accelerators_per_node = 8
busy_watts = 10000
idle_watts = 2000

[[site.hall]]
id = "west"
cap_kw = 52
[[site.hall.block]]
accelerator = "h100"
racks = 3
nodes_per_rack = 2
accelerators_per_node = 8
busy_watts = 10000
idle_watts = 2000

[[site.hall]]
id = "south"
cap_kw = 40
[[site.hall.block]]
accelerator = "gb200"
racks = 1
nodes_per_rack = 4
accelerators_per_node = 4
busy_watts = 6000
idle_watts = 1000
"#;

/// 60 units (8 nodes, the last half empty), 36 of them recallable.
pub(super) const SHEET: &str = r#"
term_sheet = 1

[lease]
id = "acme"
title = "Acme at the lab"
currency = "USD"
zone = "America/Chicago"
signed = 2027-01-10

[owner]
id = "owner"
name = "Owner Inc."
notices = ["mailto:notices@owner.example"]

[tenant]
id = "acme"
name = "Acme Inc."
notices = ["mailto:notices@acme.example"]

[[tranche]]
id = "main"
pool = "lab/h100"
units = 60
delivery = 2027-02-01
recallable = 36
late = { grace_days = 10, discount_per_day = "1%", remedies = ["wait", "accept_fewer", "terminate"], elect_within_days = 5, silence = "wait" }

[[fee]]
name = "full"
from = 2027-02-01
monthly = "60000.00"

[term]
last_day = 2027-12-31

[term.tenant]
notice_days = 30

[term.owner]
notice_days = 60

[recall]
triggers = ["owner_training", "maintenance", "drill"]
most_events_per_day = 3
longest = "72h"
offer_back_within = "6h"
acknowledge_within = "1h"
drain = { length = "30min" }
compensation = { per_accelerator_hour = "1.00" }

[[recall.class]]
name = "planned"
notice = "24h"

[[recall.class]]
name = "short"
notice = "2h"
multiplier = "3"
most_units = 16

[[recall.blackout]]
from = 2027-11-20
until = 2027-12-01
reason = "peak season"
"#;

pub(super) fn fleet() -> Arc<Fleet> {
    Arc::new(Fleet::parse(FLEET).unwrap())
}

pub(super) fn compile(text: &str) -> Arc<Lease> {
    let compiled = sheet::compile(text);
    let faults = |faults: Vec<leasehold_contract::diagnostic::Diagnostic>| -> String {
        faults.iter().map(|fault| format!("{fault:?}\n")).collect()
    };
    Arc::new(compiled.map_err(faults).unwrap().lease)
}

/// The sheet with some texts replaced; each must be there.
pub(super) fn sheet_with(changes: &[(&str, &str)]) -> Arc<Lease> {
    let mut text = SHEET.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    compile(&text)
}

pub(super) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub(super) fn lease() -> LeaseId {
    LeaseId::new("acme").unwrap()
}

pub(super) fn tranche() -> TrancheId {
    TrancheId::new("main").unwrap()
}

pub(super) fn pool() -> PoolId {
    PoolId::new("lab/h100").unwrap()
}

pub(super) fn owner() -> Actor {
    Actor::Owner("ada".into())
}

pub(super) fn tenant() -> Actor {
    Actor::Tenant(leasehold_types::TenantId::new("acme").unwrap(), "tom".into())
}

pub(super) fn nodes(range: std::ops::Range<u32>) -> NodeSet {
    NodeSet::from_range(range)
}

pub(super) fn whole(range: std::ops::Range<u32>) -> Slots {
    Slots { whole: nodes(range), part: Vec::new() }
}

pub(super) fn request(units: u64, class: &str, returned: &str) -> RecallRequest {
    RecallRequest {
        lease: lease(),
        tranche: tranche(),
        class: class.into(),
        take: Take::Units(Units(units)),
        trigger: Trigger::OwnerTraining,
        for_job: None,
        expected_return: at(returned),
        release_at: None,
        force: false,
        reason: "a run waits".into(),
    }
}

/// A desk, the time, and a log of what happened.
pub(super) struct World {
    pub(super) desk: Desk,
    pub(super) now: Instant,
    pub(super) events: Vec<Event>,
    shown: usize,
}

impl World {
    pub(super) fn new(settings: Settings) -> Self {
        let (desk, now) = (Desk::new(fleet(), settings), at("2027-01-10T12:00:00Z"));
        World { desk, now, events: Vec::new(), shown: 0 }
    }

    /// A desk at noon of 2 February, with the lease signed and delivered on nodes 0 to 7.
    pub(super) fn delivered(settings: Settings) -> Self {
        let mut world = World::new(settings);
        world.does(owner(), CommandKind::Sign { lease: compile(SHEET) });
        world.at("2027-02-01T12:00:00Z");
        world.deliver(0..8);
        world.at("2027-02-02T12:00:00Z");
        world.log();
        world
    }

    pub(super) fn state(&self) -> &State {
        self.desk.state()
    }

    /// Lets the time pass.
    pub(super) fn at(&mut self, text: &str) {
        self.now = at(text);
        self.advance();
    }

    /// Does what is due now.
    pub(super) fn advance(&mut self) {
        let events = &mut self.events;
        self.desk
            .advance(self.now, &mut |_: &State, event: &Event| events.push(event.clone()))
            .unwrap();
    }

    pub(super) fn tries(&mut self, by: Actor, kind: CommandKind) -> Result<(), Refusal> {
        let events = &mut self.events;
        let mut note = |_: &State, event: &Event| events.push(event.clone());
        match self.desk.handle(&Command::new(by, kind), self.now, &mut note) {
            Ok(()) => Ok(()),
            Err(Stopped::Refused(refusal)) => Err(refusal),
            Err(Stopped::Foreign(foreign)) => panic!("{foreign}"),
        }
    }

    pub(super) fn does(&mut self, by: Actor, kind: CommandKind) {
        self.tries(by, kind).unwrap();
    }

    pub(super) fn deliver(&mut self, range: std::ops::Range<u32>) {
        let (lease, tranche, nodes) = (lease(), tranche(), nodes(range));
        self.does(owner(), CommandKind::Deliver { lease, tranche, nodes });
    }

    pub(super) fn submit(&mut self, job: u64, units: u64) {
        let (job, pool, units) = (JobId(job), pool(), Units(units));
        let expected = Seconds::from_hours(10);
        self.does(Actor::Scheduler, CommandKind::JobSubmit { job, pool, units, expected });
    }

    pub(super) fn start(&mut self, job: u64, slots: Slots) {
        self.does(Actor::Scheduler, CommandKind::JobStart { job: JobId(job), slots });
    }

    pub(super) fn end(&mut self, job: u64, outcome: Outcome) {
        self.does(Actor::Scheduler, CommandKind::JobEnd { job: JobId(job), outcome });
    }

    pub(super) fn order(&mut self, request: RecallRequest) -> RecallId {
        self.does(Actor::Policy, CommandKind::OrderRecall(request));
        self.state().recalls().last().unwrap().id
    }

    /// What happened since the log was last looked at, a line each.
    pub(super) fn log(&mut self) -> String {
        let new = &self.events[self.shown..];
        self.shown = self.events.len();
        new.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

fn line(event: &Event) -> String {
    let what = match &event.kind {
        EventKind::LeaseSigned { lease } => format!("lease_signed {} {}", lease.id, lease.version),
        EventKind::LeaseAmended { lease, .. } => {
            format!("lease_amended {} {}", lease.id, lease.version)
        }
        kind => serde_json::to_string(kind).unwrap().replace('"', ""),
    };
    format!("{} {} by {}", event.at, what, event.by)
}
