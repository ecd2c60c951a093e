//! `docket session`.

use std::collections::BTreeMap;

use clap::{ArgGroup, Args, Subcommand};

use super::Opened;
use super::confirm::confirm;
use super::output::{plain, print, print_json, table, tell};
use crate::auth::audit::{self, Kind};
use crate::auth::session::{self, Device, OwnersSession};
use crate::auth::user;
use crate::config::Config;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Session {
    List(List),
    Revoke(Revoke),
}

/// List who is signed in, and from where
///
/// Tokens of `docket token issue` have a session each, and are listed too.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket session list
  docket session list --user ada@example.org
  docket session list --json")]
pub(super) struct List {
    /// Only this account's: its e-mail address or id
    #[arg(long, value_name = "ACCOUNT")]
    user: Option<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// End sessions, with the tokens and event streams they have
///
/// One session by its id, all of one account (--user), or everybody's (--all).
/// Takes effect within a second, also while the server runs. Prints the ids of
/// the sessions that it ended.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket session revoke --user ada@example.org
  docket session revoke --all --yes")]
#[command(group = ArgGroup::new("which").required(true))]
pub(super) struct Revoke {
    /// A session's id, as docket session list has it
    #[arg(group = "which")]
    id: Option<String>,

    /// Every session of this account: its e-mail address or id
    #[arg(long, group = "which", value_name = "ACCOUNT")]
    user: Option<String>,

    /// Every session of everybody
    #[arg(long, group = "which")]
    all: bool,

    /// Do not ask before everybody is signed out
    #[arg(long)]
    yes: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Session {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        match self {
            Session::List(command) => command.run(config),
            Session::Revoke(command) => command.run(config),
        }
    }
}

impl List {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let sessions = Opened::new(config)?.read_now(|conn| list(conn, self.user.as_deref()))?;
        if self.json {
            return print_json(&sessions);
        }
        if sessions.is_empty() {
            tell("nobody is signed in");
            return Ok(());
        }
        let head = ["ID", "ACCOUNT", "BEGAN", "ENDS", "ADDRESS", "BY"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(sessions.iter().map(|session| cells(session).to_vec()));
        print(&table(&rows))
    }
}

impl Revoke {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let db = Opened::new(config)?;
        if self.all {
            confirm(self.yes, "Sign everybody out?")?;
        }
        let (id, user, now) = (self.id.clone(), self.user.clone(), Timestamp::now());
        let ended = db.write_now(move |tx| {
            let mut sessions = list(tx, user.as_deref())?;
            if let Some(id) = id {
                sessions.retain(|session| session.id == id);
                if sessions.is_empty() {
                    return Err(Error::NotFound("session"));
                }
            }
            end(tx, &sessions, now)?;
            Ok(sessions)
        })?;
        let ids: Vec<&str> = ended.iter().map(|session| session.id.as_str()).collect();
        if self.json {
            return print_json(&ids);
        }
        if ended.is_empty() {
            tell("nobody was signed in");
            return Ok(());
        }
        print(&ids.join("\n"))
    }
}

fn list(conn: &Conn, account: Option<&str>) -> Result<Vec<OwnersSession>> {
    let owner = account.map(|name| user::find(conn, name)).transpose()?;
    session::list_for_owner(conn, owner, Timestamp::now())
}

/// Ends them, and notes it once for each account.
fn end(tx: &Tx, sessions: &[OwnersSession], now: Timestamp) -> Result<()> {
    let mut by_owner: BTreeMap<Owner, Vec<String>> = BTreeMap::new();
    for OwnersSession { owner, id, .. } in sessions {
        session::end(tx, *owner, id)?;
        by_owner.entry(*owner).or_default().push(id.clone());
    }
    for (owner, ids) in by_owner {
        audit::note_sessions(tx, owner, Kind::SessionsEnded, &Device::default(), &ids, now)?;
    }
    Ok(())
}

fn cells(session: &OwnersSession) -> [String; 6] {
    let account = session.email.as_deref().unwrap_or(session.user_id.as_str());
    let by = match (session.origin, session.user_agent.as_str()) {
        ("command", _) => "docket token issue",
        (_, "") => "-",
        (_, program) => program,
    };
    let address = if session.address.is_empty() { "-" } else { &session.address };
    let (began, ends) = (session.created_at.to_string(), session.expires_at.to_string());
    [session.id.as_str(), account, &began, &ends, address, by].map(plain)
}
