//! What must hold after every step of every history.

use leasehold_books::event::{Event, EventKey, PaidToward, Payment};
use leasehold_contract::lease::Side;
use leasehold_desk::{CommandKind, Digest, Outcome};
use leasehold_planner::{NodeSet, Slots};
use leasehold_types::{Instant, JobId, Money, NodeId, PoolId, RecallId, Seconds, Units};
use proptest::prelude::*;

use super::fixture::*;
use crate::live::{Act, ActKind, Entry, FourEyes, Live, Policy, Replay, Role, Step, Stopped, Who};

/// A random step; what it becomes depends on the state.
#[derive(Debug, Clone)]
enum Random {
    Wait(i64),
    Sign(bool),
    Recall { units: u64, class: bool, hours: i64, force: bool },
    Notice(bool),
    Confirm(u8, u8),
    Approve(bool),
    Desk(u8, u8),
    Pay(u8, u32),
    People(u8, u8),
}

fn random() -> impl Strategy<Value = Random> {
    prop_oneof![
        3 => (0_i64..400_000).prop_map(Random::Wait),
        2 => any::<bool>().prop_map(Random::Sign),
        3 => (1_u64..40, any::<bool>(), 1_i64..120, any::<bool>())
            .prop_map(|(units, class, hours, force)| Random::Recall { units, class, hours, force }),
        1 => any::<bool>().prop_map(Random::Notice),
        6 => (any::<u8>(), 0_u8..7).prop_map(|(which, by)| Random::Confirm(which, by)),
        2 => any::<bool>().prop_map(Random::Approve),
        8 => (any::<u8>(), any::<u8>()).prop_map(|(what, which)| Random::Desk(what, which)),
        2 => (0_u8..4, 1_u32..100_000).prop_map(|(id, cents)| Random::Pay(id, cents)),
        3 => (any::<u8>(), any::<u8>()).prop_map(|(what, which)| Random::People(what, which)),
    ]
}

/// The act that a step is in this state, and by whom.
fn act(world: &mut World, step: &Random) -> Option<Act> {
    let number = world.fresh();
    let name = |first: bool| if first { "acme" } else { "rival" };
    let (by, kind) = match step {
        Random::Wait(_) => return None,
        Random::Sign(first) => {
            let sheet = sheet_of(name(*first));
            let step = Step::Sign { lease: compile(&sheet), sheet: sheet.into() };
            (CAPACITY, ActKind::Quote { id: quote(number), step })
        }
        Random::Recall { units, class, hours, force } => {
            let class = if *class { "planned" } else { "short" };
            let returned = world.now.saturating_add(Seconds::from_hours(*hours));
            let mut request = recall_of("acme", *units, class, returned);
            request.force = *force;
            (CAPACITY, ActKind::Quote { id: quote(number), step: Step::Recall(request) })
        }
        Random::Notice(first) => {
            let (lease, by) = (lease(name(*first)), if *first { ACME } else { CAPACITY });
            let side = if *first { Side::Tenant } else { Side::Owner };
            let step = Step::Notice { lease, side, received: None, reason: String::new() };
            (by, ActKind::Quote { id: quote(number), step })
        }
        Random::Confirm(which, by) => {
            let quotes: Vec<_> = world.live.quotes().map(|held| held.made.id.clone()).collect();
            let quote = quotes.get(usize::from(*which) % quotes.len().max(1))?.clone();
            (u64::from(*by), ActKind::Confirm { quote, approval: approval(number) })
        }
        Random::Approve(yes) => {
            let approval = world.live.approvals().last()?.id.clone();
            let reason = "no".to_owned();
            let kind = if *yes {
                ActKind::Approve { approval }
            } else {
                ActKind::Decline { approval, reason }
            };
            (APPROVER, kind)
        }
        Random::Desk(what, which) => (CAPACITY, ActKind::Do(command(world, *what, *which, number))),
        Random::Pay(id, cents) => {
            let money = Money::new(i128::from(*cents), "USD".parse().unwrap());
            let (toward, invoices) = (PaidToward::Invoices, None);
            let kind = Payment { money, toward, invoices, reference: String::new() }.into();
            let key = EventKey::new("bank", &id.to_string());
            let (at, lease) = (Instant::EPOCH, lease("acme"));
            (FINANCE, ActKind::Record(vec![Event { key, at, effective: None, lease, kind }]))
        }
        Random::People(what, which) => (ADMIN, people(world, *what, *which, number)),
    };
    Some(Act { by: Who::User(user(by)), kind })
}

fn command(world: &World, what: u8, which: u8, number: u64) -> CommandKind {
    let recall = RecallId(u64::from(which % 4) + 1);
    let (node, job) = (u32::from(which % 12), JobId(number - u64::from(which % 3)));
    let lease = lease(if which.is_multiple_of(2) { "acme" } else { "rival" });
    match what % 12 {
        0 | 1 => {
            let nodes = NodeSet::from_range(node..(node + 4).min(12));
            CommandKind::Deliver { lease, tranche: tranche(), nodes }
        }
        2 => CommandKind::ServeRecall { recall, served: world.now },
        3 => CommandKind::Released { recall },
        4 => CommandKind::ReturnRecall { recall },
        5 => CommandKind::WithdrawRecall { recall, reason: "not needed".into() },
        6 => CommandKind::Fail { node: NodeId(node) },
        7 => CommandKind::Repair { node: NodeId(node) },
        8 => CommandKind::JobSubmit {
            job: JobId(number),
            pool: PoolId::new("lab/h100").unwrap(),
            units: Units(8),
            expected: Seconds::from_hours(5),
        },
        9 => {
            let whole = NodeSet::from_range(node..node + 1);
            CommandKind::JobStart { job, slots: Slots { whole, part: Vec::new() } }
        }
        10 => CommandKind::JobEnd { job, outcome: Outcome::Completed },
        _ => CommandKind::RunDrill {
            lease,
            tranche: tranche(),
            class: "planned".into(),
            units: Units(8),
            reason: "a rehearsal".into(),
        },
    }
}

fn people(world: &World, what: u8, which: u8, number: u64) -> ActKind {
    let known = user(u64::from(which % 8));
    match what % 7 {
        0 => ActKind::AddUser(new_user(number, "acme", Role::TenantViewer)),
        1 => ActKind::ChangeUser {
            user: known,
            name: None,
            roles: None,
            disabled: Some(which > 200),
        },
        2 => ActKind::AddKey(new_key(number, "owner", Role::Auditor)),
        3 => ActKind::RevokeKey { key: key(number - 1) },
        4 => {
            let hash = Digest::of(&number.to_be_bytes());
            let expires = world.now.saturating_add(Seconds::from_hours(i64::from(which)));
            ActKind::BeginSession { hash, expires }
        }
        5 => ActKind::EndSession { hash: Digest::of(&(number - 1).to_be_bytes()) },
        _ => {
            let bit = |n: u8| which & n != 0;
            let four_eyes =
                FourEyes { recall_outside_terms: bit(1), signing: bit(2), voiding: bit(4) };
            ActKind::SetPolicy(Policy { four_eyes })
        }
    }
}

fn step(world: &mut World, step: &Random) -> Result<(), TestCaseError> {
    if let Random::Wait(seconds) = step {
        world.now = world.now.saturating_add(Seconds(*seconds));
    }
    let fail = |error: Stopped| TestCaseError::fail(error.to_string());
    world.live.advance(world.now, &mut world.entries).map_err(fail)?;
    let Some(act) = act(world, step) else { return Ok(()) };
    let before = (world.live.to_snapshot().unwrap(), world.entries.len());
    match world.live.handle(&act, world.now, &mut world.entries) {
        Ok(()) => {}
        Err(Stopped::Refused(refusal)) => {
            let after = (world.live.to_snapshot().unwrap(), world.entries.len());
            prop_assert!(
                before == after,
                "{:?} was refused ({}) and changed something",
                act,
                refusal
            );
        }
        Err(other) => return Err(fail(other)),
    }
    prop_assert!(world.live.next_due().is_none_or(|due| due > world.now));
    Ok(())
}

/// The journal from its start, and from a snapshot in the middle, gives the state to the byte.
fn check_replay(world: &World, cut: usize) -> Result<(), TestCaseError> {
    let whole = world.live.to_snapshot().unwrap();
    prop_assert!(world.replayed() == whole, "the replay differs");
    let cut = cut % world.entries.len();
    let mut first = Replay::default();
    for entry in &world.entries[..=cut] {
        first.apply(entry).unwrap();
    }
    let bytes = first.into_live().unwrap().to_snapshot().unwrap();
    let mut second = Replay::from(Live::from_snapshot(&bytes).unwrap());
    for entry in &world.entries[cut + 1..] {
        second.apply(entry).unwrap();
    }
    let resumed = second.into_live().unwrap();
    prop_assert_eq!(resumed.next_due(), world.live.next_due());
    prop_assert!(resumed.to_snapshot().unwrap() == whole, "from a snapshot it differs");
    prop_assert!(world.entries.windows(2).all(|pair: &[Entry]| pair[0].at <= pair[1].at));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_history_replays_to_the_byte(
        steps in prop::collection::vec(random(), 1..60),
        cut in any::<usize>(),
    ) {
        let mut world = World::delivered();
        for random in &steps {
            step(&mut world, random)?;
        }
        check_replay(&world, cut)?;
    }
}
