//! How leases stand: what they have under way, and what was served of them.

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::listen::{Answer, json};
use crate::serve::Gateway;

/// All leases of a gateway, and what its tenants used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leases {
    /// Each lease.
    pub leases: Vec<LeaseStanding>,
    /// What each tenant used of each model since the gateway started.
    pub used: Vec<Used>,
}

/// How a lease stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseStanding {
    /// Which.
    pub lease: String,
    /// Requests under way.
    pub under_way: u32,
    /// Requests that may be.
    pub requests: u32,
    /// Requests that wait for a place.
    pub waiting: u32,
    /// Tokens that may be reserved now, where there is a limit.
    pub tokens: Option<u64>,
    /// Tokens that come a minute, where there is a limit.
    pub tokens_per_minute: Option<u64>,
}

/// What a tenant used of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// Who.
    pub tenant: String,
    /// Which model.
    pub model: String,
    /// Requests that ended.
    pub requests: u64,
    /// Tokens of prompts, with those read from a cache.
    pub input: u64,
    /// Tokens of answers.
    pub output: u64,
    /// A bound below which half of all times to the first token are, in microseconds.
    pub first_token_us: Option<u64>,
    /// The same for the time between two tokens.
    pub each_token_us: Option<u64>,
}

pub(super) fn answer(gateway: &Gateway) -> Answer {
    json(StatusCode::OK, &Leases::of(gateway))
}

impl Leases {
    /// Those of `gateway`.
    pub fn of(gateway: &Gateway) -> Self {
        let leases = gateway.leases().into_iter().map(|(lease, standing)| LeaseStanding {
            lease: lease.to_string(),
            under_way: standing.under_way,
            requests: standing.requests,
            waiting: standing.waiting,
            tokens: standing.tokens,
            tokens_per_minute: standing.tokens_per_minute,
        });
        let used = gateway.metrics.all().into_iter().map(|(tenant, model, series)| {
            let tokens: Vec<u64> = series.tokens().map(|(_, count)| count).collect();
            let of = |kind: usize| tokens.get(kind).copied().unwrap_or(0);
            Used {
                tenant,
                model,
                requests: series.requests(),
                input: of(0).saturating_add(of(1)),
                output: of(2),
                first_token_us: series.first_token.median_bound(),
                each_token_us: series.each_token.median_bound(),
            }
        });
        Leases { leases: leases.collect(), used: used.collect() }
    }
}
