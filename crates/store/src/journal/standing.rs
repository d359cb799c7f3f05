//! Where the projections stand, and how their tables are made, dropped and brought up to date.

use serde::Serialize;

use super::cells::Cells;
use super::database::{Dialect, Row, Step, Value};
use super::error::JournalError;
use super::open::Journal;
use super::rows::{Changes, Projection};
use super::steps::int;
use super::writer::{Meaning, Plan, Writer};

/// Where a projection stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Which it is.
    pub name: String,
    /// The version of its tables.
    pub version: u32,
    /// The entry of the journal up to which it is true.
    pub seq: u64,
    /// Its tables.
    pub tables: Vec<String>,
}

pub(super) const STANDINGS: &str =
    "SELECT name, version, seq, tables FROM journal_projection ORDER BY name";

impl Journal {
    /// Where each projection stands.
    ///
    /// # Errors
    /// [`JournalError::Database`], [`JournalError::Damaged`].
    pub fn standings(&self) -> Result<Vec<Standing>, JournalError> {
        let rows = self.pool.with_session(|session| session.ask(&Step::new(STANDINGS, vec![])))?;
        rows.into_iter().map(standing).collect()
    }
}

pub(super) fn standing(row: Row) -> Result<Standing, JournalError> {
    let mut cells = Cells::of(row);
    let (name, version, seq) = (cells.next("name")?, cells.next("version")?, cells.next("seq")?);
    let tables: String = cells.next("tables")?;
    let tables = tables.split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Ok(Standing { name, version, seq, tables })
}

impl Writer {
    /// Makes the tables of `projections` where they are missing, and anew where their version is an
    /// older one; from then on they move along with each batch, once they stand at the journal's
    /// head. Answers where each stands, in the order given: [`Writer::advance`] brings those that
    /// are behind to the head.
    ///
    /// # Errors
    /// [`JournalError::Newer`] where a projection is of a later program; as [`Writer::commit`].
    pub fn projections(
        &mut self,
        projections: &[&'static Projection],
    ) -> Result<Vec<Standing>, JournalError> {
        for projection in projections {
            match self.standing_of(projection)? {
                Some(found) if found.version > projection.version => {
                    return Err(JournalError::Newer {
                        what: format!("its projection `{}`", projection.name),
                        found: found.version.into(),
                        known: projection.version.into(),
                    });
                }
                Some(found) if found.version == projection.version => (),
                _ => self.rebuild(projection)?,
            }
        }
        self.projections = projections.to_vec();
        let mut standings = Vec::new();
        for projection in projections {
            standings.extend(self.standing_of(projection)?);
        }
        Ok(standings)
    }

    /// Drops the tables of a projection and makes them anew, empty, at entry 0.
    ///
    /// # Errors
    /// As [`Writer::commit`].
    pub fn rebuild(&mut self, projection: &Projection) -> Result<(), JournalError> {
        let old = self.standing_of(projection)?.map(|found| found.tables).unwrap_or_default();
        let dialect = self.session.dialect();
        let mut plan = Plan::default();
        for table in &old {
            if !is_name(table) {
                return Err(JournalError::Damaged(format!("`{table}` is no name of a table")));
            }
            plan.push(Step::new(format!("DROP TABLE IF EXISTS {table}"), vec![]));
        }
        create(projection, dialect, &mut plan);
        self.run(plan, self.head)?;
        Ok(())
    }

    /// Brings a projection from entry `from`, where it stands, to entry `to` by the changes that the
    /// entries between them make.
    ///
    /// # Errors
    /// [`JournalError::Behind`] where it does not stand at `from`; as [`Writer::commit`].
    pub fn advance(
        &mut self,
        projection: &Projection,
        from: u64,
        to: u64,
        changes: &Changes,
    ) -> Result<(), JournalError> {
        if to > self.head.seq || from > to {
            return Err(JournalError::Unexpected(format!(
                "a projection was to go from entry {from} to {to} of {}",
                self.head.seq
            )));
        }
        if let Some(table) = changes.tables().find(|table| !projection.tables.contains(table)) {
            let (table, projection) = (table.name, projection.name);
            return Err(JournalError::Unexpected(format!(
                "`{table}` is no table of the projection `{projection}`"
            )));
        }
        let mut plan = Plan::default();
        moves(projection.name, from, to, &mut plan);
        changes.steps(&mut plan.steps)?;
        self.run(plan, self.head)?;
        Ok(())
    }

    fn standing_of(&mut self, projection: &Projection) -> Result<Option<Standing>, JournalError> {
        let sql = "SELECT name, version, seq, tables FROM journal_projection WHERE name = $1";
        let step = Step::new(sql, vec![projection.name.into()]);
        self.session.ask(&step)?.pop().map(standing).transpose()
    }
}

/// Moves a projection, which must stand at `from`.
pub(super) fn moves(name: &'static str, from: u64, to: u64, plan: &mut Plan) {
    let sql = "UPDATE journal_projection SET seq = $1 WHERE name = $2 AND seq = $3";
    let values = vec![Value::Int(int(to)), name.into(), Value::Int(int(from))];
    plan.push_meaning(Step::new(sql, values).must_touch(1), Meaning::Standing(name));
}

fn create(projection: &Projection, dialect: Dialect, plan: &mut Plan) {
    let names: Vec<&str> = projection.tables.iter().map(|table| table.name).collect();
    for table in projection.tables {
        for sql in table.create(dialect) {
            plan.push(Step::new(sql, vec![]));
        }
    }
    plan.push(Step::new(
        "INSERT INTO journal_projection (name, version, seq, tables) VALUES ($1, $2, 0, $3) \
         ON CONFLICT (name) DO UPDATE \
         SET version = excluded.version, seq = excluded.seq, tables = excluded.tables",
        vec![projection.name.into(), projection.version.into(), names.join(" ").into()],
    ));
}

/// Names of tables stand in statements, so what was stored is held to what a table may be called.
fn is_name(text: &str) -> bool {
    let ok = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    !text.is_empty() && text.bytes().all(ok) && !text.starts_with("journal_")
}
