//! The journal and the balances that follow from it.

use std::collections::BTreeMap;

use leasehold_types::{BadAmount, Currency, Date, LeaseId, Money};
use serde::{Deserialize, Serialize};

use super::{Account, Entry, EntryDraft, EntryId, Unbalanced};

/// Every entry, in the order of posting.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Journal {
    entries: Vec<Entry>,
}

/// What an account holds of one currency.
pub type Balance = BTreeMap<(Account, Currency), Money>;

/// Every account's balance at the close of a day. Debits and credits are equal per currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialBalance {
    /// The day at whose close it stands.
    pub at: Date,
    /// By account, then currency; accounts that hold nothing but were used stand there with zero.
    pub rows: Vec<TrialRow>,
    /// The sum of the debits for each currency, which is that of the credits.
    pub totals: Vec<Money>,
}

/// One account of a trial balance. Exactly one of the two sides is above zero, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialRow {
    /// Which account.
    pub account: Account,
    /// Its balance, where it is a debit.
    pub debit: Money,
    /// Its balance, where it is a credit; not below zero.
    pub credit: Money,
}

impl Journal {
    /// Posts `draft` as the next entry. An entry without postings is not posted.
    ///
    /// # Errors
    /// [`Unbalanced`] where its postings do not sum to zero.
    pub fn post(&mut self, draft: EntryDraft) -> Result<Option<EntryId>, Unbalanced> {
        let next = EntryId(u64::try_from(self.entries.len()).unwrap_or(u64::MAX).saturating_add(1));
        let entry = Entry::post(next, draft)?;
        if entry.postings().is_empty() {
            return Ok(None);
        }
        self.entries.push(entry);
        Ok(Some(next))
    }

    /// Every entry, in the order of posting.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Every entry, taken out.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// What each account holds at the close of `at`, over the entries that `which` picks.
    ///
    /// # Errors
    /// [`BadAmount`] where a sum does not fit.
    pub fn balances(&self, at: Date, which: impl Fn(&Entry) -> bool) -> Result<Balance, BadAmount> {
        let mut balances = Balance::new();
        for entry in self.entries.iter().filter(|e| e.date() <= at && which(e)) {
            for posting in entry.postings() {
                let key = (posting.account, posting.amount.currency());
                let held = balances.entry(key).or_insert(Money::zero(key.1));
                *held = held.checked_add(posting.amount)?;
            }
        }
        Ok(balances)
    }

    /// What `account` of `lease` holds of `currency` at the close of `at`; debits are positive.
    ///
    /// # Errors
    /// [`BadAmount`] where a sum does not fit.
    pub fn balance(
        &self,
        lease: &LeaseId,
        account: Account,
        currency: Currency,
        at: Date,
    ) -> Result<Money, BadAmount> {
        let balances = self.balances(at, |entry| entry.lease() == lease)?;
        Ok(balances.get(&(account, currency)).copied().unwrap_or(Money::zero(currency)))
    }

    /// Every account's balance at the close of `at`.
    ///
    /// # Errors
    /// [`BadAmount`] where a sum does not fit.
    pub fn trial_balance(&self, at: Date) -> Result<TrialBalance, BadAmount> {
        let mut totals: Vec<Money> = Vec::new();
        let mut rows = Vec::new();
        for ((account, currency), held) in self.balances(at, |_| true)? {
            let zero = Money::zero(currency);
            let (debit, credit) =
                if held.is_negative() { (zero, zero.checked_sub(held)?) } else { (held, zero) };
            match totals.iter_mut().find(|total| total.currency() == currency) {
                Some(total) => *total = total.checked_add(debit)?,
                None => totals.push(debit),
            }
            rows.push(TrialRow { account, debit, credit });
        }
        Ok(TrialBalance { at, rows, totals })
    }
}
