//! What a scenario file may say about demand: `[[jobs]]` and `[[requests]]`.
//!
//! The kind of a file is stated, never guessed. A key that its kind does not know is an error.

use std::collections::BTreeSet;
use std::path::PathBuf;

use leasehold_types::{Instant, PoolId, Ratio, TenantId, Units};
use serde::Deserialize;

pub use super::generate::{JobClass, JobLength, JobModel, RequestModel, RequestProfile};

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
    /// What keeps its place when the trace is moved. `week` where it is tiled, `absolute` for a
    /// `csv` that is not, else `none`.
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
    /// A silence longer than this is a hole: seven days, or for `helios` a minute, where it is
    /// left out.
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
    /// Most units of one job; the load stays as stated.
    #[serde(default)]
    pub largest: Option<Units>,
    /// Parameters other than the fitted ones.
    #[serde(default)]
    pub model: Option<Box<JobModel>>,
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
    /// Everything: the trace's own dates.
    Absolute,
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
    /// ServeGen: the rate of each client by ten-minute window, and its token means by six hours.
    Servegen(RequestTrace),
    /// Drawn from the fitted generator.
    Generated(GeneratedRequests),
}

/// Requests from a file, and how they are shaped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestTrace {
    /// Whose requests they are.
    pub tenant: TenantId,
    /// The file, plain or gzipped; relative to the scenario's directory. For `servegen` the file of
    /// rates, and `clients` is another name of this key.
    #[serde(alias = "clients")]
    pub path: PathBuf,
    /// `servegen`: the file of token means, which belongs to that of the rates.
    #[serde(default)]
    pub tokens: Option<PathBuf>,
    /// `servegen`: only these clients; all where it is left out.
    #[serde(default)]
    pub only_clients: Option<BTreeSet<u32>>,
    /// `csv`: how long a row lasts; 600 where it is left out.
    #[serde(default)]
    pub row_seconds: Option<u32>,
    /// Days of the trace to use, from its day 0: from, to before.
    #[serde(default)]
    pub window_days: Option<[u32; 2]>,
    /// Whether to repeat the window until the span is full.
    #[serde(default)]
    pub tile: bool,
    /// What keeps its place when the trace is moved; as for jobs, but `none` where less than a day
    /// is tiled.
    #[serde(default)]
    pub align: Option<Align>,
    /// What gives a repeated trace of less than a day its days.
    #[serde(default)]
    pub profile: Option<Profile>,
    /// The instant that the trace's second 0 stands for, where the file does not say.
    #[serde(default)]
    pub epoch: Option<Instant>,
    /// Moves everything later by so much, as for users in another time zone.
    #[serde(default)]
    pub shift_seconds: i64,
    /// Factor on requests and tokens.
    #[serde(default = "one")]
    pub scale: Ratio,
    /// Compound growth a month from the span's start.
    #[serde(default = "zero")]
    pub growth_per_month: Ratio,
    /// Whether a row that cannot be used is counted and left out rather than an error.
    #[serde(default)]
    pub skip_bad_rows: bool,
    /// A silence longer than this is a hole: a day, or for `servegen` a window of one client, where
    /// it is left out.
    #[serde(default)]
    pub hole_hours: Option<u32>,
    /// Whether holes are reported rather than an error.
    #[serde(default)]
    pub allow_holes: bool,
}

/// How the hours of a day differ where a trace of less than a day is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// They do not.
    Flat,
    /// By the hours of the fitted generator; the mean over a day is the trace's.
    Daily,
}

/// Requests from the fitted generator.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneratedRequests {
    /// Whose requests they are.
    pub tenant: TenantId,
    /// Mean over a week, before growth.
    pub mean_requests_per_second: Ratio,
    /// Compound growth a month from the span's start.
    #[serde(default = "zero")]
    pub growth_per_month: Ratio,
    /// Moves the day later by so much, as for users in another time zone.
    #[serde(default)]
    pub shift_seconds: i64,
    /// Which fitted service it resembles.
    #[serde(default)]
    pub profile: RequestProfile,
    /// Parameters other than the fitted ones.
    #[serde(default)]
    pub model: Option<Box<RequestModel>>,
}

impl JobSource {
    /// The kind, as the scenario writes it.
    pub const fn kind(&self) -> &'static str {
        match self {
            JobSource::Elasticflow(_) => "elasticflow",
            JobSource::Kalos(_) => "kalos",
            JobSource::Openb(_) => "openb",
            JobSource::Helios(_) => "helios",
            JobSource::Csv(_) => "csv",
            JobSource::Generated(_) => "generated",
        }
    }

    /// The pool that its jobs ask.
    pub fn pool(&self) -> &PoolId {
        match self {
            JobSource::Generated(spec) => &spec.pool,
            JobSource::Elasticflow(trace)
            | JobSource::Kalos(trace)
            | JobSource::Openb(trace)
            | JobSource::Helios(trace)
            | JobSource::Csv(trace) => &trace.pool,
        }
    }

    pub(super) fn trace(&self) -> Option<&JobTrace> {
        match self {
            JobSource::Generated(_) => None,
            JobSource::Elasticflow(trace)
            | JobSource::Kalos(trace)
            | JobSource::Openb(trace)
            | JobSource::Helios(trace)
            | JobSource::Csv(trace) => Some(trace),
        }
    }

    pub(super) fn scale_units(&self) -> Ratio {
        match self {
            JobSource::Generated(spec) => spec.scale_units,
            _ => self.trace().map_or(Ratio::ONE, |trace| trace.scale_units),
        }
    }

    pub(super) fn largest(&self) -> Option<Units> {
        match self {
            JobSource::Generated(spec) => spec.largest,
            _ => self.trace().and_then(|trace| trace.largest),
        }
    }
}

impl RequestSource {
    /// The kind, as the scenario writes it.
    pub const fn kind(&self) -> &'static str {
        match self {
            RequestSource::Azure(_) => "azure",
            RequestSource::Mooncake(_) => "mooncake",
            RequestSource::Csv(_) => "csv",
            RequestSource::Servegen(_) => "servegen",
            RequestSource::Generated(_) => "generated",
        }
    }

    /// Whose requests they are.
    pub const fn tenant(&self) -> &TenantId {
        match self {
            RequestSource::Generated(spec) => &spec.tenant,
            RequestSource::Azure(trace)
            | RequestSource::Mooncake(trace)
            | RequestSource::Csv(trace)
            | RequestSource::Servegen(trace) => &trace.tenant,
        }
    }
}

const fn one() -> Ratio {
    Ratio::ONE
}

const fn zero() -> Ratio {
    Ratio::ZERO
}

const fn yes() -> bool {
    true
}
