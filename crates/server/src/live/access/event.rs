//! What happens to organisations, people, keys and sessions.

use std::sync::Arc;

use leasehold_desk::Digest;
use leasehold_types::{Date, Instant};
use serde::{Deserialize, Serialize};

use super::{Access, Key, Organisation, PasswordHash, Role, SESSIONS_MAX, Session, User};
use crate::id::{KeyId, UserId};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AccessEvent {
    /// An organisation was added.
    OrganisationAdded(Organisation),
    /// A person was added.
    UserAdded(User),
    /// A person is called otherwise, is something else, or may not come in any more.
    UserChanged {
        /// Who.
        user: UserId,
        /// Its name.
        name: Arc<str>,
        /// What it is.
        roles: Vec<Role>,
        /// Whether it may not come in any more.
        disabled: bool,
    },
    /// A person has another password. Its sessions ended.
    PasswordChanged {
        /// Who.
        user: UserId,
        /// The password.
        password: PasswordHash,
    },
    /// A key was added.
    KeyAdded(Key),
    /// A key was revoked.
    KeyRevoked {
        /// Which.
        key: KeyId,
    },
    /// A key was used; noted once a day.
    KeyUsed {
        /// Which.
        key: KeyId,
        /// On which day, in UTC.
        on: Date,
    },
    /// A person signed in.
    SessionBegan(Session),
    /// A person signed out.
    SessionEnded {
        /// The SHA-256 of the session's token.
        session: Digest,
    },
}

impl Access {
    /// Makes `event` part of the state.
    ///
    /// # Errors
    /// What does not fit, in words: `decide` could not have produced it.
    pub(in crate::live) fn apply(
        &mut self,
        event: &AccessEvent,
        at: Instant,
    ) -> Result<(), String> {
        match event {
            AccessEvent::OrganisationAdded(organisation) => {
                let id = organisation.id.clone();
                let known = self.organisations.insert(id, organisation.clone());
                fresh(known.is_none(), "organisation")
            }
            AccessEvent::UserAdded(user) => {
                let known = self.logins.insert(user.login.clone(), user.id.clone());
                fresh(known.is_none(), "login")?;
                fresh(self.users.insert(user.id.clone(), user.clone()).is_none(), "user")
            }
            AccessEvent::UserChanged { user, name, roles, disabled } => {
                let found = self.user_mut(user)?;
                (found.name, found.roles, found.disabled) =
                    (name.clone(), roles.clone(), *disabled);
                if *disabled {
                    self.end_sessions(user);
                }
                Ok(())
            }
            AccessEvent::PasswordChanged { user, password } => {
                self.user_mut(user)?.password = Some(password.clone());
                self.end_sessions(user);
                Ok(())
            }
            AccessEvent::KeyAdded(key) => {
                let known = self.hashes.insert(key.hash, key.id.clone());
                fresh(known.is_none(), "key with this hash")?;
                fresh(self.keys.insert(key.id.clone(), key.clone()).is_none(), "key")
            }
            AccessEvent::KeyRevoked { key } => {
                self.key_mut(key)?.revoked = Some(at);
                Ok(())
            }
            AccessEvent::KeyUsed { key, on } => {
                self.key_mut(key)?.used = Some(*on);
                Ok(())
            }
            AccessEvent::SessionBegan(session) => self.session_began(session, at),
            AccessEvent::SessionEnded { session } => {
                self.sessions.remove(session).map(|_| ()).ok_or_else(|| "no such session".into())
            }
        }
    }

    /// Sessions that are over are forgotten here, so that they cannot pile up.
    fn session_began(&mut self, session: &Session, at: Instant) -> Result<(), String> {
        self.sessions.retain(|_, known| at < known.expires);
        let of_user = self.sessions.values().filter(|known| known.user == session.user);
        let mut known: Vec<(Instant, Digest)> = of_user.map(|s| (s.began, s.hash)).collect();
        known.sort_unstable();
        let most = SESSIONS_MAX.saturating_sub(1);
        for (_, hash) in known.iter().take(known.len().saturating_sub(most)) {
            self.sessions.remove(hash);
        }
        fresh(self.sessions.insert(session.hash, session.clone()).is_none(), "session")
    }

    fn end_sessions(&mut self, user: &UserId) {
        self.sessions.retain(|_, session| session.user != *user);
    }

    fn user_mut(&mut self, id: &UserId) -> Result<&mut User, String> {
        self.users.get_mut(id).ok_or_else(|| format!("there is no user {id}"))
    }

    fn key_mut(&mut self, id: &KeyId) -> Result<&mut Key, String> {
        self.keys.get_mut(id).ok_or_else(|| format!("there is no key {id}"))
    }
}

fn fresh(is_new: bool, what: &str) -> Result<(), String> {
    if is_new { Ok(()) } else { Err(format!("there is such a {what} already")) }
}
