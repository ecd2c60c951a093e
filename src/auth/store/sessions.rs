//! Sessions, alive and ended.

use rusqlite::{OptionalExtension, Row, named_params};

use crate::auth::session::{OwnersSession, Session};
use crate::db::{Conn, OnConflict, Tx};
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

pub(in crate::auth) fn insert_session(
    tx: &Tx,
    owner: Owner,
    id: &str,
    origin: &str,
    now: Timestamp,
    ends: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "insert into sessions (id, owner, origin, created_at, expires_at)
         values (:id, :owner, :origin, :now, :ends)",
    )?
    .execute(named_params! {
        ":id": id,
        ":owner": owner,
        ":origin": origin,
        ":now": now,
        ":ends": ends,
    })?;
    Ok(())
}

const SESSION: &str = "id, created_at, updated_at, expires_at, address, user_agent, remembered";

fn session_from(row: &Row) -> rusqlite::Result<Session> {
    Ok(Session {
        id: row.get(0)?,
        created_at: row.get(1)?,
        updated_at: row.get(2)?,
        expires_at: row.get(3)?,
        address: row.get(4)?,
        user_agent: row.get(5)?,
        remembered: row.get(6)?,
    })
}

pub(in crate::auth) fn insert_signed_in(
    tx: &Tx,
    owner: Owner,
    session: &Session,
    hash: &[u8; 32],
    sealed: &[u8],
) -> Result<()> {
    tx.prepare_cached(
        "insert into sessions
            (id, owner, origin, created_at, updated_at, expires_at, address, user_agent,
             remembered, token_hash, token_sealed)
         values
            (:id, :owner, 'http', :created_at, :updated_at, :expires_at, :address, :user_agent,
             :remembered, :hash, :sealed)",
    )?
    .execute(named_params! {
        ":id": session.id,
        ":owner": owner,
        ":created_at": session.created_at,
        ":updated_at": session.updated_at,
        ":expires_at": session.expires_at,
        ":address": session.address,
        ":user_agent": session.user_agent,
        ":remembered": session.remembered,
        ":hash": hash,
        ":sealed": sealed,
    })
    .on_conflict("sessions.token_hash", "token_taken", "a session here has the same token")?;
    Ok(())
}

/// The session with this token, alive or not, and whose it is.
pub(in crate::auth) fn session_by_token(
    conn: &Conn,
    hash: &[u8; 32],
) -> Result<Option<(Owner, Session)>> {
    let found = conn
        .prepare_cached(&format!(
            "select {SESSION}, owner
             from sessions
             where token_hash = :hash and token_hash is not null"
        ))?
        .query_row(named_params! { ":hash": hash }, |row| Ok((row.get(7)?, session_from(row)?)))
        .optional()?;
    Ok(found)
}

/// The signed-in sessions that are alive, oldest first, with their sealed tokens.
pub(in crate::auth) fn live_sessions(
    conn: &Conn,
    owner: Owner,
    now: Timestamp,
) -> Result<Vec<(Session, Vec<u8>)>> {
    let mut statement = conn.prepare_cached(&format!(
        "select {SESSION}, token_sealed
         from sessions
         where owner = :owner and token_hash is not null and expires_at > :now
         order by created_at, id"
    ))?;
    let rows = statement.query_map(named_params! { ":owner": owner, ":now": now }, |row| {
        Ok((session_from(row)?, row.get(7)?))
    })?;
    rows.map(|row| Ok(row?)).collect()
}

/// One account's, or everybody's for the server's owner alone.
pub(in crate::auth) fn owners_sessions(
    conn: &Conn,
    owner: Option<Owner>,
    now: Timestamp,
) -> Result<Vec<OwnersSession>> {
    let mut statement = conn.prepare_cached(
        "select users.owner, sessions.id, users.id, users.email, origin, sessions.created_at,
             max(sessions.created_at, sessions.updated_at), expires_at, address, user_agent
         from sessions join users on users.owner = sessions.owner
         where (:owner is null or sessions.owner = :owner) and expires_at > :now
         order by sessions.created_at, sessions.id",
    )?;
    let rows = statement.query_map(named_params! { ":owner": owner, ":now": now }, |row| {
        let origin: String = row.get(4)?;
        Ok(OwnersSession {
            owner: row.get(0)?,
            id: row.get(1)?,
            user_id: row.get(2)?,
            email: row.get(3)?,
            origin: if origin == "command" { "command" } else { "sign_in" },
            created_at: row.get(5)?,
            updated_at: row.get(6)?,
            expires_at: row.get(7)?,
            address: row.get(8)?,
            user_agent: row.get(9)?,
        })
    })?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::auth) fn slide_session(
    tx: &Tx,
    owner: Owner,
    id: &str,
    ends: Timestamp,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "update sessions set expires_at = :ends, updated_at = :now
         where owner = :owner and id = :id",
    )?
    .execute(named_params! { ":owner": owner, ":id": id, ":ends": ends, ":now": now })?;
    Ok(())
}

pub(in crate::auth) fn delete_session(tx: &Tx, owner: Owner, id: &str) -> Result<()> {
    tx.prepare_cached("delete from sessions where owner = :owner and id = :id")?
        .execute(named_params! { ":owner": owner, ":id": id })?;
    Ok(())
}

/// Ends every session of an account but one, or all of them if `kept` is empty,
/// and gives their ids.
pub(in crate::auth) fn delete_sessions(tx: &Tx, owner: Owner, kept: &str) -> Result<Vec<String>> {
    let mut statement = tx
        .prepare_cached("delete from sessions where owner = :owner and id <> :kept returning id")?;
    let rows =
        statement.query_map(named_params! { ":owner": owner, ":kept": kept }, |row| row.get(0))?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::auth) fn session_ends(
    conn: &Conn,
    owner: Owner,
    id: &str,
) -> Result<Option<Timestamp>> {
    let ends = conn
        .prepare_cached("select expires_at from sessions where owner = :owner and id = :id")?
        .query_row(named_params! { ":owner": owner, ":id": id }, |row| row.get(0))
        .optional()?;
    Ok(ends)
}

pub(in crate::auth) fn delete_ended_sessions(tx: &Tx, now: Timestamp) -> Result<()> {
    tx.prepare_cached("delete from sessions where expires_at < :now")?
        .execute(named_params! { ":now": now })?;
    Ok(())
}
