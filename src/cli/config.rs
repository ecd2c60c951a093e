//! `docket config`.

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::PROBLEMS;
use super::output::{print, print_json, table, tell};
use crate::auth::mail::Sender;
use crate::config::{self, Config as Settings, Flags, Loaded, SETTINGS};
use crate::error::Error;

/// Print every setting, its value and where it came from
///
/// Secrets are masked. A flag wins over the environment (DOCKET_ and the
/// setting's name in capitals), that over Rocket.toml, that over the default.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_long_help = "\
Examples:
  docket config
  docket config --json
  docket config check
  docket config explain port
  DOCKET_PORT=9000 docket config"
)]
pub(super) struct Config {
    #[command(subcommand)]
    action: Option<Action>,

    #[command(flatten)]
    print: Print,
}

#[derive(Subcommand)]
pub(super) enum Action {
    Print(Print),
    Check(Check),
    Explain(Explain),
}

/// Print every setting, its value and where it came from (what config does alone)
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket config print\n  docket config print --json")]
pub(super) struct Print {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Say what is wrong with the settings
///
/// Names every setting that is unknown, cannot be read or does not fit, with
/// where it came from, and files that are not there. Exits with 7 if there is
/// anything. Nothing is changed, and no server is asked.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket config check\n  docket config check --json")]
pub(super) struct Check {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Say what a setting means, its value, and how to change it
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket config explain signup
  docket config explain audit_days --json")]
pub(super) struct Explain {
    /// The setting's name, as docket config has it
    key: String,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Config {
    /// What is to be checked cannot be loaded before.
    pub(super) fn as_check(&self) -> Option<&Check> {
        match &self.action {
            Some(Action::Check(check)) => Some(check),
            _ => None,
        }
    }

    pub(super) fn run(&self, loaded: &Loaded) -> anyhow::Result<()> {
        match &self.action {
            Some(Action::Explain(command)) => command.run(loaded),
            Some(Action::Print(command)) => command.run(loaded),
            _ => self.print.run(loaded),
        }
    }
}

impl Print {
    fn run(&self, loaded: &Loaded) -> anyhow::Result<()> {
        let rows = SETTINGS.iter().map(|setting| setting.name);
        if self.json {
            let rows: Vec<Value> = rows
                .map(|name| {
                    json!({ "name": name, "value": loaded.shown(name), "origin": loaded.origin(name) })
                })
                .collect();
            return print_json(&rows);
        }
        let rows: Vec<Vec<String>> = rows
            .map(|name| vec![name.to_owned(), words(&loaded.shown(name)), loaded.origin(name)])
            .collect();
        print(&table(&rows))
    }
}

impl Check {
    pub(super) fn run(&self, flags: &Flags) -> anyhow::Result<ExitCode> {
        let problems = all_problems(flags);
        if self.json {
            print_json(&problems)?;
        } else if problems.is_empty() {
            tell("the settings are fine");
        } else {
            print(&problems.join("\n"))?;
        }
        Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS) })
    }
}

/// All that is wrong with the settings, each in a sentence.
pub(super) fn all_problems(flags: &Flags) -> Vec<String> {
    let problems = config::problems(flags);
    match config::load(flags) {
        Ok(loaded) if problems.is_empty() => beyond_values(&loaded.config),
        _ => problems,
    }
}

/// What only shows when the settings are used: files, and how mail is sent.
fn beyond_values(settings: &Settings) -> Vec<String> {
    let unreadable = |name: &str, file: &Path| {
        let failure = std::fs::File::open(file).err()?;
        Some(format!("setting {name}: cannot open {}: {failure}", file.display()))
    };
    let keys = settings.issuers.iter().filter_map(|issuer| issuer.jwks_file.as_deref());
    let mut problems: Vec<String> = keys.filter_map(|file| unreadable("issuers", file)).collect();
    let authority = settings.smtp_ca_file.as_deref();
    match authority.and_then(|file| unreadable("smtp_ca_file", file)) {
        Some(problem) => problems.push(problem),
        None => problems.extend(Sender::open(settings).err().map(|error| error.to_string())),
    }
    problems.extend(crate::http::check_tls(settings).err().map(|error| error.to_string()));
    problems
}

impl Explain {
    fn run(&self, loaded: &Loaded) -> anyhow::Result<()> {
        let known = SETTINGS.iter().find(|setting| setting.name == self.key);
        let name = known.ok_or(Error::NotFound("setting; docket config lists them"))?.name;
        let help = known.map_or("", |setting| setting.help.trim());
        let (value, default) = (loaded.shown(name), config::default_of(name)?);
        let variable = format!("DOCKET_{}", name.to_uppercase());
        if self.json {
            return print_json(&json!({
                "name": name,
                "meaning": help,
                "value": value,
                "origin": loaded.origin(name),
                "default": default,
                "environment": variable,
                "flag": flag(name),
            }));
        }
        print(&format!("{name}: {help}\n"))?;
        let mut rows = vec![
            vec!["value".into(), words(&value)],
            vec!["from".into(), loaded.origin(name)],
            vec!["default".into(), words(&default)],
            vec!["environment".into(), variable],
        ];
        rows.extend(flag(name).map(|flag| vec!["flag".to_owned(), flag]));
        rows.push(vec!["Rocket.toml".into(), format!("{name} = … under [default]")]);
        print(&table(&rows))
    }
}

/// The flag of a setting that has one for every command.
fn flag(name: &str) -> Option<String> {
    let has_flag = ["data_dir", "address", "port", "base_url"].contains(&name);
    has_flag.then(|| format!("--{}", name.replace('_', "-")))
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "(none)".into(),
        other => other.to_string(),
    }
}
