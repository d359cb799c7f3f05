//! Where a database is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A database, by its URL: `sqlite:PATH` or `postgres://USER@HOST/NAME`.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A database of PostgreSQL, version 15 or later.
    Postgres(Box<tokio_postgres::Config>),
}

/// A text that names no database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Neither of the two.
    #[error(
        "the database's URL begins with neither `sqlite:` nor `postgres://`: write sqlite:PATH, or \
         postgres://USER@HOST/NAME"
    )]
    Scheme,
    /// No path.
    #[error(
        "`sqlite:` lacks the path of the file: write it like sqlite:/var/lib/leasehold/desk.db"
    )]
    NoPath,
    /// PostgreSQL's client does not understand it.
    #[error(
        "the URL of PostgreSQL is not understood ({0}): write it like \
         postgres://USER:PASSWORD@HOST:5432/NAME, or postgres:///NAME?host=/run/postgresql&user=USER"
    )]
    Postgres(String),
}

impl FromStr for Address {
    type Err = BadAddress;
    fn from_str(text: &str) -> Result<Self, BadAddress> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path {
                "" => Err(BadAddress::NoPath),
                path => Ok(Address::Sqlite(PathBuf::from(path))),
            };
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let config: tokio_postgres::Config =
                text.parse().map_err(|e: tokio_postgres::Error| {
                    let source = std::error::Error::source(&e);
                    BadAddress::Postgres(source.map_or_else(|| e.to_string(), ToString::to_string))
                })?;
            return Ok(Address::Postgres(Box::new(config)));
        }
        Err(BadAddress::Scheme)
    }
}

/// Without the password: it may be shown and logged.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Address::Postgres(config) => {
                let host = config.get_hosts().first().map(|host| match host {
                    tokio_postgres::config::Host::Tcp(name) => name.clone(),
                    #[cfg(unix)]
                    tokio_postgres::config::Host::Unix(path) => path.display().to_string(),
                });
                let port = config.get_ports().first().copied().unwrap_or(5432);
                let host = host.unwrap_or_default();
                write!(f, "postgres://{host}:{port}/{}", config.get_dbname().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<String, BadAddress> {
        text.parse::<Address>().map(|address| address.to_string())
    }

    #[test]
    fn addresses_are_read_and_shown_without_their_password() {
        assert_eq!(shown("sqlite:desk.db").unwrap(), "sqlite:desk.db");
        assert_eq!(shown("sqlite:///var/desk.db").unwrap(), "sqlite:/var/desk.db");
        let shown_url = shown("postgres://desk:secret@db.example/leasehold").unwrap();
        assert_eq!(shown_url, "postgres://db.example:5432/leasehold");
        assert_eq!(
            shown("postgresql:///desk?host=/run/pg&port=6000&user=x").unwrap(),
            "postgres:///run/pg:6000/desk"
        );
    }

    #[test]
    fn what_names_no_database_is_refused_with_what_to_write() {
        assert_eq!(shown("mysql://x"), Err(BadAddress::Scheme));
        assert_eq!(shown("sqlite:"), Err(BadAddress::NoPath));
        assert!(matches!(shown("postgres://x?nonsense=1"), Err(BadAddress::Postgres(_))));
    }
}
