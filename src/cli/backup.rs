//! `docket backup`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::PROBLEMS;
use super::confirm::confirm;
use super::output::{print, print_json, table, tell};
use super::progress::Bar;
use crate::config::{Config, Switch};
use crate::db::backup::{self, Keep, Place, Verdict};
use crate::db::{self, SECRET_FILE};
use crate::error::Error;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Backup {
    Now(Now),
    List(List),
    Verify(Verify),
    Prune(Prune),
}

/// Make a backup and prove it
///
/// Works beside a running server and without one. The backup holds every write
/// acknowledged before it began. It counts once it was restored into a scratch
/// file that is sound and says what the database said. Prints its path.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket backup now\n  docket backup now --json")]
pub(super) struct Now {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// List the backups, the latest first
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket backup list\n  docket backup list --json")]
pub(super) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prove a backup again: the latest, or the one that is named
///
/// Restores it into a scratch file, examines that, and compares it with what the
/// backup's manifest says. Ends with 7 if anything is wrong.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket backup verify
  docket backup verify --all
  docket backup verify --json")]
pub(super) struct Verify {
    /// The backup: its path, or its name in the backup directory
    file: Option<PathBuf>,

    /// Every backup in the backup directory
    #[arg(long, conflicts_with = "file")]
    all: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Remove backups that are no longer to be kept
///
/// Those of the last 24 hours stay, and the newest of so many days, weeks and
/// months as the settings backup_keep_daily, backup_keep_weekly and
/// backup_keep_monthly say. A server does this after each backup it makes.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket backup prune --dry-run
  docket backup prune --yes")]
pub(super) struct Prune {
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<ExitCode> {
        match self {
            Backup::Now(command) => command.run(config)?,
            Backup::List(command) => command.run(config)?,
            Backup::Verify(command) => return command.run(config),
            Backup::Prune(command) => command.run(config)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Now {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        db::check(&config.data_dir)?;
        let (begun, bar) = (Instant::now(), Bar::new());
        let made = place(config).make(Timestamp::now(), &mut bar.report());
        bar.done();
        let made = made?;
        if self.json {
            return print_json(&described(&made));
        }
        let (content, seconds) = (&made.manifest.content, begun.elapsed().as_secs_f64());
        let (tasks, accounts) = (content.tasks(), content.accounts.len());
        tell(&format!("proven: {tasks} tasks of {accounts} accounts, in {seconds:.1} s"));
        if config.shared_secret().is_some() {
            tell("keep better_auth_secret too: without it sessions and second factors are lost");
        } else if made.manifest.secret_sha256.is_some() {
            tell(&format!("a copy of {SECRET_FILE} is beside it, and belongs to it"));
        }
        print(&made.file.display().to_string())
    }
}

impl List {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let place = place(config);
        let backups = place.list()?;
        if self.json {
            return print_json(&backups.iter().map(described).collect::<Vec<Value>>());
        }
        let others = place.files()?.len() - backups.len();
        if others > 0 {
            tell(&format!("{others} more do not count; docket backup verify --all says why"));
        }
        if backups.is_empty() {
            tell("no backups yet; make one with: docket backup now");
            return Ok(());
        }
        let mut rows = vec![["TIME", "TASKS", "ACCOUNTS", "BYTES", "FILE"].map(str::to_owned)];
        rows.extend(backups.iter().map(|backup::Backup { file, manifest }| {
            let content = &manifest.content;
            [
                manifest.made_at.to_string(),
                content.tasks().to_string(),
                content.accounts.len().to_string(),
                manifest.size.to_string(),
                file.display().to_string(),
            ]
        }));
        print(&table(&rows.into_iter().map(Vec::from).collect::<Vec<Vec<String>>>()))
    }
}

impl Verify {
    fn run(&self, config: &Config) -> anyhow::Result<ExitCode> {
        let place = place(config);
        let files = match &self.file {
            Some(file) => vec![find(config, file)?],
            None if self.all => place.files()?,
            None => place.files()?.into_iter().take(1).collect(),
        };
        if files.is_empty() && !self.all {
            return Err(Error::NotFound("backup").into());
        }
        let mut verdicts = Vec::with_capacity(files.len());
        for file in &files {
            let bar = Bar::new();
            let verdict = place.verify(file, &mut bar.report());
            bar.done();
            verdicts.push(verdict?);
        }
        if self.json {
            print_json(&verdicts)?;
        } else {
            verdicts.iter().try_for_each(say)?;
        }
        let all_good = verdicts.iter().all(|verdict| verdict.verified);
        Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS) })
    }
}

fn say(verdict: &Verdict) -> anyhow::Result<()> {
    let word = if verdict.verified { "verified" } else { "NOT GOOD" };
    print(&format!("{word}  {}", verdict.file.display()))?;
    verdict.problems.iter().try_for_each(|problem| print(&format!("          {problem}")))
}

impl Prune {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let place = place(config);
        let old = place.superfluous(keep(config), Timestamp::now())?;
        if self.json {
            print_json(&old.iter().map(described).collect::<Vec<Value>>())?;
        } else {
            old.iter().try_for_each(|backup| print(&backup.file.display().to_string()))?;
        }
        if self.dry_run || old.is_empty() {
            tell(&format!("{} to remove; nothing was removed", old.len()));
            return Ok(());
        }
        confirm(self.yes, &format!("Remove these {} backups?", old.len()))?;
        place.remove(&old)?;
        tell(&format!("{} removed", old.len()));
        Ok(())
    }
}

/// Where this configuration makes and keeps backups.
pub(super) fn place(config: &Config) -> Place {
    Place {
        data_dir: config.data_dir.clone(),
        dir: config.backup_dir(),
        checkpoints: config.checkpoints == Switch::On,
    }
}

fn keep(config: &Config) -> Keep {
    Keep {
        daily: config.backup_keep_daily,
        weekly: config.backup_keep_weekly,
        monthly: config.backup_keep_monthly,
    }
}

/// A backup by its path, or by its name in the backup directory.
pub(super) fn find(config: &Config, file: &Path) -> anyhow::Result<PathBuf> {
    let named = config.backup_dir().join(file);
    let found = [file.to_owned(), named].into_iter().find(|path| path.is_file());
    Ok(found.ok_or(Error::NotFound("backup"))?)
}

fn described(backup: &backup::Backup) -> Value {
    let manifest = &backup.manifest;
    json!({
        "file": backup.file,
        "made_at": manifest.made_at,
        "docket": manifest.docket,
        "schema": manifest.schema,
        "size": manifest.size,
        "sha256": manifest.sha256,
        "content_sha256": manifest.content.sha256,
        "accounts": manifest.content.accounts.len(),
        "tasks": manifest.content.tasks(),
    })
}
