//! Databases are brought to this program's version once, whoever comes, and never back.

use std::thread;

use leasehold_store::journal::rows::{Projection, Row};
use leasehold_store::journal::{Journal, JournalError, SCHEMA_VERSION};

use crate::story::{NODES, Node};
use crate::support::*;

#[test]
fn any_number_may_come_at_once() {
    for backend in BOTH {
        for _ in 0..3 {
            let place = empty(backend);
            thread::scope(|scope| {
                for _ in 0..6 {
                    scope.spawn(|| {
                        let journal = Journal::open(&place.address).unwrap();
                        assert_eq!(journal.begin(&header()).unwrap(), header());
                    });
                }
            });
            let journal = Journal::open(&place.address).unwrap();
            assert_eq!(journal.head().unwrap(), header().head());
            place.change("UPDATE journal_migration SET version = version");
        }
    }
}

#[test]
fn a_newer_database_is_refused() {
    for backend in BOTH {
        let (place, journal) = begun(backend);
        let mut writer = lead(&journal, "desk-1");
        writer.projections(&[&NODES]).unwrap();
        place.change("UPDATE journal_projection SET version = 7");
        let newer = writer.projections(&[&NODES]).unwrap_err().to_string();
        place.change(&format!("INSERT INTO journal_migration VALUES ({})", SCHEMA_VERSION + 1));
        let refused = Journal::open(&place.address).unwrap_err().to_string();
        insta::allow_duplicates! {
            insta::assert_snapshot!(newer, @"the database is newer than this program: its projection `story` is at version 7, and this program knows 1; use the version that wrote it, or a later one");
            insta::assert_snapshot!(refused, @"the database is newer than this program: its schema is at version 2, and this program knows 1; use the version that wrote it, or a later one");
        }
    }
}

#[test]
fn another_journal_is_not_gone_on_with() {
    let (_place, journal) = begun(Backend::Sqlite);
    let mut other = header();
    other.site = "colossus-2".to_owned();
    let refused = journal.begin(&other).unwrap_err();
    assert!(matches!(refused, JournalError::Occupied { .. }), "{refused}");
}

#[test]
fn a_projection_of_another_version_is_made_anew() {
    static NEXT: Projection = Projection { name: "story", version: 2, tables: &[Node::TABLE] };
    for backend in BOTH {
        let (_place, journal) = begun(backend);
        let mut writer = lead(&journal, "desk-1");
        writer.projections(&[&NODES]).unwrap();
        let mut batch = leasehold_store::journal::Batch::on(writer.head());
        batch.append(draft(1)).unwrap();
        batch.put(&crate::story::node(1, "red"));
        writer.commit(&batch).unwrap();
        assert_eq!(writer.projections(&[&NODES]).unwrap()[0].seq, 1);
        let standing = writer.projections(&[&NEXT]).unwrap();
        assert_eq!((standing[0].seq, standing[0].version), (0, 2));
        assert_eq!(journal.row::<Node>(&[&"memphis", &1_u32]).unwrap(), None);
    }
}

#[test]
fn an_entry_is_never_changed() {
    for backend in BOTH {
        let (place, journal) = begun(backend);
        let mut writer = lead(&journal, "desk-1");
        let mut batch = leasehold_store::journal::Batch::on(writer.head());
        batch.append(draft(1)).unwrap();
        writer.commit(&batch).unwrap();
        for sql in ["UPDATE journal_entry SET actor = 'me'", "DELETE FROM journal_entry"] {
            let refused = place.try_change(sql).unwrap_err();
            assert!(refused.contains("an entry of the journal is never"), "{refused}");
        }
        // Whoever goes round that is found out.
        match backend {
            Backend::Sqlite => place.change("DROP TRIGGER journal_entry_stays"),
            Backend::Postgres => place.change("ALTER TABLE journal_entry DISABLE TRIGGER ALL"),
        }
        place.change("UPDATE journal_entry SET actor = 'me'");
        let found = leasehold_store::journal::backup::verify_database(&journal).unwrap();
        assert!(found.faults[0].contains("entry 1 has the hash"), "{:?}", found.faults);
        assert_eq!(found.whole.seq, 0);
    }
}
