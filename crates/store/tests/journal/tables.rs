//! docs/store.md says what is in the database: the declared tables column by column, and the
//! journal's own by their names.

use std::fs;
use std::path::Path;

use leasehold_store::journal::rows::{Kind, Projection, Table};
use leasehold_store::journal::tables;

use crate::support::*;

fn section(table: &Table, projection: &Projection) -> String {
    let mut text = format!(
        "### `{}`\n\n{} Projection `{}`; key {}.\n\n| column | type | meaning |\n| --- | --- | --- |\n",
        table.name,
        table.about.trim(),
        projection.name,
        table.key.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    );
    for column in table.columns {
        let kind = match column.kind {
            Kind::Int => "whole number",
            Kind::Text => "text",
            Kind::Bool => "yes or no",
            Kind::Bytes => "bytes",
        };
        let null = if column.nullable { ", or nothing" } else { "" };
        text += &format!("| `{}` | {kind}{null} | {} |\n", column.name, column.about.trim());
    }
    text
}

#[test]
fn the_page_has_every_table_and_column() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/store.md");
    let text = fs::read_to_string(page).unwrap();
    for projection in tables::ALL {
        for table in projection.tables {
            let expected = section(table, projection);
            assert!(text.contains(&expected), "docs/store.md should have:\n{expected}");
        }
    }
    // The journal's own tables, as a database has them.
    let place = empty(Backend::Sqlite);
    leasehold_store::journal::Journal::open(&place.address).unwrap();
    let database = rusqlite::Connection::open(place.url().trim_start_matches("sqlite:")).unwrap();
    let mut query = database
        .prepare("SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'")
        .unwrap();
    let columns =
        query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    for (table, column) in columns.unwrap().map(Result::unwrap) {
        let (_, part) =
            text.split_once(&format!("### `{table}`")).unwrap_or_else(|| panic!("{table}"));
        let part = part.split("\n###").next().unwrap();
        assert!(
            part.contains(&format!("`{column}`")),
            "docs/store.md lacks `{column}` of `{table}`"
        );
    }
}

/// The databases' words for a few names are their own: each table is really made and filled.
#[test]
fn every_table_is_made_on_both() {
    for backend in BOTH {
        let (_place, journal) = begun(backend);
        let mut writer = lead(&journal, "desk-1");
        let standings = writer.projections(&tables::ALL).unwrap();
        assert_eq!(standings.len(), 3);
        let mut batch = leasehold_store::journal::Batch::on(writer.head());
        let seq = batch.append(draft(1)).unwrap();
        let act = tables::ActRow {
            seq,
            at: at(1),
            actor: "ada".into(),
            kind: "node.marked".into(),
            lease: String::new(),
            tenant: String::new(),
            summary: "marked a node".into(),
        };
        batch.put(&act);
        writer.commit(&batch).unwrap();
        assert_eq!(journal.row::<tables::ActRow>(&[&1_u64]).unwrap(), Some(act));
        assert!(journal.standings().unwrap().iter().all(|standing| standing.seq == 1));
    }
}
