//! Recalls after their order, and drills. Ordering and extending cost money: they are quoted first.

use leasehold_desk::CommandKind;
use leasehold_types::{Instant, LeaseId, RecallId, TrancheId, Units};
use schemars::JsonSchema;
use serde::Deserialize;

use super::missing;
use crate::http::endpoint::{Asking, Endpoint, Look, Needs, PAGE, Param, Shown, work};
use crate::http::page::{Page, page};
use crate::http::problem::Problem;
use crate::http::views::RecallView;
use crate::live::{ActKind, Body, Right, Thing};
use crate::writer::Work;
use leasehold_desk::EventKind;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let read = Needs::Right(Right::RecallsRead);
    let write = Needs::Right(Right::RecallsWrite);
    let lease = Param {
        name: "lease",
        about: "Only recalls from this lease",
        required: false,
        number: false,
    };
    vec![
        Endpoint::get("/v1/recalls", "recall_list", read)
            .about("Recalls and drills: the owner sees all, a tenant those from its leases")
            .query(PAGE)
            .query(&[lease])
            .gives::<Page<RecallView>>(200)
            .read(recalls),
        Endpoint::get("/v1/recalls/{recall}", "recall_show", read)
            .about("A recall or a drill")
            .gives::<RecallView>(200)
            .read(recall),
        Endpoint::post("/v1/recalls/{recall}/service", "recall_serve", Needs::Right(Right::RecallsServe))
            .about("Record that the notice was served: the clock starts")
            .takes::<Served>(&[r#"{}"#, r#"{"served":"2027-02-02T12:00:00Z"}"#])
            .gives::<RecallView>(200)
            .write(serve),
        Endpoint::post(
            "/v1/recalls/{recall}/acknowledgement",
            "recall_acknowledge",
            Needs::Right(Right::RecallsAcknowledge),
        )
        .about("Acknowledge the notice")
        .gives::<RecallView>(200)
        .write(|asking| step(asking, |recall| CommandKind::Acknowledge { recall })),
        Endpoint::post("/v1/recalls/{recall}/release", "recall_release", Needs::Right(Right::RecallsRelease))
            .about("Record that the nodes are drained and the owner's")
            .gives::<RecallView>(200)
            .write(|asking| step(asking, |recall| CommandKind::Released { recall })),
        Endpoint::post("/v1/recalls/{recall}/return", "recall_return", write)
            .about("Return the units to the tenant")
            .gives::<RecallView>(200)
            .write(|asking| step(asking, |recall| CommandKind::ReturnRecall { recall })),
        Endpoint::post("/v1/recalls/{recall}/withdrawal", "recall_withdraw", write)
            .about("Give a recall up before its release")
            .takes::<Reason>(&[r#"{"reason":"the run was cancelled"}"#])
            .gives::<RecallView>(200)
            .write(withdraw),
        Endpoint::post("/v1/drills", "drill_run", write)
            .about("Rehearse a recall without taking capacity")
            .takes::<Drill>(&[
                r#"{"lease":"acme","tranche":"main","class":"planned","units":8,"reason":"a rehearsal"}"#,
            ])
            .gives::<RecallView>(201)
            .write(drill),
    ]
}

/// When a notice was served.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Served {
    /// When; now where absent.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    served: Option<Instant>,
}

/// Why.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// Why.
    reason: String,
}

/// A drill.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Drill {
    /// The lease.
    #[schemars(with = "String")]
    lease: LeaseId,
    /// The tranche.
    #[schemars(with = "String")]
    tranche: TrancheId,
    /// The notice class.
    class: String,
    /// How many units to rehearse with.
    units: u64,
    /// Why now.
    reason: String,
}

fn recalls(look: &Look<'_>) -> Result<Shown, Problem> {
    let wanted: Option<LeaseId> = match look.query.get("lease") {
        None => None,
        Some(text) => Some(LeaseId::new(text).map_err(|e| Problem::invalid(e.to_string()))?),
    };
    let seen = look.live.desk().recalls().filter(|recall| {
        let tenant = look.live.tenant_of(&recall.lease);
        tenant.is_some_and(|tenant| look.caller.sees(tenant))
            && wanted.as_ref().is_none_or(|wanted| recall.lease == *wanted)
    });
    let side = look.caller.side;
    page(look.query, seen.map(|of| (of.id.to_string(), RecallView::of(of, side))))
}

fn recall_id(text: Option<&str>) -> Result<RecallId, Problem> {
    let text = text.unwrap_or_default();
    text.parse().map(RecallId).map_err(|_| missing(Thing::Recall, text))
}

fn recall(look: &Look<'_>) -> Result<Shown, Problem> {
    let id = recall_id(look.path.get("recall"))?;
    let found = look.live.desk().recall(id).filter(|recall| {
        look.live.tenant_of(&recall.lease).is_some_and(|tenant| look.caller.sees(tenant))
    });
    match found {
        Some(recall) => Shown::json(&RecallView::of(recall, look.caller.side)),
        None => Err(missing(Thing::Recall, id)),
    }
}

fn done(asking: &Asking<'_>, command: CommandKind, id: RecallId) -> Work {
    let side = asking.caller.side;
    work(ActKind::Do(command), 200, move |live, _| {
        live.desk().recall(id).map(|of| RecallView::of(of, side))
    })
}

fn step(asking: &Asking<'_>, command: fn(RecallId) -> CommandKind) -> Result<Work, Problem> {
    let id = recall_id(asking.path.get("recall"))?;
    Ok(done(asking, command(id), id))
}

fn serve(asking: &Asking<'_>) -> Result<Work, Problem> {
    let recall = recall_id(asking.path.get("recall"))?;
    let Served { served } = asking.body()?;
    let served = served.unwrap_or(asking.now);
    Ok(done(asking, CommandKind::ServeRecall { recall, served }, recall))
}

fn withdraw(asking: &Asking<'_>) -> Result<Work, Problem> {
    let recall = recall_id(asking.path.get("recall"))?;
    let Reason { reason } = asking.body()?;
    Ok(done(asking, CommandKind::WithdrawRecall { recall, reason }, recall))
}

fn drill(asking: &Asking<'_>) -> Result<Work, Problem> {
    let Drill { lease, tranche, class, units, reason } = asking.body()?;
    let units = Units(units);
    let side = asking.caller.side;
    let command = CommandKind::RunDrill { lease, tranche, class, units, reason };
    Ok(work(ActKind::Do(command), 201, move |live, entries| {
        let ordered = entries.iter().find_map(|entry| match &entry.body {
            Body::Desk(_, EventKind::RecallOrdered(ordered)) => Some(ordered.recall),
            _ => None,
        });
        ordered.and_then(|id| live.desk().recall(id)).map(|of| RecallView::of(of, side))
    }))
}
