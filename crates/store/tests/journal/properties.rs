//! What must hold of any chain and of any batch.

use leasehold_store::journal::rows::Select;
use leasehold_store::journal::{Batch, Digest, Draft, Entry, Journal, Writer, backup};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::story::{NODES, Node, answer, node, post};
use crate::support::*;

fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    let draft = (0..3_i64, "[a-c]{0,3}", "[a-c.]{0,4}", 0..3_u32, vec(any::<u8>(), 0..20));
    vec(draft, 2..12).prop_map(|drafts| {
        let mut second = 0;
        let draft = |(later, actor, kind, version, body)| {
            second += later;
            Draft { at: at(second), actor, kind, version, body }
        };
        drafts.into_iter().map(draft).collect()
    })
}

fn chained(drafts: Vec<Draft>) -> Vec<Entry> {
    let mut batch = Batch::on(header().head());
    for draft in drafts {
        batch.append(draft).unwrap();
    }
    batch.entries().to_vec()
}

fn whole(entries: &[Entry]) -> bool {
    entries.iter().try_fold(header().head(), |head, entry| head.follow(entry)).is_ok()
}

/// Moves what stands on the border of two fields into the other one.
fn across(entry: &mut Entry) {
    match entry.actor.pop() {
        Some(last) => entry.kind.insert(0, last),
        None => entry.actor.push('x'),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_change_breaks_the_chain(drafts in drafts(), which: Index, how in 0..11_u32) {
        let sound = chained(drafts);
        prop_assert!(whole(&sound));
        let mut entries = sound.clone();
        let n = which.index(entries.len());
        let entry = &mut entries[n];
        match how {
            0 => entry.seq += 1,
            1 => entry.at = entry.at.saturating_add(leasehold_types::Seconds(1)),
            2 => entry.actor.push('a'),
            3 => across(entry),
            4 => entry.version += 1,
            5 => entry.body.push(0),
            6 => entry.prev = Digest::of(b"other"),
            7 => entry.hash = Digest::of(b"other"),
            8 => { entries.insert(n, sound[n].clone()); }
            // Without its last entry a chain is whole; only a head that was kept shows it.
            9 => { let n = n.min(entries.len() - 2); entries.remove(n); }
            _ => { let n = n.min(entries.len() - 2); entries.swap(n, n + 1); }
        }
        prop_assert!(!whole(&entries));
    }
}

/// What a batch holds, and what makes it fail.
#[derive(Debug, Clone)]
struct Plan {
    entries: u64,
    posts: usize,
    rows: u32,
    answers: usize,
    snapshot: bool,
    poison: Option<u32>,
}

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let plan =
        (1..70_u64, 0..3_usize, 0..70_u32, 0..3_usize, any::<bool>(), prop::option::of(0..5_u32));
    let plan = plan.prop_map(|(entries, posts, rows, answers, snapshot, poison)| Plan {
        entries,
        posts,
        rows,
        answers,
        snapshot,
        poison,
    });
    vec(plan, 1..5)
}

fn batch_of(plan: &Plan, writer: &Writer) -> Batch {
    let mut batch = Batch::on(writer.head());
    for _ in 0..plan.entries {
        let seq = batch.append(draft(batch.head().seq + 1)).unwrap();
        for _ in 0..plan.posts {
            batch.post(post(i64::try_from(seq).unwrap())).unwrap();
        }
    }
    for number in 0..plan.rows {
        batch.put(&node(number, &format!("after {}", writer.head().seq)));
    }
    for n in 0..plan.answers {
        batch.answer(answer(&format!("{}-{n}", writer.head().seq), 1)).unwrap();
    }
    if plan.snapshot {
        batch.snapshot(1, writer.head().seq.to_string().into_bytes()).unwrap();
    }
    let poisoned = leasehold_store::journal::Post { target: "poison".to_owned(), ..post(1) };
    match plan.poison {
        None => (),
        Some(0) => drop(batch.post(poisoned).unwrap()),
        Some(1) => batch.put(&node(1_000, "poison")),
        Some(2) => batch.answer(answer("poison", 1)).unwrap(),
        Some(3) => {
            let done = leasehold_store::journal::Outcome::Done(at(1));
            batch.settle("999999-0".parse().unwrap(), done).unwrap();
        }
        // What SQLite would take, and PostgreSQL not.
        Some(_) => batch.put(&node(1_001, "a\0b")),
    }
    batch
}

/// All that is stored.
fn state(journal: &Journal) -> (Vec<u8>, Vec<Node>, u64) {
    let mut file = Vec::new();
    backup::create(journal, at(1), &mut file).unwrap();
    let page = journal.page::<Node>("story", &Select::all::<Node>()).unwrap();
    (file, page.rows, page.seq)
}

fn all_or_nothing(backend: Backend, plans: &[Plan]) {
    let (place, journal) = begun(backend);
    let mut writer = lead(&journal, "desk-1");
    writer.projections(&[&NODES]).unwrap();
    place.poison();
    let mut first = Batch::on(writer.head());
    first.append(draft(1)).unwrap();
    first.answer(answer("poison", 1)).unwrap();
    writer.commit(&first).unwrap();
    let (mut before, mut rows) = (state(&journal), 0);
    for plan in plans {
        let batch = batch_of(plan, &writer);
        let done = writer.commit(&batch);
        assert_eq!(done.is_err(), plan.poison.is_some(), "{done:?}");
        let after = state(&journal);
        if plan.poison.is_some() {
            assert!(after == before, "a batch that failed left something: {done:?}");
        } else {
            rows = rows.max(plan.rows);
            let head = journal.head().unwrap();
            assert_eq!((head, after.2), (batch.head(), head.seq));
            assert_eq!(journal.entries(head.seq - plan.entries, 99).unwrap(), batch.entries());
            assert_eq!(after.1.len(), usize::try_from(rows).unwrap());
        }
        before = after;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_batch_is_there_whole_or_not_at_all_on_sqlite(plans in plans()) {
        all_or_nothing(Backend::Sqlite, &plans);
    }

    #[test]
    fn a_batch_is_there_whole_or_not_at_all_on_postgres(plans in plans()) {
        all_or_nothing(Backend::Postgres, &plans);
    }
}
