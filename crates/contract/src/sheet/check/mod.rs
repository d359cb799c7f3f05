//! What the tables of a sheet must say together.
//!
//! Each check works on what could be read and is silent about the rest, whose faults are reported
//! already. So one fault is reported once, at its place.

mod blackout;
mod commitment;
mod dates;
mod document;
mod exit;
mod judgement;
mod party;
mod path;
mod payment;
mod phase;
mod recall;
mod service;
mod tax;
mod tranche;

pub(super) use document::{bank_code, check_digit, prefixes};
pub(super) use service::{ladder, latency};
pub(super) use tax::reason as tax_reason;

use leasehold_types::Date;
use toml::de::DeTable;

use super::draft::Draft;
use super::sink::Sink;
use crate::Lease;

/// Checks everything that more than one table has a say in.
pub(super) fn all(draft: &Draft, table: &DeTable<'_>, sink: &Sink<'_>) {
    party::check(draft, sink);
    let bounds = dates::check(draft, sink);
    tranche::check(draft, bounds, sink);
    phase::check(draft, bounds, sink);
    payment::check(draft, bounds, sink);
    commitment::check(draft, bounds, sink);
    tax::check(draft, bounds, sink);
    document::check(draft, sink);
    exit::check(draft, sink);
    recall::check(draft, bounds, sink);
    judgement::check(draft, bounds, sink);
    path::check(draft, table, sink);
}

/// Checks what only the compiled lease can answer.
pub(super) fn compiled(draft: &Draft, lease: &Lease, sink: &Sink<'_>) {
    exit::usable(draft, lease, sink);
}

/// The first day of the lease and the first after it, where they are known and make sense.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// The first delivery.
    first: Option<Date>,
    /// The stated end.
    end: Option<Date>,
}

/// `1 day`, `2 days`.
fn days(count: i64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}
