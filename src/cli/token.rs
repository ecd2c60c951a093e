//! `docket token`.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::json;

use super::Opened;
use super::duration::seconds;
use super::output::{print, print_json, table};
use crate::auth::{self, Authority, Trace, session, user};
use crate::config::Config;
use crate::time::Timestamp;

/// The longest a token may live, in seconds: thirty days.
const LONGEST: i64 = 30 * 24 * 60 * 60;

#[derive(Subcommand)]
pub(super) enum Token {
    Issue(Issue),
    Check(Check),
}

/// Issue a token for an account, and print it alone
///
/// Whoever has it is that person until it ends; `docket user disable` ends it
/// before its time.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket token issue --user ada@example.org
  TOKEN=$(docket token issue --user ada@example.org --ttl 1h)
  curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8000/api/tasks")]
pub(super) struct Issue {
    /// The account's e-mail address or id
    #[arg(long)]
    user: String,

    /// How long it lives, such as 90s, 15m, 1h or 7d (30 days at most)
    #[arg(long, default_value = "15m", value_parser = lifetime)]
    ttl: i64,
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
        }
    }
}

impl Issue {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let db = Opened::new(config)?;
        let url = db.own_url(config)?;
        let (name, ttl, now) = (self.user.clone(), self.ttl, Timestamp::now());
        let token = db.write_now(move |tx| {
            auth::ensure_key(tx, now)?;
            session::issue_token(tx, user::find(tx, &name)?, &url, ttl, now)
        })?;
        print(&token)
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
    seconds(text, LONGEST, "30 days")
}
