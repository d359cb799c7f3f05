//! Why the desk says no. Every refusal names the input, the rule and the next step.

use leasehold_contract::EvalError;
use leasehold_contract::lease::Remedy;
use leasehold_contract::notice::WithdrawRefusal;
use leasehold_contract::recall::Violation;
use leasehold_contract::term::ServeRefusal;
use leasehold_planner::{LeaseIx, Refused};
use leasehold_types::{
    Date, Instant, JobId, LeaseId, NodeId, Overflow, PoolId, RecallId, Seconds, TrancheId, Units,
};

use crate::Actor;
use crate::command::TEXT_MAX_BYTES;
use crate::state::{JOBS_MAX, LEASES_MAX, RECALLS_IN_FORCE_MAX};

/// Why a command was refused. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The clock went back.
    #[error("it cannot be {now}: events up to {last} are on record; set the clock right")]
    ClockWentBack {
        /// What the clock says.
        now: Instant,
        /// The last event's instant.
        last: Instant,
    },
    /// Something is due before the command.
    #[error("something is due since {due}; tick until nothing is due, then ask again")]
    DueFirst {
        /// Since when.
        due: Instant,
    },
    /// Not this actor's to ask.
    #[error("{by} may not {what}; {instead}")]
    NotTheirs {
        /// Who asked.
        by: Actor,
        /// For what.
        what: &'static str,
        /// Who may, or what to do.
        instead: &'static str,
    },
    /// A text is too long.
    #[error("the {what} has {bytes} bytes; shorten it to {TEXT_MAX_BYTES}")]
    TextTooLong {
        /// Which text.
        what: &'static str,
        /// How long it is.
        bytes: usize,
    },
    /// A text is missing.
    #[error("the {what} is empty; say it, for it goes on record")]
    TextMissing {
        /// Which text.
        what: &'static str,
    },
    /// About a lease.
    #[error("lease `{lease}`: {why}")]
    Lease {
        /// Which.
        lease: LeaseId,
        /// Why.
        why: LeaseRefusal,
    },
    /// About a tranche.
    #[error("lease `{lease}`, tranche `{tranche}`: {why}")]
    Tranche {
        /// Which lease.
        lease: LeaseId,
        /// Which tranche.
        tranche: TrancheId,
        /// Why.
        why: TrancheRefusal,
    },
    /// About a job.
    #[error("job {job}: {why}")]
    Job {
        /// Which.
        job: JobId,
        /// Why.
        why: JobRefusal,
    },
    /// About a recall.
    #[error("recall {recall}: {why}")]
    Recall {
        /// Which.
        recall: RecallId,
        /// Why.
        why: RecallRefusal,
    },
    /// A recall that breaks its clause.
    #[error(
        "a recall from lease `{lease}`, tranche `{tranche}` is outside its clause: {}; \
         change the order, or order it with `force` as a breach on record",
        messages(violations)
    )]
    OutsideClause {
        /// From which lease.
        lease: LeaseId,
        /// From which tranche.
        tranche: TrancheId,
        /// Every rule that it breaks.
        violations: Vec<Violation>,
    },
    /// A recall that breaks what no force opens.
    #[error(
        "a recall from lease `{lease}`, tranche `{tranche}` is refused, by force too: {}; \
         change the order",
        messages(violations)
    )]
    NotEvenForced {
        /// From which lease.
        lease: LeaseId,
        /// From which tranche.
        tranche: TrancheId,
        /// The rules that it breaks and that force does not open.
        violations: Vec<Violation>,
    },
    /// Nodes.
    #[error("{why}{}", named(whose.as_ref()))]
    Nodes {
        /// Why.
        why: Refused,
        /// The lease that `why` knows by its number.
        whose: Option<(LeaseIx, LeaseId)>,
    },
    /// The contract could not be evaluated.
    #[error(transparent)]
    Contract(#[from] EvalError),
    /// A number does not fit.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// What a lease says no to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeaseRefusal {
    /// No such lease.
    #[error("it was never signed here; sign it first, or correct the name")]
    Unknown,
    /// Signed already.
    #[error("it is signed already; amend it, or sign under another name")]
    Signed,
    /// Over.
    #[error("it ended at {0}; sign a new lease")]
    Ended(Instant),
    /// Its end is past.
    #[error("it ends on {0}, which is past; correct the term sheet")]
    Past(Date),
    /// Too many leases.
    #[error("{LEASES_MAX} leases are on record, and that is the most; start a new journal")]
    TooMany,
    /// The fleet does not have the pool.
    #[error("tranche `{tranche}` is of pool `{pool}`, which the fleet does not have; correct it")]
    NoPool {
        /// The tranche.
        tranche: TrancheId,
        /// Its pool.
        pool: PoolId,
    },
    /// More is promised than there is.
    #[error(
        "at {at} pool `{pool}` would have {promised} units promised of {owned} owned; lease fewer, \
         later, or elsewhere"
    )]
    Oversold {
        /// Where.
        pool: PoolId,
        /// When.
        at: Instant,
        /// Units promised, in whole nodes.
        promised: Units,
        /// Units owned.
        owned: Units,
    },
    /// Not the next version.
    #[error("version {got} was given where version {next} is next; renumber the term sheet")]
    Version {
        /// What was given.
        got: u32,
        /// What is next.
        next: u32,
    },
    /// A version is pending.
    #[error("version {version} takes effect at {at}; amend again after that")]
    Pending {
        /// Which.
        version: u32,
        /// When it takes effect.
        at: Instant,
    },
    /// The past would change.
    #[error(
        "version {version} would take effect on {effective}, which is past; give it a later date, \
         and correct the past by a credit note and a new charge"
    )]
    Backdated {
        /// Which.
        version: u32,
        /// Its date.
        effective: Date,
    },
    /// It would take effect after the end.
    #[error(
        "version {version} would take effect at {at}, but the lease ends at {ends}; amend it \
         from an earlier date, or sign a new one"
    )]
    AfterEnd {
        /// Which.
        version: u32,
        /// When it would take effect.
        at: Instant,
        /// When the lease ends.
        ends: Instant,
    },
    /// What an amendment may not change.
    #[error("an amendment may not change the {what}: it was {was}, and is {is}; sign a new lease")]
    Identity {
        /// What.
        what: &'static str,
        /// What it was.
        was: String,
        /// What it would be.
        is: String,
    },
    /// A notice from the future.
    #[error("the notice is said to be received at {received}, after now; record it then")]
    NotReceived {
        /// When.
        received: Instant,
    },
    /// A notice that ends the lease in the past.
    #[error(
        "a notice received at {received} would have ended it on {ends}, which is past; \
         correct the date of receipt, or serve a notice now"
    )]
    NoticePast {
        /// When it was received.
        received: Instant,
        /// When it would have ended.
        ends: Date,
    },
    /// A notice that the contract does not allow.
    #[error(transparent)]
    Serve(#[from] ServeRefusal),
    /// A withdrawal that the contract does not allow.
    #[error(transparent)]
    Withdraw(#[from] WithdrawRefusal),
    /// A notice of a recall is on its way.
    #[error("the notice of recall {0} is on its way; confirm that it was served, or withdraw it")]
    InFlight(RecallId),
}

/// What a tranche says no to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrancheRefusal {
    /// No such tranche.
    #[error("the lease has no such tranche; name one of {0}")]
    Unknown(String),
    /// Before its delivery date.
    #[error(
        "delivery is due from {due} on, and before that nothing is owed; deliver then, or amend \
         the date"
    )]
    Early {
        /// From when.
        due: Instant,
    },
    /// Over.
    #[error("it has ended; amend the lease with a tranche of another name")]
    Over,
    /// The tenant accepted fewer.
    #[error("the tenant accepted {0} units for good; amend the lease to deliver more")]
    Fixed(Units),
    /// Too many nodes.
    #[error("{given} nodes are too many: {most} more make it whole; deliver at most those")]
    TooMany {
        /// What was given.
        given: u32,
        /// What is missing.
        most: u64,
    },
    /// No nodes.
    #[error("no nodes are named; name at least one")]
    NoNodes,
    /// A node of another pool.
    #[error("node {node} is not of pool `{pool}`; name nodes of that pool")]
    OtherPool {
        /// The node.
        node: NodeId,
        /// The tranche's pool.
        pool: PoolId,
    },
    /// A node that the tranche does not have.
    #[error("node {0} is not at its disposal; name nodes that were delivered to it")]
    NotItsNode(NodeId),
    /// A node that is spoken for.
    #[error("node {node} is in recall {recall} already; name others, or wait for its return")]
    InRecall {
        /// The node.
        node: NodeId,
        /// The recall.
        recall: RecallId,
    },
    /// A node that goes back to the owner.
    #[error("node {0} goes back to the owner by the amendment that is pending; name others")]
    Leaving(NodeId),
    /// No election is open.
    #[error("no election is open: {0}")]
    NoElection(&'static str),
    /// The remedy is not one of those.
    #[error("`{}` is not among its remedies; elect one of {}", remedy_word(*remedy), remedies(among))]
    NotARemedy {
        /// What was elected.
        remedy: Remedy,
        /// What may be.
        among: Vec<Remedy>,
    },
    /// An amendment keeps fewer units than are delivered.
    #[error(
        "version {version} keeps {keeps} nodes where {delivered} are delivered and {released} of \
         them are released; release {} more, or keep them", delivered - released - keeps
    )]
    TooFew {
        /// The version.
        version: u32,
        /// Nodes that it needs.
        keeps: u64,
        /// Nodes delivered.
        delivered: u64,
        /// Nodes released by it.
        released: u64,
    },
    /// An amendment would make firm what is recalled now.
    #[error(
        "version {version} leaves {recallable} units recallable where {out} are recalled; return \
         or withdraw recalls first"
    )]
    RecalledNow {
        /// The version.
        version: u32,
        /// Units that it leaves recallable.
        recallable: Units,
        /// Units recalled.
        out: Units,
    },
    /// A recall under a class that a new version does not have.
    #[error(
        "version {version} has no notice class `{class}`, by which units are or would be recalled; \
         keep the class in it, or recall by another"
    )]
    ClassGoes {
        /// The version.
        version: u32,
        /// The class.
        class: String,
    },
    /// Firm units.
    #[error(
        "{asked} units would reach into the firm ones, which are never recalled, not even by \
         force: at most {most} can be taken now"
    )]
    Firm {
        /// Units asked for.
        asked: Units,
        /// Units that can be taken.
        most: Units,
    },
    /// Not enough nodes.
    #[error(
        "{asked} units are asked for, and the nodes that are up and free of recalls hold {found}; ask for fewer, or repair nodes"
    )]
    NotEnough {
        /// Units asked for.
        asked: Units,
        /// Units found.
        found: Units,
    },
}

/// What a job says no to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JobRefusal {
    /// The id is taken.
    #[error("a job of this number waits or runs; give it another number")]
    Exists,
    /// No such job.
    #[error("no such job waits or runs; submit it first, or correct the number")]
    Unknown,
    /// No such pool.
    #[error("the fleet has no pool `{0}`; name one of its pools")]
    NoPool(PoolId),
    /// It can never start.
    #[error("it asks for {asked} units; ask for 1 to {owned}, all that pool `{pool}` has")]
    Units {
        /// What it asks for.
        asked: Units,
        /// The pool.
        pool: PoolId,
        /// What the pool has.
        owned: Units,
    },
    /// Its length is below zero.
    #[error("it is expected to run for {0}; say how long, zero or more")]
    Length(Seconds),
    /// Too many jobs.
    #[error("{JOBS_MAX} jobs wait or run, and that is the most; end some first")]
    TooMany,
    /// It wants units of another pool than the recall takes.
    #[error("it does not want units of pool `{0}`; recall from its own pool, or for no job")]
    RecallElsewhere(PoolId),
    /// It runs already.
    #[error("it runs already; end it first")]
    Running,
    /// It does not run.
    #[error("it does not run; only `cancelled` ends a job that waits")]
    Waiting,
    /// Other units than it asked for.
    #[error("it asked for {asked} units and is given {given}; give it what it asked for")]
    OtherUnits {
        /// What it asked for.
        asked: Units,
        /// What it is given.
        given: Units,
    },
    /// A node of another pool.
    #[error("node {node} is not of pool `{pool}`; place it in its pool")]
    OtherPool {
        /// The node.
        node: NodeId,
        /// The job's pool.
        pool: PoolId,
    },
    /// Nodes set aside for something else.
    #[error("node {node} is set aside by recall {recall}{}; place it elsewhere", set_aside(*for_job))]
    SetAside {
        /// The node.
        node: NodeId,
        /// The recall.
        recall: RecallId,
        /// The job that it is for.
        for_job: Option<JobId>,
    },
}

/// What a recall says no to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecallRefusal {
    /// No such recall.
    #[error("there is none of this number; correct it")]
    Unknown,
    /// Too many recalls.
    #[error("{RECALLS_IN_FORCE_MAX} recalls are in force, and that is the most; return some first")]
    TooMany,
    /// Not at this stage.
    #[error("it is {stage}, and only one that is {wanted} can be {what}")]
    Stage {
        /// Where it stands.
        stage: &'static str,
        /// Where it would have to stand.
        wanted: &'static str,
        /// What was asked.
        what: &'static str,
    },
    /// Served in the future.
    #[error("it is said to be served at {served}, not between its order at {ordered} and now")]
    NotServed {
        /// When.
        served: Instant,
        /// When it was ordered.
        ordered: Instant,
    },
    /// It was answered.
    #[error("the tenant has assented to it already; nothing is left to acknowledge")]
    Answered,
    /// Jobs run on its nodes.
    #[error("jobs run on its nodes ({}); end them first", jobs_list(.0))]
    JobsRun(Vec<JobId>),
    /// The return would not be later.
    #[error("its return is expected at {expected}; extend it to a later instant than {given}")]
    NotLater {
        /// When it is expected.
        expected: Instant,
        /// What was given.
        given: Instant,
    },
    /// The notice is not over.
    #[error("the tenant has the units until {due}; confirm the release then")]
    Early {
        /// When it is.
        due: Instant,
    },
    /// The extension breaks the clause.
    #[error(
        "kept until {until} it is outside its clause: {}; return it earlier, or extend it with \
         `force`, which is a breach from then on",
        messages(violations)
    )]
    Kept {
        /// Until when it would be kept.
        until: Instant,
        /// Every rule that this breaks.
        violations: Vec<Violation>,
    },
    /// A drill takes nothing.
    #[error("it is a drill, which takes no units; there is nothing to {0}")]
    Drill(&'static str),
}

impl Refusal {
    pub(crate) fn lease(lease: &LeaseId, why: impl Into<LeaseRefusal>) -> Self {
        Refusal::Lease { lease: lease.clone(), why: why.into() }
    }

    pub(crate) fn tranche(lease: &LeaseId, tranche: &TrancheId, why: TrancheRefusal) -> Self {
        Refusal::Tranche { lease: lease.clone(), tranche: tranche.clone(), why }
    }

    pub(crate) const fn job(job: JobId, why: JobRefusal) -> Self {
        Refusal::Job { job, why }
    }

    pub(crate) const fn recall(recall: RecallId, why: RecallRefusal) -> Self {
        Refusal::Recall { recall, why }
    }
}

fn messages(violations: &[Violation]) -> String {
    violations.iter().map(|v| v.message.as_str()).collect::<Vec<_>>().join("; ")
}

fn remedy_word(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Wait => "wait",
        Remedy::AcceptFewer => "accept_fewer",
        Remedy::Terminate => "terminate",
    }
}

fn remedies(among: &[Remedy]) -> String {
    among.iter().map(|r| format!("`{}`", remedy_word(*r))).collect::<Vec<_>>().join(", ")
}

fn named(whose: Option<&(LeaseIx, LeaseId)>) -> String {
    whose.map_or(String::new(), |(ix, lease)| format!(" (lease {ix} is `{lease}`)"))
}

fn set_aside(for_job: Option<JobId>) -> String {
    for_job.map_or(String::from(", and not for jobs"), |job| format!(" for job {job}"))
}

/// Most jobs named in a message.
const JOBS_NAMED_MAX: usize = 8;

fn jobs_list(jobs: &[JobId]) -> String {
    let mut named: Vec<String> =
        jobs.iter().take(JOBS_NAMED_MAX).map(ToString::to_string).collect();
    if jobs.len() > JOBS_NAMED_MAX {
        named.push(format!("and {} more", jobs.len() - JOBS_NAMED_MAX));
    }
    named.join(", ")
}
