//! Reads a scenario and all that it names, and checks that the parts fit each other.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_planner::Fleet;
use leasehold_types::{Period, Seed};

use super::{Scenario, ScenarioError};
use crate::demand::{LoadedJobs, LoadedRequests, Progress, load_jobs, load_requests};

/// Largest scenario, fleet or term sheet that is read, in bytes.
pub const FILE_MAX_BYTES: u64 = 1 << 20;

/// A scenario with everything that it names.
#[derive(Debug)]
pub struct Loaded {
    /// What the file says, with the seed in force.
    pub scenario: Scenario,
    /// From the first instant to replay to the first after.
    pub span: Period,
    /// The fleet.
    pub fleet: Arc<Fleet>,
    /// The leases, in the scenario's order, each with its file's name.
    pub leases: Vec<(String, Lease)>,
    /// The owner's jobs.
    pub jobs: LoadedJobs,
    /// The tenants' requests.
    pub requests: LoadedRequests,
}

/// Reads the scenario at `path` and everything that it names; `seed` replaces the file's own.
///
/// # Errors
/// [`ScenarioError`], which names the file, the rule and the next step.
pub fn load(
    path: &Path,
    seed: Option<Seed>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Loaded, ScenarioError> {
    let base = path.parent().unwrap_or(Path::new(".")).to_path_buf();
    let text = read(path)?;
    let mut scenario = Scenario::parse(&text)
        .map_err(|message| ScenarioError::Format { path: path.to_owned(), message })?;
    scenario.seed = seed.unwrap_or(scenario.seed);
    let span = super::check::span_of(&scenario)?;
    let fleet = Arc::new(read_fleet(&base.join(&scenario.fleet))?);
    let leases = scenario
        .leases
        .iter()
        .map(|file| Ok((file.display().to_string(), read_lease(&base.join(file))?)))
        .collect::<Result<Vec<_>, ScenarioError>>()?;
    super::check::fits(&scenario, &fleet, &leases)?;
    let jobs = load_jobs(&scenario.jobs, &base, span, scenario.seed, progress)?;
    let window = scenario.serving.window;
    let requests = load_requests(&scenario.requests, &base, span, window, scenario.seed, progress)?;
    super::check::demand_fits(&fleet, &leases, &jobs, &requests)?;
    Ok(Loaded { scenario, span, fleet, leases, jobs, requests })
}

/// Reads a small text file whole.
///
/// # Errors
/// [`ScenarioError::Read`] or [`ScenarioError::TooLarge`].
pub fn read(path: &Path) -> Result<String, ScenarioError> {
    let unreadable = |source| ScenarioError::Read { path: path.to_owned(), source };
    let bytes = fs::metadata(path).map_err(unreadable)?.len();
    if bytes > FILE_MAX_BYTES {
        return Err(ScenarioError::TooLarge { path: path.to_owned(), bytes, most: FILE_MAX_BYTES });
    }
    fs::read_to_string(path).map_err(unreadable)
}

/// Reads a fleet file.
///
/// # Errors
/// [`ScenarioError`] with all faults of the file.
pub fn read_fleet(path: &Path) -> Result<Fleet, ScenarioError> {
    let fault = |message| ScenarioError::Fleet { path: path.to_owned(), message };
    Fleet::parse(&read(path)?).map_err(|faults| fault(faults.to_string()))
}

fn read_lease(path: &Path) -> Result<Lease, ScenarioError> {
    let text = read(path)?;
    let name = path.display().to_string();
    match leasehold_contract::sheet::compile(&text) {
        Ok(compiled) => Ok(compiled.lease),
        Err(faults) => Err(ScenarioError::Lease {
            path: PathBuf::from(path),
            message: leasehold_contract::diagnostic::render_all(&faults, &name, &text),
        }),
    }
}
