//! The books: from a lease and its history to invoices, postings and disclosures, exact to the
//! minor unit.
//!
//! The way through, in the order of the modules: an [`event`] says what happened; [`rating`] turns
//! a lease and what is known about it into lines, each with its working; [`invoice`] bills what is
//! owed to date less what was billed to date; [`ledger`] keeps balanced entries that are never
//! changed; [`recognise`] spreads revenue apart from billing; [`disclose`] reports at a date;
//! [`book`] drives all of it, lease by lease and day by day.
//!
//! Nothing here does IO, reads a clock or draws at random. Dates and fees come from the contract
//! crate; nothing here works one out again.

pub mod book;
mod dates;
pub mod disclose;
mod error;
pub mod event;
pub mod explain;
pub mod invoice;
pub mod ledger;
mod limits;
mod pairs;
pub mod rating;
pub mod recognise;

pub use book::{Books, Policy, run};
pub use error::{BooksError, Trouble};
pub use limits::AMOUNT_MINOR_MAX;
