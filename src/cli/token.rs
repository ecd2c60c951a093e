//! `docket token`.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::json;

use super::duration::seconds;
use super::output::{print, print_json, table};
use super::{Opened, access_token};
use crate::auth::access_token::{Name, READ, Scopes, WRITE};
use crate::auth::{self, Authority, Trace, session, user};
use crate::config::Config;
use crate::time::Timestamp;

const DAY: i64 = 24 * 60 * 60;

/// The longest a JWT may live, in seconds: thirty days.
const LONGEST_JWT: i64 = 30 * DAY;

/// The longest an access token may, if it ends by itself.
const LONGEST: i64 = 3653 * DAY;

#[derive(Subcommand)]
pub(super) enum Token {
    Issue(Issue),
    Check(Check),
    List(access_token::List),
    Revoke(access_token::Revoke),
}

/// Issue a token for an account, and print it alone
///
/// A plain one is a JWT of 15 minutes: whoever has it is that person until it
/// ends, and `docket user disable` ends it before its time. With --name it is a
/// personal access token: for lists and tasks alone, until it is revoked.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket token issue --user ada@example.org
  TOKEN=$(docket token issue --user ada@example.org --ttl 1h)
  curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8000/api/tasks
  docket token issue --user ada@example.org --name phone
  docket token issue --user ada@example.org --name report --scope tasks:read --ttl 90d")]
pub(super) struct Issue {
    /// The account's e-mail address or id
    #[arg(long)]
    user: String,

    /// How long it lives, such as 90s, 15m, 1h or 7d: 15 minutes and 30 days at
    /// most, or for an access token until it is revoked and 10 years at most
    #[arg(long, value_parser = lifetime)]
    ttl: Option<i64>,

    /// Make a personal access token, and keep it under this name
    #[arg(long, value_parser = Name::parse)]
    name: Option<Name>,

    /// What the access token may do; both unless told
    #[arg(long, value_delimiter = ',', value_parser = [READ, WRITE], requires = "name")]
    scope: Vec<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Say whether the server accepts a token, and why
///
/// Walks through the server's own decision step by step. Exits with 0 if the
/// token is accepted and 1 if it is refused.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket token check \"$TOKEN\"
  pbpaste | docket token check -
  docket token check --json - < token.txt")]
pub(super) struct Check {
    /// The token, or - to read it from standard input
    token: String,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Token {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<ExitCode> {
        match self {
            Token::Issue(command) => command.run(config).map(|()| ExitCode::SUCCESS),
            Token::Check(command) => command.run(config),
            Token::List(command) => command.run(config).map(|()| ExitCode::SUCCESS),
            Token::Revoke(command) => command.run(config).map(|()| ExitCode::SUCCESS),
        }
    }
}

impl Issue {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        if let Some(name) = &self.name {
            let token = access_token::make(config, &self.user, name, self.scopes(), self.ttl)?;
            return self.print(&token);
        }
        let ttl = self.ttl.unwrap_or(auth::TOKEN_SECONDS);
        if ttl > LONGEST_JWT {
            let why = "invalid value for --ttl: without --name it is at most 30 days\n";
            clap::Error::raw(clap::error::ErrorKind::ValueValidation, why).exit();
        }
        let db = Opened::new(config)?;
        let url = db.own_url(config)?;
        let (name, now) = (self.user.clone(), Timestamp::now());
        let token = db.write_now(move |tx| {
            auth::ensure_key(tx, now)?;
            session::issue_token(tx, user::find(tx, &name)?, &url, ttl, now)
        })?;
        self.print(&token)
    }

    fn print(&self, token: &str) -> anyhow::Result<()> {
        if self.json { print_json(&json!({ "token": token })) } else { print(token) }
    }

    fn scopes(&self) -> Scopes {
        let mut scopes = Scopes { read: self.scope.is_empty(), write: self.scope.is_empty() };
        for name in &self.scope {
            scopes.add(name);
        }
        scopes
    }
}

impl Check {
    fn run(&self, config: &Config) -> anyhow::Result<ExitCode> {
        let token = self.read()?;
        let db = Opened::new(config)?;
        let url = db.own_url(config)?;
        let authority = Authority::new(db.clone(), config, url);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut trace = Trace::default();
        let verdict = runtime.block_on(authority.explain(&token, Timestamp::now(), &mut trace))?;
        if self.json {
            let steps: Vec<_> = trace
                .0
                .iter()
                .map(|(step, detail)| json!({ "step": step, "passed": true, "detail": detail }))
                .chain(verdict.as_ref().err().map(|refusal| {
                    json!({ "step": refusal.step, "passed": false, "detail": refusal.reason })
                }))
                .collect();
            print_json(&json!({ "accepted": verdict.is_ok(), "steps": steps }))?;
        } else {
            let mut rows: Vec<Vec<String>> = trace
                .0
                .iter()
                .map(|(step, detail)| vec!["ok".into(), step.to_string(), detail.clone()])
                .collect();
            if let Err(refusal) = &verdict {
                rows.push(vec!["no".into(), refusal.step.to_string(), refusal.reason.clone()]);
            }
            rows.push(vec![if verdict.is_ok() { "accepted" } else { "refused" }.into()]);
            print(&table(&rows))?;
        }
        Ok(if verdict.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    fn read(&self) -> anyhow::Result<String> {
        if self.token != "-" {
            return Ok(self.token.clone());
        }
        let text = std::io::read_to_string(std::io::stdin()).context("cannot read the token")?;
        Ok(text.trim_end_matches(['\n', '\r']).to_owned())
    }
}

fn lifetime(text: &str) -> anyhow::Result<i64> {
    seconds(text, LONGEST, "10 years")
}
