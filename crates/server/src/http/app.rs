//! The way of a request, whatever its route.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::RawPathParams;
use axum::http::{HeaderMap, Request, Response, header};
use axum::routing::{MethodFilter, on};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use leasehold_store::journal::{Digest, Journal};
use leasehold_types::Instant;
use tokio::sync::{Semaphore, oneshot};

use super::answer;
use super::draws::{Draws, ten};
use super::endpoint::{Asking, Endpoint, Look, Method, Needs, Params, Run, Shown};
use super::limits::{
    BODY_MAX_BYTES, BODY_WITHIN, HASHES_AT_ONCE, IDEMPOTENCY_KEY_MAX_BYTES, QUERY_MAX_BYTES,
    REQUEST_ID_MAX_BYTES, REQUESTS_BURST, REQUESTS_PER_SECOND, Rate, SIGN_IN_EVERY, SIGN_INS_BURST,
};
use super::problem::Problem;
use super::routes;
use super::sign_in::{Token, nobody};
use crate::live::{ActKind, Caller, Live, Who};
use crate::writer::{Ask, Done, Idempotency, Running, SharedClock, Work, WriteError};

/// For how long an act may wait for its answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// The header with the id of a request.
const REQUEST_ID: &str = "x-request-id";
/// The header with an idempotency key.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Everything that a route may need.
pub struct App {
    /// The writer, and the committed state.
    pub running: Arc<Running>,
    /// The journal, for reads of its entries.
    pub journal: Journal,
    /// The time.
    pub clock: SharedClock,
    /// Randomness.
    pub draws: Arc<dyn Draws>,
    /// How often each caller may ask.
    pub rate: Rate,
    /// How often each login may be tried.
    pub sign_ins: Rate,
    /// Password hashes that are worked out at once.
    pub hashing: Semaphore,
    /// Set once it takes no new requests.
    pub stopping: AtomicBool,
    /// The OpenAPI document.
    pub document: String,
}

impl App {
    /// What serves `running`.
    pub fn new(
        running: Arc<Running>,
        journal: Journal,
        clock: SharedClock,
        draws: Arc<dyn Draws>,
    ) -> Arc<Self> {
        Arc::new(App {
            running,
            journal,
            clock,
            draws,
            rate: Rate::per_second(REQUESTS_BURST, REQUESTS_PER_SECOND),
            sign_ins: Rate::every(SIGN_INS_BURST, SIGN_IN_EVERY),
            hashing: Semaphore::new(HASHES_AT_ONCE),
            stopping: AtomicBool::new(false),
            document: super::openapi::document(&routes::all()),
        })
    }

    /// The time as the state has it: never before the last entry.
    pub fn now(&self, live: &Live) -> Instant {
        self.clock.now().max(live.now())
    }

    /// Hands an act to the writer and waits for its answer.
    ///
    /// # Errors
    /// [`Problem`] where it is not on record.
    pub async fn act(
        &self,
        by: Who,
        work: Work,
        idempotency: Option<Idempotency>,
    ) -> Result<Done, Problem> {
        let (reply, answer) = oneshot::channel();
        self.running.ask(Ask { by, work, idempotency, reply })?;
        match tokio::time::timeout(ANSWER_WITHIN, answer).await {
            Ok(Ok(done)) => Ok(done?),
            Ok(Err(_)) => Err(WriteError::Unavailable.into()),
            Err(_) => Err(WriteError::Unknown.into()),
        }
    }
}

/// A request whose route is known.
pub struct Incoming {
    /// Its id.
    pub id: String,
    /// Parameters of the path.
    pub path: Params,
    /// Parameters of the query.
    pub query: Params,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
    /// Who calls, where the route needs somebody.
    pub caller: Option<Caller>,
}

/// The router over every route.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for endpoint in routes::all() {
        let (app, path, filter) = (app.clone(), endpoint.path, filter_of(endpoint.method));
        let endpoint = Arc::new(endpoint);
        let handler = move |params: RawPathParams, request: Request<Body>| {
            let (app, endpoint) = (app.clone(), endpoint.clone());
            async move { serve(app, endpoint, &params, request).await }
        };
        router = router.route(path, on(filter, handler));
    }
    let missing = |request: Request<Body>| async move {
        let path: String = request.uri().path().chars().take(80).collect();
        let detail = format!("there is no `{path}` here; GET /v1/docs lists every route");
        answer::problem(Problem::not_found(detail), "")
    };
    let method = |request: Request<Body>| async move {
        let detail =
            format!("{} is no method of this route; GET /v1/docs lists them", request.method());
        answer::problem(Problem::no_such_method(detail), "")
    };
    router.fallback(missing).method_not_allowed_fallback(method)
}

const fn filter_of(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

async fn serve(
    app: Arc<App>,
    endpoint: Arc<Endpoint>,
    params: &RawPathParams,
    request: Request<Body>,
) -> Response<Body> {
    let id = request_id(&app, request.headers());
    let is_read = endpoint.method == Method::Get;
    let if_none_match = text_of(request.headers(), header::IF_NONE_MATCH.as_str());
    let path = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut response = match answer_to(&app, &endpoint, Params(path), request, &id).await {
        Ok(Answer::Shown(shown)) => answer::shown(shown, is_read, if_none_match.as_deref()),
        Ok(Answer::Done(done)) => answer::done(done),
        Err(problem) => answer::problem(problem, &id),
    };
    answer::set(response.headers_mut(), header::HeaderName::from_static(REQUEST_ID), &id);
    response
}

enum Answer {
    Shown(Shown),
    Done(Done),
}

async fn answer_to(
    app: &Arc<App>,
    endpoint: &Endpoint,
    path: Params,
    request: Request<Body>,
    id: &str,
) -> Result<Answer, Problem> {
    if app.stopping.load(Ordering::Relaxed) && endpoint.needs != Needs::Nothing {
        return Err(Problem::not_now("the server stops; send it again later").retry_after(1));
    }
    let token = Token::of(request.headers());
    let caller = caller_of(app, endpoint, token.as_ref())?;
    let query = query_of(request.uri().query().unwrap_or_default())?;
    let (parts, body) = request.into_parts();
    let body = match endpoint.method {
        Method::Get => Vec::new(),
        _ => read_all(endpoint, &parts.headers, body).await?,
    };
    let headers = parts.headers;
    let incoming = Incoming { id: id.to_owned(), path, query, headers, body, caller };
    match (endpoint.run, &incoming.caller) {
        (Run::Read(run), Some(caller)) => read(app, run, caller, &incoming).map(Answer::Shown),
        (Run::Write(run), Some(caller)) => write(app, endpoint, run, caller, &incoming).await,
        (Run::Special(run), _) => run(app.clone(), incoming).await.map(Answer::Shown),
        (Run::Read(_) | Run::Write(_), None) => Err(nobody()),
    }
}

/// Who calls, within its rate, with the right that the route needs.
fn caller_of(
    app: &App,
    endpoint: &Endpoint,
    token: Option<&Token>,
) -> Result<Option<Caller>, Problem> {
    if endpoint.needs == Needs::Nothing {
        return Ok(None);
    }
    let token = token.ok_or_else(nobody)?;
    let now = app.clock.now();
    app.rate.take(&token.rate_key(), now).map_err(|seconds| {
        let detail = format!(
            "more than {REQUESTS_BURST} requests at once, or {REQUESTS_PER_SECOND} a second; wait {seconds} s"
        );
        Problem::too_many_requests(detail).retry_after(seconds)
    })?;
    let writes = endpoint.method != Method::Get;
    let caller = app.running.read(|live| token.caller(live, app.now(live), writes))?;
    note_key_use(app, &caller);
    if let Needs::Right(right) = endpoint.needs {
        caller.needs(right)?;
    }
    Ok(Some(caller))
}

/// Notes that a key was used, once a day. Nobody waits for it: where it cannot be written now, the
/// next request tries again.
fn note_key_use(app: &App, caller: &Caller) {
    let Who::Key(key) = &caller.who else { return };
    let today = app.running.read(|live| {
        let on = leasehold_types::Zone::named("UTC").ok()?.date_of(app.now(live));
        let used = live.access().key(key).and_then(|key| key.used);
        used.is_none_or(|used| used < on).then_some(on)
    });
    if let Some(on) = today {
        let (reply, _) = oneshot::channel();
        let work = super::endpoint::silent(ActKind::NoteKeyUse { key: key.clone(), on });
        let by = caller.who.clone();
        let _ = app.running.ask(Ask { by, work, idempotency: None, reply });
    }
}

fn read(
    app: &App,
    run: fn(&Look<'_>) -> Result<Shown, Problem>,
    caller: &Caller,
    incoming: &Incoming,
) -> Result<Shown, Problem> {
    let Incoming { path, query, .. } = incoming;
    app.running.read(|live| run(&Look { live, caller, now: app.now(live), path, query }))
}

async fn write(
    app: &App,
    endpoint: &Endpoint,
    run: fn(&Asking<'_>) -> Result<Work, Problem>,
    caller: &Caller,
    incoming: &Incoming,
) -> Result<Answer, Problem> {
    let idempotency = idempotency_of(endpoint, caller, incoming)?;
    let work = app.running.read(|live| {
        let Incoming { path, body, .. } = incoming;
        let draws = app.draws.as_ref();
        run(&Asking { live, caller, now: app.now(live), path, body, draws })
    })?;
    app.act(caller.who.clone(), work, Some(idempotency)).await.map(Answer::Done)
}

/// The key of a request that writes: without one it could be done twice.
fn idempotency_of(
    endpoint: &Endpoint,
    caller: &Caller,
    incoming: &Incoming,
) -> Result<Idempotency, Problem> {
    let key = text_of(&incoming.headers, IDEMPOTENCY_KEY).unwrap_or_default();
    let printable = key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_empty() || key.len() > IDEMPOTENCY_KEY_MAX_BYTES || !printable {
        return Err(Problem::new(
            400,
            "idempotency_key_missing",
            "An idempotency key is needed",
            format!(
                "a request that writes has the header `Idempotency-Key` with 1 to \
                 {IDEMPOTENCY_KEY_MAX_BYTES} printable characters, new for each request and the \
                 same where one is sent again"
            ),
        ));
    }
    let path: Vec<String> =
        incoming.path.0.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    let mut content = path.concat().into_bytes();
    content.extend_from_slice(&incoming.body);
    let scope = format!("{} {}", caller.who, endpoint.id);
    Ok(Idempotency { scope, key, digest: Digest::of(&content) })
}

/// The whole body, within its limits of size and time.
async fn read_all(
    endpoint: &Endpoint,
    headers: &HeaderMap,
    body: Body,
) -> Result<Vec<u8>, Problem> {
    let collected = tokio::time::timeout(BODY_WITHIN, Limited::new(body, BODY_MAX_BYTES).collect());
    let collected = match collected.await {
        Err(_) => {
            let within = BODY_WITHIN.as_secs();
            return Err(Problem::too_slow(format!("the body did not come within {within} s")));
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let detail =
                format!("the body is larger than {BODY_MAX_BYTES} bytes; send less at once");
            return Err(Problem::too_large(detail));
        }
        Ok(Err(_)) => return Err(Problem::malformed("the body broke off")),
        Ok(Ok(collected)) => collected.to_bytes().to_vec(),
    };
    let media = text_of(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let is_json = media
        .split(';')
        .next()
        .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"));
    if endpoint.body.is_some() && !is_json {
        let detail = "send JSON, and say so: `Content-Type: application/json`";
        return Err(Problem::other_media(detail));
    }
    Ok(collected)
}

fn query_of(query: &str) -> Result<Params, Problem> {
    if query.len() > QUERY_MAX_BYTES {
        let detail = format!("the query is longer than {QUERY_MAX_BYTES} bytes; shorten it");
        return Err(Problem::malformed(detail));
    }
    let mut params = Params::default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name)?, decoded(value)?);
        params.0.insert(name, value);
    }
    Ok(params)
}

/// `%41` and `+` undone.
fn decoded(text: &str) -> Result<String, Problem> {
    let bad = || Problem::malformed("the query is not percent-encoded UTF-8; encode it");
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, others)) = rest.split_first() {
        rest = others;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let digits = rest.get(..2).and_then(|two| std::str::from_utf8(two).ok());
                let byte = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
                rest = rest.get(2..).unwrap_or_default();
                byte.ok_or_else(bad)?
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The client's id of the request where it is a sound one, otherwise a new one.
fn request_id(app: &App, headers: &HeaderMap) -> String {
    let given = text_of(headers, REQUEST_ID).filter(|id| {
        (1..=REQUEST_ID_MAX_BYTES).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    });
    given.unwrap_or_else(|| {
        let random = ten(app.draws.as_ref()).unwrap_or_default();
        crate::id::request(app.clock.now(), random)
    })
}
