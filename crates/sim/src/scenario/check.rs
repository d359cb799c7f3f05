//! Whether the parts of a scenario fit each other.

use std::collections::BTreeMap;

use leasehold_contract::Lease;
use leasehold_planner::Fleet;
use leasehold_types::{Date, Period, Ratio, days_between};

use super::spec::SCENARIO_FORMAT;
use super::{Scenario, ScenarioError};
use crate::demand::{LoadedJobs, LoadedRequests};
use crate::figures::Policy;
use crate::replay::steps::Grid;

/// Longest replay, in civil days.
pub const SPAN_MAX_DAYS: i64 = 36_600;
/// Most leases in one scenario.
pub const LEASES_MAX: usize = 1_000;

fn mismatch(what: impl Into<String>, rule: impl Into<String>) -> ScenarioError {
    ScenarioError::Mismatch { what: what.into(), rule: rule.into() }
}

/// The scenario's span, after the checks that need nothing but the file itself.
pub(super) fn span_of(scenario: &Scenario) -> Result<Period, ScenarioError> {
    let days = days_between(scenario.from, scenario.until);
    let (from, until) = (scenario.from, scenario.until);
    let serving = &scenario.serving;
    let faults = [
        (
            scenario.scenario != SCENARIO_FORMAT,
            format!("scenario = {}", scenario.scenario),
            format!("this program reads version {SCENARIO_FORMAT}"),
        ),
        (
            days < 1,
            format!("until = {until} is not after from = {from}"),
            "`until` is the first day that is no longer replayed: put a later date".into(),
        ),
        (
            days > SPAN_MAX_DAYS,
            format!("from = {from}, until = {until} is a span of {days} days"),
            format!("at most {SPAN_MAX_DAYS} are replayed"),
        ),
        (
            scenario.series.step_days == 0,
            "series.step_days = 0".into(),
            "a step is at least one day".into(),
        ),
        (
            scenario.owner.estimate < Ratio::ONE,
            format!("owner.estimate = {}", scenario.owner.estimate),
            "estimates are never below the real duration: put 1 or more".into(),
        ),
        (
            serving.window.0 < 1 || 86_400 % serving.window.0 != 0,
            format!("serving.window = {}", serving.window),
            "whole windows must make up a day: put 10min, 30min or the like".into(),
        ),
        (
            serving.target_load <= Ratio::ZERO || serving.target_load > Ratio::ONE,
            format!("serving.target_load = {}", serving.target_load),
            "it is a share above 0 and at most 1".into(),
        ),
        (
            serving.units_per_replica == 0,
            "serving.units_per_replica = 0".into(),
            "a replica has at least one accelerator".into(),
        ),
        (
            scenario.policies.is_empty(),
            "policies = []".into(),
            "name at least one of none, static, recallable".into(),
        ),
    ];
    if let Some((_, what, rule)) = faults.into_iter().find(|(broken, _, _)| *broken) {
        return Err(mismatch(what, rule));
    }
    check_failures(scenario)?;
    check_policies(&scenario.policies)?;
    check_windows(scenario)?;
    let zone = &scenario.zone;
    Ok(Period::new(zone.start_of(from), zone.start_of(until)))
}

/// Windows end where days end, also where clocks change: else a window would lie in two days.
fn check_windows(scenario: &Scenario) -> Result<(), ScenarioError> {
    let (zone, window) = (&scenario.zone, scenario.serving.window);
    let grid = Grid::new(zone, scenario.from, scenario.until, scenario.series.step_days);
    let start = zone.start_of(scenario.from);
    match grid.steps.iter().find(|step| step.end.since(start).0 % window.0 != 0) {
        None => Ok(()),
        Some(step) => Err(mismatch(
            format!("serving.window = {window} does not end with the day before {}", step.until),
            "clocks change in this zone: put 10min or 30min, or `zone = \"UTC\"`",
        )),
    }
}

fn check_failures(scenario: &Scenario) -> Result<(), ScenarioError> {
    match scenario.failures {
        Some(f) if f.node_mtbf_days == 0 || f.repair_hours == 0 => Err(mismatch(
            "failures: node_mtbf_days and repair_hours must be at least 1",
            "leave [failures] out for nodes that do not fail",
        )),
        _ => Ok(()),
    }
}

fn check_policies(policies: &[Policy]) -> Result<(), ScenarioError> {
    for (i, policy) in policies.iter().enumerate() {
        if policies[..i].contains(policy) {
            return Err(mismatch(
                format!("policies names `{}` twice", policy.name()),
                "name each policy once",
            ));
        }
    }
    Ok(())
}

/// Whether the fleet holds what the leases promise.
pub(super) fn fits(
    scenario: &Scenario,
    fleet: &Fleet,
    leases: &[(String, Lease)],
) -> Result<(), ScenarioError> {
    if leases.len() > LEASES_MAX {
        let what = format!("{} leases", leases.len());
        return Err(mismatch(what, format!("at most {LEASES_MAX} are replayed")));
    }
    for (i, (file, lease)) in leases.iter().enumerate() {
        if let Some((other, _)) = leases[..i].iter().find(|(_, l)| l.id == lease.id) {
            let what = format!("`{other}` and `{file}` are both lease `{}`", lease.id);
            return Err(mismatch(what, "give each lease its own id"));
        }
        for tranche in &lease.tranches {
            let Some(pool) = fleet.pool_index(&tranche.pool) else {
                let what =
                    format!("`{file}`: tranche `{}` is in pool `{}`", tranche.id, tranche.pool);
                return Err(mismatch(what, format!("the fleet has {}", pool_names(fleet))));
            };
            let size = u64::from(fleet.pools()[pool].accelerators_per_node);
            if tranche.units.0 % size != 0 || tranche.recallable.0 % size != 0 {
                let what = format!(
                    "`{file}`: tranche `{}` has {} units, {} of them recallable",
                    tranche.id, tranche.units, tranche.recallable
                );
                let rule =
                    format!("a lease holds whole nodes, of {size} accelerators in this pool");
                return Err(mismatch(what, rule));
            }
        }
    }
    for (file, lease) in leases {
        if let Some(first) = lease.tranches.iter().map(|t| t.delivery).min() {
            let begins = lease.start_of(first) < scenario.zone.start_of(scenario.from);
            if begins && scenario.policies.iter().any(|p| *p != Policy::None) {
                let what =
                    format!("`{file}` delivers from {first}, the replay begins {}", scenario.from);
                return Err(mismatch(
                    what,
                    "a replay begins no later than its leases, or their history would be missing: \
                     put an earlier `from`",
                ));
            }
        }
    }
    let wanted = scenario.policies.iter().any(|p| *p != Policy::None);
    if wanted { committed_fits(fleet, leases) } else { Ok(()) }
}

fn pool_names(fleet: &Fleet) -> String {
    let names: Vec<String> = fleet.pools().iter().map(|p| format!("`{}`", p.id)).collect();
    names.join(", ")
}

/// At no date are more units of a pool committed than it has.
fn committed_fits(fleet: &Fleet, leases: &[(String, Lease)]) -> Result<(), ScenarioError> {
    let mut changes: BTreeMap<(usize, Date), i128> = BTreeMap::new();
    for tranche in leases.iter().flat_map(|(_, lease)| &lease.tranches) {
        if let Some(pool) = fleet.pool_index(&tranche.pool) {
            let units = i128::from(tranche.units.0);
            *changes.entry((pool, tranche.delivery)).or_default() += units;
            *changes.entry((pool, tranche.until)).or_default() -= units;
        }
    }
    let mut committed: BTreeMap<usize, i128> = BTreeMap::new();
    for ((pool, date), change) in changes {
        let now = committed.entry(pool).or_default();
        *now += change;
        let has = fleet.pools()[pool].units;
        if *now > i128::from(has.0) {
            let what = format!(
                "from {date} the leases commit {now} units of `{}`, which has {has}",
                fleet.pools()[pool].id
            );
            return Err(mismatch(
                what,
                "a fleet is not smaller than its leases: add capacity or commit less",
            ));
        }
    }
    Ok(())
}

/// Whether every job has a pool and every request a lease.
pub(super) fn demand_fits(
    fleet: &Fleet,
    leases: &[(String, Lease)],
    jobs: &LoadedJobs,
    requests: &LoadedRequests,
) -> Result<(), ScenarioError> {
    for pool in &jobs.pools {
        if fleet.pool_index(pool).is_none() {
            let what = format!("[[jobs]] asks pool `{pool}`");
            return Err(mismatch(what, format!("the fleet has {}", pool_names(fleet))));
        }
    }
    for demand in &requests.tenants {
        if !leases.iter().any(|(_, lease)| lease.tenant.id == demand.tenant) {
            let what = format!("[[requests]] are of tenant `{}`", demand.tenant);
            return Err(mismatch(what, "no lease of the scenario is of that tenant"));
        }
    }
    Ok(())
}
