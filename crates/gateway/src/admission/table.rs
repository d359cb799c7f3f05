//! The admission table: what the desk says of keys, leases, models and replicas.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use leasehold_types::{LeaseId, TenantId};
use serde::{Deserialize, Serialize};

use super::{KeyDigest, Limits};

/// The version of [`Terms`] that this reads.
pub const TABLE_FORMAT: u32 = 1;
/// Most models of a table.
pub const MODELS_MAX: usize = 10_000;
/// Most replicas of a table.
pub const REPLICAS_MAX: usize = 100_000;
/// Most keys of a table.
pub const KEYS_MAX: usize = 10_000_000;

/// What the desk pushes, as it is written and sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// [`TABLE_FORMAT`].
    pub format: u32,
    /// Grows with each table: an older one never replaces a newer one.
    pub version: u64,
    /// Every lease that may be served.
    pub leases: Vec<LeaseTerms>,
    /// Every key.
    pub keys: Vec<KeyTerms>,
    /// Every model.
    pub models: Vec<ModelTerms>,
}

/// What one lease may have under way at this gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseTerms {
    /// Which.
    pub lease: LeaseId,
    /// Whose.
    pub tenant: TenantId,
    /// Requests at once.
    pub requests: u32,
    /// Tokens a minute, input and output; no limit where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_per_minute: Option<u64>,
    /// Requests that may wait.
    pub waiting: u32,
    /// For how long one may wait, in milliseconds.
    pub wait_ms: u32,
    /// Names of the models that it may use.
    pub models: Vec<String>,
}

/// A key of a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyTerms {
    /// SHA-256 of the key, in hexadecimal.
    pub sha256: String,
    /// By what people know it: its first characters.
    pub prefix: String,
    /// The lease.
    pub lease: LeaseId,
}

/// A model and where it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelTerms {
    /// Its name.
    pub model: String,
    /// Its replicas.
    pub replicas: Vec<ReplicaTerms>,
}

/// A replica.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicaTerms {
    /// Its name.
    pub replica: String,
    /// Where it listens: `http://host:port`.
    pub url: String,
    /// Requests that it takes at once.
    pub slots: u32,
    /// What it can be asked for beyond the API: `plain`, `continuous` or `timings`.
    #[serde(default)]
    pub dialect: String,
    /// Whether it leaves: nothing new goes to it.
    #[serde(default)]
    pub leaving: bool,
    /// When what is still under way on it is cut, in milliseconds since 1970, where it leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leave_by_ms: Option<u64>,
}

impl ReplicaTerms {
    /// When what is under way on it is cut, in microseconds since 1970; 0 where never.
    pub fn leave_by(&self) -> u64 {
        self.leave_by_ms.map_or(0, |by| by.saturating_mul(1_000))
    }
}

/// Whose a key is.
#[derive(Debug, PartialEq, Eq)]
pub struct Holder {
    /// The lease.
    pub lease: LeaseId,
    /// The tenant.
    pub tenant: TenantId,
    /// By what people know the key.
    pub prefix: String,
    /// Names of the models that it may use, in order.
    pub models: Arc<BTreeSet<String>>,
}

/// A table that was checked, ready to be asked.
#[derive(Debug)]
pub struct Table {
    version: u64,
    keys: HashMap<KeyDigest, Arc<Holder>>,
    limits: BTreeMap<LeaseId, Limits>,
    models: BTreeMap<String, ModelTerms>,
}

/// A table that contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the admission table cannot be used: {0}; push a corrected one")]
pub struct BadTable(pub String);

impl Table {
    /// Checks `terms`.
    ///
    /// # Errors
    /// [`BadTable`] names the first contradiction.
    pub fn new(terms: Terms) -> Result<Table, BadTable> {
        let bad = |why: String| Err(BadTable(why));
        if terms.format != TABLE_FORMAT {
            return bad(format!("format {} is not known here", terms.format));
        }
        if terms.models.len() > MODELS_MAX || terms.keys.len() > KEYS_MAX {
            return bad(format!("it has more than {MODELS_MAX} models or {KEYS_MAX} keys"));
        }
        let mut replicas = 0;
        let mut models = BTreeMap::new();
        for model in terms.models {
            replicas += model.replicas.len();
            check_replicas(&model)?;
            if let Some(twice) = models.insert(model.model.clone(), model) {
                return bad(format!("model `{}` is there twice", twice.model));
            }
        }
        if replicas > REPLICAS_MAX {
            return bad(format!("it has more than {REPLICAS_MAX} replicas"));
        }
        let (holders, limits) = holders_of(&terms.leases, &models)?;
        let mut keys = HashMap::with_capacity(terms.keys.len());
        for key in terms.keys {
            let Some(holder) = holders.get(&key.lease) else {
                return bad(format!("key `{}…` is of no lease in it", key.prefix));
            };
            let Some(digest) = KeyDigest::parse(&key.sha256) else {
                return bad(format!("key `{}…` has no SHA-256 of 64 digits", key.prefix));
            };
            let (lease, tenant, models) = holder.clone();
            let holder = Arc::new(Holder { lease, tenant, prefix: key.prefix, models });
            if let Some(twice) = keys.insert(digest, holder) {
                return bad(format!("key `{}…` is there twice", twice.prefix));
            }
        }
        Ok(Table { version: terms.version, keys, limits, models })
    }

    /// A table of nothing.
    pub fn nothing() -> Table {
        Table { version: 0, keys: HashMap::new(), limits: BTreeMap::new(), models: BTreeMap::new() }
    }

    /// Its version.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Whose key this is.
    pub fn holder(&self, key: &str) -> Option<&Arc<Holder>> {
        self.keys.get(&KeyDigest::of(key))
    }

    /// What every lease may have under way.
    pub const fn limits(&self) -> &BTreeMap<LeaseId, Limits> {
        &self.limits
    }

    /// Every model, by its name.
    pub const fn models(&self) -> &BTreeMap<String, ModelTerms> {
        &self.models
    }
}

type Known = (LeaseId, TenantId, Arc<BTreeSet<String>>);
type ByLease<T> = BTreeMap<LeaseId, T>;

fn holders_of(
    leases: &[LeaseTerms],
    models: &BTreeMap<String, ModelTerms>,
) -> Result<(ByLease<Known>, ByLease<Limits>), BadTable> {
    let (mut holders, mut limits) = (BTreeMap::new(), BTreeMap::new());
    for terms in leases {
        if let Some(unknown) = terms.models.iter().find(|name| !models.contains_key(*name)) {
            let why = format!("lease `{}` may use `{unknown}`, which is no model", terms.lease);
            return Err(BadTable(why));
        }
        let (lease, tenant) = (terms.lease.clone(), terms.tenant.clone());
        let may = Arc::new(terms.models.iter().cloned().collect());
        if holders.insert(terms.lease.clone(), (lease, tenant, may)).is_some() {
            return Err(BadTable(format!("lease `{}` is there twice", terms.lease)));
        }
        let of_it = Limits {
            requests: terms.requests,
            tokens_per_minute: terms.tokens_per_minute,
            waiting: terms.waiting,
            wait: u64::from(terms.wait_ms) * 1_000,
        };
        limits.insert(terms.lease.clone(), of_it);
    }
    Ok((holders, limits))
}

fn check_replicas(model: &ModelTerms) -> Result<(), BadTable> {
    let mut names = BTreeSet::new();
    for replica in &model.replicas {
        let of_it = || format!("replica `{}` of `{}`", replica.replica, model.model);
        if !names.insert(&replica.replica) {
            return Err(BadTable(format!("{} is there twice", of_it())));
        }
        let host = replica.url.strip_prefix("http://").or(replica.url.strip_prefix("https://"));
        if host.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#', ' '])) {
            return Err(BadTable(format!("{} has no URL like http://host:port", of_it())));
        }
        if !["", "plain", "continuous", "timings"].contains(&replica.dialect.as_str()) {
            return Err(BadTable(format!("{} speaks `{}`", of_it(), replica.dialect)));
        }
        if replica.slots == 0 {
            return Err(BadTable(format!("{} takes no request", of_it())));
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn terms() -> Terms {
        let replica = |name: &str| ReplicaTerms {
            replica: name.to_owned(),
            url: format!("http://127.0.0.1:90{}", name.len()),
            slots: 4,
            dialect: String::new(),
            leaving: false,
            leave_by_ms: None,
        };
        Terms {
            format: TABLE_FORMAT,
            version: 3,
            leases: vec![LeaseTerms {
                lease: LeaseId::new("chat").unwrap(),
                tenant: TenantId::new("acme").unwrap(),
                requests: 8,
                tokens_per_minute: Some(60_000),
                waiting: 16,
                wait_ms: 2_000,
                models: vec!["tiny".to_owned()],
            }],
            keys: vec![KeyTerms {
                sha256: KeyDigest::of("sk-1").to_hex(),
                prefix: "sk-1".to_owned(),
                lease: LeaseId::new("chat").unwrap(),
            }],
            models: vec![ModelTerms {
                model: "tiny".to_owned(),
                replicas: vec![replica("a"), replica("bb")],
            }],
        }
    }

    #[test]
    fn a_key_says_whose_it_is() {
        let table = Table::new(terms()).unwrap();
        let holder = table.holder("sk-1").unwrap();
        assert_eq!((holder.lease.as_str(), holder.tenant.as_str()), ("chat", "acme"));
        assert!(holder.models.contains("tiny"));
        assert!(table.holder("sk-2").is_none());
        assert_eq!(table.limits()[&holder.lease].wait, 2_000_000);
    }

    #[test]
    fn contradictions_are_refused() {
        type Change = fn(&mut Terms);
        let cases: [(Change, &str); 8] = [
            (|t| t.format = 9, "format 9 is not known here"),
            (|t| t.leases.push(t.leases[0].clone()), "lease `chat` is there twice"),
            (|t| t.keys.push(t.keys[0].clone()), "key `sk-1…` is there twice"),
            (|t| t.keys[0].sha256.truncate(9), "key `sk-1…` has no SHA-256 of 64 digits"),
            (|t| t.leases.clear(), "key `sk-1…` is of no lease in it"),
            (|t| t.models.clear(), "lease `chat` may use `tiny`, which is no model"),
            (
                |t| t.models[0].replicas[0].url = "ftp://x".to_owned(),
                "replica `a` of `tiny` has no URL like http://host:port",
            ),
            (|t| t.models[0].replicas[1].slots = 0, "replica `bb` of `tiny` takes no request"),
        ];
        for (change, why) in cases {
            let mut terms = terms();
            change(&mut terms);
            assert_eq!(Table::new(terms).unwrap_err(), BadTable(why.to_owned()));
        }
    }
}
