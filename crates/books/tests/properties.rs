//! What must hold whatever the lease and whatever happens to it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use std::collections::BTreeMap;

use leasehold_books::rating::Head;
use leasehold_books::{Books, Policy, run};
use proptest::prelude::*;
use support::story::{Kinds, Story, plans};
use support::*;

fn books_of(story: &Story) -> Books {
    run(vec![story.lease.clone()], story.events.clone(), story.through, Policy::default()).unwrap()
}

/// Everything that the books hold, as text.
fn written(books: &Books) -> String {
    serde_json::to_string_pretty(books).unwrap()
}

/// What was billed under each head, over all documents of a lease; what came to nothing is left
/// out. Credits by a decision are left out: their heads carry the numbers of documents.
fn billed(books: &Books) -> BTreeMap<Head, i128> {
    let mut sums: BTreeMap<Head, i128> = BTreeMap::new();
    let invoiced = books.invoices().iter().flat_map(|invoice| &invoice.draft.lines);
    let credited = books.credit_notes().iter().flat_map(|note| &note.lines);
    let all = invoiced.map(|l| (l, 1)).chain(credited.map(|l| (l, -1)));
    for (line, sign) in all {
        if let Some(head) = &line.head {
            *sums.entry(head.clone()).or_default() += sign * line.amount.minor();
        }
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, max_shrink_iters: 4_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(256))]

    /// Knowing everything at once and learning it late end in the same sum billed per head.
    #[test]
    fn late_knowledge_ends_in_the_same_bill(plan in plans(10)) {
        let story = plan.build("test", Kinds::Facts);
        let (late, at_once) = (books_of(&story), books_of(&story.known_at_once()));
        prop_assert_eq!(late.parked().is_empty(), at_once.parked().is_empty());
        if late.parked().is_empty() {
            prop_assert_eq!(billed(&late), billed(&at_once));
        }
    }

    /// Closing again changes nothing, and closing in steps gives the same books as closing at once,
    /// saved and read back between the steps or not.
    #[test]
    fn closing_in_steps_gives_the_same_books(
        plan in plans(10),
        steps in prop::collection::vec(1..400_u16, 1..12),
        saves in any::<bool>(),
    ) {
        let story = plan.build("test", Kinds::All);
        let at_once = books_of(&story);
        let mut books = run(
            vec![story.lease.clone()], story.events.clone(), day("2011-10-01"), Policy::default(),
        ).unwrap();
        let mut date = day("2011-10-01");
        for step in steps {
            date = date.checked_add(jiff::Span::new().days(i64::from(step))).unwrap();
            books.close(date.min(story.through));
            if saves {
                books = serde_json::from_str(&serde_json::to_string(&books).unwrap()).unwrap();
            }
        }
        books.close(story.through);
        prop_assert_eq!(written(&books), written(&at_once));
    }
}
