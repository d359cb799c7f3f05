//! Records and callers.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use leasehold_gateway::api::{Counts, Surface};
use leasehold_gateway::meter::wal::{Log, NotDurable, Room};
use leasehold_gateway::meter::{
    Counted, Label, Micros, Outcome, Record, RecordId, Unreceived, WhoCut,
};
use leasehold_types::{LeaseId, TenantId};

/// Who waits in these tests.
pub type Waiting = Box<dyn FnOnce(Result<(), NotDurable>) + Send>;

/// How long a test waits for what must come: far longer than it ever takes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A record whose id is made from `number` alone.
pub fn record(number: u64) -> Record {
    let received = Micros(1_777_784_400_000_000 + number);
    Record {
        id: RecordId::new(received, number),
        tenant: TenantId::new("acme").unwrap(),
        lease: LeaseId::new("acme-chat").unwrap(),
        model: Label::new("llama-70b").unwrap(),
        replica: Some(Label::new("llama-70b/3").unwrap()),
        key: Label::new("lh-4f2a").unwrap(),
        surface: Surface::Chat,
        counted: Counted::Running(Counts { input: 9, cached: 0, output: number, reasoning: 0 }),
        unreceived: Unreceived::Perhaps,
        received,
        first_token: None,
        end: Micros(received.0 + 9),
        outcome: Outcome::Cut(WhoCut::Client),
        status: 200,
    }
}

/// Hands a record over; what is told of it comes from the channel.
pub fn submit(room: Room<Waiting>, record: &Record) -> Receiver<Result<(), NotDurable>> {
    let (tell, told) = channel();
    room.submit(record, Some(Box::new(move |result| drop(tell.send(result)))));
    told
}

/// All that is in a log.
pub fn all(log: &Log<Waiting>) -> Vec<Record> {
    let (mut tail, mut records) = (log.tail(), Vec::new());
    tail.read(tail.first(), usize::MAX, &mut records).unwrap();
    records
}

/// Runs `test` of this binary alone, in a process of its own.
pub fn alone(test: &str) -> Vec<String> {
    vec!["--exact".to_owned(), test.to_owned(), "--ignored".to_owned(), "--nocapture".to_owned()]
}
