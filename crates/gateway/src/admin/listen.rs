//! The admin address: connections, the token, which call.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{self, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Semaphore;

use super::{drain, leases, standing};
use crate::admission::KeyDigest;
use crate::meter::Told;
use crate::meter::wal::Log;
use crate::metrics;
use crate::serve::{Gateway, bind};

/// Most connections at once.
const CONNECTIONS_MAX: usize = 64;
/// For how long a caller may take to send the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// Longest body of a request, in bytes.
const BODY_BYTES_MAX: usize = 64 << 10;

/// What the calls work on.
pub(super) struct Admin {
    pub gateway: Arc<Gateway>,
    pub log: Arc<Log<Told>>,
    token: KeyDigest,
}

/// What a call answers: its status, what kind of text, and the text.
pub(super) type Answer = (StatusCode, &'static str, String);

/// The kind of what is JSON.
pub(super) const JSON: &str = "application/json";
/// The kind of what Prometheus reads.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// Takes calls at `address` until the process ends: also while the gateway stops. Gives where.
pub(crate) async fn listen(
    gateway: Arc<Gateway>,
    log: Arc<Log<Told>>,
    address: SocketAddr,
    token: String,
) -> std::io::Result<SocketAddr> {
    let listener = bind(address)?;
    let address = listener.local_addr()?;
    let admin = Arc::new(Admin { gateway, log, token: KeyDigest::of(&token) });
    let open = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    tokio::spawn(async move {
        loop {
            let Ok(permit) = open.clone().acquire_owned().await else { return };
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            let admin = admin.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| answer(admin.clone(), request));
                let mut builder = http1::Builder::new();
                builder.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                drop(permit);
            });
        }
    });
    Ok(address)
}

async fn answer(
    admin: Arc<Admin>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, kind, text) = admin.call(request).await;
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}

impl Admin {
    async fn call(&self, request: Request<Incoming>) -> Answer {
        let path = request.uri().path().to_owned();
        let get = request.method() == Method::GET;
        match path.as_str() {
            "/healthz" if get => return (StatusCode::OK, TEXT, "ok\n".to_owned()),
            "/readyz" if get => return self.readyz(),
            _ => {}
        }
        let given = request.headers().get(header::AUTHORIZATION);
        let given = given.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        if given.map(KeyDigest::of) != Some(self.token) {
            return problem(
                StatusCode::UNAUTHORIZED,
                "present the admin token as `Authorization: Bearer`",
            );
        }
        match (path.as_str(), request.method()) {
            ("/replicas", &Method::GET) => standing::answer(&self.gateway),
            ("/leases", &Method::GET) => leases::answer(&self.gateway),
            ("/metrics", &Method::GET) => {
                (StatusCode::OK, METRICS, metrics::page(&self.gateway, &self.log))
            }
            ("/drain", &Method::POST) => match body(request).await {
                Ok(body) => drain::drain(&self.gateway, &body).await,
                Err(answer) => answer,
            },
            ("/return", &Method::POST) => match body(request).await {
                Ok(body) => drain::give_back(&self.gateway, &body),
                Err(answer) => answer,
            },
            _ => problem(StatusCode::NOT_FOUND, "there is no such call here"),
        }
    }

    fn readyz(&self) -> Answer {
        if self.gateway.is_ready() {
            return (StatusCode::OK, TEXT, "ready\n".to_owned());
        }
        let why = if self.gateway.version() == 0 {
            "there is no admission table".to_owned()
        } else if self.log.has_room() {
            "it is stopping".to_owned()
        } else {
            format!("the meter's log is {}", self.log.state())
        };
        (StatusCode::SERVICE_UNAVAILABLE, TEXT, format!("not ready: {why}\n"))
    }
}

async fn body(request: Request<Incoming>) -> Result<Bytes, Answer> {
    let read = Limited::new(request.into_body(), BODY_BYTES_MAX).collect();
    match tokio::time::timeout(HEAD_WITHIN, read).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        _ => Err(problem(StatusCode::BAD_REQUEST, "the body is too long or did not come whole")),
    }
}

/// An error, after RFC 9457.
pub(super) fn problem(status: StatusCode, detail: &str) -> Answer {
    let title = status.canonical_reason().unwrap_or("error");
    let body = serde_json::json!({ "title": title, "status": status.as_u16(), "detail": detail });
    (status, "application/problem+json", format!("{body}\n"))
}

/// A result as JSON.
pub(super) fn json(status: StatusCode, result: &impl serde::Serialize) -> Answer {
    match serde_json::to_string(result) {
        Ok(text) => (status, JSON, format!("{text}\n")),
        Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}
