//! Where operators, the desk and monitoring come in: an address of its own, behind a token.
//!
//! ```text
//! GET  /healthz    200 while the process lives                           no token
//! GET  /readyz     200 while it takes requests, else 503 and why         no token
//! GET  /metrics    Prometheus
//! GET  /replicas   replicas and how they stand
//! GET  /leases     leases and what was served of them
//! POST /drain      {"replicas": […], "deadline_ms": N, "wait": bool}
//! POST /return     {"replicas": […]}
//! ```

mod client;
mod drain;
mod leases;
mod listen;
mod standing;

use std::fs;

pub use client::{CallError, call};
pub use drain::{DrainAnswer, DrainOrder, ReturnOrder};
pub use leases::{LeaseStanding, Leases, Used};
pub(crate) use listen::listen;
pub use standing::{ReplicaStanding, Replicas};

use crate::config;
use crate::run::RunError;

/// Longest file of a token that is read, in bytes.
const TOKEN_BYTES_MAX: u64 = 4_096;
/// Fewest bytes of a token.
pub(crate) const TOKEN_BYTES_MIN: usize = 16;

/// The token that callers must present.
///
/// # Errors
/// [`RunError::Token`], where its file has none.
pub fn token(admin: &config::Admin) -> Result<String, RunError> {
    let Some(path) = &admin.token_file else {
        return Ok(admin.token.clone().unwrap_or_default());
    };
    let bad = |why: String| RunError::Token { path: path.clone(), why };
    let length = fs::metadata(path).map_err(|error| bad(error.to_string()))?.len();
    if length > TOKEN_BYTES_MAX {
        return Err(bad(format!("it has more than {TOKEN_BYTES_MAX} bytes")));
    }
    let text = fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    let token = text.lines().next().unwrap_or_default().trim();
    if token.len() < TOKEN_BYTES_MIN {
        return Err(bad(format!("its first line has fewer than {TOKEN_BYTES_MIN} characters")));
    }
    Ok(token.to_owned())
}
