//! How commands find the gateway that they speak to: by its configuration, or by address and token.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use leasehold_gateway::admin;

use super::read_config;
use crate::error::CommandError;
use crate::input::InputError;

/// Which gateway.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub(super) struct Which {
    /// The configuration that the gateway runs with; its `admin` says where it is
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The gateway's admin address, where there is no configuration at hand
    #[arg(long, value_name = "ADDRESS", requires = "token_file", conflicts_with = "config")]
    admin: Option<SocketAddr>,
    /// A file whose first line is the admin token
    #[arg(long, value_name = "FILE", requires = "admin")]
    token_file: Option<PathBuf>,
}

impl Which {
    /// Calls the gateway.
    pub(super) fn call(&self, path: &str, body: Option<String>) -> Result<String, CommandError> {
        let (address, token) = self.found()?;
        Ok(admin::call(address, &token, path, body)?)
    }

    fn found(&self) -> Result<(SocketAddr, String), CommandError> {
        if let (Some(address), Some(path)) = (self.admin, &self.token_file) {
            let unreadable = |source| InputError::Unreadable { path: path.clone(), source };
            let text = fs::read_to_string(path).map_err(unreadable)?;
            return Ok((address, text.lines().next().unwrap_or_default().trim().to_owned()));
        }
        let path = self.config.clone().unwrap_or_default();
        let config = read_config(&path)?;
        let Some(admin) = config.admin else {
            return Err(CommandError::GatewayConfig {
                name: path.display().to_string(),
                message: "it has no table `admin`: the gateway cannot be spoken to".to_owned(),
            });
        };
        Ok((admin.address, leasehold_gateway::admin::token(&admin)?))
    }
}
