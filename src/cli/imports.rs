//! `docket imports`.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::Opened;
use super::confirm::confirm;
use super::output::{plain, print, print_json, table, tell};
use crate::auth::import::{self, Member};
use crate::config::Config;
use crate::tasks::{self, TakenBack};
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Imports {
    List(List),
    Undo(Undo),
}

/// List what was brought in, and how much of it is here
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket imports list\n  docket imports list --json")]
pub(super) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Delete what an import brought: accounts with all that is in them, lists, tasks
///
/// What somebody has signed in to or changed since is kept, and told. The same
/// file can be imported again afterwards.
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
            vec![["IMPORT", "AT", "ACCOUNTS", "ROWS", "STATE", "FILE"].map(str::to_owned).to_vec()];
        rows.extend(imports.iter().map(|import| {
            let state = if import.undone_at.is_some() { "undone" } else { "done" };
            let (at, accounts) = (import.at.to_string(), import.accounts.to_string());
            let rows = import.rows.to_string();
            vec![import.id.to_string(), at, accounts, rows, state.into(), plain(&import.file)]
        }));
        print(&table(&rows))
    }
}

impl Undo {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let (db, id, now) = (Opened::new(config)?, self.import, Timestamp::now());
        let going = db.read_now(|conn| {
            let members = import::members(conn, id)?;
            Ok(Undone { members, rows: tasks::rehearse_undo_import(conn, id)? })
        })?;
        if self.dry_run {
            self.print(&going)?;
            tell("a dry run: nothing was written");
            return Ok(());
        }
        confirm(self.yes, &going.question())?;
        self.print(&db.write_now(move |tx| {
            // First the rows: an account that goes takes its own along.
            let rows = tasks::undo_import(tx, id)?;
            Ok(Undone { members: import::undo(tx, id, now)?, rows })
        })?)
    }

    fn print(&self, undone: &Undone) -> anyhow::Result<()> {
        if self.json {
            return print_json(&undone.as_json()?);
        }
        let outcome = |kept: bool| if kept { "kept, as it is used" } else { "deleted" };
        let mut rows = vec![["OUTCOME", "ID", "WHAT"].map(str::to_owned).to_vec()];
        rows.extend(undone.members.iter().map(|member| {
            let email = member.email.as_deref().unwrap_or("-");
            [outcome(member.used), member.id.as_str(), email].map(plain).to_vec()
        }));
        rows.extend(undone.rows.iter().map(|row| {
            let what = format!("{} {}", row.kind.name(), row.title);
            [outcome(row.kept), &row.id, &what].map(plain).to_vec()
        }));
        print(&table(&rows))
    }
}

/// What goes with an import, or went.
struct Undone {
    members: Vec<Member>,
    rows: Vec<TakenBack>,
}

impl Undone {
    fn question(&self) -> String {
        let accounts = self.members.iter().filter(|member| !member.used).count();
        let rows = self.rows.iter().filter(|row| !row.kept).count();
        format!("Delete {accounts} accounts with all that is in them, {rows} lists and tasks?")
    }

    fn as_json(&self) -> anyhow::Result<Vec<Value>> {
        let members = self.members.iter().map(serde_json::to_value);
        let rows = self.rows.iter().map(serde_json::to_value);
        Ok(members.chain(rows).collect::<Result<_, _>>()?)
    }
}
