//! What moves between accounts, and why something did not.

use leasehold_types::Money;
use serde::{Deserialize, Serialize};

use crate::book::lease_book::LeaseBook;
use crate::ledger::{Account, Posting};
use crate::{BooksError, Trouble};

/// What a payment, an allocation or a refund moved, so that it can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MoneyMoved {
    /// The change of each account.
    pub(super) postings: Vec<Posting>,
    /// What was settled, by the place of the invoice.
    pub(super) settled: Vec<(usize, Money)>,
}

/// What is being moved: a debit of one account, and the credits that it becomes.
pub(super) struct Moved {
    zero: Money,
    pub(super) done: MoneyMoved,
}

impl Moved {
    pub(super) fn new(book: &LeaseBook, account: Account, amount: Money) -> Self {
        let postings = vec![Posting { account, amount }];
        Moved { zero: book.zero(), done: MoneyMoved { postings, settled: Vec::new() } }
    }

    pub(super) fn credit(&mut self, account: Account, amount: Money) -> Result<(), Trouble> {
        if !amount.is_zero() {
            let amount = self.zero.checked_sub(amount)?;
            self.done.postings.push(Posting { account, amount });
        }
        Ok(())
    }

    pub(super) fn settle(&mut self, place: usize, amount: Money) -> Result<(), Trouble> {
        if !amount.is_zero() {
            self.done.settled.push((place, amount));
        }
        self.credit(Account::Receivable, amount)
    }
}

/// Why something was not carried out.
pub(super) enum Failed {
    /// The event does not fit: a finding.
    Trouble(Trouble),
    /// The books cannot go on.
    Books(BooksError),
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Failed::Trouble(trouble)
    }
}

impl From<BooksError> for Failed {
    fn from(error: BooksError) -> Self {
        Failed::Books(error)
    }
}

impl From<leasehold_types::BadAmount> for Failed {
    fn from(bad: leasehold_types::BadAmount) -> Self {
        Failed::Trouble(bad.into())
    }
}

impl From<leasehold_types::Overflow> for Failed {
    fn from(overflow: leasehold_types::Overflow) -> Self {
        Failed::Trouble(overflow.into())
    }
}
