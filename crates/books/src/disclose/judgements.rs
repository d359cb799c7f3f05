//! The judgements that people made and on which the figures rest, with their references, and what
//! is assumed because it is not public.

use leasehold_contract::Lease;
use leasehold_contract::lease::{Assumption, Expedient, Judgement, Recognition, Side, Standard};
use leasehold_types::Date;
use serde::{Deserialize, Serialize};

use super::leases::Leases;
use super::names::Named;

/// The judgements of one lease, in the version in force as the reporting date has closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseJudgements {
    /// Which lease.
    pub lease: Named,
    /// Which version of it.
    pub version: u32,
    /// A service or a lease.
    pub standard: Standard,
    /// How revenue is spread.
    pub recognition: Recognition,
    /// Whether an exit that only the owner has shortens the enforceable term.
    pub owner_exit_shortens: bool,
    /// Expedients in use for the RPO.
    pub expedients: Vec<Expedient>,
    /// Who judged all this, when, and where it is written; absent where it is anonymous.
    pub judgement: Option<Judgement>,
    /// Whether the penalties for leaving early are substantive.
    pub penalties: Vec<PenaltyJudgement>,
    /// When the tenant is a related party.
    pub related: Vec<Relation>,
    /// What is assumed about terms, fees and capacity; absent where it is anonymous.
    pub assumptions: Vec<Assumption>,
    /// Prices that no line contains: what may be used and must be paid besides.
    pub besides: Vec<String>,
}

/// A judgement on one side's penalty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PenaltyJudgement {
    /// Whose penalty.
    pub side: Side,
    /// The penalty, in words.
    pub penalty: String,
    /// Whether it is substantive: then it keeps the stated end enforceable.
    pub is_substantive: bool,
    /// Who judged so; absent where it is anonymous.
    pub judgement: Option<Judgement>,
}

/// A span in which the tenant is a related party of the owner's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// The first day.
    pub from: Date,
    /// The first day after; open where absent.
    pub until: Option<Date>,
    /// Where this is documented; absent where it is anonymous.
    pub reference: Option<String>,
}

/// Parts of a term sheet on which disclosures rest.
const MATTERS: [&str; 6] = ["lease", "tranche", "fee", "term", "recall", "accounting"];

/// The judgements of every lease that can be computed.
pub(super) fn judgements(leases: &Leases) -> Vec<LeaseJudgements> {
    let all = leases.all.iter();
    let with_terms = all.filter_map(|lease| lease.lease().map(|terms| (&lease.id, terms)));
    with_terms.map(|(id, terms)| of_lease(leases.names.lease(id), terms)).collect()
}

fn of_lease(lease: Named, terms: &Lease) -> LeaseJudgements {
    let accounting = &terms.accounting;
    let penalty = |side: Side| {
        let penalty = terms.term.exit(side)?.penalty.as_ref()?;
        Some(PenaltyJudgement {
            side,
            penalty: penalty.to_string(),
            is_substantive: penalty.substantive,
            judgement: Some(penalty.judgement.clone()),
        })
    };
    let matters = |assumption: &&Assumption| {
        assumption.about.split('.').next().is_some_and(|head| MATTERS.contains(&head))
    };
    LeaseJudgements {
        lease,
        version: terms.version,
        standard: accounting.standard,
        recognition: accounting.recognition,
        owner_exit_shortens: accounting.owner_exit_shortens,
        expedients: accounting.expedients.clone(),
        judgement: Some(accounting.judgement.clone()),
        penalties: Side::BOTH.into_iter().filter_map(penalty).collect(),
        related: terms.related.iter().map(Relation::of).collect(),
        assumptions: terms.assumptions.iter().filter(matters).cloned().collect(),
        besides: besides(terms),
    }
}

fn besides(terms: &Lease) -> Vec<String> {
    let mut besides = Vec::new();
    if terms.overage.is_some() {
        besides.push("use above the commitment and use by token".to_owned());
    }
    if !terms.commitments.is_empty() {
        besides.push("what minimum commitments add to the use".to_owned());
    }
    if terms.service.is_some() {
        besides.push("credits for availability that may yet be earned".to_owned());
    }
    besides
}

impl Relation {
    fn of(related: &leasehold_contract::lease::RelatedParty) -> Self {
        let (from, until) = (related.from, related.until);
        Relation { from, until, reference: Some(related.reference.clone()) }
    }
}
