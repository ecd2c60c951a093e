//! Invitations that nobody has used yet.

use rusqlite::{OptionalExtension, Row, named_params};

use crate::auth::invite::Invite;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::time::Timestamp;

const INVITE: &str = "id, email, created_at, expires_at";

fn invite_from(row: &Row) -> rusqlite::Result<Invite> {
    Ok(Invite {
        id: row.get(0)?,
        email: row.get(1)?,
        created_at: row.get(2)?,
        expires_at: row.get(3)?,
    })
}

/// Keeps an invitation, and gives its id.
pub(in crate::auth) fn insert_invite(
    tx: &Tx,
    hash: &[u8; 32],
    email: Option<&str>,
    now: Timestamp,
    ends: Timestamp,
) -> Result<i64> {
    let id = tx
        .prepare_cached(
            "insert into invites (token_hash, email, created_at, expires_at)
             values (:hash, :email, :now, :ends)
             returning id",
        )?
        .query_row(
            named_params! { ":hash": hash, ":email": email, ":now": now, ":ends": ends },
            |row| row.get(0),
        )?;
    Ok(id)
}

pub(in crate::auth) fn invites(conn: &Conn, now: Timestamp) -> Result<Vec<Invite>> {
    let mut statement = conn.prepare_cached(&format!(
        "select {INVITE} from invites where expires_at > :now order by id"
    ))?;
    let rows = statement.query_map(named_params! { ":now": now }, invite_from)?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::auth) fn invite_by_token(
    conn: &Conn,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Invite>> {
    let invite = conn
        .prepare_cached(&format!(
            "select {INVITE} from invites where token_hash = :hash and expires_at > :now"
        ))?
        .query_row(named_params! { ":hash": hash, ":now": now }, invite_from)
        .optional()?;
    Ok(invite)
}

/// True if it was there.
pub(in crate::auth) fn delete_invite(tx: &Tx, id: i64) -> Result<bool> {
    let deleted = tx
        .prepare_cached("delete from invites where id = :id")?
        .execute(named_params! { ":id": id })?;
    Ok(deleted == 1)
}

pub(in crate::auth) fn delete_ended_invites(tx: &Tx, now: Timestamp) -> Result<()> {
    tx.prepare_cached("delete from invites where expires_at <= :now")?
        .execute(named_params! { ":now": now })?;
    Ok(())
}
