//! Random small fleets, and an obvious model of who holds what on them.

mod model;

use std::fmt::Write;
use std::sync::Arc;

use proptest::prelude::*;

pub(crate) use model::Model;

use crate::{Fleet, NodeSet};

/// A fleet of up to two sites, three halls each, three blocks each; types `a` to `d` have nodes
/// of 4, 8, 1 and 3; caps lie anywhere from the idle draw up.
pub(crate) fn fleets() -> impl Strategy<Value = Arc<Fleet>> {
    let block = (0usize..4, 1u32..4, 1u32..5, 500u32..1_200, 0u32..400);
    let hall = (prop::collection::vec(block, 1..4), 0u64..130);
    let site = prop::collection::vec(hall, 1..4);
    prop::collection::vec(site, 1..3).prop_map(|sites| {
        let mut text = "fleet = 1\n".to_owned();
        for (s, halls) in sites.iter().enumerate() {
            let _ = write!(text, "[[site]]\nid = \"s{s}\"\n");
            for (h, (blocks, percent)) in halls.iter().enumerate() {
                let sum = |watts: fn(&(usize, u32, u32, u32, u32)) -> u32| -> u64 {
                    blocks.iter().map(|b| u64::from(b.1 * b.2 * watts(b))).sum()
                };
                let (busy, idle) = (sum(|b| b.3), sum(|b| b.4));
                let cap = (idle + (busy - idle) * percent / 100).div_ceil(1_000).max(1);
                let _ = write!(text, "[[site.hall]]\nid = \"h{h}\"\ncap_kw = {cap}\nblock = [\n");
                for (kind, racks, nodes, busy, idle) in blocks {
                    let (name, size) = [("a", 4), ("b", 8), ("c", 1), ("d", 3)][*kind];
                    let _ = writeln!(
                        text,
                        "{{ accelerator = \"{name}\", racks = {racks}, nodes_per_rack = {nodes}, \
                         accelerators_per_node = {size}, busy_watts = {busy}, idle_watts = {idle} }},"
                    );
                }
                text.push_str("]\n");
            }
        }
        Arc::new(Fleet::parse(&text).unwrap())
    })
}

/// What a history does; numbers are reduced to what there is.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Grant { lease: u16, nodes: Vec<(u32, u32)> },
    GrantPlaced { lease: u16, pool: usize, units: u64 },
    Revoke { lease: u16, nodes: Vec<(u32, u32)>, held: bool },
    TakeBack { lease: u16, nodes: Vec<(u32, u32)>, held: bool },
    TakeChosen { lease: u16, pool: usize, units: u64, keep: Vec<(u32, u32)> },
    GiveBack { lease: u16, nodes: Vec<(u32, u32)>, held: bool },
    Start { whole: Vec<(u32, u32)>, part: Vec<(u32, u8)> },
    StartPlaced { pool: usize, units: u64, also: Vec<(u32, u32)> },
    End { job: usize },
    Fail { node: u32 },
    Repair { node: u32 },
}

pub(crate) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let nodes = || prop::collection::vec((0u32..70, 1u32..12), 0..4);
    let lease = 0u16..3;
    let step = prop_oneof![
        1 => (lease.clone(), nodes()).prop_map(|(lease, nodes)| Step::Grant { lease, nodes }),
        3 => (lease.clone(), 0usize..6, 0u64..60)
            .prop_map(|(lease, pool, units)| Step::GrantPlaced { lease, pool, units }),
        1 => (lease.clone(), nodes(), prop::bool::weighted(0.9))
            .prop_map(|(lease, nodes, held)| Step::Revoke { lease, nodes, held }),
        1 => (lease.clone(), nodes(), prop::bool::weighted(0.9))
            .prop_map(|(lease, nodes, held)| Step::TakeBack { lease, nodes, held }),
        2 => (lease.clone(), 0usize..6, 0u64..40, nodes())
            .prop_map(|(lease, pool, units, keep)| Step::TakeChosen { lease, pool, units, keep }),
        2 => (lease, nodes(), prop::bool::weighted(0.9))
            .prop_map(|(lease, nodes, held)| Step::GiveBack { lease, nodes, held }),
        1 => (nodes(), prop::collection::vec((0u32..70, 0u8..9), 0..3))
            .prop_map(|(whole, part)| Step::Start { whole, part }),
        6 => (0usize..6, 0u64..40, prop::collection::vec((0u32..70, 1u32..70), 0..2))
            .prop_map(|(pool, units, also)| Step::StartPlaced { pool, units, also }),
        4 => (0usize..20).prop_map(|job| Step::End { job }),
        1 => (0u32..80).prop_map(|node| Step::Fail { node }),
        1 => (0u32..80).prop_map(|node| Step::Repair { node }),
    ];
    prop::collection::vec(step, 0..most)
}

/// A set from runs in any order.
pub(crate) fn set(runs: &[(u32, u32)]) -> NodeSet {
    NodeSet::from_runs(runs.to_vec())
}
