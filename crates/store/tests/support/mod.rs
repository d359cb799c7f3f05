//! Databases for the tests: a file of SQLite, and a server of PostgreSQL that is really started.

#![allow(dead_code, reason = "each test binary uses a part of it")]

mod postgres;

use leasehold_store::journal::{Address, Draft, Header, Journal, Lead, Writer};
use leasehold_types::Instant;
use std::time::Duration;

pub use postgres::shared;

/// Longer than any test takes.
pub const LONG: Duration = Duration::from_secs(3_600);

/// A database, gone when this is dropped.
pub struct Place {
    pub address: Address,
    _dir: Option<tempfile::TempDir>,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

pub const BOTH: [Backend; 2] = [Backend::Sqlite, Backend::Postgres];

/// An empty database.
pub fn empty(backend: Backend) -> Place {
    match backend {
        Backend::Sqlite => {
            let dir = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", dir.path().join("journal.db").display());
            Place { address: url.parse().unwrap(), _dir: Some(dir) }
        }
        Backend::Postgres => Place { address: shared().database(), _dir: None },
    }
}

pub fn at(second: i64) -> Instant {
    Instant::from_second(1_800_000_000 + second)
}

pub fn header() -> Header {
    Header::new("xai", "memphis", at(0))
}

/// An empty journal.
pub fn begun(backend: Backend) -> (Place, Journal) {
    let place = empty(backend);
    let journal = Journal::open(&place.address).unwrap();
    journal.begin(&header()).unwrap();
    (place, journal)
}

pub fn lead(journal: &Journal, holder: &str) -> Writer {
    match journal.lead(holder, LONG).unwrap() {
        Lead::Won(writer) => *writer,
        Lead::Held { holder, .. } => panic!("{holder} leads"),
    }
}

/// The `n`-th of many entries.
pub fn draft(n: u64) -> Draft {
    Draft {
        at: at(i64::try_from(n).unwrap()),
        actor: format!("user-{}", n % 7),
        kind: "node.marked".to_owned(),
        version: 1,
        body: format!("{{\"n\":{n},\"note\":\"Zähler — {n}\"}}").into_bytes(),
    }
}
