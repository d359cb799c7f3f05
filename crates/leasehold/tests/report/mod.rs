//! The report of a replay, from the outside: what people see, what programs read.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod browser;
mod disk;
mod files;
mod fixture;
mod markup;
mod page;
mod terminal;

use leasehold_sim::figures::Figures;

/// Every kind of figures, by a name.
fn all() -> [(&'static str, Figures); 5] {
    [
        ("figures", fixture::figures()),
        ("stopped", fixture::stopped()),
        ("empty", fixture::empty()),
        ("hostile", fixture::hostile()),
        ("many", fixture::many()),
    ]
}
