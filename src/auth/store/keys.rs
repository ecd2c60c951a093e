//! The keys that sign, and the address they sign for.

use rusqlite::{OptionalExtension, Row, named_params};

use crate::auth::keys::{KeyStatus, OwnKey};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::time::Timestamp;

fn key_from(row: &Row) -> rusqlite::Result<OwnKey> {
    Ok(OwnKey { kid: row.get(0)?, seed: row.get(1)? })
}

/// The key that signs.
pub(in crate::auth) fn signing_key(conn: &Conn) -> Result<Option<OwnKey>> {
    let key = conn
        .prepare_cached(
            "select kid, seed from signing_keys
             where retired_at is null
             order by created_at desc, kid desc
             limit 1",
        )?
        .query_row([], key_from)
        .optional()?;
    Ok(key)
}

/// The keys that verify: the one that signs, those retired after `since`, and
/// those that signed a longer token which has not ended at `now`.
pub(in crate::auth) fn live_keys(
    conn: &Conn,
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<OwnKey>> {
    let mut statement = conn.prepare_cached(
        "select kid, seed from signing_keys
         where retired_at is null or retired_at > :since or exists (
             select 1 from sessions
             where origin = 'command' and sessions.created_at <= retired_at and expires_at > :now
         )
         order by created_at, kid",
    )?;
    let rows = statement.query_map(named_params! { ":since": since, ":now": now }, key_from)?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::auth) fn insert_key(tx: &Tx, key: &OwnKey, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "insert into signing_keys (kid, seed, created_at) values (:kid, :seed, :now)",
    )?
    .execute(named_params! { ":kid": key.kid, ":seed": key.seed, ":now": now })?;
    Ok(())
}

/// Every key that is kept, oldest first; those in `live` still verify.
pub(in crate::auth) fn key_statuses(conn: &Conn, live: &[String]) -> Result<Vec<KeyStatus>> {
    let mut statement = conn.prepare_cached(
        "select kid, created_at, retired_at from signing_keys order by created_at, kid",
    )?;
    let rows = statement.query_map([], |row| {
        let (kid, retired_at): (String, Option<Timestamp>) = (row.get(0)?, row.get(2)?);
        let state = match retired_at {
            None => "signs",
            Some(_) if live.contains(&kid) => "verifies",
            Some(_) => "ended",
        };
        Ok(KeyStatus { kid, state, created_at: row.get(1)?, retired_at })
    })?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::auth) fn has_key(conn: &Conn, kid: &str) -> Result<bool> {
    let found = conn
        .prepare_cached("select 1 from signing_keys where kid = :kid")?
        .exists(named_params! { ":kid": kid })?;
    Ok(found)
}

pub(in crate::auth) fn delete_key(tx: &Tx, kid: &str) -> Result<()> {
    tx.prepare_cached("delete from signing_keys where kid = :kid")?
        .execute(named_params! { ":kid": kid })?;
    Ok(())
}

pub(in crate::auth) fn retire_keys(tx: &Tx, now: Timestamp) -> Result<()> {
    tx.prepare_cached("update signing_keys set retired_at = :now where retired_at is null")?
        .execute(named_params! { ":now": now })?;
    Ok(())
}

/// What the server last served as.
pub(in crate::auth) fn served_url(conn: &Conn) -> Result<Option<String>> {
    let url = conn
        .prepare_cached("select base_url from served")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(url)
}

pub(in crate::auth) fn set_served_url(tx: &Tx, url: &str) -> Result<()> {
    tx.prepare_cached("delete from served")?.execute([])?;
    tx.prepare_cached("insert into served (base_url) values (:url)")?
        .execute(named_params! { ":url": url })?;
    Ok(())
}
