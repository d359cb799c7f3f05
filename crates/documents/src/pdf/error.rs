//! Why a document cannot be printed.

/// A document that cannot be printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// No document has that number, or it cannot be explained.
    #[error(transparent)]
    Explain(#[from] leasehold_books::explain::ExplainError),
    /// The invoice of a credit note is not the one that was given with it.
    #[error(
        "credit note {note} credits invoice {named}, but invoice {given} was given with it; give \
         the invoice that it names"
    )]
    OtherInvoice {
        /// The credit note.
        note: String,
        /// The invoice that it names.
        named: String,
        /// The invoice that was given.
        given: String,
    },
    /// The explanation is that of another document.
    #[error(
        "{document} was given the explanation of {given}; explain the document that is printed"
    )]
    OtherExplanation {
        /// The document.
        document: String,
        /// The document that is explained.
        given: String,
    },
    /// A sum does not fit.
    #[error("{document}: {bad}; check its amounts")]
    Amount {
        /// The document.
        document: String,
        /// What does not fit.
        bad: leasehold_types::BadAmount,
    },
    /// A document of more lines than are printed.
    #[error(
        "{document} has {lines} lines; at most {most} are printed: use the structured invoice or \
         CSV for one that long"
    )]
    TooLong {
        /// The document.
        document: String,
        /// How many lines it has.
        lines: usize,
        /// How many are printed at most.
        most: usize,
    },
    /// There is nothing to state.
    #[error("no lease of these books has the tenant `{0}` in {1}; name a tenant and its currency")]
    NoTenant(String, String),
    /// A statement is from one owner.
    #[error(
        "the leases of the tenant `{0}` have several owners, `{1}` and `{2}` among them; keep \
         their books apart to state them"
    )]
    SeveralOwners(String, String, String),
    /// A typeface inside the binary cannot be read.
    #[error(
        "a typeface of this program cannot be read ({0}); the program is damaged: reinstall it"
    )]
    Typeface(String),
}
