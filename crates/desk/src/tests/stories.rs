//! Whole stories, read from the log.

use leasehold_contract::facts::{TakenUnits, Taking};
use leasehold_contract::lease::{Remedy, Side, Trigger};
use leasehold_planner::Slots;
use leasehold_types::{JobId, LeaseId, RecallId, Units};

use super::fixture::*;
use crate::{Actor, CommandKind, Delivery, LeaseEnd, Outcome, Settings, State, Take};

/// The takings of the lease, a line each.
fn takings(state: &State) -> String {
    let taken = |taking: &Taking| {
        let TakenUnits::Numbered(ranges) = &taking.units else { panic!("{taking:?}") };
        let units: Vec<String> =
            ranges.iter().map(|r| format!("{}+{}", r.first, r.count)).collect();
        let within = if taking.within_clause { "within" } else { "outside" };
        format!("{} units {} {} {within}", taking.period, units.join(","), taking.class)
    };
    let facts = state.facts(&lease()).unwrap();
    facts.takings.iter().map(taken).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_recall_for_a_job_goes_back_when_the_job_ends() {
    let mut world = World::delivered(Settings::REPLAY);
    world.submit(1, 32);
    let mut wanted = request(16, "planned", "2027-02-05T00:00:00Z");
    wanted.for_job = Some(JobId(1));
    world.order(wanted);
    world.at("2027-02-03T13:00:00Z");
    let recalled = world.state().set_aside(JobId(1));
    let slots = Slots { whole: nodes(8..10).union(&recalled), part: Vec::new() };
    world.start(1, slots);
    world.at("2027-02-03T20:00:00Z");
    world.end(1, Outcome::Completed);
    insta::assert_snapshot!(world.log(), @r"
    2027-02-02T12:00:00Z {job_submitted:{job:1,pool:lab/h100,units:32,expected:36000}} by the scheduler
    2027-02-02T12:00:00Z {recall_ordered:{recall:1,lease:acme,tranche:main,class:planned,trigger:owner_training,nodes:[[6,2]],units:12,for_job:1,expected_return:2027-02-05T00:00:00Z,release_at:null,forced:false,reason:a run waits}} by the recall policy
    2027-02-02T12:00:00Z {recall_served:{recall:1,notice:{served:2027-02-02T12:00:00Z,drain_from:2027-02-03T11:30:00Z,release_due:2027-02-03T12:00:00Z,cut_at:2027-02-03T12:00:00Z},acknowledge_until:2027-02-02T13:00:00Z}} by the recall policy
    2027-02-02T13:00:00Z {recall_acknowledged:{recall:1,deemed:true}} by the clock
    2027-02-03T11:30:00Z {recall_draining:{recall:1}} by the clock
    2027-02-03T12:00:00Z {recall_released:{recall:1}} by the clock
    2027-02-03T13:00:00Z {job_started:{job:1,slots:{whole:[[6,4]]}}} by the scheduler
    2027-02-03T20:00:00Z {job_ended:{job:1,outcome:completed}} by the scheduler
    2027-02-03T20:00:00Z {recall_returned:{recall:1}} by the scheduler
    ");
    insta::assert_snapshot!(takings(world.state()), @"2027-02-03T12:00:00Z to 2027-02-03T20:00:00Z units 48+12 planned within");
    assert_eq!(world.state().granted(&lease(), &tranche()), nodes(0..8));
}

#[test]
fn a_job_that_runs_too_long_keeps_the_units_and_that_is_a_breach() {
    let mut world = World::delivered(Settings::REPLAY);
    world.submit(1, 8);
    let mut wanted = request(8, "short", "2027-02-03T00:00:00Z");
    wanted.for_job = Some(JobId(1));
    world.order(wanted);
    world.at("2027-02-02T14:00:00Z");
    let whole = world.state().set_aside(JobId(1));
    world.start(1, Slots { whole, part: Vec::new() });
    world.at("2027-02-07T00:00:00Z");
    world.end(1, Outcome::Completed);
    insta::assert_snapshot!(world.log(), @r"
    2027-02-02T12:00:00Z {job_submitted:{job:1,pool:lab/h100,units:8,expected:36000}} by the scheduler
    2027-02-02T12:00:00Z {recall_ordered:{recall:1,lease:acme,tranche:main,class:short,trigger:owner_training,nodes:[[6,1]],units:8,for_job:1,expected_return:2027-02-03T00:00:00Z,release_at:null,forced:false,reason:a run waits}} by the recall policy
    2027-02-02T12:00:00Z {recall_served:{recall:1,notice:{served:2027-02-02T12:00:00Z,drain_from:2027-02-02T13:30:00Z,release_due:2027-02-02T14:00:00Z,cut_at:2027-02-02T14:00:00Z},acknowledge_until:2027-02-02T13:00:00Z}} by the recall policy
    2027-02-02T13:00:00Z {recall_acknowledged:{recall:1,deemed:true}} by the clock
    2027-02-02T13:30:00Z {recall_draining:{recall:1}} by the clock
    2027-02-02T14:00:00Z {recall_released:{recall:1}} by the clock
    2027-02-02T14:00:00Z {job_started:{job:1,slots:{whole:[[6,1]]}}} by the scheduler
    2027-02-03T00:00:01Z {recall_overran:{recall:1,expected_return:2027-02-05T14:00:00Z}} by the clock
    2027-02-05T14:00:01Z {breached:{lease:acme,recall:1,breaches:[{kept_too_long:{limit:2027-02-05T14:00:00Z}}]}} by the clock
    2027-02-07T00:00:00Z {job_ended:{job:1,outcome:completed}} by the scheduler
    2027-02-07T00:00:00Z {recall_returned:{recall:1}} by the scheduler
    ");
    insta::assert_snapshot!(takings(world.state()), @r"
    2027-02-02T14:00:00Z to 2027-02-05T14:00:00Z units 48+8 short within
    2027-02-05T14:00:00Z to 2027-02-07T00:00:00Z units 48+8 short outside
    ");
}

#[test]
fn without_a_job_the_need_ends_as_expected_and_the_units_are_offered_back() {
    let mut world = World::delivered(Settings::REPLAY);
    let mut wanted = request(4, "short", "2027-02-03T00:00:00Z");
    wanted.trigger = Trigger::Maintenance;
    wanted.take = Take::Nodes(nodes(7..8));
    let recall = world.order(wanted);
    // The last node holds four units of the tranche, so four are taken.
    assert_eq!(world.state().recall(recall).unwrap().units, Units(4));
    world.at("2027-02-03T07:00:00Z");
    world.does(owner(), CommandKind::ReturnRecall { recall });
    insta::assert_snapshot!(world.log(), @r"
    2027-02-02T12:00:00Z {recall_ordered:{recall:1,lease:acme,tranche:main,class:short,trigger:maintenance,nodes:[[7,1]],units:4,for_job:null,expected_return:2027-02-03T00:00:00Z,release_at:null,forced:false,reason:a run waits}} by the recall policy
    2027-02-02T12:00:00Z {recall_served:{recall:1,notice:{served:2027-02-02T12:00:00Z,drain_from:2027-02-02T13:30:00Z,release_due:2027-02-02T14:00:00Z,cut_at:2027-02-02T14:00:00Z},acknowledge_until:2027-02-02T13:00:00Z}} by the recall policy
    2027-02-02T13:00:00Z {recall_acknowledged:{recall:1,deemed:true}} by the clock
    2027-02-02T13:30:00Z {recall_draining:{recall:1}} by the clock
    2027-02-02T14:00:00Z {recall_released:{recall:1}} by the clock
    2027-02-03T00:00:00Z {recall_need_ended:{recall:1,return_due:2027-02-03T06:00:00Z}} by the clock
    2027-02-03T06:00:01Z {breached:{lease:acme,recall:1,breaches:[{not_offered_back:{limit:2027-02-03T06:00:00Z}}]}} by the clock
    2027-02-03T07:00:00Z {recall_returned:{recall:1}} by ada of the owner
    ");
    insta::assert_snapshot!(takings(world.state()), @r"
    2027-02-02T14:00:00Z to 2027-02-03T06:00:00Z units 56+4 short within
    2027-02-03T06:00:00Z to 2027-02-03T07:00:00Z units 56+4 short outside
    ");
}

#[test]
fn live_each_step_waits_for_word_from_outside() {
    let mut world = World::delivered(Settings::LIVE);
    let recall = world.order(request(8, "short", "2027-02-03T12:00:00Z"));
    world.at("2027-02-02T12:05:00Z");
    let served = at("2027-02-02T12:04:00Z");
    world.does(Actor::Post, CommandKind::ServeRecall { recall, served });
    world.at("2027-02-02T12:30:00Z");
    world.does(tenant(), CommandKind::Acknowledge { recall });
    world.at("2027-02-02T14:10:00Z");
    world.does(Actor::Engine, CommandKind::Released { recall });
    world.at("2027-02-03T00:00:00Z");
    let (force, reason) = (false, "not done yet".to_owned());
    let expected_return = at("2027-02-04T12:00:00Z");
    world.does(owner(), CommandKind::ExtendRecall { recall, expected_return, force, reason });
    world.at("2027-02-04T12:00:00Z");
    world.does(owner(), CommandKind::ReturnRecall { recall });
    insta::assert_snapshot!(world.log(), @r"
    2027-02-02T12:00:00Z {recall_ordered:{recall:1,lease:acme,tranche:main,class:short,trigger:owner_training,nodes:[[6,1]],units:8,for_job:null,expected_return:2027-02-03T12:00:00Z,release_at:null,forced:false,reason:a run waits}} by the recall policy
    2027-02-02T12:05:00Z {recall_served:{recall:1,notice:{served:2027-02-02T12:04:00Z,drain_from:2027-02-02T13:34:00Z,release_due:2027-02-02T14:04:00Z,cut_at:2027-02-02T14:04:00Z},acknowledge_until:2027-02-02T13:04:00Z}} by the post
    2027-02-02T12:30:00Z {recall_acknowledged:{recall:1,deemed:false}} by tom of acme
    2027-02-02T13:34:00Z {recall_draining:{recall:1}} by the clock
    2027-02-02T14:04:00Z {recall_overdue:{recall:1}} by the clock
    2027-02-02T14:10:00Z {recall_released:{recall:1}} by the execution engine
    2027-02-03T00:00:00Z {recall_extended:{recall:1,expected_return:2027-02-04T12:00:00Z,forced:false,reason:not done yet}} by ada of the owner
    2027-02-04T12:00:00Z {recall_need_ended:{recall:1,return_due:2027-02-04T18:00:00Z}} by the clock
    2027-02-04T12:00:00Z {recall_returned:{recall:1}} by ada of the owner
    ");
}

#[test]
fn an_order_outside_the_clause_is_a_breach_where_it_is_forced() {
    let mut world = World::delivered(Settings::REPLAY);
    let mut wanted = request(8, "short", "2027-02-03T00:00:00Z");
    wanted.trigger = Trigger::GridCurtailment;
    wanted.release_at = Some(at("2027-02-02T12:10:00Z"));
    wanted.force = true;
    let recall = world.order(wanted);
    world.at("2027-02-02T12:20:00Z");
    world.does(owner(), CommandKind::ReturnRecall { recall });
    insta::assert_snapshot!(world.log(), @r"
    2027-02-02T12:00:00Z {recall_ordered:{recall:1,lease:acme,tranche:main,class:short,trigger:grid_curtailment,nodes:[[6,1]],units:8,for_job:null,expected_return:2027-02-03T00:00:00Z,release_at:2027-02-02T12:10:00Z,forced:true,reason:a run waits}} by the recall policy
    2027-02-02T12:00:00Z {recall_served:{recall:1,notice:{served:2027-02-02T12:00:00Z,drain_from:2027-02-02T12:00:00Z,release_due:2027-02-02T12:10:00Z,cut_at:2027-02-02T12:10:00Z},acknowledge_until:2027-02-02T13:00:00Z}} by the recall policy
    2027-02-02T12:00:00Z {breached:{lease:acme,recall:1,breaches:[{ordered:{clause:triggers,message:grid_curtailment is no event that allows a recall; the clause names those that do,earliest:null,most:null}},{ordered:{clause:notice,message:class `short` needs a notice of 2 h, the order leaves 10 min; release from 2027-02-02T14:00:00Z on,earliest:2027-02-02T14:00:00Z,most:null}}]}} by the recall policy
    2027-02-02T12:00:00Z {recall_draining:{recall:1}} by the clock
    2027-02-02T12:10:00Z {recall_released:{recall:1}} by the clock
    2027-02-02T12:20:00Z {recall_returned:{recall:1}} by ada of the owner
    ");
    insta::assert_snapshot!(takings(world.state()), @"2027-02-02T12:10:00Z to 2027-02-02T12:20:00Z units 48+8 short outside");
}

#[test]
fn a_notice_that_is_served_too_late_is_refused() {
    let mut world = World::delivered(Settings::LIVE);
    let mut wanted = request(8, "short", "2027-02-03T12:00:00Z");
    wanted.release_at = Some(at("2027-02-02T14:30:00Z"));
    let recall = world.order(wanted);
    world.at("2027-02-02T13:00:00Z");
    let served = at("2027-02-02T12:45:00Z");
    world.does(Actor::Post, CommandKind::ServeRecall { recall, served });
    insta::assert_snapshot!(world.log(), @r"
    2027-02-02T12:00:00Z {recall_ordered:{recall:1,lease:acme,tranche:main,class:short,trigger:owner_training,nodes:[[6,1]],units:8,for_job:null,expected_return:2027-02-03T12:00:00Z,release_at:2027-02-02T14:30:00Z,forced:false,reason:a run waits}} by the recall policy
    2027-02-02T13:00:00Z {recall_refused:{recall:1,because:[{ordered:{clause:notice,message:class `short` needs a notice of 2 h, the order leaves 1 h 45 min; release from 2027-02-02T14:45:00Z on,earliest:2027-02-02T14:45:00Z,most:null}}]}} by the post
    ");
    assert_eq!(world.state().recall(recall).unwrap().stage.word(), "refused");
}

#[test]
fn a_drill_goes_through_the_motions_and_takes_nothing() {
    let mut world = World::delivered(Settings::REPLAY);
    let (lease, tranche, class) = (lease(), tranche(), "short".to_owned());
    let (units, reason) = (Units(16), "quarterly".to_owned());
    world.does(owner(), CommandKind::RunDrill { lease, tranche, class, units, reason });
    world.at("2027-02-02T12:10:00Z");
    world.does(tenant(), CommandKind::Acknowledge { recall: RecallId(1) });
    world.at("2027-02-03T00:00:00Z");
    insta::assert_snapshot!(world.log(), @r"
    2027-02-02T12:00:00Z {recall_ordered:{recall:1,lease:acme,tranche:main,class:short,trigger:drill,nodes:[[6,2]],units:12,for_job:null,expected_return:2028-01-01T06:00:00Z,release_at:null,forced:false,reason:quarterly}} by ada of the owner
    2027-02-02T12:00:00Z {recall_served:{recall:1,notice:{served:2027-02-02T12:00:00Z,drain_from:2027-02-02T13:30:00Z,release_due:2027-02-02T14:00:00Z,cut_at:2027-02-02T14:00:00Z},acknowledge_until:2027-02-02T13:00:00Z}} by ada of the owner
    2027-02-02T12:10:00Z {recall_acknowledged:{recall:1,deemed:false}} by tom of acme
    2027-02-02T13:30:00Z {recall_draining:{recall:1}} by the clock
    2027-02-02T14:00:00Z {drill_concluded:{recall:1,result:{ordered:2027-02-02T12:00:00Z,notice:{served:2027-02-02T12:00:00Z,drain_from:2027-02-02T13:30:00Z,release_due:2027-02-02T14:00:00Z,cut_at:2027-02-02T14:00:00Z},assent:{given:{at:2027-02-02T12:10:00Z}},drained:2027-02-02T14:00:00Z,late:0,units:12}}} by the clock
    ");
    assert_eq!(takings(world.state()), "");
}

#[test]
fn silence_on_late_delivery_decides_as_the_lease_says() {
    let mut world = World::new(Settings::REPLAY);
    let sheet = sheet_with(&[("silence = \"wait\"", "silence = \"accept_fewer\"")]);
    world.does(owner(), CommandKind::Sign { lease: sheet });
    world.at("2027-02-05T00:00:00Z");
    world.deliver(2..6);
    world.at("2027-02-20T00:00:00Z");
    insta::assert_snapshot!(world.log(), @r"
    2027-01-10T12:00:00Z lease_signed acme 1 by ada of the owner
    2027-02-01T06:00:00Z {delivery_due:{lease:acme,tranche:main,units:60}} by the clock
    2027-02-05T00:00:00Z {delivered:{lease:acme,tranche:main,nodes:[[2,4]],complete:false}} by ada of the owner
    2027-02-11T06:00:00Z {tranche_overdue:{lease:acme,tranche:main,missing:28,elect_until:2027-02-16T06:00:00Z}} by the clock
    2027-02-16T06:00:00Z {remedy_elected:{lease:acme,tranche:main,remedy:accept_fewer,silent:true,accepted:32}} by the clock
    ");
    let record = world.state().lease(&lease()).unwrap();
    assert_eq!(record.tranche(&tranche()).unwrap().units, Units(32));
    let entitlement = world.state().entitlement(&lease(), &tranche()).unwrap();
    assert_eq!((entitlement.committed, entitlement.entitled), (Units(32), Units(32)));
}

#[test]
fn a_tenant_that_terminates_for_lateness_leaves_as_the_next_day_begins() {
    let mut world = World::new(Settings::REPLAY);
    world.does(owner(), CommandKind::Sign { lease: compile(SHEET) });
    world.at("2027-02-12T18:00:00Z");
    let (id, late) = (lease(), tranche());
    let remedy = Remedy::Terminate;
    world.does(tenant(), CommandKind::ElectRemedy { lease: id, tranche: late, remedy });
    world.at("2027-02-14T00:00:00Z");
    insta::assert_snapshot!(world.log(), @r"
    2027-01-10T12:00:00Z lease_signed acme 1 by ada of the owner
    2027-02-01T06:00:00Z {delivery_due:{lease:acme,tranche:main,units:60}} by the clock
    2027-02-11T06:00:00Z {tranche_overdue:{lease:acme,tranche:main,missing:60,elect_until:2027-02-16T06:00:00Z}} by the clock
    2027-02-12T18:00:00Z {remedy_elected:{lease:acme,tranche:main,remedy:terminate,silent:false,accepted:null}} by tom of acme
    2027-02-13T06:00:00Z {lease_ended:{lease:acme,why:late,nodes:[]}} by the clock
    ");
    let ended = world.state().lease(&lease()).unwrap().ended;
    assert_eq!(ended, Some((at("2027-02-13T06:00:00Z"), LeaseEnd::Late)));
}

#[test]
fn the_earlier_notice_governs_and_its_withdrawal_revives_the_other() {
    let mut world = World::delivered(Settings::REPLAY);
    let notice = |side, received| CommandKind::ServeNotice {
        lease: lease(),
        side,
        received: at(received),
        reason: String::new(),
    };
    world.does(owner(), notice(Side::Owner, "2027-02-02T11:00:00Z"));
    world.does(tenant(), notice(Side::Tenant, "2027-02-02T12:00:00Z"));
    let ends = |world: &World| world.state().lease(&lease()).unwrap().ends_at().to_string();
    assert_eq!(ends(&world), "2027-03-04T06:00:00Z");
    let (side, consent) = (Side::Tenant, "letter of 3 February".to_owned());
    world.does(owner(), CommandKind::WithdrawNotice { lease: lease(), side, consent });
    assert_eq!(ends(&world), "2027-04-03T05:00:00Z");
    world.at("2027-04-04T00:00:00Z");
    insta::assert_snapshot!(world.log(), @r"
    2027-02-02T12:00:00Z {notice_served:{lease:acme,side:owner,received:2027-02-02T11:00:00Z,ends:2027-04-03,effective:2027-04-03T05:00:00Z,reason:}} by ada of the owner
    2027-02-02T12:00:00Z {notice_served:{lease:acme,side:tenant,received:2027-02-02T12:00:00Z,ends:2027-03-04,effective:2027-03-04T06:00:00Z,reason:}} by tom of acme
    2027-02-02T12:00:00Z {notice_withdrawn:{lease:acme,side:tenant,consent:letter of 3 February}} by ada of the owner
    2027-04-03T05:00:00Z {lease_ended:{lease:acme,why:{notice:owner},nodes:[[0,8]]}} by the clock
    ");
    assert_eq!(world.state().occupancy().pool_count(0).idle, Units(96));
}

#[test]
fn a_lease_that_ends_closes_its_recalls_and_the_job_goes_on() {
    let mut world = World::delivered(Settings::REPLAY);
    let (id, side) = (lease(), Side::Tenant);
    let (received, reason) = (world.now, String::new());
    world.does(tenant(), CommandKind::ServeNotice { lease: id, side, received, reason });
    world.at("2027-03-02T00:00:00Z");
    world.submit(1, 8);
    let mut wanted = request(8, "short", "2027-03-04T12:00:00Z");
    wanted.for_job = Some(JobId(1));
    world.order(wanted);
    world.at("2027-03-02T12:00:00Z");
    let whole = world.state().set_aside(JobId(1));
    world.start(1, Slots { whole, part: Vec::new() });
    world.log();
    world.at("2027-03-05T00:00:00Z");
    insta::assert_snapshot!(world.log(), @"2027-03-04T06:00:00Z {lease_ended:{lease:acme,why:{notice:tenant},nodes:[[0,8]]}} by the clock");
    insta::assert_snapshot!(takings(world.state()), @"2027-03-02T02:00:00Z to 2027-03-04T06:00:00Z units 48+8 short within");
    assert!(world.state().job(JobId(1)).unwrap().slots().is_some());
    world.end(1, Outcome::Completed);
}

#[test]
fn an_amendment_takes_units_back_and_what_is_recalled_carries_over() {
    let mut world = World::delivered(Settings::REPLAY);
    let mut wanted = request(16, "planned", "2027-02-05T12:00:00Z");
    wanted.take = Take::Nodes(nodes(1..3));
    world.order(wanted);
    world.at("2027-02-03T13:00:00Z");
    let second = sheet_with(&[
        ("signed = 2027-01-10", "signed = 2027-01-10\nversion = 2\neffective = 2027-02-05"),
        ("units = 60", "units = 44"),
        ("recallable = 36", "recallable = 20"),
    ]);
    let release = vec![(tranche(), nodes(0..1).union(&nodes(7..8)))];
    let reason = "fewer".to_owned();
    world.does(owner(), CommandKind::Amend { lease: second, release, reason });
    world.at("2027-02-05T13:00:00Z");
    let recall = RecallId(1);
    world.does(owner(), CommandKind::ReturnRecall { recall });
    insta::assert_snapshot!(world.log(), @r"
    2027-02-02T12:00:00Z {recall_ordered:{recall:1,lease:acme,tranche:main,class:planned,trigger:owner_training,nodes:[[1,2]],units:16,for_job:null,expected_return:2027-02-05T12:00:00Z,release_at:null,forced:false,reason:a run waits}} by the recall policy
    2027-02-02T12:00:00Z {recall_served:{recall:1,notice:{served:2027-02-02T12:00:00Z,drain_from:2027-02-03T11:30:00Z,release_due:2027-02-03T12:00:00Z,cut_at:2027-02-03T12:00:00Z},acknowledge_until:2027-02-02T13:00:00Z}} by the recall policy
    2027-02-02T13:00:00Z {recall_acknowledged:{recall:1,deemed:true}} by the clock
    2027-02-03T11:30:00Z {recall_draining:{recall:1}} by the clock
    2027-02-03T12:00:00Z {recall_released:{recall:1}} by the clock
    2027-02-03T13:00:00Z lease_amended acme 2 by ada of the owner
    2027-02-05T06:00:00Z {amendment_began:{lease:acme,version:2,released:[[main,[[0,1],[7,1]]]]}} by the clock
    2027-02-05T12:00:00Z {recall_need_ended:{recall:1,return_due:2027-02-05T18:00:00Z}} by the clock
    2027-02-05T13:00:00Z {recall_returned:{recall:1}} by ada of the owner
    ");
    let record = world.state().lease(&lease()).unwrap();
    let frozen = &record.versions[0].facts.takings[0];
    assert_eq!(frozen.period.end(), at("2027-02-05T06:00:00Z"));
    // Node 0 is gone, so nodes 1 and 2 now hold the first units.
    insta::assert_snapshot!(takings(world.state()), @"2027-02-05T06:00:00Z to 2027-02-05T13:00:00Z units 0+16 planned within");
    assert_eq!(record.tranche(&tranche()).unwrap().delivery, Delivery::Complete);
    assert_eq!(world.state().granted(&lease(), &tranche()), nodes(1..7));
    assert_eq!(world.state().entitlement(&lease(), &tranche()).unwrap().entitled, Units(44));
}

#[test]
fn a_job_starts_on_nodes_that_were_recalled_for_no_job_but_not_on_those_of_another() {
    let mut world = World::delivered(Settings::REPLAY);
    world.submit(1, 8);
    world.submit(2, 8);
    world.submit(3, 8);
    let mut first = request(8, "short", "2027-02-03T00:00:00Z");
    first.for_job = Some(JobId(1));
    first.take = Take::Nodes(nodes(0..1));
    world.order(first);
    let mut second = request(8, "short", "2027-02-03T00:00:00Z");
    second.take = Take::Nodes(nodes(1..2));
    world.order(second);
    world.at("2027-02-02T14:00:00Z");
    let (job, slots) = (JobId(2), whole(0..1));
    let refused = world.tries(Actor::Scheduler, CommandKind::JobStart { job, slots });
    insta::assert_snapshot!(refused.unwrap_err(), @"job 2: node 0 is set aside by recall 1 for job 1; place it elsewhere");
    world.start(2, whole(1..2));
    // Job 1 finds room elsewhere: what was recalled for it goes back at once.
    world.start(1, whole(8..9));
    world.log();
    let other = LeaseId::new("nobody").unwrap();
    assert!(world.state().lease(&other).is_none());
    assert_eq!(world.state().granted(&lease(), &tranche()), nodes(0..1).union(&nodes(2..8)));
}
