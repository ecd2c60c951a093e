//! `docket imports`.

use std::io::{IsTerminal, Write};

use anyhow::bail;
use clap::{Args, Subcommand};

use super::Opened;
use super::output::{plain, print, print_json, table, tell};
use crate::auth::import::{self, Member};
use crate::config::Config;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Imports {
    List(List),
    Undo(Undo),
}

/// List what was brought in, and how many of its accounts are here
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket imports list\n  docket imports list --json")]
pub(super) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Delete the accounts that an import brought, with all that is in them
///
/// Accounts that somebody has signed in to or changed since are kept, and told.
/// The same file can be imported again afterwards.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket imports undo 1 --dry-run
  docket imports undo 1 --yes")]
pub(super) struct Undo {
    /// The import's number, as docket imports list has it
    import: i64,

    /// Say which accounts would go, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Imports {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        match self {
            Imports::List(command) => command.run(config),
            Imports::Undo(command) => command.run(config),
        }
    }
}

impl List {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let imports = Opened::new(config)?.read_now(import::list)?;
        if self.json {
            return print_json(&imports);
        }
        if imports.is_empty() {
            tell("nothing was imported yet");
            return Ok(());
        }
        let mut rows =
            vec![["IMPORT", "AT", "ACCOUNTS", "STATE", "FILE"].map(str::to_owned).to_vec()];
        rows.extend(imports.iter().map(|import| {
            let state = if import.undone_at.is_some() { "undone" } else { "done" };
            let (at, accounts) = (import.at.to_string(), import.accounts.to_string());
            vec![import.id.to_string(), at, accounts, state.into(), plain(&import.file)]
        }));
        print(&table(&rows))
    }
}

impl Undo {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let (db, id, now) = (Opened::new(config)?, self.import, Timestamp::now());
        let members = db.read_now(|conn| import::members(conn, id))?;
        if self.dry_run {
            self.print(&members)?;
            tell("a dry run: nothing was written");
            return Ok(());
        }
        if !self.yes && !confirm(&members)? {
            bail!("nothing was changed");
        }
        self.print(&db.write_now(move |tx| import::undo(tx, id, now))?)
    }

    fn print(&self, members: &[Member]) -> anyhow::Result<()> {
        if self.json {
            return print_json(&members);
        }
        let mut rows = vec![["OUTCOME", "ID", "ACCOUNT"].map(str::to_owned).to_vec()];
        rows.extend(members.iter().map(|member| {
            let outcome = if member.used { "kept, as it is used" } else { "deleted" };
            let email = member.email.as_deref().unwrap_or("-");
            [outcome, member.id.as_str(), email].map(plain).to_vec()
        }));
        print(&table(&rows))
    }
}

/// Asks whoever sits at the terminal.
fn confirm(members: &[Member]) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("this deletes accounts; say --yes, or look first with --dry-run");
    }
    let count = members.iter().filter(|member| !member.used).count();
    let mut err = std::io::stderr();
    write!(err, "Delete {count} accounts with all that is in them? [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
