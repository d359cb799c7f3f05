//! The environment, read once. Nothing below the binary reads it.

use std::env;

/// What the environment says about how things should look.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Environment {
    /// NO_COLOR is set and not empty (<https://no-color.org>).
    pub(crate) no_color: bool,
    /// The terminal cannot move its cursor.
    pub(crate) dumb: bool,
}

impl Environment {
    /// What the environment says about the server: every variable that begins with `LEASEHOLD_`.
    pub(crate) fn of_server() -> Vec<(String, String)> {
        env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with("LEASEHOLD_"))
            .collect()
    }

    /// Reads the environment of this process.
    pub(crate) fn read() -> Self {
        Environment {
            no_color: env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
            dumb: env::var_os("TERM").is_some_and(|value| value == "dumb"),
        }
    }
}
