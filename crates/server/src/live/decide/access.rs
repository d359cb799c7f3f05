//! Organisations, people, keys and sessions.
//!
//! The owner's administrators manage every organisation, a tenant's manage their own. Nobody
//! changes its own roles or shuts itself out, so there is always somebody left who can.

use leasehold_contract::lease::Side;
use leasehold_desk::Digest;
use leasehold_types::{Instant, TenantId};

use super::{Asked, Decided};
use crate::id::{KeyId, UserId};
use crate::live::access::{
    AccessEvent, KEYS_MAX, Key, LOGIN_MAX_BYTES, NAME_MAX_BYTES, ORGANISATIONS_MAX, Organisation,
    PASSWORD_HASH_MAX_BYTES, PasswordHash, SCOPES_MAX, Session, USERS_MAX, User,
};
use crate::live::{ActKind, Body, NewKey, NewUser, Refusal, Right, Role, Thing, Who};

impl<'a> Asked<'a> {
    pub(super) fn access(self, kind: &ActKind) -> Decided {
        let event = match kind {
            ActKind::AddOrganisation { id, name } => self.add_organisation(id, name)?,
            ActKind::AddUser(user) => self.add_user(user)?,
            ActKind::ChangeUser { user, name, roles, disabled } => {
                self.change_user(user, name.as_deref(), roles.as_deref(), *disabled)?
            }
            ActKind::ChangePassword { user, password } => self.change_password(user, password)?,
            ActKind::AddKey(key) => self.add_key(key)?,
            ActKind::RevokeKey { key } => self.revoke_key(key)?,
            ActKind::NoteKeyUse { key, on } => match &self.caller.who {
                Who::Key(own) if own == key => {
                    // Several requests of one morning may say so at once; it is noted once.
                    if self.live.access.key(key).is_some_and(|key| key.used >= Some(*on)) {
                        return Ok(Vec::new());
                    }
                    AccessEvent::KeyUsed { key: key.clone(), on: *on }
                }
                _ => return Err(Refusal::not_found(Thing::Key, key)),
            },
            ActKind::BeginSession { hash, expires } => self.begin_session(*hash, *expires)?,
            ActKind::EndSession { hash } => self.end_session(*hash)?,
            _ => return Ok(Vec::new()),
        };
        Ok(vec![Body::Access(event)])
    }

    fn add_organisation(self, id: &TenantId, name: &str) -> Result<AccessEvent, Refusal> {
        self.caller.needs(Right::AccessWrite)?;
        self.owners("adding a tenant")?;
        check_name("name", name)?;
        if self.live.access.organisation(id).is_some() {
            return Err(Refusal::Exists { thing: Thing::Organisation, id: id.to_string() });
        }
        let most = ORGANISATIONS_MAX;
        within(self.live.access.organisations().count(), most, "organisations")?;
        let (id, name) = (id.clone(), name.into());
        Ok(AccessEvent::OrganisationAdded(Organisation { id, name, side: Side::Tenant }))
    }

    fn add_user(self, new: &NewUser) -> Result<AccessEvent, Refusal> {
        self.caller.needs(Right::AccessWrite)?;
        let organisation = self.organisation(&new.organisation)?;
        check_roles(organisation.side, &new.roles)?;
        check_name("name", &new.name)?;
        let login = check_login(&new.login)?;
        new.password.as_ref().map_or(Ok(()), check_password)?;
        if self.live.access.user_by_login(&login).is_some() {
            return Err(Refusal::Exists { thing: Thing::User, id: login });
        }
        if self.live.access.user(&new.id).is_some() {
            return Err(Refusal::Exists { thing: Thing::User, id: new.id.to_string() });
        }
        within(self.live.access.users().count(), USERS_MAX, "users")?;
        Ok(AccessEvent::UserAdded(User {
            id: new.id.clone(),
            organisation: new.organisation.clone(),
            login: login.into(),
            name: new.name.as_str().into(),
            roles: tidy(&new.roles),
            password: new.password.clone(),
            added: self.now,
            disabled: false,
        }))
    }

    fn change_user(
        self,
        id: &UserId,
        name: Option<&str>,
        roles: Option<&[Role]>,
        disabled: Option<bool>,
    ) -> Result<AccessEvent, Refusal> {
        self.caller.needs(Right::AccessWrite)?;
        let user = self.user(id)?;
        let organisation = self.organisation(&user.organisation)?;
        if self.is(id) && (roles.is_some() || disabled.is_some()) {
            let why = "is you: another administrator changes your roles or shuts you out";
            return Err(Refusal::invalid("user", why));
        }
        name.map_or(Ok(()), |name| check_name("name", name))?;
        roles.map_or(Ok(()), |roles| check_roles(organisation.side, roles))?;
        Ok(AccessEvent::UserChanged {
            user: id.clone(),
            name: name.map_or_else(|| user.name.clone(), Into::into),
            roles: roles.map_or_else(|| user.roles.clone(), tidy),
            disabled: disabled.unwrap_or(user.disabled),
        })
    }

    fn change_password(self, id: &UserId, password: &PasswordHash) -> Result<AccessEvent, Refusal> {
        if !self.is(id) {
            self.caller.needs(Right::AccessWrite)?;
        }
        self.user(id)?;
        check_password(password)?;
        Ok(AccessEvent::PasswordChanged { user: id.clone(), password: password.clone() })
    }

    fn add_key(self, new: &NewKey) -> Result<AccessEvent, Refusal> {
        self.caller.needs(Right::AccessWrite)?;
        let organisation = self.organisation(&new.organisation)?;
        check_roles(organisation.side, &new.roles)?;
        check_name("name", &new.name)?;
        if new.scopes.len() > SCOPES_MAX {
            let why = format!("has {} entries; give at most {SCOPES_MAX}", new.scopes.len());
            return Err(Refusal::invalid("scopes", why));
        }
        if new.expires.is_some_and(|expires| expires <= self.now) {
            return Err(Refusal::invalid("expires", "is past; give a later instant"));
        }
        let known = self.live.access.key(&new.id).is_some()
            || self.live.access.key_by_hash(&new.hash).is_some();
        if known {
            return Err(Refusal::Exists { thing: Thing::Key, id: new.id.to_string() });
        }
        within(self.live.access.keys_in_use(self.now), KEYS_MAX, "keys in use")?;
        Ok(AccessEvent::KeyAdded(Key {
            id: new.id.clone(),
            organisation: new.organisation.clone(),
            name: new.name.as_str().into(),
            prefix: new.prefix.clone(),
            hash: new.hash,
            roles: tidy(&new.roles),
            scopes: tidy(&new.scopes),
            added: self.now,
            expires: new.expires,
            revoked: None,
            used: None,
        }))
    }

    fn revoke_key(self, id: &KeyId) -> Result<AccessEvent, Refusal> {
        self.caller.needs(Right::AccessWrite)?;
        let key = self.live.access.key(id).filter(|key| self.caller.sees(&key.organisation));
        let key = key.ok_or_else(|| Refusal::not_found(Thing::Key, id))?;
        if key.revoked.is_some() {
            let (thing, id) = (Thing::Key, id.to_string());
            return Err(Refusal::Settled { thing, id, state: "revoked already" });
        }
        Ok(AccessEvent::KeyRevoked { key: id.clone() })
    }

    fn begin_session(self, hash: Digest, expires: Instant) -> Result<AccessEvent, Refusal> {
        let Who::User(user) = &self.caller.who else {
            return Err(Refusal::NotTheirs { what: "a session", whose: "user" });
        };
        if expires <= self.now {
            return Err(Refusal::invalid("expires", "is past; give a later instant"));
        }
        let (user, began) = (user.clone(), self.now);
        Ok(AccessEvent::SessionBegan(Session { hash, user, began, expires }))
    }

    fn end_session(self, hash: Digest) -> Result<AccessEvent, Refusal> {
        let session = self.live.access.session(&hash);
        match session.filter(|session| self.is(&session.user)) {
            Some(_) => Ok(AccessEvent::SessionEnded { session: hash }),
            None => Err(Refusal::not_found(Thing::Session, "this session")),
        }
    }

    /// An organisation that the caller may manage.
    fn organisation(self, id: &TenantId) -> Result<&'a Organisation, Refusal> {
        let found = self.live.access.organisation(id).filter(|_| self.caller.sees(id));
        found.ok_or_else(|| Refusal::not_found(Thing::Organisation, id))
    }

    fn user(self, id: &UserId) -> Result<&'a User, Refusal> {
        let user = self.live.access.user(id).filter(|user| self.caller.sees(&user.organisation));
        user.ok_or_else(|| Refusal::not_found(Thing::User, id))
    }

    fn is(self, id: &UserId) -> bool {
        matches!(&self.caller.who, Who::User(own) if own == id)
    }
}

fn check_roles(side: Side, roles: &[Role]) -> Result<(), Refusal> {
    if roles.is_empty() {
        return Err(Refusal::invalid("roles", "is empty; give at least one"));
    }
    match roles.iter().find(|role| role.side() != side) {
        Some(role) => {
            let why =
                format!("has `{role}`, which is no role of a {side}; give roles of that side");
            Err(Refusal::invalid("roles", why))
        }
        None => Ok(()),
    }
}

fn check_name(field: &'static str, name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() || name.len() > NAME_MAX_BYTES || name.chars().any(char::is_control) {
        let why = format!("is no name: write 1 to {NAME_MAX_BYTES} bytes in one line");
        return Err(Refusal::invalid(field, why));
    }
    Ok(())
}

/// A login in the case in which it is kept.
fn check_login(login: &str) -> Result<String, Refusal> {
    let login = login.to_lowercase();
    let bad = |c: char| c.is_whitespace() || c.is_control();
    if login.is_empty() || login.len() > LOGIN_MAX_BYTES || login.chars().any(bad) {
        let why = format!("is no login: write 1 to {LOGIN_MAX_BYTES} bytes without spaces");
        return Err(Refusal::invalid("login", why));
    }
    Ok(login)
}

fn check_password(password: &PasswordHash) -> Result<(), Refusal> {
    if password.0.starts_with("$argon2id$") && password.0.len() <= PASSWORD_HASH_MAX_BYTES {
        return Ok(());
    }
    Err(Refusal::invalid("password", "is not hashed with argon2id; hash it first"))
}

fn within(count: usize, most: usize, what: &'static str) -> Result<(), Refusal> {
    let instead = "remove some, or begin another desk";
    if count < most { Ok(()) } else { Err(Refusal::TooMany { what, most, instead }) }
}

/// In order, each once.
fn tidy<T: Copy + Ord>(list: &[T]) -> Vec<T> {
    let mut list = list.to_vec();
    list.sort_unstable();
    list.dedup();
    list
}
