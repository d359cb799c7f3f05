//! Term sheets, what happened to them, and the books that follow.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use leasehold_books::Books;
use leasehold_books::book::{Deliveries, Policy};
use leasehold_books::event::{Conflict, Event, Offered, parse_line};
use leasehold_contract::Lease;
use leasehold_types::{Date, LeaseId};

use crate::commands::{count, sheet};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::{STDIN, name_of};
use crate::terminal::{Terminal, plain};

use super::events::EventReader;

/// What happened, as every command over the books is told it.
#[derive(Debug, clap::Args)]
pub(crate) struct History {
    /// What happened to the leases (docs/events.md), `-` for standard input; may be repeated.
    /// Where it is left out, nothing did
    #[arg(long, value_name = "EVENTS")]
    events: Vec<PathBuf>,
    /// What to do with events about leases whose term sheets are not named
    #[arg(long, value_name = "WHAT", default_value = "refuse")]
    other_leases: OtherLeases,
    /// What a tranche means of which no delivery is recorded: it came as promised, or not yet
    #[arg(long, value_name = "WHICH", default_value = "as-promised")]
    deliveries: DeliveriesArg,
}

/// What to do with events about leases that there are no term sheets of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OtherLeases {
    Refuse,
    Skip,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DeliveriesArg {
    AsPromised,
    Recorded,
}

/// Leases with their history, read and not yet run.
pub(crate) struct Gathered {
    leases: BTreeMap<LeaseId, Lease>,
    events: Vec<Event>,
    about_others: u64,
    policy: Policy,
}

/// Books that were closed, and what became of the events.
pub(crate) struct Run {
    /// The books.
    pub(crate) books: Books,
    /// The last day that is closed.
    pub(crate) through: Date,
    /// What became of the events.
    pub(crate) told: Told,
}

/// What became of the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub(crate) struct Told {
    /// Events that count.
    pub(crate) taken: u64,
    /// Events that came again, with the same content.
    pub(crate) repeated: u64,
    /// Events that came again with another content; the first counts.
    pub(crate) conflicts: u64,
    /// Events that were learnt of after the last day.
    pub(crate) later: u64,
    /// Events about other leases, left out.
    pub(crate) about_others: u64,
}

impl History {
    /// Reads the term sheets and the events, and closes the books of them through `through`.
    ///
    /// # Errors
    /// As [`History::gather`] and [`Gathered::run`].
    pub(crate) fn run(
        &self,
        terminal: &mut Terminal,
        files: &[PathBuf],
        through: Date,
    ) -> Result<Run, CommandError> {
        self.gather(terminal, files)?.run(through)
    }

    /// Reads the term sheets and the events. Warnings of the sheets go beside the result.
    ///
    /// # Errors
    /// [`CommandError`] that shows the faults of the first file that has any.
    pub(crate) fn gather(
        &self,
        terminal: &mut Terminal,
        files: &[PathBuf],
    ) -> Result<Gathered, CommandError> {
        let named = files.iter().chain(&self.events);
        if named.filter(|path| path.as_os_str() == STDIN).count() > 1 {
            return Err(CommandError::StandardInputTwice);
        }
        let leases = open_leases(terminal, files)?;
        let mut reader = EventReader::new(&leases, self.other_leases);
        for path in &self.events {
            reader.read(terminal, path)?;
        }
        let (events, about_others) = (reader.events, reader.about_others);
        let deliveries = match self.deliveries {
            DeliveriesArg::AsPromised => Deliveries::AsPromised,
            DeliveriesArg::Recorded => Deliveries::Recorded,
        };
        let policy = Policy { deliveries, ..Policy::default() };
        Ok(Gathered { leases, events, about_others, policy })
    }
}

fn open_leases(
    terminal: &mut Terminal,
    files: &[PathBuf],
) -> Result<BTreeMap<LeaseId, Lease>, CommandError> {
    let (mut leases, mut from) = (BTreeMap::new(), BTreeMap::<LeaseId, &Path>::new());
    for path in files {
        let lease = sheet::open(terminal, path)?;
        if let Some(first) = from.insert(lease.id.clone(), path) {
            let (first, second) = (name_of(first), name_of(path));
            return Err(CommandError::SameLease { lease: lease.id, first, second });
        }
        leases.insert(lease.id.clone(), lease);
    }
    Ok(leases)
}

impl Gathered {
    /// Makes `date` a day on which revenue is closed as at a month's end.
    pub(crate) fn cut_off(mut self, date: Date) -> Self {
        self.policy.cut_off = Some(date);
        self
    }

    /// Closes the books through `through`.
    ///
    /// # Errors
    /// [`CommandError`] where no lease was signed by then, or an event cannot be taken in.
    pub(crate) fn run(mut self, through: Date) -> Result<Run, CommandError> {
        if let Some(lease) = self.leases.values().min_by_key(|lease| lease.signed)
            && through < lease.signed
        {
            let (lease, signed) = (lease.id.clone(), lease.signed);
            return Err(CommandError::BeforeAll { through, lease, signed });
        }
        let mut told = Told { about_others: self.about_others, ..Told::default() };
        let mut books = Books::new(self.policy);
        for lease in std::mem::take(&mut self.leases).into_values() {
            books.add_lease(lease)?;
        }
        self.events.sort_by_key(|event| event.at);
        for event in self.events {
            let later = is_later(&books, &event, through);
            match books.record(event)? {
                _ if later => told.later += 1,
                Offered::New => told.taken += 1,
                Offered::Duplicate => told.repeated += 1,
                Offered::Conflict => told.conflicts += 1,
            }
        }
        books.close(through);
        Ok(Run { books, through, told })
    }
}

/// Whether an event was learnt of after the close of `through`, which therefore does not read it.
fn is_later(books: &Books, event: &Event, through: Date) -> bool {
    let close = books.lease(&event.lease).map(|book| book.version_on(through).close_of(through));
    close.is_some_and(|close| event.at >= close)
}

impl Run {
    /// Events that came again with another content by the last day.
    pub(crate) fn conflicts(&self) -> Vec<&Conflict> {
        let by_then = |conflict: &&Conflict| {
            let second = parse_line(&conflict.second, 1);
            second.is_ok_and(|second| !is_later(&self.books, &second, self.through))
        };
        self.books.conflicts().iter().filter(by_then).collect()
    }

    /// The exit code: [`Exit::No`] where a lease is parked, for then the books are not complete.
    pub(crate) fn exit(&self) -> Exit {
        if self.books.parked().is_empty() { Exit::Done } else { Exit::No }
    }

    /// Says beside the result what its reader should know: which leases are parked, and how many
    /// events do not count as their senders may think.
    pub(crate) fn note(&self, terminal: &mut Terminal) {
        let findings = self.books.findings().len() + self.conflicts().len();
        if findings > 0 {
            let some = count(findings, "finding");
            terminal.remark(&format!("{some} about events; `leasehold lease bill` shows each"));
        }
        for (lease, parked) in self.books.parked() {
            let (since, because) = (parked.since, &parked.because);
            let said = format!(
                "lease `{lease}` is parked since {since}, and the books lack what it would have \
                 added: {}, {}",
                because.line, because.trouble
            );
            terminal.error(&plain(&said));
        }
    }
}
