//! `docket audit`.

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::Opened;
use super::duration::moment;
use super::output::{print, print_json, print_line, table, tell};
use crate::auth::audit::{self, Filter, KINDS, Kind, OwnersEntry};
use crate::config::Config;
use crate::error::Result;
use crate::time::Timestamp;

/// How often `--follow` looks for more.
const PAUSE: Duration = Duration::from_millis(500);

/// Entries that `--follow` reads at once.
const BATCH: u32 = 1000;

#[derive(Subcommand)]
pub(super) enum Audit {
    List(List),
    Tail(Tail),
}

/// List what happened to accounts, the latest first
///
/// Sign-ins and failures, changes of password and e-mail, sessions ended,
/// tokens issued, accounts disabled: when, whose, from which address, and by
/// which door (web, api or cli). It goes back as far as the setting audit_days.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket audit list
  docket audit list --user ada@example.org --since 7d
  docket audit list --kind sign_in_failed --since 24h --json")]
pub(super) struct List {
    #[command(flatten)]
    filter: Filters,

    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Print the latest of what happened to accounts, and wait for more
///
/// The latest comes last. With --json each entry is a line of JSON.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket audit tail
  docket audit tail --follow
  docket audit tail --follow --json --kind sign_in_failed")]
pub(super) struct Tail {
    #[command(flatten)]
    filter: Filters,

    /// Begin with at most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u32,

    /// Wait for more until interrupted
    #[arg(long, short)]
    follow: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Filters {
    /// Only this account's: its e-mail address or id, gone ones too by id
    #[arg(long, value_name = "ACCOUNT")]
    user: Option<String>,

    /// Only since then: 90m, 24h, 7d, 2026-11-01 or 2026-11-01T08:00
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Timestamp>,

    /// Only of this kind
    #[arg(long, hide_possible_values = true, value_parser = kind())]
    kind: Option<Kind>,
}

fn kind() -> impl TypedValueParser<Value = Kind> {
    let names = KINDS.iter().map(|(name, _)| *name);
    PossibleValuesParser::new(names).map(|name| {
        let known = KINDS.iter().find(|(known, _)| *known == name);
        known.map(|(_, kind)| *kind).expect("one of the possible values")
    })
}

impl Audit {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        match self {
            Audit::List(command) => command.run(config),
            Audit::Tail(command) => command.run(config),
        }
    }
}

impl List {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let db = Opened::new(config)?;
        let filter = self.filter.read(&db)?;
        let entries = db.read_now(|conn| audit::list(conn, &filter, self.limit))?;
        if self.json {
            return print_json(&entries);
        }
        if entries.is_empty() {
            tell("nothing like that is on record");
            return Ok(());
        }
        let mut rows =
            vec![["TIME", "KIND", "ACCOUNT", "ADDRESS", "BY"].map(str::to_owned).to_vec()];
        rows.extend(entries.iter().map(|entry| cells(entry).to_vec()));
        print(&table(&rows))
    }
}

impl Tail {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let db = Opened::new(config)?;
        let mut filter = self.filter.read(&db)?;
        let mut limit = self.limit;
        loop {
            let entries = db.read_now(|conn| audit::list(conn, &filter, limit))?;
            for entry in entries.iter().rev() {
                filter.after = entry.id;
                let read_on = print_line(&self.line(entry)?)?;
                if !read_on {
                    return Ok(());
                }
            }
            if !self.follow {
                return Ok(());
            }
            limit = BATCH;
            std::thread::sleep(PAUSE);
        }
    }

    fn line(&self, entry: &OwnersEntry) -> anyhow::Result<String> {
        if self.json {
            return Ok(serde_json::to_string(entry)?);
        }
        Ok(cells(entry).join("  "))
    }
}

impl Filters {
    fn read(&self, db: &Opened) -> Result<Filter> {
        let named = |name: &String| db.read_now(|conn| audit::account_named(conn, name));
        let account = self.user.as_ref().map(named).transpose()?;
        Ok(Filter { account, since: self.since, kind: self.kind, after: 0 })
    }
}

fn cells(OwnersEntry { entry, user_id, email, .. }: &OwnersEntry) -> [String; 5] {
    let or_none = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let kind = match entry.count {
        1 => entry.kind.clone(),
        count => format!("{} x{count}", entry.kind),
    };
    let account = email.clone().unwrap_or_else(|| or_none(user_id));
    [entry.at.to_string(), kind, account, or_none(&entry.address), entry.origin.clone()]
}
