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

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use leasehold_types::{Instant, Seconds};

use super::batch::{Answer, BATCH_MAX_ROWS, Batch, within};
use super::cells::{self, Cells, ITEM};
use super::database::{self, Mode, Row, Session, Step, Undone, Value};
use super::entry::{Entry, Head};
use super::error::JournalError;
use super::open::Journal;
use super::outbox::{OutboxId, OutboxItem, Outcome, Post};
use super::read::{OUTBOX_MAX_ITEMS, first, leader};
use super::rows::{Field, Projection};
use super::steps::{chunks, int, rows_of_parameters};
use super::{snapshot, standing};

/// How often a transaction is tried, in all.
const ATTEMPTS_MAX: u32 = 8;

/// The pause before the second attempt; each further one is twice as long. With [`ATTEMPTS_MAX`],
/// 6.35 seconds in all.
const PAUSE_FIRST: Duration = Duration::from_millis(50);

/// Most rows of each kind that are pruned at once.
pub const PRUNE_MAX_ROWS: usize = 1_000;

/// Who asked to lead, and what came of it.
#[derive(Debug)]
pub enum Lead {
    /// It leads.
    Won(Box<Writer>),
    /// Another one does.
    Held {
        /// Its name.
        holder: String,
        /// How much longer it does without renewing, in milliseconds.
        left_ms: i64,
    },
}

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

/// For how long what is settled is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Items of the outbox that were sent.
    pub done: Seconds,
    /// Items of the outbox that were given up.
    pub dead: Seconds,
    /// How many snapshots, the newest; at least one.
    pub snapshots: u32,
}

/// How much was pruned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pruned {
    /// Expired answers.
    pub answers: usize,
    /// Items of the outbox.
    pub items: usize,
    /// Snapshots.
    pub snapshots: usize,
    /// Whether there may be more to prune.
    pub more: bool,
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

impl Journal {
    /// Makes this process the leader for `ttl`, where nobody leads, the leader's time is over, or
    /// the leader has the same name `holder`; every leader has a larger token than all before it.
    /// The name should say which process it is, so that one that was restarted leads again at once.
    ///
    /// # Errors
    /// [`JournalError::Empty`] where no journal was begun; [`JournalError::Database`].
    pub fn lead(&self, holder: &str, ttl: Duration) -> Result<Lead, JournalError> {
        let mut session = database::connect(self.address())?;
        let sql = session.dialect().render(
            "UPDATE journal_head SET token = token + 1, holder = $1, until_ms = {now_ms} + $2 \
             WHERE until_ms <= {now_ms} OR holder = $3 OR holder = '' \
             RETURNING token, turn, seq, at, hash",
        );
        let values = vec![holder.into(), Value::Int(milliseconds(ttl)), holder.into()];
        let rows = session.ask(&Step::new(sql, values))?;
        if rows.is_empty() {
            let found = leader(session.as_mut())?;
            return Ok(Lead::Held { holder: found.holder, left_ms: found.left_ms });
        }
        let mut cells = first(rows)?;
        let (token, turn) = (cells.next("token")?, cells.next("turn")?);
        let head = cells::head(&mut cells)?;
        let (projections, lost) = (Vec::new(), false);
        Ok(Lead::Won(Box::new(Writer { session, head, projections, token, turn, lost })))
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

    /// Leads for `ttl` from now on.
    ///
    /// # Errors
    /// [`JournalError::Deposed`] where another process leads; [`JournalError::Database`].
    pub fn renew(&mut self, ttl: Duration) -> Result<(), JournalError> {
        let sql = "UPDATE journal_head SET until_ms = {now_ms} + $1 WHERE token = $2";
        let sql = self.session.dialect().render(sql);
        let values = vec![Value::Int(milliseconds(ttl)), Value::Int(int(self.token))];
        match self.session.ask(&Step::new(sql, values))?.len() {
            1 => Ok(()),
            _ => Err(self.deposed()?),
        }
    }

    /// Leads no more; another process may at once.
    ///
    /// # Errors
    /// [`JournalError::Database`]; then the next one leads once the time is over.
    pub fn resign(mut self) -> Result<(), JournalError> {
        let sql = "UPDATE journal_head SET until_ms = 0, holder = '' WHERE token = $1";
        self.session.ask(&Step::new(sql, vec![Value::Int(int(self.token))]))?;
        Ok(())
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

    /// Takes items that are due at `now`, those of the earliest entries first, to be sent; at most
    /// `limit` and [`OUTBOX_MAX_ITEMS`]. Each counts an attempt, and is due again at `until` unless
    /// a batch says before what became of it.
    ///
    /// # Errors
    /// As [`Writer::commit`].
    pub fn claim(
        &mut self,
        now: Instant,
        until: Instant,
        limit: usize,
    ) -> Result<Vec<OutboxItem>, JournalError> {
        let limit = limit.clamp(1, OUTBOX_MAX_ITEMS);
        let mut plan = Plan::default();
        plan.push(Step::new(
            format!(
                "UPDATE journal_outbox SET due = $1, attempts = attempts + 1 \
                 WHERE (seq, part) IN (SELECT seq, part FROM journal_outbox \
                 WHERE state = 'waiting' AND due <= $2 ORDER BY due, seq, part LIMIT {limit}) \
                 RETURNING {ITEM}"
            ),
            vec![until.to_value(), now.to_value()],
        ));
        let rows = self.run(plan, self.head)?.pop().unwrap_or_default();
        let mut items: Vec<OutboxItem> =
            rows.into_iter().map(cells::item).collect::<Result<_, _>>()?;
        items.sort_by_key(|item| item.id);
        Ok(items)
    }

    /// Deletes answers that have expired at `now`, settled items of the outbox and snapshots that
    /// were kept for long enough; at most [`PRUNE_MAX_ROWS`] of each, so that no batch waits long.
    ///
    /// # Errors
    /// As [`Writer::commit`].
    pub fn prune(&mut self, now: Instant, keep: Retention) -> Result<Pruned, JournalError> {
        let mut plan = Plan::default();
        plan.push(Step::new(
            format!(
                "DELETE FROM journal_answer WHERE (scope, key) IN (SELECT scope, key \
                 FROM journal_answer WHERE expires <= $1 ORDER BY expires LIMIT {PRUNE_MAX_ROWS})"
            ),
            vec![now.to_value()],
        ));
        for (state, kept) in [("done", keep.done), ("dead", keep.dead)] {
            let before = now.saturating_add(Seconds(kept.0.saturating_neg()));
            plan.push(Step::new(
                format!(
                    "DELETE FROM journal_outbox WHERE (seq, part) IN (SELECT seq, part \
                     FROM journal_outbox WHERE state = $1 AND due <= $2 \
                     ORDER BY due, seq, part LIMIT {PRUNE_MAX_ROWS})"
                ),
                vec![state.into(), before.to_value()],
            ));
        }
        plan.push(Step::new(
            "DELETE FROM journal_snapshot WHERE seq NOT IN \
             (SELECT seq FROM journal_snapshot ORDER BY seq DESC LIMIT $1)",
            vec![keep.snapshots.max(1).into()],
        ));
        plan.push(Step::new(
            "DELETE FROM journal_snapshot_part WHERE seq NOT IN (SELECT seq FROM journal_snapshot)",
            vec![],
        ));
        let counts: Vec<usize> = self.run(plan, self.head)?.iter().map(Vec::len).collect();
        let count = |n: usize| counts.get(n).copied().unwrap_or_default();
        let more = (0..3).any(|n| count(n) == PRUNE_MAX_ROWS);
        let (answers, items, snapshots) = (count(0), count(1) + count(2), count(3));
        Ok(Pruned { answers, items, snapshots, more })
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

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 2)
}

fn insert_entries(entries: &[Entry], plan: &mut Plan) {
    for part in chunks(entries, 8) {
        let values = part.iter().flat_map(entry_values);
        let marks = rows_of_parameters(part.len(), 8);
        let sql = format!("INSERT INTO journal_entry ({}) VALUES {marks}", cells::ENTRY);
        plan.push(Step::new(sql, values.collect()).must_touch(part.len()));
    }
}

/// In the order of [`cells::ENTRY`].
pub(super) fn entry_values(entry: &Entry) -> [Value; 8] {
    [
        Value::Int(int(entry.seq)),
        entry.at.to_value(),
        entry.actor.as_str().into(),
        entry.kind.as_str().into(),
        entry.version.into(),
        entry.body.as_slice().into(),
        entry.prev.as_bytes().as_slice().into(),
        entry.hash.as_bytes().as_slice().into(),
    ]
}

fn insert_posts(posts: &[(OutboxId, Post)], plan: &mut Plan) {
    for part in chunks(posts, 9) {
        let values = part.iter().flat_map(|(id, post)| {
            [
                Value::Int(int(id.seq)),
                id.part.into(),
                post.topic.as_str().into(),
                post.target.as_str().into(),
                post.body.as_slice().into(),
                "waiting".into(),
                post.due.to_value(),
                Value::Int(0),
                Value::Null,
            ]
        });
        let marks = rows_of_parameters(part.len(), 9);
        let sql = format!("INSERT INTO journal_outbox ({ITEM}) VALUES {marks}");
        plan.push(Step::new(sql, values.collect()).must_touch(part.len()));
    }
}

fn settle(outcomes: &[(OutboxId, Outcome)], plan: &mut Plan) {
    for (id, outcome) in outcomes {
        let (state, due, failure) = match outcome {
            Outcome::Done(at) => ("done", at, Value::Null),
            Outcome::Retry { due, failure } => ("waiting", due, failure.as_str().into()),
            Outcome::Dead { at, failure } => ("dead", at, failure.as_str().into()),
            Outcome::Again(due) => ("waiting", due, Value::Null),
        };
        let from = match outcome {
            Outcome::Again(_) => "state <> 'waiting'",
            _ => "state = 'waiting'",
        };
        let sql = format!(
            "UPDATE journal_outbox SET state = $1, due = $2, failure = $3 \
             WHERE seq = $4 AND part = $5 AND {from}"
        );
        let (seq, part) = (Value::Int(int(id.seq)), id.part.into());
        let step = Step::new(sql, vec![state.into(), due.to_value(), failure, seq, part]);
        plan.push_meaning(step.must_touch(1), Meaning::Item(*id));
    }
}

/// A key that is there already stays, unless it has expired by then.
fn insert_answers(batch: &Batch, plan: &mut Plan) {
    let answers: Vec<&Answer> = batch.answers.values().collect();
    for part in chunks(&answers, 7) {
        let values = part.iter().flat_map(|answer| {
            [
                answer.scope.as_str().into(),
                answer.key.as_str().into(),
                answer.digest.as_bytes().as_slice().into(),
                answer.body.as_slice().into(),
                answer.made.to_value(),
                answer.expires.to_value(),
                Value::Int(int(batch.head.seq)),
            ]
        });
        let marks = rows_of_parameters(part.len(), 7);
        let sql = format!(
            "INSERT INTO journal_answer (scope, key, digest, body, made, expires, seq) \
             VALUES {marks} ON CONFLICT (scope, key) DO UPDATE SET digest = excluded.digest, \
             body = excluded.body, made = excluded.made, expires = excluded.expires, \
             seq = excluded.seq WHERE journal_answer.expires <= excluded.made"
        );
        let known = part.iter().map(|answer| (*answer).clone()).collect();
        plan.push_meaning(
            Step::new(sql, values.collect()).must_touch(part.len()),
            Meaning::Answers(known),
        );
    }
}
