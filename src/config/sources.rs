//! Where settings come from, and how each source is read.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider, Source};
use serde::Serialize;

use crate::error::{Error, Result};

/// The settings that have flags of their own, for every command.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Flags {
    /// Read instead of `Rocket.toml` in the working directory.
    #[serde(skip)]
    pub config: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
}

/// Layers the sources, the strongest last.
pub(super) fn figment(flags: &Flags, defaults: Dict) -> Result<Figment> {
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    let defaults = Layer { name: "the default".into(), profile: Profile::Default, dict: defaults };
    let mut figment = Figment::from(defaults);
    if let Some(path) = settings_file(flags.config.as_deref())? {
        // Its `[default]`, `[debug]` or `[release]`, and `[global]` tables.
        figment = figment.merge(Toml::file_exact(path).nested());
    }
    for (variable, dict) in environment()? {
        let name = format!("the environment variable {variable}");
        figment = figment.merge(Layer { name, profile: Profile::Global, dict });
    }
    let dict = Value::serialize(flags).ok().and_then(Value::into_dict).unwrap_or_default();
    for (key, value) in dict {
        let name = format!("the flag --{}", key.replace('_', "-"));
        let dict = Dict::from([(key, value)]);
        figment = figment.merge(Layer { name, profile: Profile::Global, dict });
    }
    Ok(figment.select(Profile::new(profile)))
}

/// The file that was named, which must exist, or else the usual one if it does.
fn settings_file(named: Option<&Path>) -> Result<Option<&Path>> {
    match named {
        Some(path) if path.is_file() => Ok(Some(path)),
        Some(path) => Err(Error::Setup(format!("there is no settings file {}", path.display()))),
        None => Ok(Some(Path::new("Rocket.toml")).filter(|path| path.is_file())),
    }
}

/// Where a value came from, in words.
pub(super) fn origin(figment: &Figment, name: &str) -> String {
    match figment.find_metadata(name) {
        Some(Metadata { source: Some(Source::File(path)), .. }) => path.display().to_string(),
        Some(metadata) => metadata.name.to_string(),
        None => "nowhere".into(),
    }
}

/// True for what is never shown, and may be kept in a file of its own.
pub(super) fn is_secret(name: &str) -> bool {
    ["secret", "password", "token"].iter().any(|kind| name.ends_with(kind))
}

/// The variables that set something: each with its setting and value.
fn environment() -> Result<Vec<(String, Dict)>> {
    let mut found = Vec::new();
    for (variable, text) in std::env::vars_os() {
        let Some(variable) = variable.to_str().map(str::to_owned) else { continue };
        let Some(key) = setting_of(&variable) else { continue };
        let text = text.into_string().map_err(|_| {
            Error::Setup(format!("the environment variable {variable} is no UTF-8"))
        })?;
        let (key, text) = match key.strip_suffix("_file") {
            Some(key) if is_secret(key) => (key.to_owned(), read_secret(&variable, &text)?),
            _ => (key, text),
        };
        let value = parse(&key, text)
            .map_err(|why| Error::Setup(format!("setting {key} from {variable}: {why}")))?;
        found.push((variable, Dict::from([(key, value)])));
    }
    // `DOCKET_...` wins over the plain name that other programs read too.
    found.sort_by_key(|(variable, _)| variable.starts_with("DOCKET_"));
    Ok(found)
}

/// The setting a variable means. `DOCKET_CONFIG` names the file itself.
fn setting_of(variable: &str) -> Option<String> {
    match variable {
        "BETTER_AUTH_SECRET" | "BETTER_AUTH_SECRET_FILE" => Some(variable.to_lowercase()),
        "DOCKET_CONFIG" => None,
        _ => variable.strip_prefix("DOCKET_").map(str::to_lowercase),
    }
}

fn read_secret(variable: &str, path: &str) -> Result<String> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::Setup(format!("cannot read {path}, named by {variable}: {error}"))
    })?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// Only what is no text is parsed, so that a secret of digits stays a secret.
fn parse(key: &str, text: String) -> Result<Value, String> {
    match key {
        "port"
        | "smtp_port"
        | "audit_days"
        | "backup_keep_daily"
        | "backup_keep_weekly"
        | "backup_keep_monthly" => {
            Ok(text.parse::<u32>().map_or_else(|_| Value::from(text), Value::from))
        }
        "issuers" if text.trim_start().starts_with('[') => {
            if let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) {
                return Value::serialize(json).map_err(|error| error.to_string());
            }
            let document: Dict = Toml::from_str(&format!("issuers = {text}"))
                .map_err(|error| format!("is neither JSON nor TOML: {error}"))?;
            document.get("issuers").cloned().ok_or_else(|| "is empty".into())
        }
        "trusted_origins" | "trusted_proxies" => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Ok(Value::from(items.map(Value::from).collect::<Vec<Value>>()))
        }
        _ => Ok(Value::from(text)),
    }
}

/// The platform's place for a user's data: `$XDG_DATA_HOME/docket`, or
/// `~/.local/share/docket` (XDG Base Directory Specification).
pub(super) fn default_data_dir() -> PathBuf {
    let absolute =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
        .map_or_else(|| PathBuf::from("docket-data"), |home| home.join("docket"))
}

/// Settings from one place, with its name.
struct Layer {
    name: String,
    /// The global profile wins over whichever of the file's is chosen.
    profile: Profile,
    dict: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        Ok(Map::from([(self.profile.clone(), self.dict.clone())]))
    }
}
