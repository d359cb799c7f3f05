//! Random leases and histories: steps that try everything, lawful or not, at a random pace.

use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_contract::lease::{Cut, Remedy, Side, Trigger};
use leasehold_planner::{NodeSet, Slots, place_grant, place_job};
use leasehold_types::{
    Date, Instant, JobId, LeaseId, NodeId, PoolId, Seconds, TenantId, TrancheId, Units,
};
use proptest::prelude::*;
use proptest::sample::Index;

use super::fixture::{SHEET, compile, owner};
use crate::{
    Actor, CommandKind, Outcome, Recall, RecallRequest, ReleaseMode, ServiceMode, Settings, State,
    Take,
};

/// What differs from one random lease to another.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) pool: u8,
    pub(super) units: u64,
    recallable: u64,
    delivery_day: i8,
    grace_days: u16,
    remedies: bool,
    silence: Remedy,
    longest_hours: Option<i64>,
    gap_hours: Option<i64>,
    rest_hours: i64,
    most_per_day: Option<u32>,
    hours_per_year: Option<u64>,
    cut_minutes: Option<i64>,
    class_most: Option<u64>,
    firm: bool,
    end_day: i8,
    tranche_ends: bool,
}

pub(super) fn terms() -> impl Strategy<Value = Terms> {
    let silence = prop::sample::select(vec![Remedy::Wait, Remedy::AcceptFewer, Remedy::Terminate]);
    (
        (0u8..4, 1u64..60, 0u64..101, 1i8..4, 0u16..9, any::<bool>(), silence),
        (
            prop::option::of(2i64..80),
            prop::option::weighted(0.3, 0i64..30),
            0i64..40,
            prop::option::weighted(0.3, 1u32..5),
            prop::option::weighted(0.2, 0u64..4_000),
            prop::option::of(0i64..60),
            prop::option::weighted(0.2, 0u64..40),
        ),
        (prop::bool::weighted(0.1), 12i8..28, prop::bool::weighted(0.3)),
    )
        .prop_map(|(a, b, c)| Terms {
            pool: a.0,
            units: a.1,
            recallable: a.1 * a.2 / 100,
            delivery_day: a.3,
            grace_days: a.4,
            remedies: a.5,
            silence: a.6,
            longest_hours: b.0,
            gap_hours: b.1,
            rest_hours: b.2,
            most_per_day: b.3,
            hours_per_year: b.4,
            cut_minutes: b.5,
            class_most: b.6,
            firm: c.0,
            end_day: c.1,
            tranche_ends: c.2,
        })
}

pub(super) fn lease_of(terms: &Terms, number: usize) -> Arc<Lease> {
    let mut lease = Lease::clone(&compile(SHEET));
    let name = format!("lease-{number}");
    lease.id = LeaseId::new(&name).unwrap();
    lease.tenant.id = TenantId::new(&name).unwrap();
    let february = |day: i8| Date::constant(2027, 2, day);
    lease.term.end = february(terms.end_day);
    let main = &mut lease.tranches[0];
    let small = terms.pool == 0;
    main.pool = PoolId::new(if small { "lab/gb200" } else { "lab/h100" }).unwrap();
    main.units = Units(if small { terms.units.div_ceil(5) } else { terms.units });
    main.recallable = Units(terms.recallable).min(main.units);
    main.delivery = february(terms.delivery_day);
    main.until = if terms.tranche_ends { february(9) } else { lease.term.end };
    main.late.grace_days = terms.grace_days;
    main.late.elect_within_days = 1;
    main.late.silence = terms.silence;
    if !terms.remedies {
        main.late.remedies.clear();
    }
    if let Some(clause) = lease.recall.as_mut().filter(|_| !terms.firm) {
        let limits = &mut clause.limits;
        limits.longest = terms.longest_hours.map(Seconds::from_hours);
        limits.least_gap = terms.gap_hours.map(Seconds::from_hours);
        limits.rest_after_return = Seconds::from_hours(terms.rest_hours);
        limits.most_events_per_day = terms.most_per_day;
        limits.most_accelerator_hours_per_year = terms.hours_per_year;
        clause.drain.cut = terms
            .cut_minutes
            .map_or(Cut::AtDeadline, |minutes| Cut::After(Seconds::from_minutes(minutes)));
        clause.classes[1].most_units = terms.class_most.map(Units);
    } else {
        lease.recall = None;
        lease.tranches[0].recallable = Units::ZERO;
    }
    Arc::new(lease)
}

pub(super) fn settings() -> impl Strategy<Value = Settings> {
    let service = prop::sample::select(vec![ServiceMode::AtOrder, ServiceMode::OnConfirmation]);
    let release = prop::sample::select(vec![ReleaseMode::AtDeadline, ReleaseMode::OnConfirmation]);
    (service, release).prop_map(|(service, release)| Settings { service, release })
}

/// A recall that is tried.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    lease: Index,
    units: u64,
    run: Option<(u32, u32)>,
    short: bool,
    trigger: Trigger,
    for_job: Option<Index>,
    back_after_hours: i64,
    release_after_minutes: Option<i64>,
    force: bool,
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let trigger = prop::sample::select(vec![
        Trigger::OwnerTraining,
        Trigger::OwnerTraining,
        Trigger::OwnerTraining,
        Trigger::OwnerTraining,
        Trigger::Maintenance,
        Trigger::GridCurtailment,
    ]);
    let back = prop_oneof![6 => 3i64..30, 1 => -2i64..3, 1 => 30i64..90];
    let parts = (
        any::<Index>(),
        1u64..30,
        prop::option::weighted(0.2, (0u32..16, 1u32..5)),
        prop::bool::weighted(0.8),
        trigger,
        prop::option::of(any::<Index>()),
        back,
        prop::option::weighted(0.2, -30i64..300),
        prop::bool::weighted(0.3),
    );
    parts.prop_map(|p| Wanted {
        lease: p.0,
        units: p.1,
        run: p.2,
        short: p.3,
        trigger: p.4,
        for_job: p.5,
        back_after_hours: p.6,
        release_after_minutes: p.7,
        force: p.8,
    })
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Wait(i64),
    Sign(usize),
    Supply(Index),
    SupplyOf(usize),
    Deliver { lease: Index, first: u32, count: u32 },
    Submit { units: u64, small: bool },
    Start(Index),
    StartAt { job: Index, first: u32, count: u32, part: Option<(u32, u8)> },
    End(Index, Outcome),
    Fail(u32),
    Repair(u32),
    Order(Wanted),
    Drill { lease: Index, units: u64 },
    Serve { recall: Index, ago: i64 },
    Acknowledge(Index),
    Withdraw(Index),
    Released(Index),
    Extend { recall: Index, hours: i64, force: bool },
    Return(Index),
    Notice { lease: Index, owner: bool },
    WithdrawNotice { lease: Index, owner: bool },
    Elect { lease: Index, remedy: Remedy },
    Amend { lease: Index, units: i64, recallable: i64, days: i8, release: u32 },
}

pub(super) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let index = any::<Index>;
    let outcome = prop::sample::select(vec![
        Outcome::Completed,
        Outcome::Failed,
        Outcome::Cancelled,
        Outcome::Requeued,
    ]);
    let remedy = prop::sample::select(vec![Remedy::Wait, Remedy::AcceptFewer, Remedy::Terminate]);
    let work = prop_oneof![
        2 => (0i64..200_000).prop_map(Step::Wait),
        8 => (0i64..30_000).prop_map(Step::Wait),
        4 => (0i64..4_000).prop_map(Step::Wait),
        1 => (0usize..3).prop_map(Step::Sign),
        6 => index().prop_map(Step::Supply),
        1 => (index(), 0u32..17, 1u32..6)
            .prop_map(|(lease, first, count)| Step::Deliver { lease, first, count }),
        5 => (1u64..40, prop::bool::weighted(0.2))
            .prop_map(|(units, small)| Step::Submit { units, small }),
        8 => index().prop_map(Step::Start),
        1 => (index(), 0u32..17, 0u32..4, prop::option::of((0u32..17, 0u8..9)))
            .prop_map(|(job, first, count, part)| Step::StartAt { job, first, count, part }),
        5 => (index(), outcome).prop_map(|(job, outcome)| Step::End(job, outcome)),
        1 => (0u32..17).prop_map(Step::Fail),
        2 => (0u32..17).prop_map(Step::Repair),
    ];
    let recalls = prop_oneof![
        12 => wanted().prop_map(Step::Order),
        2 => (index(), 1u64..30).prop_map(|(lease, units)| Step::Drill { lease, units }),
        6 => (index(), 0i64..2_000).prop_map(|(recall, ago)| Step::Serve { recall, ago }),
        2 => index().prop_map(Step::Acknowledge),
        1 => index().prop_map(Step::Withdraw),
        6 => index().prop_map(Step::Released),
        2 => (index(), 1i64..60, any::<bool>())
            .prop_map(|(recall, hours, force)| Step::Extend { recall, hours, force }),
        2 => index().prop_map(Step::Return),
    ];
    let leases = prop_oneof![
        1 => (index(), any::<bool>()).prop_map(|(lease, owner)| Step::Notice { lease, owner }),
        1 => (index(), any::<bool>())
            .prop_map(|(lease, owner)| Step::WithdrawNotice { lease, owner }),
        2 => (index(), remedy).prop_map(|(lease, remedy)| Step::Elect { lease, remedy }),
        3 => (index(), -20i64..20, -20i64..30, 0i8..4, 0u32..3).prop_map(
            |(lease, units, recallable, days, release)| {
                Step::Amend { lease, units, recallable, days, release }
            }
        ),
    ];
    prop::collection::vec(prop_oneof![30 => work, 25 => recalls, 2 => leases], 0..most)
        .prop_flat_map(|steps| (Just(steps), prop::bool::weighted(0.8)))
        .prop_map(|(steps, begun)| if begun { beginning().chain(steps).collect() } else { steps })
}

/// Days pass until all is due, and each lease is supplied.
fn beginning() -> impl Iterator<Item = Step> {
    let third = |part: usize| Step::SupplyOf(part);
    [Step::Wait(86_400 * 4)].into_iter().chain((0..3).map(third))
}

fn tranche() -> TrancheId {
    TrancheId::new("main").unwrap()
}

/// The command that a step asks for in this state, and who asks; none for a wait or where there
/// is nothing to ask about.
pub(super) fn command(
    step: &Step,
    state: &State,
    leases: &[Arc<Lease>],
    now: Instant,
    next_job: u64,
) -> Option<(Actor, CommandKind)> {
    let lease = |index: &Index| {
        let signed = state.leases();
        (!signed.is_empty()).then(|| &signed[index.index(signed.len())])
    };
    // Mostly a lease that has something to take.
    let supplied = |index: &Index| {
        let all = state.leases().iter();
        let all: Vec<_> = all.filter(|l| l.is_standing() && !l.nodes().is_empty()).collect();
        if all.is_empty() { lease(index) } else { Some(all[index.index(all.len())]) }
    };
    let recall = |index: &Index| -> Option<&Recall> {
        let all: Vec<&Recall> = state.recalls_in_force().collect();
        (!all.is_empty()).then(|| all[index.index(all.len())])
    };
    let job = |index: &Index| -> Option<JobId> {
        let all: Vec<JobId> = state.jobs().map(|(id, _)| id).collect();
        (!all.is_empty()).then(|| all[index.index(all.len())])
    };
    let run = |first: u32, count: u32| NodeSet::from_range(first..first + count);
    let kind = match step {
        Step::Wait(_) => return None,
        Step::Sign(number) => CommandKind::Sign { lease: leases[*number].clone() },
        Step::Supply(_) | Step::SupplyOf(_) => {
            let record = match step {
                Step::Supply(index) => lease(index)?,
                Step::SupplyOf(number) => state.leases().get(*number)?,
                _ => return None,
            };
            let found = &record.tranches[0];
            let missing = found.units.saturating_sub(found.delivered);
            let nodes = place_grant(state.occupancy(), found.pool, missing)
                .or_else(|| place_grant(state.occupancy(), found.pool, Units(missing.0.min(8))))?;
            CommandKind::Deliver { lease: record.id.clone(), tranche: tranche(), nodes }
        }
        Step::Deliver { lease: index, first, count } => CommandKind::Deliver {
            lease: lease(index)?.id.clone(),
            tranche: tranche(),
            nodes: run(*first, *count),
        },
        Step::Submit { units, small } => CommandKind::JobSubmit {
            job: JobId(next_job),
            pool: PoolId::new(if *small { "lab/gb200" } else { "lab/h100" }).unwrap(),
            units: Units(*units),
            expected: Seconds::from_hours(3),
        },
        Step::Start(index) => {
            let id = job(index)?;
            let wants = state.job(id)?;
            let also = state.set_aside(id);
            let slots = place_job(state.occupancy(), wants.pool, wants.units, &also)?;
            CommandKind::JobStart { job: id, slots }
        }
        Step::StartAt { job: index, first, count, part } => {
            let part = part.iter().map(|(node, used)| (NodeId(*node), *used)).collect();
            CommandKind::JobStart {
                job: job(index)?,
                slots: Slots { whole: run(*first, *count), part },
            }
        }
        Step::End(index, outcome) => CommandKind::JobEnd { job: job(index)?, outcome: *outcome },
        Step::Fail(node) => CommandKind::Fail { node: NodeId(*node) },
        Step::Repair(node) => CommandKind::Repair { node: NodeId(*node) },
        Step::Order(wanted) => CommandKind::OrderRecall(RecallRequest {
            lease: supplied(&wanted.lease)?.id.clone(),
            tranche: tranche(),
            class: if wanted.short { "short" } else { "planned" }.into(),
            take: match wanted.run {
                Some((first, count)) => Take::Nodes(run(first, count)),
                None => Take::Units(Units(wanted.units)),
            },
            trigger: wanted.trigger,
            for_job: wanted.for_job.as_ref().and_then(job),
            expected_return: now.saturating_add(Seconds::from_hours(wanted.back_after_hours)),
            release_at: wanted
                .release_after_minutes
                .map(|minutes| now.saturating_add(Seconds::from_minutes(minutes))),
            force: wanted.force,
            reason: "tried".into(),
        }),
        Step::Drill { lease: index, units } => CommandKind::RunDrill {
            lease: supplied(index)?.id.clone(),
            tranche: tranche(),
            class: "short".into(),
            units: Units(*units),
            reason: "tried".into(),
        },
        Step::Serve { recall: index, ago } => CommandKind::ServeRecall {
            recall: recall(index)?.id,
            served: now.saturating_add(Seconds(-ago)),
        },
        Step::Acknowledge(index) => CommandKind::Acknowledge { recall: recall(index)?.id },
        Step::Withdraw(index) => {
            CommandKind::WithdrawRecall { recall: recall(index)?.id, reason: "tried".into() }
        }
        Step::Released(index) => CommandKind::Released { recall: recall(index)?.id },
        Step::Extend { recall: index, hours, force } => {
            let found = recall(index)?;
            CommandKind::ExtendRecall {
                recall: found.id,
                expected_return: found.expected_return.saturating_add(Seconds::from_hours(*hours)),
                force: *force,
                reason: "tried".into(),
            }
        }
        Step::Return(index) => CommandKind::ReturnRecall { recall: recall(index)?.id },
        Step::Notice { lease: index, owner } => CommandKind::ServeNotice {
            lease: lease(index)?.id.clone(),
            side: if *owner { Side::Owner } else { Side::Tenant },
            received: now,
            reason: String::new(),
        },
        Step::WithdrawNotice { lease: index, owner } => CommandKind::WithdrawNotice {
            lease: lease(index)?.id.clone(),
            side: if *owner { Side::Owner } else { Side::Tenant },
            consent: "a letter".into(),
        },
        Step::Elect { lease: index, remedy } => CommandKind::ElectRemedy {
            lease: lease(index)?.id.clone(),
            tranche: tranche(),
            remedy: *remedy,
        },
        Step::Amend { lease: index, units, recallable, days, release } => {
            let record = lease(index)?;
            let mut next = Lease::clone(record.lease());
            next.version += 1;
            let today = next.zone.date_of(now);
            next.effective = crate::state::timer::days_after(today, u32::from(days.unsigned_abs()));
            let main = &mut next.tranches[0];
            main.units = Units(main.units.0.saturating_add_signed(*units).max(1));
            let most = main.units;
            if next.recall.is_some() {
                main.recallable =
                    Units(main.recallable.0.saturating_add_signed(*recallable)).min(most);
            }
            let granted = state.granted(&record.id, &tranche()).first(*release);
            let release = if granted.is_empty() { vec![] } else { vec![(tranche(), granted)] };
            let reason = "tried".into();
            CommandKind::Amend { lease: Arc::new(next), release, reason }
        }
    };
    Some((owner(), kind))
}
