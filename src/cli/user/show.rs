//! `docket user show`.

use clap::Args;
use serde::Serialize;

use crate::auth::audit::{self, Filter, Kind};
use crate::auth::user::{self, User};
use crate::auth::{removal, session, two_factor};
use crate::cli::Opened;
use crate::cli::output::{plain, print, print_json, table};
use crate::config::Config;
use crate::db::Conn;
use crate::error::Result;
use crate::tasks;
use crate::time::Timestamp;

/// Show an account: its state, how it signs in, how much is in it
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket user show ada@example.org
  docket user show ada@example.org --json")]
pub(in crate::cli) struct Show {
    /// The account's e-mail address or id
    account: String,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    user: User,
    has_password: bool,
    /// When a locked second factor is looked at again.
    locked_until: Option<Timestamp>,
    /// When a deleted account is gone for good.
    purged_at: Option<Timestamp>,
    last_signed_in_at: Option<Timestamp>,
    sessions: usize,
    lists: usize,
    open_tasks: i64,
    completed_tasks: i64,
}

impl Show {
    pub(in crate::cli) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let now = Timestamp::now();
        let shown = Opened::new(config)?.read_now(|conn| read(conn, &self.account, now))?;
        if self.json {
            return print_json(&shown);
        }
        let rows = cells(&shown).map(|(name, value)| vec![name.to_owned(), plain(&value)]);
        print(&table(&rows))
    }
}

fn read(conn: &Conn, account: &str, now: Timestamp) -> Result<Shown> {
    let owner = user::find(conn, account)?;
    let user = user::get(conn, owner)?;
    let signed_in = Filter {
        account: Some(user.id.to_string()),
        kind: Some(Kind::SignedIn),
        ..Filter::default()
    };
    let counts = tasks::counts(conn, owner)?;
    Ok(Shown {
        has_password: user::password_hash(conn, owner)?.is_some(),
        locked_until: two_factor::find(conn, owner)?.and_then(|factor| factor.locked_until(now)),
        purged_at: user.deleted_at.map(|deleted| deleted.plus_seconds(removal::KEPT_SECONDS)),
        last_signed_in_at: audit::list(conn, &signed_in, 1)?.first().map(|last| last.entry.at),
        sessions: session::list_for_owner(conn, Some(owner), now)?.len(),
        lists: counts.len(),
        open_tasks: counts.iter().map(|count| count.open).sum(),
        completed_tasks: counts.iter().map(|count| count.completed).sum(),
        user,
    })
}

fn cells(shown: &Shown) -> [(&'static str, String); 10] {
    let Shown { user, .. } = shown;
    let account = match user.email_verified {
        true => format!("{} (verified)", super::account(user)),
        false => super::account(user),
    };
    let state = match (user.deleted_at, shown.purged_at, user.disabled_at) {
        (Some(deleted), Some(purged), _) => format!("deleted at {deleted}, gone for good {purged}"),
        (_, _, Some(disabled)) => format!("disabled at {disabled}"),
        _ => "enabled".into(),
    };
    let factor = match (user.two_factor_enabled, shown.locked_until) {
        (_, Some(until)) => format!("locked until {until}"),
        (true, None) => "on".into(),
        (false, None) => "off".into(),
    };
    let last = shown.last_signed_in_at.map_or("not on record".into(), |last| last.to_string());
    let tasks = format!("{} open, {} completed", shown.open_tasks, shown.completed_tasks);
    [
        ("id", user.id.to_string()),
        ("account", account),
        ("name", user.name.clone()),
        ("state", state),
        ("password", if shown.has_password { "set" } else { "none" }.into()),
        ("second factor", factor),
        ("made", user.created_at.to_string()),
        ("last sign-in", last),
        ("sessions", shown.sessions.to_string()),
        ("tasks", format!("{tasks}, in {} lists", shown.lists)),
    ]
}
