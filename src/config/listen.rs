//! Where to listen, and what Docket is called there.

use std::net::SocketAddr;
use std::path::Path;

use super::Config;

impl Config {
    /// The files of the certificate and its key, if https is served.
    pub fn tls(&self) -> Option<(&Path, &Path)> {
        set(&self.tls_cert).zip(set(&self.tls_key))
    }

    /// The Unix socket to listen on, if one is set.
    pub fn unix_socket(&self) -> Option<&Path> {
        set(&self.unix_socket)
    }

    /// What Docket calls itself when it listens on `port`.
    pub fn own_url(&self, port: u16) -> String {
        match &self.base_url {
            Some(url) => url.to_string(),
            None => self.listening_url(SocketAddr::new(self.address, port)),
        }
    }

    /// The URL of an address that is listened on.
    pub fn listening_url(&self, address: SocketAddr) -> String {
        let scheme = if self.tls().is_some() { "https" } else { "http" };
        format!("{scheme}://{address}")
    }
}

/// A path that is set to nothing is not set.
fn set(path: &Option<std::path::PathBuf>) -> Option<&Path> {
    path.as_deref().filter(|path| !path.as_os_str().is_empty())
}

/// Refuses halves, and a socket that nobody could be told the address of.
pub(super) fn check(config: &Config) -> Result<(), (&'static str, String)> {
    match (set(&config.tls_cert), set(&config.tls_key)) {
        (Some(_), None) => return Err(("tls_cert", "needs tls_key as well".into())),
        (None, Some(_)) => return Err(("tls_key", "needs tls_cert as well".into())),
        _ => {}
    }
    if config.unix_socket().is_none() {
        return Ok(());
    }
    if config.tls().is_some() {
        let why = "is spoken to in plain http; tls_cert and tls_key do not go with it";
        return Err(("unix_socket", why.into()));
    }
    if config.base_url.is_none() {
        let why = "needs base_url, the address that people use";
        return Err(("unix_socket", why.into()));
    }
    Ok(())
}
