//! Entries: postings that sum to zero, and what caused them.

use leasehold_types::{BadAmount, Currency, Date, LeaseId, Money, TenantId};
use serde::{Deserialize, Serialize};

use crate::event::EventKey;

use super::Account;

/// An entry, numbered from 1 in the order in which entries were posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub u64);

/// An amount on an account; a debit is positive, a credit negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Where.
    pub account: Account,
    /// How much.
    pub amount: Money,
}

/// What caused an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// An event of another system.
    Event(EventKey),
    /// An invoice was issued.
    Invoice(String),
    /// A credit note was issued.
    CreditNote(String),
    /// Money that was there was put against an invoice as it was issued.
    Settlement(String),
    /// The month that ends on this day was closed.
    MonthClosed(Date),
}

/// An entry before it is posted. Anyone may make one; only a balanced one is ever posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryDraft {
    /// When it is booked.
    pub date: Date,
    /// To which day it belongs.
    pub effective: Date,
    /// Which lease.
    pub lease: LeaseId,
    /// Its tenant.
    pub tenant: TenantId,
    /// What caused it.
    pub cause: Cause,
    /// What it is, in words.
    pub memo: String,
    /// Its postings; those of nothing are left out.
    pub postings: Vec<Posting>,
}

/// A posted entry. It is balanced, and nothing can change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Entry {
    id: EntryId,
    draft: EntryDraft,
}

/// Postings that do not sum to zero in a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unbalanced {
    /// What is left over.
    #[error("the postings of {lease} on {date} leave {left}; every entry sums to zero")]
    Left {
        /// Which lease.
        lease: LeaseId,
        /// Which day.
        date: Date,
        /// What they sum to.
        left: Money,
    },
    /// A sum does not fit.
    #[error(transparent)]
    Amount(#[from] BadAmount),
}

impl EntryDraft {
    /// Checks that the postings sum to zero in each currency.
    ///
    /// # Errors
    /// [`Unbalanced`] where they do not.
    pub fn check(&self) -> Result<(), Unbalanced> {
        let mut sums: Vec<Money> = Vec::with_capacity(1);
        for posting in &self.postings {
            let currency: Currency = posting.amount.currency();
            match sums.iter_mut().find(|sum| sum.currency() == currency) {
                Some(sum) => *sum = sum.checked_add(posting.amount)?,
                None => sums.push(posting.amount),
            }
        }
        match sums.into_iter().find(|sum| !sum.is_zero()) {
            Some(left) => {
                Err(Unbalanced::Left { lease: self.lease.clone(), date: self.date, left })
            }
            None => Ok(()),
        }
    }
}

impl Entry {
    /// Posts `draft` under `id`.
    ///
    /// # Errors
    /// [`Unbalanced`] where the postings do not sum to zero.
    pub fn post(id: EntryId, mut draft: EntryDraft) -> Result<Self, Unbalanced> {
        draft.postings.retain(|posting| !posting.amount.is_zero());
        draft.check()?;
        Ok(Entry { id, draft })
    }

    /// Its number.
    pub const fn id(&self) -> EntryId {
        self.id
    }

    /// What it says, without its number.
    pub fn into_draft(self) -> EntryDraft {
        self.draft
    }

    /// When it was booked.
    pub const fn date(&self) -> Date {
        self.draft.date
    }

    /// To which day it belongs.
    pub const fn effective(&self) -> Date {
        self.draft.effective
    }

    /// Which lease.
    pub const fn lease(&self) -> &LeaseId {
        &self.draft.lease
    }

    /// Its tenant.
    pub const fn tenant(&self) -> &TenantId {
        &self.draft.tenant
    }

    /// What caused it.
    pub const fn cause(&self) -> &Cause {
        &self.draft.cause
    }

    /// What it is, in words.
    pub fn memo(&self) -> &str {
        &self.draft.memo
    }

    /// Its postings; they sum to zero.
    pub fn postings(&self) -> &[Posting] {
        &self.draft.postings
    }
}

#[derive(Serialize, Deserialize)]
struct Written {
    id: EntryId,
    date: Date,
    effective: Date,
    lease: LeaseId,
    tenant: TenantId,
    cause: Cause,
    memo: String,
    postings: Vec<Posting>,
}

impl From<Entry> for Written {
    fn from(entry: Entry) -> Written {
        let Entry { id, draft } = entry;
        let EntryDraft { date, effective, lease, tenant, cause, memo, postings } = draft;
        Written { id, date, effective, lease, tenant, cause, memo, postings }
    }
}

impl TryFrom<Written> for Entry {
    type Error = Unbalanced;
    fn try_from(written: Written) -> Result<Self, Unbalanced> {
        let Written { id, date, effective, lease, tenant, cause, memo, postings } = written;
        Entry::post(id, EntryDraft { date, effective, lease, tenant, cause, memo, postings })
    }
}
