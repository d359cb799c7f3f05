//! Who acts.

use std::fmt;
use std::sync::Arc;

use leasehold_types::TenantId;
use serde::{Deserialize, Serialize};

/// Who gave a command. It is recorded with every event that the command led to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Somebody of the owner's, by name.
    Owner(Arc<str>),
    /// Somebody of a tenant's, by name.
    Tenant(TenantId, Arc<str>),
    /// The owner's job scheduler.
    Scheduler,
    /// What grants, drains and revokes nodes.
    Engine,
    /// What admits and routes requests.
    Gateway,
    /// What delivers notices to the addresses of record.
    Post,
    /// What decides on recalls by a policy.
    Policy,
    /// The passing of time.
    Clock,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Owner(who) => write!(f, "{who} of the owner"),
            Actor::Tenant(tenant, who) => write!(f, "{who} of {tenant}"),
            Actor::Scheduler => f.pad("the scheduler"),
            Actor::Engine => f.pad("the execution engine"),
            Actor::Gateway => f.pad("the gateway"),
            Actor::Post => f.pad("the post"),
            Actor::Policy => f.pad("the recall policy"),
            Actor::Clock => f.pad("the clock"),
        }
    }
}
