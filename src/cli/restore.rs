//! `docket restore` and `docket rollback`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::backup;
use super::confirm::confirm;
use super::output::{print, print_json, table, tell};
use super::progress::Bar;
use crate::config::Config;
use crate::db::restore::{self, Candidate, Lost};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// Put a backup in place of the database
///
/// Stop the server first. The backup is examined before anything is changed, and
/// what it replaces is kept, in the data directory under replaced-TIME. A backup
/// brings its docket.secret along. Sessions, keys and accounts are then as they were when
/// it was made: whoever was signed in is so again, and what was ended, disabled or
/// changed since is undone.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket restore docket-20261121T030000.000Z.db
  docket restore /mnt/disk/docket-20261121T030000.000Z.db --yes")]
pub(super) struct Restore {
    /// The backup: its path, or its name in the backup directory
    file: PathBuf,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Go back to the database from before the last migration
///
/// For returning to the docket that was there before an upgrade: this one would
/// migrate again at its next start. Stop the server first. Says which later writes
/// are not in it; the present database is kept under replaced-TIME.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket rollback\n  docket rollback --yes")]
pub(super) struct Rollback {
    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let file = backup::find(config, &self.file)?;
        let candidate = prepare(config, &file)?;
        let what = match &candidate.manifest {
            Some(manifest) => format!(
                "{} tasks of {} accounts, as they were at {}",
                manifest.content.tasks(),
                manifest.content.accounts.len(),
                manifest.made_at
            ),
            None => "a sound copy; it has no manifest to compare it with".into(),
        };
        tell(&format!("{}: {what}", file.display()));
        tell(&format!("it replaces {}", config.data_dir.join("docket.db").display()));
        put_in_place(candidate, self.yes, self.json)
    }
}

impl Rollback {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let file = restore::before_last_migration(&config.data_dir)?;
        let candidate = prepare(config, &file)?;
        let lost = restore::written_since(&config.data_dir, &candidate)?;
        tell(&format!("{}: schema version {}", file.display(), candidate.schema));
        tell("what was written since, and is not in it:");
        tell(&table(&rows(&lost)));
        put_in_place(candidate, self.yes, self.json)?;
        tell("start the docket of that version: this one migrates again");
        Ok(())
    }
}

fn prepare(config: &Config, file: &Path) -> Result<Candidate> {
    let bar = Bar::new();
    let candidate = restore::prepare(&config.data_dir, file, &mut bar.report());
    bar.done();
    candidate.map_err(|error| match error {
        Error::DiskFull => Error::Unavailable("the disk is full; nothing was changed".into()),
        other => other,
    })
}

fn put_in_place(candidate: Candidate, yes: bool, json: bool) -> anyhow::Result<()> {
    confirm(yes, "Put it in place?")?;
    let schema = candidate.schema;
    let kept = candidate.put_in_place(Timestamp::now())?;
    if json {
        return print_json(&json!({ "schema": schema, "replaced": kept }));
    }
    print(&format!("done; what was replaced is in {}", kept.display()))
}

fn rows(lost: &[Lost]) -> Vec<Vec<String>> {
    let mut rows = vec![["", "MADE", "CHANGED", "DELETED"].map(str::to_owned).to_vec()];
    rows.extend(lost.iter().map(|Lost { table, made, changed, deleted }| {
        vec![(*table).to_owned(), made.to_string(), changed.to_string(), deleted.to_string()]
    }));
    rows
}
