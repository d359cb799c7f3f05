//! What an operator says of a gateway: a TOML file, read once as it starts.
//!
//! What changes while it runs (keys, leases, models, replicas) is no part of it: that is the
//! admission table, a file of its own that is watched. docs/gateway.md has every key of both.

mod check;
mod parts;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use check::Fault;
pub use parts::{Admin, Engines, Health, Limits, Listen, Meter, Stop};

/// Most addresses that a gateway listens at.
pub const LISTEN_MAX: usize = 16;
/// Most threads that it works with.
pub const THREADS_MAX: usize = 256;

/// The configuration of a gateway.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The admission table, JSON or (by its name) TOML.
    pub table: PathBuf,
    /// The directory of what the gateway itself keeps: the last good table, the meter's log.
    pub state: PathBuf,
    /// Threads that it works with; as many as there are cores where it is 0.
    #[serde(default)]
    pub threads: usize,
    /// Where it listens.
    pub listen: Vec<Listen>,
    /// Where it can be told things and asked how it is.
    #[serde(default)]
    pub admin: Option<Admin>,
    /// How engines are spoken to.
    #[serde(default)]
    pub engines: Engines,
    /// How it is found out whether they are well.
    #[serde(default)]
    pub health: Health,
    /// What bounds requests.
    #[serde(default)]
    pub limits: Limits,
    /// How records are kept.
    #[serde(default)]
    pub meter: Meter,
    /// How it stops.
    #[serde(default)]
    pub stop: Stop,
}

impl Config {
    /// Reads a configuration; paths in it are from `dir`.
    ///
    /// # Errors
    /// [`Fault`] says where and what.
    pub fn read(text: &str, dir: &Path) -> Result<Config, Fault> {
        let mut config: Config = toml::from_str(text).map_err(|error| Fault(error.to_string()))?;
        config.place(dir);
        config.check()?;
        Ok(config)
    }

    /// Where the last good table is kept.
    pub fn table_kept(&self) -> PathBuf {
        self.state.join("table.json")
    }

    /// The directory of the meter's log.
    pub fn log(&self) -> PathBuf {
        self.state.join("meter")
    }

    /// Makes paths absolute where `dir` is.
    fn place(&mut self, dir: &Path) {
        let paths = [&mut self.table, &mut self.state].into_iter();
        let of_listen = self.listen.iter_mut();
        let of_listen = of_listen.flat_map(|listen| [&mut listen.certificate, &mut listen.key]);
        let of_engines = &mut self.engines;
        let of_engines =
            [&mut of_engines.ca, &mut of_engines.certificate, &mut of_engines.key].into_iter();
        let of_admin = self.admin.as_mut().map(|admin| &mut admin.token_file).into_iter();
        let given = of_listen.chain(of_engines).chain(of_admin).filter_map(Option::as_mut);
        for path in paths.chain(given) {
            *path = dir.join(&*path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str =
        "table = \"t.json\"\nstate = \"s\"\n[[listen]]\naddress = \"127.0.0.1:80\"\n";

    fn said(text: &str) -> String {
        Config::read(text, Path::new("/etc/lh")).unwrap_err().to_string()
    }

    #[test]
    fn little_has_to_be_said() {
        let config = Config::read(LEAST, Path::new("/etc/lh")).unwrap();
        assert_eq!(config.table, Path::new("/etc/lh/t.json"));
        assert_eq!(config.log(), Path::new("/etc/lh/s/meter"));
        assert!(config.meter.durable_first && config.admin.is_none());
        let absolute = LEAST.replace("\"s\"", "\"/var/lib/lh\"");
        let config = Config::read(&absolute, Path::new("/etc/lh")).unwrap();
        assert_eq!(config.table_kept(), Path::new("/var/lib/lh/table.json"));
    }

    #[test]
    fn faults_are_said() {
        let with = |more: &str| said(&format!("{LEAST}{more}"));
        assert!(said("").contains("missing field `table`"));
        assert!(with("[limits]\nbody_bites = 1\n").contains("unknown field `body_bites`"));
        assert!(with("certificate = \"c\"\n").contains("`certificate` and `key`"));
        assert!(with("[admin]\naddress = \"0.0.0.0:1\"\n").contains("`token`"));
        assert!(with("[admin]\naddress = \"127.0.0.1:1\"\ntoken = \"short\"\n").contains("16"));
        assert!(with("[limits]\ntries = 0\n").contains("`limits.tries`"));
        assert!(with("[health]\npath = \"health\"\n").contains("begin with `/`"));
        assert!(with("[engines]\ncertificate = \"c\"\n").contains("`engines.certificate`"));
    }
}
