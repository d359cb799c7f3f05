//! What is shown of the state, in the shapes of the API. Instants are RFC 3339 in UTC, dates are
//! civil dates of the lease's zone, amounts are in major units with their currency's decimals.

use leasehold_contract::lease::Side;
use leasehold_desk::{Assent, Delivery, LeaseRecord, Recall, Stage};
use leasehold_planner::NodeSet;
use leasehold_types::{
    Date, Instant, JobId, LeaseId, Money, PoolId, RecallId, TenantId, TrancheId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::word;
use crate::id::{ApprovalId, QuoteId};
use crate::live::{Approval, ApprovalState, Held, Live, QuoteState};

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// In major units, like `1250.00`.
    pub amount: String,
    /// The currency's code, like `USD`.
    pub currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Amount { amount: money.to_decimal(), currency: money.currency().to_string() }
    }
}

impl Amount {
    /// As money.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn money(&self) -> Result<Money, String> {
        let currency = self.currency.parse().map_err(|e| format!("`currency`: {e}"))?;
        Money::parse(&self.amount, currency).map_err(|error| format!("`amount`: {error}"))
    }
}

/// Nodes, as runs of a first number and a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Nodes(#[schemars(with = "Vec<(u32, u32)>")] pub NodeSet);

/// One side of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SideWord {
    /// The lessor.
    Owner,
    /// The lessee.
    Tenant,
}

impl From<SideWord> for Side {
    fn from(side: SideWord) -> Side {
        match side {
            SideWord::Owner => Side::Owner,
            SideWord::Tenant => Side::Tenant,
        }
    }
}

impl From<Side> for SideWord {
    fn from(side: Side) -> SideWord {
        match side {
            Side::Owner => SideWord::Owner,
            Side::Tenant => SideWord::Tenant,
        }
    }
}

/// A lease on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeaseView {
    /// Its id.
    #[schemars(with = "String")]
    pub id: LeaseId,
    /// Its title.
    pub title: String,
    /// The version that governs.
    pub version: u32,
    /// The version that was agreed and does not govern yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_version: Option<u32>,
    /// The owner's id.
    #[schemars(with = "String")]
    pub owner: TenantId,
    /// The tenant's id.
    #[schemars(with = "String")]
    pub tenant: TenantId,
    /// The tenant's name.
    pub tenant_name: String,
    /// The currency's code.
    pub currency: String,
    /// The zone of its dates.
    pub zone: String,
    /// When it was signed here.
    #[schemars(with = "String")]
    pub signed: Instant,
    /// The first day after its last, as far as is known.
    #[schemars(with = "String")]
    pub ends: Date,
    /// Why it ends then: `stated`, `notice`, `late` or `recalled`.
    pub ends_by: String,
    /// When it ended, where it has.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Instant>,
    /// Its tranches.
    pub tranches: Vec<TrancheView>,
    /// Notices to end it, withdrawn ones included.
    pub notices: Vec<NoticeView>,
}

/// A tranche of a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrancheView {
    /// Its id.
    #[schemars(with = "String")]
    pub id: TrancheId,
    /// Its pool.
    #[schemars(with = "Option<String>")]
    pub pool: Option<PoolId>,
    /// Units committed.
    pub units: u64,
    /// Units delivered.
    pub delivered: u64,
    /// Where its delivery stands.
    pub delivery: String,
    /// Until when the tenant may elect a remedy, where it may.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elect_until: Option<Instant>,
}

/// A notice to end a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NoticeView {
    /// Whose.
    pub side: SideWord,
    /// When it was received.
    #[schemars(with = "String")]
    pub received: Instant,
    /// The first day after the lease's last by it.
    #[schemars(with = "String")]
    pub ends: Date,
    /// When it was withdrawn, where it was.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Instant>,
}

impl LeaseView {
    /// A lease as it stands.
    pub fn of(live: &Live, record: &LeaseRecord) -> Self {
        let lease = record.lease();
        let (ends, why) = record.ends();
        let pools = live.desk().fleet().pools();
        let tranche = |tranche: &leasehold_desk::TrancheRecord| TrancheView {
            id: tranche.id.clone(),
            pool: pools.get(tranche.pool).map(|pool| pool.id.clone()),
            units: tranche.units.0,
            delivered: tranche.delivered.0,
            delivery: delivery_word(&tranche.delivery).to_owned(),
            elect_until: match tranche.delivery {
                Delivery::Overdue { elect_until } => elect_until,
                _ => None,
            },
        };
        let notice = |notice: &leasehold_contract::notice::Notice| NoticeView {
            side: notice.side.into(),
            received: notice.received,
            ends: notice.ends,
            withdrawn: notice.withdrawn.as_ref().map(|withdrawal| withdrawal.at),
        };
        LeaseView {
            id: record.id.clone(),
            title: lease.title.clone(),
            version: lease.version,
            pending_version: record.pending.as_ref().map(|pending| pending.lease.version),
            owner: lease.owner.id.clone(),
            tenant: lease.tenant.id.clone(),
            tenant_name: lease.tenant.name.clone(),
            currency: lease.currency.to_string(),
            zone: lease.zone.to_string(),
            signed: record.signed,
            ends,
            ends_by: end_word(why).to_owned(),
            ended: record.ended.map(|(at, _)| at),
            tranches: record.tranches.iter().map(tranche).collect(),
            notices: record.notices.notices().iter().map(notice).collect(),
        }
    }
}

const fn delivery_word(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::NotDue => "not_due",
        Delivery::Due => "due",
        Delivery::Overdue { .. } => "overdue",
        Delivery::Awaited => "awaited",
        Delivery::Complete => "complete",
        Delivery::Fixed => "fixed",
        Delivery::Ended => "ended",
    }
}

const fn end_word(why: leasehold_desk::LeaseEnd) -> &'static str {
    use leasehold_desk::LeaseEnd;
    match why {
        LeaseEnd::Stated => "stated",
        LeaseEnd::Notice(_) => "notice",
        LeaseEnd::Late => "late",
        LeaseEnd::Recalled => "recalled",
    }
}

/// A recall or a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecallView {
    /// Its number.
    #[schemars(with = "u64")]
    pub id: RecallId,
    /// From which lease.
    #[schemars(with = "String")]
    pub lease: LeaseId,
    /// From which tranche.
    #[schemars(with = "String")]
    pub tranche: TrancheId,
    /// The notice class.
    pub class: String,
    /// The event that allows it; `drill` for a drill.
    pub trigger: String,
    /// Units of the entitlement that it takes.
    pub units: u64,
    /// The nodes.
    pub nodes: Nodes,
    /// Where it stands.
    pub stage: String,
    /// When it was ordered.
    #[schemars(with = "String")]
    pub ordered: Instant,
    /// When the notice was served.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served: Option<Instant>,
    /// When the drain begins.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drain_from: Option<Instant>,
    /// When the units must be released.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_due: Option<Instant>,
    /// When they were released.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<Instant>,
    /// When they will be returned, as far as is known.
    #[schemars(with = "String")]
    pub expected_return: Instant,
    /// When they were returned.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<Instant>,
    /// How the tenant answered: `not_asked`, `awaited`, `given` or `deemed`.
    pub assent: String,
    /// Until when it may answer, or since when it has.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assent_at: Option<Instant>,
    /// Whether it goes on even outside the clause.
    pub forced: bool,
    /// What was done outside the clause, in words.
    pub breaches: Vec<String>,
    /// The job that it is for; shown to the owner only.
    #[schemars(with = "Option<u64>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_job: Option<JobId>,
}

impl RecallView {
    /// A recall as it stands, for this side.
    pub fn of(recall: &Recall, side: Side) -> Self {
        let (notice, released, returned) = times(&recall.stage);
        let (assent, assent_at) = match recall.assent {
            Assent::NotAsked => ("not_asked", None),
            Assent::Awaited { until } => ("awaited", Some(until)),
            Assent::Given { at } => ("given", Some(at)),
            Assent::Deemed { at } => ("deemed", Some(at)),
        };
        RecallView {
            id: recall.id,
            lease: recall.lease.clone(),
            tranche: recall.tranche.clone(),
            class: recall.class.clone(),
            trigger: word(&recall.trigger),
            units: recall.units.0,
            nodes: Nodes(recall.nodes.clone()),
            stage: recall.stage.word().to_owned(),
            ordered: recall.ordered,
            served: notice.map(|notice| notice.served),
            drain_from: notice.map(|notice| notice.drain_from),
            release_due: notice.map(|notice| notice.release_due),
            released,
            expected_return: recall.expected_return,
            returned,
            assent: assent.to_owned(),
            assent_at,
            forced: recall.forced,
            breaches: recall.breaches.iter().map(breach_words).collect(),
            for_job: recall.for_job.filter(|_| side == Side::Owner),
        }
    }
}

fn times(stage: &Stage) -> (Option<leasehold_desk::Notice>, Option<Instant>, Option<Instant>) {
    match stage {
        Stage::Noticed(notice) | Stage::Draining(notice) | Stage::Overdue(notice) => {
            (Some(*notice), None, None)
        }
        Stage::Released { notice, at } => (Some(*notice), Some(*at), None),
        Stage::Returned { notice, released, at } => (Some(*notice), Some(*released), Some(*at)),
        Stage::Drilled { result } => (Some(result.notice), None, None),
        Stage::Ordered { .. } | Stage::Withdrawn { .. } | Stage::Refused { .. } => {
            (None, None, None)
        }
    }
}

fn breach_words(breach: &leasehold_desk::Breach) -> String {
    use leasehold_desk::Breach;
    match breach {
        Breach::Ordered(violation) => violation.message.clone(),
        Breach::KeptTooLong { limit } => {
            format!("kept past {limit}, the longest time of the clause")
        }
        Breach::NotOfferedBack { limit } => format!("not offered back by {limit}"),
    }
}

/// What a step would cost both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QuoteView {
    /// Its id.
    #[schemars(with = "String")]
    pub id: QuoteId,
    /// What kind of step it is.
    pub kind: String,
    /// The lease that it is about.
    #[schemars(with = "Option<String>")]
    pub lease: Option<LeaseId>,
    /// The step, in words.
    pub step: String,
    /// Who asked.
    pub by: String,
    /// When it was made.
    #[schemars(with = "String")]
    pub made: Instant,
    /// From when on it does not hold any more.
    #[schemars(with = "String")]
    pub expires: Instant,
    /// The last entry of the journal that it was computed on.
    pub computed_on: u64,
    /// `open`, `awaiting approval`, `confirmed`, `declined` or `expired`.
    pub state: String,
    /// The request for approval that it waits for.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalId>,
    /// What moves, who bears it, and how it came about.
    pub lines: Vec<QuoteLineView>,
    /// The first day after the lease's last, where the step ends it.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<Date>,
    /// Why the step is not allowed, where it is not.
    pub objections: Vec<String>,
    /// Rules of the recall clause that it breaks.
    pub violations: Vec<String>,
}

/// One consequence of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QuoteLineView {
    /// Who bears it.
    pub borne_by: SideWord,
    /// `paid`, `forgone` or `returned`.
    pub nature: String,
    /// How much.
    pub money: Amount,
    /// What it is.
    pub label: String,
}

impl QuoteView {
    /// A quote as it stands at `now`.
    pub fn of(live: &Live, held: &Held, now: Instant) -> Self {
        let made = &held.made;
        let line = |line: &leasehold_contract::quote::QuoteLine| QuoteLineView {
            borne_by: line.borne_by.into(),
            nature: word(&line.nature),
            money: line.amount.into(),
            label: line.label.clone(),
        };
        let expired = held.state == QuoteState::Open && now >= made.expires;
        QuoteView {
            id: made.id.clone(),
            kind: made.step.kind().word().to_owned(),
            lease: made.step.lease(live).cloned(),
            step: made.cost.step.clone(),
            by: held.by.to_string(),
            made: held.at,
            expires: made.expires,
            computed_on: made.computed_on,
            state: if expired { "expired" } else { held.state.word() }.to_owned(),
            approval: match &held.state {
                QuoteState::Awaiting { approval } => Some(approval.clone()),
                _ => None,
            },
            lines: made.cost.lines.iter().map(line).collect(),
            ends: made.cost.ends,
            objections: made.cost.objections.clone(),
            violations: made.cost.violations.iter().map(|rule| word(&rule.clause)).collect(),
        }
    }
}

/// A request that a second person approves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ApprovalView {
    /// Its id.
    #[schemars(with = "String")]
    pub id: ApprovalId,
    /// The quote whose step waits.
    pub quote: Option<QuoteView>,
    /// Who asked.
    pub by: String,
    /// When.
    #[schemars(with = "String")]
    pub asked: Instant,
    /// `open`, `given` or `declined`.
    pub state: String,
    /// Who settled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<String>,
    /// Why it was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ApprovalView {
    /// A request as it stands at `now`.
    pub fn of(live: &Live, approval: &Approval, now: Instant) -> Self {
        let (settled_by, reason) = match &approval.state {
            ApprovalState::Open => (None, None),
            ApprovalState::Given { by, .. } => (Some(by.to_string()), None),
            ApprovalState::Declined { by, reason, .. } => {
                (Some(by.to_string()), Some(reason.clone()))
            }
        };
        ApprovalView {
            id: approval.id.clone(),
            quote: live.quote(&approval.quote).map(|held| QuoteView::of(live, held, now)),
            by: approval.by.to_string(),
            asked: approval.at,
            state: approval.state.word().to_owned(),
            settled_by,
            reason,
        }
    }
}
