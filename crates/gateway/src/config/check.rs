//! What a configuration may not say.

use super::{Admin, Config, LISTEN_MAX, THREADS_MAX};
use crate::admin::TOKEN_BYTES_MIN;

/// What is wrong with a configuration: where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

/// A fault of those words, where `bad`.
fn refuse(bad: bool, words: impl FnOnce() -> String) -> Result<(), Fault> {
    if bad { Err(Fault(words())) } else { Ok(()) }
}

impl Config {
    pub(super) fn check(&self) -> Result<(), Fault> {
        refuse(self.listen.is_empty() || self.listen.len() > LISTEN_MAX, || {
            format!("`listen` must be there between 1 and {LISTEN_MAX} times: add `[[listen]]`")
        })?;
        refuse(self.threads > THREADS_MAX, || {
            format!("`threads` must be at most {THREADS_MAX}; 0 means one for each core")
        })?;
        for listen in &self.listen {
            refuse(listen.certificate.is_some() != listen.key.is_some(), || {
                format!("`listen` at {}: `certificate` and `key` come together", listen.address)
            })?;
        }
        let engines = &self.engines;
        refuse(engines.certificate.is_some() != engines.key.is_some(), || {
            "`engines.certificate` and `engines.key` come together".to_owned()
        })?;
        refuse(engines.certificate.is_some() && engines.ca.is_none(), || {
            "`engines.certificate` needs `engines.ca`: who signs those of the engines".to_owned()
        })?;
        self.admin.as_ref().map_or(Ok(()), check_admin)?;
        self.check_numbers()
    }

    fn check_numbers(&self) -> Result<(), Fault> {
        let health = &self.health;
        refuse(!health.path.is_empty() && !health.path.starts_with('/'), || {
            "`health.path` must begin with `/`, or be empty to ask nobody".to_owned()
        })?;
        let limits = &self.limits;
        let least: [(&str, u64, u64); 14] = [
            ("health.every_ms", health.every_ms.into(), 10),
            ("health.within_ms", health.within_ms.into(), 10),
            ("health.ill_after", health.ill_after.into(), 1),
            ("limits.body_bytes", limits.body_bytes as u64, 1_024),
            ("limits.bodies_bytes", limits.bodies_bytes as u64, limits.body_bytes as u64),
            ("limits.answer_bytes", limits.answer_bytes as u64, 1_024),
            ("limits.head_within_ms", limits.head_within_ms.into(), 10),
            ("limits.idle_within_ms", limits.idle_within_ms.into(), 10),
            ("limits.body_within_ms", limits.body_within_ms.into(), 10),
            ("limits.connect_within_ms", limits.connect_within_ms.into(), 10),
            ("limits.first_byte_within_ms", limits.first_byte_within_ms.into(), 10),
            ("limits.silent_within_ms", limits.silent_within_ms.into(), 10),
            ("limits.unread_within_ms", limits.unread_within_ms.into(), 10),
            ("limits.tries", limits.tries as u64, 1),
        ];
        for (name, value, least) in least {
            refuse(value < least, || format!("`{name}` is {value} and must be at least {least}"))?;
        }
        refuse(limits.bytes_per_token == 0, || "`limits.bytes_per_token` is 0".to_owned())?;
        let fault = self.meter.to_log().fault();
        fault.map_or(Ok(()), |fault| Err(Fault(format!("`meter`: {fault}"))))
    }
}

fn check_admin(admin: &Admin) -> Result<(), Fault> {
    let given = [admin.token.is_some(), admin.token_file.is_some()];
    refuse(given == [true, true], || {
        "`admin.token` and `admin.token_file` say the same: leave one out".to_owned()
    })?;
    refuse(given == [false, false], || {
        "`admin` needs a `token` or a `token_file`: whoever has it can drain replicas".to_owned()
    })?;
    let short = |token: &String| token.len() < TOKEN_BYTES_MIN;
    refuse(admin.token.as_ref().is_some_and(short), || {
        format!("`admin.token` must have at least {TOKEN_BYTES_MIN} characters")
    })
}
