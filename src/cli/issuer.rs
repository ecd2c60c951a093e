//! `docket issuer`.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::PROBLEMS;
use super::output::{plain, print, print_json, table, tell};
use crate::auth::{self, Published};
use crate::config::{Config, IssuerConfig, Subjects};
use crate::error::Error;

#[derive(Subcommand)]
pub(super) enum Issuer {
    List(List),
    Test(Test),
}

/// List the other servers whose tokens are accepted
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket issuer list\n  docket issuer list --json")]
pub(super) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Get an issuer's keys as the server does, and say which can be used
///
/// Tests every issuer of the settings, or the one that is named. Exits with 6 if
/// one cannot be asked, and with 7 if one has no key that can be used.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket issuer test\n  docket issuer test --json")]
pub(super) struct Test {
    /// Only this one: the issuer as the settings have it
    issuer: Option<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Issuer {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<ExitCode> {
        match self {
            Issuer::List(command) => command.run(config).map(|()| ExitCode::SUCCESS),
            Issuer::Test(command) => command.run(config),
        }
    }
}

impl List {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        if self.json {
            return print_json(&config.issuers);
        }
        if config.issuers.is_empty() {
            tell("no other server's tokens are accepted; see the setting issuers");
            return Ok(());
        }
        let mut rows = vec![["ISSUER", "AUDIENCE", "SUBJECTS", "KEYS"].map(str::to_owned).to_vec()];
        rows.extend(config.issuers.iter().map(|issuer| cells(issuer).map(|c| plain(&c)).to_vec()));
        print(&table(&rows))
    }
}

fn cells(issuer: &IssuerConfig) -> [String; 4] {
    let subjects = match issuer.subjects {
        Subjects::External => "external",
        Subjects::Local => "local",
    };
    let file = issuer.jwks_file.as_ref().map(|file| file.display().to_string());
    let keys = issuer.jwks_url.clone().or(file).unwrap_or_default();
    [issuer.issuer.clone(), issuer.audience().to_owned(), subjects.into(), keys]
}

impl Test {
    fn run(&self, config: &Config) -> anyhow::Result<ExitCode> {
        let is_meant =
            |known: &&IssuerConfig| self.issuer.as_ref().is_none_or(|name| *name == known.issuer);
        let found: Vec<Published> =
            config.issuers.iter().filter(is_meant).map(auth::published).collect();
        if found.is_empty() && self.issuer.is_some() {
            return Err(Error::NotFound("issuer in the settings").into());
        }
        if self.json {
            print_json(&found)?;
        } else if found.is_empty() {
            tell("no other server's tokens are accepted; see the setting issuers");
        } else {
            print(&table(&found.iter().flat_map(rows).collect::<Vec<Vec<String>>>()))?;
        }
        Ok(verdict(&found))
    }
}

fn rows(found: &Published) -> Vec<Vec<String>> {
    let row = |what: &str, detail: &str| vec![plain(&found.issuer), what.into(), plain(detail)];
    let usable = found.keys.iter().map(|key| {
        let kid = key.kid.as_deref().unwrap_or("(no kid)");
        row("usable", &format!("{kid} ({})", key.algorithm))
    });
    let unusable = found.unusable.iter().map(|why| row("not usable", why));
    let failure = found.failure.iter().map(|why| row("failed", why));
    let mut rows: Vec<Vec<String>> = failure.chain(usable).chain(unusable).collect();
    if rows.is_empty() {
        rows.push(row("not usable", "it publishes no keys"));
    }
    rows
}

fn verdict(found: &[Published]) -> ExitCode {
    if found.iter().any(|issuer| issuer.failure.is_some()) {
        ExitCode::from(6)
    } else if found.iter().any(|issuer| issuer.keys.is_empty()) {
        ExitCode::from(PROBLEMS)
    } else {
        ExitCode::SUCCESS
    }
}
