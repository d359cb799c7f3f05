//! Who acts, and what that allows: the one place where rights are looked up.

use std::fmt;
use std::sync::Arc;

use leasehold_contract::lease::Side;
use leasehold_desk::{Actor, Digest};
use leasehold_types::{Instant, TenantId};
use serde::{Deserialize, Serialize};

use super::{Access, Right, Rights, Role};
use crate::id::{KeyId, UserId};
use crate::live::Refusal;

/// Who acts. It stands in every entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A person.
    User(UserId),
    /// An API key.
    Key(KeyId),
    /// Whoever has the machine and its database: the command line on the spot. Speaks for the
    /// owner, with every right.
    Machine(Arc<str>),
    /// The passing of time.
    Clock,
}

/// Who somebody is at an instant, and what that allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub who: Who,
    /// Of which organisation.
    pub organisation: TenantId,
    /// Of which side that is.
    pub side: Side,
    /// What it is called on the record.
    pub name: Arc<str>,
    /// What it is.
    pub roles: Vec<Role>,
    /// What it may do.
    pub rights: Rights,
}

impl Access {
    /// Who `who` is at `now`, and what that allows.
    ///
    /// # Errors
    /// [`Refusal::NotSignedIn`] where it is nobody, or does not count any more.
    pub fn caller(&self, owner: &TenantId, who: &Who, now: Instant) -> Result<Caller, Refusal> {
        let found = match who {
            Who::User(id) => self.user(id).filter(|user| !user.disabled).map(|user| {
                let rights = Rights::of_roles(&user.roles);
                (&user.organisation, user.login.clone(), user.roles.clone(), rights)
            }),
            Who::Key(id) => self
                .key(id)
                .filter(|key| key.counts(now))
                .map(|key| (&key.organisation, key.name.clone(), key.roles.clone(), key.rights())),
            Who::Machine(name) => Some((owner, name.clone(), Vec::new(), Rights::ALL)),
            Who::Clock => None,
        };
        let (organisation, name, roles, rights) = found.ok_or(Refusal::NotSignedIn)?;
        let side = self.organisation(organisation).ok_or(Refusal::NotSignedIn)?.side;
        let organisation = organisation.clone();
        Ok(Caller { who: who.clone(), organisation, side, name, roles, rights })
    }

    /// Whose token that is: an API key's, or a session's. Knowing the token is the proof.
    pub fn bearer(&self, token: &str, now: Instant) -> Option<Who> {
        let hash = Digest::of(token.as_bytes());
        if let Some(key) = self.key_by_hash(&hash).filter(|key| key.counts(now)) {
            return Some(Who::Key(key.id.clone()));
        }
        None
    }

    /// Whose session that is.
    pub fn session_of(&self, token: &str, now: Instant) -> Option<Who> {
        let session = self.session(&Digest::of(token.as_bytes()))?;
        (now < session.expires).then(|| Who::User(session.user.clone()))
    }
}

impl Caller {
    /// Passes where the caller has `right`.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] where it does not.
    pub const fn needs(&self, right: Right) -> Result<(), Refusal> {
        if self.rights.has(right) { Ok(()) } else { Err(Refusal::Forbidden { right }) }
    }

    /// Whether what belongs to `organisation` may be seen at all: the owner sees everything.
    pub fn sees(&self, organisation: &TenantId) -> bool {
        self.side == Side::Owner || self.organisation == *organisation
    }

    /// As the desk knows it.
    pub fn actor(&self) -> Actor {
        match self.side {
            Side::Tenant => Actor::Tenant(self.organisation.clone(), self.name.clone()),
            Side::Owner => match self.roles.as_slice() {
                [Role::Scheduler] => Actor::Scheduler,
                [Role::Engine] => Actor::Engine,
                [Role::Meter] => Actor::Gateway,
                [Role::Post] => Actor::Post,
                _ => Actor::Owner(self.name.clone()),
            },
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::User(id) => id.fmt(f),
            Who::Key(id) => id.fmt(f),
            Who::Machine(name) => write!(f, "machine:{name}"),
            Who::Clock => f.pad("clock"),
        }
    }
}

impl std::str::FromStr for Who {
    type Err = String;
    /// Reads what [`Who`] displays.
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "clock" {
            return Ok(Who::Clock);
        }
        if let Some(name) = text.strip_prefix("machine:") {
            return Ok(Who::Machine(name.into()));
        }
        let user = UserId::new(text).map(Who::User);
        user.or_else(|_| KeyId::new(text).map(Who::Key)).map_err(|_| {
            let text: String = text.chars().take(80).collect();
            format!("`{text}` is nobody: an actor is a user, a key, the machine or the clock")
        })
    }
}
