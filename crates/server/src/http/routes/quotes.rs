//! Quotes, and a second person's approval.

use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_contract::lease::Trigger;
use leasehold_contract::sheet;
use leasehold_desk::{RecallRequest, Take};
use leasehold_types::{Instant, JobId, LeaseId, RecallId, TrancheId, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use crate::http::endpoint::{Asking, Endpoint, Look, Needs, PAGE, Shown, made, work};
use crate::http::page::{Page, page};
use crate::http::problem::{Problem, faults_of};
use crate::http::views::{Amount, ApprovalView, LeaseView, Nodes, QuoteView, RecallView, SideWord};
use crate::id::{ApprovalId, QuoteId};
use crate::live::{ActKind, Body, Entry, Live, Right, Step, Thing};
use crate::writer::Work;
use leasehold_books::event::LineCredit;
use leasehold_desk::EventKind;

/// Longest term sheet, in bytes.
pub const SHEET_MAX_BYTES: usize = 128 << 10;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let approve = Needs::Right(Right::Approve);
    vec![
        Endpoint::post("/v1/quotes", "quote_make", Needs::SignedIn)
            .about("Say what a step would cost both sides, and hold that until it expires")
            .takes::<StepAsked>(EXAMPLES)
            .gives::<QuoteView>(201)
            .write(make),
        Endpoint::get("/v1/quotes", "quote_list", Needs::SignedIn)
            .about("The quotes of your organisation")
            .query(PAGE)
            .gives::<Page<QuoteView>>(200)
            .read(quotes),
        Endpoint::get("/v1/quotes/{quote}", "quote_show", Needs::SignedIn)
            .about("A quote of your organisation")
            .gives::<QuoteView>(200)
            .read(quote),
        Endpoint::post("/v1/quotes/{quote}/confirmation", "quote_confirm", Needs::SignedIn)
            .about("Carry the step of a quote out, or ask for the second person that it needs")
            .gives::<Confirmed>(200)
            .write(confirm),
        Endpoint::get("/v1/approvals", "approval_list", approve)
            .about("What waits for a second person, and what was settled")
            .query(PAGE)
            .gives::<Page<ApprovalView>>(200)
            .read(approvals),
        Endpoint::get("/v1/approvals/{approval}", "approval_show", approve)
            .about("A request for approval")
            .gives::<ApprovalView>(200)
            .read(approval),
        Endpoint::post("/v1/approvals/{approval}/decision", "approval_decide", approve)
            .about("Approve what somebody else asked for, which carries it out; or decline it")
            .takes::<Decision>(&[r#"{"approve":false,"reason":"the run can wait"}"#])
            .gives::<ApprovalView>(200)
            .write(decide),
    ]
}

const EXAMPLES: &[&str] = &[
    r#"{"step":"notice","lease":"acme","side":"tenant"}"#,
    r#"{"step":"recall","lease":"acme","tranche":"main","class":"planned","units":16,"trigger":"owner_training","expected_return":"2027-02-05T12:00:00Z","reason":"a run waits"}"#,
    r#"{"step":"extend","recall":1,"expected_return":"2027-02-06T12:00:00Z","reason":"it takes longer"}"#,
    r#"{"step":"sign","sheet":"term_sheet = 1\n"}"#,
    r#"{"step":"amend","sheet":"term_sheet = 1\n","reason":"more units"}"#,
    r#"{"step":"void","lease":"acme","invoice":"INV-1","reason":"a wrong address"}"#,
    r#"{"step":"credit","lease":"acme","invoice":"INV-1","lines":[{"line":1,"money":{"amount":"10.00","currency":"USD"}}],"reason":"a gesture"}"#,
];

/// The step that is to be quoted.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
enum StepAsked {
    /// Sign a lease.
    Sign {
        /// The term sheet, in TOML.
        sheet: String,
    },
    /// Agree on the next version of a lease.
    Amend {
        /// The term sheet of that version, in TOML.
        sheet: String,
        /// Nodes that go back to the owner as it takes effect.
        #[serde(default)]
        release: Vec<Released>,
        /// Why.
        reason: String,
    },
    /// Give notice to end a lease.
    Notice {
        /// The lease.
        #[schemars(with = "String")]
        lease: LeaseId,
        /// Whose notice.
        side: SideWord,
        /// When it was received, where that was before now; for the owner to say.
        #[serde(default)]
        #[schemars(with = "Option<String>")]
        received: Option<Instant>,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Recall units.
    Recall {
        /// From which lease.
        #[schemars(with = "String")]
        lease: LeaseId,
        /// From which tranche.
        #[schemars(with = "String")]
        tranche: TrancheId,
        /// The notice class.
        class: String,
        /// How many units, rounded up to whole nodes. Either this or `nodes`.
        #[serde(default)]
        units: Option<u64>,
        /// Which nodes.
        #[serde(default)]
        nodes: Option<Nodes>,
        /// The event that allows it: `owner_training`, `maintenance`, …
        #[schemars(with = "String")]
        trigger: Trigger,
        /// The job that it is for.
        #[serde(default)]
        #[schemars(with = "Option<u64>")]
        for_job: Option<JobId>,
        /// When the units will be returned, as far as is known.
        #[schemars(with = "String")]
        expected_return: Instant,
        /// When they must be released; as soon as the class allows where absent.
        #[serde(default)]
        #[schemars(with = "Option<String>")]
        release_at: Option<Instant>,
        /// Whether to order it even outside the clause, as a breach on record.
        #[serde(default)]
        force: bool,
        /// Why.
        reason: String,
    },
    /// Keep the units of a recall for longer.
    Extend {
        /// The recall.
        #[schemars(with = "u64")]
        recall: RecallId,
        /// When they will now be returned.
        #[schemars(with = "String")]
        expected_return: Instant,
        /// Whether to do so even outside the clause, as a breach on record.
        #[serde(default)]
        force: bool,
        /// Why.
        reason: String,
    },
    /// Void an invoice.
    Void {
        /// The lease.
        #[schemars(with = "String")]
        lease: LeaseId,
        /// The invoice's number.
        invoice: String,
        /// Why.
        reason: String,
    },
    /// Credit part of an invoice.
    Credit {
        /// The lease.
        #[schemars(with = "String")]
        lease: LeaseId,
        /// The invoice's number.
        invoice: String,
        /// Which of its lines; all that is left where empty.
        #[serde(default)]
        lines: Vec<LineAsked>,
        /// Why.
        reason: String,
    },
}

/// Nodes of a tranche that go back to the owner.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Released {
    /// The tranche.
    #[schemars(with = "String")]
    tranche: TrancheId,
    /// The nodes.
    nodes: Nodes,
}

/// Part of a line to be credited.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LineAsked {
    /// The line's number on its invoice.
    line: u32,
    /// How much of it, before tax; all that is left where absent.
    #[serde(default)]
    money: Option<Amount>,
}

/// What a confirmation led to.
#[derive(Serialize, JsonSchema)]
struct Confirmed {
    /// The quote.
    quote: Option<QuoteView>,
    /// The lease that it was about, where it was signed, amended or is under notice now.
    #[serde(skip_serializing_if = "Option::is_none")]
    lease: Option<LeaseView>,
    /// The recall that was ordered or extended.
    #[serde(skip_serializing_if = "Option::is_none")]
    recall: Option<RecallView>,
}

/// A second person's word.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Decision {
    /// Whether to carry it out.
    approve: bool,
    /// Why not, where it is declined.
    #[serde(default)]
    reason: String,
}

impl StepAsked {
    fn step(self) -> Result<Step, Problem> {
        Ok(match self {
            StepAsked::Sign { sheet } => {
                let (lease, sheet) = compiled(sheet)?;
                Step::Sign { lease, sheet }
            }
            StepAsked::Amend { sheet, release, reason } => {
                let (lease, sheet) = compiled(sheet)?;
                let release = release.into_iter().map(|r| (r.tranche, r.nodes.0)).collect();
                Step::Amend { lease, sheet, release, reason }
            }
            StepAsked::Notice { lease, side, received, reason } => {
                Step::Notice { lease, side: side.into(), received, reason }
            }
            StepAsked::Recall {
                lease,
                tranche,
                class,
                units,
                nodes,
                trigger,
                for_job,
                expected_return,
                release_at,
                force,
                reason,
            } => {
                let take = match (units, nodes) {
                    (Some(units), None) => Take::Units(Units(units)),
                    (None, Some(Nodes(nodes))) => Take::Nodes(nodes),
                    _ => return Err(Problem::invalid("give exactly one of `units` and `nodes`")),
                };
                Step::Recall(RecallRequest {
                    lease,
                    tranche,
                    class,
                    take,
                    trigger,
                    for_job,
                    expected_return,
                    release_at,
                    force,
                    reason,
                })
            }
            StepAsked::Extend { recall, expected_return, force, reason } => {
                Step::Extend { recall, expected_return, force, reason }
            }
            StepAsked::Void { lease, invoice, reason } => Step::Void { lease, invoice, reason },
            StepAsked::Credit { lease, invoice, lines, reason } => {
                let line = |asked: LineAsked| {
                    let money = asked.money.map(|money| money.money()).transpose();
                    let money = money.map_err(|why| Problem::invalid(format!("`money`: {why}")))?;
                    Ok::<_, Problem>(LineCredit { line: asked.line, money })
                };
                let lines = lines.into_iter().map(line).collect::<Result<_, _>>()?;
                Step::Credit { lease, invoice, lines, reason }
            }
        })
    }
}

fn compiled(sheet: String) -> Result<(Arc<Lease>, Arc<str>), Problem> {
    if sheet.len() > SHEET_MAX_BYTES {
        let detail = format!("`sheet` has {} bytes; the most is {SHEET_MAX_BYTES}", sheet.len());
        return Err(Problem::invalid(detail));
    }
    match sheet::compile(&sheet) {
        Ok(compiled) => Ok((Arc::new(compiled.lease), sheet.into())),
        Err(faults) => {
            let detail = "the term sheet has faults; correct each of them";
            Err(Problem::new(422, "sheet", "The term sheet cannot be used", detail)
                .with_faults(faults_of(&sheet, &faults)))
        }
    }
}

fn make(asking: &Asking<'_>) -> Result<Work, Problem> {
    let step = asking.body::<StepAsked>()?.step()?;
    let id = QuoteId::made(asking.now, asking.ten()?);
    let (location, view, now) = (format!("/v1/quotes/{id}"), id.clone(), asking.now);
    Ok(made(ActKind::Quote { id, step }, location, move |live, _| shown(live, &view, now)))
}

fn shown(live: &Live, id: &QuoteId, now: Instant) -> Option<QuoteView> {
    live.quote(id).map(|held| QuoteView::of(live, held, now))
}

fn quotes(look: &Look<'_>) -> Result<Shown, Problem> {
    let own = look.live.quotes().filter(|of| of.made.organisation == look.caller.organisation);
    let view =
        |of: &crate::live::Held| (of.made.id.to_string(), QuoteView::of(look.live, of, look.now));
    page(look.query, own.map(view))
}

fn quote_id(text: Option<&str>) -> Result<QuoteId, Problem> {
    let text = text.unwrap_or_default();
    QuoteId::new(text).map_err(|_| missing(Thing::Quote, text))
}

fn quote(look: &Look<'_>) -> Result<Shown, Problem> {
    let id = quote_id(look.path.get("quote"))?;
    let held = look.live.quote(&id);
    match held.filter(|of| of.made.organisation == look.caller.organisation) {
        Some(held) => Shown::json(&QuoteView::of(look.live, held, look.now)),
        None => Err(missing(Thing::Quote, id)),
    }
}

fn confirm(asking: &Asking<'_>) -> Result<Work, Problem> {
    let quote = quote_id(asking.path.get("quote"))?;
    let approval = ApprovalId::made(asking.now, asking.ten()?);
    let (id, now, side) = (quote.clone(), asking.now, asking.caller.side);
    let act = ActKind::Confirm { quote, approval };
    Ok(work(act, 200, move |live, entries| {
        let (lease, recall) = led_to(live, entries, side);
        Confirmed { quote: shown(live, &id, now), lease, recall }
    }))
}

/// The lease and the recall that the entries of a step are about.
fn led_to(
    live: &Live,
    entries: &[Entry],
    side: leasehold_contract::lease::Side,
) -> (Option<LeaseView>, Option<RecallView>) {
    let (mut lease, mut recall) = (None, None);
    for entry in entries {
        let Body::Desk(_, kind) = &entry.body else { continue };
        match kind {
            EventKind::LeaseSigned { lease: new } | EventKind::LeaseAmended { lease: new, .. } => {
                lease = live.desk().lease(&new.id).map(|of| LeaseView::of(live, of));
            }
            EventKind::NoticeServed { lease: id, .. } => {
                lease = live.desk().lease(id).map(|of| LeaseView::of(live, of));
            }
            EventKind::RecallOrdered(ordered) => {
                recall = live.desk().recall(ordered.recall).map(|of| RecallView::of(of, side));
            }
            EventKind::RecallExtended { recall: id, .. } => {
                recall = live.desk().recall(*id).map(|of| RecallView::of(of, side));
            }
            _ => {}
        }
    }
    (lease, recall)
}

fn approvals(look: &Look<'_>) -> Result<Shown, Problem> {
    let view =
        |of: &crate::live::Approval| (of.id.to_string(), ApprovalView::of(look.live, of, look.now));
    page(look.query, look.live.approvals().map(view))
}

fn approval_id(text: Option<&str>) -> Result<ApprovalId, Problem> {
    let text = text.unwrap_or_default();
    ApprovalId::new(text).map_err(|_| missing(Thing::Approval, text))
}

fn approval(look: &Look<'_>) -> Result<Shown, Problem> {
    let id = approval_id(look.path.get("approval"))?;
    match look.live.approval(&id) {
        Some(of) => Shown::json(&ApprovalView::of(look.live, of, look.now)),
        None => Err(missing(Thing::Approval, id)),
    }
}

fn decide(asking: &Asking<'_>) -> Result<Work, Problem> {
    let approval = approval_id(asking.path.get("approval"))?;
    let Decision { approve, reason } = asking.body()?;
    let (id, now) = (approval.clone(), asking.now);
    let act =
        if approve { ActKind::Approve { approval } } else { ActKind::Decline { approval, reason } };
    Ok(work(act, 200, move |live, _| live.approval(&id).map(|of| ApprovalView::of(live, of, now))))
}
