//! Asking an engine.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::Limits;
use crate::api::Surface;
use crate::route::Replica;

/// Idle connections that are kept to each engine.
const IDLE_MAX: usize = 1_024;

/// Connections to engines.
pub(super) struct Engines {
    client: Client<HttpConnector, Full<Bytes>>,
    first_byte_within: std::time::Duration,
}

/// Why an engine gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// There is no connection to it: another may be asked.
    Connection,
    /// It broke off before the first byte of its answer: another may be asked.
    Broken,
    /// It took too long.
    Late,
}

impl Engines {
    pub(super) fn new(limits: &Limits) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(limits.connect_within));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(IDLE_MAX)
            .build(connector);
        Engines { client, first_byte_within: limits.first_byte_within }
    }

    /// Asks `replica`, and waits for the head of its answer.
    pub(super) async fn ask(
        &self,
        replica: &Arc<Replica>,
        surface: Surface,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Response<Incoming>, NoAnswer> {
        let request = request(replica, surface, headers, body).ok_or(NoAnswer::Connection)?;
        let asked = self.client.request(request);
        match tokio::time::timeout(self.first_byte_within, asked).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) if error.is_connect() => Err(NoAnswer::Connection),
            Ok(Err(_)) => Err(NoAnswer::Broken),
            Err(_) => Err(NoAnswer::Late),
        }
    }
}

/// Headers of a client that an engine is told; nothing else of a client reaches it.
const TOLD: [HeaderName; 3] =
    [header::CONTENT_TYPE, header::ACCEPT, HeaderName::from_static("anthropic-version")];

fn request(
    replica: &Replica,
    surface: Surface,
    headers: &HeaderMap,
    body: Bytes,
) -> Option<Request<Full<Bytes>>> {
    let scheme = if replica.secure { "https" } else { "http" };
    let uri = Uri::builder()
        .scheme(scheme)
        .authority(replica.authority.as_str())
        .path_and_query(surface.path())
        .build()
        .ok()?;
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri;
    for name in TOLD {
        if let Some(value) = headers.get(&name) {
            request.headers_mut().insert(name, value.clone());
        }
    }
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().entry(header::CONTENT_TYPE).or_insert(json);
    Some(request)
}
