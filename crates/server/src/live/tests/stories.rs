//! What happens, told in order.

use leasehold_books::event::{Event, EventKey, EventKind, PaidToward, Payment, TokenUse, Usage};
use leasehold_contract::lease::Side;
use leasehold_desk::{CommandKind, Stage};
use leasehold_types::{AcceleratorSeconds, Date, Instant, Money};

use super::fixture::*;
use crate::live::{
    ActKind, Body, FourEyes, Live, Policy, QuoteState, Refusal, RefusalClass, Right, Role, Step,
    Who,
};

fn by(number: u64) -> Who {
    Who::User(user(number))
}

fn usd(text: &str) -> Money {
    Money::parse(text, "USD".parse().unwrap()).unwrap()
}

fn acknowledge(
    world: &mut World,
    number: u64,
    recall: leasehold_types::RecallId,
) -> Result<(), Refusal> {
    world.tries(by(number), ActKind::Do(CommandKind::Acknowledge { recall }))
}

fn payment(id: &str, money: &str) -> Event {
    let kind = Payment {
        money: usd(money),
        toward: PaidToward::Invoices,
        invoices: None,
        reference: String::new(),
    };
    event(id, kind)
}

fn usage(id: &str, from: &str, until: &str, tokens: u64) -> Event {
    let tokens = TokenUse { input: leasehold_types::Tokens(tokens), ..TokenUse::default() };
    let accelerator_seconds = AcceleratorSeconds::ZERO;
    event(id, Usage { from: at(from), until: at(until), accelerator_seconds, tokens, model: None })
}

fn event(id: &str, kind: impl Into<EventKind>) -> Event {
    let (key, kind) = (EventKey::new("outside", id), kind.into());
    Event { key, at: Instant::EPOCH, effective: None, lease: lease("acme"), kind }
}

#[test]
fn a_recall_is_quoted_ordered_acknowledged_and_credited() {
    let mut world = World::delivered();
    let step = Step::Recall(recall_of("acme", 16, "planned", at("2027-02-05T12:00:00Z")));
    let quote = world.quotes(CAPACITY, step).unwrap();
    let held = world.live.quote(&quote).unwrap();
    assert!(held.made.cost.objections.is_empty());
    let shown: Vec<String> = held
        .made
        .cost
        .lines
        .iter()
        .map(|line| format!("{} {}: {}", line.borne_by, line.amount, line.label))
        .collect();
    // 16 of 32 units for 48 of the 672 hours of February, and a dollar an accelerator-hour.
    assert_eq!(
        shown,
        [
            "owner USD 2,142.86: fee that abates while the units are out",
            "owner USD 768.00: compensation for the units that are out",
        ]
    );
    world.confirms(CAPACITY, &quote).unwrap();
    assert!(matches!(world.live.quote(&quote).unwrap().state, QuoteState::Confirmed { .. }));
    let again = world.confirms(CAPACITY, &quote).unwrap_err();
    assert_eq!(again.to_string(), format!("the quote `{quote}` is confirmed; ask for a new quote"));
    let recall = world.live.desk().recalls().last().unwrap().id;
    let served = world.now;
    world.does(machine(), ActKind::Do(CommandKind::ServeRecall { recall, served }));
    acknowledge(&mut world, ACME, recall).unwrap();
    world.at("2027-02-03T12:00:00Z");
    world.does(machine(), ActKind::Do(CommandKind::Released { recall }));
    world.at("2027-02-05T11:59:00Z");
    world.does(by(CAPACITY), ActKind::Do(CommandKind::ReturnRecall { recall }));
    assert!(matches!(world.live.desk().recall(recall).unwrap().stage, Stage::Returned { .. }));
    // March's invoice says what February's recall took off.
    world.at("2027-04-02T12:00:00Z");
    let invoices = world.live.books().invoices();
    let totals: Vec<String> =
        invoices.iter().map(|i| format!("{} {}", i.issued, i.total)).collect();
    insta::assert_debug_snapshot!(totals);
    assert_eq!(world.live.closed(), Some(Date::constant(2027, 4, 1)));
    assert_eq!(world.replayed(), world.live.to_snapshot().unwrap());
}

#[test]
fn what_a_tenant_may_not_see_does_not_exist() {
    let mut world = World::delivered();
    world.sign("rival");
    let recall = world.order(8, "planned", "2027-02-05T12:00:00Z");
    let (served, reason) = (world.now, String::new());
    world.does(machine(), ActKind::Do(CommandKind::ServeRecall { recall, served }));
    let foreign = acknowledge(&mut world, RIVAL, recall).unwrap_err();
    let absent = acknowledge(&mut world, RIVAL, leasehold_types::RecallId(99)).unwrap_err();
    assert_eq!(foreign.to_string(), "there is no recall `1`; correct the id");
    assert_eq!(absent.to_string(), "there is no recall `99`; correct the id");
    let notice = |lease, side| Step::Notice { lease, side, received: None, reason: reason.clone() };
    let of_acme = world.quotes(RIVAL, notice(lease("acme"), Side::Tenant)).unwrap_err();
    let of_none = world.quotes(RIVAL, notice(lease("none"), Side::Tenant)).unwrap_err();
    assert_eq!(of_acme.class(), RefusalClass::NotFound);
    assert_eq!(of_none.to_string(), "there is no lease `none`; correct the id");
    let for_owner = world.quotes(RIVAL, notice(lease("rival"), Side::Owner)).unwrap_err();
    assert_eq!(for_owner.class(), RefusalClass::Forbidden);
    // Its own notice it may give; the quote of it nobody else's can confirm.
    let quote = world.quotes(RIVAL, notice(lease("rival"), Side::Tenant)).unwrap();
    assert_eq!(world.confirms(ACME, &quote).unwrap_err().class(), RefusalClass::NotFound);
    assert_eq!(world.confirms(CAPACITY, &quote).unwrap_err().class(), RefusalClass::NotFound);
    world.confirms(RIVAL, &quote).unwrap();
    assert!(
        world.live.desk().lease(&lease("rival")).unwrap().notices.standing(Side::Tenant).is_some()
    );
}

#[test]
fn a_second_person_approves_a_breach() {
    let mut world = World::delivered();
    let four_eyes = FourEyes { recall_outside_terms: true, signing: true, voiding: true };
    world.does(by(ADMIN), ActKind::SetPolicy(Policy { four_eyes }));
    let mut request = recall_of("acme", 24, "short", at("2027-02-04T12:00:00Z"));
    let refused = world.quotes(CAPACITY, Step::Recall(request.clone())).unwrap();
    let refused = world.confirms(CAPACITY, &refused).map(|_| ());
    // Without force it waits for approval and would be refused then; with force it is a breach.
    assert_eq!(refused, Ok(()));
    request.force = true;
    let quote = world.quotes(CAPACITY, Step::Recall(request)).unwrap();
    assert_eq!(world.live.quote(&quote).unwrap().made.cost.violations.len(), 1);
    let approval = world.confirms(CAPACITY, &quote).unwrap();
    assert!(world.live.desk().recalls().next().is_none());
    let approve = || ActKind::Approve { approval: approval.clone() };
    assert_eq!(world.tries(by(CAPACITY), approve()).unwrap_err().class(), RefusalClass::Forbidden);
    assert_eq!(
        world
            .tries(machine(), ActKind::Approve { approval: super::fixture::approval(1) })
            .unwrap_err()
            .class(),
        RefusalClass::NotFound
    );
    world.does(by(APPROVER), approve());
    let recall = world.live.desk().recalls().next().unwrap();
    assert!(recall.forced);
    // On record it is the one who asked that ordered it, and the other one that approved.
    let last: Vec<(String, String)> = world
        .entries
        .iter()
        .rev()
        .take(3)
        .map(|entry| (entry.body.encode().unwrap().kind, entry.by.to_string()))
        .collect();
    let approver = user(APPROVER).to_string();
    assert!(last.iter().all(|(_, who)| *who == approver), "{last:?}");
    let Body::Desk(actor, _) = &world.entries.last().unwrap().body else { panic!("{last:?}") };
    assert_eq!(actor.to_string(), "u1@owner.example of the owner");
    assert_eq!(world.replayed(), world.live.to_snapshot().unwrap());
}

#[test]
fn a_quote_does_not_outlive_its_day_or_its_price() {
    let mut world = World::delivered();
    let step = Step::Recall(recall_of("acme", 16, "planned", at("2027-02-05T12:00:00Z")));
    let expired = world.quotes(CAPACITY, step.clone()).unwrap();
    world.at("2027-02-03T06:00:00Z");
    let error = world.confirms(CAPACITY, &expired).unwrap_err();
    insta::assert_snapshot!(error.to_string().replace(expired.as_str(), "quo_…"));
    // Another recall of the day comes in between: the units that are left cost the same, but the
    // clause now counts one more.
    let mut dear = recall_of("acme", 8, "short", at("2027-02-05T12:00:00Z"));
    dear.release_at = None;
    let cheap = world.quotes(CAPACITY, Step::Recall(dear)).unwrap();
    world.at("2027-02-03T07:00:00Z");
    // An hour later the units would be out for less time: cheaper, so it goes through.
    world.confirms(CAPACITY, &cheap).unwrap();
    let in_flight = world.quotes(CAPACITY, step).unwrap_err();
    assert_eq!(in_flight.code(), "lease");
}

#[test]
fn payments_and_use_count_once() {
    let mut world = World::delivered();
    let record = |events: Vec<Event>| ActKind::Record(events);
    let before = world.live.seq();
    world.does(by(FINANCE), record(vec![payment("p-1", "100.00")]));
    world.does(by(FINANCE), record(vec![payment("p-1", "100.00")]));
    assert_eq!(world.live.seq(), before + 1);
    let conflict = world.tries(by(FINANCE), record(vec![payment("p-1", "200.00")])).unwrap_err();
    insta::assert_snapshot!(conflict);
    let mut own = payment("p-2", "1.00");
    own.key = EventKey::new("desk", "p-2");
    assert_eq!(world.tries(by(FINANCE), record(vec![own])).unwrap_err().code(), "invalid");
    let one = usage("u-1", "2027-02-02T11:00:00Z", "2027-02-02T11:05:00Z", 5);
    world.does(by(FINANCE), record(vec![one.clone(), one.clone(), one]));
    assert_eq!(world.live.seq(), before + 2);
    let tenant = world.tries(by(ACME), record(vec![payment("p-3", "1.00")])).unwrap_err();
    assert_eq!(tenant, Refusal::Forbidden { right: Right::BooksWrite });
    assert_eq!(world.replayed(), world.live.to_snapshot().unwrap());
}

#[test]
fn keys_are_narrowed_expire_and_are_revoked() {
    let mut world = World::delivered();
    let mut new = new_key(1, "owner", Role::Capacity);
    new.scopes = vec![Right::RecallsRead, Right::BooksWrite];
    new.expires = Some(at("2027-03-01T00:00:00Z"));
    world.does(by(ADMIN), ActKind::AddKey(new));
    let who = Who::Key(key(1));
    let caller = |world: &World| world.live.access().caller(world.live.owner(), &who, world.now);
    let rights: Vec<Right> = caller(&world).unwrap().rights.iter().collect();
    // A scope never adds to a role.
    assert_eq!(rights, [Right::RecallsRead]);
    world.does(by(ADMIN), ActKind::AddKey(new_key(2, "acme", Role::TenantViewer)));
    world.does(by(ACME), ActKind::RevokeKey { key: key(2) });
    let foreign = world.tries(by(RIVAL), ActKind::RevokeKey { key: key(1) }).unwrap_err();
    assert_eq!(foreign.class(), RefusalClass::NotFound);
    let raised = new_key(3, "acme", Role::Admin);
    assert_eq!(world.tries(by(ACME), ActKind::AddKey(raised)).unwrap_err().code(), "invalid");
    let elsewhere = new_key(3, "rival", Role::TenantAdmin);
    let elsewhere = world.tries(by(ACME), ActKind::AddKey(elsewhere)).unwrap_err();
    assert_eq!(elsewhere.class(), RefusalClass::NotFound);
    world.at("2027-03-01T00:00:00Z");
    assert_eq!(caller(&world), Err(Refusal::NotSignedIn));
}

#[test]
fn an_administrator_cannot_shut_itself_out() {
    let mut world = World::new();
    let change = |user, disabled| ActKind::ChangeUser { user, name: None, roles: None, disabled };
    let own = world.tries(by(ADMIN), change(user(ADMIN), Some(true))).unwrap_err();
    assert_eq!(own.code(), "invalid");
    world.does(by(ADMIN), change(user(CAPACITY), Some(true)));
    let gone = world
        .quotes(
            CAPACITY,
            Step::Void { lease: lease("acme"), invoice: "1".into(), reason: String::new() },
        )
        .unwrap_err();
    assert_eq!(gone, Refusal::NotSignedIn);
}

#[test]
fn a_stopped_server_catches_up_in_order_at_the_times_of_what_was_due() {
    let mut awake = World::new();
    awake.sign("acme");
    for day in ["2027-01-20", "2027-02-01", "2027-02-14", "2027-03-01", "2027-03-31"] {
        awake.at(&format!("{day}T23:00:00Z"));
    }
    let mut asleep = World::new();
    asleep.sign("acme");
    asleep.at("2027-03-31T23:00:00Z");
    assert_eq!(awake.live.to_snapshot().unwrap(), asleep.live.to_snapshot().unwrap());
    assert_eq!(awake.entries, asleep.entries);
    // January's close is at its own instant: as the day ends in Chicago.
    let closed = asleep
        .entries
        .iter()
        .find(|entry| entry.body == Body::Closed { through: Date::constant(2027, 1, 31) });
    assert_eq!(closed.unwrap().at, at("2027-02-01T06:00:00Z"));
}

#[test]
fn the_clock_may_not_go_back() {
    let mut world = World::delivered();
    world.now = at("2027-02-01T00:00:00Z");
    let back = world.tries(machine(), ActKind::SetPolicy(Policy::default())).unwrap_err();
    insta::assert_snapshot!(back);
}

#[test]
fn a_snapshot_of_another_format_is_passed_over() {
    let mut bytes = World::new().live.to_snapshot().unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.starts_with("{\"format\":1,"));
    bytes[10] = b'7';
    let error = Live::from_snapshot(&bytes).unwrap_err();
    insta::assert_snapshot!(error);
}
