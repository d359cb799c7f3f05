//! A desk on SQLite in a temporary directory, its people, and calls of its API.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use leasehold_desk::Digest;
use leasehold_server::http::draws::{Draws, Secret};
use leasehold_server::http::{App, router};
use leasehold_server::id::{KeyId, UserId};
use leasehold_server::live::{NewKey, NewUser, Role};
use leasehold_server::writer::{Founding, Running, Settings, found, start};
use leasehold_store::journal::{Address, Journal};
use leasehold_types::{Clock, Instant, TenantId};
use serde_json::{Value, json};
use tower_service::Service;

pub(crate) const FLEET: &str = include_str!("fleet.toml");

pub(crate) const SHEET: &str = include_str!("acme.toml");

/// A clock that a test moves.
pub(crate) struct TestClock(Mutex<Instant>);

impl Clock for TestClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }
}

/// The same bytes in every run, never twice in one.
#[derive(Default)]
pub(crate) struct Counted(AtomicU64);

impl Draws for Counted {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), String> {
        for chunk in bytes.chunks_mut(8) {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            let digest = Digest::of(&number.to_be_bytes()).to_string();
            chunk.copy_from_slice(&digest.as_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// What a call gave.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Given {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// The body, where the status is that; otherwise the test fails with what was given.
    pub(crate) fn when(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A desk that runs.
pub(crate) struct Desk {
    dir: tempfile::TempDir,
    pub(crate) journal: Journal,
    pub(crate) running: Arc<Running>,
    router: Router,
    pub(crate) clock: Arc<TestClock>,
    draws: Arc<Counted>,
    /// The first administrator's key.
    pub(crate) admin: String,
    keys: AtomicU64,
}

impl Desk {
    /// Founded at noon in Chicago on 10 January 2027.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(Mutex::new(at("2027-01-10T18:00:00Z"))));
        let draws = Arc::new(Counted::default());
        let journal = open(&dir);
        let secret = Secret::new("lhk", draws.as_ref()).unwrap();
        let owner = TenantId::new("owner").unwrap();
        let now = clock.now();
        let key = NewKey {
            id: KeyId::made(now, [1; 10]),
            organisation: owner.clone(),
            name: "first key".into(),
            prefix: secret.prefix.clone(),
            hash: secret.hash,
            roles: vec![Role::Admin],
            scopes: Vec::new(),
            expires: None,
        };
        let administrator = NewUser {
            id: UserId::made(now, [2; 10]),
            organisation: owner.clone(),
            login: "ada@owner.example".into(),
            name: "Ada".into(),
            roles: vec![Role::Admin],
            password: None,
        };
        let founding = Founding {
            fleet: FLEET.into(),
            owner,
            owner_name: "Owner Inc.".into(),
            site: "lab".into(),
            administrator: Some(administrator),
            key: Some(key),
        };
        found(&journal, founding, now).unwrap();
        let (running, router) = serve(&journal, &clock, &draws);
        let keys = AtomicU64::new(0);
        Desk { dir, journal, running, router, clock, draws, admin: secret.token, keys }
    }

    /// Stops it, as a graceful stop does, and starts it on the same database.
    pub(crate) fn restart(&mut self) {
        self.running.stop();
        self.journal = open(&self.dir);
        (self.running, self.router) = serve(&self.journal, &self.clock, &self.draws);
    }

    /// Moves the clock, and waits until what was due is done and shown.
    pub(crate) async fn at(&self, text: &str) {
        *self.clock.0.lock().unwrap() = at(text);
        let now = self.clock.now();
        // Half a minute is beyond what any machine needs; it ends as soon as it is done.
        for _ in 0..6_000 {
            if self.running.read(|live| live.next_due().is_none_or(|due| due > now)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("what is due at {text} was not done: {:?}", self.running.health());
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Given {
        let mut router = self.router.clone();
        let response = router.call(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Given { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Given {
        self.call("GET", token, path, None).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Given {
        self.call("POST", token, path, Some(body)).await
    }

    /// A call with a new idempotency key.
    pub(crate) async fn call(
        &self,
        method: &str,
        token: &str,
        path: &str,
        body: Option<Value>,
    ) -> Given {
        let key = format!("key-{}", self.keys.fetch_add(1, Ordering::Relaxed));
        self.call_again(method, token, path, body, &key).await
    }

    /// A call with this idempotency key.
    pub(crate) async fn call_again(
        &self,
        method: &str,
        token: &str,
        path: &str,
        body: Option<Value>,
        key: &str,
    ) -> Given {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if method != "GET" {
            request = request.header("idempotency-key", key);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.header("content-type", "application/json").body(body).unwrap();
        self.send(request).await
    }

    /// A new key of an organisation with one role.
    pub(crate) async fn key(&self, organisation: &str, role: &str) -> String {
        let body = json!({ "organisation": organisation, "name": role, "roles": [role] });
        let given = self.post(&self.admin, "/v1/keys", body).await.when(201);
        given["secret"].as_str().unwrap().to_owned()
    }

    /// Quotes a step, which has to be possible, and confirms it.
    pub(crate) async fn takes(&self, token: &str, step: Value) -> Value {
        let quote = self.post(token, "/v1/quotes", step).await.when(201);
        let path = format!("/v1/quotes/{}/confirmation", quote["id"].as_str().unwrap());
        self.call("POST", token, &path, None).await.when(200)
    }

    /// Signs the lease of that tenant.
    pub(crate) async fn signs(&self, token: &str, tenant: &str) -> Value {
        let sheet = SHEET.replace("acme", tenant);
        self.takes(token, json!({ "step": "sign", "sheet": sheet })).await
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.running.stop();
    }
}

fn open(dir: &tempfile::TempDir) -> Journal {
    Journal::open(&Address::Sqlite(dir.path().join("desk.db"))).unwrap()
}

fn serve(
    journal: &Journal,
    clock: &Arc<TestClock>,
    draws: &Arc<Counted>,
) -> (Arc<Running>, Router) {
    let settings = Settings {
        holder: "test".into(),
        leads_for: Duration::from_secs(60),
        wakes_every: Duration::from_millis(5),
    };
    let running = Arc::new(start(journal.clone(), clock.clone(), settings).unwrap());
    let app = App::new(running.clone(), journal.clone(), clock.clone(), draws.clone());
    (running, router(app))
}
