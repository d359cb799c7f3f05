//! What was metered.

use leasehold_books::event::{Event, EventKey, TokenUse, Usage};
use leasehold_types::{AcceleratorSeconds, Instant, LeaseId, Tokens};
use schemars::JsonSchema;
use serde::Deserialize;

use super::books::{Recorded, recorded};
use crate::http::endpoint::{Asking, Endpoint, Needs};
use crate::http::problem::Problem;
use crate::live::Right;
use crate::writer::Work;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::post("/v1/usage", "usage_record", Needs::Right(Right::UsageWrite))
            .about("Hand in what was metered, at most 2,000 records; each counts once by its source and id")
            .takes::<Metered>(&[
                r#"{"source":"gateway-1","records":[{"id":"r-1","lease":"acme","from":"2027-02-02T11:00:00Z","until":"2027-02-02T11:05:00Z","tokens":{"input":5}}]}"#,
            ])
            .gives::<Recorded>(200)
            .write(record),
    ]
}

/// Records of one meter.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Metered {
    /// The meter.
    source: String,
    /// Its records.
    records: Vec<Record>,
}

/// What one record measured.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Record {
    /// Its id at the meter.
    id: String,
    /// The lease.
    #[schemars(with = "String")]
    lease: LeaseId,
    /// The beginning of what was measured.
    #[schemars(with = "String")]
    from: Instant,
    /// The end of what was measured.
    #[schemars(with = "String")]
    until: Instant,
    /// Use of the lease's accelerators.
    #[serde(default)]
    accelerator_seconds: u64,
    /// Tokens to be priced.
    #[serde(default)]
    tokens: TokensAsked,
    /// By which model.
    #[serde(default)]
    model: Option<String>,
}

/// Tokens of each sort.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
struct TokensAsked {
    /// Input tokens that were not cached.
    input: u64,
    /// Input tokens that were cached.
    cached: u64,
    /// Output tokens.
    output: u64,
}

fn record(asking: &Asking<'_>) -> Result<Work, Problem> {
    let Metered { source, records } = asking.body()?;
    let event = |record: Record| {
        let tokens = TokenUse {
            input: Tokens(record.tokens.input),
            cached: Tokens(record.tokens.cached),
            output: Tokens(record.tokens.output),
        };
        let usage = Usage {
            from: record.from,
            until: record.until,
            accelerator_seconds: AcceleratorSeconds(record.accelerator_seconds.into()),
            tokens,
            model: record.model,
        };
        let key = EventKey::new(&source, &record.id);
        let (at, lease, kind) = (Instant::EPOCH, record.lease, usage.into());
        Event { key, at, effective: None, lease, kind }
    };
    Ok(recorded(records.into_iter().map(event).collect()))
}
