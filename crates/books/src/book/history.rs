//! What a lease's events amount to: its versions, its facts, its notices.
//!
//! Everything is folded anew from the events that count, in the order in which they took effect.
//! So it does not matter in which order they were learnt of, and an event that is corrected leaves
//! no trace.

use std::collections::BTreeMap;
use std::sync::Arc;

use leasehold_contract::{Facts, Lease};
use leasehold_types::Date;

use crate::BooksError;
use crate::event::{Event, EventKey};

use super::Deliveries;
use super::fold::Fold;
use super::known::Known;
use super::versions::spans;

/// The events of a lease that decide what is owed, but for its use.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct History {
    #[serde(with = "lines")]
    events: Vec<Event>,
    #[serde(with = "crate::pairs")]
    voided: BTreeMap<EventKey, EventKey>,
}

mod lines {
    //! Events as their lines: the one form in which they are written.
    use serde::{Deserialize, Deserializer, Serializer, de, ser};

    use crate::event::{Event, reread, to_line};

    pub(super) fn serialize<S: Serializer>(events: &[Event], to: S) -> Result<S::Ok, S::Error> {
        let lines: Result<Vec<String>, _> = events.iter().map(to_line).collect();
        to.collect_seq(lines.map_err(ser::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Event>, D::Error> {
        let lines = Vec::<String>::deserialize(from)?;
        lines.iter().map(|line| reread(line).map_err(de::Error::custom)).collect()
    }
}

impl History {
    /// Adds an event.
    pub(crate) fn add(&mut self, event: Event) {
        self.events.push(event);
    }

    /// From now on `event` counts for nothing, because of `by`.
    pub(crate) fn void(&mut self, event: EventKey, by: EventKey) {
        self.voided.entry(event).or_insert(by);
    }

    /// Whether `key` counts for nothing.
    pub(crate) fn is_void(&self, key: &EventKey) -> bool {
        self.voided.contains_key(key)
    }

    /// The events that count.
    pub(crate) fn counting(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|event| !self.is_void(&event.key))
    }

    /// Everything folded, as it stands at the close of `today`.
    pub(crate) fn fold(
        &self,
        first: &Arc<Lease>,
        today: Date,
        deliveries: Deliveries,
    ) -> Result<Known, BooksError> {
        let mut counting: Vec<&Event> = self.counting().collect();
        counting.sort_by(|a, b| (a.moment(), a.at, &a.key).cmp(&(b.moment(), b.at, &b.key)));
        let mut fold = Fold {
            first,
            today,
            known: Known::of(spans(first, &counting)?),
            deliveries: Vec::new(),
            removals: Vec::new(),
            elected: Vec::new(),
            facts: Facts::default(),
        };
        for event in &counting {
            fold.take(event)?;
        }
        fold.finish(&counting, deliveries)
    }
}
