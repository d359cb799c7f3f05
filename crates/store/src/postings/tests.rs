use std::path::Path;

use leasehold_types::Date;
use proptest::prelude::*;

use super::*;

fn open(dir: &Path) -> Ledger {
    Ledger::open(dir, &mut |_, _| Ok(())).unwrap().0
}

fn usd() -> Currency {
    "USD".parse().unwrap()
}

fn entry<'a>(id: u128, legs: &'a [Leg], note: &'a [u8]) -> PostingEntry<'a> {
    let date = Date::constant(2027, 2, 1);
    PostingEntry { id, date, effective: Date::constant(2027, 1, 31), legs, note }
}

fn legs(from: AccountNo, to: AccountNo, minor: i128) -> [Leg; 2] {
    [Leg { account: to, minor }, Leg { account: from, minor: -minor }]
}

#[test]
fn an_id_counts_once_across_restarts_and_within_a_batch() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = open(dir.path());
    let cash = ledger.account("assets:cash", usd()).unwrap();
    let owed = ledger.account("assets:receivable", usd()).unwrap();
    let (ten, eleven) = (legs(owed, cash, 1_000), legs(owed, cash, 1_100));
    let batch =
        [entry(1, &ten, b"a"), entry(1, &ten, b"a"), entry(1, &ten, b"b"), entry(2, &ten, b"")];
    let expected = [Posted::New, Posted::AlreadyThere, Posted::Conflict, Posted::New];
    assert_eq!(ledger.post(&batch).unwrap(), expected);
    for _ in 0..2 {
        let mut ledger = open(dir.path());
        let cash = ledger.account("assets:cash", usd()).unwrap();
        assert_eq!(ledger.balance(cash), Some(Balance { debits: 2_000, credits: 0 }));
        let again = [entry(2, &ten, b""), entry(1, &eleven, b"a"), entry(1, &ten, b"ab")];
        let expected = [Posted::AlreadyThere, Posted::Conflict, Posted::Conflict];
        assert_eq!(ledger.post(&again).unwrap(), expected);
        assert_eq!(ledger.len(), 2);
    }
}

#[test]
fn what_breaks_a_rule_is_refused_and_the_rest_is_posted() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = open(dir.path());
    let cash = ledger.account("cash", usd()).unwrap();
    let euro = ledger.account("cash", "EUR".parse().unwrap()).unwrap();
    assert_ne!(cash, euro);
    let mixed = legs(cash, euro, 100);
    let nowhere = legs(cash, AccountNo(7), 100);
    let lone = [Leg { account: cash, minor: 0 }];
    let huge = [i128::MAX, i128::MAX].map(|minor| Leg { account: cash, minor });
    let note = vec![0; NOTE_BYTES_MAX + 1];
    let good = legs(cash, cash, 5);
    let batch = [
        entry(1, &mixed, b""),
        entry(2, &nowhere, b""),
        entry(3, &lone, b""),
        entry(4, &huge, b""),
        entry(5, &good, &note),
        entry(6, &good, b""),
    ];
    let told: Vec<String> = ledger.post(&batch).unwrap().iter().map(|p| format!("{p:?}")).collect();
    let expected = [
        "Refused(Unbalanced { currency: Currency(\"EUR\"), left: 100 })",
        "Refused(NoAccount(7))",
        "Refused(Legs(1))",
        "Refused(Overflow)",
        "Refused(Note(4097))",
        "New",
    ];
    assert_eq!(told.last().map(String::as_str), Some("New"));
    for (told, expected) in told.iter().zip(expected).skip(1) {
        assert_eq!(told, expected);
    }
    assert!(told[0].starts_with("Refused(Unbalanced"), "{}", told[0]);
    let most = legs(cash, cash, i128::MAX);
    assert_eq!(ledger.post(&[entry(7, &most, b"")]).unwrap(), [Posted::Refused(Refusal::Overflow)]);
    let balance = ledger.balance(cash).unwrap();
    assert_eq!((balance.debits, balance.credits, balance.net()), (5, 5, 0));
}

#[test]
fn a_batch_has_a_limit() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = open(dir.path());
    let cash = ledger.account("cash", usd()).unwrap();
    let two = legs(cash, cash, 1);
    let batch: Vec<PostingEntry<'_>> = (0..8_191).map(|id| entry(id, &two, b"")).collect();
    let told = ledger.post(&batch).unwrap_err().to_string();
    assert_eq!(told, "a batch of 8191 entries: at most 8190 entries are allowed; post it in parts");
    assert_eq!(ledger.post(&batch[..8_190]).unwrap().len(), 8_190);
    assert!(ledger.account(&"x".repeat(256), usd()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is posted, in whatever batches, with restarts between: each id once, and balances
    /// as a plain fold says.
    #[test]
    fn balances_are_the_fold_of_first_contents(
        posts in prop::collection::vec((0_u128..12, 0_u32..3, 0_u32..3, -50_i128..50), 1..40),
        size in 1_usize..7,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut first: std::collections::BTreeMap<u128, (u32, u32, i128)> = Default::default();
        for batch in posts.chunks(size) {
            let mut ledger = open(dir.path());
            for name in ["a", "b", "c"] {
                ledger.account(name, usd()).unwrap();
            }
            let legs: Vec<[Leg; 2]> =
                batch.iter().map(|(_, a, b, m)| legs(AccountNo(*a), AccountNo(*b), *m)).collect();
            let entries: Vec<PostingEntry<'_>> =
                batch.iter().zip(&legs).map(|((id, ..), legs)| entry(*id, legs, b"n")).collect();
            let posted = ledger.post(&entries).unwrap();
            for ((id, a, b, m), posted) in batch.iter().zip(posted) {
                let expected = match first.get(id) {
                    None => Posted::New,
                    Some(same) if *same == (*a, *b, *m) => Posted::AlreadyThere,
                    Some(_) => Posted::Conflict,
                };
                first.entry(*id).or_insert((*a, *b, *m));
                prop_assert_eq!(posted, expected);
            }
        }
        let ledger = open(dir.path());
        for account in 0..3 {
            let credit = first.values().filter(|(a, ..)| *a == account).map(|(.., m)| -m);
            let debit = first.values().filter(|(_, b, _)| *b == account).map(|(.., m)| *m);
            let net: i128 = credit.chain(debit).sum();
            prop_assert_eq!(ledger.balance(AccountNo(account)).unwrap_or_default().net(), net);
        }
    }
}
