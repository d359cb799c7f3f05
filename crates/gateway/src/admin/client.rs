//! A call to a gateway's admin address, from a command that waits for it.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;

/// Longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Why a call gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The gateway is not there.
    #[error(
        "no gateway answers at http://{address}: see that it runs and that `admin` names this address"
    )]
    Away {
        /// Where it should be.
        address: SocketAddr,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It says no.
    #[error("the gateway at http://{address} refuses ({status}): {detail}")]
    Refused {
        /// Where it is.
        address: SocketAddr,
        /// The status.
        status: u16,
        /// Its words.
        detail: String,
    },
}

/// Calls `path` at `address` and gives the answer's text; with `body`, it is a POST.
///
/// # Errors
/// [`CallError`].
pub fn call(
    address: SocketAddr,
    token: &str,
    path: &str,
    body: Option<String>,
) -> Result<String, CallError> {
    let away = |source| CallError::Away { address, source };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| away(error.into()))?;
    let (status, text) = runtime.block_on(ask(address, token, path, body)).map_err(away)?;
    if (200..300).contains(&status) {
        return Ok(text);
    }
    let problem: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let detail = problem.as_ref().and_then(|problem| problem.get("detail")?.as_str());
    let detail = detail.unwrap_or(text.trim()).to_owned();
    Err(CallError::Refused { address, status, detail })
}

async fn ask(
    address: SocketAddr,
    token: &str,
    path: &str,
    body: Option<String>,
) -> Result<(u16, String), Box<dyn std::error::Error + Send + Sync>> {
    let stream = tokio::net::TcpStream::connect(address).await?;
    let (mut send, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, address.to_string())
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Full::new(Bytes::from(body.unwrap_or_default())))?;
    let driven = tokio::spawn(connection);
    let response = send.send_request(request).await?;
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await?.to_bytes();
    driven.abort();
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}
