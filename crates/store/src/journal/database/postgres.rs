//! PostgreSQL: a connection behind a blocking face.
//!
//! The steps of a transaction are sent without waiting for each other's answers, so a batch costs
//! two turns on the wire, whatever is in it: one for its steps, and one for the commit. The face
//! blocks, so it must not be called where asynchronous tasks run; threads of their own may.
//!
//! There is no TLS here: reach the database by a socket of the machine, by a private network, or
//! through a tunnel. A URL that asks for TLS is refused by name.

use std::collections::HashMap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{MaybeDone, maybe_done};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::super::error::{DatabaseFault, FaultKind, JournalError};
use super::pg_value::{fault, rows_of};
use super::{Dialect, Mode, Row, Session, Step, Undone};

/// How long a connection may take.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// How long a peer that does not answer is taken to be there.
const SILENCE_MAX: Duration = Duration::from_secs(10);

/// Statements that a connection keeps prepared; past it they are forgotten and prepared anew.
const STATEMENTS_MAX: usize = 256;

/// The first version that is supported, as `server_version_num` has it.
const VERSION_MIN: i64 = 150_000;

/// What every connection sets: a commit is on the disk when it is acknowledged, and a transaction
/// whose process hangs is ended by the server, so that it cannot keep another from leading.
const SETTINGS: &str = "SET synchronous_commit = on; SET lock_timeout = '10s'; \
    SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '10s'";

/// Those who bring a database to this program's version take turns by this number.
const TURN: i64 = 0x6c65_6173_6568;

/// A connection, made anew where it was cut.
pub(super) struct Postgres {
    config: Config,
    // Dropped before the runtime that it lives in.
    live: Option<Live>,
    runtime: Runtime,
    /// Whether a transaction is open over several calls: no other connection can go on with it.
    pinned: bool,
}

struct Live {
    client: Client,
    statements: HashMap<String, Statement>,
}

type Answer = Result<Vec<Row>, tokio_postgres::Error>;

impl Postgres {
    pub(super) fn open(config: &Config) -> Result<Self, JournalError> {
        let mut config = config.clone();
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_MAX);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE_MAX);
        }
        config.keepalives_idle(SILENCE_MAX).keepalives_interval(SILENCE_MAX);
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| {
            DatabaseFault::error(
                FaultKind::Other,
                format!("no runtime for the connection: {error}"),
            )
        })?;
        let mut opened = Postgres { config, live: None, runtime, pinned: false };
        opened.check_version()?;
        Ok(opened)
    }

    fn check_version(&mut self) -> Result<(), JournalError> {
        let sql = "SELECT CAST(current_setting('server_version_num') AS BIGINT)";
        let rows = self.ask(&Step::new(sql, vec![]))?;
        match rows.first().and_then(|row| row.first()) {
            Some(super::Value::Int(version)) if *version >= VERSION_MIN => Ok(()),
            found => Err(DatabaseFault::error(
                FaultKind::Other,
                format!("PostgreSQL 15 or later is needed, and this server is {found:?}"),
            )),
        }
    }

    /// Runs `work` on the connection, which is made where there is none; one that failed for good
    /// is given up.
    fn with<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Live) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, JournalError> {
        let connected = self.live.take_if(|live| !live.is_closed());
        if self.pinned && connected.is_none() {
            return Err(DatabaseFault::error(FaultKind::Unreachable, "the connection was cut"));
        }
        let (config, live) = (&self.config, &mut self.live);
        let done = self.runtime.block_on(async {
            let connected = match connected {
                Some(connected) => connected,
                None => Live::connect(config).await?,
            };
            work(live.insert(connected)).await
        });
        done.map_err(|error| {
            // A cut connection, or a plan that no longer fits the tables.
            let stale = error.code().is_some_and(|code| code.code() == "0A000");
            if error.is_closed() || stale || self.live.as_ref().is_some_and(Live::is_closed) {
                self.live = None;
            }
            fault(&error)
        })
    }

    /// Ends a transaction that did not succeed; a connection that cannot even do that is given up,
    /// and the server ends it.
    fn undo(&mut self) {
        if self.live.is_some() && self.with(async |live| live.run("ROLLBACK").await).is_err() {
            self.live = None;
        }
    }

    /// The same, and once more on a connection of its own where the first was cut while nobody used
    /// it; for what does no harm where it is done twice.
    fn with_again<T>(
        &mut self,
        mut work: impl AsyncFnMut(&mut Live) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, JournalError> {
        match self.with(async |live| work(live).await) {
            Err(error) if !self.pinned && self.live.is_none() && error.is_transient() => {
                self.with(async |live| work(live).await)
            }
            done => done,
        }
    }

    fn begin(&mut self, sql: &str) -> Result<(), JournalError> {
        self.with_again(async |live| live.run(sql).await)?;
        self.pinned = true;
        Ok(())
    }

    /// Commits on the connection that has the transaction. On another one there would be nothing to
    /// commit, and the server would say that it is done.
    fn commit(&mut self) -> Result<(), JournalError> {
        self.pinned = true;
        let done = self.with(async |live| live.run("COMMIT").await);
        self.pinned = false;
        done
    }
}

impl Live {
    async fn connect(config: &Config) -> Result<Live, tokio_postgres::Error> {
        let (client, connection) = config.connect(NoTls).await?;
        // It ends with the client; what went wrong is told to those who wait for an answer.
        tokio::spawn(async move {
            let _ = connection.await;
        });
        client.batch_execute(SETTINGS).await?;
        Ok(Live { client, statements: HashMap::new() })
    }

    fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    async fn run(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        self.client.batch_execute(sql).await
    }

    async fn prepared(&mut self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        if self.statements.len() >= STATEMENTS_MAX {
            self.statements.clear();
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    async fn answer(&self, statement: &Statement, step: &Step) -> Answer {
        let values =
            step.values.iter().map(|value| value as &(dyn tokio_postgres::types::ToSql + Sync));
        let values: Vec<_> = values.collect();
        if statement.columns().is_empty() {
            let touched = self.client.execute(statement, &values).await?;
            return Ok(vec![Row::new(); usize::try_from(touched).unwrap_or(usize::MAX)]);
        }
        rows_of(&self.client.query(statement, &values).await?)
    }

    async fn ask(&mut self, step: &Step) -> Answer {
        let statement = self.prepared(&step.sql).await?;
        self.answer(&statement, step).await
    }

    /// Sends the beginning of a transaction and its steps at once. `Ok(Err(n))`: step `n` touched
    /// another number of rows than it must.
    async fn steps(
        &mut self,
        mode: Mode,
        steps: &[Step],
    ) -> Result<Result<Vec<Vec<Row>>, usize>, tokio_postgres::Error> {
        let mut statements = Vec::with_capacity(steps.len());
        for step in steps {
            statements.push(self.prepared(&step.sql).await?);
        }
        let begin = match mode {
            Mode::Write => "BEGIN",
            Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let this = &*self;
        let mut sent: Vec<Pin<Box<dyn Future<Output = Answer> + '_>>> =
            vec![Box::pin(async { this.run(begin).await.map(|()| Vec::new()) })];
        for (statement, step) in statements.iter().zip(steps) {
            sent.push(Box::pin(this.answer(statement, step)));
        }
        let (begun, mut answers) = (in_order(sent).await, Vec::with_capacity(steps.len()));
        for (n, answer) in begun.into_iter().enumerate() {
            let rows = answer?;
            let Some(step) = n.checked_sub(1) else { continue };
            // What comes after may fail for this reason only, so this is told and not that.
            if steps[step].rows.is_some_and(|expected| expected != rows.len()) {
                return Ok(Err(step));
            }
            answers.push(rows);
        }
        Ok(Ok(answers))
    }
}

/// Begins all in their order, then waits for each.
async fn in_order<F: Future + Unpin>(futures: Vec<F>) -> Vec<F::Output> {
    let mut begun: Vec<Pin<Box<MaybeDone<F>>>> =
        futures.into_iter().map(|future| Box::pin(maybe_done(future))).collect();
    poll_fn(|context| {
        for future in &mut begun {
            let _ = future.as_mut().poll(context);
        }
        Poll::Ready(())
    })
    .await;
    let mut done = Vec::with_capacity(begun.len());
    for mut future in begun {
        future.as_mut().await;
        done.extend(future.as_mut().take_output());
    }
    done
}

impl Session for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn transact(&mut self, mode: Mode, steps: &[Step]) -> Result<Vec<Vec<Row>>, Undone> {
        let done = match mode {
            Mode::Write => self.with(async |live| live.steps(mode, steps).await),
            Mode::Read => self.with_again(async |live| live.steps(mode, steps).await),
        };
        match done {
            Ok(Ok(answers)) => match self.commit() {
                Ok(()) => Ok(answers),
                Err(error) => {
                    self.undo();
                    Err(Undone::Unknown(error))
                }
            },
            Ok(Err(step)) => {
                self.undo();
                Err(Undone::Step(step))
            }
            Err(error) => {
                self.undo();
                Err(Undone::Failed(error))
            }
        }
    }

    fn hold(&mut self) -> Result<(), JournalError> {
        self.begin(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
             SET LOCAL idle_in_transaction_session_timeout = 0",
        )
    }

    fn ask(&mut self, step: &Step) -> Result<Vec<Row>, JournalError> {
        self.with_again(async |live| live.ask(step).await)
    }

    fn release(&mut self) {
        self.pinned = false;
        self.undo();
    }

    fn exclusively(
        &mut self,
        work: &mut dyn FnMut(&mut dyn Session) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        self.begin(&format!(
            "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'; \
             SELECT pg_advisory_xact_lock({TURN})"
        ))?;
        let done = work(self).and_then(|()| self.commit());
        self.pinned = false;
        if done.is_err() {
            self.undo();
        }
        done
    }

    fn script(&mut self, sql: &str) -> Result<(), JournalError> {
        self.with(async |live| live.run(sql).await)
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("connected", &self.live.is_some()).finish_non_exhaustive()
    }
}
