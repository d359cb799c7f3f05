//! Databases for the tests: a file of SQLite, and a server of PostgreSQL that is really started.

#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]

mod postgres;

use leasehold_store::journal::{Address, Draft, Header, Journal, Lead, Writer};
use leasehold_types::Instant;
use std::time::Duration;

pub use postgres::{Cluster, shared};

/// Longer than any test takes.
pub const LONG: Duration = Duration::from_secs(3_600);

/// A database, gone when this is dropped.
pub struct Place {
    pub address: Address,
    at: At,
}

enum At {
    File(tempfile::TempDir),
    Server(String),
}

impl Place {
    /// Runs statements behind the journal's back.
    pub fn try_change(&self, sql: &str) -> Result<(), String> {
        match &self.at {
            At::File(dir) => rusqlite::Connection::open(dir.path().join(FILE))
                .and_then(|connection| connection.execute_batch(sql))
                .map_err(|error| error.to_string()),
            At::Server(name) => shared().psql(name, sql).map(drop),
        }
    }

    pub fn change(&self, sql: &str) {
        self.try_change(sql).unwrap();
    }

    /// Its URL.
    pub fn url(&self) -> String {
        match &self.at {
            At::File(_) => self.address.to_string(),
            At::Server(name) => shared().url(name),
        }
    }

    /// Waits until the server has ended the sessions of processes that were killed: what those had
    /// sent before is done until then.
    pub fn wait_for_the_killed(&self) {
        let At::Server(name) = &self.at else { return };
        let others = "SELECT count(*) FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        while shared().psql(name, others).unwrap() != "0" {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// From now on the database refuses what is poisoned.
    pub fn poison(&self) {
        match &self.at {
            At::File(_) => self.change(
                "CREATE TRIGGER a BEFORE INSERT ON journal_outbox WHEN new.target = 'poison' \
                 BEGIN SELECT RAISE(ABORT, 'poison'); END; \
                 CREATE TRIGGER b AFTER INSERT ON story_node WHEN new.colour = 'poison' \
                 BEGIN SELECT RAISE(ABORT, 'poison'); END;",
            ),
            At::Server(_) => self.change(
                "ALTER TABLE journal_outbox ADD CHECK (target <> 'poison'); \
                 ALTER TABLE story_node ADD CHECK (colour <> 'poison')",
            ),
        }
    }
}

const FILE: &str = "journal.db";

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
            let url = format!("sqlite:{}", dir.path().join(FILE).display());
            Place { address: url.parse().unwrap(), at: At::File(dir) }
        }
        Backend::Postgres => {
            let name = shared().database();
            Place { address: shared().address(&name), at: At::Server(name) }
        }
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
