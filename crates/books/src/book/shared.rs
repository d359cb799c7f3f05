//! What all leases share: the journal, the documents and their numbers.

use std::collections::BTreeMap;

use leasehold_contract::Lease;
use leasehold_types::Date;
use serde::{Deserialize, Serialize};

use crate::invoice::{CreditNote, Invoice, InvoiceDraft, SettledBy, Settlement, Tables};
use crate::ledger::{Cause, EntryDraft, Journal, Posting, Unbalanced};
use crate::{BooksError, Trouble};

use super::lease_book::LeaseBook;
use super::plan::NoteDraft;

/// Digits of a document's number; larger numbers have more.
const NUMBER_DIGITS: usize = 6;

/// The journal, the documents and their numbers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Shared {
    pub(crate) journal: Journal,
    pub(crate) invoices: Vec<Invoice>,
    pub(crate) credit_notes: Vec<CreditNote>,
    pub(crate) settlements: BTreeMap<String, Vec<Settlement>>,
    /// The last number of each series, by issuer and prefix.
    #[serde(with = "crate::pairs")]
    series: BTreeMap<(String, String), u64>,
}

impl Shared {
    /// The next number of the issuer's series with that prefix.
    fn next_number(&mut self, lease: &Lease, prefix: &str) -> (String, u64) {
        let key = (lease.owner.id.to_string(), prefix.to_owned());
        let last = self.series.entry(key).or_default();
        *last += 1;
        (format!("{prefix}{last:0>NUMBER_DIGITS$}"), *last)
    }

    /// Issues an invoice.
    pub(crate) fn issue(&mut self, draft: InvoiceDraft) -> &Invoice {
        let (number, sequence) =
            self.next_number(&draft.terms.clone(), &draft.terms.invoicing.invoice_prefix.clone());
        let place = self.invoices.len();
        self.invoices.push(Invoice { number, sequence, draft });
        &self.invoices[place]
    }

    /// Issues a credit note.
    pub(crate) fn issue_note(
        &mut self,
        note: NoteDraft,
        book: &LeaseBook,
        date: Date,
    ) -> Result<&CreditNote, Trouble> {
        let terms = match book.known() {
            Some(known) => known.lease_on(date).clone(),
            None => book.first.clone(),
        };
        let prefix = terms.invoicing.credit_note_prefix.clone();
        let zero = book.zero();
        let sum = |amounts: &mut dyn Iterator<Item = leasehold_types::Money>| {
            leasehold_types::Money::sum(zero.currency(), amounts)
        };
        let net = sum(&mut note.taxes.iter().map(|total| total.net))?;
        let tax = sum(&mut note.taxes.iter().map(|total| total.tax))?;
        let total = net.checked_add(tax)?;
        let (number, sequence) = self.next_number(&terms, &prefix);
        let place = self.credit_notes.len();
        self.credit_notes.push(CreditNote {
            number,
            sequence,
            invoice: note.invoice,
            reason: note.reason,
            lease: book.first.id.clone(),
            terms,
            issued: date,
            currency: zero.currency(),
            lines: note.lines,
            taxes: note.taxes,
            net,
            tax,
            total,
            tables: Tables::in_use(),
        });
        Ok(&self.credit_notes[place])
    }

    /// Posts an entry of a lease.
    pub(crate) fn post(
        &mut self,
        book: &LeaseBook,
        dates: (Date, Date),
        cause: Cause,
        memo: String,
        postings: Vec<Posting>,
    ) -> Result<(), BooksError> {
        let draft = EntryDraft {
            date: dates.0,
            effective: dates.1,
            lease: book.first.id.clone(),
            tenant: book.first.tenant.id.clone(),
            cause,
            memo,
            postings,
        };
        self.journal.post(draft).map_err(|error| {
            let trouble = match error {
                Unbalanced::Amount(bad) => bad.into(),
                left @ Unbalanced::Left { .. } => Trouble::Impossible(left.to_string()),
            };
            trouble.at(&book.first.id, format!("an entry of {}", dates.0))
        })?;
        Ok(())
    }

    /// Remembers what settled part of an invoice.
    pub(crate) fn settle(
        &mut self,
        invoice: &str,
        date: Date,
        amount: leasehold_types::Money,
        by: SettledBy,
    ) {
        let of_it = self.settlements.entry(invoice.to_owned()).or_default();
        of_it.push(Settlement { date, amount, by });
    }
}
