//! The tables of a configuration.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

/// An address that it listens at, HTTP/1.1 and HTTP/2.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// The address and port.
    pub address: SocketAddr,
    /// The chain of certificates, PEM; with it the address speaks TLS alone.
    #[serde(default)]
    pub certificate: Option<PathBuf>,
    /// Their private key, PEM.
    #[serde(default)]
    pub key: Option<PathBuf>,
}

/// Where operators and monitoring come in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    /// The address and port; plain HTTP.
    pub address: SocketAddr,
    /// What callers present as `Authorization: Bearer`.
    #[serde(default)]
    pub token: Option<String>,
    /// A file whose first line it is.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
}

/// How engines are spoken to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Engines {
    /// HTTP/2 to engines without TLS; with TLS it is agreed on (ALPN).
    pub http2: bool,
    /// Who signs the certificates of engines, PEM; without it no engine is spoken to by TLS.
    pub ca: Option<PathBuf>,
    /// What the gateway shows to engines that want to know who it is, PEM.
    pub certificate: Option<PathBuf>,
    /// Its private key, PEM.
    pub key: Option<PathBuf>,
}

/// How it is found out whether engines are well.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Health {
    /// What every replica is asked for, with GET; nothing where it is empty.
    pub path: String,
    /// How often, in milliseconds.
    pub every_ms: u32,
    /// How long an answer may take, in milliseconds.
    pub within_ms: u32,
    /// After how many looks in a row that went badly a replica is taken to be ill.
    pub ill_after: u32,
}

impl Default for Health {
    fn default() -> Self {
        Health { path: "/health".to_owned(), every_ms: 500, within_ms: 500, ill_after: 2 }
    }
}

/// What bounds requests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Longest body of a request, in bytes.
    pub body_bytes: usize,
    /// Bytes of all bodies that are held at once.
    pub bodies_bytes: usize,
    /// Longest answer that is no stream, in bytes.
    pub answer_bytes: usize,
    /// How long TLS may take to be agreed on, and the head of a request to come, in milliseconds.
    pub head_within_ms: u32,
    /// How long a connection may be open with nothing under way on it, in milliseconds.
    pub idle_within_ms: u32,
    /// How long the body of a request may take, in milliseconds.
    pub body_within_ms: u32,
    /// How long a connection to an engine may take, in milliseconds.
    pub connect_within_ms: u32,
    /// How long an engine may take to begin its answer, in milliseconds.
    pub first_byte_within_ms: u32,
    /// How long an engine may be silent within a stream, in milliseconds.
    pub silent_within_ms: u32,
    /// How long a client may not read its stream, in milliseconds.
    pub unread_within_ms: u32,
    /// Output tokens that are reserved where a request sets no limit.
    pub output_tokens: u64,
    /// Bytes of a body that are taken for a token of its prompt.
    pub bytes_per_token: u64,
    /// Replicas that are tried before a request fails.
    pub tries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let limits = crate::serve::Limits::default();
        let ms = |span: Duration| u32::try_from(span.as_millis()).unwrap_or(u32::MAX);
        Limits {
            body_bytes: limits.body_bytes,
            bodies_bytes: limits.bodies_bytes,
            answer_bytes: limits.answer_bytes,
            head_within_ms: ms(limits.head_within),
            idle_within_ms: ms(limits.idle_within),
            body_within_ms: ms(limits.body_within),
            connect_within_ms: ms(limits.connect_within),
            first_byte_within_ms: ms(limits.first_byte_within),
            silent_within_ms: ms(limits.silent_within),
            unread_within_ms: ms(limits.unread_within),
            output_tokens: limits.output_tokens,
            bytes_per_token: limits.bytes_per_token,
            tries: limits.tries,
        }
    }
}

/// How records are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Meter {
    /// Whether the last byte of an answer waits for its record to be durable.
    pub durable_first: bool,
    /// Most bytes of the log on the disk; where it is reached, nobody is let in.
    pub log_bytes: u64,
    /// Bytes of one file of the log.
    pub segment_bytes: u64,
    /// Records that may be reserved or wait to be written: requests under way at once.
    pub rooms: usize,
}

impl Default for Meter {
    fn default() -> Self {
        let limits = crate::meter::wal::Limits::default();
        Meter {
            durable_first: true,
            log_bytes: limits.log_bytes,
            segment_bytes: limits.segment_bytes,
            rooms: limits.rooms,
        }
    }
}

/// How it stops.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stop {
    /// How long it still takes requests while it says that it is not ready, in milliseconds: so
    /// long a load balancer may take to notice.
    pub linger_ms: u32,
    /// How long answers under way may then take, in milliseconds; what is left is cut.
    pub within_ms: u32,
}

impl Default for Stop {
    fn default() -> Self {
        Stop { linger_ms: 0, within_ms: 30_000 }
    }
}

impl Limits {
    /// As the data plane takes them.
    pub fn to_serve(&self, meter: &Meter) -> crate::serve::Limits {
        let span = |ms: u32| Duration::from_millis(u64::from(ms));
        crate::serve::Limits {
            body_bytes: self.body_bytes,
            bodies_bytes: self.bodies_bytes,
            answer_bytes: self.answer_bytes,
            head_within: span(self.head_within_ms),
            idle_within: span(self.idle_within_ms),
            body_within: span(self.body_within_ms),
            connect_within: span(self.connect_within_ms),
            first_byte_within: span(self.first_byte_within_ms),
            silent_within: span(self.silent_within_ms),
            unread_within: span(self.unread_within_ms),
            output_tokens: self.output_tokens,
            bytes_per_token: self.bytes_per_token,
            durable_first: meter.durable_first,
            tries: self.tries,
        }
    }
}

impl Meter {
    /// As the log takes them.
    pub fn to_log(&self) -> crate::meter::wal::Limits {
        crate::meter::wal::Limits {
            rooms: self.rooms,
            segment_bytes: self.segment_bytes,
            log_bytes: self.log_bytes,
            ..crate::meter::wal::Limits::default()
        }
    }
}
