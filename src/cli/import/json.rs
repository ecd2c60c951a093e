//! `docket import json`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};

use crate::auth::import;
use crate::auth::user;
use crate::cli::Opened;
use crate::cli::export::VERSION;
use crate::cli::output::{plain, print, print_json, table, tell};
use crate::cli::progress::Bar;
use crate::config::Config;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::tasks::{self, Brought, Content, Outcome};
use crate::time::Timestamp;

/// Bring in what docket export wrote
///
/// Into the account that the file names, by id or else by e-mail, or into that of
/// --user. What is here already stays as it is, so the same file can be brought in
/// again; into an account that nobody has used yet it all comes as it was. Each row
/// is told with what became of it: imported, unchanged, conflict (another with its
/// id is here), or left. `docket imports undo` takes it back.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket import json ada.json --dry-run
  docket import json ada.json --user ada@example.org --summary
  docket import json - --json < ada.json")]
pub(in crate::cli) struct Json {
    /// The file; - is standard input
    file: PathBuf,

    /// Into this account: its e-mail address or id
    #[arg(long, value_name = "ACCOUNT")]
    user: Option<String>,

    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// Print how many, not which
    #[arg(long)]
    summary: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What a file holds.
struct Export {
    /// The names of the account that it is from.
    accounts: Vec<String>,
    content: Content,
}

impl Json {
    pub(in crate::cli) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let shown = plain(&self.file.display().to_string());
        let bar = Bar::new();
        bar.begin("reading");
        let Export { accounts, content } = read(&self.file).context(shown)?;
        let mut bring = bar.count("bringing");
        let accounts = self.user.clone().map_or(accounts, |account| vec![account]);
        let (db, now) = (Opened::new(config)?, Timestamp::now());
        let (import, rows) = if self.dry_run {
            db.read_now(|conn| {
                let owner = find(conn, &accounts)?;
                Ok((None, tasks::plan_import(conn, owner, content.clone())?.rows))
            })?
        } else {
            let name = self.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            db.write_now(move |tx| {
                let owner = find(tx, &accounts)?;
                let plan = tasks::plan_import(tx, owner, content)?;
                if plan.changes_nothing() {
                    return Ok((None, plan.rows));
                }
                let import = import::begin(tx, owner, &name, now)?;
                tasks::carry_out(tx, owner, &plan, import, &mut bring)?;
                Ok((Some(import), plan.rows))
            })?
        };
        bar.done();
        self.print(import, &rows)
    }

    fn print(&self, import: Option<i64>, rows: &[Brought]) -> anyhow::Result<()> {
        if self.json {
            return print_json(&json!({
                "dry_run": self.dry_run,
                "import": import,
                "summary": counts(rows).map(|(kind, [imported, unchanged, conflict, left])| json!({
                    "kind": kind,
                    "imported": imported,
                    "unchanged": unchanged,
                    "conflict": conflict,
                    "left": left,
                })),
                "rows": if self.summary { &[][..] } else { rows },
            }));
        }
        if !self.summary {
            print(&table(&told(rows)))?;
            print("")?;
        }
        let head = ["KIND", "IMPORTED", "UNCHANGED", "CONFLICT", "LEFT"].map(str::to_owned);
        let mut summary = vec![head.to_vec()];
        summary.extend(counts(rows).map(|(kind, counts)| {
            std::iter::once(kind.to_owned()).chain(counts.map(|count| count.to_string())).collect()
        }));
        print(&table(&summary))?;
        match import {
            _ if self.dry_run => tell("a dry run: nothing was written"),
            None => tell("nothing was changed"),
            Some(import) => tell(&format!("done, as import {import}")),
        }
        Ok(())
    }
}

fn read(file: &Path) -> anyhow::Result<Export> {
    let text = match file.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin())?,
        _ => std::fs::read_to_string(file)?,
    };
    let mut document: Value = serde_json::from_str(&text).context("it is no JSON")?;
    if document["format"] != "docket" {
        anyhow::bail!("it is no export of docket's; format must be \"docket\"");
    }
    if document["version"] != VERSION {
        anyhow::bail!("its version is {}; this docket reads {VERSION}", document["version"]);
    }
    let account = &document["account"];
    let names = [&account["id"], &account["email"]];
    let accounts = names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
    let content = Content::read(document["lists"].take(), document["tasks"].take())?;
    Ok(Export { accounts, content })
}

/// The first of these names that is an account's.
fn find(conn: &Conn, accounts: &[String]) -> Result<Owner> {
    for account in accounts {
        match user::find(conn, account) {
            Err(Error::NotFound(_)) => {}
            found => return found,
        }
    }
    Err(Error::NotFound("account; name one with --user"))
}

fn told(rows: &[Brought]) -> Vec<Vec<String>> {
    let mut told = vec![["OUTCOME", "KIND", "ID", "TITLE", "WHY"].map(str::to_owned).to_vec()];
    told.extend(rows.iter().map(|row| {
        let why = if row.why.is_empty() { "-" } else { row.why };
        let cells = [row.outcome.name(), row.kind.name(), &row.id, &row.title, why];
        cells.map(plain).to_vec()
    }));
    told
}

/// How many of each kind had each outcome.
fn counts(rows: &[Brought]) -> [(&'static str, [usize; 4]); 2] {
    let outcomes = [Outcome::Imported, Outcome::Unchanged, Outcome::Conflict, Outcome::Left];
    ["list", "task"].map(|kind| {
        let count = |outcome| {
            rows.iter().filter(|row| row.kind.name() == kind && row.outcome == outcome).count()
        };
        (kind, outcomes.map(count))
    })
}
