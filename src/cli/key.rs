//! `docket key`.

use clap::{Args, Subcommand};

use super::Opened;
use super::output::print;
use crate::auth;
use crate::auth::audit::{self, Kind};
use crate::config::Config;
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Key {
    Rotate(Rotate),
}

/// Sign with a new key from now on, and print its name
///
/// The old key goes on verifying until the last token it signed has ended.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket key rotate")]
pub(super) struct Rotate {}

impl Key {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let Key::Rotate(Rotate {}) = self;
        let now = Timestamp::now();
        print(&Opened::new(config)?.write_now(move |tx| {
            audit::note_command(tx, None, Kind::KeyRotated, now)?;
            auth::rotate_key(tx, now)
        })?)
    }
}
