//! Values of settings that have rules of their own.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// An origin: `http` or `https`, a host and perhaps a port, no path.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct BaseUrl(String);

impl BaseUrl {
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = String;

    fn try_from(text: String) -> Result<BaseUrl, String> {
        let must = "must be an origin such as https://tasks.example.org, without a path";
        let url = text.strip_suffix('/').unwrap_or(&text);
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let fits = host.is_some_and(|host| {
            !host.is_empty()
                && !host.contains(['/', '?', '#', '@', '\\'])
                && host.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase())
        });
        if fits { Ok(BaseUrl(url.to_owned())) } else { Err(format!("{text:?}: {must}")) }
    }
}

/// A secret's text, used as its UTF-8 bytes and never shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// RFC 7518, 3.2: at least as long as the hash's output.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.0.len() < 32 {
            return Err(format!("must have at least 32 bytes; it has {}", self.0.len()));
        }
        let first = self.0.as_bytes()[0];
        let known = ["better-auth-secret-12345678901234567890"];
        if known.contains(&self.0.as_str()) || self.0.bytes().all(|byte| byte == first) {
            return Err("is a placeholder; make one with: openssl rand -base64 32".into());
        }
        Ok(())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(********)")
    }
}

/// A proxy whose word about a client's address is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Proxy {
    Network(IpNet),
    /// Whoever the Unix socket lets in.
    Unix,
}

impl TryFrom<String> for Proxy {
    type Error = String;

    fn try_from(text: String) -> Result<Proxy, String> {
        if text == "unix" {
            return Ok(Proxy::Unix);
        }
        let one = |_| text.parse::<IpAddr>().map(IpNet::from);
        let network = text.parse::<IpNet>().or_else(one);
        let must = "must be an address, a network such as 10.0.0.0/8, or unix";
        network.map(Proxy::Network).map_err(|_| format!("{text:?}: {must}"))
    }
}

/// The permissions of a Unix socket, written as `chmod` takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SocketMode(pub u32);

impl TryFrom<String> for SocketMode {
    type Error = String;

    fn try_from(text: String) -> Result<SocketMode, String> {
        let mode = u32::from_str_radix(&text, 8).ok().filter(|mode| *mode <= 0o777);
        let must = "must be an octal mode such as 0660";
        mode.map(SocketMode).ok_or_else(|| format!("{text:?}: {must}"))
    }
}

/// Who may make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignUp {
    Open,
    Invite,
    Closed,
}

/// How often backups are made while serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackupPlan {
    Daily,
    Off,
}

/// How a connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// From its first byte (RFC 8314).
    Implicit,
    /// After it has begun (RFC 3207); without that no mail is sent.
    Starttls,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    On,
    Off,
}

/// How much to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Auto,
    Text,
    Json,
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_an_origin() {
        for good in ["http://127.0.0.1:8000", "https://tasks.example.org", "https://[::1]:8443"] {
            assert_eq!(BaseUrl::try_from(good.to_owned()).unwrap().to_string(), good);
        }
        for bad in
            ["tasks.example.org", "https://", "https://a/b", "ftp://a", "https://A", "https://a b"]
        {
            assert!(BaseUrl::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_proxy_is_an_address_a_network_or_the_socket() {
        for good in ["10.0.0.0/8", "127.0.0.1", "::1", "fd00::/8", "unix"] {
            assert!(Proxy::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "10.0.0.0/33", "proxy.example.org", "Unix", "*"] {
            assert!(Proxy::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_socket_mode_is_octal() {
        assert_eq!(SocketMode::try_from("0660".to_owned()), Ok(SocketMode(0o660)));
        assert_eq!(SocketMode::try_from("600".to_owned()), Ok(SocketMode(0o600)));
        for bad in ["", "0680", "1777", "-660", "rw"] {
            assert!(SocketMode::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    // SECURITY-BAR T17
    #[test]
    fn a_secret_has_32_bytes_and_is_no_placeholder() {
        assert!(Secret("x1".repeat(15)).check().is_err());
        assert!(Secret("x1".repeat(16)).check().is_ok());
        assert!(Secret("x".repeat(64)).check().is_err());
    }
}
