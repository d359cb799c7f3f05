//! What all leases share: the journal, the documents and their numbers.

use std::collections::BTreeMap;

use leasehold_contract::Lease;
use leasehold_types::{Date, LeaseId};
use serde::{Deserialize, Serialize};

use crate::invoice::{CreditNote, Invoice, InvoiceDraft, SettledBy, Settlement, Tables};
use crate::ledger::{Cause, EntryDraft, Journal, Posting, Unbalanced};
use crate::{BooksError, Trouble};

use super::lease_book::LeaseBook;
use super::part::{Drained, Numbering};
use super::plan::NoteDraft;

/// Digits of a document's number; larger numbers have more.
const NUMBER_DIGITS: usize = 6;

/// The journal, the documents and their numbers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub(crate) struct Shared {
    pub(crate) journal: Journal,
    pub(crate) invoices: Vec<Invoice>,
    pub(crate) credit_notes: Vec<CreditNote>,
    /// What settled each invoice, in the order of the invoices.
    settlements: Vec<Vec<Settlement>>,
    /// The places of the invoices of each number; several issuers may use one.
    by_number: BTreeMap<String, Vec<usize>>,
    /// The last number of each series, by issuer and prefix.
    series: BTreeMap<(String, String), u64>,
    /// Invoices that were issued before those here, where only a part of the books is here.
    before: usize,
    /// What settled invoices that are not here, by their places among all.
    elsewhere: Vec<(usize, Settlement)>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    journal: Journal,
    invoices: Vec<Invoice>,
    credit_notes: Vec<CreditNote>,
    settlements: Vec<Vec<Settlement>>,
    #[serde(with = "crate::pairs")]
    series: BTreeMap<(String, String), u64>,
}

impl From<Shared> for Written {
    fn from(shared: Shared) -> Self {
        let Shared { journal, invoices, credit_notes, settlements, series, .. } = shared;
        Written { journal, invoices, credit_notes, settlements, series }
    }
}

impl From<Written> for Shared {
    fn from(written: Written) -> Self {
        let Written { journal, invoices, credit_notes, mut settlements, series } = written;
        settlements.resize_with(invoices.len(), Vec::new);
        let mut by_number: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, invoice) in invoices.iter().enumerate() {
            by_number.entry(invoice.number.clone()).or_default().push(place);
        }
        let (before, elsewhere) = (0, Vec::new());
        Shared {
            journal,
            invoices,
            credit_notes,
            settlements,
            by_number,
            series,
            before,
            elsewhere,
        }
    }
}

impl Shared {
    /// How far the numbers have come.
    pub(super) fn numbering(&self) -> Numbering {
        let invoices = self.before + self.invoices.len();
        Numbering { series: self.series.clone(), invoices }
    }

    /// Goes on from `numbering`; nothing has been issued here yet.
    pub(super) fn resume(&mut self, numbering: &Numbering) {
        self.series.clone_from(&numbering.series);
        self.before = numbering.invoices;
    }

    /// Takes documents in that were taken out elsewhere, in the order of issue.
    pub(super) fn take_in(
        &mut self,
        invoices: Vec<Invoice>,
        notes: Vec<CreditNote>,
        settlements: Vec<(usize, Settlement)>,
        numbering: &Numbering,
    ) {
        for invoice in invoices {
            self.keep(invoice);
        }
        self.credit_notes.extend(notes);
        for (place, settlement) in settlements {
            if let Some(of_it) = self.settlements.get_mut(place) {
                of_it.push(settlement);
            }
        }
        self.series.clone_from(&numbering.series);
    }

    /// Takes out everything but how far the numbers have come.
    pub(super) fn drain(&mut self) -> Drained {
        let mut settlements = std::mem::take(&mut self.elsewhere);
        let here = std::mem::take(&mut self.settlements);
        let places = here.into_iter().zip(self.before..);
        settlements.extend(places.flat_map(|(of_it, at)| of_it.into_iter().map(move |s| (at, s))));
        self.before += self.invoices.len();
        self.by_number.clear();
        Drained {
            leases: Vec::new(),
            invoices: std::mem::take(&mut self.invoices),
            credit_notes: std::mem::take(&mut self.credit_notes),
            entries: std::mem::take(&mut self.journal).into_entries(),
            settlements,
        }
    }

    fn keep(&mut self, invoice: Invoice) -> usize {
        let place = self.invoices.len();
        self.by_number.entry(invoice.number.clone()).or_default().push(place);
        self.invoices.push(invoice);
        self.settlements.push(Vec::new());
        place
    }

    /// The next number of the issuer's series with that prefix.
    fn next_number(&mut self, lease: &Lease, prefix: &str) -> (String, u64) {
        let key = (lease.owner.id.to_string(), prefix.to_owned());
        let last = self.series.entry(key).or_default();
        *last += 1;
        (format!("{prefix}{last:0>NUMBER_DIGITS$}"), *last)
    }

    /// The invoice of that number; of several issuers', that which was issued first.
    pub(crate) fn invoice(&self, number: &str) -> Option<&Invoice> {
        self.by_number.get(number)?.first().map(|place| &self.invoices[*place])
    }

    /// The invoice of that number of one lease; of several owners', that which was issued first.
    pub(crate) fn invoice_of(&self, lease: &LeaseId, number: &str) -> Option<&Invoice> {
        let places = self.by_number.get(number)?.iter();
        places.map(|place| &self.invoices[*place]).find(|invoice| invoice.lease == *lease)
    }

    /// What settled an invoice so far, in order.
    pub(crate) fn settled(&self, invoice: &Invoice) -> &[Settlement] {
        let places = self.by_number.get(&invoice.number).map_or(&[][..], Vec::as_slice);
        let same = |place: &&usize| {
            let other = &self.invoices[**place];
            other.lease == invoice.lease && other.terms.owner.id == invoice.terms.owner.id
        };
        let of_it = places.iter().find(same).and_then(|place| self.settlements.get(*place));
        of_it.map_or(&[], Vec::as_slice)
    }

    /// Issues an invoice; gives it and its place among all.
    pub(crate) fn issue(&mut self, draft: InvoiceDraft) -> (usize, Invoice) {
        let terms = draft.terms.clone();
        let (number, sequence) = self.next_number(&terms, &terms.invoicing.invoice_prefix);
        let invoice = Invoice { number, sequence, draft };
        (self.before + self.keep(invoice.clone()), invoice)
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

    /// Remembers what settled part of the invoice at `place`.
    pub(crate) fn settle(
        &mut self,
        place: usize,
        date: Date,
        amount: leasehold_types::Money,
        by: SettledBy,
    ) {
        let settlement = Settlement { date, amount, by };
        let here = place.checked_sub(self.before).and_then(|i| self.settlements.get_mut(i));
        match here {
            Some(of_it) => of_it.push(settlement),
            None => self.elsewhere.push((place, settlement)),
        }
    }
}
