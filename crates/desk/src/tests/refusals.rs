//! What people read when the desk says no.

use leasehold_contract::lease::{Remedy, Side, Trigger};
use leasehold_planner::{NodeSet, Slots};
use leasehold_types::{JobId, LeaseId, NodeId, PoolId, RecallId, Seconds, TrancheId, Units};

use super::fixture::*;
use crate::{Actor, Command, CommandKind, Outcome, Settings, Take, decide};

/// What each command is answered with, a line each; none of them may succeed.
fn answers(world: &mut World, asked: Vec<(Actor, CommandKind)>) -> String {
    let before = world.state().digest();
    let lines: Vec<String> = asked
        .into_iter()
        .map(|(by, kind)| world.tries(by, kind).unwrap_err().to_string())
        .collect();
    assert_eq!(world.state().digest(), before);
    lines.join("\n")
}

#[test]
fn about_the_clock_and_who_asks() {
    let mut world = World::delivered(Settings::REPLAY);
    let stranger = Actor::Tenant(leasehold_types::TenantId::new("rival").unwrap(), "eve".into());
    let notice = |side| CommandKind::ServeNotice {
        lease: lease(),
        side,
        received: at("2027-02-02T12:00:00Z"),
        reason: String::new(),
    };
    let long = "x".repeat(2_001);
    let told = answers(
        &mut world,
        vec![
            (Actor::Clock, CommandKind::Fail { node: NodeId(1) }),
            (tenant(), CommandKind::Fail { node: NodeId(1) }),
            (tenant(), notice(Side::Owner)),
            (stranger, notice(Side::Tenant)),
            (owner(), CommandKind::WithdrawRecall { recall: RecallId(1), reason: long }),
        ],
    );
    insta::assert_snapshot!(told, @r"
    the clock may not do more than tick; name who really asks
    tom of acme may not ask for that; a tenant gives and withdraws its own notice, elects a remedy, and acknowledges recalls; the rest is the owner's
    tom of acme may not ask for that; a tenant gives and withdraws its own notice, elects a remedy, and acknowledges recalls; the rest is the owner's
    eve of rival may not act on another tenant's lease; name a lease of its own
    the reason has 2001 bytes; shorten it to 2000
    ");

    let tick = Command::tick();
    let early = decide(world.state(), &tick, at("2027-02-01T00:00:00Z")).unwrap_err();
    let recall = world.order(request(8, "short", "2027-02-03T00:00:00Z"));
    let late = Command::new(owner(), CommandKind::Acknowledge { recall });
    let due = decide(world.state(), &late, at("2027-02-02T13:00:00Z")).unwrap_err();
    insta::assert_snapshot!(format!("{early}\n{due}"), @r"
    it cannot be 2027-02-01T00:00:00Z: events up to 2027-02-01T12:00:00Z are on record; set the clock right
    something is due since 2027-02-02T13:00:00Z; tick until nothing is due, then ask again
    ");
}

#[test]
fn about_leases() {
    let mut world = World::delivered(Settings::REPLAY);
    let other = |changes: &[(&str, &str)]| {
        let mut all = vec![("id = \"acme\"\ntitle", "id = \"bolt\"\ntitle")];
        all.extend(changes);
        CommandKind::Sign { lease: sheet_with(&all) }
    };
    let version = |changes: &[(&str, &str)]| {
        let mut all = vec![(
            "signed = 2027-01-10",
            "signed = 2027-01-10\nversion = 2\neffective = 2027-02-10",
        )];
        all.extend(changes);
        CommandKind::Amend { lease: sheet_with(&all), release: vec![], reason: String::new() }
    };
    let nobody = LeaseId::new("nobody").unwrap();
    let received = at("2027-02-03T00:00:00Z");
    let (side, reason) = (Side::Tenant, String::new());
    let told = answers(
        &mut world,
        vec![
            (owner(), CommandKind::Sign { lease: compile(SHEET) }),
            (owner(), other(&[("pool = \"lab/h100\"", "pool = \"lab/b300\"")])),
            (owner(), other(&[])),
            (
                owner(),
                other(&[
                    ("last_day = 2027-12-31", "last_day = 2027-02-01"),
                    ("delivery = 2027-02-01", "delivery = 2027-01-15"),
                    ("from = 2027-02-01", "from = 2027-01-15"),
                ]),
            ),
            (owner(), version(&[("version = 2", "version = 3")])),
            (owner(), version(&[("effective = 2027-02-10", "effective = 2027-02-02")])),
            (owner(), version(&[("id = \"acme\"\nname", "id = \"bolt\"\nname")])),
            (owner(), version(&[("units = 60", "units = 40")])),
            (owner(), version(&[("units = 60", "units = 97")])),
            (
                owner(),
                CommandKind::ServeNotice { lease: nobody, side, received, reason: reason.clone() },
            ),
            (
                owner(),
                CommandKind::ServeNotice { lease: lease(), side, received, reason: reason.clone() },
            ),
            (
                owner(),
                CommandKind::ServeNotice {
                    lease: lease(),
                    side,
                    received: at("2027-01-01T00:00:00Z"),
                    reason,
                },
            ),
            (owner(), CommandKind::WithdrawNotice { lease: lease(), side, consent: "x".into() }),
        ],
    );
    insta::assert_snapshot!(told, @r"
    lease `acme`: it is signed already; amend it, or sign under another name
    lease `bolt`: tranche `main` is of pool `lab/b300`, which the fleet does not have; correct it
    lease `bolt`: at 2027-02-02T12:00:00Z pool `lab/h100` would have 128 units promised of 96 owned; lease fewer, later, or elsewhere
    lease `bolt`: it ends on 2027-02-02, which is past; correct the term sheet
    lease `acme`: version 3 was given where version 2 is next; renumber the term sheet
    lease `acme`: version 2 would take effect on 2027-02-02, which is past; give it a later date, and correct the past by a credit note and a new charge
    lease `acme`: an amendment may not change the tenant: it was acme, and is bolt; sign a new lease
    lease `acme`, tranche `main`: version 2 keeps 5 nodes where 8 are delivered and 0 of them are released; release 3 more, or keep them
    lease `acme`: at 2027-02-10T06:00:00Z pool `lab/h100` would have 104 units promised of 96 owned; lease fewer, later, or elsewhere
    lease `nobody`: it was never signed here; sign it first, or correct the name
    lease `acme`: the notice is said to be received at 2027-02-03T00:00:00Z, after now; record it then
    lease `acme`: a notice received at 2027-01-01T00:00:00Z would have ended it on 2027-01-30, which is past; correct the date of receipt, or serve a notice now
    lease `acme`: the tenant has no notice standing; there is nothing to withdraw
    ");
}

#[test]
fn about_an_amendment_that_is_pending() {
    let mut world = World::delivered(Settings::REPLAY);
    world.order(request(16, "planned", "2027-02-05T00:00:00Z"));
    let second = |changes: &[(&str, &str)], release: NodeSet| {
        let mut all = vec![(
            "signed = 2027-01-10",
            "signed = 2027-01-10\nversion = 2\neffective = 2027-02-04",
        )];
        all.extend(changes);
        let release = vec![(tranche(), release)];
        CommandKind::Amend { lease: sheet_with(&all), release, reason: String::new() }
    };
    let fewer = [("units = 60", "units = 44"), ("recallable = 36", "recallable = 20")];
    let firm = [
        ("units = 60", "units = 44"),
        ("recallable = 36", "recallable = 8"),
        ("most_units = 16", "most_units = 8"),
    ];
    let told = answers(
        &mut world,
        vec![
            (owner(), second(&fewer, nodes(5..7))),
            (owner(), second(&fewer, nodes(7..9))),
            (owner(), second(&firm, nodes(0..2))),
            (owner(), second(&[("name = \"planned\"", "name = \"slow\"")], NodeSet::EMPTY)),
        ],
    );
    insta::assert_snapshot!(told, @r"
    lease `acme`, tranche `main`: node 6 is in recall 1 already; name others, or wait for its return
    lease `acme`, tranche `main`: node 8 is not at its disposal; name nodes that were delivered to it
    lease `acme`, tranche `main`: version 2 leaves 8 units recallable where 12 are recalled; return or withdraw recalls first
    lease `acme`, tranche `main`: version 2 has no notice class `planned`, by which units are or would be recalled; keep the class in it, or recall by another
    ");
    world.does(owner(), second(&fewer, nodes(0..2)));
    let order = |units, range: Option<std::ops::Range<u32>>| {
        let mut wanted = request(units, "short", "2027-02-03T00:00:00Z");
        if let Some(range) = range {
            wanted.take = Take::Nodes(nodes(range));
        }
        CommandKind::OrderRecall(wanted)
    };
    let told = answers(
        &mut world,
        vec![
            (owner(), second(&fewer, nodes(0..2))),
            (owner(), order(0, Some(0..1))),
            (owner(), order(0, Some(6..7))),
            (owner(), order(16, None)),
        ],
    );
    insta::assert_snapshot!(told, @r"
    lease `acme`: version 2 takes effect at 2027-02-04T06:00:00Z; amend again after that
    lease `acme`, tranche `main`: node 0 goes back to the owner by the amendment that is pending; name others
    lease `acme`, tranche `main`: node 6 is in recall 1 already; name others, or wait for its return
    lease `acme`, tranche `main`: 16 units would reach into the firm ones, which are never recalled, not even by force: at most 8 can be taken now
    ");
}

#[test]
fn about_deliveries() {
    let mut world = World::new(Settings::REPLAY);
    world.does(owner(), CommandKind::Sign { lease: compile(SHEET) });
    let deliver =
        |range| CommandKind::Deliver { lease: lease(), tranche: tranche(), nodes: nodes(range) };
    let elect = |remedy| CommandKind::ElectRemedy { lease: lease(), tranche: tranche(), remedy };
    let early =
        answers(&mut world, vec![(owner(), deliver(0..8)), (tenant(), elect(Remedy::Wait))]);
    world.at("2027-02-01T12:00:00Z");
    world.does(owner(), CommandKind::Fail { node: NodeId(3) });
    let other = CommandKind::Deliver {
        lease: lease(),
        tranche: TrancheId::new("second").unwrap(),
        nodes: nodes(0..1),
    };
    let due = answers(
        &mut world,
        vec![
            (owner(), other),
            (owner(), deliver(0..0)),
            (owner(), deliver(0..9)),
            (owner(), deliver(11..13)),
            (owner(), deliver(3..5)),
            (owner(), deliver(6..12)),
            (owner(), deliver(99..101)),
        ],
    );
    world.at("2027-02-12T00:00:00Z");
    world.does(tenant(), elect(Remedy::AcceptFewer));
    let decided =
        answers(&mut world, vec![(owner(), deliver(0..1)), (tenant(), elect(Remedy::Wait))]);
    insta::assert_snapshot!(format!("{early}\n{due}\n{decided}"), @r"
    lease `acme`, tranche `main`: delivery is due from 2027-02-01T06:00:00Z on, and before that nothing is owed; deliver then, or amend the date
    lease `acme`, tranche `main`: no election is open: its grace is not over
    lease `acme`, tranche `second`: the lease has no such tranche; name one of `main`
    lease `acme`, tranche `main`: no nodes are named; name at least one
    lease `acme`, tranche `main`: 9 nodes are too many: 8 more make it whole; deliver at most those
    lease `acme`, tranche `main`: node 12 is not of pool `lab/h100`; name nodes of that pool
    node 3 is down and takes neither a lease nor a job; repair it first
    node 6: hall lab/west may draw 52000 W and 12000 W are spoken for, so 48000 W more are too much; use another hall, or end something there
    lease `acme`, tranche `main`: node 99 is not of pool `lab/h100`; name nodes of that pool
    lease `acme`, tranche `main`: the tenant accepted 0 units for good; amend the lease to deliver more
    lease `acme`, tranche `main`: no election is open: it has been decided
    ");
}

#[test]
fn about_jobs_and_nodes() {
    let mut world = World::delivered(Settings::REPLAY);
    world.submit(1, 16);
    world.submit(2, 8);
    world.start(2, whole(8..9));
    let submit = |job, pool: &str, units, hours| CommandKind::JobSubmit {
        job: JobId(job),
        pool: PoolId::new(pool).unwrap(),
        units: Units(units),
        expected: Seconds::from_hours(hours),
    };
    let start = |job, slots| CommandKind::JobStart { job: JobId(job), slots };
    let end = |job, outcome| CommandKind::JobEnd { job: JobId(job), outcome };
    let twice = Slots { whole: nodes(9..10), part: vec![(NodeId(9), 8)] };
    let told = answers(
        &mut world,
        vec![
            (Actor::Scheduler, submit(1, "lab/h100", 8, 1)),
            (Actor::Scheduler, submit(3, "lab/b300", 8, 1)),
            (Actor::Scheduler, submit(3, "lab/h100", 97, 1)),
            (Actor::Scheduler, submit(3, "lab/h100", 0, 1)),
            (Actor::Scheduler, submit(3, "lab/h100", 8, -1)),
            (Actor::Scheduler, start(3, whole(9..11))),
            (Actor::Scheduler, start(2, whole(9..10))),
            (Actor::Scheduler, start(1, whole(9..10))),
            (Actor::Scheduler, start(1, whole(11..13))),
            (Actor::Scheduler, start(1, whole(7..9))),
            (Actor::Scheduler, start(1, whole(8..10))),
            (Actor::Scheduler, start(1, twice)),
            (Actor::Scheduler, end(1, Outcome::Completed)),
            (Actor::Scheduler, end(9, Outcome::Completed)),
            (owner(), CommandKind::Repair { node: NodeId(1) }),
            (owner(), CommandKind::Fail { node: NodeId(16) }),
        ],
    );
    insta::assert_snapshot!(told, @r"
    job 1: a job of this number waits or runs; give it another number
    job 3: the fleet has no pool `lab/b300`; name one of its pools
    job 3: it asks for 97 units; ask for 1 to 96, all that pool `lab/h100` has
    job 3: it asks for 0 units; ask for 1 to 96, all that pool `lab/h100` has
    job 3: it is expected to run for -1 h; say how long, zero or more
    job 3: no such job waits or runs; submit it first, or correct the number
    job 2: it runs already; end it first
    job 1: it asked for 16 units and is given 8; give it what it asked for
    job 1: node 12 is not of pool `lab/h100`; place it in its pool
    node 7 is leased to lease 0, and has one holder at a time; take one that is the owner's (lease 0 is `acme`)
    node 8 has 0 free accelerators, and 8 are asked; place the job anew
    node 9 of the slots is named twice, out of order, or with no accelerators
    job 1: it does not run; only `cancelled` ends a job that waits
    job 9: no such job waits or runs; submit it first, or correct the number
    node 1 is up already
    node 16 is not in the fleet, whose 16 nodes are numbered from 0; is it of another fleet?
    ");
}

#[test]
fn about_ordering_recalls() {
    let mut world = World::delivered(Settings::REPLAY);
    world.does(
        Actor::Scheduler,
        CommandKind::JobSubmit {
            job: JobId(7),
            pool: PoolId::new("lab/gb200").unwrap(),
            units: Units(4),
            expected: Seconds(60),
        },
    );
    let order = |change: &dyn Fn(&mut crate::RecallRequest)| {
        let mut wanted = request(8, "short", "2027-02-03T00:00:00Z");
        change(&mut wanted);
        (owner(), CommandKind::OrderRecall(wanted))
    };
    let told = answers(
        &mut world,
        vec![
            order(&|r| r.trigger = Trigger::Drill),
            order(&|r| r.trigger = Trigger::LegalOrder),
            order(&|r| r.class = "instant".into()),
            order(&|r| (r.class, r.force) = ("instant".into(), true)),
            order(&|r| (r.take, r.force) = (Take::Units(Units(44)), true)),
            order(&|r| r.take = Take::Units(Units(24))),
            order(&|r| r.take = Take::Units(Units(80))),
            order(&|r| r.take = Take::Units(Units(0))),
            order(&|r| r.take = Take::Nodes(nodes(8..9))),
            order(&|r| r.expected_return = at("2027-02-02T13:00:00Z")),
            order(&|r| r.expected_return = at("2027-02-10T13:00:00Z")),
            order(&|r| r.release_at = Some(at("2027-11-19T00:00:00Z"))),
            order(&|r| r.for_job = Some(JobId(3))),
            order(&|r| r.for_job = Some(JobId(7))),
        ],
    );
    insta::assert_snapshot!(told, @r"
    ada of the owner may not recall units for a drill; run a drill, which takes nothing
    a recall from lease `acme`, tranche `main` is outside its clause: legal_order is no event that allows a recall; the clause names those that do; change the order, or order it with `force` as a breach on record
    a recall from lease `acme`, tranche `main` is refused, by force too: the recall clause has no class `instant`; it has planned, short; change the order
    a recall from lease `acme`, tranche `main` is refused, by force too: the recall clause has no class `instant`; it has planned, short; change the order
    lease `acme`, tranche `main`: 44 units would reach into the firm ones, which are never recalled, not even by force: at most 36 can be taken now
    a recall from lease `acme`, tranche `main` is outside its clause: at most 16 units may be out by class `short` at once, 0 are or will be; recall at most 16; change the order, or order it with `force` as a breach on record
    lease `acme`, tranche `main`: 80 units are asked for, and the nodes that are up and free of recalls hold 64; ask for fewer, or repair nodes
    lease `acme`, tranche `main`: no nodes are named; name at least one
    lease `acme`, tranche `main`: node 8 is not at its disposal; name nodes that were delivered to it
    a recall from lease `acme`, tranche `main` is refused, by force too: it returns at 2027-02-02T13:00:00Z, which is not after its release at 2027-02-02T14:00:00Z; name a later return; change the order
    a recall from lease `acme`, tranche `main` is outside its clause: a recall lasts at most 3 d, this one 7 d 23 h; return by 2027-02-05T14:00:00Z; change the order, or order it with `force` as a breach on record
    a recall from lease `acme`, tranche `main` is refused, by force too: it returns at 2027-02-03T00:00:00Z, which is not after its release at 2027-11-19T00:00:00Z; name a later return; change the order
    job 3: no such job waits or runs; submit it first, or correct the number
    job 7: it does not want units of pool `lab/h100`; recall from its own pool, or for no job
    ");
}

#[test]
fn about_recalls_under_way() {
    let mut world = World::delivered(Settings::LIVE);
    let recall = world.order(request(8, "short", "2027-02-03T00:00:00Z"));
    let serve = |served: &str| CommandKind::ServeRecall { recall, served: at(served) };
    let mut told = answers(
        &mut world,
        vec![
            (owner(), CommandKind::OrderRecall(request(8, "short", "2027-02-03T00:00:00Z"))),
            (Actor::Post, serve("2027-02-02T11:00:00Z")),
            (
                Actor::Post,
                CommandKind::ServeRecall {
                    recall: RecallId(9),
                    served: at("2027-02-02T12:00:00Z"),
                },
            ),
            (tenant(), CommandKind::Acknowledge { recall }),
            (Actor::Engine, CommandKind::Released { recall }),
            (owner(), CommandKind::ReturnRecall { recall }),
        ],
    );
    world.does(Actor::Post, serve("2027-02-02T12:00:00Z"));
    world.at("2027-02-02T13:30:00Z");
    let extend = |until: &str| CommandKind::ExtendRecall {
        recall,
        expected_return: at(until),
        force: false,
        reason: String::new(),
    };
    told += "\n";
    told += &answers(
        &mut world,
        vec![
            (tenant(), CommandKind::Acknowledge { recall }),
            (Actor::Engine, CommandKind::Released { recall }),
            (owner(), extend("2027-02-02T20:00:00Z")),
            (owner(), extend("2027-02-06T00:00:00Z")),
        ],
    );
    world.at("2027-02-02T14:00:00Z");
    world.does(Actor::Engine, CommandKind::Released { recall });
    world.submit(1, 8);
    world.start(1, whole(6..7));
    told += "\n";
    told += &answers(
        &mut world,
        vec![
            (owner(), CommandKind::ReturnRecall { recall }),
            (owner(), CommandKind::WithdrawRecall { recall, reason: String::new() }),
        ],
    );
    world.end(1, Outcome::Completed);
    world.does(owner(), CommandKind::ReturnRecall { recall });
    let mut again = request(8, "short", "2027-02-03T00:00:00Z");
    again.take = Take::Nodes(nodes(6..7));
    let order = CommandKind::OrderRecall(again);
    told += "\n";
    told += &answers(&mut world, vec![(owner(), order), (owner(), extend("2027-02-06T00:00:00Z"))]);
    insta::assert_snapshot!(told, @r"
    lease `acme`: the notice of recall 1 is on its way; confirm that it was served, or withdraw it
    recall 1: it is said to be served at 2027-02-02T11:00:00Z, not between its order at 2027-02-02T12:00:00Z and now
    recall 9: there is none of this number; correct it
    recall 1: it is ordered, and only one that is served and in force can be acknowledged
    recall 1: it is ordered, and only one that is draining or overdue can be released
    recall 1: it is ordered, and only one that is released can be returned
    recall 1: the tenant has assented to it already; nothing is left to acknowledge
    recall 1: the tenant has the units until 2027-02-02T14:00:00Z; confirm the release then
    recall 1: its return is expected at 2027-02-03T00:00:00Z; extend it to a later instant than 2027-02-02T20:00:00Z
    recall 1: kept until 2027-02-06T00:00:00Z it is outside its clause: a recall lasts at most 3 d, this one 3 d 10 h; return by 2027-02-05T14:00:00Z; return it earlier, or extend it with `force`, which is a breach from then on
    recall 1: jobs run on its nodes (1); end them first
    recall 1: it is released, and only one that is ordered or under notice can be withdrawn
    a recall from lease `acme`, tranche `main` is outside its clause: node 6 is back from a recall and rests; name nodes that do not; change the order, or order it with `force` as a breach on record
    recall 1: it is returned, and only one that is in force and needed can be extended
    ");
}
