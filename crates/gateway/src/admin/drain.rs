//! Draining replicas, and giving them back.

use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::listen::{Answer, json, problem};
use crate::route::Replica;
use crate::serve::Gateway;

/// Longest time that a drain may take, in milliseconds: a week.
pub const DEADLINE_MS_MAX: u64 = 7 * 24 * 3_600 * 1_000;
/// Most replicas of one order.
pub const REPLICAS_MAX: usize = 4_096;

/// An order to drain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrainOrder {
    /// Names of replicas, of whatever model.
    pub replicas: Vec<String>,
    /// After how many milliseconds what is left is cut.
    pub deadline_ms: u64,
    /// Whether the answer comes at the end of the drain, rather than once it has begun.
    #[serde(default)]
    pub wait: bool,
}

/// An order to send requests to replicas again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnOrder {
    /// Names of replicas, of whatever model.
    pub replicas: Vec<String>,
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrainAnswer {
    /// Replicas that it is about.
    pub replicas: usize,
    /// Requests under way on them as the drain began.
    pub under_way: u32,
    /// Answers that were cut at the deadline; none where nobody waited for it.
    pub cut: Option<u32>,
}

pub(super) async fn drain(gateway: &Arc<Gateway>, body: &[u8]) -> Answer {
    let order: DrainOrder = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    if order.deadline_ms > DEADLINE_MS_MAX {
        let most = format!("`deadline_ms` may be at most {DEADLINE_MS_MAX}");
        return problem(StatusCode::BAD_REQUEST, &most);
    }
    let replicas = match named(gateway, &order.replicas) {
        Ok(replicas) => replicas,
        Err(answer) => return answer,
    };
    // Before anything else: once this call returns, nothing new goes to them.
    for replica in &replicas {
        replica.leave();
    }
    let under_way = replicas.iter().map(|replica| replica.under_way()).sum();
    let mut answer = DrainAnswer { replicas: replicas.len(), under_way, cut: None };
    let (gateway, within) = (gateway.clone(), Duration::from_millis(order.deadline_ms));
    // It goes on where the caller goes away.
    let drain = tokio::spawn(async move { gateway.drain(replicas, within).await });
    if !order.wait {
        return json(StatusCode::ACCEPTED, &answer);
    }
    match drain.await {
        Ok(drained) => {
            answer.cut = Some(drained.cut);
            json(StatusCode::OK, &answer)
        }
        Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

pub(super) fn give_back(gateway: &Gateway, body: &[u8]) -> Answer {
    let order: ReturnOrder = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let replicas = match named(gateway, &order.replicas) {
        Ok(replicas) => replicas,
        Err(answer) => return answer,
    };
    for replica in &replicas {
        replica.stay();
    }
    let under_way = replicas.iter().map(|replica| replica.under_way()).sum();
    json(StatusCode::OK, &DrainAnswer { replicas: replicas.len(), under_way, cut: None })
}

/// The replicas of those names; each must be there.
fn named(gateway: &Gateway, names: &[String]) -> Result<Vec<Arc<Replica>>, Answer> {
    if names.is_empty() || names.len() > REPLICAS_MAX {
        let rule = format!("name between 1 and {REPLICAS_MAX} replicas");
        return Err(problem(StatusCode::BAD_REQUEST, &rule));
    }
    let replicas = gateway.replicas(names);
    let unknown = names.iter().find(|name| !replicas.iter().any(|r| *r.name == ***name));
    match unknown {
        Some(name) => {
            let words = format!("there is no replica `{name}` in table {}", gateway.version());
            Err(problem(StatusCode::NOT_FOUND, &words))
        }
        None => Ok(replicas),
    }
}
