//! How replicas stand.

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::listen::{Answer, json};
use crate::route::State;
use crate::serve::Gateway;

/// All replicas of a gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replicas {
    /// The version of the table in use.
    pub table: u64,
    /// Each of them, by model and name.
    pub replicas: Vec<ReplicaStanding>,
}

/// How a replica stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplicaStanding {
    /// Its model.
    pub model: String,
    /// Its name.
    pub replica: String,
    /// `serving`, `leaving`, `left` (its drain is over), `ill` or `open` (its breaker is).
    pub state: String,
    /// Requests under way on it.
    pub under_way: u32,
    /// Requests that it takes at once.
    pub slots: u32,
}

pub(super) fn answer(gateway: &Gateway) -> Answer {
    json(StatusCode::OK, &Replicas::of(gateway))
}

impl Replicas {
    /// Those of `gateway`.
    pub fn of(gateway: &Gateway) -> Self {
        let now = gateway.now();
        let replicas = gateway.all_replicas().into_iter().map(|(model, replica)| {
            let under_way = replica.under_way();
            let state = if replica.is_cut() {
                "left"
            } else if replica.is_leaving() {
                "leaving"
            } else if !replica.is_healthy() {
                "ill"
            } else if replica.state(now) == State::Closed {
                "serving"
            } else {
                "open"
            };
            ReplicaStanding {
                model: model.to_string(),
                replica: replica.name.to_string(),
                state: state.to_owned(),
                under_way,
                slots: replica.slots(),
            }
        });
        Replicas { table: gateway.version(), replicas: replicas.collect() }
    }
}
