//! Why the server says no. Every refusal names the input, the rule and the next step.

use leasehold_books::BooksError;
use leasehold_contract::EvalError;
use leasehold_types::{Instant, Overflow};

use super::{Right, StepKind};

/// Something with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// A lease.
    Lease,
    /// A recall.
    Recall,
    /// A job.
    Job,
    /// A node.
    Node,
    /// An invoice.
    Invoice,
    /// A credit note.
    CreditNote,
    /// A quote.
    Quote,
    /// A request for approval.
    Approval,
    /// An organisation.
    Organisation,
    /// A user.
    User,
    /// A key.
    Key,
    /// A session.
    Session,
}

impl Thing {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Thing::Lease => "lease",
            Thing::Recall => "recall",
            Thing::Job => "job",
            Thing::Node => "node",
            Thing::Invoice => "invoice",
            Thing::CreditNote => "credit note",
            Thing::Quote => "quote",
            Thing::Approval => "request for approval",
            Thing::Organisation => "organisation",
            Thing::User => "user",
            Thing::Key => "key",
            Thing::Session => "session",
        }
    }
}

/// What kind of no it is: what a client can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalClass {
    /// Sign in first.
    NotSignedIn,
    /// Signed in, and not allowed to.
    Forbidden,
    /// There is no such thing, or none that the caller may see: the two are not told apart.
    NotFound,
    /// The input breaks a rule, whatever the state.
    Invalid,
    /// The input is sound and does not fit the state.
    Conflict,
    /// Not now, for a reason that passes.
    NotNow,
}

/// Why an act was refused. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The clock went back.
    #[error("it cannot be {now}: entries up to {last} are on record; set the clock right")]
    ClockWentBack {
        /// What the clock says.
        now: Instant,
        /// The last entry's instant.
        last: Instant,
    },
    /// Something is due before the act.
    #[error("something is due since {due}; do what is due first")]
    DueFirst {
        /// Since when.
        due: Instant,
    },
    /// Nobody, or somebody who does not count any more.
    #[error("you are not signed in: give a key that is neither expired nor revoked, or sign in")]
    NotSignedIn,
    /// Not allowed.
    #[error(
        "this needs the right `{right}`; ask an administrator of your organisation for a role with it"
    )]
    Forbidden {
        /// What it takes.
        right: Right,
    },
    /// Not this side's.
    #[error("{what} is the {whose}'s to do")]
    NotTheirs {
        /// What.
        what: &'static str,
        /// Whose.
        whose: &'static str,
    },
    /// No such thing, as far as the caller may know.
    #[error("there is no {} `{id}`; correct the id", thing.word())]
    NotFound {
        /// What.
        thing: Thing,
        /// Its id.
        id: String,
    },
    /// The id is taken.
    #[error("there is a {} `{id}` already; choose another name", thing.word())]
    Exists {
        /// What.
        thing: Thing,
        /// Its id.
        id: String,
    },
    /// Too many.
    #[error("{most} {what} are on record, and that is the most; {instead}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many may be.
        most: usize,
        /// What to do.
        instead: &'static str,
    },
    /// An input breaks a rule.
    #[error("`{field}` {why}")]
    Invalid {
        /// Which.
        field: &'static str,
        /// Which rule, and what to do.
        why: String,
    },
    /// A quote or a request is past its time.
    #[error("the {} `{id}` held until {expired}; ask for a new quote", thing.word())]
    Expired {
        /// What.
        thing: Thing,
        /// Which.
        id: String,
        /// Since when it does not hold any more.
        expired: Instant,
    },
    /// A quote or a request that was settled.
    #[error("the {} `{id}` is {state}; ask for a new quote", thing.word())]
    Settled {
        /// What.
        thing: Thing,
        /// Which.
        id: String,
        /// What became of it.
        state: &'static str,
    },
    /// It costs more than the quote said.
    #[error("it would not be as the quote said any more ({how}); ask for a new quote")]
    CostChanged {
        /// How.
        how: String,
    },
    /// The two persons are one.
    #[error("a second person approves: you asked for this {0:?} yourself")]
    SamePerson(StepKind),
    /// An event of the books with a key that was used with other contents.
    #[error(
        "{key} was handed in before with other contents, and the first counts; give a new id, or correct the first"
    )]
    EventConflict {
        /// The key, in words.
        key: String,
    },
    /// The desk says no.
    #[error(transparent)]
    Desk(#[from] leasehold_desk::Refusal),
    /// The books say no.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The contract could not be evaluated.
    #[error(transparent)]
    Contract(#[from] EvalError),
    /// A number does not fit.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Refusal {
    /// There is no such thing, as far as the caller may know.
    pub fn not_found(thing: Thing, id: impl ToString) -> Self {
        Refusal::NotFound { thing, id: id.to_string().chars().take(80).collect() }
    }

    /// An input breaks a rule.
    pub fn invalid(field: &'static str, why: impl Into<String>) -> Self {
        Refusal::Invalid { field, why: why.into() }
    }

    /// What kind of no it is.
    pub fn class(&self) -> RefusalClass {
        match self {
            Refusal::ClockWentBack { .. } | Refusal::DueFirst { .. } => RefusalClass::NotNow,
            Refusal::NotSignedIn => RefusalClass::NotSignedIn,
            Refusal::Forbidden { .. } | Refusal::NotTheirs { .. } | Refusal::SamePerson(_) => {
                RefusalClass::Forbidden
            }
            Refusal::NotFound { .. } => RefusalClass::NotFound,
            Refusal::Invalid { .. } | Refusal::Overflow(_) => RefusalClass::Invalid,
            Refusal::Desk(leasehold_desk::Refusal::NotTheirs { .. }) => RefusalClass::Forbidden,
            Refusal::Desk(
                leasehold_desk::Refusal::ClockWentBack { .. }
                | leasehold_desk::Refusal::DueFirst { .. },
            ) => RefusalClass::NotNow,
            Refusal::Desk(
                leasehold_desk::Refusal::TextTooLong { .. }
                | leasehold_desk::Refusal::TextMissing { .. },
            ) => RefusalClass::Invalid,
            _ => RefusalClass::Conflict,
        }
    }

    /// One word for it, by which programs tell refusals apart.
    pub const fn code(&self) -> &'static str {
        match self {
            Refusal::ClockWentBack { .. } => "clock_went_back",
            Refusal::DueFirst { .. } => "due_first",
            Refusal::NotSignedIn => "not_signed_in",
            Refusal::Forbidden { .. } => "forbidden",
            Refusal::NotTheirs { .. } => "not_theirs",
            Refusal::NotFound { .. } => "not_found",
            Refusal::Exists { .. } => "exists",
            Refusal::TooMany { .. } => "too_many",
            Refusal::Invalid { .. } => "invalid",
            Refusal::Expired { .. } => "expired",
            Refusal::Settled { .. } => "settled",
            Refusal::CostChanged { .. } => "cost_changed",
            Refusal::SamePerson(_) => "same_person",
            Refusal::EventConflict { .. } => "event_conflict",
            Refusal::Desk(desk) => desk_code(desk),
            Refusal::Books(_) => "books",
            Refusal::Contract(_) => "contract",
            Refusal::Overflow(_) => "overflow",
        }
    }
}

const fn desk_code(refusal: &leasehold_desk::Refusal) -> &'static str {
    use leasehold_desk::Refusal as Desk;
    match refusal {
        Desk::ClockWentBack { .. } => "clock_went_back",
        Desk::DueFirst { .. } => "due_first",
        Desk::NotTheirs { .. } => "not_theirs",
        Desk::TextTooLong { .. } | Desk::TextMissing { .. } => "invalid",
        Desk::OutsideClause { .. } => "outside_clause",
        Desk::NotEvenForced { .. } => "outside_clause_for_good",
        Desk::Lease { .. } => "lease",
        Desk::Tranche { .. } => "tranche",
        Desk::Job { .. } => "job",
        Desk::Recall { .. } => "recall",
        Desk::Nodes { .. } => "nodes",
        Desk::Contract(_) => "contract",
        Desk::Overflow(_) => "overflow",
        _ => "refused",
    }
}
