//! Why a table cannot be written: names the lease, the document and the column.

use std::io;

use leasehold_books::BooksError;
use leasehold_types::LeaseId;

/// A row that FOCUS's columns cannot hold, or that the books cannot work out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("lease `{lease}`, {document}, column {column}: {problem}")]
pub struct FocusError {
    /// Which lease.
    pub lease: LeaseId,
    /// Which invoice or credit note; what else it is about, where it is about none.
    pub document: String,
    /// Which column.
    pub column: &'static str,
    /// What is wrong, and what to do.
    pub problem: FocusProblem,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FocusProblem {
    /// A number has more digits than the column.
    #[error(
        "the number has more than 38 digits, or more decimals than the column; check the amounts \
         and rates of this line"
    )]
    TooLarge,
    /// The books cannot work it out.
    #[error("{0}")]
    Books(String),
    /// A document of a lease that is not in the books.
    #[error("the lease is not in these books; export from the books that issued the document")]
    UnknownLease,
}

/// A table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A row cannot be said.
    #[error(transparent)]
    Row(#[from] FocusError),
    /// What it was written to failed.
    #[error("the table could not be written: {0}; rows before this may have been written")]
    Output(#[from] io::Error),
}

impl FocusError {
    pub(super) fn new(
        lease: &LeaseId,
        document: impl Into<String>,
        column: &'static str,
        problem: FocusProblem,
    ) -> Self {
        FocusError { lease: lease.clone(), document: document.into(), column, problem }
    }

    pub(super) fn books(
        error: &BooksError,
        document: impl Into<String>,
        column: &'static str,
    ) -> Self {
        let problem = FocusProblem::Books(format!("{}: {}", error.line, error.trouble));
        FocusError::new(&error.lease, document, column, problem)
    }
}
