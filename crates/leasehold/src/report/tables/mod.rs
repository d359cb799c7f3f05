//! The tables of the report, from the figures.

mod capacity;
mod jobs;
mod lines;
mod money;
mod recalls;
mod requests;
mod summary;

/// What a row of sums is called where a quarter, a pool or a lease would stand.
const ALL: &str = "all";

pub use capacity::{by_pool, by_quarter, by_quarter_and_pool};
pub use jobs::jobs;
pub use lines::{FOUR, Standing, lines_by_lease, lines_of_all, standings};
pub use money::{concentration, money, revenue};
pub use recalls::{recall_list, recall_totals, refusals};
pub use requests::requests;
pub use summary::summary;
