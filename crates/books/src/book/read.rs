//! What the books say.

use std::collections::BTreeMap;
use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_types::{Date, LeaseId, Money};

use crate::event::Conflict;
use crate::invoice::{CreditNote, Invoice, Settlement};
use crate::ledger::Journal;
use crate::rating::TaxClass;

use super::lease_book::LeaseBook;
use super::{Books, Finding, Parked, Policy};

impl Books {
    /// Every invoice, in the order of issue.
    pub fn invoices(&self) -> &[Invoice] {
        &self.shared.invoices
    }

    /// The invoice of that number; where several issuers use it, the one that was issued first.
    pub fn invoice(&self, number: &str) -> Option<&Invoice> {
        self.shared.invoice(number)
    }

    /// The invoice of that number of one lease.
    pub fn invoice_of(&self, lease: &LeaseId, number: &str) -> Option<&Invoice> {
        self.shared.invoice_of(lease, number)
    }

    /// Every credit note, in the order of issue.
    pub fn credit_notes(&self) -> &[CreditNote] {
        &self.shared.credit_notes
    }

    /// What settled the invoice of that number so far, in order; as [`Books::invoice`] finds it.
    pub fn settlements(&self, invoice: &str) -> &[Settlement] {
        self.invoice(invoice).map_or(&[], |invoice| self.settled(invoice))
    }

    /// What settled an invoice of these books so far, in order.
    pub fn settled(&self, invoice: &Invoice) -> &[Settlement] {
        self.shared.settled(invoice)
    }

    /// Every entry.
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    /// Events that came again with another content.
    pub fn conflicts(&self) -> &[Conflict] {
        self.inbox.conflicts()
    }

    /// What people should see, by lease.
    pub fn findings(&self) -> Vec<&Finding> {
        self.leases.values().flat_map(LeaseBook::findings).collect()
    }

    /// Leases that could not be computed at the last close, and why.
    pub fn parked(&self) -> BTreeMap<&LeaseId, &Parked> {
        let parked = self.leases.iter();
        parked.filter_map(|(id, book)| book.parked.as_ref().map(|why| (id, why))).collect()
    }

    /// Every lease.
    pub fn leases(&self) -> impl Iterator<Item = &LeaseBook> {
        self.leases.values()
    }

    /// The lease of that id.
    pub fn lease(&self, id: &LeaseId) -> Option<&LeaseBook> {
        self.leases.get(id)
    }

    /// What the books assume.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl LeaseBook {
    /// The lease as signed.
    pub fn signed(&self) -> &Arc<Lease> {
        &self.first
    }

    /// The version in force on `date`, as far as it is known.
    pub fn version_on(&self, date: Date) -> Arc<Lease> {
        self.known().map_or_else(|| self.first.clone(), |known| known.lease_on(date).clone())
    }

    /// Credits that no invoice has used yet, before tax, by the class of what they credit.
    pub fn credit_balance(&self) -> impl Iterator<Item = (&TaxClass, Money)> {
        self.credit_balance.iter().map(|(class, money)| (class, *money))
    }

    /// Money of the tenant's that no invoice has used yet.
    pub fn on_account(&self) -> Money {
        self.on_account
    }

    /// Money held as security.
    pub fn deposit(&self) -> Money {
        self.deposit
    }

    /// What is left of prepayments.
    pub fn prepaid(&self) -> Money {
        self.prepaid
    }

    /// Why it is parked, where it is.
    pub fn parked(&self) -> Option<&Parked> {
        self.parked.as_ref()
    }

    /// What people should see.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let known = self.known().map_or(&[][..], |known| &known.findings);
        known.iter().chain(&self.findings)
    }
}
