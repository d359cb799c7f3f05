//! The log as the way of a request sees it: room at admission, a record at the end.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::wal::{self, Done, Log, NotDurable};
use super::{Counted, Label, Micros, Outcome, Record, Unreceived, WhoCut};
use crate::serve::{Ended, Entry, Keep, Kept, Room};

/// A request that waits until its record is durable.
pub struct Told(oneshot::Sender<Kept>);

/// Keeps records in a log.
pub struct Keeper {
    log: Arc<Log<Told>>,
}

struct OneRoom(wal::Room<Told>);

impl Done for Told {
    fn done(self, result: Result<(), NotDurable>) {
        // Who went away needs no answer.
        let _ = self.0.send(result.map_err(|why| why.to_string()));
    }
}

impl Keeper {
    /// Keeps records in `log`.
    pub const fn new(log: Arc<Log<Told>>) -> Self {
        Keeper { log }
    }
}

impl Keep for Keeper {
    fn room(&self) -> Option<Box<dyn Room>> {
        Some(Box::new(OneRoom(self.log.reserve().ok()?)))
    }
}

impl Room for OneRoom {
    fn keep(self: Box<Self>, entry: Entry, done: oneshot::Sender<Kept>) {
        // Nobody waits where the other end is gone: then the record waits for others to share a sync.
        let told = if done.is_closed() { None } else { Some(Told(done)) };
        self.0.submit(&Record::of(&entry), told);
    }
}

impl Record {
    /// The record of what is known of a request at its end.
    pub fn of(entry: &Entry) -> Record {
        let received = Micros(entry.received);
        let outcome = outcome(entry);
        Record {
            id: entry.id,
            tenant: entry.holder.tenant.clone(),
            lease: entry.holder.lease.clone(),
            model: Label::lossy(&entry.model),
            replica: entry.replica.as_ref().map(Label::lossy),
            key: Label::lossy(&Arc::from(entry.holder.prefix.as_str())),
            surface: entry.surface,
            counted: match entry.counts {
                Some(counts) if entry.whole => Counted::Whole(counts),
                Some(counts) => Counted::Running(counts),
                None => Counted::Unknown { chunks: entry.chunks },
            },
            unreceived: match outcome {
                Outcome::Cut(_) if !entry.whole => Unreceived::Perhaps,
                _ => Unreceived::Nothing,
            },
            received,
            first_token: entry.first.map(Micros),
            end: Micros(entry.ended),
            outcome,
            status: entry.status,
        }
    }
}

fn outcome(entry: &Entry) -> Outcome {
    match entry.end {
        Ended::Served => Outcome::Served,
        Ended::Refused => Outcome::Refused,
        Ended::Failed if entry.first.is_some() => Outcome::Cut(WhoCut::Engine),
        Ended::Failed => Outcome::Failed,
        Ended::Left => Outcome::Cut(WhoCut::Client),
        Ended::Drained => Outcome::Cut(WhoCut::Drain),
        Ended::Stopped => Outcome::Cut(WhoCut::Stop),
        Ended::Limited => Outcome::Cut(WhoCut::Limit),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use leasehold_types::{LeaseId, TenantId};

    use super::super::wal::Limits;
    use super::super::{LogId, RecordId};
    use super::*;
    use crate::admission::Holder;
    use crate::api::{Counts, Surface};

    fn entry(end: Ended) -> Entry {
        let holder = Holder {
            lease: LeaseId::new("chat").unwrap(),
            tenant: TenantId::new("acme").unwrap(),
            prefix: "lh-4f2a".to_owned(),
            models: Arc::new(BTreeSet::new()),
        };
        Entry {
            id: RecordId::new(Micros(1_777_784_400_000_000), 42),
            holder: Arc::new(holder),
            surface: Surface::Chat,
            model: "tiny".into(),
            replica: Some("tiny\n1".into()),
            received: 1_777_784_400_000_000,
            first: None,
            ended: 1_777_784_400_000_009,
            end,
            status: 200,
            counts: None,
            whole: false,
            chunks: 7,
        }
    }

    #[test]
    fn a_request_is_on_record() {
        let dir = tempfile::tempdir().unwrap();
        let limits = Limits { rooms: 1, ..Limits::default() };
        let log = Arc::new(Log::open(dir.path(), limits, LogId(1)).unwrap());
        let keeper = Keeper::new(log.clone());
        let room = keeper.room().unwrap();
        assert!(keeper.room().is_none());
        let (done, told) = oneshot::channel();
        room.keep(entry(Ended::Left), done);
        assert_eq!(told.blocking_recv(), Ok(Ok(())));
        let (mut tail, mut records) = (log.tail(), Vec::new());
        tail.read(tail.first(), usize::MAX, &mut records).unwrap();
        assert_eq!(records, [Record::of(&entry(Ended::Left))]);
        // One that nobody waits for finds its way too.
        keeper.room().unwrap().keep(entry(Ended::Served), oneshot::channel().0);
        log.close().unwrap();
        assert_eq!(log.found().records, 2);
        assert!(keeper.room().is_none());
    }

    #[test]
    fn what_is_known_is_said_and_nothing_else() {
        let cut = Record::of(&entry(Ended::Left));
        assert_eq!(cut.counted, Counted::Unknown { chunks: 7 });
        assert_eq!(
            (cut.outcome, cut.unreceived),
            (Outcome::Cut(WhoCut::Client), Unreceived::Perhaps)
        );
        assert_eq!(cut.replica.unwrap().as_str(), "tiny\u{fffd}1");
        let counts = Counts { input: 3, cached: 0, output: 5, reasoning: 0 };
        let running = Entry { counts: Some(counts), ..entry(Ended::Drained) };
        assert_eq!(Record::of(&running).counted, Counted::Running(counts));
        let whole = Entry { whole: true, ..running };
        assert_eq!(Record::of(&whole).counted, Counted::Whole(counts));
        assert_eq!(Record::of(&whole).unreceived, Unreceived::Nothing);
        assert_eq!(Record::of(&entry(Ended::Failed)).outcome, Outcome::Failed);
        let begun = Entry { first: Some(9), ..entry(Ended::Failed) };
        assert_eq!(Record::of(&begun).outcome, Outcome::Cut(WhoCut::Engine));
    }
}
