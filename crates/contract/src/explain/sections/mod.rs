//! The sections of an explanation, in the order of reading.

use crate::explain::{Block, Section};
use crate::lease::Lease;

pub(super) mod accounting;
pub(super) mod capacity;
pub(super) mod documents;
pub(super) mod ending;
pub(super) mod fees;
pub(super) mod figures;
pub(super) mod parties;
pub(super) mod recall;
pub(super) mod rights;
pub(super) mod service;

impl Section {
    pub(super) fn new(heading: &str) -> Self {
        Section { heading: heading.to_owned(), blocks: Vec::new() }
    }

    pub(super) fn text(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text(text.into()));
    }

    pub(super) fn item(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Item(text.into()));
    }

    pub(super) fn table(&mut self, head: &[&str], rows: Vec<Vec<String>>) {
        let head = head.iter().map(|cell| (*cell).to_owned()).collect();
        self.blocks.push(Block::Table { head, rows });
    }

    /// Adds what is assumed about the terms that this section explains: those whose path begins
    /// with one of `heads`.
    pub(super) fn assumed(mut self, lease: &Lease, heads: &[&str]) -> Self {
        for assumption in &lease.assumptions {
            let head = assumption.about.split('.').next().unwrap_or_default();
            if heads.contains(&head) {
                let (about, text) = (&assumption.about, assumption.text.trim());
                self.blocks.push(Block::Assumption(format!("{about}: {text}")));
            }
        }
        self
    }
}
