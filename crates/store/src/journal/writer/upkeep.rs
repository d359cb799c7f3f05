//! The outbox's items that are taken to be sent, and what is deleted once it was kept for long enough.

use leasehold_types::{Instant, Seconds};

use super::{Plan, Writer};
use crate::journal::cells::{self, ITEM};
use crate::journal::database::Step;
use crate::journal::error::JournalError;
use crate::journal::outbox::OutboxItem;
use crate::journal::read::OUTBOX_MAX_ITEMS;
use crate::journal::rows::Field;

/// Most rows of each kind that are pruned at once.
pub const PRUNE_MAX_ROWS: usize = 1_000;

/// For how long what is settled is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Items of the outbox that were sent.
    pub done: Seconds,
    /// Items of the outbox that were given up.
    pub dead: Seconds,
    /// How many snapshots, the newest; at least one.
    pub snapshots: u32,
}

/// How much was pruned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pruned {
    /// Expired answers.
    pub answers: usize,
    /// Items of the outbox.
    pub items: usize,
    /// Snapshots.
    pub snapshots: usize,
    /// Whether there may be more to prune.
    pub more: bool,
}

impl Writer {
    /// Takes items that are due at `now`, those of the earliest entries first, to be sent; at most
    /// `limit` and [`OUTBOX_MAX_ITEMS`]. Each counts an attempt, and is due again at `until` unless
    /// a batch says before what became of it.
    ///
    /// # Errors
    /// As [`Writer::commit`].
    pub fn claim(
        &mut self,
        now: Instant,
        until: Instant,
        limit: usize,
    ) -> Result<Vec<OutboxItem>, JournalError> {
        let limit = limit.clamp(1, OUTBOX_MAX_ITEMS);
        let mut plan = Plan::default();
        plan.push(Step::new(
            format!(
                "UPDATE journal_outbox SET due = $1, attempts = attempts + 1 \
                 WHERE (seq, part) IN (SELECT seq, part FROM journal_outbox \
                 WHERE state = 'waiting' AND due <= $2 ORDER BY due, seq, part LIMIT {limit}) \
                 RETURNING {ITEM}"
            ),
            vec![until.to_value(), now.to_value()],
        ));
        let rows = self.run(plan, self.head)?.pop().unwrap_or_default();
        let mut items: Vec<OutboxItem> =
            rows.into_iter().map(cells::item).collect::<Result<_, _>>()?;
        items.sort_by_key(|item| item.id);
        Ok(items)
    }

    /// Deletes answers that have expired at `now`, settled items of the outbox and snapshots that
    /// were kept for long enough; at most [`PRUNE_MAX_ROWS`] of each, so that no batch waits long.
    ///
    /// # Errors
    /// As [`Writer::commit`].
    pub fn prune(&mut self, now: Instant, keep: Retention) -> Result<Pruned, JournalError> {
        let mut plan = Plan::default();
        plan.push(Step::new(
            format!(
                "DELETE FROM journal_answer WHERE (scope, key) IN (SELECT scope, key \
                 FROM journal_answer WHERE expires <= $1 ORDER BY expires LIMIT {PRUNE_MAX_ROWS})"
            ),
            vec![now.to_value()],
        ));
        for (state, kept) in [("done", keep.done), ("dead", keep.dead)] {
            let before = now.saturating_add(Seconds(kept.0.saturating_neg()));
            plan.push(Step::new(
                format!(
                    "DELETE FROM journal_outbox WHERE (seq, part) IN (SELECT seq, part \
                     FROM journal_outbox WHERE state = $1 AND due <= $2 \
                     ORDER BY due, seq, part LIMIT {PRUNE_MAX_ROWS})"
                ),
                vec![state.into(), before.to_value()],
            ));
        }
        plan.push(Step::new(
            "DELETE FROM journal_snapshot WHERE seq NOT IN \
             (SELECT seq FROM journal_snapshot ORDER BY seq DESC LIMIT $1)",
            vec![keep.snapshots.max(1).into()],
        ));
        plan.push(Step::new(
            "DELETE FROM journal_snapshot_part WHERE seq NOT IN (SELECT seq FROM journal_snapshot)",
            vec![],
        ));
        let counts: Vec<usize> = self.run(plan, self.head)?.iter().map(Vec::len).collect();
        let count = |n: usize| counts.get(n).copied().unwrap_or_default();
        let more = (0..3).any(|n| count(n) == PRUNE_MAX_ROWS);
        let (answers, items, snapshots) = (count(0), count(1) + count(2), count(3));
        Ok(Pruned { answers, items, snapshots, more })
    }
}
