//! Organisations, users, keys and what needs a second person.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, SaltString};
use leasehold_types::{Date, Instant, TenantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use crate::http::app::{App, Incoming};
use crate::http::draws::{Secret, ten};
use crate::http::endpoint::{
    Asking, Endpoint, Look, Method, Needs, PAGE, Shown, made, read_body, silent, work,
};
use crate::http::page::{Page, page};
use crate::http::problem::Problem;
use crate::http::sign_in::nobody;
use crate::http::views::SideWord;
use crate::id::{KeyId, UserId};
use crate::live::access::{Key, Organisation, PasswordHash, User};
use crate::live::{ActKind, Caller, FourEyes, Live, NewKey, NewUser, Policy, Right, Role, Thing};
use crate::writer::Work;

/// Shortest password, in characters.
pub const PASSWORD_MIN_CHARS: usize = 12;
/// Longest password, in bytes.
pub const PASSWORD_MAX_BYTES: usize = 1_024;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let read = Needs::Right(Right::AccessRead);
    let write = Needs::Right(Right::AccessWrite);
    vec![
        Endpoint::get("/v1/organisations", "organisation_list", read)
            .about("The owner and its tenants; to a tenant, itself")
            .query(PAGE)
            .gives::<Page<OrganisationView>>(200)
            .read(organisations),
        Endpoint::get("/v1/organisations/{organisation}", "organisation_show", read)
            .about("An organisation")
            .gives::<OrganisationView>(200)
            .read(organisation),
        Endpoint::post("/v1/organisations", "organisation_add", write)
            .about("Add a tenant; signing a lease does so by itself")
            .takes::<NewOrganisation>(&[r#"{"id":"acme","name":"Acme Inc."}"#])
            .gives::<OrganisationView>(201)
            .write(add_organisation),
        Endpoint::get("/v1/users", "user_list", read)
            .about("Users: the owner sees all, a tenant its own")
            .query(PAGE)
            .gives::<Page<UserView>>(200)
            .read(users),
        Endpoint::get("/v1/users/{user}", "user_show", read)
            .about("A user")
            .gives::<UserView>(200)
            .read(user),
        Endpoint::post("/v1/users", "user_add", write)
            .about("Add a user; the password comes apart, by PUT …/password")
            .takes::<UserToAdd>(&[
                r#"{"organisation":"acme","login":"tom@acme.example","name":"Tom","roles":["tenant_viewer"]}"#,
            ])
            .gives::<UserView>(201)
            .write(add_user),
        Endpoint::new(Method::Patch, "/v1/users/{user}", "user_change", write)
            .about("Change a user's name or roles, or shut it out")
            .takes::<UserChange>(&[r#"{"name":"Thomas"}"#])
            .gives::<UserView>(200)
            .write(change_user),
        Endpoint::new(Method::Put, "/v1/users/{user}/password", "user_password", Needs::SignedIn)
            .about("Give a user another password; its sessions end")
            .takes::<NewPassword>(&[r#"{"password":"correct horse battery"}"#])
            .gives_nothing()
            .special(|app, incoming| Box::pin(change_password(app, incoming))),
        Endpoint::get("/v1/keys", "key_list", read)
            .about("API keys: the owner sees all, a tenant its own")
            .query(PAGE)
            .gives::<Page<KeyView>>(200)
            .read(keys),
        Endpoint::get("/v1/keys/{key}", "key_show", read)
            .about("An API key, without its secret")
            .gives::<KeyView>(200)
            .read(key),
        Endpoint::post("/v1/keys", "key_add", write)
            .about("Add an API key; its secret is shown this once")
            .takes::<KeyToAdd>(&[
                r#"{"organisation":"acme","name":"their billing","roles":["tenant_viewer"]}"#,
            ])
            .gives::<KeyMade>(201)
            .special(|app, incoming| Box::pin(add_key(app, incoming))),
        Endpoint::new(Method::Delete, "/v1/keys/{key}", "key_revoke", write)
            .about("Revoke an API key")
            .gives_nothing()
            .write(revoke_key),
        Endpoint::get("/v1/policy", "policy_show", read)
            .about("What needs a second person")
            .gives::<PolicyView>(200)
            .read(|look| {
                if look.caller.side == leasehold_contract::lease::Side::Tenant {
                    return Err(Problem::forbidden("the policy is the owner's"));
                }
                Shown::json(&PolicyView::from(look.live.policy()))
            }),
        Endpoint::new(Method::Put, "/v1/policy", "policy_set", Needs::Right(Right::PolicyWrite))
            .about("Decide what needs a second person")
            .takes::<PolicyView>(&[
                r#"{"recall_outside_terms":true,"signing":false,"voiding":true}"#,
            ])
            .gives::<PolicyView>(200)
            .write(set_policy),
    ]
}

/// An organisation.
#[derive(Serialize, JsonSchema)]
struct OrganisationView {
    /// Its id.
    #[schemars(with = "String")]
    id: TenantId,
    /// Its name.
    name: String,
    /// Its side.
    side: SideWord,
}

impl From<&Organisation> for OrganisationView {
    fn from(of: &Organisation) -> Self {
        OrganisationView { id: of.id.clone(), name: of.name.to_string(), side: of.side.into() }
    }
}

/// A user.
#[derive(Serialize, JsonSchema)]
struct UserView {
    /// Its id.
    #[schemars(with = "String")]
    id: UserId,
    /// Its organisation.
    #[schemars(with = "String")]
    organisation: TenantId,
    /// What it signs in with.
    login: String,
    /// Its name.
    name: String,
    /// Its roles.
    roles: Vec<String>,
    /// Whether it has a password.
    has_password: bool,
    /// When it was added.
    #[schemars(with = "String")]
    added: Instant,
    /// Whether it is shut out.
    disabled: bool,
}

impl From<&User> for UserView {
    fn from(of: &User) -> Self {
        UserView {
            id: of.id.clone(),
            organisation: of.organisation.clone(),
            login: of.login.to_string(),
            name: of.name.to_string(),
            roles: of.roles.iter().map(ToString::to_string).collect(),
            has_password: of.password.is_some(),
            added: of.added,
            disabled: of.disabled,
        }
    }
}

/// An API key, without its secret.
#[derive(Serialize, JsonSchema)]
struct KeyView {
    /// Its id.
    #[schemars(with = "String")]
    id: KeyId,
    /// Its organisation.
    #[schemars(with = "String")]
    organisation: TenantId,
    /// What it is for.
    name: String,
    /// Its first characters.
    prefix: String,
    /// Its roles.
    roles: Vec<String>,
    /// To which rights it is narrowed; to none where empty.
    scopes: Vec<String>,
    /// When it was added.
    #[schemars(with = "String")]
    added: Instant,
    /// From when on it does not count any more.
    #[schemars(with = "Option<String>")]
    expires: Option<Instant>,
    /// Since when it is revoked.
    #[schemars(with = "Option<String>")]
    revoked: Option<Instant>,
    /// The last day, in UTC, on which it was used.
    #[schemars(with = "Option<String>")]
    last_used: Option<Date>,
}

impl From<&Key> for KeyView {
    fn from(of: &Key) -> Self {
        KeyView {
            id: of.id.clone(),
            organisation: of.organisation.clone(),
            name: of.name.to_string(),
            prefix: of.prefix.to_string(),
            roles: of.roles.iter().map(ToString::to_string).collect(),
            scopes: of.scopes.iter().map(ToString::to_string).collect(),
            added: of.added,
            expires: of.expires,
            revoked: of.revoked,
            last_used: of.used,
        }
    }
}

/// A key that was made, with its secret.
#[derive(Serialize, JsonSchema)]
struct KeyMade {
    /// The key.
    key: KeyView,
    /// The secret, shown this once: keep it.
    secret: String,
}

/// A tenant to be added.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewOrganisation {
    /// Its id, as in its leases.
    #[schemars(with = "String")]
    id: TenantId,
    /// Its name.
    name: String,
}

/// A user to be added.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UserToAdd {
    /// Its organisation.
    #[schemars(with = "String")]
    organisation: TenantId,
    /// What it signs in with.
    login: String,
    /// Its name.
    name: String,
    /// Its roles.
    #[schemars(with = "Vec<String>")]
    roles: Vec<Role>,
}

/// What changes of a user; what is absent stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UserChange {
    /// Its name.
    #[serde(default)]
    name: Option<String>,
    /// Its roles.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    roles: Option<Vec<Role>>,
    /// Whether it is shut out.
    #[serde(default)]
    disabled: Option<bool>,
}

/// A password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The password: 12 characters at least.
    password: String,
}

/// A key to be added.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct KeyToAdd {
    /// Its organisation.
    #[schemars(with = "String")]
    organisation: TenantId,
    /// What it is for.
    name: String,
    /// Its roles.
    #[schemars(with = "Vec<String>")]
    roles: Vec<Role>,
    /// To which rights of its roles it is narrowed; to none where empty.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    scopes: Vec<Right>,
    /// From when on it does not count any more; never where absent.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    expires: Option<Instant>,
}

/// What needs a second person.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PolicyView {
    /// Recalls, and extensions of recalls, outside the clause.
    recall_outside_terms: bool,
    /// Signing and amending.
    signing: bool,
    /// Voiding an invoice.
    voiding: bool,
}

impl From<&Policy> for PolicyView {
    fn from(policy: &Policy) -> Self {
        let FourEyes { recall_outside_terms, signing, voiding } = policy.four_eyes;
        PolicyView { recall_outside_terms, signing, voiding }
    }
}

fn organisations(look: &Look<'_>) -> Result<Shown, Problem> {
    let seen = look.live.access().organisations().filter(|of| look.caller.sees(&of.id));
    page(look.query, seen.map(|of| (of.id.to_string(), OrganisationView::from(of))))
}

fn organisation(look: &Look<'_>) -> Result<Shown, Problem> {
    let text = look.path.get("organisation").unwrap_or_default();
    let found = TenantId::new(text).ok().and_then(|id| look.live.access().organisation(&id));
    match found.filter(|of| look.caller.sees(&of.id)) {
        Some(of) => Shown::json(&OrganisationView::from(of)),
        None => Err(missing(Thing::Organisation, text)),
    }
}

fn add_organisation(asking: &Asking<'_>) -> Result<Work, Problem> {
    let NewOrganisation { id, name } = asking.body()?;
    let (location, view) = (format!("/v1/organisations/{id}"), id.clone());
    Ok(made(ActKind::AddOrganisation { id, name }, location, move |live, _| {
        live.access().organisation(&view).map(OrganisationView::from)
    }))
}

fn users(look: &Look<'_>) -> Result<Shown, Problem> {
    let seen = look.live.access().users().filter(|of| look.caller.sees(&of.organisation));
    page(look.query, seen.map(|of| (of.id.to_string(), UserView::from(of))))
}

fn user_id(text: Option<&str>) -> Result<UserId, Problem> {
    let text = text.unwrap_or_default();
    UserId::new(text).map_err(|_| missing(Thing::User, text))
}

fn user(look: &Look<'_>) -> Result<Shown, Problem> {
    let id = user_id(look.path.get("user"))?;
    let found = look.live.access().user(&id).filter(|of| look.caller.sees(&of.organisation));
    match found {
        Some(of) => Shown::json(&UserView::from(of)),
        None => Err(missing(Thing::User, id)),
    }
}

fn shown_user(live: &Live, id: &UserId) -> Option<UserView> {
    live.access().user(id).map(UserView::from)
}

fn add_user(asking: &Asking<'_>) -> Result<Work, Problem> {
    let UserToAdd { organisation, login, name, roles } = asking.body()?;
    let id = UserId::made(asking.now, asking.ten()?);
    let (location, view) = (format!("/v1/users/{id}"), id.clone());
    let new = NewUser { id, organisation, login, name, roles, password: None };
    Ok(made(ActKind::AddUser(new), location, move |live, _| shown_user(live, &view)))
}

fn change_user(asking: &Asking<'_>) -> Result<Work, Problem> {
    let UserChange { name, roles, disabled } = asking.body()?;
    let user = user_id(asking.path.get("user"))?;
    let view = user.clone();
    let act = ActKind::ChangeUser { user, name, roles, disabled };
    Ok(work(act, 200, move |live, _| shown_user(live, &view)))
}

/// Whose password somebody may change is looked at before the hash is worked out, so that nobody
/// makes the server work for nothing.
async fn change_password(app: Arc<App>, incoming: Incoming) -> Result<Shown, Problem> {
    let caller = incoming.caller.clone().ok_or_else(nobody)?;
    let user = user_id(incoming.path.get("user"))?;
    app.running.read(|live| may_change(live, &caller, &user))?;
    let NewPassword { password } = read_body(&incoming.body)?;
    let chars = password.chars().count();
    if chars < PASSWORD_MIN_CHARS || password.len() > PASSWORD_MAX_BYTES {
        return Err(Problem::invalid(format!(
            "`password` has {chars} characters; give at least {PASSWORD_MIN_CHARS} characters and \
             at most {PASSWORD_MAX_BYTES} bytes"
        )));
    }
    let password = hashed(&app, password).await?;
    app.act(caller.who, silent(ActKind::ChangePassword { user, password }), None).await?;
    Ok(Shown { status: 204, media: "application/json", body: Vec::new(), headers: Vec::new() })
}

fn may_change(live: &Live, caller: &Caller, user: &UserId) -> Result<(), Problem> {
    let is_own = matches!(&caller.who, crate::live::Who::User(own) if own == user);
    if !is_own {
        caller.needs(Right::AccessWrite)?;
    }
    let found = live.access().user(user).filter(|of| caller.sees(&of.organisation));
    found.map(|_| ()).ok_or_else(|| missing(Thing::User, user))
}

async fn hashed(app: &App, password: String) -> Result<PasswordHash, Problem> {
    let _permit = app.hashing.acquire().await.map_err(|e| Problem::fault(e.to_string()))?;
    let mut salt = [0_u8; 16];
    app.draws.fill(&mut salt).map_err(Problem::fault)?;
    let hash = move || hash_password(&password, &salt);
    let hash =
        tokio::task::spawn_blocking(hash).await.map_err(|e| Problem::fault(e.to_string()))?;
    hash.map_err(Problem::fault)
}

/// The argon2id hash of a password.
///
/// # Errors
/// What the algorithm says, in words.
pub fn hash_password(password: &str, salt: &[u8; 16]) -> Result<PasswordHash, String> {
    let salt = SaltString::encode_b64(salt).map_err(|error| error.to_string())?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    Ok(PasswordHash(hash.map_err(|error| error.to_string())?.to_string().into()))
}

fn keys(look: &Look<'_>) -> Result<Shown, Problem> {
    let seen = look.live.access().keys().filter(|of| look.caller.sees(&of.organisation));
    page(look.query, seen.map(|of| (of.id.to_string(), KeyView::from(of))))
}

fn key_id(text: Option<&str>) -> Result<KeyId, Problem> {
    let text = text.unwrap_or_default();
    KeyId::new(text).map_err(|_| missing(Thing::Key, text))
}

fn key(look: &Look<'_>) -> Result<Shown, Problem> {
    let id = key_id(look.path.get("key"))?;
    let found = look.live.access().key(&id).filter(|of| look.caller.sees(&of.organisation));
    match found {
        Some(of) => Shown::json(&KeyView::from(of)),
        None => Err(missing(Thing::Key, id)),
    }
}

/// Without an idempotency key: the answer holds a secret, which is kept nowhere. A request whose
/// answer was lost leaves a key that nobody knows; revoke it.
async fn add_key(app: Arc<App>, incoming: Incoming) -> Result<Shown, Problem> {
    let caller = incoming.caller.clone().ok_or_else(nobody)?;
    let KeyToAdd { organisation, name, roles, scopes, expires } = read_body(&incoming.body)?;
    let secret = Secret::new("lhk", app.draws.as_ref()).map_err(Problem::fault)?;
    let random = ten(app.draws.as_ref()).map_err(Problem::fault)?;
    let id = KeyId::made(app.running.read(|live| app.now(live)), random);
    let (prefix, hash) = (secret.prefix.clone(), secret.hash);
    let new = NewKey { id: id.clone(), organisation, name, prefix, hash, roles, scopes, expires };
    app.act(caller.who, work(ActKind::AddKey(new), 201, |_, _| ()), None).await?;
    let view = app.running.read(|live| live.access().key(&id).map(KeyView::from));
    let key = view.ok_or_else(|| missing(Thing::Key, &id))?;
    let mut shown = Shown::json(&KeyMade { key, secret: secret.token })?;
    shown.status = 201;
    shown.headers.push(("location", format!("/v1/keys/{id}")));
    Ok(shown)
}

fn revoke_key(asking: &Asking<'_>) -> Result<Work, Problem> {
    Ok(silent(ActKind::RevokeKey { key: key_id(asking.path.get("key"))? }))
}

fn set_policy(asking: &Asking<'_>) -> Result<Work, Problem> {
    let PolicyView { recall_outside_terms, signing, voiding } = asking.body()?;
    let four_eyes = FourEyes { recall_outside_terms, signing, voiding };
    let act = ActKind::SetPolicy(Policy { four_eyes });
    Ok(work(act, 200, |live, _| PolicyView::from(live.policy())))
}
