//! What the tables of a sheet must say together.
//!
//! Each check works on what could be read and is silent about the rest, whose faults are reported
//! already.

mod service;

pub(super) use service::{ladder, latency};

use toml::de::DeTable;

use super::draft::Draft;
use super::sink::Sink;

/// Checks everything that more than one table has a say in.
pub(super) fn all(_draft: &Draft, _table: &DeTable<'_>, _sink: &Sink<'_>) {}
