//! The sheet as read: every value with its place, what is missing or wrong absent.
//!
//! Reading judges each table for itself; [`check`](super::check) judges what they say together;
//! and a draft without faults is lowered to a [`Lease`], in which everything has a value.

mod accounting;
mod assumption;
mod commitment;
mod details;
mod fee;
mod head;
mod invoicing;
mod judgement;
mod party;
mod payment;
mod recall;
mod rules;
mod service;
mod tax;
mod term;
mod tranche;

pub(super) use accounting::AccountingDraft;
pub(super) use assumption::AssumptionDraft;
pub(super) use commitment::CommitmentDraft;
pub(super) use fee::FeeDraft;
pub(super) use head::Head;
pub(super) use invoicing::InvoicingDraft;
pub(super) use party::PartyDraft;
pub(super) use payment::{DepositDraft, PrepaymentDraft};
pub(super) use recall::{BlackoutDraft, ClassDraft, RecallDraft, trigger_word};
pub(super) use service::StepDraft;
pub(super) use tax::TaxDraft;
pub(super) use term::{ExitDraft, TermDraft};
pub(super) use tranche::TrancheDraft;

use leasehold_types::{Date, Units};

use super::schema;
use super::section::{Field, Section};
use crate::Lease;
use crate::lease::{FeePhase, Overage, Rules, ServiceLevel};

/// The whole sheet, as read.
pub(super) struct Draft {
    pub head: Head,
    pub owner: Option<PartyDraft>,
    pub tenant: Option<PartyDraft>,
    pub rules: Rules,
    pub tranches: Vec<TrancheDraft>,
    pub fees: Vec<FeeDraft>,
    pub deposits: Vec<DepositDraft>,
    pub prepayments: Vec<PrepaymentDraft>,
    pub commitments: Vec<CommitmentDraft>,
    pub taxes: Vec<TaxDraft>,
    pub invoicing: InvoicingDraft,
    pub term: TermDraft,
    pub recall: Field<RecallDraft>,
    /// Whether a recall clause is written, right or wrong.
    pub has_recall: bool,
    pub service: Option<ServiceLevel>,
    pub overage: Option<Overage>,
    /// Whether prices of overage are written, right or wrong.
    pub has_overage: bool,
    pub accounting: AccountingDraft,
    pub assumptions: Vec<AssumptionDraft>,
}

/// Reads the whole sheet.
pub(super) fn read(root: &Section<'_>) -> Draft {
    let head = head::read(root);
    let currency = head.currency;
    let tranches = tranche::read(root);
    let first = first_delivery(&tranches);
    let anchor = head.anchor.map(|anchor| anchor.value).or(first);
    Draft {
        owner: party::read(root, &schema::OWNER),
        tenant: party::read(root, &schema::TENANT),
        rules: rules::read(root),
        fees: fee::read(root, currency, anchor),
        deposits: payment::read_deposits(root, currency),
        prepayments: payment::read_prepayments(root, currency),
        commitments: commitment::read(root, currency),
        taxes: tax::read(root, head.signed),
        invoicing: invoicing::read(root),
        term: term::read(root, currency),
        recall: recall::read(root, currency),
        has_recall: root.has(schema::RECALL.name),
        has_overage: root.has(schema::OVERAGE.name),
        service: service::read(root),
        overage: service::read_overage(root, currency),
        accounting: accounting::read(root),
        assumptions: assumption::read(root),
        head,
        tranches,
    }
}

/// The first delivery, where all are known.
fn first_delivery(tranches: &[TrancheDraft]) -> Option<Date> {
    let dates: Option<Vec<Date>> =
        tranches.iter().map(|tranche| tranche.delivery.map(|at| at.value)).collect();
    dates?.into_iter().min()
}

/// All of them lowered; nothing where one cannot be.
fn all<D, T>(drafts: &[D], lower: impl Fn(&D) -> Option<T>) -> Option<Vec<T>> {
    drafts.iter().map(lower).collect()
}

/// What a key holds, or the default of its type.
fn or_default<T: Default>(field: Field<T>) -> T {
    field.map(|at| at.value).unwrap_or_default()
}

impl Draft {
    /// The first delivery, where all are known.
    pub(super) fn first_delivery(&self) -> Option<Date> {
        first_delivery(&self.tranches)
    }

    /// The first day after the lease.
    pub(super) fn end(&self) -> Option<Date> {
        self.term.end.map(|end| end.value)
    }

    /// All recallable units, where they are known in every tranche.
    pub(super) fn recallable(&self) -> Option<Units> {
        let all = self.tranches.iter().map(|tranche| tranche.recallable.map(|at| at.value.0));
        all.sum::<Option<u64>>().map(Units)
    }

    /// All units, where they are known in every tranche.
    pub(super) fn units(&self) -> Option<Units> {
        let all = self.tranches.iter().map(|tranche| tranche.units.map(|at| at.value.0));
        all.sum::<Option<u64>>().map(Units)
    }

    /// Whether anything is priced by use: fees by the hour, or use above the commitment.
    pub(super) fn has_usage_price(&self) -> bool {
        self.overage.is_some() || self.fees.iter().any(FeeDraft::is_hourly)
    }

    /// The lease that it describes; nothing where something that it needs is missing or wrong.
    pub(super) fn lower(&self) -> Option<Lease> {
        let (head, tenant) = (&self.head, self.tenant.as_ref()?);
        let (signed, end) = (head.signed?.value, self.term.end?.value);
        let recall = match &self.recall {
            Some(recall) => Some(recall.value.lower()?),
            None => None,
        };
        Some(Lease {
            id: head.id.clone()?.value,
            title: head.title.clone()?.value,
            version: head.version.map_or(1, |version| version.value),
            effective: head.effective.map_or(signed, |effective| effective.value),
            owner: self.owner.as_ref()?.lower()?,
            tenant: tenant.lower()?,
            related: tenant.lower_related()?,
            currency: head.currency?.value,
            zone: head.zone.clone()?.value,
            signed,
            anchor: head.anchor.map(|anchor| anchor.value).or(self.first_delivery())?,
            rules: self.rules,
            tranches: all(&self.tranches, |tranche| tranche.lower(end))?,
            fees: self.lower_fees()?,
            deposits: all(&self.deposits, DepositDraft::lower)?,
            prepayments: all(&self.prepayments, PrepaymentDraft::lower)?,
            term: self.term.lower()?,
            recall,
            service: self.service.clone(),
            overage: self.overage.clone(),
            commitments: all(&self.commitments, CommitmentDraft::lower)?,
            taxes: all(&self.taxes, TaxDraft::lower)?,
            invoicing: self.invoicing.value.clone(),
            accounting: self.accounting.value.clone(),
            assumptions: all(&self.assumptions, AssumptionDraft::lower)?,
        })
    }

    /// The phases, in order of `from` for each of what they cover.
    fn lower_fees(&self) -> Option<Vec<FeePhase>> {
        let mut fees = all(&self.fees, FeeDraft::lower)?;
        fees.sort_by(|a, b| a.covers.cmp(&b.covers).then(a.from.cmp(&b.from)));
        Some(fees)
    }
}
