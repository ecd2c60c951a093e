//! `docket isolation-check`.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::PROBLEMS;
use super::output::{print, print_json, table, tell};
use super::progress::Bar;
use crate::config::Config;
use crate::db;
use crate::http::isolation::{self, Finding, Subject};

/// Try on a copy whether everybody sees only what is theirs
///
/// Copies the database, makes two throw-away people on the copy, and calls every
/// operation of the API as one of them with the ids, cursors and addresses of the
/// other. Each answer must be that for what does not exist, and nothing of the
/// other's may change. Works beside a running server; nothing of it is touched, no
/// port is opened, no mail is sent, and the copy is removed. Ends with 7 if
/// anything differs.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket isolation-check
  docket isolation-check --json")]
pub(super) struct IsolationCheck {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl IsolationCheck {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<ExitCode> {
        db::check(&config.data_dir)?;
        let bar = Bar::new();
        let found = isolation::check(config, Subject::ours()?, &mut bar.report());
        bar.done();
        let found = found?;
        let differing = found.iter().filter(|finding| !finding.problems.is_empty()).count();
        if self.json {
            print_json(&json!({ "isolated": differing == 0, "operations": found }))?;
        } else {
            print(&table(&rows(&found)))?;
        }
        let attempts: usize = found.iter().map(|finding| finding.attempts).sum();
        let operations = found.len();
        if differing == 0 {
            tell(&format!("{operations} operations, {attempts} attempts: each as if for nothing"));
            return Ok(ExitCode::SUCCESS);
        }
        tell(&format!("{differing} of {operations} operations tell others' things from nothing"));
        Ok(ExitCode::from(PROBLEMS))
    }
}

fn rows(found: &[Finding]) -> Vec<Vec<String>> {
    let mut rows = vec![["OUTCOME", "ATTEMPTS", "OPERATION"].map(str::to_owned).to_vec()];
    for Finding { method, path, attempts, problems } in found {
        let outcome = if problems.is_empty() { "same" } else { "DIFFERS" };
        rows.push(vec![outcome.into(), attempts.to_string(), format!("{method} {path}")]);
        let problem = |what: &String| vec![String::new(), String::new(), format!("  {what}")];
        rows.extend(problems.iter().map(problem));
    }
    rows
}
