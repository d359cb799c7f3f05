//! What a scenario file may say about demand: `[[jobs]]` and `[[requests]]`.
//!
//! The kind of a file is stated, never guessed. A key that its kind does not know is an error.

use std::path::PathBuf;

use leasehold_types::{Instant, PoolId, Ratio, TenantId, Units};
use serde::Deserialize;

/// One `[[jobs]]` table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum JobSource {
    /// Microsoft ITP job lists: `job_id,submission_time,duration,num_gpu`; day 0 is 2021-03-04.
    Elasticflow(JobTrace),
    /// Acme Kalos as converted: `arrival_time`, `gpu_num_derived`, `duration_s_derived`.
    Kalos(JobTrace),
    /// Alibaba openb pods: `creation_time`, `scheduled_time`, `deletion_time`, `num_gpu`.
    Openb(JobTrace),
    /// Helios demand by the minute: `time`, `running_gpu_num`, `pending_gpu_num`.
    Helios(JobTrace),
    /// Our own list: `submitted,duration,units`.
    Csv(JobTrace),
    /// Drawn from the fitted generator.
    Generated(GeneratedJobs),
}

/// Jobs from a file, and how they are shaped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobTrace {
    /// The pool that they ask.
    pub pool: PoolId,
    /// The file, plain or gzipped; relative to the scenario's directory.
    pub path: PathBuf,
    /// Days of the trace to use, from its day 0: from, to before.
    #[serde(default)]
    pub window_days: Option<[u32; 2]>,
    /// Whether to repeat the window until the span is full.
    #[serde(default)]
    pub tile: bool,
    /// What keeps its place when the trace is moved: the weekday, the time of day or nothing.
    #[serde(default)]
    pub align: Option<Align>,
    /// The instant that the trace's second 0 stands for, where the file does not say.
    #[serde(default)]
    pub epoch: Option<Instant>,
    /// Factor on each job's units; rounded half away from zero, never below 1.
    #[serde(default = "one")]
    pub scale_units: Ratio,
    /// Factor on the number of jobs.
    #[serde(default = "one")]
    pub scale_rate: Ratio,
    /// Most units of one job; larger ones are cut to it, after scaling.
    #[serde(default)]
    pub largest: Option<Units>,
    /// Whether jobs that would be under way when the span begins are submitted at its start with
    /// what is left of their duration.
    #[serde(default = "yes")]
    pub carry_in: bool,
    /// Whether a row that cannot be used is counted and left out rather than an error.
    #[serde(default)]
    pub skip_bad_rows: bool,
    /// A silence longer than this is a hole. Only minutes count for `helios`.
    #[serde(default)]
    pub hole_hours: Option<u32>,
    /// Whether holes are reported rather than an error.
    #[serde(default)]
    pub allow_holes: bool,
    /// `helios`: periods whose figures are replaced by the last minute before them.
    #[serde(default)]
    pub outages: Vec<Outage>,
    /// `helios`: which block ends when demand falls.
    #[serde(default)]
    pub block_order: Option<BlockOrder>,
}

/// Jobs from the fitted generator.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneratedJobs {
    /// The pool that they ask.
    pub pool: PoolId,
    /// Mean demand as a share of `units`.
    pub load: Ratio,
    /// What `load` is a share of.
    pub units: Units,
    /// Factor on each job's units, as for a trace; the load stays as stated.
    #[serde(default = "one")]
    pub scale_units: Ratio,
    /// Most units of one job.
    #[serde(default)]
    pub largest: Option<Units>,
}

/// A period of the trace's own calendar whose figures are not demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// Its first instant.
    pub start: Instant,
    /// The first instant after it.
    pub end: Instant,
}

/// What keeps its place when a trace is moved in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// Mondays stay Mondays; a tile is a whole number of weeks.
    Week,
    /// Noon stays noon; a tile is a whole number of days.
    Day,
    /// Nothing: the window begins where the span begins, and a tile is the window.
    None,
}

/// Which block of demand ends first when demand falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockOrder {
    /// The youngest: base load is long jobs, peaks are short ones.
    #[default]
    Lifo,
    /// The oldest: all jobs are of like length.
    Fifo,
}

/// One `[[requests]]` table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum RequestSource {
    /// Azure 2023: `TIMESTAMP,ContextTokens,GeneratedTokens`, one row a request.
    Azure(RequestTrace),
    /// Mooncake: JSON lines of `timestamp` (ms), `input_length`, `output_length`.
    Mooncake(RequestTrace),
    /// Our own: `start,requests,input_tokens,output_tokens`, one row a window.
    Csv(RequestTrace),
    /// ServeGen: the rate of each client by 10-minute window, and its token means by 6 hours.
    Servegen(ServegenRequests),
    /// Drawn from the fitted generator.
    Generated(GeneratedRequests),
}

/// Requests from one file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestTrace {
    /// Whose requests they are.
    pub tenant: TenantId,
    /// The file, plain or gzipped; relative to the scenario's directory.
    pub path: PathBuf,
    /// How they are shaped.
    #[serde(default)]
    pub shape: RequestShape,
}

/// Requests from a pair of ServeGen files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServegenRequests {
    /// Whose requests they are.
    pub tenant: TenantId,
    /// The rates: `client,window_start_s,rate_rps,...`.
    pub clients: PathBuf,
    /// The token means: `client,window_start_s,field,mean,...`.
    pub tokens: PathBuf,
    /// Only these clients; all where it is left out.
    #[serde(default)]
    pub only_clients: Option<Vec<u32>>,
    /// How they are shaped.
    #[serde(default)]
    pub shape: RequestShape,
}

/// Requests from the fitted generator.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneratedRequests {
    /// Whose requests they are.
    pub tenant: TenantId,
    /// Mean over a week, before growth.
    pub mean_requests_per_second: Ratio,
    /// Compound growth a month.
    #[serde(default = "zero")]
    pub growth_per_month: Ratio,
}

/// How a trace of requests is shaped. (Provisional.)
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestShape {}

const fn one() -> Ratio {
    Ratio::ONE
}

const fn zero() -> Ratio {
    Ratio::ZERO
}

const fn yes() -> bool {
    true
}
