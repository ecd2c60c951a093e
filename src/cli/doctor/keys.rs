//! What signs and what seals.

use super::{Findings, Level};
use crate::auth::{self, ServerSecret, two_factor};
use crate::cli::Opened;
use crate::config::Config;
use crate::db::SECRET_FILE;
use crate::time::Timestamp;

/// After this a key has signed for long.
const OLD: i64 = 2 * 365 * 24 * 60 * 60;

/// Only for a database that needs no migration: opening it would make that.
pub(super) fn look(config: &Config, found: &mut Findings) -> anyhow::Result<()> {
    let (db, now) = (Opened::new(config)?, Timestamp::now());
    let keys = db.read_now(|conn| auth::list_keys(conn, now))?;
    match keys.iter().find(|key| key.state == "signs") {
        None => {
            let what = "there is none to sign tokens with";
            let todo = "start the server, or docket token issue: either makes one";
            found.add(Level::Note, "keys", what, todo);
        }
        Some(key) if now.seconds() - key.created_at.seconds() > OLD => {
            let what = format!("the one that signs is of {}", key.created_at);
            found.add(Level::Note, "keys", what, "docket key rotate, when it suits you");
        }
        Some(_) => {
            let verify = keys.iter().filter(|key| key.state == "verifies").count();
            found.ok("keys", format!("one signs, {verify} older ones are still believed"));
        }
    }
    secret(config, &db, found)
}

/// The secret opens what is sealed in the database.
fn secret(config: &Config, db: &Opened, found: &mut Findings) -> anyhow::Result<()> {
    let is_there = config.data_dir.join(SECRET_FILE).exists();
    // Loading it would make one.
    let secret = match config.shared_secret().is_some() || is_there {
        true => Some(ServerSecret::load(config)),
        false => None,
    };
    let todo = format!("put back the {SECRET_FILE} (or better_auth_secret) of before");
    let lost = match secret {
        Some(Err(error)) => {
            found.add(Level::Problem, "secret", error.to_string(), todo);
            return Ok(());
        }
        Some(Ok(secret)) => db.read_now(|conn| two_factor::unreadable(conn, Some(&secret)))?,
        None => db.read_now(|conn| two_factor::unreadable(conn, None))?,
    };
    if lost > 0 {
        let what = format!("it does not open {lost} second factors: their people stay out");
        found.add(Level::Problem, "secret", what, todo);
    }
    let what = if is_there { "opens what is sealed" } else { "made at the server's first start" };
    found.fine_unless_found("secret", what);
    Ok(())
}
