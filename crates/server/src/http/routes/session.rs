//! Signing in and out, and who one is.

use std::sync::Arc;

use argon2::{Argon2, PasswordVerifier, password_hash};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::http::app::{App, Incoming};
use crate::http::draws::Secret;
use crate::http::endpoint::{Endpoint, Method, Needs, Shown, read_body, silent, work};
use crate::http::problem::Problem;
use crate::http::sign_in::{COOKIE, SESSION_LASTS, Token, csrf_of, nobody};
use crate::http::views::SideWord;
use crate::live::{ActKind, Caller, Who};
use leasehold_desk::Digest;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::post("/v1/session", "session_begin", Needs::Nothing)
            .about("Sign in with a password: a session's cookie, and the CSRF token for writing")
            .takes::<SignIn>(&[
                r#"{"login":"ada@owner.example","password":"correct horse battery"}"#,
            ])
            .gives::<SessionView>(200)
            .special(|app, incoming| Box::pin(begin(app, incoming))),
        Endpoint::get("/v1/session", "session_show", Needs::SignedIn)
            .about("Who you are, and what you may do")
            .gives::<SessionView>(200)
            .special(|_, incoming| Box::pin(std::future::ready(show(&incoming)))),
        Endpoint::new(Method::Delete, "/v1/session", "session_end", Needs::SignedIn)
            .about("Sign out")
            .gives_nothing()
            .special(|app, incoming| Box::pin(end(app, incoming))),
    ]
}

/// A login and a password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    /// The login.
    login: String,
    /// The password.
    password: String,
}

/// Who somebody is, and what that allows.
#[derive(Serialize, JsonSchema)]
struct SessionView {
    /// The user, the key or the machine.
    who: String,
    /// The organisation's id.
    organisation: String,
    /// Its side.
    side: SideWord,
    /// What one is called on the record.
    name: String,
    /// The roles.
    roles: Vec<String>,
    /// The rights that follow from them.
    rights: Vec<String>,
    /// The CSRF token of the session, to be sent as `X-CSRF-Token` with what writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf: Option<String>,
}

fn view(caller: &Caller, session: Option<&str>) -> SessionView {
    SessionView {
        who: caller.who.to_string(),
        organisation: caller.organisation.to_string(),
        side: caller.side.into(),
        name: caller.name.to_string(),
        roles: caller.roles.iter().map(ToString::to_string).collect(),
        rights: caller.rights.iter().map(|right| right.to_string()).collect(),
        csrf: session.map(csrf_of),
    }
}

fn show(incoming: &Incoming) -> Result<Shown, Problem> {
    let caller = incoming.caller.as_ref().ok_or_else(nobody)?;
    let session = match Token::of(&incoming.headers) {
        Some(Token::Session(token, _)) => Some(token),
        _ => None,
    };
    Shown::json(&view(caller, session.as_deref()))
}

/// A hash that no password has, to take the same time for a login that nobody has.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

async fn begin(app: Arc<App>, incoming: Incoming) -> Result<Shown, Problem> {
    let SignIn { login, password } = read_body(&incoming.body)?;
    let refused = || Problem::not_signed_in("login and password do not belong together");
    app.sign_ins.take(&login.to_lowercase(), app.clock.now()).map_err(|seconds| {
        let detail = format!("too many attempts with this login; wait {seconds} s");
        Problem::too_many_requests(detail).retry_after(seconds)
    })?;
    let (user, hash) = app.running.read(|live| {
        let user = live.access().user_by_login(&login).filter(|user| !user.disabled);
        let hash = user.and_then(|user| user.password.clone());
        (user.map(|user| user.id.clone()), hash)
    });
    let hash = hash.map_or_else(|| NOBODYS.into(), |hash| hash.0);
    let is_right = verified(&app, hash, password).await?;
    let user = user.filter(|_| is_right).ok_or_else(refused)?;
    let secret = Secret::new("lhs", app.draws.as_ref()).map_err(Problem::fault)?;
    let expires = app.running.read(|live| app.now(live)).saturating_add(SESSION_LASTS);
    let act = ActKind::BeginSession { hash: secret.hash, expires };
    let who = Who::User(user);
    app.act(who.clone(), work(act, 200, |_, _| ()), None).await?;
    let caller =
        app.running.read(|live| live.access().caller(live.owner(), &who, app.now(live)))?;
    let mut shown = Shown::json(&view(&caller, Some(&secret.token)))?;
    let lasts = SESSION_LASTS.0;
    let cookie = format!(
        "{COOKIE}={}; Path=/; Max-Age={lasts}; Secure; HttpOnly; SameSite=Strict",
        secret.token
    );
    shown.headers.push(("set-cookie", cookie));
    Ok(shown)
}

async fn end(app: Arc<App>, incoming: Incoming) -> Result<Shown, Problem> {
    let caller = incoming.caller.as_ref().ok_or_else(nobody)?;
    let Some(Token::Session(token, _)) = Token::of(&incoming.headers) else {
        return Err(Problem::not_found("this request came with a key, not with a session"));
    };
    let act = ActKind::EndSession { hash: Digest::of(token.as_bytes()) };
    app.act(caller.who.clone(), silent(act), None).await?;
    let cookie = format!("{COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict");
    let headers = vec![("set-cookie", cookie)];
    Ok(Shown { status: 204, media: "application/json", body: Vec::new(), headers })
}

/// Whether the password has that hash. It takes a while and a core: elsewhere, a few at a time.
async fn verified(app: &App, hash: Arc<str>, password: String) -> Result<bool, Problem> {
    let _permit = app.hashing.acquire().await.map_err(|e| Problem::fault(e.to_string()))?;
    let verify = move || {
        password_hash::PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    };
    tokio::task::spawn_blocking(verify).await.map_err(|e| Problem::fault(e.to_string()))
}
