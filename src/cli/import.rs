//! `docket import`.

mod json;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::json;

use super::Opened;
use super::output::{plain, print, print_json, table, tell};
use super::progress::Bar;
use crate::auth::ServerSecret;
use crate::auth::import::{self, OldSecret, Outcome, Report, Source};
use crate::config::Config;
use crate::db;
use crate::error::Error;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Import {
    BetterAuth(BetterAuth),
    Json(json::Json),
}

/// Bring in the accounts of a Better Auth database
///
/// FILE is its SQLite database or an SQL dump of it; it is only read. People
/// keep their ids and passwords. Second factors and live sessions come along when
/// the old server's secret is known: better_auth_secret (or BETTER_AUTH_SECRET),
/// which keeps their cookies good, or --secret-file.
///
/// Nobody is joined to an account that is here already, and running it again
/// changes nothing of those who came before. Each row is told with what became
/// of it: imported, unchanged, conflict (something stands in its place), or left.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket import better-auth better-auth.db --dry-run
  docket import better-auth better-auth.db --secret-file old-secret.txt
  docket import better-auth better-auth.db --summary
  docket import better-auth better-auth.db --json")]
pub(super) struct BetterAuth {
    /// The database, or an SQL dump of it
    file: PathBuf,

    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// Read the old server's secret from this file; - is standard input
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,

    /// Print how many, not which
    #[arg(long)]
    summary: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        match self {
            Import::BetterAuth(command) => command.run(config),
            Import::Json(command) => command.run(config),
        }
    }
}

impl BetterAuth {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let (old, now) = (self.old_secret(config)?, Timestamp::now());
        let shown = plain(&self.file.display().to_string());
        let bar = Bar::new();
        bar.begin("reading");
        let source = import::read(&self.file, old, now).with_context(|| shown)?;
        let report = rehearse(config, &source)?;
        let report = if self.dry_run || report.changes_nothing() {
            report
        } else {
            let db = Opened::new(config)?;
            let secret = ServerSecret::load(config)?;
            let mut bring = bar.count("bringing");
            db.write_now(move |tx| import::carry_out(tx, &secret, &source, now, &mut bring))?
        };
        bar.done();
        self.print(&report)
    }

    fn old_secret(&self, config: &Config) -> anyhow::Result<Option<OldSecret>> {
        let ours = config.shared_secret().map(|secret| secret.bytes());
        let given = self.secret_file.as_deref().map(read_secret).transpose()?;
        let Some(bytes) = given.as_deref().or(ours) else { return Ok(None) };
        let is_ours = ours == Some(bytes);
        Ok(Some(OldSecret { secret: ServerSecret::of_bytes(bytes), is_ours }))
    }

    fn print(&self, report: &Report) -> anyhow::Result<()> {
        if self.json {
            return print_json(&json!({
                "dry_run": self.dry_run,
                "import": report.import,
                "summary": report.summary,
                "rows": if self.summary { &[][..] } else { &report.rows },
            }));
        }
        if !self.summary {
            print(&table(&rows(report)))?;
            print("")?;
        }
        print(&table(&counts(report)))?;
        match report.import {
            _ if self.dry_run => tell("a dry run: nothing was written"),
            None => tell("nothing was changed"),
            Some(import) => tell(&format!("done, as import {import}")),
        }
        Ok(())
    }
}

/// What importing would do, without making or changing a file.
fn rehearse(config: &Config, source: &Source) -> anyhow::Result<Report> {
    let status = db::migration_status(&config.data_dir)?;
    if status.version == 0 {
        return Ok(import::rehearse(None, source)?);
    }
    if !status.pending.is_empty() {
        let why = "the database is from an older docket; run docket migrate first";
        return Err(Error::conflict("not_migrated", why).into());
    }
    Ok(Opened::new(config)?.read_now(|conn| import::rehearse(Some(conn), source))?)
}

fn read_secret(file: &Path) -> anyhow::Result<Vec<u8>> {
    let text = if file == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.with_context(|| format!("cannot read the secret in {}", file.display()))?;
    let secret = text.trim_end_matches(['\n', '\r']);
    if secret.is_empty() {
        bail!("the secret in {} is empty", file.display());
    }
    Ok(secret.into())
}

fn rows(report: &Report) -> Vec<Vec<String>> {
    let mut rows = vec![["OUTCOME", "TABLE", "ROW", "ACCOUNT", "WHY"].map(str::to_owned).to_vec()];
    rows.extend(report.rows.iter().map(|row| {
        let outcome = match row.outcome {
            Outcome::Imported => "imported",
            Outcome::Unchanged => "unchanged",
            Outcome::Conflict => "conflict",
            Outcome::Left => "left",
        };
        let account = row.account.as_deref().unwrap_or("-");
        let cells = [outcome, &row.table, &row.id, account, &row.why];
        cells.map(|cell| plain(if cell.is_empty() { "-" } else { cell })).to_vec()
    }));
    rows
}

fn counts(report: &Report) -> Vec<Vec<String>> {
    let head = ["TABLE", "IMPORTED", "UNCHANGED", "CONFLICT", "LEFT"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(report.summary.iter().map(|count| {
        let numbers = [count.imported, count.unchanged, count.conflict, count.left];
        let mut row = vec![plain(&count.table)];
        row.extend(numbers.map(|number| number.to_string()));
        row
    }));
    rows
}
