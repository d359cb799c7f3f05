//! The compiled lease: what a checked term sheet says, in types that cannot say nonsense.
//!
//! Dates are civil dates in the lease's zone and stand for the first instant of that day; an end is
//! the first day after. What the sheet leaves out has its default here, so that whoever evaluates a
//! lease never asks whether a rule was written down.

mod accounting;
mod commitment;
mod fee;
mod invoicing;
mod party;
mod recall;
mod rules;
mod service;
mod tax;
mod term;
mod tranche;

pub use accounting::{Accounting, Expedient, Judgement, Recognition, Standard};
pub use commitment::{Commitment, CommitmentCounts};
pub use fee::{Covers, Deposit, DrawDown, FeePhase, FeeTiming, Prepayment, Price};
pub use invoicing::{Address, Bank, Contact, Identifier, Invoicing, PartyDetails};
pub use party::{Assumption, Party, RelatedParty};
pub use recall::{
    Abatement, Blackout, Compensation, Cut, Drain, NoticeClass, RecallClause, RecallElection,
    RecallLimits, RecallRight, Trigger,
};
pub use rules::{Alignment, Billing, DayCount, Rules};
pub use service::{
    Availability, AvailabilityBasis, Chronic, Excuse, LadderStep, LatencyTarget, Overage,
    ServiceLevel, TokenPrices,
};
pub use tax::{TaxCategory, TaxClass, TaxRule, Taxed};
pub use term::{Effect, ExitRight, NoticeLength, NoticeTo, Penalty, PenaltyAmount, Side, Term};
pub use tranche::{Late, Remedy, Tranche};

use leasehold_types::{Currency, Date, Instant, LeaseId, Period, Units, Zone};
use serde::{Deserialize, Serialize};

/// A compiled lease, one version of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The lease, across its versions.
    pub id: LeaseId,
    /// What people call it.
    pub title: String,
    /// 1 for the lease as signed, one more for each amendment.
    pub version: u32,
    /// The first day on which this version governs; nothing before it changes.
    pub effective: Date,
    /// The lessor.
    pub owner: Party,
    /// The lessee.
    pub tenant: Party,
    /// When the tenant is a related party of the owner.
    pub related: Vec<RelatedParty>,
    /// The currency of every amount.
    pub currency: Currency,
    /// The zone of every date.
    pub zone: Zone,
    /// When it was signed.
    pub signed: Date,
    /// The day from which lease months are counted.
    pub anchor: Date,
    /// How amounts are computed.
    pub rules: Rules,
    /// What capacity, from when; at least one, names unique.
    pub tranches: Vec<Tranche>,
    /// What it costs; in order of `from` for each of what they cover.
    pub fees: Vec<FeePhase>,
    /// Money held as security.
    pub deposits: Vec<Deposit>,
    /// Money paid ahead of the fee.
    pub prepayments: Vec<Prepayment>,
    /// When and how it ends.
    pub term: Term,
    /// What may be taken back; a lease without this clause is firm throughout.
    pub recall: Option<RecallClause>,
    /// What was promised.
    pub service: Option<ServiceLevel>,
    /// What use above the commitment costs, where it is allowed.
    pub overage: Option<Overage>,
    /// What is charged at least.
    #[serde(default)]
    pub commitments: Vec<Commitment>,
    /// How lines are taxed; outside the scope of any tax where empty.
    #[serde(default)]
    pub taxes: Vec<TaxRule>,
    /// How its documents are named and what they say besides.
    #[serde(default)]
    pub invoicing: Invoicing,
    /// Judgements that people made.
    pub accounting: Accounting,
    /// What is not known but assumed; printed wherever it is shown.
    pub assumptions: Vec<Assumption>,
}

impl Lease {
    /// The first instant of a civil day of this lease.
    pub fn start_of(&self, date: Date) -> Instant {
        self.zone.start_of(date)
    }

    /// From the first delivery to the stated end.
    pub fn stated_period(&self) -> Period {
        let first = self.tranches.iter().map(|t| t.delivery).min().unwrap_or(self.anchor);
        Period::new(self.start_of(first), self.start_of(self.term.end))
    }

    /// The party on one side.
    pub fn party(&self, side: Side) -> &Party {
        match side {
            Side::Owner => &self.owner,
            Side::Tenant => &self.tenant,
        }
    }

    /// Units committed over all tranches once all are delivered.
    pub fn units(&self) -> Units {
        Units(self.tranches.iter().map(|t| t.units.0).sum())
    }
}
