//! Asking an engine.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{EngineTls, Limits};
use crate::api::{Refused, Surface};
use crate::route::{Outcome, Replica};

/// Idle connections that are kept to each engine.
const IDLE_MAX: usize = 1_024;

/// Longest answer to a look at an engine's health that is read, in bytes.
const LOOK_BYTES_MAX: usize = 64 << 10;

/// Connections to engines.
pub(super) struct Engines {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    first_byte_within: std::time::Duration,
}

/// Why an engine gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// There is no connection to it: another may be asked.
    Connection,
    /// It broke off before the first byte of its answer: another may be asked.
    Broken,
    /// It is cut or ill: another may be asked.
    Away,
    /// It took too long.
    Late,
    /// The gateway stops.
    Stopped,
}

impl NoAnswer {
    /// What it says of the replica.
    pub const fn outcome(self) -> Outcome {
        match self {
            NoAnswer::Connection | NoAnswer::Broken | NoAnswer::Late => Outcome::Failure,
            NoAnswer::Away | NoAnswer::Stopped => Outcome::Neutral,
        }
    }

    /// What the client is told where nobody else answers.
    pub const fn refused(self) -> Refused {
        match self {
            NoAnswer::Late => Refused::Late,
            NoAnswer::Stopped => Refused::Stopped,
            NoAnswer::Away => Refused::Overloaded { retry_after: 1 },
            NoAnswer::Connection | NoAnswer::Broken => Refused::Engine,
        }
    }

    /// Whether nobody else is to be asked.
    pub const fn is_final(self) -> bool {
        matches!(self, NoAnswer::Late | NoAnswer::Stopped)
    }
}

impl Engines {
    pub(super) fn new(limits: &Limits, speech: &EngineTls) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(limits.connect_within));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(IDLE_MAX)
            .http2_only(speech.http2)
            .build(speech.over(connector));
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

impl Engines {
    /// Whether `replica` answers at `path` within that time as one does that is well: with
    /// anything but a fault of its own.
    pub(super) async fn is_well(
        &self,
        replica: &Arc<Replica>,
        path: &str,
        within: std::time::Duration,
    ) -> bool {
        let Some(uri) = uri(replica, path) else { return false };
        let mut request = Request::new(Full::new(Bytes::new()));
        *request.uri_mut() = uri;
        let asked = async {
            let response = self.client.request(request).await.ok()?;
            let well = !response.status().is_server_error();
            // Read, so that the connection can be used again.
            let _ = Limited::new(response.into_body(), LOOK_BYTES_MAX).collect().await;
            Some(well)
        };
        matches!(tokio::time::timeout(within, asked).await, Ok(Some(true)))
    }
}

fn uri(replica: &Replica, path: &str) -> Option<Uri> {
    let scheme = if replica.secure { "https" } else { "http" };
    let uri = Uri::builder().scheme(scheme).authority(replica.authority.as_str());
    uri.path_and_query(path).build().ok()
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
    let uri = uri(replica, surface.path())?;
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
