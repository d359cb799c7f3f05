//! Changes of projections, as few as a batch needs.

use std::collections::BTreeMap;

use super::super::database::{Step, Value};
use super::super::steps::{chunks, rows_of_parameters};
use super::{Field, Row, Table};
use crate::journal::error::JournalError;

/// Changes of rows, in their order; of several changes of one row only the last is written.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    tables: BTreeMap<&'static str, Changed>,
}

#[derive(Debug, Clone)]
struct Changed {
    table: &'static Table,
    /// By key: the whole row, or nothing where it is to go.
    rows: BTreeMap<Vec<Value>, Option<Vec<Value>>>,
}

impl Changes {
    /// Puts a row where it is by its key, whether there is one or not.
    pub fn put<R: Row>(&mut self, row: &R) {
        let values = row.values();
        let places = key_places(R::TABLE);
        let key = places.iter().filter_map(|place| values.get(*place).cloned()).collect();
        self.of(R::TABLE).rows.insert(key, Some(values));
    }

    /// Takes the row with this key away, whether there is one or not. The cells are in the order of
    /// the table's key.
    pub fn delete<R: Row>(&mut self, key: &[&dyn ToCell]) {
        let key = key.iter().map(|cell| cell.to_cell()).collect();
        self.of(R::TABLE).rows.insert(key, None);
    }

    /// How many rows change.
    pub fn len(&self) -> usize {
        self.tables.values().map(|changed| changed.rows.len()).sum()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// The tables that change.
    pub(in super::super) fn tables(&self) -> impl Iterator<Item = &'static Table> + '_ {
        self.tables.values().map(|changed| changed.table)
    }

    fn of(&mut self, table: &'static Table) -> &mut Changed {
        self.tables.entry(table.name).or_insert_with(|| Changed { table, rows: BTreeMap::new() })
    }

    /// The statements that make them.
    pub(in super::super) fn steps(&self, steps: &mut Vec<Step>) -> Result<(), JournalError> {
        for Changed { table, rows } in self.tables.values() {
            let put: Vec<&Vec<Value>> = rows.values().flatten().collect();
            // SQLite would take it; so that both databases hold the same, neither does.
            let nul = |value: &Value| matches!(value, Value::Text(text) if text.contains('\0'));
            if put.iter().any(|row| row.iter().any(nul)) {
                let table = table.name;
                return Err(JournalError::Refused(format!(
                    "a text of a row of `{table}` holds a NUL byte; leave it out"
                )));
            }
            for part in chunks(&put, table.columns.len()) {
                let values = part.iter().flat_map(|row| row.iter().cloned()).collect();
                steps.push(Step::new(upsert(table, part.len()), values).must_touch(part.len()));
            }
            let gone: Vec<&Vec<Value>> =
                rows.iter().filter(|(_, row)| row.is_none()).map(|(key, _)| key).collect();
            for key in gone {
                if key.len() != table.key.len() {
                    return Err(JournalError::Unexpected(format!(
                        "a key of table `{}` has {} cells, and {} were given",
                        table.name,
                        table.key.len(),
                        key.len()
                    )));
                }
                steps.push(Step::new(delete(table), key.clone()));
            }
        }
        Ok(())
    }
}

/// What can stand in a cell.
pub trait ToCell {
    /// As a cell.
    fn to_cell(&self) -> Value;
}

impl<T: Field> ToCell for T {
    fn to_cell(&self) -> Value {
        self.to_value()
    }
}

impl ToCell for &str {
    fn to_cell(&self) -> Value {
        Value::from(*self)
    }
}

fn key_places(table: &Table) -> Vec<usize> {
    table.key.iter().filter_map(|name| table.place(name).ok()).collect()
}

fn upsert(table: &Table, rows: usize) -> String {
    let others: Vec<String> = table
        .columns
        .iter()
        .filter(|column| !table.key.contains(&column.name))
        .map(|column| format!("{0} = excluded.{0}", column.name))
        .collect();
    // A row that is all key is touched, too, so that rows are counted alike.
    let others = match others.is_empty() {
        true => format!("{0} = excluded.{0}", table.key.first().copied().unwrap_or_default()),
        false => others.join(", "),
    };
    format!(
        "INSERT INTO {} ({}) VALUES {} ON CONFLICT ({}) DO UPDATE SET {others}",
        table.name,
        table.column_list(),
        rows_of_parameters(rows, table.columns.len()),
        table.key.join(", "),
    )
}

fn delete(table: &Table) -> String {
    let cells: Vec<String> =
        table.key.iter().enumerate().map(|(n, name)| format!("{name} = ${}", n + 1)).collect();
    format!("DELETE FROM {} WHERE {}", table.name, cells.join(" AND "))
}
