//! A small fleet, two tenants' term sheets, people, and a live desk with its journal.

use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_contract::lease::Trigger;
use leasehold_contract::sheet;
use leasehold_desk::{CommandKind, Digest, RecallRequest, Take};
use leasehold_planner::NodeSet;
use leasehold_types::{
    CURRENCY_TABLE, Instant, LeaseId, RecallId, TZDB_VERSION, TenantId, TrancheId, Units,
};

use crate::id::{ApprovalId, KeyId, QuoteId, UserId};
use crate::live::{
    Act, ActKind, Body, Encoded, Entry, Founded, Live, NewKey, NewUser, Refusal, Replay, Role,
    Step, Stopped, Who,
};

pub(super) const FLEET: &str = r#"
fleet = 1
name = "small"

[[site]]
id = "lab"

[[site.hall]]
id = "east"
cap_kw = 200
[[site.hall.block]]
accelerator = "h100"
racks = 6
nodes_per_rack = 2
accelerators_per_node = 8
busy_watts = 10000
idle_watts = 2000
"#;

const SHEET: &str = r#"
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
units = 32
delivery = 2027-02-01
recallable = 24

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
"#;

/// The term sheet of `tenant`, whose lease has its name.
pub(super) fn sheet_of(tenant: &str) -> String {
    SHEET.replace("acme", tenant)
}

pub(super) fn compile(text: &str) -> Arc<Lease> {
    Arc::new(sheet::compile(text).map_err(|faults| format!("{faults:?}")).unwrap().lease)
}

pub(super) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub(super) fn lease(name: &str) -> LeaseId {
    LeaseId::new(name).unwrap()
}

pub(super) fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

pub(super) fn tranche() -> TrancheId {
    TrancheId::new("main").unwrap()
}

/// Ten bytes that a number stands for.
fn bytes(number: u64) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&number.to_be_bytes());
    bytes
}

pub(super) fn user(number: u64) -> UserId {
    UserId::made(Instant::EPOCH, bytes(number))
}

pub(super) fn key(number: u64) -> KeyId {
    KeyId::made(Instant::EPOCH, bytes(number))
}

pub(super) fn quote(number: u64) -> QuoteId {
    QuoteId::made(Instant::EPOCH, bytes(number))
}

pub(super) fn approval(number: u64) -> ApprovalId {
    ApprovalId::made(Instant::EPOCH, bytes(number))
}

pub(super) fn machine() -> Who {
    Who::Machine("setup".into())
}

pub(super) fn recall_of(name: &str, units: u64, class: &str, returned: Instant) -> RecallRequest {
    RecallRequest {
        lease: lease(name),
        tranche: tranche(),
        class: class.into(),
        take: Take::Units(Units(units)),
        trigger: Trigger::OwnerTraining,
        for_job: None,
        expected_return: returned,
        release_at: None,
        force: false,
        reason: "a run waits".into(),
    }
}

/// People of the fixture: who has which role. A tenant's come twice, for two tenants.
pub(super) const CAPACITY: u64 = 1;
pub(super) const FINANCE: u64 = 2;
pub(super) const APPROVER: u64 = 3;
pub(super) const ADMIN: u64 = 4;
pub(super) const ACME: u64 = 5;
pub(super) const RIVAL: u64 = 6;

/// A live desk, the time, and its journal.
pub(super) struct World {
    pub(super) live: Live,
    pub(super) now: Instant,
    pub(super) entries: Vec<Entry>,
    pub(super) next: u64,
}

impl World {
    /// Founded, with its people.
    pub(super) fn new() -> Self {
        let founded = Founded {
            fleet: FLEET.into(),
            owner: tenant("owner"),
            owner_name: "Owner Inc.".into(),
            tzdb: TZDB_VERSION.into(),
            currencies: CURRENCY_TABLE.into(),
        };
        let now = at("2027-01-10T18:00:00Z");
        let live = Live::found(&founded, now).unwrap();
        let first = Entry { at: now, by: machine(), body: Body::Founded(founded) };
        let mut world = World { live, now, entries: vec![first], next: 100 };
        for name in ["acme", "rival"] {
            let (id, name) = (tenant(name), name.to_owned());
            world.does(machine(), ActKind::AddOrganisation { id, name });
        }
        for (number, of, role) in [
            (CAPACITY, "owner", Role::Capacity),
            (FINANCE, "owner", Role::Finance),
            (APPROVER, "owner", Role::Approver),
            (ADMIN, "owner", Role::Admin),
            (ACME, "acme", Role::TenantAdmin),
            (RIVAL, "rival", Role::TenantAdmin),
        ] {
            world.does(machine(), ActKind::AddUser(new_user(number, of, role)));
        }
        world
    }

    /// With the lease of `acme` signed and delivered, on 2 February.
    pub(super) fn delivered() -> Self {
        let mut world = World::new();
        world.sign("acme");
        world.at("2027-02-01T12:00:00Z");
        let nodes = NodeSet::from_range(0..4);
        let deliver = CommandKind::Deliver { lease: lease("acme"), tranche: tranche(), nodes };
        world.does(Who::User(user(CAPACITY)), ActKind::Do(deliver));
        world.at("2027-02-02T12:00:00Z");
        world
    }

    pub(super) fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(super) fn at(&mut self, text: &str) {
        self.now = at(text);
        self.live.advance(self.now, &mut self.entries).unwrap();
    }

    pub(super) fn tries(&mut self, by: Who, kind: ActKind) -> Result<(), Refusal> {
        match self.live.handle(&Act { by, kind }, self.now, &mut self.entries) {
            Ok(()) => Ok(()),
            Err(Stopped::Refused(refusal)) => Err(refusal),
            Err(Stopped::Foreign(foreign)) => panic!("{foreign}"),
        }
    }

    pub(super) fn does(&mut self, by: Who, kind: ActKind) {
        self.tries(by, kind).unwrap();
    }

    pub(super) fn quotes(&mut self, by: u64, step: Step) -> Result<QuoteId, Refusal> {
        let id = quote(self.fresh());
        self.tries(Who::User(user(by)), ActKind::Quote { id: id.clone(), step })?;
        Ok(id)
    }

    pub(super) fn confirms(&mut self, by: u64, quote: &QuoteId) -> Result<ApprovalId, Refusal> {
        let approval = approval(self.fresh());
        let (quote, given) = (quote.clone(), approval.clone());
        let confirm = ActKind::Confirm { quote, approval: given };
        self.tries(Who::User(user(by)), confirm).map(|()| approval)
    }

    pub(super) fn sign(&mut self, name: &str) {
        let sheet = sheet_of(name);
        let step = Step::Sign { lease: compile(&sheet), sheet: sheet.into() };
        let quote = self.quotes(CAPACITY, step).unwrap();
        self.confirms(CAPACITY, &quote).unwrap();
    }

    pub(super) fn order(&mut self, units: u64, class: &str, returned: &str) -> RecallId {
        let step = Step::Recall(recall_of("acme", units, class, at(returned)));
        let quote = self.quotes(CAPACITY, step).unwrap();
        self.confirms(CAPACITY, &quote).unwrap();
        self.live.desk().recalls().last().unwrap().id
    }

    /// The journal as it is written, read from its start; gives the state's bytes.
    pub(super) fn replayed(&self) -> Vec<u8> {
        let mut replay = Replay::default();
        for entry in &self.entries {
            let Encoded { kind, version, body } = entry.body.encode().unwrap();
            replay.take(entry.at, &entry.by.to_string(), &kind, version, &body).unwrap();
        }
        replay.into_live().unwrap().to_snapshot().unwrap()
    }
}

pub(super) fn new_user(number: u64, of: &str, role: Role) -> NewUser {
    NewUser {
        id: user(number),
        organisation: tenant(of),
        login: format!("u{number}@{of}.example"),
        name: format!("User {number}"),
        roles: vec![role],
        password: None,
    }
}

pub(super) fn new_key(number: u64, of: &str, role: Role) -> NewKey {
    NewKey {
        id: key(number),
        organisation: tenant(of),
        name: format!("key {number}"),
        prefix: format!("lh_{number}").into(),
        hash: Digest::of(&number.to_be_bytes()),
        roles: vec![role],
        scopes: Vec::new(),
        expires: None,
    }
}
