//! `docket healthcheck`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::output::{print, print_json};
use crate::config::Config;
use crate::error::Error;

/// Ask the running server whether it is ready
///
/// Asks /readyz at the address and port of the settings, or at --url: exits with
/// 0 if the server answers that it can write, and with 6 if not. Made for a
/// container's health check, which needs no shell and no other program then.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket healthcheck --url http://127.0.0.1:8000
  docket healthcheck --port 8000 || echo 'docket is out of reach'")]
pub(super) struct HealthCheck {
    /// Where the server answers, such as https://tasks.example.org
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// How many seconds to wait
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    timeout: u64,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl HealthCheck {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let base = self.url.clone().unwrap_or_else(|| own_url(config));
        let url = format!("{}/readyz", base.trim_end_matches('/'));
        let failure = ask(&url, Duration::from_secs(self.timeout)).err();
        if self.json {
            print_json(&json!({ "url": url, "ready": failure.is_none(), "failure": failure }))?;
        }
        match failure {
            None if self.json => Ok(()),
            None => print("ready"),
            Some(why) => Err(Error::Unavailable(format!("{url} is not ready: {why}")).into()),
        }
    }
}

/// Where the server listens, as somebody on the same machine reaches it.
fn own_url(config: &Config) -> String {
    let address = match config.address {
        IpAddr::V4(address) if address.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(address) if address.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        address => address,
    };
    format!("http://{}", SocketAddr::new(address, config.port))
}

fn ask(url: &str, timeout: Duration) -> Result<(), String> {
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .max_redirects(0)
        .proxy(None)
        .http_status_as_error(false)
        .build()
        .new_agent();
    let response = agent.get(url).call().map_err(|error| error.to_string())?;
    match response.status().as_u16() {
        200 => Ok(()),
        status => Err(format!("it answered {status}")),
    }
}
