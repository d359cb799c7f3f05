//! Reads a scenario and all that it names, and checks that the parts fit each other.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_planner::Fleet;
use leasehold_types::{Period, Seed};

use super::{Scenario, ScenarioError};
use crate::demand::{LoadedJobs, LoadedRequests, Progress, load_jobs, load_requests};
use crate::figures::Policy;

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

/// Where a scenario and the texts that it names come from. Traces are always read from disk.
pub trait Texts {
    /// The text at `path`.
    ///
    /// # Errors
    /// [`ScenarioError::Read`] or [`ScenarioError::TooLarge`].
    fn read(&self, path: &Path) -> Result<String, ScenarioError>;
}

/// Texts from disk.
#[derive(Debug, Clone, Copy)]
pub struct Disk;

impl Texts for Disk {
    fn read(&self, path: &Path) -> Result<String, ScenarioError> {
        read(path)
    }
}

/// What takes the place of the scenario's own settings.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The seed.
    pub seed: Option<Seed>,
    /// The policies to compare, in order.
    pub policies: Option<Vec<Policy>>,
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
    load_from(&Disk, path, Overrides { seed, policies: None }, progress)
}

/// As [`load`], from other texts than those on disk, or with other settings.
///
/// # Errors
/// As [`load`].
pub fn load_from(
    texts: &dyn Texts,
    path: &Path,
    overrides: Overrides,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Loaded, ScenarioError> {
    let base = path.parent().unwrap_or(Path::new(".")).to_path_buf();
    let text = texts.read(path)?;
    let mut scenario = Scenario::parse(&text)
        .map_err(|message| ScenarioError::Format { path: path.to_owned(), message })?;
    scenario.seed = overrides.seed.unwrap_or(scenario.seed);
    scenario.policies = overrides.policies.unwrap_or(scenario.policies);
    let span = super::check::span_of(&scenario)?;
    let fleet = Arc::new(fleet_of(texts, &base.join(&scenario.fleet))?);
    let leases = scenario
        .leases
        .iter()
        .map(|file| Ok((file.display().to_string(), lease_of(texts, &base.join(file))?)))
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
    let too_large =
        |bytes| ScenarioError::TooLarge { path: path.to_owned(), bytes, most: FILE_MAX_BYTES };
    let file = File::open(path).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len();
    if bytes > FILE_MAX_BYTES {
        return Err(too_large(bytes));
    }
    // What is no plain file does not say its size; it is not read past the limit either.
    let mut text = String::new();
    file.take(FILE_MAX_BYTES + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > FILE_MAX_BYTES {
        return Err(too_large(text.len() as u64));
    }
    Ok(text)
}

/// Reads a fleet file.
///
/// # Errors
/// [`ScenarioError`] with all faults of the file.
pub fn read_fleet(path: &Path) -> Result<Fleet, ScenarioError> {
    fleet_of(&Disk, path)
}

fn fleet_of(texts: &dyn Texts, path: &Path) -> Result<Fleet, ScenarioError> {
    let fault = |message| ScenarioError::Fleet { path: path.to_owned(), message };
    Fleet::parse(&texts.read(path)?).map_err(|faults| fault(faults.to_string()))
}

fn lease_of(texts: &dyn Texts, path: &Path) -> Result<Lease, ScenarioError> {
    let text = texts.read(path)?;
    let name = path.display().to_string();
    match leasehold_contract::sheet::compile(&text) {
        Ok(compiled) => Ok(compiled.lease),
        Err(faults) => Err(ScenarioError::Lease {
            path: PathBuf::from(path),
            message: leasehold_contract::diagnostic::render_all(&faults, &name, &text),
        }),
    }
}
