//! What the books say, in the formats that finance departments and their programs read.
//!
//! Every format is a pure function from the books' values to bytes: nothing here computes an
//! amount or a date, reads a file or a clock. The same books give the same bytes.

pub mod csv;
pub mod focus;
pub mod hledger;
pub mod pdf;
pub mod ubl;
