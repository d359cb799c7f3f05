//! Pages of a table, each from where the one before it ended.

use super::super::database::{Step, Value};
use super::super::error::JournalError;
use super::change::ToCell;
use super::{Row, Table};

/// Most rows of a page.
pub const PAGE_MAX_ROWS: usize = 1_000;

/// Which rows of a table, in which order, from where on.
#[derive(Debug, Clone)]
pub struct Select {
    table: &'static Table,
    equal: Vec<(usize, Value)>,
    /// Ends with the key, so that no two rows are alike in it.
    order: Vec<usize>,
    descending: bool,
    after: Option<Vec<Value>>,
    limit: usize,
}

/// Rows, the entry that they stand at, and where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// The entry of the journal up to which they are true.
    pub seq: u64,
    /// To be given to [`Select::after`] for the rows after these; nothing where there are none.
    pub next: Option<Vec<Value>>,
}

impl Select {
    /// All rows by their key, a page of [`PAGE_MAX_ROWS`].
    pub fn all<R: Row>() -> Self {
        let table = R::TABLE;
        let order = table.key.iter().filter_map(|name| table.place(name).ok()).collect();
        let (equal, after) = (Vec::new(), None);
        Select { table, equal, order, descending: false, after, limit: PAGE_MAX_ROWS }
    }

    /// Only rows whose `column` holds `value`.
    ///
    /// # Errors
    /// [`JournalError::Unexpected`] where there is no such column.
    pub fn equal(mut self, column: &str, value: &dyn ToCell) -> Result<Self, JournalError> {
        self.equal.push((self.table.place(column)?, value.to_cell()));
        Ok(self)
    }

    /// In the order of `columns`, and of the key among rows that are alike in those.
    ///
    /// # Errors
    /// [`JournalError::Unexpected`] where there is no such column, or it may hold nothing.
    pub fn by(mut self, columns: &[&str]) -> Result<Self, JournalError> {
        let mut order = Vec::new();
        for name in columns {
            let place = self.table.place(name)?;
            if self.table.columns[place].nullable {
                let table = self.table.name;
                return Err(JournalError::Unexpected(format!(
                    "`{table}` cannot be ordered by `{name}`, which may hold nothing"
                )));
            }
            order.push(place);
        }
        let key: Vec<usize> = self.order.iter().copied().filter(|k| !order.contains(k)).collect();
        order.extend(key);
        self.order = order;
        Ok(self)
    }

    /// The other way round: the last first.
    pub fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    /// After the page that told this.
    pub fn after(mut self, cursor: Option<Vec<Value>>) -> Self {
        self.after = cursor;
        self
    }

    /// At most `rows` a page, and at most [`PAGE_MAX_ROWS`].
    pub fn limit(mut self, rows: usize) -> Self {
        self.limit = rows.clamp(1, PAGE_MAX_ROWS);
        self
    }

    /// The statement: one row more than the page has, to know whether more follow.
    pub(in super::super) fn step(&self) -> Result<Step, JournalError> {
        let (mut wheres, mut values) = (Vec::new(), Vec::new());
        let name = |place: &usize| self.table.columns[*place].name;
        for (place, value) in &self.equal {
            match value {
                Value::Null => wheres.push(format!("{} IS NULL", name(place))),
                value => {
                    values.push(value.clone());
                    wheres.push(format!("{} = ${}", name(place), values.len()));
                }
            }
        }
        let order: Vec<&str> = self.order.iter().map(name).collect();
        let (than, way) = if self.descending { ("<", " DESC") } else { (">", "") };
        if let Some(after) = &self.after {
            if after.len() != order.len() {
                return Err(JournalError::Unexpected("the cursor is of another page".to_owned()));
            }
            let first = values.len() + 1;
            values.extend(after.iter().cloned());
            let marks: Vec<String> = (first..=values.len()).map(|n| format!("${n}")).collect();
            wheres.push(format!("({}) {than} ({})", order.join(", "), marks.join(", ")));
        }
        let wheres = match wheres.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", wheres.join(" AND ")),
        };
        let order: Vec<String> = order.iter().map(|name| format!("{name}{way}")).collect();
        let (columns, table, limit) = (self.table.column_list(), self.table.name, self.limit + 1);
        let order = order.join(", ");
        let sql = format!("SELECT {columns} FROM {table}{wheres} ORDER BY {order} LIMIT {limit}");
        Ok(Step::new(sql, values))
    }

    pub(in super::super) fn table(&self) -> &'static Table {
        self.table
    }

    /// The page that the statement's rows are.
    pub(in super::super) fn page<R: Row>(
        &self,
        mut found: Vec<Vec<Value>>,
        seq: u64,
    ) -> Result<Page<R>, JournalError> {
        let more = found.len() > self.limit;
        found.truncate(self.limit);
        let last = found.last().filter(|_| more);
        let next = last.map(|row| self.order.iter().map(|place| row[*place].clone()).collect());
        let rows = found.into_iter().map(R::from_values).collect::<Result<_, _>>()?;
        Ok(Page { rows, seq, next })
    }
}
