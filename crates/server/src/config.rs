//! How a server is configured: by a file, by the environment, by flags; the later wins.
//!
//! There is one table of keys. What is read, what `leasehold config explain` prints and the schema
//! in docs/config.schema.json are all made from it.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use leasehold_store::journal::Address;
use serde_json::{Map, Value, json};

/// What a value has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An address with a port, like `127.0.0.1:8420`.
    Listen,
    /// The URL of a database.
    Database,
    /// A text.
    Text,
    /// Whole seconds between these, inclusive.
    Seconds(u64, u64),
}

/// A key of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in the file; in the environment `LEASEHOLD_` and the name in capitals, as a flag
    /// the name with `-` for `_`.
    pub name: &'static str,
    /// What its value has to be.
    pub kind: Kind,
    /// Its value where nobody gives one.
    pub default: &'static str,
    /// What it means.
    pub about: &'static str,
}

/// Every key.
pub const KEYS: &[Key] = &[
    Key {
        name: "listen",
        kind: Kind::Listen,
        default: "127.0.0.1:8420",
        about: "Where the API listens; put a proxy that speaks TLS before it",
    },
    Key {
        name: "database",
        kind: Kind::Database,
        default: "sqlite:leasehold.db",
        about: "The journal: sqlite:PATH, or postgres://USER@HOST/NAME",
    },
    Key {
        name: "process",
        kind: Kind::Text,
        default: "",
        about: "The name of this process among those that share a database, each its own; one that is restarted under its name leads again at once. By its number where empty",
    },
    Key {
        name: "leads_for",
        kind: Kind::Seconds(3, 300),
        default: "15",
        about: "For how many seconds a leader leads without renewing; after that another process may",
    },
    Key {
        name: "drain",
        kind: Kind::Seconds(0, 600),
        default: "20",
        about: "For how many seconds requests under way may finish when the server is told to stop",
    },
];

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nobody gave one.
    Default,
    /// The file of that name.
    File(String),
    /// The environment.
    Environment,
    /// The command line.
    Flag,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.pad("default"),
            Source::File(name) => f.pad(name),
            Source::Environment => f.pad("environment"),
            Source::Flag => f.pad("flag"),
        }
    }
}

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("configuration, {place}: {why}")]
pub struct ConfigFault {
    /// Which key, and where it was given.
    pub place: String,
    /// What is wrong and what to do.
    pub why: String,
}

/// The value of each key, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved(BTreeMap<&'static str, (String, Source)>);

/// A configuration, read.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the API listens.
    pub listen: SocketAddr,
    /// The journal.
    pub database: Address,
    /// The name of this process; by its number where empty.
    pub process: String,
    /// For how long a leader leads without renewing.
    pub leads_for: Duration,
    /// For how long requests under way may finish.
    pub drain: Duration,
}

impl Key {
    /// Its name in the environment.
    pub fn variable(&self) -> String {
        format!("LEASEHOLD_{}", self.name.to_uppercase())
    }
}

/// Puts the sources together: a file by its name and text, the environment and the flags as pairs.
///
/// # Errors
/// Every [`ConfigFault`].
pub fn resolve(
    file: Option<(&str, &str)>,
    environment: &[(String, String)],
    flags: &[(&str, String)],
) -> Result<Resolved, Vec<ConfigFault>> {
    let (mut values, mut faults) = (BTreeMap::new(), Vec::new());
    for key in KEYS {
        values.insert(key.name, (key.default.to_owned(), Source::Default));
    }
    if let Some((name, text)) = file {
        for (key, value) in read_file(name, text, &mut faults) {
            values.insert(key, (value, Source::File(name.to_owned())));
        }
    }
    for key in KEYS {
        let variable = key.variable();
        if let Some((_, value)) = environment.iter().find(|(name, _)| *name == variable) {
            values.insert(key.name, (value.clone(), Source::Environment));
        }
        if let Some((_, value)) = flags.iter().find(|(name, _)| *name == key.name) {
            values.insert(key.name, (value.clone(), Source::Flag));
        }
    }
    for key in KEYS {
        if let Some((value, source)) = values.get(key.name)
            && let Err(why) = check(key, value)
        {
            faults.push(ConfigFault { place: format!("`{}` ({source})", key.name), why });
        }
    }
    if faults.is_empty() { Ok(Resolved(values)) } else { Err(faults) }
}

fn read_file(name: &str, text: &str, faults: &mut Vec<ConfigFault>) -> Vec<(&'static str, String)> {
    let table: toml::Table = match toml::from_str(text) {
        Ok(table) => table,
        Err(error) => {
            let why = format!("it is no TOML: {}", error.message());
            faults.push(ConfigFault { place: format!("`{name}`"), why });
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for (word, value) in table {
        let place = || format!("`{word}` ({name})");
        let Some(key) = KEYS.iter().find(|key| key.name == word) else {
            let known: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
            let why = format!("there is no such key; use {}", known.join(", "));
            faults.push(ConfigFault { place: place(), why });
            continue;
        };
        match (key.kind, value) {
            (Kind::Seconds(..), toml::Value::Integer(seconds)) => {
                found.push((key.name, seconds.to_string()));
            }
            (Kind::Seconds(..), _) => {
                let why = "write whole seconds, without quotes".to_owned();
                faults.push(ConfigFault { place: place(), why });
            }
            (_, toml::Value::String(text)) => found.push((key.name, text)),
            _ => {
                let why = "write a text, in quotes".to_owned();
                faults.push(ConfigFault { place: place(), why });
            }
        }
    }
    found
}

fn check(key: &Key, value: &str) -> Result<(), String> {
    match key.kind {
        Kind::Listen => value.parse::<SocketAddr>().map(|_| ()).map_err(|_| {
            format!("`{value}` is no address with a port; write it like {}", key.default)
        }),
        Kind::Database => value.parse::<Address>().map(|_| ()).map_err(|error| error.to_string()),
        Kind::Text if value.len() <= 100 => Ok(()),
        Kind::Text => Err("it is longer than 100 bytes; shorten it".to_owned()),
        Kind::Seconds(least, most) => match value.parse::<u64>() {
            Ok(seconds) if (least..=most).contains(&seconds) => Ok(()),
            _ => Err(format!("`{value}` is not {least} to {most} whole seconds")),
        },
    }
}

impl Resolved {
    /// Each key with its value, where that comes from, and what it means, in the order of the table.
    /// A password in a URL is left out.
    pub fn explain(&self) -> Vec<(&'static Key, String, Source)> {
        let told = |key: &'static Key| {
            let (value, source) = self.0.get(key.name)?;
            Some((key, without_password(value), source.clone()))
        };
        KEYS.iter().filter_map(told).collect()
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |(value, _)| value.as_str())
    }

    /// The configuration itself.
    ///
    /// # Errors
    /// [`ConfigFault`]; none after [`resolve`] has checked every value.
    pub fn config(&self) -> Result<Config, ConfigFault> {
        let fault = |name: &str, why: String| ConfigFault { place: format!("`{name}`"), why };
        let seconds = |name: &str| {
            let parsed = self.get(name).parse::<u64>();
            parsed.map(Duration::from_secs).map_err(|error| fault(name, error.to_string()))
        };
        let (listen, database) = (self.get("listen"), self.get("database"));
        Ok(Config {
            listen: listen
                .parse()
                .map_err(|e: std::net::AddrParseError| fault("listen", e.to_string()))?,
            database: database.parse().map_err(|e: leasehold_store::journal::BadAddress| {
                fault("database", e.to_string())
            })?,
            process: self.get("process").to_owned(),
            leads_for: seconds("leads_for")?,
            drain: seconds("drain")?,
        })
    }
}

/// `postgres://user:secret@host/name` without the secret.
fn without_password(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let Some((user, host)) = rest.rsplit_once('@') else { return value.to_owned() };
    match user.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:…@{host}"),
        None => value.to_owned(),
    }
}

/// The JSON schema of a configuration file.
pub fn schema() -> String {
    let mut properties = Map::new();
    for key in KEYS {
        let mut property = match key.kind {
            Kind::Seconds(least, most) => {
                let default = key.default.parse::<u64>().unwrap_or_default();
                json!({ "type": "integer", "minimum": least, "maximum": most, "default": default })
            }
            _ => json!({ "type": "string", "default": key.default }),
        };
        property["description"] = Value::from(key.about);
        properties.insert(key.name.into(), property);
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of leasehold serve",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    });
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let file = "listen = \"0.0.0.0:80\"\nleads_for = 30\ndrain = 5\n";
        let environment = [("LEASEHOLD_LEADS_FOR".to_owned(), "40".to_owned())];
        let flags = [("listen", "[::1]:9000".to_owned())];
        let resolved = resolve(Some(("server.toml", file)), &environment, &flags).unwrap();
        let told: Vec<String> = resolved
            .explain()
            .into_iter()
            .map(|(key, value, source)| format!("{} = {value} ({source})", key.name))
            .collect();
        insta::assert_snapshot!(told.join("\n"));
        let config = resolved.config().unwrap();
        assert_eq!((config.leads_for.as_secs(), config.drain.as_secs()), (40, 5));
    }

    #[test]
    fn every_fault_is_told() {
        let file = "listne = \"x\"\nlisten = 80\ndrain = \"5\"\n";
        let environment = [("LEASEHOLD_DATABASE".to_owned(), "mysql://x".to_owned())];
        let flags = [("leads_for", "1".to_owned())];
        let faults = resolve(Some(("server.toml", file)), &environment, &flags).unwrap_err();
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(told.join("\n"));
        insta::assert_snapshot!(resolve(Some(("x", "=")), &[], &[]).unwrap_err()[0]);
    }

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("postgres://a:b@h/n"), "postgres://a:…@h/n");
        assert_eq!(without_password("postgres://a@h/n"), "postgres://a@h/n");
        assert_eq!(without_password("sqlite:desk.db"), "sqlite:desk.db");
    }
}
