//! Processes that are killed under load lose no batch that they acknowledged, and leave none half
//! applied; on both databases.
//!
//! The test starts itself, two processes at a time, which depose each other and write. Both are
//! killed with SIGKILL at a moment drawn by seed, and what they left is checked. In the normal run
//! 20 such pairs on each database; `LEASEHOLD_CRASH_KILLS` names another number.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test without a harness: it says what it did, reads its setting, and fails by a panic"
)]

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use leasehold_store::journal::rows::{Changes, Projection, Row, Select};
use leasehold_store::journal::{
    Answer, Batch, Digest, Draft, Entry, Journal, JournalError, Lead, OutboxState, Post, Writer,
    backup,
};
use leasehold_store::table;
use support::{BOTH, Backend, at, empty, header};

/// Pairs of processes that are killed on each database.
const KILLS: u32 = 20;

/// Longest time that a pair has once one of them has written, in microseconds.
const LIFE_US: u64 = 120_000;

table! {
    /// How often each actor has acted.
    pub struct Count in "crash_count", key [actor], indexes [] {
        /// The actor.
        actor: String,
        /// How often.
        acts: i64,
        /// The last entry of it.
        seq: u64,
    }
}

static COUNTS: Projection = Projection { name: "crash", version: 1, tables: &[Count::TABLE] };

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "child", url, holder] => {
            child(&url.parse().map(|a| Journal::open(&a)).unwrap().unwrap(), holder)
        }
        _ => BOTH.into_iter().for_each(parent),
    }
}

/// Leads whenever it can, and writes until it is deposed or killed.
fn child(journal: &Journal, holder: &str) {
    journal.begin(&header()).unwrap();
    loop {
        if let Lead::Won(mut writer) = journal.lead(holder, Duration::ZERO).unwrap() {
            match write(journal, &mut writer, holder) {
                Ok(()) | Err(JournalError::Deposed { .. }) => (),
                Err(error) => panic!("{holder}: {error}"),
            }
        }
    }
}

fn write(journal: &Journal, writer: &mut Writer, holder: &str) -> Result<(), JournalError> {
    let standing = writer.projections(&[&COUNTS])?;
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    assert_eq!(standing[0].seq, writer.head().seq, "the projection stands at the head");
    for row in journal.page::<Count>("crash", &Select::all::<Count>())?.rows {
        counts.insert(row.actor.clone(), row);
    }
    // Some turns are short, so that leaders change often.
    for turn in 0..16 {
        let mut batch = Batch::on(writer.head());
        let size = 1 + writer.head().seq % 5;
        for n in 0..size {
            let seq = batch.append(entry(writer.head().seq + n + 1, holder))?;
            let hook =
                Post { topic: "hook".into(), target: "t".into(), body: vec![1; 50], due: at(0) };
            batch.post(hook)?;
            count(&mut counts, batch.entries().last().unwrap());
            assert_eq!(batch.head().seq, seq);
        }
        batch.answer(Answer {
            scope: "crash".into(),
            key: writer.head().seq.to_string(),
            digest: Digest::of(b"request"),
            body: vec![2; 50],
            made: at(0),
            expires: at(1),
        })?;
        counts.values().for_each(|count| batch.put(count));
        if turn % 8 == 7 {
            batch.snapshot(1, batch.head().hash.as_bytes().repeat(40_000))?;
        }
        let head = writer.commit(&batch)?;
        println!("{} {}", head.seq, head.hash);
        std::io::stdout().flush().unwrap();
    }
    Ok(())
}

fn entry(n: u64, holder: &str) -> Draft {
    let actor = format!("{holder}-{}", n % 3);
    let body = format!("{{\"n\":{n}}}").into_bytes();
    Draft { at: at(n.try_into().unwrap()), actor, kind: "act".into(), version: 1, body }
}

fn count(counts: &mut BTreeMap<String, Count>, entry: &Entry) {
    let zero = || Count { actor: entry.actor.clone(), acts: 0, seq: 0 };
    let count = counts.entry(entry.actor.clone()).or_insert_with(zero);
    (count.acts, count.seq) = (count.acts + 1, entry.seq);
}

/// Numbers by a seed (SplitMix64), as good as dice for moments.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn parent(backend: Backend) {
    let kills = std::env::var("LEASEHOLD_CRASH_KILLS").ok().map(|text| text.parse().unwrap());
    let kills: u32 = kills.unwrap_or(KILLS);
    let place = empty(backend);
    let url = place.url();
    let mut draw = Draw(20_260_503);
    let mut acknowledged = BTreeMap::new();
    for _ in 0..kills {
        let mut pair = [start(&url, "a"), start(&url, "b")];
        // Every fourth pair is killed wherever it is, the others once one of them has written.
        let early = draw.below(4) == 0;
        let out: Vec<_> = pair.iter_mut().map(|child| child.stdout.take().unwrap()).collect();
        let life = Duration::from_micros(draw.below(LIFE_US));
        let readers: Vec<_> = out.into_iter().map(read).collect();
        if !early {
            while !readers
                .iter()
                .any(|(_, begun)| begun.recv_timeout(Duration::from_millis(1)).is_ok())
            {
            }
        }
        thread::sleep(life);
        for child in &mut pair {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        for (reader, _) in readers {
            acknowledged.append(&mut reader.join().unwrap());
        }
        place.wait_for_the_killed();
        check(&place.address, &acknowledged);
    }
    let journal = Journal::open(&place.address).unwrap();
    println!(
        "journal crash on {backend:?}: {} processes killed; {} batches acknowledged, none lost; {} \
         entries, the chain whole; {} leaders",
        2 * kills,
        acknowledged.len(),
        journal.head().unwrap().seq,
        journal.leader().unwrap().token
    );
}

type Heads = BTreeMap<u64, String>;

/// Reads what a process acknowledges; the other end tells of the first one.
fn read(
    out: impl std::io::Read + Send + 'static,
) -> (thread::JoinHandle<Heads>, std::sync::mpsc::Receiver<()>) {
    let (begun, first) = std::sync::mpsc::channel();
    let reader = thread::spawn(move || {
        let mut heads = Heads::new();
        // The last line may be torn: then it was not acknowledged.
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if let Some((seq, hash)) = line.split_once(' ').filter(|(_, hash)| hash.len() == 64) {
                heads.insert(seq.parse().unwrap(), hash.to_owned());
                let _ = begun.send(());
            }
        }
        heads
    });
    (reader, first)
}

fn start(url: &str, holder: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["child", url, holder])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Everything that was acknowledged is there, and everything that is there is whole.
fn check(address: &leasehold_store::journal::Address, acknowledged: &Heads) {
    let journal = Journal::open(address).unwrap();
    if matches!(journal.header(), Err(JournalError::Empty)) {
        assert!(acknowledged.is_empty());
        return;
    }
    let found = backup::verify_database(&journal).unwrap();
    assert_eq!(found.faults, [""; 0]);
    assert_eq!(found.items, found.head.seq, "an item for each entry");
    assert_eq!(journal.outbox_count(OutboxState::Waiting).unwrap(), found.head.seq);
    let (mut heads, mut after, mut batches) = (Heads::new(), 0, 0);
    let (mut counts, mut ends) = (BTreeMap::new(), 0);
    while after < found.head.seq {
        for entry in journal.entries(after, 4_096).unwrap() {
            after = entry.seq;
            count(&mut counts, &entry);
            // Batches are as large as the number before them says, so where they end is known.
            if entry.seq == ends + 1 + ends % 5 {
                (ends, batches) = (entry.seq, batches + 1);
            }
            heads.insert(entry.seq, entry.hash.to_string());
        }
    }
    assert_eq!(ends, found.head.seq, "a batch is half there");
    assert_eq!(found.answers, batches, "an answer for each batch");
    for (seq, hash) in acknowledged {
        assert_eq!(heads.get(seq), Some(hash), "entry {seq} was acknowledged");
    }
    if let Some(standing) = found.projections.first() {
        assert_eq!(standing.seq, found.head.seq);
        let rows = journal.page::<Count>("crash", &Select::all::<Count>()).unwrap().rows;
        assert_eq!(rows, counts.values().cloned().collect::<Vec<_>>(), "as a rebuild has it");
    }
    if let Some(snapshot) = journal.snapshot(u64::MAX).unwrap() {
        let (hash, body) = (&heads[&snapshot.seq], snapshot.body);
        assert!(
            body.chunks(32)
                .all(|part| hash.parse() == Ok(Digest::from_bytes(part.try_into().unwrap())))
        );
    }
    rebuild(&journal, &counts.into_values().collect::<Vec<_>>());
}

/// A projection that is dropped and made anew from the journal is what it was.
fn rebuild(journal: &Journal, expected: &[Count]) {
    let Lead::Won(mut writer) = journal.lead("parent", Duration::ZERO).unwrap() else { panic!() };
    writer.projections(&[&COUNTS]).unwrap();
    writer.rebuild(&COUNTS).unwrap();
    let (mut counts, mut from) = (BTreeMap::new(), 0);
    while from < writer.head().seq {
        let entries = journal.entries(from, 500).unwrap();
        entries.iter().for_each(|entry| count(&mut counts, entry));
        let mut changes = Changes::default();
        counts.values().for_each(|row| changes.put(row));
        let to = entries.last().unwrap().seq;
        writer.advance(&COUNTS, from, to, &changes).unwrap();
        from = to;
    }
    let page = journal.page::<Count>("crash", &Select::all::<Count>()).unwrap();
    assert_eq!((page.rows.as_slice(), page.seq), (expected, writer.head().seq));
}
