//! Double entry: balanced entries that are never changed, and what follows from them.
//!
//! Debits are positive, credits negative. Every entry belongs to one lease, has one date on which
//! it is booked and one to which it belongs, and names what caused it.

mod account;
mod entry;
mod journal;
mod statement;

pub use account::{Account, AccountClass, RevenueKind};
pub use entry::{Cause, Entry, EntryDraft, EntryId, Posting, Unbalanced};
pub use journal::{Balance, Journal, TrialBalance, TrialRow};
pub use statement::{AccountStatement, StatementRow};
