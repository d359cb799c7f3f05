//! What can end a command early, which exit code says so, and how it is told.

use std::error::Error;
use std::fmt::Write as _;

use leasehold_books::BooksError;
use leasehold_books::disclose::DisclosureError;
use leasehold_books::explain::ExplainError;
use leasehold_contract::EvalError;
use leasehold_desk::journal;
use leasehold_documents::focus::ExportError;
use leasehold_documents::pdf::PdfError;
use leasehold_gateway::admin::CallError;
use leasehold_gateway::engine::EngineError;
use leasehold_gateway::meter::wal::ReadError;
use leasehold_gateway::run::RunError;
use leasehold_sim::demand::DemandError;
use leasehold_sim::replay::ReplayError;
use leasehold_sim::scenario::ScenarioError;
use leasehold_store::StoreError;
use leasehold_store::journal::{FaultKind, JournalError};
use leasehold_types::{BadAmount, Date, LeaseId};

use crate::commands::{ServerError, count};
use crate::exit::Exit;
use crate::input::InputError;
use crate::report::ReportError;
use crate::terminal::OutputError;

/// Why a command gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A server that did not begin, or did not go on.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// A file that cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A term sheet or a fleet with faults, where a sound one is needed.
    #[error("`{name}` is not a usable {what}: {} above; mend it and check it with `{check}`", count(*errors, "error"))]
    Faults {
        /// The file.
        name: String,
        /// What it should be.
        what: &'static str,
        /// The command that checks it.
        check: &'static str,
        /// How many errors it has.
        errors: usize,
        /// All its faults, as they are shown.
        shown: String,
    },
    /// An events file with faults.
    #[error(
        "`{name}` is not a usable events file: {faults} above; docs/events.md describes every kind of event"
    )]
    Events {
        /// The file.
        name: String,
        /// How many faults, in words.
        faults: String,
        /// All of them, as they are shown.
        shown: String,
    },
    /// Two term sheets of one lease.
    #[error(
        "`{first}` and `{second}` are both of lease `{lease}`: books begin with one term sheet a \
         lease; a later version is an amendment in the events file (docs/events.md)"
    )]
    SameLease {
        /// The lease.
        lease: LeaseId,
        /// The file that was named first.
        first: String,
        /// The other.
        second: String,
    },
    /// A file that is no events file.
    #[error("`{name}` is not an events file (docs/events.md): {message}")]
    NoEvents {
        /// The file.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// A directory of books cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal of a desk cannot be read or written.
    #[error(transparent)]
    Desk(#[from] JournalError),
    /// A database that is not there.
    #[error("there is no database at `{0}`; check the path")]
    NoDatabase(String),
    /// Standard input cannot be read twice.
    #[error("`-` is named more than once: standard input is one file; put the others into files")]
    StandardInputTwice,
    /// The books are to be closed before anything was signed.
    #[error(
        "there are no books through {through}: the first lease, `{lease}`, was signed on {signed}; \
         name that day or a later one"
    )]
    BeforeAll {
        /// The day that was asked for.
        through: Date,
        /// The lease that was signed first.
        lease: LeaseId,
        /// When.
        signed: Date,
    },
    /// Files without a place.
    #[error("this format is files in a directory; say where they go with `--out PATH`")]
    NoPlace,
    /// Documents that lack what UBL asks for.
    #[error("{shown}")]
    Ubl {
        /// Which, and what they lack.
        shown: String,
    },
    /// A span that ends before it begins.
    #[error("`--from {from}` is after `--through {through}`; a statement begins before it ends")]
    NoSpan {
        /// The first day.
        from: Date,
        /// The last day.
        through: Date,
    },
    /// A tenant of no lease.
    #[error(
        "no lease among the files is of the tenant `{tenant}`; the tenants are `{}`",
        known.join("`, `")
    )]
    NoTenant {
        /// Who was asked for.
        tenant: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A document that cannot be printed.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// Books that FOCUS has no words for.
    #[error(transparent)]
    Focus(#[from] ExportError),
    /// A document that is not there.
    #[error(transparent)]
    Explain(#[from] ExplainError),
    /// A sum of the books does not fit.
    #[error("the books cannot be summed up; check the amounts of the events and the term sheets")]
    Sum(#[from] BadAmount),
    /// There are no disclosures.
    #[error(transparent)]
    Disclosures(#[from] DisclosureError),
    /// The books cannot take something in.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// A lease that cannot be evaluated.
    #[error(transparent)]
    Evaluation(#[from] EvalError),
    /// A journal that cannot be read.
    #[error("`{name}` is not a usable journal")]
    Journal {
        /// The file.
        name: String,
        /// What is wrong with it.
        source: journal::ReplayError,
    },
    /// A scenario that cannot be replayed.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// A file of demand that is not as docs/demand.md says.
    #[error("`{name}` does not describe demand (docs/demand.md):\n{message}")]
    DemandFile {
        /// The file.
        name: String,
        /// Where and why, with the line quoted.
        message: String,
    },
    /// A snapshot that cannot be planned on.
    #[error("`{name}` is not a usable snapshot (docs/planner.md): {message}")]
    Snapshot {
        /// The file.
        name: String,
        /// What is wrong with it.
        message: String,
    },
    /// Demand that cannot be had.
    #[error(transparent)]
    Demand(#[from] DemandError),
    /// A replay that came to no end.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// A report that cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A configuration of a gateway with a fault.
    #[error("`{name}` is not the configuration of a gateway (docs/gateway.md): {message}")]
    GatewayConfig {
        /// The file.
        name: String,
        /// Where and why.
        message: String,
    },
    /// A gateway does not run.
    #[error(transparent)]
    Gateway(#[from] RunError),
    /// A simulated engine does not run.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A gateway does not do as it is told.
    #[error(transparent)]
    GatewayCall(#[from] CallError),
    /// The log of a gateway's meter cannot be read.
    #[error(transparent)]
    MeterLog(#[from] ReadError),
    /// The system has no random bytes.
    #[error("the system gives no random bytes: see that /dev/urandom is there")]
    Random {
        /// What it says.
        source: std::io::Error,
    },
    /// Standard output cannot be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A result cannot be put into JSON.
    #[error("cannot put the result into JSON; this is a fault of leasehold, please report it")]
    Json(#[from] serde_json::Error),
}

impl CommandError {
    /// What is shown before the error itself.
    pub(crate) fn details(&self) -> Option<&str> {
        match self {
            CommandError::Faults { shown, .. } | CommandError::Events { shown, .. } => Some(shown),
            CommandError::Server(error) => error.details(),
            _ => None,
        }
    }

    /// The exit code that says so.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            CommandError::StandardInputTwice
            | CommandError::NoPlace
            | CommandError::NoSpan { .. } => Exit::Usage,
            CommandError::Server(ServerError::Stopped(_)) => Exit::Fault,
            CommandError::Server(_)
            | CommandError::Input(_)
            | CommandError::Faults { .. }
            | CommandError::Events { .. }
            | CommandError::SameLease { .. }
            | CommandError::NoEvents { .. }
            | CommandError::Store(
                StoreError::Damaged { .. }
                | StoreError::Foreign { .. }
                | StoreError::InUse { .. }
                | StoreError::Limit { .. }
                | StoreError::Refused(_)
                | StoreError::Books(_),
            )
            | CommandError::BeforeAll { .. }
            | CommandError::Ubl { .. }
            | CommandError::NoTenant { .. }
            | CommandError::Pdf(_)
            | CommandError::Focus(_)
            | CommandError::Explain(_)
            | CommandError::Sum(_)
            | CommandError::Books(_)
            | CommandError::Disclosures(_)
            | CommandError::Evaluation(_)
            | CommandError::Journal { .. }
            | CommandError::Scenario(_)
            | CommandError::DemandFile { .. }
            | CommandError::Snapshot { .. }
            | CommandError::Demand(_)
            | CommandError::GatewayConfig { .. }
            | CommandError::Gateway(
                RunError::Log(_)
                | RunError::Tls(_)
                | RunError::Token { .. }
                | RunError::Listen { .. },
            )
            | CommandError::GatewayCall(_)
            | CommandError::Engine(_)
            | CommandError::MeterLog(_)
            | CommandError::Random { .. }
            | CommandError::Replay(ReplayError::Money { .. }) => Exit::Input,
            CommandError::Gateway(RunError::Unwritten(_)) => Exit::Output,
            CommandError::Gateway(RunError::Threads(_)) => Exit::Fault,
            CommandError::Replay(ReplayError::Open { .. } | ReplayError::Journal { .. })
            | CommandError::Report(ReportError::Io { .. } | ReportError::NotADirectory(_)) => {
                Exit::Output
            }
            CommandError::Replay(_) | CommandError::Report(_) => Exit::Fault,
            CommandError::Output(_) | CommandError::Store(_) => Exit::Output,
            CommandError::Desk(JournalError::Database(fault)) if fault.kind == FaultKind::Full => {
                Exit::Output
            }
            CommandError::Desk(JournalError::Unexpected(_)) => Exit::Fault,
            CommandError::Desk(JournalError::Unwritable(_)) => Exit::Output,
            CommandError::Desk(_) | CommandError::NoDatabase(_) => Exit::Input,
            CommandError::Json(_) => Exit::Fault,
        }
    }
}

/// An error and its sources, each told once: the error itself, then `caused by: …` lines.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string().trim_end().to_owned();
    let mut source = error.source();
    while let Some(cause) = source {
        let told = cause.to_string();
        if !text.contains(&told) {
            let _ = write!(text, "\n  caused by: {told}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Sample {
        #[error("outer")]
        Outer(#[source] Box<Sample>),
        #[error(transparent)]
        Same(Box<Sample>),
        #[error("inner")]
        Inner,
    }

    #[test]
    fn each_cause_is_told_once() {
        let error = Sample::Outer(Box::new(Sample::Same(Box::new(Sample::Inner))));
        assert_eq!(chain(&error), "outer\n  caused by: inner");
    }
}
