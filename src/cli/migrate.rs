//! `docket migrate`.

use clap::{Args, Subcommand};

use std::process::ExitCode;

use super::output::{print, print_json};
use super::progress::Bar;
use super::{Opened, PROBLEMS};
use crate::config::{Config, Switch};
use crate::db;
use crate::time::Timestamp;

/// Bring the database to this program's schema, or look where it stands
///
/// The server does this by itself at its start. Data that is there already is
/// copied first, to before-migration-N.db beside the database.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket migrate
  docket migrate status
  docket migrate status --json
  docket migrate rehearse")]
pub(super) struct Migrate {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Say where the database stands, without changing it
    #[command(after_long_help = "\
Examples:
  docket migrate status
  docket migrate status --json")]
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Run what is missing (what migrate does alone)
    #[command(after_long_help = "Examples:\n  docket migrate up")]
    Up,
    /// Try it on a copy: how long it takes, and whether all is well after it
    #[command(after_long_help = "Examples:\n  docket migrate rehearse")]
    Rehearse {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Migrate {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<ExitCode> {
        match self.action {
            Some(Action::Status { json }) => status(config, json)?,
            Some(Action::Rehearse { json }) => return rehearse(config, json),
            Some(Action::Up) | None => up(config)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn up(config: &Config) -> anyhow::Result<()> {
    let before = db::migration_status(&config.data_dir)?;
    Opened::new(config)?;
    if before.pending.is_empty() {
        print(&format!("already at version {}", before.latest))
    } else {
        print(&format!("migrated from version {} to {}", before.version, before.latest))
    }
}

fn rehearse(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    db::check(&config.data_dir)?;
    let (bar, checkpoints) = (Bar::new(), config.checkpoints == Switch::On);
    let found = db::rehearse(&config.data_dir, checkpoints, Timestamp::now(), &mut bar.report());
    bar.done();
    let found = found?;
    if json {
        print_json(&found)?;
    } else {
        let (accounts, tasks) = (found.accounts, found.tasks);
        print(&format!("version   {} to {}", found.from, found.to))?;
        print(&format!("data      {tasks} tasks of {accounts} accounts"))?;
        print(&format!("took      {:.1} s", found.seconds))?;
        for problem in &found.problems {
            print(&format!("problem   {problem}"))?;
        }
        if found.problems.is_empty() {
            print("checks    passed")?;
        }
    }
    Ok(if found.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS) })
}

fn status(config: &Config, json: bool) -> anyhow::Result<()> {
    let status = db::migration_status(&config.data_dir)?;
    if json {
        return print_json(&status);
    }
    print(&format!("database  {}", status.file.display()))?;
    print(&format!("version   {} of {}", status.version, status.latest))?;
    match status.pending.as_slice() {
        [] => print("pending   none"),
        pending => print(&format!("pending   {}", pending.join(", "))),
    }
}
