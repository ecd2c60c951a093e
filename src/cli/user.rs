//! `docket user`.

mod change;
mod factor;
mod removal;
mod show;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Opened;
use super::export::Export;
use super::invite::{Invite, Invites, Uninvite};
use super::output::{plain, print, print_json, table, tell};
use super::password;
use crate::auth::audit::{self, Kind};
use crate::auth::link;
use crate::auth::user::{self, Email};
use crate::config::Config;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum User {
    Add(Add),
    Invite(Invite),
    Invites(Invites),
    Uninvite(Uninvite),
    List(List),
    Show(show::Show),
    Rename(change::Rename),
    Email(change::ChangeEmail),
    Password(change::Password),
    ResetLink(ResetLink),
    Unlock(factor::Unlock),
    MfaReset(factor::MfaReset),
    /// Write out all that a person keeps (what docket export does)
    #[command(after_long_help = "\
Examples:
  docket user export ada@example.org > ada.json
  docket user export ada@example.org --format csv")]
    Export(Export),
    Disable(Disable),
    Enable(Enable),
    Delete(removal::Delete),
    Undelete(removal::Undelete),
}

/// Make an account
///
/// On a terminal the password is asked for; an empty one makes an account that
/// only tokens can use. Prints the account's id.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket user add ada@example.org --name Ada
  echo 'correct horse battery' | docket user add bob@example.org --password-stdin")]
pub(super) struct Add {
    /// The e-mail address, which is the name to sign in by
    email: String,

    /// What to call the person
    #[arg(long, default_value = "")]
    name: String,

    /// Read the password from standard input, up to the first line's end
    #[arg(long)]
    password_stdin: bool,

    /// Print the account as JSON
    #[arg(long)]
    json: bool,
}

/// List every account
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket user list\n  docket user list --json")]
pub(super) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Print a link that sets a new password
///
/// For somebody who has forgotten theirs. The link works once, for an hour, and
/// until the password is changed in another way; older links end. Opening it
/// ends every session of the account once the new password is set.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket user reset-link ada@example.org
  docket user reset-link ada@example.org --json")]
pub(super) struct ResetLink {
    /// The account's e-mail address or id
    account: String,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Let an account in no longer
///
/// Ends its sessions and tokens within a second, also while the server runs.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket user disable ada@example.org")]
pub(super) struct Disable {
    /// The account's e-mail address or id
    account: String,
}

/// Let a disabled account in again
///
/// What was ended stays ended: the person needs a new token.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket user enable ada@example.org")]
pub(super) struct Enable {
    /// The account's e-mail address or id
    account: String,
}

impl User {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        match self {
            User::Add(command) => command.run(config),
            User::Invite(command) => command.run(config),
            User::Invites(command) => command.run(config),
            User::Uninvite(command) => command.run(config),
            User::List(command) => command.run(config),
            User::Show(command) => command.run(config),
            User::Rename(command) => command.run(config),
            User::Email(command) => command.run(config),
            User::Password(command) => command.run(config),
            User::ResetLink(command) => command.run(config),
            User::Unlock(command) => command.run(config),
            User::MfaReset(command) => command.run(config),
            User::Export(command) => command.run(config),
            User::Delete(command) => command.run(config),
            User::Undelete(command) => command.run(config),
            User::Disable(command) => {
                change(config, &command.account, Kind::AccountDisabled, user::disable)
            }
            User::Enable(command) => {
                change(config, &command.account, Kind::AccountEnabled, user::enable)
            }
        }
    }
}

impl Add {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let email = Email::parse(&self.email)?;
        user::check_name(&self.name)?;
        let hash = match password::optional(self.password_stdin)? {
            Some(password) => Some(user::hash_password(&password)?),
            None => None,
        };
        let (name, now) = (self.name.clone(), Timestamp::now());
        let user = Opened::new(config)?.write_now(move |tx| {
            let user = user::add(tx, email, &name, hash.as_deref(), now)?;
            let owner = user::find(tx, user.id.as_str())?;
            audit::note_command(tx, owner, Kind::AccountAdded, now)?;
            Ok(user)
        })?;
        if self.json { print_json(&user) } else { print(user.id.as_str()) }
    }
}

impl ResetLink {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let db = Opened::new(config)?;
        let (name, now) = (self.account.clone(), Timestamp::now());
        let token =
            db.write_now(move |tx| link::make_by_command(tx, user::find(tx, &name)?, now))?;
        let url = format!("{}/reset-password?token={token}", db.own_url(config)?);
        if self.json { print_json(&json!({ "url": url })) } else { print(&url) }
    }
}

impl List {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let users = Opened::new(config)?.read_now(user::list)?;
        if self.json {
            return print_json(&users);
        }
        if users.is_empty() {
            tell("no accounts yet; make one with: docket user add EMAIL");
            return Ok(());
        }
        let mut rows = vec![["ID", "ACCOUNT", "NAME", "STATE"].map(str::to_owned).to_vec()];
        rows.extend(users.iter().map(|user| {
            let (account, state) = (account(user), state(user));
            vec![user.id.to_string(), plain(&account), plain(&user.name), state.into()]
        }));
        print(&table(&rows))
    }
}

/// How an owner recognises an account: its e-mail, or issuer and subject.
fn account(user: &user::User) -> String {
    match (&user.email, &user.issuer, &user.subject) {
        (Some(email), _, _) => email.clone(),
        (_, Some(issuer), Some(subject)) => format!("{subject} of {issuer}"),
        _ => String::new(),
    }
}

fn state(user: &user::User) -> &'static str {
    match (user.deleted_at, user.disabled_at) {
        (Some(_), _) => "deleted",
        (None, Some(_)) => "disabled",
        (None, None) => "enabled",
    }
}

fn change(
    config: &Config,
    account: &str,
    kind: Kind,
    work: impl FnOnce(&Tx, Owner, Timestamp) -> Result<()> + Send + 'static,
) -> anyhow::Result<()> {
    change_in(&Opened::new(config)?, account, kind, work)
}

/// Changes an account, and notes that it was changed.
fn change_in(
    db: &Opened,
    account: &str,
    kind: Kind,
    work: impl FnOnce(&Tx, Owner, Timestamp) -> Result<()> + Send + 'static,
) -> anyhow::Result<()> {
    let (name, now) = (account.to_owned(), Timestamp::now());
    db.write_now(move |tx| {
        let owner = user::find(tx, &name)?;
        work(tx, owner, now)?;
        audit::note_command(tx, owner, kind, now)
    })?;
    Ok(())
}
