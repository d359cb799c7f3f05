//! Accounts: numbered as they are opened, each of one currency, with what was posted to it.

use std::collections::BTreeMap;

use leasehold_types::Currency;

use crate::StoreError;
use crate::codec::{Bytes, Short, put_text};

use super::Leg;

/// Longest name of an account, in bytes.
pub const ACCOUNT_NAME_BYTES_MAX: usize = 255;

/// Most accounts of one ledger; each takes about 100 bytes of memory.
pub const ACCOUNTS_MAX: usize = 20_000_000;

/// An account, by its number within the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountNo(pub u32);

/// What was posted to an account, in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// The sum of its debits; not below zero.
    pub debits: i128,
    /// The sum of its credits; not below zero.
    pub credits: i128,
}

/// Every account of a ledger.
#[derive(Debug, Default)]
pub struct Accounts {
    numbers: BTreeMap<(Box<str>, Currency), AccountNo>,
    names: Vec<(Box<str>, Currency)>,
    balances: Vec<Balance>,
    written: usize,
}

/// A sum that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMuch;

impl Balance {
    /// Debits less credits.
    pub const fn net(self) -> i128 {
        self.debits - self.credits
    }
}

impl Accounts {
    /// The number of an account that is open.
    pub fn number(&self, name: &str, currency: Currency) -> Option<AccountNo> {
        self.numbers.get(&(name.into(), currency)).copied()
    }

    /// Its name and currency.
    pub fn name(&self, account: AccountNo) -> Option<(&str, Currency)> {
        let (name, currency) = self.names.get(index(account))?;
        Some((name, *currency))
    }

    /// What was posted to it.
    pub fn balance(&self, account: AccountNo) -> Option<Balance> {
        self.balances.get(index(account)).copied()
    }

    /// How many are open.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn currency(&self, account: AccountNo) -> Option<Currency> {
        self.names.get(index(account)).map(|(_, currency)| *currency)
    }

    pub(super) fn open(&mut self, name: &str, currency: Currency) -> Result<AccountNo, StoreError> {
        if let Some(known) = self.number(name, currency) {
            return Ok(known);
        }
        if name.len() > ACCOUNT_NAME_BYTES_MAX {
            return Err(StoreError::Limit {
                what: format!("an account's name of {} bytes", name.len()),
                limit: ACCOUNT_NAME_BYTES_MAX as u64,
                unit: "bytes",
                remedy: "name it shorter",
            });
        }
        if self.names.len() >= ACCOUNTS_MAX {
            return Err(StoreError::Limit {
                what: format!("account `{name}`"),
                limit: ACCOUNTS_MAX as u64,
                unit: "accounts",
                remedy: "begin a new directory of books",
            });
        }
        let number = AccountNo(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.push((name.into(), currency));
        self.balances.push(Balance::default());
        self.numbers.insert((name.into(), currency), number);
        Ok(number)
    }

    /// Adds the postings; none of them where a sum does not fit.
    pub(super) fn apply(&mut self, legs: &[Leg]) -> Result<(), TooMuch> {
        for (i, leg) in legs.iter().enumerate() {
            if self.add(*leg).is_none() {
                self.take_back(&legs[..i]);
                return Err(TooMuch);
            }
        }
        Ok(())
    }

    #[inline]
    fn add(&mut self, leg: Leg) -> Option<()> {
        let held = self.balances.get_mut(index(leg.account))?;
        if leg.minor >= 0 {
            held.debits = held.debits.checked_add(leg.minor)?;
        } else {
            held.credits = held.credits.checked_sub(leg.minor)?;
        }
        Some(())
    }

    /// Takes postings back that were added.
    pub(super) fn take_back(&mut self, legs: &[Leg]) {
        for leg in legs {
            let Some(held) = self.balances.get_mut(index(leg.account)) else { continue };
            if leg.minor >= 0 {
                held.debits -= leg.minor;
            } else {
                held.credits += leg.minor;
            }
        }
    }

    /// Writes the accounts that the log does not have.
    pub(super) fn write_new(&self, to: &mut Vec<u8>) {
        let new = &self.names[self.written..];
        to.extend_from_slice(&u32::try_from(new.len()).unwrap_or(u32::MAX).to_le_bytes());
        for (name, currency) in new {
            put_text(to, name);
            put_text(to, currency.code());
        }
    }

    /// The log has them all.
    pub(super) fn written(&mut self) {
        self.written = self.names.len();
    }

    /// Reads what [`Accounts::write_new`] wrote.
    pub(super) fn read_new(&mut self, read: &mut Bytes<'_>) -> Result<(), Short> {
        for _ in 0..read.u32()? {
            let name = read.text()?;
            let currency = read.text()?.parse().map_err(|_| Short)?;
            self.open(name, currency).map_err(|_| Short)?;
        }
        self.written();
        Ok(())
    }
}

fn index(account: AccountNo) -> usize {
    usize::try_from(account.0).unwrap_or(usize::MAX)
}
