//! `docket healthcheck`.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use ureq::tls::TlsConfig;

use super::output::{print, print_json};
use crate::config::Config;
use crate::error::Error;

/// Ask the running server whether it is ready
///
/// Asks /readyz at the address and port (or the Unix socket) of the settings, or
/// at --url: exits with 0 if the server answers that it can write, and with 6 if not. Made for a
/// container's health check, which needs no shell and no other program then.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket healthcheck --url http://127.0.0.1:8000
  docket healthcheck --url unix:/run/docket/docket.sock || echo 'nobody is there'
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
        let timeout = Duration::from_secs(self.timeout);
        let base = self.url.clone().unwrap_or_else(|| own_url(config));
        let base = base.trim_end_matches('/');
        let (url, answer) = match base.strip_prefix("unix:") {
            Some(path) => (base.to_owned(), ask_socket(path, timeout)),
            None => {
                let url = format!("{base}/readyz");
                let answer = ask(&url, timeout, self.url.is_some());
                (url, answer)
            }
        };
        let failure = answer.and_then(is_ready).err();
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
    if let Some(path) = config.unix_socket() {
        return format!("unix:{}", path.display());
    }
    let address = match config.address {
        IpAddr::V4(address) if address.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(address) if address.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        address => address,
    };
    config.listening_url(SocketAddr::new(address, config.port))
}

/// The status of an answer. The server's certificate is for the name that people
/// use, so that it cannot be verified at an address of this machine's own; nothing
/// secret is sent there.
fn ask(url: &str, timeout: Duration, verify: bool) -> Result<u16, String> {
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .max_redirects(0)
        .proxy(None)
        .http_status_as_error(false)
        .tls_config(TlsConfig::builder().disable_verification(!verify).build())
        .build()
        .new_agent();
    let response = agent.get(url).call().map_err(|error| error.to_string())?;
    Ok(response.status().as_u16())
}

fn ask_socket(path: &str, timeout: Duration) -> Result<u16, String> {
    let asked = || {
        let mut stream = UnixStream::connect(path)?;
        stream.set_read_timeout(Some(timeout))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: docket\r\nconnection: close\r\n\r\n")?;
        let mut start = [0; "HTTP/1.1 200".len()];
        stream.read_exact(&mut start)?;
        Ok(start)
    };
    let start = asked().map_err(|error: std::io::Error| error.to_string())?;
    let status = std::str::from_utf8(&start).ok().and_then(|start| start.strip_prefix("HTTP/1.1 "));
    status.and_then(|status| status.parse().ok()).ok_or_else(|| "it speaks no HTTP".to_owned())
}

fn is_ready(status: u16) -> Result<(), String> {
    match status {
        200 => Ok(()),
        status => Err(format!("it answered {status}")),
    }
}
