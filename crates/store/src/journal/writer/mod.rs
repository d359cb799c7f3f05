//! The one writer.
//!
//! Each of its transactions begins with the same statement: it takes the row of the head, and goes
//! on only where the token is still this writer's and the journal ends where the writer knows. That
//! row is also what another process changes to lead; so of a batch and a change of leader one comes
//! first, and a writer whose place was taken writes nothing.
//!
//! A transaction that failed before it was committed is tried again where the database may come
//! back. Where it failed while being committed, the head says whether it was: each transaction of a
//! writer counts its turn there. So nothing is ever written twice, and what was acknowledged is there.

mod lead;
mod statements;
mod upkeep;

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use super::batch::{Answer, BATCH_MAX_ROWS, Batch, within};
use super::cells::{self, Cells};
use super::database::{Mode, Row, Session, Step, Undone, Value};
use super::entry::Head;
use super::error::JournalError;
use super::outbox::OutboxId;
use super::read::first;
use super::rows::{Field, Projection};
use super::steps::int;
use super::{snapshot, standing};

pub use lead::Lead;
pub(super) use statements::entry_values;
use statements::{insert_answers, insert_entries, insert_posts, settle};
pub use upkeep::{PRUNE_MAX_ROWS, Pruned, Retention};

/// How often a transaction is tried, in all.
const ATTEMPTS_MAX: u32 = 8;

/// The pause before the second attempt; each further one is twice as long. With [`ATTEMPTS_MAX`],
/// 6.35 seconds in all.
const PAUSE_FIRST: Duration = Duration::from_millis(50);

/// The writer of a journal, as long as it leads.
pub struct Writer {
    pub(super) session: Box<dyn Session>,
    pub(super) head: Head,
    pub(super) projections: Vec<&'static Projection>,
    token: u64,
    /// How many transactions the journal's writers have made.
    turn: i64,
    /// Whether the head may have moved without this writer's knowledge.
    lost: bool,
}

/// The steps of a transaction, and what it means where one touches another number of rows than it
/// must.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    meanings: BTreeMap<usize, Meaning>,
}

/// What it means that a step did not touch the rows that it must.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    /// An item of the outbox is in another state.
    Item(OutboxId),
    /// An answer is there already.
    Answers(Vec<Answer>),
    /// A projection stands elsewhere.
    Standing(&'static str),
}

impl Plan {
    pub(super) fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    pub(super) fn push_meaning(&mut self, step: Step, meaning: Meaning) {
        self.meanings.insert(self.steps.len(), meaning);
        self.steps.push(step);
    }
}

impl Writer {
    /// Where the journal ends.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The token by which it leads.
    pub fn token(&self) -> u64 {
        self.token
    }

    /// Finds out where the journal ends, after [`JournalError::Unknown`] or
    /// [`JournalError::Moved`]. The caller's state must then be that after this head.
    ///
    /// # Errors
    /// [`JournalError::Deposed`] where another process leads; [`JournalError::Database`].
    pub fn resync(&mut self) -> Result<Head, JournalError> {
        let now = self.read()?;
        if now.token != self.token {
            return Err(JournalError::Deposed { token: self.token, current: now.token });
        }
        (self.head, self.turn, self.lost) = (now.head, now.turn, false);
        Ok(self.head)
    }

    /// Commits a batch, and answers once it is on the disk.
    ///
    /// # Errors
    /// - [`JournalError::Deposed`], [`JournalError::Moved`], [`JournalError::Answered`],
    ///   [`JournalError::NoSuchItem`], [`JournalError::Behind`], [`JournalError::Limit`]: nothing of
    ///   it was written, and nothing will be.
    /// - [`JournalError::Database`]: the same; the database failed, for longer than was waited.
    /// - [`JournalError::Unknown`]: it may have been written. Nothing more is taken until
    ///   [`Writer::resync`] has said where the journal ends.
    pub fn commit(&mut self, batch: &Batch) -> Result<Head, JournalError> {
        if batch.from != self.head {
            let (expected, found) = (batch.from.seq, self.head.seq);
            return Err(JournalError::Moved { expected, found });
        }
        let mut plan = Plan::default();
        insert_entries(&batch.entries, &mut plan);
        insert_posts(&batch.posts, &mut plan);
        settle(&batch.outcomes, &mut plan);
        insert_answers(batch, &mut plan);
        self.move_projections(batch, &mut plan)?;
        within("the rows that a batch changes", batch.changes.len(), BATCH_MAX_ROWS, "rows")?;
        batch.changes.steps(&mut plan.steps)?;
        if let Some(kept) = &batch.snapshot {
            snapshot::steps(kept, batch.head.seq, &mut plan.steps);
        }
        self.run(plan, batch.head)?;
        Ok(self.head)
    }

    /// Says that the projections stand at the batch's end: those that it changes must stand at its
    /// beginning, the others go along where they do.
    fn move_projections(&self, batch: &Batch, plan: &mut Plan) -> Result<(), JournalError> {
        let (from, to) = (batch.from.seq, batch.head.seq);
        let touched: Vec<&str> = batch.changes.tables().map(|table| table.name).collect();
        let of = |name: &&str| {
            let has = |set: &&&Projection| set.tables.iter().any(|table| table.name == *name);
            self.projections.iter().find(has).is_some()
        };
        if let Some(table) = touched.iter().find(|name| !of(name)) {
            return Err(JournalError::Unexpected(format!(
                "`{table}` is a table of no projection that this writer was given"
            )));
        }
        for set in &self.projections {
            if set.tables.iter().any(|table| touched.contains(&table.name)) {
                standing::moves(set.name, from, to, plan);
            } else if from != to {
                let sql = "UPDATE journal_projection SET seq = $1 WHERE name = $2 AND seq = $3";
                let values = vec![Value::Int(int(to)), set.name.into(), Value::Int(int(from))];
                plan.push(Step::new(sql, values));
            }
        }
        Ok(())
    }

    /// Runs a transaction that moves the head to `to`; answers with the rows of each step.
    pub(super) fn run(&mut self, plan: Plan, to: Head) -> Result<Vec<Vec<Row>>, JournalError> {
        if self.lost {
            return Err(JournalError::Unexpected(
                "a writer that lost the head was used before it was brought back".to_owned(),
            ));
        }
        let Plan { mut steps, meanings } = plan;
        steps.insert(0, self.guard(to));
        let (mut unknown, mut pause) = (false, PAUSE_FIRST);
        for attempt in 1.. {
            let error = match self.session.transact(Mode::Write, &steps) {
                Ok(mut answers) => {
                    answers.remove(0);
                    (self.head, self.turn) = (to, self.turn + 1);
                    return Ok(answers);
                }
                Err(Undone::Step(0)) => return self.explain(to, unknown),
                Err(Undone::Step(n)) => return Err(self.meaning(meanings.get(&(n - 1)))?),
                Err(Undone::Failed(error)) => error,
                Err(Undone::Unknown(error)) => {
                    unknown = true;
                    error
                }
            };
            if attempt == ATTEMPTS_MAX || !error.is_transient() {
                self.lost = unknown;
                return Err(if unknown { JournalError::Unknown(Box::new(error)) } else { error });
            }
            thread::sleep(pause);
            pause *= 2;
        }
        Err(JournalError::Unexpected("there are no attempts".to_owned()))
    }

    /// The first statement of each transaction.
    fn guard(&self, to: Head) -> Step {
        let sql = "UPDATE journal_head SET seq = $1, at = $2, hash = $3, turn = $4, writer = $5 \
                   WHERE token = $6 AND turn = $7 AND seq = $8";
        let token = || Value::Int(int(self.token));
        let values = vec![
            Value::Int(int(to.seq)),
            to.at.to_value(),
            Value::Bytes(to.hash.as_bytes().to_vec()),
            Value::Int(self.turn + 1),
            token(),
            token(),
            Value::Int(self.turn),
            Value::Int(int(self.head.seq)),
        ];
        Step::new(sql, values).must_touch(1)
    }

    /// Why the guard refused: another leads, an earlier attempt was committed after all, or the
    /// journal ends elsewhere.
    fn explain(&mut self, to: Head, unknown: bool) -> Result<Vec<Vec<Row>>, JournalError> {
        let now = self.read().map_err(|error| {
            self.lost = true;
            if unknown { JournalError::Unknown(Box::new(error)) } else { error }
        })?;
        if unknown && now.writer == self.token && now.turn == self.turn + 1 && now.head == to {
            (self.head, self.turn) = (to, now.turn);
            return Ok(Vec::new());
        }
        self.lost = true;
        if now.token != self.token {
            // What was tried may have been committed before the other one led.
            let deposed = JournalError::Deposed { token: self.token, current: now.token };
            return Err(if unknown { JournalError::Unknown(Box::new(deposed)) } else { deposed });
        }
        Err(JournalError::Moved { expected: self.head.seq, found: now.head.seq })
    }

    /// The error that a step's failure means.
    fn meaning(&mut self, meaning: Option<&Meaning>) -> Result<JournalError, JournalError> {
        Ok(match meaning {
            None => JournalError::Unexpected("a statement touched no row".to_owned()),
            Some(Meaning::Item(id)) => JournalError::NoSuchItem(*id),
            Some(Meaning::Answers(answers)) => {
                let sql =
                    "SELECT 1 FROM journal_answer WHERE scope = $1 AND key = $2 AND expires > $3";
                let mut taken = answers.last();
                for answer in answers {
                    let (scope, key) = (answer.scope.as_str(), answer.key.as_str());
                    let values = vec![scope.into(), key.into(), answer.made.to_value()];
                    if !self.session.ask(&Step::new(sql, values))?.is_empty() {
                        taken = Some(answer);
                        break;
                    }
                }
                let (scope, key) =
                    taken.map(|a| (a.scope.clone(), a.key.clone())).unwrap_or_default();
                JournalError::Answered { scope, key }
            }
            Some(Meaning::Standing(name)) => {
                let sql = "SELECT seq FROM journal_projection WHERE name = $1";
                let found = self.session.ask(&Step::new(sql, vec![(*name).into()]))?.pop();
                let at = found.map(|row| Cells::of(row).next("seq")).transpose()?;
                JournalError::Behind { projection: (*name).to_owned(), at, head: self.head.seq }
            }
        })
    }

    fn deposed(&mut self) -> Result<JournalError, JournalError> {
        let current = self.read()?.token;
        Ok(JournalError::Deposed { token: self.token, current })
    }

    fn read(&mut self) -> Result<Now, JournalError> {
        let sql = "SELECT token, writer, turn, seq, at, hash FROM journal_head";
        let mut cells = first(self.session.ask(&Step::new(sql, vec![]))?)?;
        let (token, writer) = (cells.next("token")?, cells.next("writer")?);
        let turn = cells.next("turn")?;
        Ok(Now { token, writer, turn, head: cells::head(&mut cells)? })
    }
}

/// The row of the head.
struct Now {
    token: u64,
    writer: u64,
    turn: i64,
    head: Head,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("token", &self.token)
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}
