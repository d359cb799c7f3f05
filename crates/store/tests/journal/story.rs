//! One story, told to both databases: what is written is read back, and what is refused leaves no
//! trace.

use leasehold_store::journal::rows::{Projection, Row, Select};
use leasehold_store::journal::{
    Answer, Batch, Digest, Head, Journal, JournalError, Lead, OutboxId, OutboxState, Outcome, Post,
    Retention, Writer,
};
use leasehold_store::table;
use leasehold_types::Seconds;

use crate::support::*;

table! {
    /// A node, as the story knows it.
    pub struct Node in "story_node", key [site, number], indexes [[colour, number]] {
        /// The site.
        site: String,
        /// The number at the site.
        number: u32,
        /// What colour it is.
        colour: String,
        /// When it was seen.
        seen: Option<leasehold_types::Instant>,
        /// Whether it is up.
        up: bool,
        /// A photograph.
        photo: Option<Vec<u8>>,
    }
}

pub static NODES: Projection = Projection { name: "story", version: 1, tables: &[Node::TABLE] };

pub fn node(number: u32, colour: &str) -> Node {
    Node {
        site: "memphis".to_owned(),
        number,
        colour: colour.to_owned(),
        seen: number.is_multiple_of(2).then(|| at(number.into())),
        up: !number.is_multiple_of(3),
        photo: (number == 1).then(|| vec![0, 255]),
    }
}

pub fn post(n: i64) -> Post {
    Post {
        topic: "webhook".to_owned(),
        target: "https://tenant.example/hook".to_owned(),
        body: format!("{{\"n\":{n}}}").into_bytes(),
        due: at(n),
    }
}

pub fn answer(key: &str, made: i64) -> Answer {
    Answer {
        scope: "user-1 POST /v1/recalls".to_owned(),
        key: key.to_owned(),
        digest: Digest::of(key.as_bytes()),
        body: b"{\"status\":201}".to_vec(),
        made: at(made),
        expires: at(made + 86_400),
    }
}

#[test]
fn the_story_is_the_same_on_both() {
    for backend in BOTH {
        println!("on {backend:?}");
        let (_place, journal) = begun(backend);
        let mut writer = lead(&journal, "desk-1");
        let standings = writer.projections(&[&NODES]).unwrap();
        assert_eq!((standings[0].seq, standings[0].version), (0, 1));
        entries_and_all_that_follows(&journal, &mut writer);
        pages(&journal, &mut writer);
        the_outbox(&journal, &mut writer);
        insta::allow_duplicates! { refusals(&journal, &mut writer); }
        snapshots_and_pruning(&journal, &mut writer);
        insta::allow_duplicates! { made_anew(&journal, &mut writer); }
        opened_again(&journal);
    }
}

fn entries_and_all_that_follows(journal: &Journal, writer: &mut Writer) {
    assert_eq!(writer.head(), header().head());
    let mut batch = Batch::on(writer.head());
    for n in 1..=150 {
        assert_eq!(batch.append(draft(n)).unwrap(), n);
        if n == 2 {
            assert_eq!(batch.post(post(5)).unwrap(), OutboxId { seq: 2, part: 0 });
            assert_eq!(batch.post(post(3)).unwrap(), OutboxId { seq: 2, part: 1 });
        }
    }
    batch.answer(answer("first", 10)).unwrap();
    batch.put(&node(1, "red"));
    batch.put(&node(1, "blue"));
    let head = writer.commit(&batch).unwrap();
    assert_eq!((head, journal.head().unwrap()), (batch.head(), batch.head()));
    let read = journal.entries(0, 1_000).unwrap();
    assert_eq!(read, batch.entries());
    let chain = read.iter().try_fold(header().head(), |head, entry| head.follow(entry));
    assert_eq!(chain, Ok(head));
    let page: Vec<u64> = journal.entries(140, 5).unwrap().iter().map(|entry| entry.seq).collect();
    assert_eq!(page, [141, 142, 143, 144, 145]);
    assert_eq!(journal.entries(150, 5).unwrap(), []);
    assert_eq!(
        journal.answer("user-1 POST /v1/recalls", "first").unwrap(),
        Some(answer("first", 10))
    );
    assert_eq!(journal.answer("user-2 POST /v1/recalls", "first").unwrap(), None);
    let red = journal.row::<Node>(&[&"memphis", &1_u32]).unwrap();
    assert_eq!(red, Some(node(1, "blue")));
    assert_eq!(journal.standings().unwrap()[0].seq, 150);
}

fn one_entry(writer: &Writer) -> Batch {
    let mut batch = Batch::on(writer.head());
    batch.append(draft(writer.head().seq + 1)).unwrap();
    batch
}

fn pages(journal: &Journal, writer: &mut Writer) {
    let mut batch = one_entry(writer);
    for number in 1..=200 {
        batch.put(&node(number, if number < 150 { "red" } else { "green" }));
    }
    batch.delete::<Node>(&[&"memphis", &7_u32]);
    writer.commit(&batch).unwrap();
    let numbers = |select: Select| -> Vec<u32> {
        let (mut found, mut next) = (Vec::new(), None);
        loop {
            let page = journal.page::<Node>("story", &select.clone().after(next)).unwrap();
            assert_eq!(page.seq, 151);
            found.extend(page.rows.iter().map(|row| row.number));
            next = page.next;
            if next.is_none() {
                return found;
            }
        }
    };
    let all: Vec<u32> = (1..=200).filter(|n| *n != 7).collect();
    assert_eq!(numbers(Select::all::<Node>().limit(30)), all);
    assert_eq!(numbers(Select::all::<Node>().limit(199)), all);
    assert!(numbers(Select::all::<Node>().descending().limit(7)).into_iter().rev().eq(all.clone()));
    let by_colour = Select::all::<Node>().by(&["colour"]).unwrap().limit(50);
    let (green, red): (Vec<u32>, Vec<u32>) = all.iter().partition(|n| **n >= 150);
    assert_eq!(numbers(by_colour), [green.clone(), red].concat());
    let only = Select::all::<Node>().equal("colour", &"green").unwrap();
    assert_eq!(numbers(only.clone().equal("up", &true).unwrap().limit(3)), {
        let up = |n: &&u32| !n.is_multiple_of(3);
        green.iter().filter(up).copied().collect::<Vec<u32>>()
    });
    assert_eq!(numbers(only.equal("seen", &None::<String>).unwrap()).len(), 25);
    assert!(Select::all::<Node>().by(&["seen"]).is_err());
    assert!(Select::all::<Node>().equal("size", &1_i64).is_err());
}

fn the_outbox(journal: &Journal, writer: &mut Writer) {
    let ids = |state| -> Vec<String> {
        journal.outbox(state, None, 10).unwrap().iter().map(|item| item.id.to_string()).collect()
    };
    assert_eq!(ids(OutboxState::Waiting), ["2-1", "2-0"]);
    assert_eq!(writer.claim(at(2), at(100), 10).unwrap(), []);
    let claimed = writer.claim(at(4), at(100), 10).unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!((claimed[0].attempts, claimed[0].due), (1, at(100)));
    assert_eq!(claimed[0].body, b"{\"n\":3}");
    // Who claims and dies leaves it to be claimed again.
    assert_eq!(writer.claim(at(100), at(200), 10).unwrap().len(), 2);
    let mut batch = one_entry(writer);
    batch.settle("2-1".parse().unwrap(), Outcome::Done(at(101))).unwrap();
    let failure = "503 from tenant.example\0".repeat(100);
    batch.settle("2-0".parse().unwrap(), Outcome::Retry { due: at(110), failure }).unwrap();
    writer.commit(&batch).unwrap();
    assert_eq!(
        (ids(OutboxState::Waiting), ids(OutboxState::Done)),
        (vec!["2-0".into()], vec!["2-1".into()])
    );
    let mut batch = Batch::on(writer.head());
    batch
        .settle("2-0".parse().unwrap(), Outcome::Dead { at: at(111), failure: "gone".into() })
        .unwrap();
    writer.commit(&batch).unwrap();
    assert_eq!(journal.outbox_count(OutboxState::Dead).unwrap(), 1);
    let mut batch = Batch::on(writer.head());
    batch.settle("2-0".parse().unwrap(), Outcome::Again(at(120))).unwrap();
    writer.commit(&batch).unwrap();
    let again = journal.outbox(OutboxState::Waiting, None, 10).unwrap();
    assert_eq!((again[0].attempts, again[0].due, &again[0].failure), (1, at(120), &None));
    assert_eq!(journal.outbox(OutboxState::Waiting, Some((at(120), again[0].id)), 10).unwrap(), []);
}

/// Refused, and nothing of the batch is there.
fn refused(journal: &Journal, writer: &mut Writer, batch: &Batch) -> String {
    let before = (journal.head().unwrap(), journal.standings().unwrap());
    let message = writer.commit(batch).unwrap_err().to_string();
    assert_eq!((journal.head().unwrap(), journal.standings().unwrap()), before);
    assert_eq!(writer.head(), before.0);
    let row = journal.row::<Node>(&[&"memphis", &999_u32]).unwrap();
    assert_eq!(row, None, "{message}");
    message
}

fn refusals(journal: &Journal, writer: &mut Writer) {
    let with_row = |writer: &Writer| {
        let mut batch = one_entry(writer);
        batch.put(&node(999, "red"));
        batch
    };
    let mut taken = with_row(writer);
    taken.answer(answer("other", 20)).unwrap();
    taken.answer(answer("first", 20)).unwrap();
    assert!(taken.answer(answer("first", 20)).is_err());
    insta::assert_snapshot!(refused(journal, writer, &taken), @"an answer is stored for the idempotency key `first` of `user-1 POST /v1/recalls`; nothing was written: give that answer again");
    assert_eq!(journal.answer("user-1 POST /v1/recalls", "other").unwrap(), None);
    let mut settled = with_row(writer);
    settled.settle("2-1".parse().unwrap(), Outcome::Done(at(130))).unwrap();
    insta::assert_snapshot!(refused(journal, writer, &settled), @"item 2-1 of the outbox is not waiting; nothing was written: read the outbox again");
    let mut elsewhere = Batch::on(Head { seq: 3, ..writer.head() });
    elsewhere.put(&node(999, "red"));
    insta::assert_snapshot!(refused(journal, writer, &elsewhere), @"the batch follows entry 3, and the journal ends with entry 152; nothing was written: read the journal from there and decide again");
    let mut early = Batch::on(writer.head());
    let error = early.append(draft(3)).unwrap_err();
    insta::assert_snapshot!(error, @"entry 153 is at 2027-01-15T08:00:03Z, before the entry before it at 2027-01-15T08:02:32Z");
    // A key may be used anew once it has expired.
    let mut anew = one_entry(writer);
    anew.answer(answer("first", 10 + 86_400)).unwrap();
    writer.commit(&anew).unwrap();
    let found = journal.answer("user-1 POST /v1/recalls", "first").unwrap().unwrap();
    assert_eq!(found.made, at(10 + 86_400));
}

fn snapshots_and_pruning(journal: &Journal, writer: &mut Writer) {
    assert_eq!(journal.snapshot(u64::MAX).unwrap(), None);
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
    for (version, body) in [(1, b"small".to_vec()), (2, large.clone()), (3, Vec::new())] {
        let mut batch = one_entry(writer);
        batch.snapshot(version, body).unwrap();
        writer.commit(&batch).unwrap();
    }
    let seq = writer.head().seq;
    let newest = journal.snapshot(u64::MAX).unwrap().unwrap();
    assert_eq!((newest.seq, newest.version, newest.body), (seq, 3, Vec::new()));
    assert_eq!(journal.snapshot(seq - 1).unwrap().unwrap().body, large);
    let keep = Retention { done: Seconds(1_000), dead: Seconds(1_000), snapshots: 2 };
    let pruned = writer.prune(at(1_100), keep).unwrap();
    assert_eq!((pruned.answers, pruned.items, pruned.snapshots, pruned.more), (0, 0, 1, false));
    let pruned = writer.prune(at(1_101), keep).unwrap();
    assert_eq!((pruned.items, pruned.snapshots), (1, 0));
    assert_eq!(journal.outbox_count(OutboxState::Waiting).unwrap(), 1, "what waits is kept");
    assert_eq!(writer.prune(at(10 + 2 * 86_400), keep).unwrap().answers, 1);
    assert_eq!(journal.snapshot(seq - 2).unwrap(), None);
}

fn made_anew(journal: &Journal, writer: &mut Writer) {
    writer.rebuild(&NODES).unwrap();
    assert_eq!(journal.row::<Node>(&[&"memphis", &1_u32]).unwrap(), None);
    let mut batch = one_entry(writer);
    batch.put(&node(999, "red"));
    insta::assert_snapshot!(refused(journal, writer, &batch), @"the projection `story` stands at entry Some(0), and the batch follows entry 156; nothing was written: bring the projection up to there first");
    // What does not touch it goes on beside it.
    writer.commit(&one_entry(writer)).unwrap();
    let mut changes = leasehold_store::journal::rows::Changes::default();
    changes.put(&node(1, "white"));
    let head = writer.head().seq;
    writer.advance(&NODES, 0, 100, &changes).unwrap();
    assert!(matches!(
        writer.advance(&NODES, 0, 100, &changes),
        Err(JournalError::Behind { at: Some(100), .. })
    ));
    writer.advance(&NODES, 100, head, &changes).unwrap();
    batch = one_entry(writer);
    batch.put(&node(999, "red"));
    writer.commit(&batch).unwrap();
    assert_eq!(journal.standings().unwrap()[0].seq, writer.head().seq);
}

fn opened_again(journal: &Journal) {
    let again = Journal::open(journal.address()).unwrap();
    assert_eq!(again.header().unwrap(), header());
    assert_eq!(again.head().unwrap(), journal.head().unwrap());
    let Lead::Held { holder, left_ms } = again.lead("desk-2", LONG).unwrap() else {
        panic!("two lead")
    };
    assert!(holder == "desk-1" && left_ms > 3_000_000, "{holder} {left_ms}");
}
