//! Every setting: what it means, where it came from, and what is refused.
//!
//! A flag wins over the environment, the environment over `Rocket.toml`, that
//! over the default.

mod issuer;
mod listen;
mod mail;
mod sources;
mod types;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use figment::Figment;
use figment::value::{Dict, Value};

pub use issuer::{IssuerConfig, Subjects};
pub use sources::Flags;
pub use types::{
    BackupPlan, BaseUrl, LogFormat, LogLevel, Proxy, Secret, SignUp, SmtpTls, SocketMode, Switch,
};

use crate::error::{Error, Result};

/// A setting as `docket config` and the README show it.
#[derive(Debug)]
pub struct Setting {
    pub name: &'static str,
    pub help: &'static str,
}

/// Makes the struct, the list of settings and the reader from one description.
macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty = $default:expr,)+) => {
        /// The effective settings.
        #[derive(Clone, Debug)]
        pub struct Config {
            $($(#[doc = $doc])+ pub $name: $type,)+
        }

        /// Every setting, in the order of the documentation.
        pub const SETTINGS: &[Setting] = &[
            $(Setting { name: stringify!($name), help: concat!($($doc),+) },)+
        ];

        fn defaults() -> Result<Dict> {
            let mut dict = Dict::new();
            $(dict.insert(stringify!($name).into(), value(&$default)?);)+
            Ok(dict)
        }

        /// What is wrong with each value by itself.
        fn faults(figment: &Figment) -> Vec<Error> {
            [$(field::<$type>(figment, stringify!($name)).err(),)+].into_iter().flatten().collect()
        }

        fn extract(figment: &Figment) -> Result<Config> {
            Ok(Config { $($name: field(figment, stringify!($name))?,)+ })
        }
    };
}

settings! {
    /// The directory that holds everything Docket keeps.
    data_dir: PathBuf = sources::default_data_dir(),
    /// The IP address to listen on. Use 0.0.0.0 or :: behind a reverse proxy on another host.
    address: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST),
    /// The port to listen on; 0 takes a free one and prints it.
    port: u16 = 8000,
    /// The address people use, such as https://tasks.example.org: the issuer and
    /// audience of Docket's own tokens. Without it, http and the listening address.
    base_url: Option<BaseUrl> = None::<String>,
    /// A file with the certificate (PEM) to serve https with, followed by those it was
    /// signed by. Needs tls_key; without both, http is served.
    tls_cert: Option<PathBuf> = None::<String>,
    /// The file with the certificate's private key (PEM).
    tls_key: Option<PathBuf> = None::<String>,
    /// A Unix socket to listen on in place of address and port, for a reverse proxy on
    /// this machine. Needs base_url.
    unix_socket: Option<PathBuf> = None::<String>,
    /// Who may connect to unix_socket, as an octal mode: 0660 is its owner and group.
    unix_socket_mode: SocketMode = "0660",
    /// Other servers whose tokens are accepted: a list of tables with `issuer`,
    /// `jwks_url` or `jwks_file`, `audience` and `subjects`. See the README.
    issuers: Vec<IssuerConfig> = Vec::<String>::new(),
    /// The secret shared with a Better Auth server that signs its tokens with HS256: at
    /// least 32 bytes, used as they are. Also read from BETTER_AUTH_SECRET. Empty is off.
    better_auth_secret: Option<Secret> = None::<String>,
    /// The `iss` that an HS256 token must have. Without it, any or none.
    better_auth_issuer: Option<String> = None::<String>,
    /// The `aud` that an HS256 token must have. Without it, any or none.
    better_auth_audience: Option<String> = None::<String>,
    /// Whom an HS256 token's `sub` names: `external`, an account of its own for each
    /// subject, or `local`, the id of an account here.
    better_auth_subjects: Subjects = "external",
    /// Who may make an account: everybody (open), those with a link of `docket user
    /// invite` (invite), or nobody (closed).
    signup: SignUp = "open",
    /// Whether an e-mail address must be proven by a mailed link before its person
    /// can sign in: on or off. On needs mail.
    require_email_verification: Switch = "off",
    /// Origins besides the base URL whose pages may sign people in and use the API
    /// (CORS), such as https://app.example.org.
    trusted_origins: Vec<BaseUrl> = Vec::<String>::new(),
    /// Proxies whose X-Forwarded-For is believed, as addresses, networks such as
    /// 10.0.0.0/8, or `unix` for whoever may connect to unix_socket.
    trusted_proxies: Vec<Proxy> = Vec::<String>::new(),
    /// Whether sign-ins and the like are limited: on, or off for tests alone.
    rate_limits: Switch = "on",
    /// How many days the record of sign-ins, changes and failures goes back.
    audit_days: u32 = 400,
    /// How often a backup is made and proven while serving: daily or off.
    backup: BackupPlan = "daily",
    /// The directory for backups alone. Without it, `backups` in the data directory.
    backup_dir: Option<PathBuf> = None::<String>,
    /// Of how many days the newest backup is kept.
    backup_keep_daily: u32 = 7,
    /// Of how many weeks the newest backup is kept.
    backup_keep_weekly: u32 = 4,
    /// Of how many months the newest backup is kept.
    backup_keep_monthly: u32 = 6,
    /// Whether Docket copies the write-ahead log into the database file by itself: on,
    /// or off where Litestream does.
    checkpoints: Switch = "on",
    /// The mail server that takes Docket's mail, such as smtp.example.org. Without it,
    /// no mail is sent.
    smtp_host: Option<String> = None::<String>,
    /// The mail server's port. Without it, 465, or 587 for starttls, or 25 for off.
    smtp_port: Option<u16> = None::<u16>,
    /// How the connection to it is encrypted: implicit (from the start), starttls
    /// (which the server must then offer) or off.
    smtp_tls: SmtpTls = "implicit",
    /// The name to sign in to the mail server by.
    smtp_user: Option<String> = None::<String>,
    /// The password for it; better in the environment, or in a file that
    /// DOCKET_SMTP_PASSWORD_FILE names.
    smtp_password: Option<Secret> = None::<String>,
    /// A file with the certificate (PEM) of an authority of one's own that the mail
    /// server's certificate may be from, besides the public ones.
    smtp_ca_file: Option<PathBuf> = None::<String>,
    /// Whom mail is from, such as Docket <docket@example.org>. Needed for smtp_host.
    mail_from: Option<String> = None::<String>,
    /// A file that each mail is appended to as a line of JSON instead of being
    /// sent, for development and tests.
    mail_outbox: Option<PathBuf> = None::<String>,
    /// An IP address and port of its own for metrics, such as 127.0.0.1:9100. Without it
    /// they are at the server's, if metrics_token is set.
    metrics_address: Option<SocketAddr> = None::<String>,
    /// The token that reads the metrics, 16 bytes or more; better in a file that
    /// DOCKET_METRICS_TOKEN_FILE names.
    metrics_token: Option<Secret> = None::<String>,
    /// How much to log: error, warn, info, debug or trace.
    log: LogLevel = "info",
    /// How the log is written: text, json (an object a line), or auto, which is text on
    /// a terminal, in systemd's journal and for commands, and json where a server logs
    /// elsewhere.
    log_format: LogFormat = "auto",
}

/// The settings and, for each, where it came from.
#[derive(Debug)]
pub struct Loaded {
    pub config: Config,
    figment: Figment,
}

/// Reads every source. A setting that is unknown, of the wrong kind or unsafe
/// is refused with its name and where it came from.
pub fn load(flags: &Flags) -> Result<Loaded> {
    let figment = sources::figment(flags, defaults()?)?;
    refuse_unknown(&figment)?;
    let config = extract(&figment)?;
    config.check().map_err(|(name, why)| fault(&figment, name, &why))?;
    Ok(Loaded { config, figment })
}

/// All that [`load`] would refuse, each in a sentence.
pub fn problems(flags: &Flags) -> Vec<String> {
    let figment = match defaults().and_then(|defaults| sources::figment(flags, defaults)) {
        Ok(figment) => figment,
        Err(error) => return vec![error.to_string()],
    };
    let mut problems = match unknown(&figment) {
        Ok(unknown) => unknown,
        Err(error) => return vec![error.to_string()],
    };
    problems.extend(faults(&figment));
    if problems.is_empty() {
        problems.extend(load(flags).err());
    }
    problems.iter().map(Error::to_string).collect()
}

/// A setting's value where nobody says another, as JSON.
pub fn default_of(name: &str) -> Result<serde_json::Value> {
    let default = defaults()?.remove(name);
    serde_json::to_value(default).map_err(|error| Error::Internal(error.to_string()))
}

impl Loaded {
    /// Where a setting's value came from, in words.
    pub fn origin(&self, name: &str) -> String {
        sources::origin(&self.figment, name)
    }

    /// A setting's value as JSON, secrets masked.
    pub fn shown(&self, name: &str) -> serde_json::Value {
        let value = self.figment.find_value(name).ok();
        match serde_json::to_value(&value).unwrap_or_default() {
            serde_json::Value::String(text) if sources::is_secret(name) && !text.is_empty() => {
                MASK.into()
            }
            value => without_passwords(value),
        }
    }
}

impl Config {
    /// The directory that backups are kept in.
    pub fn backup_dir(&self) -> PathBuf {
        self.backup_dir.clone().unwrap_or_else(|| self.data_dir.join("backups"))
    }

    /// The HS256 secret, if one is set.
    pub fn shared_secret(&self) -> Option<&Secret> {
        self.better_auth_secret.as_ref().filter(|secret| !secret.is_empty())
    }

    /// The token that reads the metrics, if one is set.
    pub fn metrics_token(&self) -> Option<&Secret> {
        self.metrics_token.as_ref().filter(|token| !token.is_empty())
    }

    fn check(&self) -> Result<(), (&'static str, String)> {
        if let Some(secret) = self.shared_secret() {
            secret.check().map_err(|why| ("better_auth_secret", why))?;
        }
        if !(1..=36_500).contains(&self.audit_days) {
            return Err(("audit_days", "must be 1 to 36500".into()));
        }
        issuer::check(&self.issuers).map_err(|why| ("issuers", why))?;
        if self.metrics_token().is_some_and(|token| token.bytes().len() < 16) {
            return Err(("metrics_token", "must have at least 16 bytes".into()));
        }
        listen::check(self)?;
        mail::check(self)
    }
}

/// What stands in the place of a secret.
const MASK: &str = "********";

/// The value, with the password in each of its URLs masked (RFC 3986, 3.2.1).
fn without_passwords(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => Value::String(masked_url(text)),
        Value::Array(items) => items.into_iter().map(without_passwords).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, without_passwords(value))).collect()
        }
        value => value,
    }
}

fn masked_url(text: String) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    match authority.rsplit_once('@').map(|(who, host)| (who.split_once(':'), host)) {
        Some((Some((user, _)), host)) => format!("{scheme}://{user}:{MASK}@{host}{path}"),
        _ => text,
    }
}

fn value(default: &impl serde::Serialize) -> Result<Value> {
    Value::serialize(default).map_err(|error| Error::Internal(error.to_string()))
}

fn field<'de, T: serde::Deserialize<'de>>(figment: &Figment, name: &str) -> Result<T> {
    figment.extract_inner(name).map_err(|error| {
        if sources::is_secret(name) {
            // In other words the value itself would be said.
            return fault(figment, name, "must be text, in quotes");
        }
        let why: Vec<String> = error.into_iter().map(|error| error.kind.to_string()).collect();
        fault(figment, name, &why.join("; "))
    })
}

fn fault(figment: &Figment, name: &str, why: &str) -> Error {
    Error::Setup(format!("setting {name} from {}: {why}", sources::origin(figment, name)))
}

fn refuse_unknown(figment: &Figment) -> Result<()> {
    unknown(figment)?.pop().map_or(Ok(()), Err)
}

/// A refusal of each setting that there is not.
fn unknown(figment: &Figment) -> Result<Vec<Error>> {
    let all: Dict = figment.extract().map_err(|error| {
        let hint = "in a file they stand under [default]";
        Error::Setup(format!("the settings cannot be read ({hint}): {error}"))
    })?;
    let is_known = |name: &String| SETTINGS.iter().any(|setting| setting.name == name);
    let names = all.keys().filter(|name| !is_known(name));
    Ok(names.map(|name| fault(figment, name, "no such setting")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    // SECURITY-BAR S15: what cannot be compared exactly must not seem to be set.
    #[test]
    fn a_trusted_origin_that_is_none_is_refused_by_name() {
        let with = |origin: &str| {
            let file = tempfile::NamedTempFile::new().unwrap();
            let text = format!("[default]\ntrusted_origins = [\"{origin}\"]\n");
            std::fs::write(file.path(), text).unwrap();
            let config = Some(file.path().to_owned());
            load(&Flags { config, ..Flags::default() }).map(|_| ())
        };
        assert!(with("https://app.example.org").is_ok());
        for bad in ["app.example.org", "*", "https://app.example.org/page"] {
            let why = with(bad).unwrap_err().to_string();
            assert!(why.contains("trusted_origins"), "{why}");
        }
    }
}
