//! One step of a close: its parts on their threads, and one thread that writes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use leasehold_books::book::Numbering;
use leasehold_books::ledger::Entry;
use leasehold_types::Date;

use crate::StoreError;
use crate::directory::{Directory, Register};
use crate::log::Log;
use crate::postings::{BATCH_ENTRIES_MAX, Ledger, Leg, Posted, PostingEntry};
use crate::usage::LeaseNo;

use super::output::StateAt;
use super::part::{Failed, Made, SMALL_BYTES, View, json};
use super::turn::Turn;
use super::{PART_LEASES_MAX, Pace, Progress, Report, THREADS_MAX};

/// Parts that wait to be written.
const PARTS_WAITING_MAX: usize = 1;

/// Closes the leases that are due by `day`; says whether it came to its end.
pub(super) fn step(
    directory: &mut Directory,
    day: Date,
    due: &[LeaseNo],
    pace: Pace,
    progress: &mut (dyn FnMut(Progress) -> bool + Send),
    report: &mut Report,
) -> Result<bool, StoreError> {
    let used = directory.usage.reader();
    let usage_frames = directory.usage.frames();
    let before = directory.output.numbering.clone();
    let Directory { policy, register, events, output, ledger, .. } = directory;
    let (register, events) = (&*register, &*events);
    let mut log = output.take_log()?;
    let view = View {
        policy,
        register,
        events,
        output: &*output,
        used: &used,
        usage_frames,
        before: &before,
        through: day,
    };
    let parts: Vec<&[LeaseNo]> = due.chunks(pace.part_leases.clamp(1, PART_LEASES_MAX)).collect();
    let work = Work {
        view,
        parts: &parts,
        next: AtomicUsize::new(0),
        numbers: Turn::new(before.clone()),
        order: Turn::new(()),
        stop: AtomicBool::new(false),
        failed: Mutex::new(None),
    };
    let mut writer =
        Writer { log: &mut log, ledger, register, states: Vec::new(), numbering: None };
    let threads = pace.threads.clamp(1, THREADS_MAX).min(parts.len());
    let of = due.len() as u64;
    let written = thread::scope(|scope| {
        let (send, receive) = sync_channel(PARTS_WAITING_MAX);
        for _ in 0..threads {
            let send = send.clone();
            scope.spawn(|| work.run(send));
        }
        drop(send);
        let written = writer.run(&receive, day, of, &work.stop, progress, report);
        if written.is_err() {
            work.end();
        }
        drop(receive);
        written
    });
    let states = std::mem::take(&mut writer.states);
    let failed = work.failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let numbering = writer.numbering.take();
    directory.output.put_log(log);
    if let Some(numbering) = numbering {
        directory.output.numbering = numbering;
    }
    for (lease, state) in states {
        directory.events.forget_read(lease, state.standing.events_read);
        directory.output.set_state(lease, day, state);
    }
    let done = written?;
    if let Some(error) = failed {
        return Err(error);
    }
    Ok(done)
}

struct Work<'a> {
    view: View<'a>,
    parts: &'a [&'a [LeaseNo]],
    next: AtomicUsize,
    numbers: Turn<Numbering>,
    order: Turn<()>,
    stop: AtomicBool,
    failed: Mutex<Option<StoreError>>,
}

impl Work<'_> {
    /// Closes part after part, as long as there are some.
    fn run(&self, send: SyncSender<Made>) {
        while !self.stop.load(Ordering::Relaxed) {
            let part = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(leases) = self.parts.get(part) else { return };
            let closed = self.view.close(part, leases, &self.numbers);
            let made = match closed {
                Ok(made) => made,
                Err(Failed::Stopped) => return,
                Err(Failed::Error(error)) => return self.fail(error),
            };
            if self.order.wait(part).is_err() {
                return;
            }
            // Where nobody receives, the writer has failed and says why.
            let sent = send.send(made);
            self.order.pass(());
            if sent.is_err() {
                return self.end();
            }
        }
    }

    fn fail(&self, error: StoreError) {
        let mut failed = self.failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        failed.get_or_insert(error);
        drop(failed);
        self.end();
    }

    /// Lets nobody go on or wait.
    fn end(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.numbers.stop();
        self.order.stop();
    }
}

struct Writer<'a> {
    log: &'a mut Log,
    ledger: &'a mut Ledger,
    register: &'a Register,
    states: Vec<(LeaseNo, StateAt)>,
    /// How far the numbers of what is written have come.
    numbering: Option<Numbering>,
}

impl Writer<'_> {
    /// Writes part after part; says whether all of them came.
    fn run(
        &mut self,
        receive: &Receiver<Made>,
        day: Date,
        of: u64,
        stop: &AtomicBool,
        progress: &mut (dyn FnMut(Progress) -> bool + Send),
        report: &mut Report,
    ) -> Result<bool, StoreError> {
        let mut done = 0;
        for made in receive {
            self.post(&made)?;
            self.log.abandon();
            self.log.batch().extend_from_slice(&made.frame);
            let place = self.log.commit()?.inside();
            for (lease, standing, at, bytes) in &made.states {
                let state = StateAt { standing: *standing, place: place.plus(*at), bytes: *bytes };
                self.states.push((*lease, state));
            }
            done += made.states.len() as u64;
            self.numbering = Some(made.numbering);
            report.leases += made.states.len() as u64;
            report.invoices += made.invoices;
            report.credit_notes += made.notes;
            report.entries += made.entries.len() as u64;
            if !progress(Progress { day, done, of }) {
                stop.store(true, Ordering::Relaxed);
            }
        }
        Ok(done == of)
    }

    /// Posts the entries of a part; those that a killed run posted are there already.
    fn post(&mut self, made: &Made) -> Result<(), StoreError> {
        for batch in made.entries.chunks(BATCH_ENTRIES_MAX) {
            let mut legs: Vec<Leg> = Vec::with_capacity(batch.len() * 4);
            let mut notes: Vec<Vec<u8>> = Vec::with_capacity(batch.len());
            let mut ends = Vec::with_capacity(batch.len());
            for (_, _, entry) in batch {
                for posting in entry.postings() {
                    let name = account_name(entry, posting.account);
                    let account = self.ledger.account(&name, posting.amount.currency())?;
                    legs.push(Leg { account, minor: posting.amount.minor() });
                }
                ends.push(legs.len());
                notes.push(json(&(entry.tenant(), entry.cause(), entry.memo()), SMALL_BYTES)?);
            }
            let mut from = 0;
            let mut entries: Vec<PostingEntry<'_>> = Vec::with_capacity(batch.len());
            for (((lease, number, entry), end), note) in batch.iter().zip(ends).zip(&notes) {
                let id = u128::from(lease.0) << 64 | u128::from(*number);
                let (date, effective) = (entry.date(), entry.effective());
                entries.push(PostingEntry { id, date, effective, legs: &legs[from..end], note });
                from = end;
            }
            let posted = self.ledger.post(&entries)?;
            let bad = batch
                .iter()
                .zip(posted)
                .find(|(_, posted)| !matches!(posted, Posted::New | Posted::AlreadyThere));
            if let Some(((lease, number, _), posted)) = bad {
                return Err(self.not_posted(*lease, *number, &posted));
            }
        }
        Ok(())
    }

    fn not_posted(&self, lease: LeaseNo, number: u64, posted: &Posted) -> StoreError {
        let id = self.register.id(lease).map_or_else(|| lease.0.to_string(), ToString::to_string);
        let why = match posted {
            Posted::Refused(refusal) => refusal.to_string(),
            _ => "the ledger holds another entry under its id: the term sheets, the events or the \
                  program changed since a close that did not come to its end"
                .to_owned(),
        };
        StoreError::Refused(format!(
            "entry {number} of lease `{id}` is not posted: {why}; nothing of this part of the \
             close was kept"
        ))
    }
}

/// The account of a lease, as the ledger names it.
fn account_name(entry: &Entry, account: leasehold_books::ledger::Account) -> String {
    format!("{}/{}", entry.lease(), account.path())
}
