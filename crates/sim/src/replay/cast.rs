//! What a report says beside the figures: who takes part, what is assumed, what went in.

use leasehold_types::{CURRENCY_TABLE, Instant, TZDB_VERSION};

use super::serving::{SPEEDS, speed_of};
use crate::demand::ReadReport;
use crate::figures::{
    AssumptionRow, Cast, FIGURES_FORMAT, Figures, InputRow, LeaseEntry, PolicyFigures, PoolEntry,
    Tables,
};
use crate::scenario::Loaded;

/// The figures of all policies, with what belongs to none of them.
pub fn figures(
    loaded: &Loaded,
    policies: Vec<PolicyFigures>,
    stopped_at: Option<Instant>,
) -> Figures {
    let scenario = &loaded.scenario;
    Figures {
        format: FIGURES_FORMAT,
        title: scenario.title.clone(),
        seed: scenario.seed,
        zone: scenario.zone.clone(),
        from: loaded.span.start(),
        until: loaded.span.end(),
        stopped_at,
        tables: Tables {
            leasehold: env!("CARGO_PKG_VERSION").to_owned(),
            time_zones: TZDB_VERSION.to_owned(),
            currencies: CURRENCY_TABLE.to_owned(),
        },
        cast: cast_of(loaded),
        assumptions: assumptions_of(loaded),
        inputs: loaded.jobs.reports.iter().chain(&loaded.requests.reports).map(input_of).collect(),
        policies,
    }
}

fn cast_of(loaded: &Loaded) -> Cast {
    let pools = loaded.fleet.pools().iter().map(|pool| PoolEntry {
        pool: pool.id.to_string(),
        site: pool.site.to_string(),
        accelerator: pool.accelerator.clone(),
        units: pool.units.0,
    });
    let leases = loaded.leases.iter().map(|(_, lease)| LeaseEntry {
        lease: lease.id.to_string(),
        title: lease.title.clone(),
        tenant: lease.tenant.name.clone(),
        units: lease.units().0,
        recallable: lease.tranches.iter().map(|tranche| tranche.recallable.0).sum(),
        end: lease.term.end,
    });
    Cast { pools: pools.collect(), leases: leases.collect() }
}

fn assumptions_of(loaded: &Loaded) -> Vec<AssumptionRow> {
    let row = |source: &str, about: &str, text: &str| AssumptionRow {
        source: source.to_owned(),
        about: about.to_owned(),
        text: text.to_owned(),
    };
    let mut rows: Vec<AssumptionRow> = Vec::new();
    for text in &loaded.scenario.assumptions {
        rows.push(row("scenario", "", text));
    }
    for assumption in loaded.fleet.assumptions() {
        rows.push(row("fleet", "", assumption));
    }
    for (file, lease) in &loaded.leases {
        for assumption in &lease.assumptions {
            rows.push(row(file, &assumption.about, &assumption.text));
        }
    }
    if !loaded.requests.tenants.is_empty() {
        rows.extend(speeds_of(loaded));
    }
    rows
}

/// The serving speeds in use: all of them stand for a model that nobody disclosed.
fn speeds_of(loaded: &Loaded) -> Vec<AssumptionRow> {
    let mut types: Vec<&str> =
        loaded.fleet.pools().iter().map(|p| p.accelerator.as_str()).collect();
    types.sort_unstable();
    types.dedup();
    let of_type = |accelerator: &str| {
        let speed = speed_of(&loaded.scenario.serving, accelerator);
        let stated = loaded.scenario.serving.speed.contains_key(accelerator);
        let built_in = SPEEDS.iter().any(|(name, _)| *name == accelerator);
        let origin = match (stated, built_in) {
            (true, _) => "as the scenario states",
            (false, true) => "the built-in figure for this type",
            (false, false) => "the reference figure, for want of one for this type",
        };
        AssumptionRow {
            source: "serving model".into(),
            about: accelerator.to_owned(),
            text: format!(
                "one accelerator handles {} input and {} output tokens a second: {origin}",
                speed.input_per_second, speed.output_per_second
            ),
        }
    };
    types.into_iter().map(of_type).collect()
}

fn input_of(report: &ReadReport) -> InputRow {
    let mut facts = vec![
        ("rows".to_owned(), report.rows.to_string()),
        ("kept".to_owned(), report.kept.to_string()),
    ];
    for (reason, count) in &report.skipped {
        facts.push((format!("skipped: {reason}"), count.to_string()));
    }
    if report.hole_count > 0 {
        facts.push(("holes".into(), report.hole_count.to_string()));
    }
    for step in &report.steps {
        facts.push((step.what.clone(), step.count.to_string()));
    }
    for file in &report.files {
        facts.push((format!("SHA-256 of {}", file.path), file.sha256.clone()));
    }
    InputRow { source: report.label.clone(), facts }
}
