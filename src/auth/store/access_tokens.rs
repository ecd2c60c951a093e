//! Personal access tokens.

use rusqlite::{OptionalExtension, Row, named_params};

use crate::auth::access_token::{AccessToken, Scopes};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

const ACCESS_TOKEN: &str =
    "id, name, can_read, can_write, created_at, expires_at, last_used_at, last_used_from";

fn access_token_from(row: &Row) -> rusqlite::Result<AccessToken> {
    let from: String = row.get(7)?;
    Ok(AccessToken {
        id: row.get(0)?,
        name: row.get(1)?,
        scopes: Scopes { read: row.get(2)?, write: row.get(3)? },
        created_at: row.get(4)?,
        expires_at: row.get(5)?,
        last_used_at: row.get(6)?,
        last_used_from: Some(from).filter(|from| !from.is_empty()),
    })
}

pub(in crate::auth) fn insert_access_token(
    tx: &Tx,
    owner: Owner,
    token: &AccessToken,
    hash: &[u8; 32],
) -> Result<()> {
    tx.prepare_cached(
        "insert into access_tokens
            (owner, id, token_hash, name, can_read, can_write, created_at, expires_at)
         values
            (:owner, :id, :hash, :name, :can_read, :can_write, :created_at, :expires_at)",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":id": token.id,
        ":hash": hash,
        ":name": token.name,
        ":can_read": token.scopes.read,
        ":can_write": token.scopes.write,
        ":created_at": token.created_at,
        ":expires_at": token.expires_at,
    })?;
    Ok(())
}

pub(in crate::auth) fn count_access_tokens(conn: &Conn, owner: Owner) -> Result<i64> {
    let count = conn
        .prepare_cached("select count(*) from access_tokens where owner = :owner")?
        .query_row(named_params! { ":owner": owner }, |row| row.get(0))?;
    Ok(count)
}

/// Latest first: ids sort by time.
pub(in crate::auth) fn access_tokens(conn: &Conn, owner: Owner) -> Result<Vec<AccessToken>> {
    let mut statement = conn.prepare_cached(&format!(
        "select {ACCESS_TOKEN}
         from access_tokens
         where owner = :owner
         order by id desc"
    ))?;
    let rows = statement.query_map(named_params! { ":owner": owner }, access_token_from)?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::auth) fn access_token(
    conn: &Conn,
    owner: Owner,
    id: &str,
) -> Result<Option<AccessToken>> {
    let found = conn
        .prepare_cached(&format!(
            "select {ACCESS_TOKEN} from access_tokens where owner = :owner and id = :id"
        ))?
        .query_row(named_params! { ":owner": owner, ":id": id }, access_token_from)
        .optional()?;
    Ok(found)
}

/// The token with this hash, and whose it is.
pub(in crate::auth) fn access_token_by_hash(
    conn: &Conn,
    hash: &[u8; 32],
) -> Result<Option<(Owner, AccessToken)>> {
    let found = conn
        .prepare_cached(&format!(
            "select {ACCESS_TOKEN}, owner from access_tokens where token_hash = :hash"
        ))?
        .query_row(named_params! { ":hash": hash }, |row| {
            Ok((row.get(8)?, access_token_from(row)?))
        })
        .optional()?;
    Ok(found)
}

/// True if there was one.
pub(in crate::auth) fn delete_access_token(tx: &Tx, owner: Owner, id: &str) -> Result<bool> {
    let count = tx
        .prepare_cached("delete from access_tokens where owner = :owner and id = :id")?
        .execute(named_params! { ":owner": owner, ":id": id })?;
    Ok(count > 0)
}

pub(in crate::auth) fn note_access_token_use(
    tx: &Tx,
    owner: Owner,
    id: &str,
    from: &str,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "update access_tokens
         set last_used_at = :now, last_used_from = :from
         where owner = :owner and id = :id and coalesce(last_used_at, 0) < :now",
    )?
    .execute(named_params! { ":owner": owner, ":id": id, ":from": from, ":now": now })?;
    Ok(())
}
