//! The books of a directory in memory, for whoever reads them.

use std::collections::BTreeMap;

use leasehold_books::Books;
use leasehold_books::book::{DayPlan, Drained};
use leasehold_books::ledger::{Account, Cause, Entry, EntryDraft, EntryId, Posting};
use leasehold_types::{Date, LeaseId, Money, TenantId};

use crate::StoreError;
use crate::close::{Record, give_use, read_state, unfold};
use crate::postings::{Accounts, Ledger, PostingEntry};
use crate::usage::LeaseNo;

use super::Directory;

/// Most leases whose books are read into memory at once.
pub const WHOLE_LEASES_MAX: usize = 100_000;

impl Directory {
    /// The books as they were closed last, in memory: every lease with its use, every document and
    /// entry. Entries are numbered in the order in which the ledger holds them.
    ///
    /// # Errors
    /// [`StoreError`] where something cannot be read, or there are more than `WHOLE_LEASES_MAX`
    /// leases.
    pub fn books(&mut self) -> Result<Books, StoreError> {
        if self.register.len() > WHOLE_LEASES_MAX {
            return Err(StoreError::Limit {
                what: format!("the books of {} leases in memory", self.register.len()),
                limit: WHOLE_LEASES_MAX as u64,
                unit: "leases",
                remedy: "read the files of the directory, as docs/books.md describes them",
            });
        }
        self.usage.settle()?;
        let mut parts = Drained::default();
        let mut signed: BTreeMap<LeaseNo, Vec<u8>> = BTreeMap::new();
        for lease in self.register.numbers() {
            let json = self.register.json(lease)?;
            parts.leases.push(self.lease_book(lease, &json)?);
            signed.insert(lease, json);
        }
        self.output.visit(&mut |record| take(record, &signed, &mut parts))?;
        self.entries(&mut parts.entries)?;
        Ok(Books::whole(self.policy.clone(), parts, self.output.numbering())?)
    }

    /// What a bill of one lease on `date` would hold as things stand, without issuing it. It reads
    /// that lease alone, and rates those of its periods that are open or were changed.
    ///
    /// # Errors
    /// [`StoreError`] where the lease is not here, cannot be read or cannot be computed.
    pub fn draft(&mut self, lease: &LeaseId, date: Date) -> Result<DayPlan, StoreError> {
        let number = self.register.number(lease).ok_or_else(|| {
            StoreError::Refused(format!("there is no lease `{lease}` in the directory"))
        })?;
        self.usage.settle()?;
        let signed = self.register.json(number)?;
        let book = self.lease_book(number, &signed)?;
        let books = Books::part(self.policy.clone(), vec![book], self.output.numbering())?;
        Ok(books.draft(lease, date)?)
    }

    fn lease_book(
        &self,
        lease: LeaseNo,
        signed: &[u8],
    ) -> Result<leasehold_books::book::LeaseBook, StoreError> {
        let mut book = read_state(&self.output, &self.policy, lease, signed)?;
        if let (Some(closed), true) = (self.closed(), book.closed().is_some()) {
            book.close_idle(closed);
        }
        for unread in self.events.unread(lease) {
            book.learn(self.events.read(unread)?);
        }
        let through = Date::MAX;
        for used in self.usage.read(&[lease])? {
            give_use(&mut book, &used, &self.register, lease, through)?;
        }
        Ok(book)
    }

    fn entries(&self, entries: &mut Vec<Entry>) -> Result<(), StoreError> {
        Ledger::visit(&self.path.join("postings"), &mut |accounts, entry| {
            let number = EntryId(entries.len() as u64 + 1);
            let draft =
                draft(accounts, entry).ok_or_else(|| unreadable("an entry of the ledger"))?;
            let posted = Entry::post(number, draft);
            entries.push(posted.map_err(|error| StoreError::Refused(error.to_string()))?);
            Ok(())
        })
    }
}

fn draft(accounts: &Accounts, entry: &PostingEntry<'_>) -> Option<EntryDraft> {
    let (tenant, cause, memo): (TenantId, Cause, String) =
        serde_json::from_slice(entry.note).ok()?;
    let mut lease: Option<LeaseId> = None;
    let mut postings = Vec::with_capacity(entry.legs.len());
    for leg in entry.legs {
        let (name, currency) = accounts.name(leg.account)?;
        let (owner, path) = name.rsplit_once('/')?;
        lease = Some(LeaseId::new(owner).ok()?);
        let account = Account::of_path(path)?;
        postings.push(Posting { account, amount: Money::new(leg.minor, currency) });
    }
    let (date, effective) = (entry.date, entry.effective);
    Some(EntryDraft { date, effective, lease: lease?, tenant, cause, memo, postings })
}

fn take(
    record: Record<'_>,
    signed: &BTreeMap<LeaseNo, Vec<u8>>,
    parts: &mut Drained,
) -> Result<(), StoreError> {
    let of = |lease: LeaseNo| signed.get(&lease).map_or(&[][..], Vec::as_slice);
    let bad = |_| unreadable("a document");
    match record {
        Record::State(..) => {}
        Record::Invoice(lease, body) => {
            let text = unfold(body, of(lease));
            parts.invoices.push(serde_json::from_slice(&text).map_err(bad)?);
        }
        Record::Note(lease, body) => {
            let text = unfold(body, of(lease));
            parts.credit_notes.push(serde_json::from_slice(&text).map_err(bad)?);
        }
        Record::Settled(place, body) => {
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            parts.settlements.push((place, serde_json::from_slice(body).map_err(bad)?));
        }
    }
    Ok(())
}

fn unreadable(what: &str) -> StoreError {
    StoreError::Refused(format!(
        "{what} cannot be read back; it was written by another release, or this is a fault of \
         leasehold: please report it"
    ))
}
