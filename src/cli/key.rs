//! `docket key`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::Opened;
use super::confirm::confirm;
use super::output::{print, print_json, table, tell};
use crate::auth;
use crate::auth::audit::{self, Kind};
use crate::config::Config;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Key {
    List(List),
    Rotate(Rotate),
    Retire(Retire),
}

/// List the keys that sign tokens, or did
///
/// One key signs. One that was rotated out verifies until the last token it
/// signed has ended, and is kept on record after that.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket key list\n  docket key list --json")]
pub(super) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Sign with a new key from now on, and print its name
///
/// The old key goes on verifying until the last token it signed has ended.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket key rotate\n  docket key rotate --json")]
pub(super) struct Rotate {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Remove a key that may have leaked
///
/// No token that it signed is accepted any more, within a second and beside a
/// running server. Sessions go on: clients get new tokens by themselves. If it is
/// the key that signs, a new one takes its place, and its name is printed.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket key retire \"$KID\" --yes")]
pub(super) struct Retire {
    /// The key's name, as docket key list has it
    kid: String,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Key {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        match self {
            Key::List(command) => command.run(config),
            Key::Rotate(command) => command.run(config),
            Key::Retire(command) => command.run(config),
        }
    }
}

impl List {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let now = Timestamp::now();
        let keys = Opened::new(config)?.read_now(|conn| auth::list_keys(conn, now))?;
        if self.json {
            return print_json(&keys);
        }
        if keys.is_empty() {
            tell("no keys yet; the server makes one when it starts");
            return Ok(());
        }
        let mut rows = vec![["KEY", "STATE", "MADE", "ROTATED OUT"].map(str::to_owned).to_vec()];
        rows.extend(keys.into_iter().map(|key| {
            let retired = key.retired_at.map_or("-".into(), |retired| retired.to_string());
            vec![key.kid, key.state.into(), key.created_at.to_string(), retired]
        }));
        print(&table(&rows))
    }
}

impl Rotate {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let now = Timestamp::now();
        let kid = Opened::new(config)?.write_now(move |tx| {
            audit::note_command(tx, None, Kind::KeyRotated, now)?;
            auth::rotate_key(tx, now)
        })?;
        if self.json { print_json(&json!({ "kid": kid })) } else { print(&kid) }
    }
}

impl Retire {
    fn run(&self, config: &Config) -> anyhow::Result<()> {
        let (db, kid, now) = (Opened::new(config)?, self.kid.clone(), Timestamp::now());
        confirm(self.yes, "Refuse every token that this key has signed?")?;
        let new = db.write_now(move |tx| {
            let new = auth::retire_key(tx, &kid, now)?;
            audit::note_command(tx, None, Kind::KeyRetired, now)?;
            Ok(new)
        })?;
        if self.json {
            return print_json(&json!({ "kid": new }));
        }
        new.map_or(Ok(()), |kid| print(&kid))
    }
}
