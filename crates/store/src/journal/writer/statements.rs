//! The statements by which a batch's parts are written.

use super::{Meaning, Plan};
use crate::journal::batch::{Answer, Batch};
use crate::journal::cells::{self, ITEM};
use crate::journal::database::{Step, Value};
use crate::journal::entry::Entry;
use crate::journal::outbox::{OutboxId, Outcome, Post};
use crate::journal::rows::Field;
use crate::journal::steps::{chunks, int, rows_of_parameters};

pub(super) fn insert_entries(entries: &[Entry], plan: &mut Plan) {
    for part in chunks(entries, 8) {
        let values = part.iter().flat_map(entry_values);
        let marks = rows_of_parameters(part.len(), 8);
        let sql = format!("INSERT INTO journal_entry ({}) VALUES {marks}", cells::ENTRY);
        plan.push(Step::new(sql, values.collect()).must_touch(part.len()));
    }
}

/// In the order of [`cells::ENTRY`].
pub(in super::super) fn entry_values(entry: &Entry) -> [Value; 8] {
    [
        Value::Int(int(entry.seq)),
        entry.at.to_value(),
        entry.actor.as_str().into(),
        entry.kind.as_str().into(),
        entry.version.into(),
        entry.body.as_slice().into(),
        entry.prev.as_bytes().as_slice().into(),
        entry.hash.as_bytes().as_slice().into(),
    ]
}

pub(super) fn insert_posts(posts: &[(OutboxId, Post)], plan: &mut Plan) {
    for part in chunks(posts, 9) {
        let values = part.iter().flat_map(|(id, post)| {
            [
                Value::Int(int(id.seq)),
                id.part.into(),
                post.topic.as_str().into(),
                post.target.as_str().into(),
                post.body.as_slice().into(),
                "waiting".into(),
                post.due.to_value(),
                Value::Int(0),
                Value::Null,
            ]
        });
        let marks = rows_of_parameters(part.len(), 9);
        let sql = format!("INSERT INTO journal_outbox ({ITEM}) VALUES {marks}");
        plan.push(Step::new(sql, values.collect()).must_touch(part.len()));
    }
}

pub(super) fn settle(outcomes: &[(OutboxId, Outcome)], plan: &mut Plan) {
    for (id, outcome) in outcomes {
        let (state, due, failure) = match outcome {
            Outcome::Done(at) => ("done", at, Value::Null),
            Outcome::Retry { due, failure } => ("waiting", due, failure.as_str().into()),
            Outcome::Dead { at, failure } => ("dead", at, failure.as_str().into()),
            Outcome::Again(due) => ("waiting", due, Value::Null),
        };
        let from = match outcome {
            Outcome::Again(_) => "state <> 'waiting'",
            _ => "state = 'waiting'",
        };
        let sql = format!(
            "UPDATE journal_outbox SET state = $1, due = $2, failure = $3 \
             WHERE seq = $4 AND part = $5 AND {from}"
        );
        let (seq, part) = (Value::Int(int(id.seq)), id.part.into());
        let step = Step::new(sql, vec![state.into(), due.to_value(), failure, seq, part]);
        plan.push_meaning(step.must_touch(1), Meaning::Item(*id));
    }
}

/// A key that is there already stays, unless it has expired by then.
pub(super) fn insert_answers(batch: &Batch, plan: &mut Plan) {
    let answers: Vec<&Answer> = batch.answers.values().collect();
    for part in chunks(&answers, 7) {
        let values = part.iter().flat_map(|answer| {
            [
                answer.scope.as_str().into(),
                answer.key.as_str().into(),
                answer.digest.as_bytes().as_slice().into(),
                answer.body.as_slice().into(),
                answer.made.to_value(),
                answer.expires.to_value(),
                Value::Int(int(batch.head.seq)),
            ]
        });
        let marks = rows_of_parameters(part.len(), 7);
        let sql = format!(
            "INSERT INTO journal_answer (scope, key, digest, body, made, expires, seq) \
             VALUES {marks} ON CONFLICT (scope, key) DO UPDATE SET digest = excluded.digest, \
             body = excluded.body, made = excluded.made, expires = excluded.expires, \
             seq = excluded.seq WHERE journal_answer.expires <= excluded.made"
        );
        let known = part.iter().map(|answer| (*answer).clone()).collect();
        plan.push_meaning(
            Step::new(sql, values.collect()).must_touch(part.len()),
            Meaning::Answers(known),
        );
    }
}
