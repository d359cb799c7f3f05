//! Watches a replay: shows how far it is, hears Ctrl-C, takes its journals.

use std::io::{self, Write};

use leasehold_sim::figures::Policy;
use leasehold_sim::replay::{Observer, Progress as Reached};
use leasehold_types::{Period, Zone};

use crate::output::Staged;
use crate::terminal::{Interrupt, Progress};

/// Who watches a replay for the command.
pub(super) struct Watch<'a> {
    pub(super) progress: Progress,
    pub(super) interrupt: &'a Interrupt,
    pub(super) journals: Option<Staged>,
    pub(super) span: Period,
    pub(super) zone: &'a Zone,
}

impl Observer for Watch<'_> {
    fn progress(&mut self, reached: Reached) {
        let whole = seconds(self.span.length().0);
        let done = seconds(reached.at.since(self.span.start()).0).min(whole);
        let index = u64::try_from(reached.index).unwrap_or(0);
        let of = u64::try_from(reached.of).unwrap_or(1);
        let words = format!(
            "{} ({} of {}): {}, {} events",
            reached.policy.name(),
            reached.index + 1,
            reached.of,
            self.zone.date_of(reached.at),
            reached.events
        );
        self.progress.at(index * whole + done, of * whole, &words);
    }

    fn stop(&self) -> bool {
        self.interrupt.wished()
    }

    fn journal(&mut self, policy: Policy) -> io::Result<Option<Box<dyn Write>>> {
        let Some(journals) = &mut self.journals else { return Ok(None) };
        let writer = journals.begin(format!("journal-{}.jsonl", policy.name()))?;
        Ok(Some(Box::new(writer)))
    }
}

fn seconds(length: i64) -> u64 {
    u64::try_from(length).unwrap_or(0)
}
