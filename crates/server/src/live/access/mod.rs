//! Organisations, people, keys and sessions.
//!
//! No secret is ever here: of a password there is an argon2 hash, of a key and of a session the
//! SHA-256 of a token with 256 random bits, which nobody can guess back.

mod caller;
mod event;
mod right;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use leasehold_contract::lease::Side;
use leasehold_desk::Digest;
use leasehold_types::{Date, Instant, TenantId};
use serde::{Deserialize, Serialize};

use crate::id::{KeyId, UserId};

pub use caller::{Caller, Who};
pub use event::AccessEvent;
pub use right::{Right, Rights, Role};

/// Most organisations.
pub const ORGANISATIONS_MAX: usize = 10_000;
/// Most users over all organisations.
pub const USERS_MAX: usize = 100_000;
/// Most keys over all organisations that are neither expired nor revoked.
pub const KEYS_MAX: usize = 100_000;
/// Most sessions of one user; the oldest ends where one more begins.
pub const SESSIONS_MAX: usize = 20;
/// Longest login, in bytes.
pub const LOGIN_MAX_BYTES: usize = 254;
/// Longest name of a person, a key or an organisation, in bytes.
pub const NAME_MAX_BYTES: usize = 200;
/// Longest password hash, in bytes.
pub const PASSWORD_HASH_MAX_BYTES: usize = 512;
/// Most roles or scopes of one key.
pub const SCOPES_MAX: usize = 32;

/// A password as it is kept: an argon2 hash in the PHC format.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(pub Arc<str>);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// The owner, or a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its id: that of the party in its leases.
    pub id: TenantId,
    /// Its name.
    pub name: Arc<str>,
    /// Which side it is on.
    pub side: Side,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Which.
    pub id: UserId,
    /// Of which organisation.
    pub organisation: TenantId,
    /// What the person signs in with; the only one of its kind, in lower case.
    pub login: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// What it is.
    pub roles: Vec<Role>,
    /// Its password; without one it cannot sign in with a password.
    pub password: Option<PasswordHash>,
    /// When it was added.
    pub added: Instant,
    /// Whether it may not come in any more.
    pub disabled: bool,
}

/// An API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Which.
    pub id: KeyId,
    /// Of which organisation.
    pub organisation: TenantId,
    /// What it is for.
    pub name: Arc<str>,
    /// Its first characters, by which people know it.
    pub prefix: Arc<str>,
    /// The SHA-256 of it.
    pub hash: Digest,
    /// What it is.
    pub roles: Vec<Role>,
    /// To which rights of its roles it is narrowed; to none where empty.
    pub scopes: Vec<Right>,
    /// When it was added.
    pub added: Instant,
    /// From when on it does not count any more.
    pub expires: Option<Instant>,
    /// Since when it does not count any more.
    pub revoked: Option<Instant>,
    /// The last day on which it was used, as far as it was noted.
    pub used: Option<Date>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The SHA-256 of its token.
    pub hash: Digest,
    /// Whose.
    pub user: UserId,
    /// Since when.
    pub began: Instant,
    /// From when on it does not count any more.
    pub expires: Instant,
}

/// Organisations, people, keys and sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    organisations: BTreeMap<TenantId, Organisation>,
    users: BTreeMap<UserId, User>,
    keys: BTreeMap<KeyId, Key>,
    sessions: BTreeMap<Digest, Session>,
    #[serde(skip)]
    logins: BTreeMap<Arc<str>, UserId>,
    #[serde(skip)]
    hashes: BTreeMap<Digest, KeyId>,
}

impl Access {
    /// The owner alone.
    pub fn new(owner: &TenantId, name: &str) -> Self {
        let organisation = Organisation { id: owner.clone(), name: name.into(), side: Side::Owner };
        Access {
            organisations: BTreeMap::from([(owner.clone(), organisation)]),
            users: BTreeMap::new(),
            keys: BTreeMap::new(),
            sessions: BTreeMap::new(),
            logins: BTreeMap::new(),
            hashes: BTreeMap::new(),
        }
    }

    /// Derives the indexes anew, after a snapshot was read.
    #[must_use]
    pub(super) fn indexed(mut self) -> Self {
        let users = self.users.values();
        self.logins = users.map(|user| (user.login.clone(), user.id.clone())).collect();
        self.hashes = self.keys.values().map(|key| (key.hash, key.id.clone())).collect();
        self
    }

    /// The organisation of that id.
    pub fn organisation(&self, id: &TenantId) -> Option<&Organisation> {
        self.organisations.get(id)
    }

    /// Every organisation, by id.
    pub fn organisations(&self) -> impl Iterator<Item = &Organisation> {
        self.organisations.values()
    }

    /// The user of that id.
    pub fn user(&self, id: &UserId) -> Option<&User> {
        self.users.get(id)
    }

    /// The user with that login, whatever its case.
    pub fn user_by_login(&self, login: &str) -> Option<&User> {
        self.logins.get(login.to_lowercase().as_str()).and_then(|id| self.users.get(id))
    }

    /// Every user, by id.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// The key of that id.
    pub fn key(&self, id: &KeyId) -> Option<&Key> {
        self.keys.get(id)
    }

    /// The key with that hash.
    pub fn key_by_hash(&self, hash: &Digest) -> Option<&Key> {
        self.hashes.get(hash).and_then(|id| self.keys.get(id))
    }

    /// Every key, by id.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.values()
    }

    /// The session with that hash.
    pub fn session(&self, hash: &Digest) -> Option<&Session> {
        self.sessions.get(hash)
    }

    /// How many keys still count at `now`.
    pub(super) fn keys_in_use(&self, now: Instant) -> usize {
        self.keys.values().filter(|key| key.counts(now)).count()
    }
}

impl Key {
    /// Whether it counts at `now`.
    pub fn counts(&self, now: Instant) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| now < expires)
    }

    /// What it allows.
    pub fn rights(&self) -> Rights {
        let all = Rights::of_roles(&self.roles);
        if self.scopes.is_empty() { all } else { all.within(Rights::of(&self.scopes)) }
    }
}
