//! Leases: checked, shown, delivered to, and what follows from their terms. Signing, amending and
//! notice cost money: they are quoted first.

use leasehold_contract::entitlement::Entitlement;
use leasehold_contract::lease::Remedy;
use leasehold_contract::sheet;
use leasehold_desk::CommandKind;
use leasehold_types::{Date, Instant, LeaseId, TrancheId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{lease_of, missing};
use crate::http::endpoint::{
    Asking, Endpoint, Look, Needs, PAGE, Param, Pending, Shown, read_body, work,
};
use crate::http::page::{Page, page};
use crate::http::problem::{Fault, Problem, faults_of, word};
use crate::http::views::{Amount, LeaseView, Nodes, SideWord};
use crate::live::{ActKind, Live, Right, Thing};
use crate::writer::Work;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let read = Needs::Right(Right::LeasesRead);
    let write = Needs::Right(Right::LeasesWrite);
    let date = |name, about| Param { name, about, required: false, number: false };
    vec![
        Endpoint::post("/v1/lease-checks", "lease_check", read)
            .about("Check a term sheet: every fault with its place and remedy; nothing is kept")
            .takes::<SheetToCheck>(&[r#"{"sheet":"term_sheet = 1\n"}"#])
            .gives::<Checked>(200)
            .special(|_, incoming| check(&incoming.body)),
        Endpoint::get("/v1/leases", "lease_list", read)
            .about("Leases: the owner sees all, a tenant its own")
            .query(PAGE)
            .gives::<Page<LeaseView>>(200)
            .read(leases),
        Endpoint::get("/v1/leases/{lease}", "lease_show", read)
            .about("A lease as it stands")
            .gives::<LeaseView>(200)
            .read(|look| Shown::json(&LeaseView::of(look.live, lease_of(look)?))),
        Endpoint::get("/v1/leases/{lease}/sheets/{version}", "lease_sheet", read)
            .about("The term sheet of a version, as it was signed")
            .gives_media("application/toml")
            .read(sheet_text),
        Endpoint::get("/v1/leases/{lease}/schedule", "lease_schedule", read)
            .about("What is due by the terms and what happened so far, period by period")
            .query(&[
                date("from", "The first day; that of the lease where absent"),
                date("until", "The first day after the last; the lease's end where absent"),
            ])
            .gives::<ScheduleView>(200)
            .read(schedule),
        Endpoint::get("/v1/leases/{lease}/entitlement", "lease_entitlement", read)
            .about("What the tenant may use at an instant")
            .query(&[date("at", "The instant; now where absent")])
            .gives::<EntitlementView>(200)
            .read(entitlement),
        Endpoint::post(
            "/v1/leases/{lease}/deliveries",
            "lease_deliver",
            Needs::Right(Right::LeasesDeliver),
        )
        .about("Put nodes at a tranche's disposal")
        .takes::<Delivery>(&[r#"{"tranche":"main","nodes":[[0,4]]}"#])
        .gives::<LeaseView>(200)
        .write(deliver),
        Endpoint::post(
            "/v1/leases/{lease}/notices/{side}/withdrawal",
            "lease_notice_withdraw",
            write,
        )
        .about("Take a notice back, with the other side's consent")
        .takes::<Withdrawal>(&[r#"{"consent":"letter of 2027-03-01"}"#])
        .gives::<LeaseView>(200)
        .write(withdraw),
        Endpoint::post("/v1/leases/{lease}/elections", "lease_elect", write)
            .about("Elect a remedy for a tranche that is late")
            .takes::<Election>(&[r#"{"tranche":"main","remedy":"wait"}"#])
            .gives::<LeaseView>(200)
            .write(elect),
    ]
}

/// A term sheet.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SheetToCheck {
    /// Its text, in TOML.
    sheet: String,
}

/// What was found in a term sheet.
#[derive(Serialize, JsonSchema)]
struct Checked {
    /// Whether it can be signed as it is.
    usable: bool,
    /// The lease's id, where it is usable.
    #[schemars(with = "Option<String>")]
    lease: Option<LeaseId>,
    /// Faults where it is not usable, otherwise what somebody should look at.
    findings: Vec<Fault>,
}

/// Nodes for a tranche.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Delivery {
    /// The tranche.
    #[schemars(with = "String")]
    tranche: TrancheId,
    /// The nodes.
    nodes: Nodes,
}

/// The withdrawal of a notice.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Withdrawal {
    /// Where the other side's consent is written.
    consent: String,
}

/// The election of a remedy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Election {
    /// The tranche.
    #[schemars(with = "String")]
    tranche: TrancheId,
    /// `wait`, `accept_fewer` or `terminate`.
    #[schemars(with = "String")]
    remedy: Remedy,
}

/// What is due, period by period.
#[derive(Serialize, JsonSchema)]
struct ScheduleView {
    /// The periods.
    periods: Vec<PeriodView>,
    /// The sum of their totals.
    total: Amount,
}

/// A billing period.
#[derive(Serialize, JsonSchema)]
struct PeriodView {
    /// The first day.
    #[schemars(with = "String")]
    from: Date,
    /// The first day after.
    #[schemars(with = "String")]
    until: Date,
    /// What is due for it, before what is billed in arrears and tax.
    total: Amount,
    /// Its lines.
    lines: Vec<LineView>,
}

/// A line of a period.
#[derive(Serialize, JsonSchema)]
struct LineView {
    /// What kind of line it is.
    kind: String,
    /// How the amount came about.
    label: String,
    /// How much.
    money: Amount,
}

/// What a tenant may use.
#[derive(Serialize, JsonSchema)]
struct EntitlementView {
    /// At which instant.
    #[schemars(with = "String")]
    at: Instant,
    /// By tranche.
    tranches: Vec<TrancheEntitlement>,
}

/// What a tenant may use of a tranche.
#[derive(Serialize, JsonSchema)]
struct TrancheEntitlement {
    /// The tranche.
    #[schemars(with = "String")]
    tranche: TrancheId,
    /// Units committed.
    committed: u64,
    /// Of them, not yet delivered.
    undelivered: u64,
    /// Of them, recalled.
    recalled: u64,
    /// What is left: what the tenant may use.
    entitled: u64,
}

fn check(body: &[u8]) -> Pending {
    let checked = read_body(body).and_then(|SheetToCheck { sheet }| {
        let (lease, found) = match sheet::compile(&sheet) {
            Ok(compiled) => (Some(compiled.lease.id), compiled.warnings),
            Err(faults) => (None, faults),
        };
        let findings = faults_of(&sheet, &found);
        Shown::json(&Checked { usable: lease.is_some(), lease, findings })
    });
    Box::pin(std::future::ready(checked))
}

fn leases(look: &Look<'_>) -> Result<Shown, Problem> {
    let seen = look.live.desk().leases().iter();
    let seen = seen.filter(|record| look.caller.sees(&record.lease().tenant.id));
    page(look.query, seen.map(|of| (of.id.to_string(), LeaseView::of(look.live, of))))
}

fn sheet_text(look: &Look<'_>) -> Result<Shown, Problem> {
    let record = lease_of(look)?;
    let version: u32 = look.path.read("version")?;
    let text = look.live.sheet(&record.id, version).ok_or_else(|| {
        Problem::not_found(format!("lease `{}` has no version {version}", record.id))
    })?;
    let (media, body) = ("application/toml", text.as_bytes().to_vec());
    Ok(Shown { status: 200, media, body, headers: Vec::new() })
}

fn evaluation(error: leasehold_contract::EvalError) -> Problem {
    crate::live::Refusal::from(error).into()
}

fn schedule(look: &Look<'_>) -> Result<Shown, Problem> {
    let record = lease_of(look)?;
    let lease = record.lease();
    let from = look.query.read_if("from")?.unwrap_or(Date::MIN);
    let until = look.query.read_if("until")?.unwrap_or(Date::MAX);
    let today = lease.zone.date_of(look.now);
    let facts = record.facts().expecting_deliveries(lease, today);
    let schedule = lease.schedule(&facts, from, until).map_err(evaluation)?;
    let period = |period: &leasehold_contract::schedule::BillingPeriod| PeriodView {
        from: period.from,
        until: period.until,
        total: period.total.into(),
        lines: period.lines.iter().map(line_view).collect(),
    };
    let periods = schedule.periods.iter().map(period).collect();
    Shown::json(&ScheduleView { periods, total: schedule.total.into() })
}

fn line_view(line: &leasehold_contract::Line) -> LineView {
    LineView { kind: word(&line.kind), label: line.working.clone(), money: line.amount.into() }
}

fn entitlement(look: &Look<'_>) -> Result<Shown, Problem> {
    let record = lease_of(look)?;
    let at = look.query.read_if("at")?.unwrap_or(look.now);
    let evaluation_of = record.lease().evaluate(record.facts()).map_err(evaluation)?;
    let mut tranches = Vec::new();
    for tranche in &record.lease().tranches {
        let found = if record.is_standing() {
            evaluation_of.entitlement(&tranche.id, at).map_err(evaluation)?
        } else {
            Entitlement::default()
        };
        tranches.push(TrancheEntitlement {
            tranche: tranche.id.clone(),
            committed: found.committed.0,
            undelivered: found.undelivered.0,
            recalled: found.recalled.0,
            entitled: found.entitled.0,
        });
    }
    Shown::json(&EntitlementView { at, tranches })
}

fn lease_id(asking: &Asking<'_>) -> Result<LeaseId, Problem> {
    let text = asking.path.get("lease").unwrap_or_default();
    LeaseId::new(text).map_err(|_| missing(Thing::Lease, text))
}

fn shown(live: &Live, id: &LeaseId) -> Option<LeaseView> {
    live.desk().lease(id).map(|record| LeaseView::of(live, record))
}

fn done(command: CommandKind, lease: LeaseId) -> Work {
    work(ActKind::Do(command), 200, move |live, _| shown(live, &lease))
}

fn deliver(asking: &Asking<'_>) -> Result<Work, Problem> {
    let lease = lease_id(asking)?;
    let Delivery { tranche, nodes: Nodes(nodes) } = asking.body()?;
    Ok(done(CommandKind::Deliver { lease: lease.clone(), tranche, nodes }, lease))
}

fn withdraw(asking: &Asking<'_>) -> Result<Work, Problem> {
    let lease = lease_id(asking)?;
    let side: SideWord = match asking.path.get("side") {
        Some("owner") => SideWord::Owner,
        Some("tenant") => SideWord::Tenant,
        _ => return Err(Problem::not_found("a notice is that of the `owner` or the `tenant`")),
    };
    let Withdrawal { consent } = asking.body()?;
    let command = CommandKind::WithdrawNotice { lease: lease.clone(), side: side.into(), consent };
    Ok(done(command, lease))
}

fn elect(asking: &Asking<'_>) -> Result<Work, Problem> {
    let lease = lease_id(asking)?;
    let Election { tranche, remedy } = asking.body()?;
    Ok(done(CommandKind::ElectRemedy { lease: lease.clone(), tranche, remedy }, lease))
}
