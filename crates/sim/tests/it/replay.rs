//! Small worked replays.

use leasehold_sim::figures::{Figures, Policy, PolicyFigures};
use leasehold_sim::replay::run;

use crate::bench::{Bench, SCENARIO, Watcher, requests};

pub fn policy(figures: &Figures, policy: Policy) -> &PolicyFigures {
    figures.policies.iter().find(|p| p.policy == policy).unwrap()
}

/// What must hold for every replay: parts add up to wholes, and every sum says the same.
pub fn check(figures: &Figures) {
    for policy in &figures.policies {
        for (quarter, capacity) in policy.capacity.iter().map(|row| (&row.quarter, &row.capacity)) {
            assert!(capacity.adds_up(), "{quarter}: {capacity:?}");
        }
        assert!(policy.series.iter().all(|row| row.capacity.adds_up()));
        for pool in &figures.cast.pools {
            let of_pool = |name: &str| *name == pool.pool;
            let quarters: u128 = policy
                .capacity
                .iter()
                .filter(|r| of_pool(&r.pool))
                .map(|r| r.capacity.owned.0)
                .sum();
            let steps: u128 =
                policy.series.iter().filter(|r| of_pool(&r.pool)).map(|r| r.capacity.owned.0).sum();
            let until = figures.stopped_at.unwrap_or(figures.until);
            let all =
                u128::from(pool.units) * u128::from(until.since(figures.from).0.unsigned_abs());
            assert_eq!((quarters, steps), (all, all), "{}", pool.pool);
        }
        let mut waiting = std::collections::BTreeMap::new();
        for row in &policy.requests.rows {
            let before = waiting.insert(row.lease.clone(), row.waiting).unwrap_or(0);
            assert_eq!(before + row.arrived, row.served + row.turned_away + row.waiting, "{row:?}");
            assert!(row.queued <= row.served && row.busy <= row.granted);
        }
        let sold: u128 = policy.capacity.iter().map(|r| r.capacity.sold().0).sum();
        let granted: u128 = policy.requests.rows.iter().map(|r| r.granted.0).sum();
        assert_eq!(sold, granted, "what is sold is what the tenants were granted");
        let taken: u128 = policy.recalls.totals.iter().map(|t| t.taken.0).sum();
        let down_or_recalled: u128 =
            policy.capacity.iter().map(|r| r.capacity.recalled.0 + r.capacity.down.0).sum();
        assert!(taken <= down_or_recalled, "{taken} taken, {down_or_recalled} recalled or down");
        assert!(policy.recalls.totals.iter().all(|t| t.breaches == 0), "the policy is lawful");
        for row in &policy.recalls.rows {
            let open = matches!(row.state.as_str(), "noticed" | "draining" | "released");
            let (ordered, until) = (row.ordered, figures.stopped_at.unwrap_or(figures.until));
            assert!(!open || until.since(ordered).0 < 5 * 86_400, "left over: {row:?}");
        }
        let jobs = &policy.jobs;
        assert!(jobs.started <= jobs.submitted && jobs.ended <= jobs.started);
    }
}

/// One job of 56 accelerators for ten hours, submitted at noon of the second day.
const LARGE: &str = "129600,36000,56\n";

#[test]
fn a_waiting_job_recalls_what_it_lacks_and_gives_it_back() {
    let (figures, _) = Bench::new(SCENARIO, LARGE, &requests(1_000)).run();
    check(&figures);
    let none = policy(&figures, Policy::None);
    assert_eq!((none.jobs.started, none.jobs.wait.max), (1, 0));
    let firm = policy(&figures, Policy::Static);
    assert_eq!(firm.jobs.started, 1, "56 of the 56 that are not firm");
    let recallable = policy(&figures, Policy::Recallable);
    assert_eq!(recallable.jobs.wait.max, 2 * 3_600, "the short notice");
    assert_eq!(recallable.jobs.on_recalled, 1);
    let [recall] = &recallable.recalls.rows[..] else { panic!("{:?}", recallable.recalls) };
    assert_eq!(
        (recall.class.as_str(), recall.units, recall.state.as_str()),
        ("short", 24, "returned")
    );
    assert_eq!(recall.released.unwrap().to_string(), "2026-01-02T14:00:00Z");
    assert_eq!(recall.returned.unwrap().to_string(), "2026-01-03T00:00:00Z");
    assert_eq!((recallable.recalls.asked, recallable.recalls.evicted), (24, 24));
    let recalled: u128 = recallable.capacity.iter().map(|row| row.capacity.recalled.0).sum();
    assert_eq!(recalled, 24 * 36_000);
    let money = &recallable.money[0].quarters[0];
    // 24 of 32 units for ten hours of a day that costs 1,000.00.
    assert_eq!(money.abatement.to_decimal(), "312.50");
    // 240 accelerator-hours at 1.00, twice for the short notice.
    assert_eq!(money.compensation.to_decimal(), "480.00");
    // Ten days of January, less both.
    assert_eq!(money.recognised.to_decimal(), "9207.50");
}

#[test]
fn a_job_that_could_start_soon_recalls_nothing() {
    // The pool's own 32 units are busy for half an hour more.
    let jobs = "0,5400,32\n3600,7200,32\n";
    let (figures, _) = Bench::new(SCENARIO, jobs, &requests(10)).run();
    check(&figures);
    let recallable = policy(&figures, Policy::Recallable);
    assert_eq!(recallable.jobs.wait.max, 1_800);
    assert!(recallable.recalls.rows.is_empty());
    assert!(recallable.recalls.refused.is_empty(), "half an hour is not worth a recall");
}

#[test]
fn a_job_that_would_outlast_every_recall_waits() {
    let jobs = "0,518400,40\n";
    let (figures, _) = Bench::new(SCENARIO, jobs, &requests(10)).run();
    check(&figures);
    let recallable = policy(&figures, Policy::Recallable);
    assert_eq!((recallable.jobs.started, recallable.jobs.waiting_at_end), (0, 1));
    assert_eq!(
        recallable.recalls.refused[0].0,
        "the job would run longer than any recall may last"
    );
}

#[test]
fn the_same_scenario_gives_the_same_bytes() {
    let scenario = format!("{SCENARIO}\n[failures]\nnode_mtbf_days = 20\nrepair_hours = 5\n");
    let jobs: String = (0..200)
        .map(|i| format!("{},{},{}\n", i * 4_000, 3_000 + i * 97 % 20_000, 1 + i * 7 % 48))
        .collect();
    let bench = Bench::new(&scenario, &jobs, &requests(2_000));
    let ((first, seen), (second, again)) = (bench.run(), bench.run());
    check(&first);
    assert_eq!(serde_json::to_string(&first).unwrap(), serde_json::to_string(&second).unwrap());
    for ((_, one), (_, other)) in seen.journals.iter().zip(&again.journals) {
        assert_eq!(one, other);
    }
    let recallable = policy(&first, Policy::Recallable);
    assert!(recallable.jobs.interrupted > 0 && !recallable.recalls.rows.is_empty());
    assert!(recallable.capacity.iter().any(|row| row.capacity.down.0 > 0));
}

#[test]
fn a_run_that_is_stopped_reports_what_there_is() {
    let bench = Bench::new(SCENARIO, LARGE, &requests(10));
    let loaded = bench.load().unwrap();
    let mut watcher = Watcher { stop_after: Some(13), ..Watcher::default() };
    let figures = run(&loaded, &mut watcher).unwrap().figures;
    check(&Figures {
        policies: figures.policies[..1].to_vec(),
        stopped_at: None,
        ..figures.clone()
    });
    check(&Figures { policies: figures.policies[1..].to_vec(), ..figures.clone() });
    assert_eq!(figures.policies.len(), 2);
    assert_eq!(figures.stopped_at.unwrap().to_string(), "2026-01-04T00:00:00Z");
}

#[test]
fn what_does_not_fit_is_refused_with_the_next_step() {
    let says = |edit: &dyn Fn(&Bench), words: &str| {
        let bench = Bench::new(SCENARIO, LARGE, &requests(1));
        edit(&bench);
        let message = bench.load().err().unwrap();
        assert!(message.contains(words), "{message}");
    };
    let lease = crate::bench::LEASE;
    says(
        &|b| b.write("chat.toml", &lease.replace("units = 32", "units = 80")),
        "a fleet is not smaller than its leases",
    );
    says(
        &|b| b.write("chat.toml", &lease.replace("units = 32", "units = 30")),
        "a lease holds whole nodes",
    );
    says(
        &|b| b.write("chat.toml", &lease.replace("lab/h100", "lab/h200")),
        "the fleet has `lab/h100`",
    );
    says(&|b| b.write("chat.toml", "term_sheet = 1"), "is not a usable term sheet");
    says(&|b| b.write("fleet.toml", "fleet = 1"), "is not a fleet");
    says(&|b| b.write("jobs.csv", ""), "jobs.csv");
    says(
        &|b| b.write("scenario.toml", &SCENARIO.replace("\"chat\"", "\"chatty\"")),
        "no lease of the scenario is of that tenant",
    );
    says(
        &|b| b.write("scenario.toml", &SCENARIO.replace("2026-01-11", "2026-01-01")),
        "is not after from",
    );
    let hours = SCENARIO
        .replace("zone = \"UTC\"", "zone = \"America/Chicago\"")
        .replace("until = 2026-01-11", "until = 2026-04-01")
        .replace("[recall]", "[serving]\nwindow = \"2h\"\n[recall]");
    says(&|b| b.write("scenario.toml", &hours), "clocks change in this zone");
    says(
        &|b| b.write("scenario.toml", &SCENARIO.replace("from = 2026-01-01", "from = 2026-01-05")),
        "a replay begins no later",
    );
}
