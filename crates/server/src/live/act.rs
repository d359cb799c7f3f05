//! What may be asked of the server, and by whom.
//!
//! What costs either side money is not asked for directly: it is quoted, and the quote is
//! confirmed.

use std::sync::Arc;

use leasehold_books::event::Event as BooksEvent;
use leasehold_desk::{CommandKind, Digest};
use leasehold_types::{Date, Instant, TenantId};

use super::access::PasswordHash;
use super::{Policy, Right, Role, Step, Who};
use crate::id::{ApprovalId, KeyId, QuoteId, UserId};

/// Something asked, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Who asks.
    pub by: Who,
    /// What is asked.
    pub kind: ActKind,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActKind {
    /// Say what a step would cost both sides, and hold that.
    Quote {
        /// The quote.
        id: QuoteId,
        /// The step.
        step: Step,
    },
    /// Carry out the step of a quote; where that needs a second person, ask for approval.
    Confirm {
        /// The quote.
        quote: QuoteId,
        /// The request for approval, where one is needed.
        approval: ApprovalId,
    },
    /// Approve what somebody else asked for: it is carried out.
    Approve {
        /// The request.
        approval: ApprovalId,
    },
    /// Decline what somebody else asked for.
    Decline {
        /// The request.
        approval: ApprovalId,
        /// Why.
        reason: String,
    },
    /// Do something on the desk that costs nobody money by itself.
    Do(CommandKind),
    /// Record in the books what happened outside: payments, use, corrections. Events that are there
    /// already with the same contents count once.
    Record(Vec<BooksEvent>),
    /// Decide what needs a second person.
    SetPolicy(Policy),
    /// Add a tenant.
    AddOrganisation {
        /// Its id, as in its leases.
        id: TenantId,
        /// Its name.
        name: String,
    },
    /// Add a person.
    AddUser(NewUser),
    /// Change a person; what is absent stays.
    ChangeUser {
        /// Who.
        user: UserId,
        /// Its name.
        name: Option<String>,
        /// What it is.
        roles: Option<Vec<Role>>,
        /// Whether it may not come in any more.
        disabled: Option<bool>,
    },
    /// Give a person another password: oneself, or somebody of one's organisation.
    ChangePassword {
        /// Who.
        user: UserId,
        /// The hash of the new one.
        password: PasswordHash,
    },
    /// Add a key.
    AddKey(NewKey),
    /// Revoke a key.
    RevokeKey {
        /// Which.
        key: KeyId,
    },
    /// Note that a key was used.
    NoteKeyUse {
        /// Which.
        key: KeyId,
        /// On which day, in UTC.
        on: Date,
    },
    /// Begin a session of whoever asks; whoever passes this on has checked the password.
    BeginSession {
        /// The SHA-256 of its token.
        hash: Digest,
        /// From when on it does not count any more.
        expires: Instant,
    },
    /// End a session of whoever asks.
    EndSession {
        /// The SHA-256 of its token.
        hash: Digest,
    },
}

/// A person to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Which.
    pub id: UserId,
    /// Of which organisation.
    pub organisation: TenantId,
    /// What the person signs in with.
    pub login: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub roles: Vec<Role>,
    /// Its password.
    pub password: Option<PasswordHash>,
}

/// A key to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Which.
    pub id: KeyId,
    /// Of which organisation.
    pub organisation: TenantId,
    /// What it is for.
    pub name: String,
    /// Its first characters.
    pub prefix: Arc<str>,
    /// The SHA-256 of it.
    pub hash: Digest,
    /// What it is.
    pub roles: Vec<Role>,
    /// To which rights of its roles it is narrowed; to none where empty.
    pub scopes: Vec<Right>,
    /// From when on it does not count any more.
    pub expires: Option<Instant>,
}
