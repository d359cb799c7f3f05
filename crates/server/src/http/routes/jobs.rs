//! The owner's own jobs.

use leasehold_desk::{CommandKind, Job, JobStage, Outcome};
use leasehold_planner::Slots;
use leasehold_types::{Instant, JobId, NodeId, PoolId, Seconds, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use crate::http::endpoint::{Asking, Endpoint, Look, Needs, PAGE, Shown, made, silent, work};
use crate::http::page::{Page, page};
use crate::http::problem::Problem;
use crate::http::views::Nodes;
use crate::live::{ActKind, Live, Right, Thing};
use crate::writer::Work;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let read = Needs::Right(Right::JobsRead);
    let write = Needs::Right(Right::JobsWrite);
    vec![
        Endpoint::get("/v1/jobs", "job_list", read)
            .about("Jobs that wait or run")
            .query(PAGE)
            .gives::<Page<JobView>>(200)
            .read(jobs),
        Endpoint::get("/v1/jobs/{job}", "job_show", read)
            .about("A job that waits or runs")
            .gives::<JobView>(200)
            .read(job),
        Endpoint::post("/v1/jobs", "job_submit", write)
            .about("Submit a job")
            .takes::<JobToSubmit>(&[
                r#"{"id":1,"pool":"lab/h100","units":16,"expected_seconds":36000}"#,
            ])
            .gives::<JobView>(201)
            .write(submit),
        Endpoint::post("/v1/jobs/{job}/start", "job_start", write)
            .about("Start a waiting job where it was placed")
            .takes::<Placement>(&[r#"{"nodes":[[8,2]]}"#])
            .gives::<JobView>(200)
            .write(start),
        Endpoint::post("/v1/jobs/{job}/end", "job_end", write)
            .about("End a job, or cancel it while it waits")
            .takes::<End>(&[r#"{"outcome":"completed"}"#])
            .gives_nothing()
            .write(end),
    ]
}

/// A job.
#[derive(Serialize, JsonSchema)]
struct JobView {
    /// Its number.
    #[schemars(with = "u64")]
    id: JobId,
    /// Its pool.
    #[schemars(with = "Option<String>")]
    pool: Option<PoolId>,
    /// Units that it needs at once.
    units: u64,
    /// For how long it is expected to run, in seconds.
    expected_seconds: i64,
    /// When it was submitted.
    #[schemars(with = "String")]
    submitted: Instant,
    /// Since when it runs; it waits where absent.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Instant>,
    /// Nodes that it has whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    nodes: Option<Nodes>,
}

/// A job to be submitted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct JobToSubmit {
    /// Its number; never that of another job that waits or runs.
    #[schemars(with = "u64")]
    id: JobId,
    /// Its pool.
    #[schemars(with = "String")]
    pool: PoolId,
    /// Units that it needs at once.
    units: u64,
    /// For how long it is expected to run, in seconds.
    expected_seconds: i64,
}

/// Where a job runs.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Placement {
    /// Nodes that it has whole.
    nodes: Nodes,
    /// Nodes that it shares: the node and how many of its accelerators, ascending.
    #[serde(default)]
    #[schemars(with = "Vec<(u32, u8)>")]
    part: Vec<(NodeId, u8)>,
}

/// How a job ended.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct End {
    /// `completed`, `failed`, `cancelled` or `requeued`.
    #[schemars(with = "String")]
    outcome: Outcome,
}

fn view(live: &Live, id: JobId, job: &Job) -> JobView {
    let pools = live.desk().fleet().pools();
    let (since, nodes) = match &job.stage {
        JobStage::Waiting => (None, None),
        JobStage::Running { since, slots } => (Some(*since), Some(Nodes(slots.whole.clone()))),
    };
    JobView {
        id,
        pool: pools.get(job.pool).map(|pool| pool.id.clone()),
        units: job.units.0,
        expected_seconds: job.expected.0,
        submitted: job.submitted,
        since,
        nodes,
    }
}

fn shown(live: &Live, id: JobId) -> Option<JobView> {
    live.desk().job(id).map(|job| view(live, id, job))
}

fn jobs(look: &Look<'_>) -> Result<Shown, Problem> {
    let jobs = look.live.desk().jobs();
    page(look.query, jobs.map(|(id, job)| (id.to_string(), view(look.live, id, job))))
}

fn job_id(text: Option<&str>) -> Result<JobId, Problem> {
    let text = text.unwrap_or_default();
    text.parse().map(JobId).map_err(|_| missing(Thing::Job, text))
}

fn job(look: &Look<'_>) -> Result<Shown, Problem> {
    let id = job_id(look.path.get("job"))?;
    match shown(look.live, id) {
        Some(view) => Shown::json(&view),
        None => Err(missing(Thing::Job, id)),
    }
}

fn submit(asking: &Asking<'_>) -> Result<Work, Problem> {
    let JobToSubmit { id: job, pool, units, expected_seconds } = asking.body()?;
    let (units, expected) = (Units(units), Seconds(expected_seconds));
    let act = ActKind::Do(CommandKind::JobSubmit { job, pool, units, expected });
    Ok(made(act, format!("/v1/jobs/{job}"), move |live, _| shown(live, job)))
}

fn start(asking: &Asking<'_>) -> Result<Work, Problem> {
    let job = job_id(asking.path.get("job"))?;
    let Placement { nodes: Nodes(whole), part } = asking.body()?;
    let act = ActKind::Do(CommandKind::JobStart { job, slots: Slots { whole, part } });
    Ok(work(act, 200, move |live, _| shown(live, job)))
}

fn end(asking: &Asking<'_>) -> Result<Work, Problem> {
    let job = job_id(asking.path.get("job"))?;
    let End { outcome } = asking.body()?;
    Ok(silent(ActKind::Do(CommandKind::JobEnd { job, outcome })))
}
