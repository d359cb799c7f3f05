//! Shaping: how a trace on its own calendar becomes demand on the scenario's. Pure.

mod factor;
mod jobs;
mod place;
mod requests;

pub(super) use factor::{UNIT, growth_factors};
pub(super) use jobs::{JOBS_MAX, JobShaper, note_silences, shape_jobs};
pub(super) use place::{Placement, Wish, place};
pub(super) use requests::{Grid, bin, note_request_silences, scale};
